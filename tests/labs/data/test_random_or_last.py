"Random or last, against scikit-learn's models and errors."
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from sklearn.neighbors import KNeighborsRegressor

from tests.labs.ranges import over_all_ranges
from utils.labs.data.random_or_last import (
    AHEAD, GIVEN, MODELS, draw_forecast, fit_weeks, forecast, forecast_finding, random_or_last_lab,
    weekly_sales)
from utils.labs.picture import new_figure

EVERY = list(over_all_ranges(random_or_last_lab()))
WEEKS = np.arange(GIVEN + AHEAD)


def waves(t):
    turn = 2 * np.pi * t / 52
    return np.c_[t, np.sin(turn), np.cos(turn)]


def theirs(model, known, sales, t):
    "The same model by scikit-learn."
    if model == 'season':
        return LinearRegression().fit(waves(known), sales[known]).predict(waves(t))
    near = KNeighborsRegressor(3).fit(known[:, None], sales[known])
    return near.predict(t[:, None])


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_errors_and_a_sentence_that_agree(settings):
    r = forecast(**settings)
    held = settings['held']
    assert len(r.valid) == len(set(r.valid)) == held
    assert (r.split == 'last') == np.array_equal(r.valid, WEEKS[GIVEN - held:GIVEN])
    known = np.setdiff1d(WEEKS[:GIVEN], r.valid)
    promised = root_mean_squared_error(r.sales[r.valid], r.fitted[r.valid])
    kept = root_mean_squared_error(r.sales[GIVEN:], r.fitted[GIVEN:])
    assert np.isclose(promised, r.promised[r.split, r.model])
    assert np.isclose(kept, r.kept[r.model])
    if r.model == 'season':
        assert np.allclose(theirs('season', known, r.sales, WEEKS[:GIVEN]), r.fitted[:GIVEN])
    text = forecast_finding(r)
    assert f'the error is {promised:.1f}; in the year to come it is {kept:.1f}' in text
    assert ('about as much' in text) == (.85 < kept / promised < 1.15)
    first, second = (min(MODELS, key=d.get) for d in
                     ({m: r.promised[r.split, m] for m in MODELS}, r.kept))
    assert f'By this split "{MODELS[first]}"' in text
    assert text.endswith('in that year it is.') == (first == second)


@pytest.mark.parametrize('model', MODELS)
def test_the_models_are_those_of_scikit_learn(model):
    sales, known = weekly_sales(seed=3), np.arange(1, GIVEN, 2)
    ask = np.r_[known[5:60], WEEKS[GIVEN + 1:]]       # here no two known weeks are equally far
    mine = fit_weeks(model, known, sales[known])(ask)
    assert np.allclose(mine, theirs(model, known, sales, ask))


def test_without_noise_trend_and_season_are_found_exactly():
    t = WEEKS.astype(float)
    sales = 50 + .3 * t - 7 * np.cos(2 * np.pi * t / 52)
    assert np.allclose(fit_weeks('season', WEEKS[:80], sales[:80])(WEEKS), sales)


def test_trend_and_season_are_as_large_as_asked():
    flat, grown = weekly_sales(0., 0., 4), weekly_sales(26., 0., 4)
    assert np.isclose((grown - flat)[104], 52)
    wave = weekly_sales(0., 10., 4) - flat
    assert np.isclose(wave.max(), 10) and np.isclose(wave[0], -10)


def test_at_random_flatters_and_the_last_weeks_tell_the_truth():
    runs = [forecast(seed=s) for s in range(40)]
    lot, last, kept = [np.mean(v) for v in zip(*[(
        r.promised['random', 'nearest'], r.promised['last', 'nearest'], r.kept['nearest'])
        for r in runs])]
    assert lot < 2.5 and kept > 15 and abs(last - kept) < 1.5
    assert all(r.choice('last') == r.right == 'season' for r in runs)
    assert not any(r.choice('random') == r.right for r in runs)


def test_the_line_rebuilds_the_lab_and_buttons_answer():
    lab = random_or_last_lab(split='last', held=26, seed=4)
    again = eval(lab.line)
    assert (again.settings, again.text) == (lab.settings, lab.text)
    before = lab.png
    assert lab.act('Other years').settings['seed'] == 5
    assert lab.png != before
    assert lab.reset().png == before


@pytest.mark.parametrize('size', [(7.4, 4.5), (4.2, 5.4)])
def test_an_updated_picture_shows_the_new_result(size):
    fig = new_figure(size)
    update = draw_forecast(fig, forecast())
    r = forecast('last', 'season', 26, 5., 15., 3)
    update(r)
    top, low = fig.axes
    assert np.array_equal(top.lines[1].get_ydata(), r.sales[r.valid])
    assert np.array_equal(top.lines[3].get_ydata(), r.fitted)
    widths = [bar.get_width() for bar in low.patches]
    wanted = [v for m in MODELS
              for v in (r.promised['random', m], r.promised['last', m], r.kept[m])]
    assert np.allclose(widths, np.minimum(wanted, 30))
