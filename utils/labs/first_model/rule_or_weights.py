"Rule or weights: two thresholds set by hand against three numbers found by a machine."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...datasets.digits import load_digits
from ...plots import COLORS
from ..base import Lab
from ..controls import choice, slider, switch

__all__ = ['Contest', 'hold_contest', 'measure', 'learn_weights', 'draw_contest',
           'contest_finding', 'rule_or_weights_lab']

PAIRS = {'0 or 8': (0, 8), '0 or 6': (0, 6), '3 or 6': (3, 6)}
NAMES = {0: 'zero', 3: 'three', 6: 'six', 8: 'eight'}
LAST = 60                                # steps of learning at most
RATE = 2.                                # how far the weights go in one step
USUAL, SPREAD = np.array([50., 31.]), np.array([15., 4.])    # of the two measures, in %
SPAN = (14., 86., 21., 43.)              # what the picture shows: middle from, to; ink from, to
CANVAS = (330, 350)                      # dots of a panel: rows, columns
def _rgb(color): return np.array([int(color[i:i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


TINTS = np.stack([_rgb('#e0f2ec'), _rgb('#f7e6f0')])   # ground where the first, the second is said
HUES = np.stack([_rgb('#00704f'), _rgb('#9a2f6f')])    # the digits themselves
CONTROLS = dict(
    pair=choice('Digits', '0 or 8', list(PAIRS)),
    middle=slider('Ink in the middle, at least', 40, 20, 80, unit='%'),
    ink=slider('Ink in all, at most', 40, 22, 43, unit='%'),
    steps=slider('Steps of learning', 0, 0, LAST),
    new=switch('Show new pictures', False),
    seen=slider('Pictures seen', 60, 10, 120, 10),
    seed=slider('Seed', 1, 0, 20))


@dataclass
class Contest:
    "A rule and some weights, what they say of the pictures shown, and how often they are right."
    pair: tuple             # the two digits; the second is what the rule looks for
    thresholds: tuple       # ink in the middle at least, ink in all at most, in %
    weights: np.ndarray     # of the middle, of all, and a constant, for measures as they are
    steps: int              # steps of learning taken
    new: bool               # are the pictures shown new ones?
    pictures: np.ndarray    # those shown, (n, 8, 8)
    x: np.ndarray           # their two measures in %, (n, 2)
    y: np.ndarray           # is it the second digit? (n,)
    by_rule: np.ndarray     # what the rule says, (n,)
    by_weights: np.ndarray  # what the weights say, (n,)
    on_seen: tuple          # share right on the pictures seen: rule, weights

    @property
    def right(self) -> tuple:
        "How many of the pictures shown are read right: by the rule, by the weights."
        return int((self.by_rule == self.y).sum()), int((self.by_weights == self.y).sum())


def measure(
    pictures: np.ndarray,  # (n, 8, 8), from 0 (paper) to 1 (ink)
) -> np.ndarray:           # (n, 2)
    """How much ink is in the middle 4 × 4 dots and how much in all 8 × 8, in % of full.

    >>> measure(np.ones((1, 8, 8))).tolist()
    [[100.0, 100.0]]
    """
    return 100 * np.stack([pictures[:, 2:6, 2:6].mean((1, 2)), pictures.mean((1, 2))], 1)


@lru_cache
def _pair(a, b):
    "All pictures of two digits, their measures, and whether each is the second one."
    images, labels = load_digits()
    chosen = (labels == a) | (labels == b)
    return images[chosen], measure(images[chosen]), labels[chosen] == b


def learn_weights(
    x: np.ndarray,  # two measures of each picture, (n, 2)
    y: np.ndarray,  # is it the second digit? (n,)
    steps: int,     # how often all pictures are looked at and the weights moved
    seed: int = 1,  # of the random weights that it starts from
) -> np.ndarray:    # weight of the middle, weight of all, constant
    "Move random weights step by step to where the pictures are read better (logistic regression)."
    z = np.c_[(x - USUAL) / SPREAD, np.ones(len(x))]          # (n, 3)
    w = np.random.default_rng(seed).normal(0, 1, 3)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-z @ w))                          # how sure of the second digit
        w = w - RATE * z.T @ (p - y) / len(y)                 # a step down the slope of the loss
    per_unit = w[:2] / SPREAD
    return np.r_[per_unit, w[2] - per_unit @ USUAL]


def hold_contest(pair, middle, ink, steps, new, seen, seed) -> Contest:
    "Let the rule with these thresholds and the weights after so many steps read the pictures."
    pictures, x, y = _pair(*PAIRS[pair])
    order = np.random.default_rng(seed).permutation(len(y))
    old = order[:seen]
    weights = learn_weights(x[old], y[old], steps, seed)
    by_rule = (x[:, 0] >= middle) & (x[:, 1] <= ink)
    by_weights = x @ weights[:2] + weights[2] > 0
    on_seen = tuple(float((said == y)[old].mean()) for said in (by_rule, by_weights))
    shown = order[seen:] if new else old
    return Contest(PAIRS[pair], (middle, ink), weights, steps, new, pictures[shown], x[shown],
                   y[shown], by_rule[shown], by_weights[shown], on_seen)


def contest_finding(c: Contest) -> str:
    "Who reads more pictures right, and what the rule confuses."
    rule, weights = c.right
    n = len(c.y)
    if c.new: return _finding_on_new(c, rule / n, weights / n)
    missed = int((c.y & ~c.by_rule).sum())
    taken = int((~c.y & c.by_rule).sum())
    one, two = NAMES[c.pair[0]], NAMES[c.pair[1]]
    text = (f'Your rule is right on {rule} of the {n} pictures seen. It takes {_some(taken, one)} '
            f'for {_a(two)} and {_some(missed, two)} for {_a(one)}. ')
    if not c.steps: return text + 'The weights are still random: let them learn.'
    after = f'after {c.steps} step{"s" if c.steps > 1 else ""} of learning'
    if weights > rule:
        return f'{text}The weights read {weights} right {after}, {weights - rule} more.'
    if weights == rule: return f'{text}The weights read just as many right {after}.'
    return f'{text}The weights read only {weights} right {after}.'


def _a(name): return f'{"an" if name[0] == "e" else "a"} {name}'


def _some(n, name): return f'{n or "no"} {name}{"" if n < 2 else "es" if name[-1] == "x" else "s"}'


def _finding_on_new(c, rule, weights):
    "The same contest on pictures that neither has seen."
    seen_rule, seen_weights = c.on_seen
    text = (f'On {len(c.y)} new pictures your rule reads {rule:.0%} right '
            f'(seen: {seen_rule:.0%}), ')
    if not c.steps:
        return f'{text}the random weights {weights:.0%}. Nothing has been learned yet.'
    text += f'the weights {weights:.0%} (seen: {seen_weights:.0%}). '
    points = round(100 * weights) - round(100 * rule)
    if points == 0: return text + 'It is a draw.'
    who = 'The weights lead' if points > 0 else 'Your rule leads'
    return f'{text}{who} by {abs(points)} point{"s" if abs(points) > 1 else ""}.'


# the picture

def draw_contest(fig, c: Contest):
    "Two panels with the same pictures at their two measures: the rule's corner, the weights' line."
    stacked = fig.get_figwidth() < 5
    axs = fig.subplots(2, 1, sharex=True) if stacked else fig.subplots(1, 2, sharey=True)
    images = [ax.imshow(np.ones((*CANVAS, 3)), extent=SPAN, aspect='auto') for ax in axs]
    lines = [ax.plot([], [], color=COLORS['ink'], lw=1.6)[0] for ax in axs]
    words = [[ax.text(0, 0, '', transform=ax.transAxes, color=hue, weight='bold') for hue in HUES]
             for ax in axs]
    for ax in axs:
        ax.set(xlim=SPAN[:2], ylim=SPAN[2:], xticks=(20, 40, 60, 80), yticks=(25, 30, 35, 40),
               title='The weights read')
        if ax is axs[-1] or not stacked: ax.set_xlabel('ink in the middle, %')
        if ax is axs[0] or stacked: ax.set_ylabel('ink in all, %')

    def update(c):
        middle, ink = c.thresholds
        lines[0].set_data([middle, middle, SPAN[1]], [SPAN[2], ink, ink])
        lines[1].set_data(*_border(c.weights))
        grounds = _grounds(c)
        for image, ground, said in zip(images, grounds, (c.by_rule, c.by_weights)):
            image.set_data(_panel(c, ground, said))
        for ax, who, right in zip(axs, ('Your rule reads', 'The weights read'), c.right):
            ax.set_title(f'{who} {right} of {len(c.y)}')
        for pair, ground in zip(words, grounds): _say_where(pair, ground, c.pair)
    update(c)
    return update


def _say_where(texts, ground, pair):
    "Write each answer into a corner of the ground on which it is given, if it has one."
    corners = {(.03, .93): ground[0, 0], (.97, .93): ground[0, -1],
               (.03, .03): ground[-1, 0], (.97, .03): ground[-1, -1]}
    for i, (text, digit) in enumerate(zip(texts, pair)):
        own = [at for at, said in corners.items() if said == bool(i)]
        text.set_text(f'says {digit}' if own else '')
        x, y = own[-i] if own else (0, 0)
        text.set(position=(x, y), ha='left' if x < .5 else 'right')


@lru_cache
def _grid():
    "The two measures at every dot of a panel, top row first."
    rows, columns = CANVAS
    return np.meshgrid(np.linspace(SPAN[0], SPAN[1], columns),
                       np.linspace(SPAN[3], SPAN[2], rows))


def _grounds(c):
    "Where the rule, and where the weights, say the second digit."
    middle, ink = _grid()
    a, b, constant = c.weights
    return ((middle >= c.thresholds[0]) & (ink <= c.thresholds[1]),
            a * middle + b * ink + constant > 0)


def _border(weights):
    "Two points of the line on which the weights are undecided."
    a, b, constant = weights
    if abs(b) < 1e-9: return [-constant / a] * 2, SPAN[2:]
    ends = np.array(SPAN[:2])
    return ends, -(a * ends + constant) / b


def _panel(c, ground, said):
    "One panel as dots: the tinted ground, and each digit as its own small picture."
    res = TINTS[ground.astype(int)]
    rows, columns = CANVAS
    zoom = 3 if len(c.y) <= 60 else 2
    half = 4 * zoom
    across = (c.x[:, 0] - SPAN[0]) / (SPAN[1] - SPAN[0]) * columns
    down = (SPAN[3] - c.x[:, 1]) / (SPAN[3] - SPAN[2]) * rows
    across = across.clip(half + 1, columns - half - 1).astype(int)
    down = down.clip(half + 1, rows - half - 1).astype(int)
    dots = c.pictures.repeat(zoom, 1).repeat(zoom, 2)[..., None] ** .8
    for i in np.argsort(said != c.y, kind='stable'):          # those read wrong lie on top
        r, k = down[i], across[i]
        if said[i] != c.y[i]: _frame(res, r, k, half + 1)
        at = res[r - half:r + half, k - half:k + half]
        at += dots[i] * (HUES[int(c.y[i])] - at)
    return (255 * res).astype(np.uint8)      # bytes are drawn four times as quickly as floats


def _frame(res, r, k, half):
    "A frame around a digit that is read wrong."
    res[r - half:r + half, k - half:k + half] = _rgb(COLORS['bad'])
    res[r - half + 1:r + half - 1, k - half + 1:k + half - 1] = 1


# the lab

def _clicked(settings, panel, x, y):
    "A click into the rule's panel puts the corner of its thresholds there."
    return dict(middle=x, ink=y) if panel == 0 else {}


def _learn(more):
    return lambda s: dict(steps=s['steps'] + more)


def rule_or_weights_lab(**settings) -> Lab:
    "Set a rule's two thresholds by hand, let weights learn the same task, compare on new pictures."
    return Lab(
        'rule_or_weights_lab', CONTROLS, hold_contest, draw_contest, contest_finding,
        settings=settings, more=('seen', 'seed'), on_click=_clicked,
        actions={'Learn 1 step': _learn(1), 'Learn to the end': _learn(LAST)},
        figsize=(7.6, 4.0), narrow=(4.2, 6.6), title='Rule or weights?',
        about='Can you set two thresholds as well as a machine finds three weights?')
