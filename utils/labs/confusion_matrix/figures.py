"Pictures of the chapter on the confusion matrix, and its careless labels."
import numpy as np

from ...plots import COLORS, get_grid

__all__ = ['careless_labels', 'draw_hunt']


def careless_labels(
    labels: dict,        # item -> its true label
    share: float = .2,   # of the items that get a wrong one
    seed: int = 42,      # another seed, other items
) -> dict:               # item -> label
    """A copy of `labels` in which a share, drawn by lot, is wrong: another label, drawn by lot.

    >>> careless_labels({'a.jpg': 'cat', 'b.jpg': 'dog'}, share=.5, seed=1)
    {'a.jpg': 'dog', 'b.jpg': 'dog'}
    """
    rng, names = np.random.default_rng(seed), sorted(set(labels.values()))
    given, items = dict(labels), list(labels)
    for i in rng.permutation(len(items))[:round(share * len(items))]:
        others = [name for name in names if name != labels[items[i]]]
        given[items[i]] = others[rng.integers(len(others))]
    return given


def draw_hunt(
    losses,  # of each item, (n,)
    wrong,   # is its label wrong? (n,)
):
    "How many wrong labels have turned up after looking at so many, the largest loss first."
    losses, wrong = np.asarray(losses), np.asarray(wrong)
    n, k = len(wrong), int(wrong.sum())
    found = np.r_[0, wrong[np.argsort(-losses, kind='stable')].cumsum()]
    ax = get_grid(1, figsize=(6.4, 3.6))[0]
    ax.plot(range(n + 1), found, color=COLORS['train'])
    ax.plot([0, n], [0, k], color=COLORS['truth'], ls='--', lw=1.2)
    ax.plot([0, k, n], [0, k, k], color=COLORS['good'], lw=1.2, ls=':')
    ax.plot(2 * k, found[2 * k], 'o', ms=9, color=COLORS['valid'])
    for text, x, color in (('largest loss first', .62, COLORS['train']),
                           ('in any order', .5, '#5f5f5f')):
        y = found[int(x * n)] if x > .6 else x * k
        ax.annotate(text, (x * n, y), (0, -8), textcoords='offset points', va='top', color=color)
    ax.annotate('perfect order', (k, k), (4, 4), textcoords='offset points', color='#00704f')
    ax.set(xlabel='pictures looked at', ylabel='wrong labels found', xlim=(0, n),
           ylim=(0, k * 1.16),
           title=f'{found[2 * k]} of {k} wrong labels are among the first {2 * k}')
    ax.grid()
    return ax
