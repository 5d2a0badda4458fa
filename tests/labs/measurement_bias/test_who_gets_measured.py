"What the lab shows and says of a clinic and its cures, against counts made here."
import numpy as np
import pytest

from tests.labs.ranges import places
from utils.labs.measurement_bias.simulation import FEATURES, clinic, fit_risk
from utils.labs.measurement_bias.who_gets_measured import (
    CONTROLS, draw_measured, measure, measured_finding, who_gets_measured_lab)
from utils.labs.picture import new_figure

EVERY = [(name, value) for name, c in CONTROLS.items() for value in places(c)]


@pytest.mark.parametrize('name, value', EVERY)
def test_every_place_of_every_control_is_computed_and_told(name, value):
    m = measure(**{name: value})
    text = measured_finding(m)
    (a, of_a), (b, of_b) = m.now.missed
    assert f'{100 * a / of_a:.0f} % of the ill in A and {100 * b / of_b:.0f} % in B' in text
    assert f'{abs(round(100 * (b / of_b - a / of_a)))} points' in text
    assert ('Visits have the largest weight' in text) == (m.top == 'visits')
    assert ('No cure yet' in text) == (m.now == m.usual)


def test_the_counts_are_those_of_new_people():
    m = measure(screened=30, access=40, missed=20, seed=4)
    there = dict(access=(1., .4), screened=.3, missed=.2)
    model = fit_risk(*(getattr(clinic(40_000, 4, **there), k) for k in ('features', 'recorded')))
    new = clinic(40_000, 1004, **there)
    scores = model(new.features)
    b = new.group == 1
    called = scores >= np.quantile(scores, .8)
    assert m.now.missed[1] == ((new.ill & b & ~called).sum(), (new.ill & b).sum())
    assert m.now.recorded[1] == (new.recorded[b].sum(), b.sum())
    assert m.now.predicted[1] == pytest.approx(scores[b].mean())
    assert m.usual == measure(access=40, missed=20, seed=4).now
    assert list(m.weights.values()) == model.weights.tolist() and list(m.weights) == list(FEATURES)


def test_more_data_and_balance_do_not_help_and_measuring_does():
    usual = measure()
    for other in measure(people=160_000), measure(share=50):
        assert other.now.gap == pytest.approx(usual.now.gap, rel=.1) and other.top == 'visits'
    assert measure(screened=50).now.gap < usual.now.gap / 2
    assert abs(measure(screened=100).now.gap) < .03
    assert abs(measure(access=100).now.gap) < .03


def test_the_weights_are_drawn_in_their_order():
    lab = who_gets_measured_lab(screened=100)
    lab.wait()
    words = [t.get_text() for t in lab._fig.axes[2].texts]
    weights = lab.result.weights
    assert [w.split()[0] for w in words] == sorted(weights, key=lambda k: -abs(weights[k]))
    assert lab._fig.axes[2].get_title(loc='left') == 'It goes by pressure first'


@pytest.mark.parametrize('size', [(7.8, 4.5), (4.2, 9.)])
def test_it_is_drawn_wide_and_narrow_and_moved(size):
    fig = new_figure(size)
    update = draw_measured(fig, measure())
    update(m := measure(screened=100, access=10))
    (k, n), = m.now.missed[1:]
    assert fig.axes[1].patches[1].get_height() == pytest.approx(100 * k / n)
    assert fig.axes[1].get_title(loc='left') == 'Missed alike in A and B'


@pytest.mark.parametrize('settings', [{}, dict(people=5000, share=50, screened=20, seed=3)])
def test_the_line_brings_the_lab_back(settings):
    lab = who_gets_measured_lab(**settings)
    assert eval(lab.line).settings == lab.settings and lab.error is None
