"""The simulated clinic over several years: whom the model calls has more visits, so more tests.

Beyond what `clinic` assumes: the people stay the same, and nobody gets ill or well. Each year's
model is trained on that year's records and calls those with the highest scores for the next.
"""
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .simulation import EFFECTS, fit_risk

__all__ = ['Years', 'run_years']

PEOPLE, YEARS = 10_000, 6
SHARE, RISK, WISH, ACCESS = .3, -1.4, 4., (1., .25)    # as in `clinic`
REFER, MISSED, FALSE_ALARM = .2, .1, .02


@dataclass
class Years:
    "What happened year by year; pairs are of the groups A and B."
    found: np.ndarray     # share of the ill who are found by a test, (years, 2)
    alone: np.ndarray     # the same where the model calls nobody, (years, 2)
    missed: np.ndarray    # share of the ill whom the model does not call, (years, 2)
    tested: np.ndarray    # share of the people who are tested, (years, 2)
    weights: np.ndarray   # of each feature, (years, 4)

    @property
    def gap(self): return self.missed[:, 1] - self.missed[:, 0]


@lru_cache(8)
def _people(seed):
    "Group, causes, true risk, illness and wished visits of everybody."
    who, body, fate, wishing = np.random.default_rng(seed).spawn(4)
    group = (who.random(PEOPLE) < SHARE).astype(int)
    causes = body.standard_normal((PEOPLE, len(EFFECTS)))
    risk = 1 / (1 + np.exp(-(RISK + causes @ EFFECTS)))
    wish = WISH * np.exp(wishing.standard_normal(PEOPLE) - .5)
    return group, causes, risk, fate.random(PEOPLE) < risk, wish


@lru_cache(64)
def _year(seed, year):
    "What chance does in one year, whatever is decided."
    luck = np.random.default_rng((seed, year))
    return luck.integers(0, 2 ** 31), luck.random((PEOPLE, 3))


@lru_cache(128)
def _run(way, extra, places, lot, seed):
    "Year by year what `Years` tells, but for the clinic without calls."
    group, causes, risk, ill, wish = _people(seed)
    reach, told = np.take(ACCESS, group), []
    own = wish * reach
    called, visits = np.zeros(PEOPLE, bool), np.random.default_rng((seed, 99)).poisson(own)
    for year in range(YEARS):
        number, luck = _year(seed, year)
        more = called * extra * (reach if way == 'visits' else 0)
        later = np.random.default_rng(number).poisson(own + more)
        tested = luck[:, 0] < 1 - (1 - REFER) ** later
        if way == 'post': tested |= called
        tested |= luck[:, 1] < lot / 100
        recorded = tested & (luck[:, 2] < np.where(ill, 1 - MISSED, FALSE_ALARM))
        model = fit_risk(np.column_stack([causes, np.log1p(visits)]), recorded)
        scores = model(np.column_stack([causes, np.log1p(later)]))
        called = scores >= np.quantile(scores, 1 - places / 100)
        visits = later
        rows = [group == g for g in (0, 1)]
        told.append(([(recorded & ill)[r].sum() / ill[r].sum() for r in rows],
                     [(risk * ~called)[r].sum() / risk[r].sum() for r in rows],
                     [tested[r].mean() for r in rows], model.weights))
    return [np.array(column) for column in zip(*told)]


def run_years(
    way: str = 'visits',  # what a call brings: more 'visits', as access allows, or a test by 'post'
    extra: int = 4,       # visits a year that a call brings to whoever has full access
    places: int = 20,     # share of the people who are called each year, in %
    lot: int = 0,         # share of the people who are tested by lot each year, in %
    seed: int = 0,        # other people, another course
) -> Years:
    "Train, call, measure, and train again on what was measured."
    found, missed, tested, weights = _run(way, extra, places, lot, seed)
    alone = _run('nobody', 0, 20, lot, seed)[0]
    return Years(found, alone, missed, tested, weights)
