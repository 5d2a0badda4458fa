"The figures of the chapter on fine-tuning show the numbers they are given."
import numpy as np
import pytest
import torch

from utils.labs.fine_tuning.figures import draw_filters, draw_moved, draw_scores
from utils.plots import plt, use_course_style


@pytest.fixture(autouse=True)
def _style():
    use_course_style()                  # titles stand at the left
    yield
    plt.close('all')


def test_filters_are_drawn_in_their_own_range_around_grey():
    w = torch.randn(16, 3, 3, 3)
    axs = draw_filters(w)
    assert len(axs) == 16
    for i, ax in enumerate(axs):
        drawn = np.asarray(ax.images[0].get_array())
        assert np.allclose(drawn, (.5 + .5 * w[i] / w[i].abs().max()).permute(1, 2, 0))
        assert ax.get_title() == str(i)


def test_bars_are_as_high_as_the_parts_moved():
    runs = {'one': {'stage 1': .012, 'head': .5}, 'two': {'stage 1': 0., 'head': .25}}
    axs = draw_moved(runs)
    for ax, (words, parts) in zip(axs, runs.items()):
        assert ax.get_title('left') == words
        assert np.allclose([b.get_height() for b in ax.patches], [100 * v for v in parts.values()])
    assert [t.get_text() for t in axs[0].texts] == ['1.2', '50']


def test_every_run_is_a_dot_of_its_own_and_the_title_tells_the_gain():
    scores = {'from scratch': [.4, .5, .45, .45], 'borrowed': [.6, .8, .7, .75]}
    ax = draw_scores(scores, chance=.1)
    dots = [line.get_xdata() for line in ax.lines if line.get_marker() == 'o']
    assert np.allclose(dots, list(scores.values()))
    heights = [line.get_ydata() for line in ax.lines if line.get_marker() == 'o']
    assert all(len(set(h)) == 4 and abs(np.mean(h) - row) < 1e-9 for row, h in enumerate(heights))
    assert ax.get_title('left') == 'Borrowing gains 26 points'
    assert [t.get_text() for t in ax.get_yticklabels()] == list(scores)
