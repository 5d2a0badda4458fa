"Random or last: how a series is split decides what the validation set can tell."
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from ...files import EndSplitter, RandomSplitter
from ...plots import COLORS
from ..base import Lab
from ..controls import choice, next_seed, slider, state
from ..picture import set_limits

__all__ = ['Forecast', 'weekly_sales', 'fit_weeks', 'forecast', 'draw_forecast',
           'forecast_finding', 'random_or_last_lab']

YEAR, GIVEN, AHEAD = 52, 208, 52      # weeks: four years are given, the fifth is to come
WANDER, NOISE, MEMORY = 4., 1., .9    # what is neither trend nor season: slow, or weekly
MODELS = {'nearest': 'nearest weeks', 'season': 'trend and season'}
SPLITS = {'random': 'At random', 'last': 'The last weeks'}
AMBER = '#a86f00'


@dataclass
class Forecast:
    "A series, how it was split, what two models promise for it, and what they keep."
    split: str             # 'random' or 'last'
    model: str             # 'nearest' or 'season', the one that is drawn
    sales: np.ndarray      # (260,) four years that are given and the one to come
    valid: np.ndarray      # (held,) weeks held out
    fitted: np.ndarray     # (260,) the model; for the year to come trained again on all four
    promised: dict         # {(split, model): error on the weeks held out}
    kept: dict             # {model: error in the year to come}

    def choice(self, split: str) -> str:
        "The model that a split would choose."
        return min(MODELS, key=lambda m: self.promised[split, m])

    @property
    def right(self) -> str:
        "The model that is better in the year to come."
        return min(MODELS, key=self.kept.get)


def weekly_sales(
    trend: float = 15.,   # growth a year
    season: float = 8.,   # how far summer stands above the mean
    seed: int = 10,       # another seed, other years
) -> np.ndarray:
    """Five years of weekly sales: a trend, a season, a slow wandering, and noise.

    >>> weekly_sales().shape
    (260,)
    """
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=GIVEN + AHEAD)
    wander = shocks.copy()
    for t in range(1, len(wander)):
        wander[t] = MEMORY * wander[t - 1] + (1 - MEMORY ** 2) ** .5 * shocks[t]
    t = np.arange(GIVEN + AHEAD)
    return (100 + trend * t / YEAR - season * np.cos(2 * np.pi * t / YEAR) + WANDER * wander
            + NOISE * rng.normal(size=len(t)))


def _terms(t):
    "What the model of trend and season adds up, (weeks, 4)."
    turn = 2 * np.pi * t / YEAR
    return np.c_[np.ones(len(t)), t / YEAR, np.sin(turn), np.cos(turn)]


def fit_weeks(
    model: str,         # 'nearest': mean of the three nearest known weeks; 'season': least squares
    weeks: np.ndarray,  # the weeks it may see
    sales: np.ndarray,  # what was sold in them
):                      # function of weeks
    "Train a model on some weeks of the series."
    if model == 'season':
        weights = np.linalg.lstsq(_terms(weeks), sales, rcond=None)[0]
        return lambda t: _terms(t) @ weights
    return lambda t: sales[abs(t[:, None] - weeks).argsort(1, kind='stable')[:, :3]].mean(1)


def _error(f, t, sales):
    "Root of the mean squared miss: in units sold."
    return float(((f(t) - sales[t]) ** 2).mean() ** .5)


def forecast(
    split: str = 'random',    # or 'last'
    model: str = 'nearest',   # or 'season'
    held: int = 52,           # weeks held out for validation
    trend: float = 15.,       # growth a year
    season: float = 8.,       # height of summer
    seed: int = 10,           # another seed, other years
) -> Forecast:
    "Split four years both ways, train both models on each, and wait for the fifth year."
    sales, given = weekly_sales(trend, season, seed), np.arange(GIVEN)
    share = (held + .5) / GIVEN
    valid = {'random': np.sort(RandomSplitter(share, seed)(given)[1]),
             'last': np.array(EndSplitter(held / GIVEN)(given)[1])}
    promised, fits = {}, {}
    for how, weeks in valid.items():
        known = np.setdiff1d(given, weeks)
        for m in MODELS:
            fits[how, m] = fit_weeks(m, known, sales[known])
            promised[how, m] = _error(fits[how, m], weeks, sales)
    again = {m: fit_weeks(m, given, sales[given]) for m in MODELS}
    future = np.arange(GIVEN, GIVEN + AHEAD)
    fitted = np.r_[fits[split, model](given), again[model](future)]
    kept = {m: _error(f, future, sales) for m, f in again.items()}
    return Forecast(split, model, sales, valid[split], fitted, promised, kept)


# the picture

