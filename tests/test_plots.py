"Pictures carry words, keep their colours and close behind them."
import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from utils import get_grid, plot_function, show, show_image, show_images, to_png
from utils.plots import _displayable, in_few_bytes, picture_html


@pytest.fixture
def shown(monkeypatch):
    "What `show` displays, in place of a notebook."
    res = []
    monkeypatch.setattr('IPython.display.display', res.append)
    yield res
    plt.close('all')


def test_a_figure_is_shown_with_its_words_and_closed(shown):
    fig, ax = plt.subplots(figsize=(5, 3))
    show(ax, alt='A line & "more"')
    html = shown[0]._repr_html_()
    assert 'alt="A line &amp; &quot;more&quot;"' in html and 'width:500px' in html
    assert repr(shown[0]) == '[picture: A line & "more"]'
    assert not plt.fignum_exists(fig.number)
    data = base64.b64decode(re.search('base64,([^"]+)', html)[1])
    assert Image.open(io.BytesIO(data)).size == (750, 450)


@pytest.mark.parametrize('alt', ['', '  '])
def test_a_picture_without_words_is_refused(shown, alt):
    with pytest.raises(ValueError, match='needs words'): show(plt.figure(), alt=alt)
    assert not shown


def test_axes_lists_and_pillow_pictures_can_be_shown(shown):
    show(get_grid(3), 'three')
    show(Image.new('RGB', (20, 10)), 'black')
    assert 'width:20px' in shown[1]._repr_html_() and 'alt="three"' in shown[0]._repr_html_()


@pytest.mark.parametrize('side, kind', [(12, 'PNG'), (200, 'WEBP')])
def test_fewer_bytes_and_nearly_the_same_picture(side, kind):
    fig = plt.figure(figsize=(4, 3))
    waves = np.sin(np.arange(side * side * 3).reshape(side, side, 3) ** 1.3 / 900) / 2 + .5
    show_image(waves, fig.add_subplot())
    png = to_png(fig)
    small = in_few_bytes(png)
    assert Image.open(io.BytesIO(small)).format == kind
    a, b = (np.asarray(Image.open(io.BytesIO(p)).convert('RGB'), float) for p in (png, small))
    assert len(small) < len(png) and np.abs(a - b).mean() < 4


def test_pictures_of_every_layout_become_what_matplotlib_draws():
    for shape in ((5, 4), (1, 5, 4), (5, 4, 1)):
        assert _displayable(torch.zeros(shape)).shape == (5, 4)
    for shape in ((3, 5, 4), (5, 4, 3)): assert _displayable(np.zeros(shape)).shape == (5, 4, 3)
    assert _displayable(torch.full((3, 2, 2), 1.7)).max() == 1


def test_small_pictures_keep_square_pixels_and_titles():
    axs = show_images([torch.rand(8, 8), torch.rand(3, 200, 200)], titles=['a', 'b'])
    kinds = [ax.images[0].get_interpolation() for ax in axs]
    assert kinds == ['nearest', 'antialiased']
    assert axs[1].get_title(plt.rcParams['axes.titlelocation']) == 'b'
    plt.close('all')


@pytest.mark.parametrize('n, kw, grid', [
    (4, {'nrows': 1}, (1, 4)), (9, {}, (3, 3)), (5, {}, (2, 3)), (6, {'ncols': 2}, (3, 2))])
def test_a_grid_has_room_for_all(n, kw, grid):
    axs = get_grid(n, **kw)
    assert len(axs) == n and axs[0].get_subplotspec().get_gridspec().get_geometry() == grid
    plt.close('all')


def test_a_function_is_drawn_between_its_ends():
    ax = plot_function(torch.sin, 'x', 'sin x', min=-1, max=3)
    x, y = ax.lines[0].get_data()
    assert (x[0], x[-1], len(x)) == (-1, 3, 100) and ax.get_xlabel() == 'x'
    np.testing.assert_allclose(y, np.sin(x), atol=1e-6)
    plt.close('all')


def test_html_of_a_picture_holds_the_picture_itself():
    html = picture_html(Image.new('RGB', (3, 2)), 'x')
    assert html.startswith('<img alt="x" src="data:image/png;base64,') and 'width:3px' in html
