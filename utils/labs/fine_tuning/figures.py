"Figures of the chapter on fine-tuning: things computed in the notebook, drawn here."
import numpy as np

from ...plots import COLORS, get_grid, show_image

__all__ = ['draw_filters', 'draw_moved', 'draw_scores']


def draw_filters(
    weight,     # of a first layer, (units, 3, 3, 3)
    nrows=2,    # rows of the grid
):
    "Each filter as a small colour picture, grey where it has no wish, stretched to its own range."
    axs = get_grid(len(weight), nrows, figsize=(7.6, 1.05 * nrows + .25))
    for i, (w, ax) in enumerate(zip(weight, axs)):
        show_image((.5 + .5 * w / w.abs().max()).permute(1, 2, 0), ax)    # colours last
        ax.set_title(str(i), fontsize=9, loc='center', pad=3)
    return axs


def draw_moved(
    runs,  # {words: {words of a part: relative change}}
):
    "A row of bars for each run: how far each part has moved, in per cent of its size."
    axs = get_grid(len(runs), 1, figsize=(3.9 * len(runs), 2.8), sharey=True)
    top = max(max(parts.values()) for parts in runs.values())
    for ax, (words, parts) in zip(axs, runs.items()):
        shares = [100 * v for v in parts.values()]
        bars = ax.bar(range(len(shares)), shares, color=COLORS['train'])
        ax.bar_label(bars, [f'{v:.0f}' if v >= 9.95 else f'{v:.1f}' for v in shares], fontsize=10)
        ax.set_xticks(range(len(shares)), [w.replace(' ', '\n') for w in parts])
        ax.set(title=words, ylim=(0, 115 * top))
    axs[0].set_ylabel('moved, in % of its size')
    return axs


def draw_scores(
    scores,       # {words: accuracies, one for each run}
    chance=None,  # accuracy by guessing
    title='',     # above; the gain of the last over the first if empty
):
    "A row for each way: a dot for each run, a bar at the mean."
    ax = get_grid(1, figsize=(7.2, .5 * len(scores) + 1.1))[0]
    for row, (words, values) in enumerate(scores.items()):
        mean = np.mean(values)
        color = COLORS['good'] if row else COLORS['truth']
        beside = row + .16 * (np.arange(len(values)) - (len(values) - 1) / 2)   # none hides another
        ax.plot(values, beside, 'o', color=color, ms=7, alpha=.5, mew=0)
        ax.plot([mean, mean], [row - .3, row + .3], color=color, lw=3)
        ax.annotate(f'{mean:.2f}', (1, row), xycoords=('axes fraction', 'data'), va='center',
                    ha='right')
    if chance is not None:
        ax.axvline(chance, color=COLORS['truth'], ls='--', lw=1.2)
        ax.annotate('guessing', (chance, -.45), (3, 0), textcoords='offset points',
                    color='#666666', va='center', fontsize=10)
    first, *_, last = [np.mean(v) for v in scores.values()]
    ax.set(yticks=range(len(scores)), yticklabels=list(scores), ylim=(len(scores) - .4, -.7),
           xlim=(0, 1.08), xticks=[0, .2, .4, .6, .8, 1],
           xlabel='accuracy on new pictures (dots: runs, bars: means)',
           title=title or f'Borrowing gains {100 * (last - first):.0f} points')
    ax.tick_params(axis='y', length=0)
    ax.grid(axis='x')
    return ax
