"Figures of the chapter on augmentation: things computed in the notebook, drawn here."
import numpy as np

from ...plots import COLORS, get_grid, show_image

__all__ = ['draw_gain', 'draw_presizing', 'draw_turned']


def draw_turned(
    kept,           # {words: share of each digit that is still read as itself, (10,)}
    pictures=None,  # {words: a picture of each digit, (10, h, w)}, drawn above its bar
):
    "One row of bars for each way of changing digits; 6 and 9 stand out."
    axs = get_grid(len(kept), 1, figsize=(3.9 * len(kept), 3.2 if pictures else 2.9), sharey=True)
    for ax, (words, share) in zip(axs, kept.items()):
        colors = [COLORS['bad'] if d in (6, 9) else COLORS['train'] for d in range(10)]
        ax.bar(range(10), share, color=colors)
        for d, s in enumerate(share):
            if s < .005: ax.text(d, .01, '0', ha='center', va='bottom', color=colors[d])
        ax.set(xticks=range(10), xlabel='digit', xlim=(-.5, 9.5), ylim=(0, 1.02))
        for d in (6, 9): ax.get_xticklabels()[d].set(color=colors[d], weight='bold')
        ax.grid(axis='y')
        ax.set_title(words, pad=38 if pictures else None)
        if pictures: _strip(ax, pictures[words])
    axs[0].set_ylabel('share read rightly')
    return axs


def _strip(ax, pictures):
    "Ten small pictures in a row above the axes, each above its bar."
    row = ax.inset_axes((0, 1.02, 1, .2))
    show_image(np.concatenate([np.asarray(p) for p in pictures], 1), row,
               extent=(-.5, 9.5, 0, 1), interpolation='nearest')
    row.set(xlim=(-.5, 9.5), anchor='S')


def draw_presizing(
    pictures,  # {words: picture (3, h, w)}; the first is what the others should look like
    enlarge=6,  # how much differences are strengthened
):
    "Pictures above; below each but the first, how far it is from the first."
    (_, truth), *others = pictures.items()
    n = len(pictures)
    axs = get_grid(2 * n, 2, n, figsize=(1.5 * n, 3.4))
    for ax, (words, picture) in zip(axs, pictures.items()):
        show_image(picture, ax, interpolation='nearest').set_title(words, fontsize=10)
    axs[n].axis('off')
    axs[n].text(.5, .5, f'difference from\nthe first picture,\n{enlarge} times stronger\n'
                        '(white: none)', ha='center', va='center', fontsize=9,
                transform=axs[n].transAxes)
    for ax, (_, picture) in zip(axs[n + 1:], others):
        off = (enlarge * (picture - truth).abs().mean(0)).clamp(0, 1)
        miss = ((picture - truth) ** 2).mean() ** .5
        show_image(off, ax, vmin=0, vmax=1).set_title(f'off by {miss:.3f}', fontsize=10)
    return axs


def draw_gain(
    errors,  # {words: {words of the test set: errors, one for each seed}}
):
    "A row for each training and test set: a dot for each seed, a bar at the mean."
    rows = [(words, on, values) for words, tests in errors.items() for on, values in tests.items()]
    ax = get_grid(1, figsize=(7.2, .55 * len(rows) + 1.))[0]
    for row, (words, on, values) in enumerate(rows):
        mean = np.mean(values)
        color = COLORS['good'] if words == list(errors)[-1] else COLORS['truth']
        apart = np.linspace(-.12, .12, len(values))        # dots one below the other do not hide
        ax.plot(values, row + apart, 'o', color=color, ms=7, alpha=.5, mew=0)
        ax.plot([mean, mean], [row - .3, row + .3], color=color, lw=3)
        ax.annotate(f'{mean:.2f}', (1, row), xycoords=('axes fraction', 'data'), va='center',
                    ha='right')
    top = max(max(values) for _, _, values in rows)
    ax.set(yticks=range(len(rows)), yticklabels=[f'{words}, {on}' for words, on, _ in rows],
           ylim=(len(rows) - .4, -.6), xlim=(0, top + .12), xlabel='error rate',
           title='Dots: seeds, bars: their mean')
    ax.tick_params(axis='y', length=0)
    ax.grid(axis='x')
    return ax
