"The chapter's figures show the numbers they are given."
import numpy as np
import pytest

from utils import plt, use_course_style
from utils.labs.overfitting.figures import draw_fits, draw_histories, draw_losses, draw_remedies


@pytest.fixture(autouse=True)
def styled():
    "Figures in the course's style, and none stays open."
    use_course_style()
    yield
    plt.close('all')


def test_fits_are_drawn_with_their_points_and_say_how_far_off_they_are():
    x = np.linspace(-2, 2, 5)
    axs = draw_fits(x, x ** 2, {'flat': lambda v: 0 * v, 'right': lambda v: v ** 2}, reach=1.)
    assert [ax.get_title('left') for ax in axs] == ['flat: off by 9.0', 'right: off by 0.00']
    assert any(np.array_equal(line.get_ydata(), x ** 2) for line in axs[1].lines)
    assert draw_fits(x, x, {'plain': lambda v: v})[0].get_title('left') == 'plain'


def test_losses_name_the_degree_that_new_points_prefer():
    ax = draw_losses([1, 2, 3], [3., 2., 1.], [3., 1., 2.])
    assert ax.get_title('left').endswith('smallest at degree 2')
    assert [t.get_text() for t in ax.texts] == ['new points', 'its own points']


def test_a_loss_of_nothing_is_named_because_a_log_scale_has_no_place_for_it():
    ax = draw_losses([1, 2, 3], [3., 2., 1e-20], [3., 1., 2.])
    words = [t for t in ax.texts if t.get_text() == '0, drawn at 0.001']
    assert [t.xy for t in words] == [(3, 1e-3)]


def test_histories_show_both_judges_of_each_run():
    rows = np.array([[3., 2., .1], [2., 1., .5], [1., 1.5, .75]])
    axs = draw_histories({'a': rows, 'b': rows[:, [0, 0, 2]]})
    assert axs[0].get_title('left') == 'a: loss 1.00, then 1.50'
    assert axs[2].get_title('left') == 'accuracy 0.50, then 0.75'
    assert axs[1].get_title('left') == 'b: loss 1.00, then 1.00'


def test_remedies_show_each_seed_the_mean_and_the_change():
    ax = draw_remedies({'none': [.2, .4], 'more': [.1, .2]})
    assert [t.get_text() for t in ax.texts] == ['0.30', '0.15  (−50%)']
    assert list(ax.lines[3].get_xdata()) == [.1, .2]
