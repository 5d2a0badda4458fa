"Build a function: a few ReLUs, each bending the line once, add up to a curve."
from dataclasses import dataclass

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import choice, slider

__all__ = ['Sum', 'add_up', 'draw_sum', 'sum_finding', 'learn_steps', 'build_a_function_lab']

X = np.linspace(-2, 2, 161)
TARGETS = dict(hill=lambda x: 1.6 * np.exp(-2 * x ** 2), wave=lambda x: np.sin(2 * x),
               step=lambda x: 1.4 / (1 + np.exp(-6 * x)), bowl=lambda x: x ** 2 / 2 - .5)
TINTS = COLORS['train'], COLORS['valid'], COLORS['good'], COLORS['test']
STEPS, RATE = 60, .03       # what one press of Learn does
SLOPES, BENDS = (1., -1.6, 0., 0.), (-1.5, -.5, .3, 1.)


@dataclass
class Sum:
    "ReLUs and what they add up to."
    parts: np.ndarray     # each slope times its ReLU, (4, 161)
    curve: np.ndarray     # start + their sum, (161,)
    target: np.ndarray    # (161,)
    bends: list           # where the curve changes its slope, left to right
    marks: np.ndarray     # height of the curve at each of the four bends, (4,)
    at: np.ndarray        # the four bends themselves, (4,)

    @property
    def misses(self) -> np.ndarray:
        "How far off at each x, (161,)."
        return np.abs(self.curve - self.target)


def add_up(target: str, s1: float, s2: float, s3: float, s4: float, start: float,
           b1: float, b2: float, b3: float, b4: float) -> Sum:
    "start + s1·relu(x − b1) + … + s4·relu(x − b4)."
    slopes, at = np.array([s1, s2, s3, s4]), np.array([b1, b2, b3, b4])

    def parts(x): return slopes[:, None] * np.maximum(x - at[:, None], 0)    # (4, n)
    bends = sorted({float(b) for b, s in zip(at, slopes) if s and -2 < b < 2})
    return Sum(parts(X), start + parts(X).sum(0), TARGETS[target](X), bends,
               start + parts(at).sum(0), at)


def learn_steps(
    settings: dict,   # the lab's settings
    steps=STEPS,      # of gradient descent
) -> dict:            # the settings after them
    "Let the machine move slopes, bends and start downhill on the mean squared miss."
    names = [n for n in settings if n != 'target']
    p, y = np.array([settings[n] for n in names]), TARGETS[settings['target']](X)
    mean, square = np.zeros(9), np.zeros(9)        # Adam's averages of slopes and their squares
    for t in range(1, steps + 1):
        g = _gradient(p, y)
        mean, square = .9 * mean + .1 * g, .99 * square + .01 * g * g
        p = p - RATE * mean / (1 - .9 ** t) / (np.sqrt(square / (1 - .99 ** t)) + 1e-8)
    return dict(zip(names, p.tolist()))


def _gradient(p, y):
    "How the mean squared miss changes with each of the four slopes, the start, the four bends."
    slopes, start, at = p[:4], p[4], p[5:]
    relus = np.maximum(X - at[:, None], 0)                      # (4, n)
    pull = 2 * (start + slopes @ relus - y) / len(X)            # (n,)
    return np.concatenate([relus @ pull, [pull.sum()], -slopes * ((relus > 0) @ pull)])


def sum_finding(r: Sum) -> str:
    "How many bends, and how close they come."
    n, miss, worst = len(r.bends), r.misses.mean(), int(r.misses.argmax())
    where = ', '.join(_signed(b) for b in r.bends)
    shape = {0: 'A straight line: no ReLU bends it'}.get(
        n, f'The sum is {n + 1} straight pieces with {"a bend" if n == 1 else f"{n} bends"} '
           f'at {where}')
    if miss < .05: return (f'{shape}. It misses the target by only {miss:.3f} on average: four '
                           'ReLUs are enough for this curve, as far as the eye can tell.')
    return (f'{shape}. It misses the target by {miss:.2f} on average, and most, by '
            f'{r.misses[worst]:.2f}, at x = {_signed(X[worst])}.')


def _signed(v): return f'{v + 0:.1f}'.replace('-', '−').replace('−0.0', '0.0')


def draw_sum(fig, r: Sum):
    "The four parts by themselves; beside or below them their sum, over the target."
    stacked = fig.get_figwidth() < 5
    one, two = fig.subplots(2, 1, height_ratios=(2, 3)) if stacked else \
        fig.subplots(1, 2, width_ratios=(2, 3))
    lines = [one.plot(X, part, color=tint, lw=2)[0] for part, tint in zip(r.parts, TINTS)]
    starts = [one.plot([], [], 'o', color=tint, ms=8, mec='white')[0] for tint in TINTS]
    one.set(ylim=(-3.2, 3.2), xlim=(-2, 2), xlabel='x (slope 0 makes no bend)',
            title='Four ReLUs, each from its dot')
    two.plot([], [])
    target, = two.plot(X, r.target, color='#b3b9c0', lw=7)
    curve, = two.plot(X, r.curve, color=COLORS['ink'], lw=2)
    dots = [two.plot([], [], 'o', color=tint, ms=8, mec='white')[0] for tint in TINTS]
    two.set(xlim=(-2, 2), ylim=(-2.2, 2.6), xlabel='x', title='Their sum, and the target in grey')
    for ax in (one, two): ax.grid(True)

    def update(r):
        for line, part in zip(lines, r.parts): line.set_ydata(part)
        target.set_ydata(r.target)
        curve.set_ydata(r.curve)
        for dot, x, y in zip(dots, r.at, r.marks): dot.set_data([x], [y])
        for dot, x in zip(starts, r.at): dot.set_data([x], [0])
    update(r)
    return update


def _flat(settings): return dict(s1=0., s2=0., s3=0., s4=0.)


CONTROLS = dict(
    target=choice('Target', 'hill', list(TARGETS)),
    **{f's{i}': slider(f'Slope of ReLU {i}', s, -6., 6., .01) for i, s in enumerate(SLOPES, 1)},
    start=slider('Start height', 0., -3., 3., .01),
    **{f'b{i}': slider(f'ReLU {i} begins at', b, -3., 3., .01) for i, b in enumerate(BENDS, 1)})


def build_a_function_lab(**settings) -> Lab:
    "Bend a line into a curve with four ReLUs, by hand or by learning."
    return Lab('build_a_function_lab', CONTROLS, add_up, draw_sum, sum_finding,
               settings=settings, figsize=(8.2, 4.2), narrow=(4.2, 6.2), title='Build a function',
               actions={'Learn': learn_steps, 'All slopes to zero': _flat},
               about='Each ReLU bends the line once. Can four of them follow the grey curve?')
