"Figures of the chapter on overfitting: things computed in the notebook, drawn here."
import numpy as np

from ...plots import COLORS, get_grid
from .parabola import EDGE, amount, truth

__all__ = ['draw_fits', 'draw_losses', 'draw_histories', 'draw_remedies']

FLOOR = 1e-3           # smaller losses are drawn here
AMBER = '#a86f00'     # words in the colour of validation, dark enough to read


def draw_fits(
    x,          # where the points lie, (n,)
    y,          # the points, (n,)
    fits,       # {words: function of x}
    reach=0.,   # how far beyond the points to draw
):
    "One panel for each curve, with its points and the truth, all on the same scale."
    axs = get_grid(len(fits), nrows=1, figsize=(2.6 * len(fits), 2.8), sharex=True, sharey=True)
    grid = np.linspace(-EDGE - reach, EDGE + reach, 500)
    for ax, (words, f) in zip(axs, fits.items()):
        for side in (-EDGE - reach, EDGE) if reach else ():
            ax.axvspan(side, side + reach, color=COLORS['pale'])
        ax.plot(grid, truth(grid), color=COLORS['truth'], ls='--', lw=1.5)
        ax.plot(grid, f(grid), color=COLORS['train'])
        ax.plot(x, y, 'o', color=COLORS['ink'], ms=5)
        off = abs(f(grid) - truth(grid))[abs(grid) > EDGE].max() if reach else 0.
        ax.set(xlabel='x', ylim=(-4, 9), xlim=(-EDGE - .7, EDGE + .7),
               xticks=[-2, 0, 2], yticks=[0, 4, 8],
               title=f'{words}: off by {amount(off)}' if reach else words)
        ax.title.set_fontsize(11)
    axs[0].set_ylabel('y')
    axs[0].text(0, 7.3, 'truth (dashed)', color='#666666', ha='center')
    return axs


def draw_losses(
    degrees,  # numbers
    train,    # loss on the points of each
    valid,    # loss on new points of each
):
    "Training and validation loss over the degree, on a log scale."
    ax = get_grid(1, figsize=(6.2, 3.1))[0]
    best = int(np.argmin(valid))
    for losses, k in ((train, 'train'), (valid, 'valid')):
        ax.plot(degrees, np.clip(losses, FLOOR, None), '.-', color=COLORS[k])
    ax.plot(degrees[best], valid[best], 'o', color=COLORS['valid'], ms=12, mfc='white', mew=2)
    middle = len(degrees) // 2
    ax.annotate('new points', (degrees[middle], valid[middle]), (0, 12), color=AMBER,
                textcoords='offset points', ha='center')
    ax.annotate('its own points', (degrees[middle], train[middle]), (0, -20), ha='center',
                color=COLORS['train'], textcoords='offset points')
    for degree, loss in zip(degrees, train):
        if loss < FLOOR: ax.annotate('0, drawn at 0.001', (degree, FLOOR), (-8, 2), ha='right',
                                     color=COLORS['train'], textcoords='offset points')
    ax.set_yscale('log')
    ax.set_yticks([.001, .1, 10], ['0.001', '0.1', '10'])
    ax.minorticks_off()
    ax.set(xlabel='degree', ylabel='loss (log scale)', xticks=list(degrees),
           title=f'The loss on new points is smallest at degree {degrees[best]}')
    ax.grid(axis='y')
    return ax


def draw_histories(
    runs,  # {words: rows of (training loss, validation loss, accuracy), one for each epoch}
):
    "Below each other the losses and the validation accuracy of each run, side by side."
    n = len(runs)
    axs = get_grid(2 * n, 2, n, (3.9 * n, 4.5), sharex=True, sharey='row')
    for i, (words, rows) in enumerate(runs.items()):
        train, valid, acc = np.array(rows).T
        epochs, turn = np.arange(len(valid)), int(valid.argmin())
        axs[i].plot(epochs, train, color=COLORS['train'])
        axs[i].plot(epochs, valid, color=COLORS['valid'])
        axs[n + i].plot(epochs, acc, color=COLORS['valid'])
        for ax in (axs[i], axs[n + i]):
            ax.axvline(turn, color=COLORS['valid'], ls=':', lw=1.2)
            ax.grid(axis='y')
        axs[i].set_title(f'{words}: loss {valid[turn]:.2f}, then {valid[-1]:.2f}')
        title = f'accuracy {acc[turn]:.2f}, then {acc[-1]:.2f}'
        axs[n + i].set(xlabel='epoch', title=title)
    top = axs[0].get_ylim()[1]
    axs[0].set(ylabel='loss', ylim=(0, top))
    axs[n].set_ylabel('validation accuracy')
    last = {'validation': np.array(rows)[-1, 1], 'training': np.array(rows)[-1, 0]}
    for (words, at), color in zip(last.items(), (AMBER, COLORS['train'])):
        axs[n - 1].annotate(words, (epochs[-1], at), (0, 8), textcoords='offset points',
                            color=color, ha='right')
    return axs


def draw_remedies(
    errors,  # {words: test errors, one for each seed}; the first is without a remedy
):
    "A row for each remedy: a dot for each seed, a bar at the mean, the change in words."
    ax = get_grid(1, figsize=(7.2, .4 * len(errors) + 1.))[0]
    first = np.mean(next(iter(errors.values())))
    ax.axvline(first, color=COLORS['truth'], ls='--', lw=1.2)
    for row, (words, values) in enumerate(errors.items()):
        mean = np.mean(values)
        color = COLORS['good'] if row else COLORS['truth']
        ax.plot(values, [row] * len(values), 'o', color=color, ms=6, alpha=.45, mew=0)
        ax.plot([mean, mean], [row - .3, row + .3], color=color, lw=3)
        gain = f'{mean:.2f}' + (f'  ({mean / first - 1:+.0%})'.replace('-', '−') if row else '')
        ax.annotate(gain, (1, row), xycoords=('axes fraction', 'data'), va='center', ha='right')
    low, high = min(map(min, errors.values())), max(map(max, errors.values()))
    ax.set(yticks=range(len(errors)), yticklabels=list(errors), ylim=(len(errors) - .4, -.6),
           xlim=(min(low - .02, .1), high + .09), xlabel='error rate on the test set',
           title='What each remedy buys (dots: seeds, bars: means)')
    ax.tick_params(axis='y', length=0)
    ax.grid(axis='x')
    return ax
