"Best of k against SciPy, against exact counting, and against thousands of real tries."
import numpy as np
import pytest
from scipy.stats import binom

from tests.labs.ranges import over_all_ranges
from utils.labs.data.best_of_k import (
    MODELS, PICTURES, TEST, best_finding, best_of_k_lab, draw_best, expected_best, try_models)
from utils.labs.picture import new_figure

EVERY = list(over_all_ranges(best_of_k_lab()))


def by_scipy(k, n, p):
    "Mean of the greatest of k binomial numbers, as a sum over its tail."
    return (1 - binom.cdf(np.arange(n), n, p) ** k).sum() / n


@pytest.mark.parametrize('k', [1, 2, 100, 1000])
@pytest.mark.parametrize('n', [10, 50, 1000])
@pytest.mark.parametrize('p', [.3, .5, .9])
def test_the_expected_best_is_the_order_statistic(k, n, p):
    best, kept = expected_best(k, n, p)
    assert np.isclose(best, by_scipy(k, n, p), atol=1e-9)
    assert np.isclose(kept, p, atol=1e-9)


def test_two_coins_on_two_pictures_are_counted_by_hand():
    "Of 16 equally likely pairs, 1 has best 0, 8 have best 1 and 7 have best 2."
    assert np.isclose(expected_best(2, 2)[0], (8 * 1 + 7 * 2) / 16 / 2)


@pytest.mark.parametrize('k, n, p, s', [(20, 50, .6, .05), (200, 100, .5, .1), (5, 10, .9, .05)])
def test_models_that_differ_do_what_thousands_of_tries_show(k, n, p, s):
    rng = np.random.default_rng(0)
    skill = (p + s * rng.normal(size=(20_000, k))).clip(0, 1)
    right = rng.binomial(n, skill)
    pick = (right + rng.random(right.shape) / 2).argmax(1)      # ties by lot
    rows = np.arange(len(pick))
    best, kept = expected_best(k, n, p, s)
    assert abs(best - right[rows, pick].mean() / n) < .003
    assert abs(kept - skill[rows, pick].mean()) < .003


def test_the_promise_grows_with_the_models_and_shrinks_with_the_pictures():
    assert (np.diff([expected_best(k, 50)[0] for k in MODELS]) > 0).all()
    assert (np.diff([expected_best(100, n)[0] for n in PICTURES]) < 0).all()


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_scores_and_a_sentence_that_agree(settings):
    r = try_models(**settings)
    assert r.k == settings['models']
    assert np.allclose(r.valid * r.pictures, (r.valid * r.pictures).round())
    assert np.allclose(r.test * TEST, (r.test * TEST).round())
    for i in {0, r.k // 2, r.k - 1}: assert r.best[i] == r.valid[:i + 1].argmax()
    text = best_finding(r)
    assert f'{r.valid.max():.2f} on {r.pictures:,} validation pictures' in text
    assert f'{r.test[r.valid.argmax()]:.2f} on' in text
    promise, kept = expected_best(r.k, r.pictures, r.skill, r.spread)
    if r.k > 1: assert f'The gap to be expected is {promise - kept:.2f}.' in text
    else: assert 'nothing chosen' in text
    if r.k > 1: assert ('truly better' in text) == (kept - r.skill >= .005)


def test_scores_of_a_try_scatter_as_the_theory_says():
    tries = [try_models(100, 50, seed=s) for s in range(150)]
    assert abs(np.mean([r.promised for r in tries]) - expected_best(100, 50)[0]) < .01
    assert abs(np.mean([r.kept for r in tries]) - .5) < .005


def test_more_models_are_the_same_ones_and_some_more():
    few, many = try_models(20), try_models(200)
    assert np.array_equal(few.valid, many.valid[:20])
    assert np.array_equal(few.test, many.test[:20])


def test_the_line_rebuilds_the_lab_and_buttons_answer():
    lab = best_of_k_lab(models=500, spread=.03, seed=5)
    again = eval(lab.line)
    assert (again.settings, again.text) == (lab.settings, lab.text)
    before = lab.png
    assert lab.act('Other luck').settings['seed'] == 6
    assert lab.png != before
    assert lab.set(models=1).png != before
    assert 'nothing chosen' in lab.text
    assert lab.reset().png == before


@pytest.mark.parametrize('size', [(7.6, 3.7), (4.2, 5.8)])
def test_an_updated_picture_shows_the_new_result(size):
    fig = new_figure(size)
    update = draw_best(fig, try_models(10))
    r = try_models(200, 100)
    update(r)
    left, right = fig.axes
    assert np.array_equal(left.lines[0].get_ydata(), r.valid)
    assert np.allclose(right.lines[0].get_ydata(), r.by_size[0] - r.by_size[1])
    assert left.get_title('left') == f'Promised {r.promised:.2f}, kept {r.kept:.2f}'
