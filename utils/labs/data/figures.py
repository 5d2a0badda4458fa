"Figures of the chapter on data: things computed in the notebook, drawn here."
import numpy as np

from ...plots import COLORS, get_grid

__all__ = ['draw_order', 'draw_promises']


def draw_order(
    items,   # names of the items, as sorted
    sets,    # {words: names of the items that this split took for validation}
):
    "A row for each split, a cell for each item, orange where it is in the validation set."
    ax = get_grid(1, figsize=(7.4, .6 + .45 * len(sets)))[0]
    for row, chosen in enumerate(sets.values()):
        colours = [COLORS['valid'] if item in set(chosen) else '#bcd9ee' for item in items]
        ax.bar(range(len(items)), [.8] * len(items), bottom=row - .4, width=.92, color=colours)
    ax.set_yticks(range(len(sets)), list(sets))
    ax.set(ylim=(len(sets) - .5, -.5), xlim=(-.7, len(items) - .3), xticks=[],
           xlabel=f'{len(items)} pictures, each in its own column')
    both = set.intersection(*map(set, sets.values()))
    most = max(map(len, sets.values()))
    ax.set_title(f'{len(both) or "None"} of the {most} validation pictures (orange) stands in '
                 f'all {len(sets)} rows')
    return ax


def draw_promises(
    scores,      # {words: accuracies of several splits}
    chance=None,  # accuracy by guessing
):
    "A row of dots for each way to measure, with their mean."
    ax = get_grid(1, figsize=(7, .9 + .5 * len(scores)))[0]
    for row, values in enumerate(scores.values()):
        values, luck = np.asarray(values), np.random.default_rng(0).uniform(-.2, .2, len(values))
        ax.plot(values, row + luck, '.', color=COLORS['valid'], ms=6, alpha=.7)
        ax.plot([values.mean()] * 2, [row - .35, row + .35], color=COLORS['ink'], lw=2)
        right = values.mean() < .8
        ax.text(values.max() + .02 if right else values.min() - .02, row, f'{values.mean():.2f}',
                va='center', ha='left' if right else 'right')
    if chance is not None:
        ax.axvline(chance, color=COLORS['truth'], ls='--', lw=1.2, zorder=0)
        ax.text(chance + .01, -.48, 'guessing', color='#666666', va='center')
    ax.set_yticks(range(len(scores)), list(scores))
    ax.set(ylim=(len(scores) - .5, -.7), xlim=(0, 1.02), xlabel='accuracy')
    return ax
