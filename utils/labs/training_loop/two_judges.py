"Two judges: the same six predictions, judged by accuracy and by the loss."
from dataclasses import dataclass

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import slider
from ..picture import set_limits

__all__ = ['Verdict', 'judge', 'draw_verdict', 'verdict_finding', 'two_judges_lab']

CAT = np.array([True, True, True, False, False, False])
START = .9, .6, .4, .1, .3, .85
NAMES = [f'{"Cat" if cat else "Dog"} {i}' for i, cat in enumerate(CAT, 1)]
NUDGE = .05
FLOOR = .01         # predictions end at 0.01 and 0.99: the loss of a sure mistake has no bound


@dataclass
class Verdict:
    "What both judges say of six predictions."
    given: np.ndarray     # the probability of "cat", (6,)
    sure: np.ndarray      # the probability given to the right answer, (6,)
    right: np.ndarray     # which count as right, (6,) booleans
    each: np.ndarray      # the loss of each, (6,)
    slopes: np.ndarray    # how the mean loss changes with each prediction, (6,)

    @property
    def accuracy(self) -> float:
        "The share that is right, a fraction."
        return float(self.right.mean())

    @property
    def loss(self) -> float:
        "Cross entropy: the mean of minus the log of the probability of the right answer."
        return float(self.each.mean())


def judge(p1: float, p2: float, p3: float, p4: float, p5: float, p6: float) -> Verdict:
    "Judge the probabilities of \"cat\" for three cats and three dogs."
    given = np.array([p1, p2, p3, p4, p5, p6])
    sure = np.where(CAT, given, 1 - given)
    slopes = np.where(CAT, -1, 1) / sure / 6
    return Verdict(given, sure, sure > .5, -np.log(sure), slopes)


def verdict_finding(v: Verdict) -> str:
    "What has changed since the start, and for whom."
    before, n = judge(*START), int(v.right.sum())
    what = (f'Accuracy {v.accuracy:.3f} ({n} of 6), error rate {1 - v.accuracy:.3f}, '
            f'loss {v.loss:.3f}.')
    change = v.loss - before.loss
    worst = int(v.each.argmax())
    share = v.each[worst] / v.each.sum()
    heavy = f'{100 * share:.0f} % of the loss comes from {NAMES[worst].lower()} alone'
    if abs(change) < 5e-4 and (v.right == before.right).all():
        return f'{what} {heavy}: the model is rather sure of it, and wrong.'
    way = 'fallen' if change < 0 else 'risen'
    moved = f'Since the start the loss has {way} by {abs(change):.3f}'
    if v.accuracy == before.accuracy:
        return f'{what} {moved}; the accuracy stands where it stood. {heavy}.'
    n = round(6 * (v.accuracy - before.accuracy))
    answers = f'{abs(n)} {"answer has" if abs(n) == 1 else "answers have"}'
    side = 'right' if n > 0 else 'wrong'
    return f'{what} {moved}, and {answers} crossed 0.5 to the {side} side: the accuracy jumped.'


def draw_verdict(fig, v: Verdict):
    "Six predictions with an arrow each; below, what the two judges see in them."
    stacked = fig.get_figwidth() < 5
    top, low = fig.subplots(2, 1, height_ratios=(3, 2) if stacked else (5, 3))
    spots = np.arange(6)
    bars = top.bar(spots, v.given, width=.56)
    top.axhline(.5, color=COLORS['ink'], lw=1, ls='--')
    top.text(6.48, .52, 'cat', va='bottom', ha='right', color='#555555')
    top.text(6.48, .48, 'dog', va='top', ha='right', color='#555555')
    arrows = [top.annotate('', (i, 0), (i, 0), zorder=4, annotation_clip=False,
                           arrowprops=dict(arrowstyle='-|>', color=COLORS['ink'], lw=1.8,
                                           shrinkA=0, shrinkB=0)) for i in spots]
    words = ['Cat', 'Cat', 'Cat', 'Dog', 'Dog', 'Dog'] if stacked else NAMES
    top.set(xlim=(-.55, 6.55), ylim=(-.06, 1.08), yticks=[0, .5, 1], ylabel='probability of "cat"')
    top.set_xticks(spots, words)
    parts = low.bar(spots, v.each, width=.56)
    low.set(xlim=(-.55, 6.55), ylim=(0, 2.6), ylabel='loss of each', xticks=[])
    mean = low.axhline(0, color=COLORS['train'], lw=1.4)
    label = low.text(6.12, 0, '', va='center', ha='center', color=COLORS['train'],
                     bbox=dict(fc='white', ec='none', pad=1))

    def update(v):
        for i in spots:
            colour = COLORS['good'] if v.right[i] else COLORS['bad']
            bars[i].set(height=v.given[i], color=colour, alpha=.75)
            parts[i].set(height=v.each[i], color=colour, alpha=.75)
            tip = v.given[i] - np.clip(.45 * v.slopes[i], -.4, .4)
            arrows[i].set_position((i, v.given[i]))
            arrows[i].xy = (i, tip)
        high = max(2.6, 1.1 * v.each.max())
        set_limits(low, y=(0, high))
        mean.set_ydata([v.loss, v.loss])
        label.set(text=f'mean\n{v.loss:.3f}', y=np.clip(v.loss, .2 * high, .8 * high))
        counts = f'Accuracy counts the green: {int(v.right.sum())} of 6 = {v.accuracy:.3f}'
        top.set_title(counts, fontsize=11)
        low.set_title(f'The loss weighs all six: their mean is {v.loss:.3f}', fontsize=11)
    update(v)
    return update


def _nudged(settings):
    "What a step of training would do: every prediction a little nearer to its label."
    return {k: settings[k] + (NUDGE if cat else -NUDGE) for k, cat in zip(settings, CAT)}


def _clicked(settings, panel, x, y):
    "A click on a column puts its prediction there."
    i = round(x)
    return {f'p{i + 1}': y} if panel == 0 and 0 <= i < 6 and abs(x - i) < .45 else {}


CONTROLS = {f'p{i}': slider(name, start, FLOOR, 1 - FLOOR, .01)
            for i, (name, start) in enumerate(zip(NAMES, START), 1)}


def two_judges_lab(**settings) -> Lab:
    "Move six predictions and watch what accuracy and loss make of it."
    return Lab('two_judges_lab', CONTROLS, judge, draw_verdict, verdict_finding,
               settings=settings, actions={'Nudge all towards their labels': _nudged},
               on_click=_clicked, figsize=(7.6, 5.4), narrow=(4.2, 5.6), title='Two judges',
               about='Three cats, three dogs: when does accuracy notice what the loss feels? '
                     'Sliders, or a click on a column.')
