"Marble: gradient descent rolls down a loss surface; learning rate and momentum decide how."
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps

from ...plots import COLORS
from ..base import Lab
from ..controls import slider
from ..picture import set_limits
from .line import BEST, LOWEST, curvature, loss_at

__all__ = ['Roll', 'roll_marble', 'draw_roll', 'marble_finding', 'marble_lab']

RATES = [.001, .003, .01, .03, .05, .1, .15, .2, .25, .3, .35, .4, .43, .45, .46, .48, .5, .6, .8,
         1., 1.5, 2.]
MOMENTA = [0., .3, .5, .6, .7, .8, .9, .95, .99]
BOTTOM = .01        # so near above the lowest loss counts as being there
LONGEST = 20_000    # steps after which even the sentence gives up
LOW, HIGH = (-2., -2.), (4., 4.)                   # the part of the surface that is drawn
SHADES = colormaps['Blues']
VIEW = 1e-3, 1e3                                   # losses above the lowest that are drawn


@dataclass
class Roll:
    "One way down, or up."
    path: np.ndarray       # (a, b) after each step, the start first, (steps + 1, 2)
    excess: np.ndarray     # the loss above the lowest possible one, (steps + 1,)
    factor: float          # what each step makes of the distance to the bottom, in the long run
    across: float          # what one step without momentum makes of it across the valley
    arrival: int | None    # the first step from which it stays at the bottom; None: never
    momentum: float


def roll_marble(lr: float, momentum: float, steps: int, a: float, b: float) -> Roll:
    "Take `steps` steps of gradient descent with momentum from (a, b)."
    path, arrival = _walk(lr, momentum, a, b, steps), None
    excess = np.maximum(loss_at(path[:, 0], path[:, 1]) - LOWEST, 0)
    factor, across = _rates(lr, momentum)
    if factor < 1:
        whole = _walk(lr, momentum, a, b, LONGEST)
        above = np.flatnonzero(loss_at(whole[:, 0], whole[:, 1]) - LOWEST > BOTTOM)
        arrival = int(above[-1]) + 1 if len(above) else 0
        if arrival >= len(whole): arrival = None
    return Roll(path, excess, factor, across, arrival, momentum)


def _walk(lr, momentum, a, b, steps):
    "The places after 0, 1 … steps; it ends early far beyond the page, or at rest on the bottom."
    va = vb = 0.
    places = [(a, b)]
    for _ in range(steps):
        ga, gb = _slope(a, b)
        va, vb = momentum * va + ga, momentum * vb + gb      # the old speed, and the slope here
        a, b = a - lr * va, b - lr * vb
        places.append((a, b))
        if abs(a) + abs(b) > 1e9: break
        if len(places) > 150 and abs(va) + abs(vb) < 1e-6 and abs(ga) + abs(gb) < 1e-6: break
    return np.array(places)


((AA, AB), (_, BB)) = curvature().tolist()
A0, B0 = BEST.tolist()


def _slope(a, b):
    "The gradient of the whole bowl, from its bottom and its curvature: quicker than twelve misses."
    return AA * (a - A0) + AB * (b - B0), AB * (a - A0) + BB * (b - B0)


def _rates(lr, momentum):
    "Each step multiplies the distance by `factor` at last; across the valley alone by `across`."
    bends = np.linalg.eigvalsh(curvature())
    worst = max(np.abs(np.roots([1, -(1 + momentum - lr * k), momentum])).max() for k in bends)
    return float(worst), float(1 - lr * bends[-1])


def marble_finding(r: Roll) -> str:
    "Where the marble is, and why."
    steps, now = len(r.path) - 1, r.excess[-1]
    if r.factor >= 1:
        if r.momentum: return (f'Diverging: after {steps} steps the loss is {_big(now)} above the '
                               f'lowest. Each step makes the distance {r.factor:.2f} times as '
                               'large: the rate is too high, and momentum does not heal that.')
        return (f'Diverging: every step lands on the other side of the valley, {-r.across:.2f} '
                f'times as far up as it was. After {steps} steps the loss is {_big(now)} above '
                'the lowest.')
    if r.arrival is None:
        return (f'Too slow: after {steps} steps the loss is still {now:.2f} above the lowest, and '
                f'{LONGEST:,} steps would not be enough.')
    if r.arrival > steps:
        lead = 'Too slow' if r.arrival > 2 * steps else 'Nearly there'
        return (f'{lead}: after {steps} steps the loss is still {now:.2f} above the lowest. '
                f'At this pace it takes {r.arrival:,} steps to reach the bottom.')
    return f'The bottom is reached in {_count(r.arrival)}. {_manner(r)}'


