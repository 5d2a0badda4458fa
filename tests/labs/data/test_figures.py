"The chapter's figures show the numbers they are given; photos of an animal are near-copies."
import pytest
import torch
from matplotlib.colors import to_hex

from utils import COLORS, photograph_animals, plt, use_course_style
from utils.labs.data.figures import draw_order, draw_promises


@pytest.fixture(autouse=True)
def styled():
    "Figures in the course's style, and none stays open."
    use_course_style()
    yield
    plt.close('all')


def test_a_row_is_orange_where_the_split_took_the_item():
    ax = draw_order('abcd', {'one': 'ac', 'two': 'cd'})
    orange = [to_hex(bar.get_facecolor()).upper() == COLORS['valid'] for bar in ax.patches]
    assert orange == [True, False, True, False, False, False, True, True]
    assert '1 of the 2 validation pictures (orange) stands in all' in ax.get_title('left')


def test_promises_are_dots_with_their_mean():
    ax = draw_promises({'a': [.9, 1.], 'b': [.1, .3]}, chance=.5)
    assert [t.get_text() for t in ax.texts] == ['0.95', '0.20', 'guessing']
    assert list(ax.lines[0].get_xdata()) == [.9, 1.]
    assert len(draw_promises({'a': [.5]}).texts) == 1


def test_photos_of_one_animal_are_nearer_to_each_other_than_to_any_other():
    x, breed, animal = photograph_animals(24, each=3)
    assert x.shape == (72, 3, 32, 32) and 0 <= x.min() and x.max() <= 1
    assert torch.equal(breed, animal % 12)
    far = torch.cdist(x.flatten(1), x.flatten(1)).fill_diagonal_(9e9)
    assert (animal[far.argmin(1)] == animal).float().mean() > .95
    assert (far.min(1).values > 0).float().mean() > .9           # and no mere copies
    assert torch.equal(photograph_animals(3, seed=1)[0], photograph_animals(3, seed=1)[0])
    assert not torch.equal(photograph_animals(3, seed=1)[0], photograph_animals(3, seed=2)[0])
