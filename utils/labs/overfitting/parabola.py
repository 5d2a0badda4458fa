"Noisy parabola: a curve that learns, or memorises, and what it says where no points were."
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.patches import Rectangle

from ...plots import COLORS
from ..base import Lab
from ..controls import choice, next_seed, slider

__all__ = ['Fit', 'truth', 'noisy_points', 'fit_parabola', 'draw_fit', 'fit_finding',
           'parabola_lab']

EDGE = 2.            # points lie from -EDGE to EDGE
SIZES = range(1, 16)
TOUCH = .05          # a curve nearer to a point than this passes through it, as far as eyes see
VIEW = (-4, 13)      # y shown
LOSSES = (1e-3, 300)  # losses shown: smaller and greater ones stand at the edge
WORDS = {'points': COLORS['ink'], 'curve': COLORS['train'], 'truth (dashed)': '#666666'}
NAMES = dict(polynomial='degree', net='hidden units')
ROUNDING = 1e-9      # losses that differ by less are the same
NEW_POINTS = 300     # points that the curve has never seen, to measure it


@dataclass
class Fit:
    "A curve fitted to noisy points of a parabola, and how far it is from the truth."
    curve: str              # 'polynomial' or 'net'
    size: int               # degree, or number of hidden units
    x: np.ndarray           # (points,)
    y: np.ndarray           # (points,) the parabola and noise
    grid: np.ndarray        # (400,) from -EDGE - reach to EDGE + reach
    fitted: np.ndarray      # (400,) the curve on the grid
    reach: float            # how far beyond the points it is asked
    through: bool           # passes through all points
    train: np.ndarray       # (15,) loss on the points for sizes 1 to 15
    valid: np.ndarray       # (15,) loss on new points
    between: float          # farthest from the truth among the points
    beyond: float           # farthest from the truth outside them

    @property
    def best(self) -> int:
        "The smallest size that no other beats on new points (by more than rounding errors)."
        return int((self.valid < self.valid.min() + ROUNDING).argmax()) + 1


def truth(
    x,  # where
):
    "The parabola itself, which the points are drawn from."
    return x ** 2


def noisy_points(
    n: int,             # how many
    noise: float = .5,  # standard deviation of what is added to the truth
    seed: int = 4,      # another seed, other noise
) -> tuple[np.ndarray, np.ndarray]:
    """Points at even distances from -2 to 2, and the noisy parabola there.

    >>> x, y = noisy_points(3, noise=0.)
    >>> y.tolist()
    [4.0, 0.0, 4.0]
    """
    x = np.linspace(-EDGE, EDGE, n)
    return x, truth(x) + noise * np.random.default_rng(seed).normal(size=n)


def _terms(x, curve, size, seed):
    "What the curve adds up: powers (as Chebyshev's), or ramps that begin at random places."
    if curve == 'polynomial': return np.polynomial.chebyshev.chebvander(x / EDGE, size)
    rng = np.random.default_rng([seed, 1])
    kinks, signs = rng.uniform(-EDGE, EDGE, SIZES[-1]), rng.choice([-1, 1], SIZES[-1])
    ramps = (signs * (x[:, None] - kinks)).clip(0)               # (n, 15) hidden units after ReLU
    return np.c_[np.ones(len(x)), ramps[:, :size]]


def _fitted(x, y, curve, size, seed):
    "The function with the least squared error on the points."
    weights = np.linalg.lstsq(_terms(x, curve, size, seed), y, rcond=1e-10)[0]
    return lambda new: _terms(new, curve, size, seed) @ weights


def fit_parabola(
    curve: str = 'polynomial',  # or 'net': one layer of hidden units
    size: int = 11,             # degree, or number of hidden units, 1 to 15
    points: int = 12,           # how many points
    noise: float = .5,          # standard deviation of the noise
    reach: float = .3,          # how far outside the points the curve is asked
    seed: int = 4,              # another seed, other noise
) -> Fit:
    "Fit noisy points by a curve of each size; keep the one asked for, and the losses of all."
    x, y = noisy_points(points, noise, seed)
    rng = np.random.default_rng([seed, 2])
    new_x = rng.uniform(-EDGE, EDGE, NEW_POINTS)
    new_y = truth(new_x) + noise * rng.normal(size=NEW_POINTS)
    fits = [_fitted(x, y, curve, k, seed) for k in SIZES]
    chosen = fits[size - 1]
    grid = np.linspace(-EDGE - reach, EDGE + reach, 400)
    fitted = chosen(grid)
    off, inside = abs(fitted - truth(grid)), abs(grid) <= EDGE
    return Fit(
        curve, size, x, y, grid, fitted, reach, bool(abs(chosen(x) - y).max() < TOUCH),
        np.array([((f(x) - y) ** 2).mean() for f in fits]),
        np.array([((f(new_x) - new_y) ** 2).mean() for f in fits]),
        float(off[inside].max()), float(off[~inside].max()) if reach else 0.)


# the picture

