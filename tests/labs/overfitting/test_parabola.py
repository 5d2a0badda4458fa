"The parabola lab against scikit-learn and against numbers computed another way."
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures

from utils.labs.overfitting.parabola import (
    SIZES, VIEW, amount, draw_fit, fit_finding, fit_parabola, noisy_points, parabola_lab, truth)
from utils.labs.picture import new_figure

START = dict(curve='polynomial', size=11, points=12, noise=.5, reach=.3, seed=4)
CONTROLS = dict(curve=['polynomial', 'net'], size=[1, 2, 7, 12, 15], points=[4, 5, 17, 33, 60],
                noise=[0., .1, .6, 1.1, 1.5], reach=[0., .1, .4, 1., 1.5], seed=[0, 3, 9, 14, 20])
EVERY = [START | {name: value} for name, values in CONTROLS.items() for value in values]


def by_sklearn(r):
    "The same polynomial, fitted by scikit-learn."
    powers = PolynomialFeatures(r.size)
    fit = LinearRegression().fit(powers.fit_transform(r.x[:, None] / 2), r.y)
    return lambda x: fit.predict(powers.transform(x[:, None] / 2))


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_a_curve_and_a_sentence_that_agree(settings):
    r = fit_parabola(**settings)
    assert np.isfinite(r.fitted).all()
    assert len(r.x) == settings['points']
    assert r.grid.max() == 2 + settings['reach']
    off = abs(r.fitted - r.grid ** 2)
    inside = abs(r.grid) <= 2
    assert r.between == off[inside].max()
    text = fit_finding(r)
    assert f'misses the truth by {amount(off[inside].max())} between them' in text
    if settings['reach']: assert f'by {amount(off[~inside].max())} beyond them' in text
    else: assert 'beyond' not in text
    assert ('passes through all' in text) == r.through
    assert r.valid[r.best - 1] < r.valid.min() + 1e-9


@pytest.mark.parametrize('size, points', [(1, 12), (2, 12), (5, 20), (9, 60), (11, 12), (3, 4)])
def test_the_polynomial_is_that_of_scikit_learn(size, points):
    r = fit_parabola(size=size, points=points)
    theirs = by_sklearn(r)
    assert np.allclose(r.fitted, theirs(r.grid), rtol=1e-3, atol=1e-3)
    assert np.isclose(r.train[size - 1], ((theirs(r.x) - r.y) ** 2).mean(), atol=1e-6)


@pytest.mark.parametrize('curve', ['polynomial', 'net'])
def test_the_loss_on_its_own_points_never_rises_with_size(curve):
    for seed in range(6):
        train = fit_parabola(curve, seed=seed).train
        assert (np.diff(train) < 1e-6).all()


def test_without_noise_degree_two_is_the_truth_everywhere():
    r = fit_parabola(size=2, noise=0., reach=1.5)
    assert r.through
    assert max(r.between, r.beyond) < 1e-9
    for size in 2, 11: assert fit_parabola(size=size, noise=0.).best == 2
    assert 'New points lie on it as well' in fit_finding(fit_parabola(size=11, noise=0.))


def test_as_many_weights_as_points_pass_through_all_of_them():
    for n in range(4, 13): assert fit_parabola(size=n - 1, points=n).through
    assert not fit_parabola(size=2).through


def test_beyond_as_many_weights_as_points_the_smallest_ones_swing_less():
    at_peak, beyond = fit_parabola(size=11), [fit_parabola(size=k) for k in (13, 14, 15)]
    assert all(r.through and r.between < at_peak.between / 2 for r in beyond)
    assert at_peak.valid[12:].max() < at_peak.valid[10] / 5


def test_the_net_goes_on_in_straight_lines_outside():
    r = fit_parabola('net', 10, reach=1.)
    outside = r.fitted[r.grid > 2]
    assert abs(np.diff(outside, 2)).max() < 1e-9


def test_points_are_the_truth_and_noise_of_the_given_size():
    x, y = noisy_points(5000, 1.5, seed=1)
    assert abs((y - truth(x)).std() - 1.5) < .05
    assert np.array_equal(noisy_points(9, .5, 3)[1], noisy_points(9, .5, 3)[1])


def test_the_random_numbers_of_others_are_left_alone():
    np.random.seed(1)
    expected = np.random.rand()
    np.random.seed(1)
    fit_parabola()
    assert np.random.rand() == expected


def test_amounts_are_written_as_a_sentence_wants_them():
    said = [amount(v) for v in (.123, 1.26, 14.4, 3255., 2e6)]
    assert said == ['0.12', '1.3', '14', '3,255', 'more than a million']


def test_the_line_rebuilds_the_lab_and_the_picture_follows():
    lab = parabola_lab(size=5, seed=2)
    again = eval(lab.line)
    assert again.settings == lab.settings
    assert again.text == lab.text
    before, text = lab.png, lab.text
    assert lab.set(size=9).png != before
    assert lab.text != text
    assert lab.reset().png == before
    lab.act('New points')
    assert lab.settings['seed'] == 3
    assert lab.set(seed=20).act('New points').settings['seed'] == 0


@pytest.mark.parametrize('size', [(7.4, 3.8), (4.2, 5.8)])
def test_an_updated_picture_shows_the_new_result(size):
    fig = new_figure(size)
    update = draw_fit(fig, fit_parabola(size=2))
    r = fit_parabola('net', 9, 20, reach=1.)
    update(r)
    left, right = fig.axes
    curve, dots = left.lines[1:]
    assert np.array_equal(dots.get_ydata(), r.y)
    assert np.array_equal(curve.get_ydata(), r.fitted)
    assert right.get_title('left') == f'New points: best at {r.best}'
    assert left.get_ylim() == VIEW
    assert len(right.lines[0].get_ydata()) == len(SIZES)