def _manner(r):
    if r.momentum: return _swing(r)
    if r.across < 0: return (f'Across the valley each step goes too far, to {-r.across:.2f} of the '
                             'distance on the other side: a zigzag.')
    return f'Across the valley each step leaves {r.across:.2f} of the distance: no zigzag.'


def _swing(r):
    "Does it roll past the bottom along the valley?"
    along = np.linalg.eigh(curvature())[1][:, 0]
    side = (r.path - BEST) @ along
    past = float((-side * np.sign(side[0])).max()) if side[0] else 0.
    if past < .05: return 'Momentum adds up the small slopes along the valley.'
    return f'On the way it rolls {past:.1f} past the bottom along the valley, and comes back.'


def _count(n): return '1 step' if n == 1 else f'{n} steps'


def _big(x): return f'{x:,.1f}' if x < 1e6 else 'more than a million'


def draw_roll(fig, r: Roll):
    "The valley from above with the path on it; beside it the loss after each step."
    stacked = fig.get_figwidth() < 5
    top, side = fig.subplots(2, 1, height_ratios=(5, 3)) if stacked else \
        fig.subplots(1, 2, width_ratios=(6, 5))
    _draw_valley(top)
    path, = top.plot([], [], '-', color=COLORS['bad'], lw=1.4)
    dots, = top.plot([], [], 'o', color=COLORS['bad'], ms=3.5)
    ball, = top.plot([], [], 'o', color=COLORS['bad'], ms=10, mec='white', mew=1.5, zorder=5)
    side.axhspan(VIEW[0], BOTTOM, color=COLORS['good'], alpha=.15, lw=0)
    side.text(.98, VIEW[0] * 1.6, 'at the bottom', transform=side.get_yaxis_transform(),
              ha='right', color='#00684d')
    curve, = side.plot([], [], 'o-', color=COLORS['train'], ms=3, lw=1.4)
    side.set(yscale='log', ylim=VIEW, xlabel='step', title='Loss above the lowest')
    side.set_yticks([.001, .01, .1, 1, 10, 100, 1000],
                    ['0.001', '0.01', '0.1', '1', '10', '100', '1,000'])
    side.minorticks_off()
    side.grid(True, axis='y')

    def update(r):
        places = np.clip(r.path, -50, 50)
        path.set_data(*places.T)
        dots.set_data(*places.T)
        ball.set_data([np.clip(places[-1, 0], LOW[0], HIGH[0])],
                      [np.clip(places[-1, 1], LOW[1], HIGH[1])])
        curve.set_data(range(len(r.excess)), np.clip(r.excess, VIEW[0], VIEW[1]))
        set_limits(side, (-.5, max(len(r.excess), 10) - .5))
    update(r)
    return update


def _draw_valley(ax):
    "The loss of every line, in steps of height: flat colours make a picture that is sent quickly."
    a, b = np.linspace(LOW[0], HIGH[0], 61), np.linspace(LOW[1], HIGH[1], 61)
    loss = loss_at(a[None, :].repeat(61, 0), b[:, None].repeat(61, 1)) - LOWEST
    levels = [0, .03, .1, .3, 1, 3, 7, 15, 30, 60, 200]
    shades = [SHADES(v) for v in np.linspace(.02, .62, len(levels) - 1)]
    ax.contourf(a, b, loss, levels=levels, colors=shades)
    ax.plot(*BEST, '+', color='#00684d', ms=13, mew=2.5)
    ax.set(xlim=(LOW[0], HIGH[0]), ylim=(LOW[1], HIGH[1]), xlabel='a: growth a week',
           ylabel='b: height at the start', title='The loss of every line, from above')


def _placed(settings, panel, x, y):
    "A click on the valley puts the marble there."
    return dict(a=x, b=y) if panel == 0 else {}


CONTROLS = dict(
    lr=slider('Learning rate', .03, values=RATES),
    momentum=slider('Momentum', 0., values=MOMENTA),
    steps=slider('Steps', 40, 1, 150),
    a=slider('Start: growth', -1.5, -2., 4., .1),
    b=slider('Start: height', 3., -2., 4., .1))


def marble_lab(**settings) -> Lab:
    "Let a marble roll down the loss of a line, with any learning rate and momentum."
    return Lab('marble_lab', CONTROLS, roll_marble, draw_roll, marble_finding, settings=settings,
               actions={'One step more': lambda s: dict(steps=s['steps'] + 1)},
               on_click=_placed, figsize=(8.2, 4.2), narrow=(4.2, 6.6), title='Marble',
               about='How long should a step be? Click the valley to start elsewhere.')
