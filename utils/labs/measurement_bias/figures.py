"Pictures of the chapter on measurement bias: calibration, errors by group, dots over seeds."
import numpy as np

from ...plots import COLORS, get_grid
from .simulation import wilson

__all__ = ['draw_calibration', 'draw_errors', 'draw_dots']

GROUPS = (('A', COLORS['train']), ('B', COLORS['bad']))


def draw_calibration(
    scores,   # a model's probabilities, (n,)
    people,   # whom they belong to: `People`
    bins=8,   # equally many people of a group in each
):
    "What is said against what is so, by the records and by the truth, with Wilson's intervals."
    axs = get_grid(2, ncols=2, figsize=(8.4, 3.9), sharex=True, sharey=True)
    for ax, name, said, title in ((axs[0], 'recorded', 'recorded as ill (%)', 'By the records'),
                                  (axs[1], 'ill', 'ill in truth (%)', 'By the truth')):
        ax.axline((0, 0), slope=1, ls='--', lw=1.2, color=COLORS['truth'])
        for g, (word, color) in enumerate(GROUPS):
            rows = np.flatnonzero(people.group == g)
            for part in np.array_split(rows[np.argsort(scores[rows], kind='stable')], bins):
                hits, x = int(getattr(people, name)[part].sum()), 100 * scores[part].mean()
                ax.vlines(x, *(100 * v for v in wilson(hits, len(part))), color=color, lw=1.4)
                ax.plot(x, 100 * hits / len(part), 'o', ms=6, color=color)
            ax.plot([], [], 'o', color=color, label=f'group {word}')
        ax.set(xlabel='the model says (%)', ylabel=said, title=title, xlim=(0, 34), ylim=(0, 60))
        ax.grid()
    axs[0].legend(loc='upper left')
    axs[0].text(.98, .04, 'dashed: as it says', ha='right', color='#5f5f5f', fontsize=9,
                transform=axs[0].transAxes)
    return axs


def draw_errors(
    judged,   # a `Judgement`
):
    "Both kinds of errors in each group, by the truth, with Wilson's intervals."
    axs = get_grid(2, ncols=2, figsize=(8.4, 2.3))
    for ax, name, of, title in ((axs[0], 'missed', 'ill', 'Ill, not called'),
                                (axs[1], 'false_calls', 'healthy', 'Healthy, called')):
        for g, (word, color) in enumerate(GROUPS):
            hits, n = getattr(judged, name)[g]
            low, high = (100 * v for v in wilson(hits, n))
            ax.hlines(g, low, high, color=color, lw=3)
            ax.plot(100 * hits / n, g, 'o', ms=9, color=color)
            ax.annotate(f'{100 * hits / n:.0f} %  ({low:.0f} to {high:.0f})', (100 * hits / n, g),
                        (12, 0), textcoords='offset points', va='center', fontsize=10)
        ax.set(xlim=(0, 145), ylim=(1.5, -.5), xticks=range(0, 101, 20), yticks=(0, 1), title=title,
               yticklabels=('group A', 'group B'), xlabel=f'in % of the {of}')
        ax.spines['bottom'].set_bounds(0, 100)
        ax.grid(axis='x')
    return axs


def draw_dots(
    rows,        # {'words': [one number for each seed], …}
    label,       # what the numbers are, with their unit
    limits,      # of the axis
    figsize=(7.6, 2.6),  # inches
):
    "A dot for each seed, a bar at the mean and its number, one row each."
    ax = get_grid(1, figsize=figsize)[0]
    for y, values in enumerate(rows.values()):
        ax.plot(values, y + np.linspace(-.12, .12, len(values)), 'o', color=COLORS['train'],
                alpha=.75)
        ax.vlines(np.mean(values), y - .28, y + .28, color=COLORS['ink'])
        ax.annotate(f'{np.mean(values):.0f}', (max(values), y), (9, 0), va='center',
                    textcoords='offset points', color=COLORS['ink'])
    ax.set(yticks=range(len(rows)), yticklabels=list(rows), xlabel=label, xlim=limits,
           ylim=(len(rows) - .5, -.5))
    ax.grid(axis='x')
    return ax
