"The years of the clinic: what a call brings, whom it reaches, and what the lab says of it."
import inspect

import numpy as np
import pytest

from tests.labs.ranges import places
from utils.labs.measurement_bias import years
from utils.labs.measurement_bias.simulation import clinic
from utils.labs.measurement_bias.feedback_loop import (
    CONTROLS, draw_years, feedback_loop_lab, years_finding)
from utils.labs.measurement_bias.years import run_years
from utils.labs.picture import new_figure

EVERY = [(name, value) for name, c in CONTROLS.items() for value in places(c)]


@pytest.mark.parametrize('name, value', EVERY)
def test_every_place_of_every_control_is_computed_and_told(name, value):
    r = run_years(**{name: value})
    text = years_finding(r)
    assert np.isfinite(r.weights).all()
    for shares in r.found, r.missed, r.tested: assert (shares >= 0).all() and (shares <= 1).all()
    gap = 100 * (r.missed[:, 1] - r.missed[:, 0])
    assert f'{gap[0]:.0f} points more in B in year 1, {gap[-1]:.0f} in year 6' in text
    gained = 100 * (r.found - r.alone)[-1]
    assert f'find {gained[0]:.0f} of 100 ill more in A' in text and f'{gained[1]:.0f} more' in text
    word = 'widens' if gap[-1] > gap[0] + 2 else 'narrows' if gap[-1] < gap[0] - 2 else 'keeps'
    assert f'The loop {word} the gap' in text


def test_it_is_the_clinic_of_the_chapter():
    usual = {k: p.default for k, p in inspect.signature(clinic).parameters.items()}
    assert (years.SHARE, years.ACCESS) == (usual['share'], usual['access'])
    assert {(years.RISK,) * 2, (years.WISH,) * 2} == {usual['risk'], usual['wish']}
    assert (years.REFER, years.MISSED, years.FALSE_ALARM) == \
        (usual['refer'], usual['missed'], usual['false_alarm'])
    r, p = run_years(), clinic(200_000)
    tested = [p.tested[p.group == g].mean() for g in (0, 1)]
    assert r.tested[0] == pytest.approx(tested, abs=.02)


def test_calls_that_bring_visits_widen_the_gap_and_tests_by_post_narrow_it():
    for seed in range(8):
        loop, post = run_years(seed=seed), run_years('post', seed=seed)
        assert loop.gap[-1] > loop.gap[0] + .015
        gained = (loop.found - loop.alone)[-1]
        assert gained[0] > 2 * gained[1]
        assert post.gap[-1] < post.gap[0] - .05


def test_tests_by_lot_keep_the_gap_small():
    for seed in range(4):
        assert run_years(lot=60, seed=seed).gap[-1] < run_years(seed=seed).gap[-1] / 2
    assert abs(run_years(lot=100).gap).max() < .06


def test_calls_that_bring_nothing_change_nothing():
    r = run_years(extra=0)
    assert np.array_equal(r.found, r.alone) and not np.array_equal(run_years().found, r.alone)


def test_the_same_settings_give_the_same_years():
    a = run_years(lot=20, seed=3)
    run_years(seed=4)
    b = run_years(lot=20, seed=3)
    assert all(np.array_equal(v, getattr(b, k)) for k, v in vars(a).items())


@pytest.mark.parametrize('size', [(8.4, 3.7), (4.2, 6.4)])
def test_it_is_drawn_wide_and_narrow_and_moved(size):
    fig = new_figure(size)
    update = draw_years(fig, run_years())
    update(r := run_years('post'))
    first, last = np.round(100 * r.gap[[0, -1]]).astype(int)
    assert fig.axes[1].get_title(loc='left') == f'Missed: {first} points apart, then {last}'
    assert fig.axes[1].lines[1].get_ydata() == pytest.approx(100 * r.missed[:, 1])


@pytest.mark.parametrize('settings', [{}, dict(way='post', places=10, lot=20, seed=3)])
def test_the_line_brings_the_lab_back(settings):
    lab = feedback_loop_lab(**settings)
    assert eval(lab.line).settings == lab.settings and lab.error is None
