"Careless labels are wrong as often as asked, and the hunt's curve counts them."
import numpy as np
import pytest

from utils import plt
from utils.labs.confusion_matrix.figures import careless_labels, draw_hunt


@pytest.mark.parametrize('share', [0., .2, 1.])
def test_just_the_share_is_wrong_and_always_with_another_label(share):
    true = {i: 'abc'[i % 3] for i in range(50)}
    given = careless_labels(true, share)
    assert sum(given[i] != true[i] for i in true) == round(50 * share)
    assert set(given.values()) <= set('abc') and list(given) == list(true)
    assert true == {i: 'abc'[i % 3] for i in range(50)}
    assert given == careless_labels(true, share)
    if share == .2: assert given != careless_labels(true, share, seed=1)


def test_the_curve_counts_the_wrong_labels_by_loss():
    losses, wrong = np.array([.1, 5, 3, .2, 4, .3]), np.array([0, 1, 0, 0, 1, 0], bool)
    ax = draw_hunt(losses, wrong)
    assert ax.lines[0].get_ydata().tolist() == [0, 1, 2, 2, 2, 2, 2]
    assert ax.get_title('left') == '2 of 2 wrong labels are among the first 4'
    plt.close('all')
