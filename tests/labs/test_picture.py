"A lab's picture drawn quickly, with its axes kept, is the picture drawn anew."
import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import utils
from utils.labs.picture import figure_png, freeze_layout, new_figure


def pixels(png): return np.asarray(Image.open(io.BytesIO(png)).convert('RGB')).astype(int)


def drawn_anew(fig: Figure):
    "The same figure without what was kept of its axes."
    for axis in [axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)]:
        axis.draw = getattr(axis.draw, 'draw_anew', axis.draw)
    return pixels(figure_png(fig))


# Teach it has an album instead of controls, and pictures only of a training.
LABS = [name for name in utils._WHERE if name.endswith('_lab') and name != 'teach_it_lab']


@pytest.mark.parametrize('name', LABS)
def test_every_lab_s_picture_is_what_it_would_be_drawn_anew(name):
    lab, rng = getattr(utils, name)(), np.random.default_rng(1)
    if lab.slow or lab.prepare: return      # it draws its steps by the same function
    for turn in range(4):
        for key, control in lab.controls.items():
            if control.kind == 'slider' and rng.random() < .5:
                lab.set(**{key: control.clamp(control.low + (control.high - control.low)
                                              * rng.random(), control.value)})
        quick, anew = pixels(lab.png), drawn_anew(lab._fig)
        assert lab.error is None and np.abs(quick - anew).max() <= 4, lab.line


CHANGES = dict(
    limits=lambda ax: ax.set_xlim(0, 9), label=lambda ax: ax.set_xlabel('metres'),
    ticks=lambda ax: ax.set_xticks([.2, .7]), words=lambda ax: ax.set_xticks([.5], ['half']),
    scale=lambda ax: ax.set_yscale('symlog'), color=lambda ax: ax.xaxis.label.set_color('red'),
    grid=lambda ax: ax.grid(True), place=lambda ax: ax.set_position([.3, .3, .4, .4]),
    size=lambda ax: ax.figure.set_size_inches(5, 4), hidden=lambda ax: ax.xaxis.set_visible(False),
    colours=lambda ax: ax.tick_params(colors='red'), off=lambda ax: ax.set_axis_off())


@pytest.mark.parametrize('change', CHANGES)
def test_an_axis_that_changes_is_drawn_anew(change):
    fig = new_figure((4, 3))
    ax = fig.subplots()
    ax.plot([0, 1], [0, 2])
    ax.set(xlabel='seconds', title='A title')
    figure_png(fig)
    freeze_layout(fig)
    before = pixels(figure_png(fig))
    assert np.abs(pixels(figure_png(fig)) - before).max() == 0
    CHANGES[change](ax)
    after = pixels(figure_png(fig))
    assert after.shape != before.shape or np.abs(after - before).max() > 20    # it shows
    assert np.abs(after - drawn_anew(fig)).max() <= 4


def test_an_unchanged_axis_is_not_drawn_again(monkeypatch):
    fig = new_figure((4, 3))
    line, = fig.subplots().plot([0, 1], [0, 2])
    figure_png(fig)
    freeze_layout(fig)
    figure_png(fig)
    kept = fig.axes[0].xaxis.draw
    monkeypatch.setattr(kept, 'draw_anew', None)     # would raise if called
    line.set_ydata([1, 1])
    assert figure_png(fig)
