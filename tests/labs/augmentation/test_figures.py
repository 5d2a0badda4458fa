"The figures of the chapter on augmentation show the numbers they are given."
import numpy as np
import pytest
import torch

from utils.labs.augmentation.figures import draw_gain, draw_presizing, draw_turned
from utils.plots import plt, use_course_style


@pytest.fixture(autouse=True)
def _style():
    use_course_style()                  # titles stand at the left


def test_bars_have_the_height_of_the_shares():
    kept = {'upright': np.linspace(.1, 1, 10), 'turned': np.linspace(1, .1, 10)}
    axs = draw_turned(kept)
    for ax, (words, shares) in zip(axs, kept.items()):
        assert ax.get_title('left') == words
        assert np.allclose([bar.get_height() for bar in ax.patches], shares)
        six, seven = ax.patches[6].get_facecolor(), ax.patches[7].get_facecolor()
        assert six == ax.patches[9].get_facecolor() != seven
    plt.close('all')


def test_a_picture_like_the_first_leaves_a_white_difference():
    first = torch.rand(3, 8, 8)
    axs = draw_presizing({'ideal': first, 'same': first, 'other': 1 - first})
    same, other = axs[4].images[0].get_array(), axs[5].images[0].get_array()
    assert same.max() == 0 and other.max() == 1
    off = ((1 - 2 * first) ** 2).mean().sqrt()
    assert [ax.get_title('left') for ax in axs[4:]] == ['off by 0.000', f'off by {off:.3f}']
    plt.close('all')


def test_every_seed_is_a_dot_and_every_mean_a_bar():
    errors = {'without': {'as they are': [.2, .3], 'shifted': [.5, .6]},
              'with': {'as they are': [.1, .2], 'shifted': [.2, .1]}}
    ax = draw_gain(errors)
    dots = [line.get_xdata() for line in ax.lines if line.get_marker() == 'o']
    assert [list(d) for d in dots] == [[.2, .3], [.5, .6], [.1, .2], [.2, .1]]
    assert [t.get_text() for t in ax.texts] == ['0.25', '0.55', '0.15', '0.15']
    plt.close('all')
