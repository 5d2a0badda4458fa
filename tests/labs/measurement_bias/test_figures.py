"The chapter's figures hold the numbers that they were given."
import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils.labs.measurement_bias.simulation import clinic, fit_risk, judge
from utils.labs.measurement_bias.figures import draw_calibration, draw_dots, draw_errors


@pytest.fixture
def judged():
    new = clinic(8000, seed=3)
    scores = fit_risk(new.features, new.recorded)(new.features)
    yield scores, new, judge(scores, new)
    plt.close('all')


def dots(ax): return np.array([line.get_xydata()[0] for line in ax.lines
                               if line.get_marker() == 'o' and len(line.get_xydata()) == 1])


def test_calibration_shows_what_was_said_against_what_is(judged):
    scores, new, _ = judged
    records, truth = (dots(ax) for ax in draw_calibration(scores, new, bins=4))
    assert len(records) == len(truth) == 8 and (records[:, 0] == truth[:, 0]).all()
    a = new.group == 0
    assert records[:4, 1].mean() == pytest.approx(100 * new.recorded[a].mean(), abs=.1)
    assert truth[4:, 1].mean() == pytest.approx(100 * new.ill[~a].mean(), abs=.1)


def test_errors_are_drawn_in_per_cent_of_those_concerned(judged):
    *_, j = judged
    left, right = (dots(ax) for ax in draw_errors(j))
    assert left[:, 0] == pytest.approx([100 * k / n for k, n in j.missed])
    assert right[:, 0] == pytest.approx([100 * k / n for k, n in j.false_calls])


def test_each_row_of_dots_has_its_mean(judged):
    ax = draw_dots({'one': [1, 2, 3], 'two': [5, 7, 6]}, 'points', (0, 10))
    assert [t.get_text() for t in ax.get_yticklabels()] == ['one', 'two']
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 3], [5, 7, 6]]
    assert [t.get_text() for t in ax.texts] == ['2', '6']