def draw_forecast(fig, r: Forecast):
    "Above the series with the weeks held out, below the promises and what came of them."
    narrow = fig.get_figwidth() < 5
    top, low = fig.subplots(2, 1, height_ratios=[3, 2])
    years = np.arange(GIVEN + AHEAD) / YEAR
    top.add_patch(Rectangle((GIVEN / YEAR, -100), AHEAD / YEAR, 1000, color=COLORS['pale']))
    lines = [top.plot([], [], '.', ms=4, color=COLORS[k])[0] for k in ('train', 'valid', 'truth')]
    curve, = top.plot(years, r.fitted, color=COLORS['ink'], lw=1.2)
    words = [('training', COLORS['train']), ('validation', AMBER), ('model', COLORS['ink']),
             ('to come', '#666666')]
    places = (.01, .27, .56, .76) if narrow else (.02, .15, .3, .41)
    for x, (word, color) in zip(places, words):
        top.text(x, .97, word, color=color, va='top', transform=top.transAxes)
    top.set(xlabel='year', ylabel='sold in a week', xlim=(-.05, 5.05), xticks=range(6))
    colours = COLORS['valid'], COLORS['valid'], '#9a9a9a'     # as the dots above
    rows = [(m, how) for m in MODELS for how in ('random', 'last', 'kept')]
    at = [0, 1, 2, 3.6, 4.6, 5.6]
    bars = low.barh(at, [1] * 6, color=[colours[i % 3] for i in range(6)], height=.85)
    said = [low.text(0, y, '', va='center', fontsize=9) for y in at]
    names = dict(random='split at random', last='the last weeks', kept='the year to come')
    ticks = [names[how] for _, how in rows]
    low.set_yticks(at, ticks, fontsize=9)
    low.set(xlabel='error (units sold, root mean square)', ylim=(6.2, -.6), xlim=(0, 30),
            xticks=[0, 10, 20, 30])
    heads = [low.text(29.7, y, MODELS[m], ha='right', va='center', fontsize=10)
             for m, y in zip(MODELS, (0, 3.6))]
    top.set_title('', y=1.)
    top.yaxis.set_major_locator(MaxNLocator(3))
    for ax in (top, low): ax.xaxis.set_label_coords(.5, -.13 if ax is top else -.22)
    update = partial(_move, top, low, lines, curve, rows, bars, said, dict(zip(MODELS, heads)))
    update(r)
    return update


def _move(top, low, lines, curve, rows, bars, said, heads, r):
    "Put everything where the result says."
    t = np.arange(GIVEN + AHEAD)
    sets = np.setdiff1d(t[:GIVEN], r.valid), r.valid, t[GIVEN:]
    for line, weeks in zip(lines, sets): line.set_data(weeks / YEAR, r.sales[weeks])
    curve.set_ydata(r.fitted)
    height = r.sales.max() - r.sales.min()
    set_limits(top, y=(r.sales.min() - .06 * height, r.sales.max() + .24 * height))
    for (m, how), bar, word in zip(rows, bars, said):
        v = r.kept[m] if how == 'kept' else r.promised[how, m]
        bar.set_width(min(v, 30))
        bar.set_alpha(1 if m == r.model else .45)
        word.set(text=f'{v:.1f}', x=min(v, 30) + .3)
    for m, head in heads.items(): head.set_weight('bold' if m == r.model else 'normal')
    top.set_title(f'Promised {r.promised[r.split, r.model]:.1f}, kept {r.kept[r.model]:.1f}', y=1.)


def forecast_finding(r: Forecast) -> str:
    "What the split promises for the model, what the year keeps, and which model it would choose."
    promise, kept = r.promised[r.split, r.model], r.kept[r.model]
    factor = kept / promise
    how = 'the weeks drawn at random' if r.split == 'random' else 'the last weeks'
    much = (f'about {factor:.0f} times as much' if factor >= 3 else
            f'{factor:.1f} times as much' if factor >= 1.15 else
            f'only {factor:.1f} times as much' if factor <= .85 else 'about as much')
    chosen = r.choice(r.split)
    verdict = ('and in that year it is' if chosen == r.right else
               f'but in that year "{MODELS[r.right]}" is')
    return (f'On {how} the error is {promise:.1f}; in the year to come it is {kept:.1f}, {much}. '
            f'By this split "{MODELS[chosen]}" is the better of the two models, {verdict}.')


CONTROLS = dict(
    split=choice('Held out', 'random', {v: k for k, v in SPLITS.items()}),
    model=choice('Model', 'nearest', {v.capitalize(): k for k, v in MODELS.items()}),
    held=slider('Weeks held out', 52, 13, 104, 13),
    trend=slider('Trend', 15., 0., 25., 1., unit=' a year'),
    season=slider('Season', 8., 0., 15., 1.),
    seed=state(10, 0, 999))


def random_or_last_lab(
    **settings,  # split, model, held, trend, season, seed
) -> Lab:
    "Split a series at random or by time, and see which promise the next year keeps."
    return Lab('random_or_last_lab', CONTROLS, forecast, draw_forecast, forecast_finding,
               settings=settings, figsize=(7.4, 4.5), narrow=(4.2, 5.4), title='Random or last?',
               about='Which weeks should be held out?',
               actions={'Other years': next_seed()})
