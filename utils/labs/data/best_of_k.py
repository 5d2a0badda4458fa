"Best of k: whoever chooses among many models by one set gets a flattered score from that set."
from dataclasses import dataclass
from functools import lru_cache, partial
from math import lgamma

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import next_seed, slider, state

__all__ = ['BestOf', 'try_models', 'expected_best', 'draw_best', 'best_finding', 'best_of_k_lab']

MODELS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
PICTURES = [10, 20, 50, 100, 200, 500, 1000]
TEST = 1000            # pictures in the test set
AMBER, PLUM = '#a86f00', '#9b4a7a'    # words in the colours of validation and test


@dataclass
class BestOf:
    "The scores of k models on two sets, and what is to be expected of the best."
    pictures: int            # in the validation set
    skill: float             # true accuracy of the models, on average
    spread: float            # how much they truly differ: a standard deviation
    valid: np.ndarray        # (k,) score of each on the validation set
    best: np.ndarray         # (k,) which is best after 1, 2, … k have been tried
    test: np.ndarray         # (k,) score of each on the test set
    expected: np.ndarray     # (2, 10) best score, and the true accuracy of the model that has it,
                             # on average, for each number of MODELS
    by_size: np.ndarray      # (2, 7) the same for k models and each number of PICTURES

    @property
    def k(self) -> int:
        "Models tried."
        return len(self.valid)

    @property
    def promised(self) -> float:
        "Validation score of the chosen model."
        return float(self.valid[self.best[-1]])

    @property
    def kept(self) -> float:
        "Test score of the chosen model."
        return float(self.test[self.best[-1]])


@lru_cache
def _log_ways(n):
    "Logarithm of the ways to be right on 0, 1, … n of n pictures."
    logs = np.array([lgamma(i + 1) for i in range(n + 1)])
    return logs[n] - logs - logs[::-1]


@lru_cache(maxsize=64)
def _chances(pictures, skill, spread):
    "For 0 … n right: the chance that at most so many are, and the mean skill of who has so many."
    z = np.linspace(-5, 5, 101) if spread else np.zeros(1)
    weight = np.exp(-z ** 2 / 2)
    p = (skill + spread * z).clip(1e-9, 1 - 1e-9)[:, None]                  # (101, 1)
    right = np.arange(pictures + 1)
    chance = np.exp(_log_ways(pictures) + right * np.log(p) + (pictures - right) * np.log1p(-p))
    chance *= (weight / weight.sum())[:, None]                              # (101, n + 1)
    total = chance.sum(0)
    return total.cumsum(), (chance * p).sum(0) / total.clip(1e-300)


def expected_best(
    models: int,         # how many are tried
    pictures: int,       # in the validation set
    skill: float = .5,   # their true accuracy
    spread: float = 0.,  # how much they truly differ
) -> tuple[float, float]:
    """The mean score of the best of many models, and its mean true accuracy.

    The best has at most so many right where all have: that chance to the power of k. With one
    model nothing is chosen, and both numbers are the same.
    >>> [round(v, 2) for v in expected_best(100, 50)]
    [0.68, 0.5]
    """
    below, known = _chances(pictures, skill, spread)
    best = np.diff(below.clip(0, 1) ** models, prepend=0)    # (n + 1,) chance of each best score
    best /= best.sum()
    return float(best @ np.arange(pictures + 1) / pictures), float(best @ known)


def try_models(
    models: int = 100,    # how many
    pictures: int = 50,   # in the validation set
    skill: float = .5,    # true accuracy
    spread: float = 0.,   # how much they truly differ
    seed: int = 1,        # another seed, other luck
) -> BestOf:
    "Let models answer by their true accuracy and luck, and pick the best again and again."
    rng = np.random.default_rng(seed)
    z, luck = rng.normal(size=MODELS[-1]), np.random.default_rng([seed, pictures])
    p = (skill + spread * z).clip(0, 1)
    valid = luck.binomial(pictures, p)[:models] / pictures
    test = rng.binomial(TEST, p)[:models] / TEST
    record = np.r_[True, valid[1:] > np.maximum.accumulate(valid)[:-1]]
    best = np.maximum.accumulate(np.where(record, np.arange(models), 0))
    expected = np.array([expected_best(k, pictures, skill, spread) for k in MODELS]).T
    by_size = np.array([expected_best(models, n, skill, spread) for n in PICTURES]).T
    return BestOf(pictures, skill, spread, valid, best, test, expected, by_size)


# the picture

