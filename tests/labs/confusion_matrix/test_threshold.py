"The threshold lab against scikit-learn over the whole range of its controls."
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score

from utils.labs.confusion_matrix.threshold import (
    SHARES, THRESHOLDS, draw_verdicts, judge_cases, threshold_lab, verdicts_finding)
from utils.labs.picture import new_figure

START = dict(threshold=.5, share=5, skill=2.2, seed=1)
CONTROLS = dict(threshold=THRESHOLDS, share=SHARES, skill=[0., .2, 1., 3.4, 4.],
                seed=[0, 3, 9, 14, 20])


@pytest.mark.parametrize('settings', [START | {name: value} for name, values in CONTROLS.items()
                                      for value in values])
def test_every_setting_is_judged_as_scikit_learn_does(settings):
    v = judge_cases(**settings)
    alarm = v.p >= settings['threshold']
    assert (v.quiet, v.false_alarms, v.missed, v.found) == tuple(
        confusion_matrix(v.rare, alarm).ravel())
    assert np.isclose(v.recall, recall_score(v.rare, alarm))
    assert np.isclose(v.accuracy, accuracy_score(v.rare, alarm))
    assert v.always_no == accuracy_score(v.rare, np.zeros(1000, bool))
    text = verdicts_finding(v)
    if alarm.any():
        assert np.isclose(v.precision, precision_score(v.rare, alarm))
        assert f'recall {v.recall:.2f}' in text and f'precision {v.precision:.2f}' in text
    else:
        assert np.isnan(v.precision) and 'No alarm at all' in text
    worse = round(1000 * v.accuracy) < round(1000 * v.always_no)
    assert ('should not exist' in text) == worse
    at = v.points[THRESHOLDS.index(settings['threshold'])]
    assert np.allclose(at, (v.recall, v.precision), equal_nan=True)
    assert (np.diff(v.points[:, 0]) <= 0).all()                  # recall never rises with it


def test_the_share_of_rare_cases_is_what_was_asked():
    for share in SHARES: assert judge_cases(share=share).rare.mean() == share / 100


def test_the_probabilities_can_be_trusted():
    v = [judge_cases(share=20, skill=1.5, seed=s) for s in range(30)]
    p, rare = np.concatenate([r.p for r in v]), np.concatenate([r.rare for r in v])
    for low in (.1, .3, .5, .7):
        there = (p >= low) & (p < low + .1)
        assert abs(p[there].mean() - rare[there].mean()) < .04


def test_a_useless_test_can_have_accuracy_95():
    v = judge_cases(threshold=.99)
    assert v.accuracy == .95 and v.found == 0
    assert 'just that of always saying no' in verdicts_finding(v)


def test_clicks_find_the_nearest_threshold():
    lab = threshold_lab()
    lab.click(0, np.log(.1 / .9), 1.)
    assert lab.settings['threshold'] == .1
    recall, precision = judge_cases().points[THRESHOLDS.index(.25)]
    lab.click(1, recall, precision)
    assert lab.settings['threshold'] == .25


@pytest.mark.parametrize('size', [(8.2, 4.), (4.2, 6.8)])
def test_an_updated_picture_shows_the_new_counts(size):
    fig = new_figure(size)
    update = draw_verdicts(fig, judge_cases())
    v = judge_cases(.1, 20, 3., 4)
    update(v)
    left, right = fig.axes
    assert {t.get_text() for t in left.texts} == {
        f'found {v.found}', f'missed {v.missed}', f'false alarms {v.false_alarms}',
        f'quiet {v.quiet}'}
    assert sum(len(d.get_xdata()) for d in left.lines[:2]) == 1000
    assert right.lines[1].get_xdata() == [v.recall]


def test_without_an_alarm_there_is_no_point_and_the_picture_is_laid_out_all_the_same(recwarn):
    lab = threshold_lab(threshold=.99)
    assert lab.png and lab.error is None
    assert not lab._fig.axes[1].lines[1].get_visible()
    assert not [w for w in recwarn if 'layout' in str(w.message)]
    assert lab.set(threshold=.5)._fig.axes[1].lines[1].get_visible()


def test_the_line_rebuilds_the_lab():
    lab = threshold_lab(threshold=.2, share=10)
    again = eval(lab.line)
    assert again.settings == lab.settings and again.text == lab.text
    start = lab.png
    assert lab.set(skill=0.).png != start
    assert lab.reset().png == start


def test_the_random_numbers_of_others_are_left_alone():
    np.random.seed(1)
    expected = np.random.rand()
    np.random.seed(1)
    judge_cases()
    assert np.random.rand() == expected