def draw_fit(fig, r: Fit):
    "Left the curve, the points and the truth; right the losses of all sizes."
    narrow = fig.get_figwidth() < 5
    left, right = fig.subplots(2, 1, height_ratios=[3, 2]) if narrow else \
        fig.subplots(1, 2, width_ratios=[3, 2])
    far = np.linspace(-4, 4, 60)
    zones = [left.add_patch(Rectangle((0, VIEW[0]), 1, VIEW[1] - VIEW[0], color=COLORS['pale']))
             for _ in range(2)]
    left.plot(far, truth(far), color=COLORS['truth'], ls='--', lw=1.5)
    curve, = left.plot([], [], color=COLORS['train'])
    dots, = left.plot([], [], 'o', color=COLORS['ink'], ms=5)
    for k, (words, color) in enumerate(WORDS.items()):
        left.text(-.9, 12.4 - 1.4 * k, words, color=color, va='top')
    left.set(xlim=(-3.6, 3.6), ylim=VIEW, xlabel='x', ylabel='y', xticks=[-2, 0, 2],
             yticks=[0, 5, 10])
    lines = [right.plot(SIZES, [0] * 15, '.-', color=COLORS[k])[0] for k in ('train', 'valid')]
    marks = [right.plot([1], [0], 'o', color=COLORS[k], ms=10, mfc='white', mew=2)[0]
             for k in ('train', 'valid')]
    right.set(ylim=(-3.8, 3.1), xlim=(.4, 15.6), xticks=[1, 5, 10, 15],
              ylabel='loss (log scale)')
    right.set_yticks([-2, 0, 2], ['0.01', '1', '100'])
    right.text(1, 3., 'on new points', color='#a86f00', va='top')
    right.text(1, -3.6, 'on its own points', color=COLORS['train'])
    right.grid(axis='y')
    for ax in (left, right): _pin(ax, narrow)
    update = partial(_move, left, right, zones, curve, dots, lines, marks)
    update(r)
    return update


def _pin(ax, narrow):
    "Fix the places of title and labels: matplotlib would measure all words for them each time."
    ax.set_title('', y=1.)
    ax.xaxis.set_label_coords(.5, -.16 if narrow else -.1)


def _move(left, right, zones, curve, dots, lines, marks, r):
    "Put everything where the result says."
    for zone, start in zip(zones, (-EDGE - r.reach, EDGE)): zone.set(x=start, width=r.reach)
    curve.set_data(r.grid, r.fitted.clip(-1e4, 1e4))
    dots.set_data(r.x, r.y)
    for line, mark, loss in zip(lines, marks, (r.train, r.valid)):
        shown = np.log10(loss.clip(*LOSSES))
        line.set_ydata(shown)
        mark.set_data([r.size], [shown[r.size - 1]])
    far = f'Outside: off by {amount(r.beyond)}' if r.reach else 'Only where the points are'
    left.set_title(far, y=1.)
    right.set_title(f'New points: best at {r.best}', y=1.)
    right.set_xlabel(NAMES[r.curve])


def amount(
    v: float,  # a distance or loss
) -> str:
    "A number as a sentence wants it: two digits or so, and no more than a million."
    if v >= 1e6: return 'more than a million'
    return f'{v:,.0f}' if v >= 10 else f'{v:.1f}' if v >= 1 else f'{v:.2f}'


def fit_finding(r: Fit) -> str:
    "How near the curve is to its points, to the truth among them and beyond, and to new points."
    n, miss = len(r.x), abs(np.interp(r.x, r.grid, r.fitted) - r.y).mean()
    near = f'passes through all {n} points' if r.through else \
        f'lies {amount(miss)} from its {n} points on average'
    beyond = f' and by {amount(r.beyond)} beyond them' if r.reach else ''
    now, best = r.valid[r.size - 1], r.valid[r.best - 1]
    if now < ROUNDING: new = 'New points lie on it as well'
    elif r.size == r.best: new = 'No other size has a smaller loss on new points'
    else: new = (f'On new points its loss is {amount(now / best)} times that of '
                 f'{"degree" if r.curve == "polynomial" else "size"} {r.best}')
    return (f'The curve {near}; it misses the truth by {amount(r.between)} between them{beyond}. '
            f'{new}.')


def parabola_lab(
    **settings,  # curve, size, points, noise, reach, seed
) -> Lab:
    "Fit noisy points of a parabola, and ask the curve where no points were."
    controls = dict(
        curve=choice('Curve', 'polynomial', {'Polynomial': 'polynomial', 'Hidden units': 'net'}),
        size=slider('Degree, or hidden units', 11, SIZES[0], SIZES[-1],
                    help='Where many curves fit all points, the one of least weights is drawn.'),
        points=slider('Points', 12, 4, 60),
        noise=slider('Noise', .5, 0., 1.5, .1),
        reach=slider('Outside the data', .3, 0., 1.5, .1),
        seed=slider('Seed', 4, 0, 20))
    return Lab('parabola_lab', controls, fit_parabola, draw_fit, fit_finding, settings=settings,
               figsize=(7.4, 3.8), narrow=(4.2, 5.8), more=('seed',), title='Noisy parabola',
               about='When does a curve learn, and when does it memorise?',
               actions={'New points': next_seed(21)})