def draw_best(fig, r: BestOf):
    "Left one try, model after model; right the gap to be expected for each size of the set."
    narrow = fig.get_figwidth() < 5
    left, right = fig.subplots(2, 1, height_ratios=[3, 2]) if narrow else \
        fig.subplots(1, 2, width_ratios=[3, 2])
    dots, = left.plot([], [], '.', color=COLORS['truth'], ms=3, alpha=.6)
    theory = [left.plot(MODELS, MODELS, ls='--', lw=1.2, color=c)[0] for c in (AMBER, PLUM)]
    steps = [left.step([], [], where='post', color=COLORS[k], lw=2.5)[0] for k in ('valid', 'test')]
    for y, words, color in ((1.31, 'best so far, validation set', AMBER),
                            (1.22, 'the same model, test set', PLUM),
                            (1.13, 'dots: each model; dashed: expected', '#666666')):
        left.text(1.1, y, words, color=color, va='top')
    left.set_xscale('log')
    left.set_xticks([1, 10, 100, 1000], ['1', '10', '100', '1,000'])
    left.set(xlabel='models tried', ylabel='accuracy', xlim=(.9, 1150), ylim=(0, 1.33),
             yticks=[0, .2, .4, .6, .8, 1])
    gap, = right.plot(PICTURES, PICTURES, '.-', color=COLORS['ink'])
    mark, = right.plot([], [], 'o', color=COLORS['ink'], ms=10, mfc='white', mew=2)
    right.set_xscale('log')
    right.set_xticks([10, 100, 1000], ['10', '100', '1,000'])
    right.set(xlabel='pictures in the validation set', ylabel='expected gap', ylim=(0, .5),
              xlim=(8, 1250))
    for ax in (left, right):
        ax.minorticks_off()
        ax.grid(axis='y')
        ax.set_title('', y=1.)
    update = partial(_move, left, right, dots, theory, steps, gap, mark)
    update(r)
    return update


def _move(left, right, dots, theory, steps, gap, mark, r):
    "Put everything where the result says."
    tried = np.arange(1, r.k + 1)
    dots.set_data(tried, r.valid)
    for line, values in zip(theory, r.expected): line.set_ydata(values)
    for line, scores in zip(steps, (r.valid, r.test)):
        line.set_data(np.r_[tried, r.k * 1.12], np.r_[scores[r.best], scores[r.best[-1]]])
    shown = r.by_size[0] - r.by_size[1]
    gap.set_ydata(shown)
    mark.set_data([r.pictures], [shown[PICTURES.index(r.pictures)]])
    left.set_title(f'Promised {r.promised:.2f}, kept {r.kept:.2f}', y=1.)
    right.set_title(f'Choosing among {r.k:,}' if r.k > 1 else 'Nothing to choose', y=1.)


def best_finding(r: BestOf) -> str:
    "What was promised and kept, what was to be expected, and what a larger set would do."
    size = PICTURES.index(r.pictures)
    promise, truth = r.by_size[:, size]
    if r.k == 1: return (
        f'One model, nothing chosen: {r.promised:.2f} on {r.pictures:,} validation pictures, '
        f'{r.kept:.2f} on {TEST:,} test pictures. The two differ by luck alone, in either '
        f'direction; on average both are {truth:.2f}.')
    better = truth - r.skill
    found = (f'Choosing did find a model that is truly better, by {better:.2f} on average. '
             if better >= .005 else 'The chosen one is no better than the others. ')
    most = r.by_size[:, -1]
    more = ('' if r.pictures == PICTURES[-1] else
            f' With {PICTURES[-1]:,} pictures it would be {most[0] - most[1]:.2f}.')
    return (f'The best of {r.k:,} models has {r.promised:.2f} on {r.pictures:,} validation '
            f'pictures and {r.kept:.2f} on the test set. {found}The gap to be expected is '
            f'{promise - truth:.2f}.{more}')


CONTROLS = dict(
    models=slider('Models tried', 100, values=MODELS),
    pictures=slider('Pictures in the validation set', 50, values=PICTURES),
    skill=slider('True accuracy of the models', .5, .3, .9, .05),
    spread=slider('How much they truly differ', 0., 0., .1, .01,
                  help='Standard deviation of their true accuracies.'),
    seed=state(1, 0, 999))


def best_of_k_lab(
    **settings,  # models, pictures, skill, spread, seed
) -> Lab:
    "Try many models, choose the best on a small set, and see what another set says of it."
    return Lab('best_of_k_lab', CONTROLS, try_models, draw_best, best_finding, settings=settings,
               figsize=(7.6, 3.7), narrow=(4.2, 5.8), title='Best of k',
               about='Why is there a third set?',
               actions={'Other luck': next_seed()})
