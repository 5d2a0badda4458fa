"""How a lab's figure becomes a picture with words."""
import base64
import html
import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from PIL import Image

from ..plots import in_few_bytes, use_course_style

__all__ = ['new_figure', 'figure_png', 'freeze_layout', 'html_twin', 'set_limits']

def new_figure(size: tuple, dpi: float = 100) -> Figure:
    "An empty figure in the course's style, unknown to pyplot."
    use_course_style()
    fig = Figure(size, dpi=dpi, layout='constrained')
    FigureCanvasAgg(fig)
    return fig


def figure_png(fig: Figure) -> bytes:
    "The figure as PNG, packed for speed."
    fig.canvas.draw()
    packed = io.BytesIO()
    pixels = Image.frombuffer('RGBA', fig.canvas.get_width_height(), fig.canvas.buffer_rgba())
    pixels.convert('RGB').save(packed, 'png', compress_level=1, compress_type=3)   # runs only
    return packed.getvalue()


def freeze_layout(fig: Figure):
    "From now on parts of the picture stay where they are, and axes are drawn only if they change."
    fig.set_layout_engine('none')
    for ax in fig.axes:
        ax._autotitlepos = False     # or each drawing would ask all axes how high they reach
        for axis in (ax.xaxis, ax.yaxis):
            if not isinstance(axis.draw, _KeptAxis): axis.draw = _KeptAxis(axis)


def set_limits(ax, x: tuple = None, y: tuple = None):
    "Set the limits of an axes where they differ, so that an axis that stays need not be drawn."
    if x is not None and tuple(ax.get_xlim()) != tuple(x): ax.set_xlim(x)
    if y is not None and tuple(ax.get_ylim()) != tuple(y): ax.set_ylim(y)


class _KeptAxis:
    "Draws an axis as the image that it was before, while nothing about it changes."

    def __init__(self, axis):
        self.axis, self.draw_anew, self.looks = axis, axis.draw, None

    def __call__(self, renderer):
        looks = self._looks(renderer)
        if self.axis.stale or looks != self.looks:
            self._keep(renderer)
            self.looks = self._looks(renderer)
        if self.image.size: renderer.draw_image(renderer.new_gc(), *self.at, self.image)

    def _looks(self, renderer):
        axis = self.axis
        return (renderer.width, renderer.height, renderer.dpi, *axis.axes.bbox.bounds,
                *axis.get_view_interval(), axis.get_visible(), axis.axes.axison,
                axis.get_label_text(), axis.get_label().get_color())

    def _keep(self, renderer):
        layer = RendererAgg(renderer.width, renderer.height, renderer.dpi)
        self.draw_anew(layer)
        pixels = np.asarray(layer.buffer_rgba())
        rows, columns = (np.flatnonzero(pixels[..., 3].any(i)) for i in (1, 0))
        if not rows.size: rows = columns = np.array([0, -1])       # an axis that is switched off
        self.image = pixels[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1][::-1].copy()
        self.at = columns[0], int(renderer.height) - rows[-1] - 1


def html_twin(png: bytes, text: str, line: str) -> str:
    "What a reader without a kernel sees: the picture, the sentence and the settings."
    packed = in_few_bytes(png)          # it is stored: small, not quick
    kind, data = 'webp' if packed[:4] == b'RIFF' else 'png', base64.b64encode(packed).decode()
    text, line = html.escape(text), html.escape(line)
    return (f'<img alt="{text}" style="background:#fff;padding:8px;max-width:100%" '
            f'src="data:image/{kind};base64,{data}"><p>{text}</p><p><code>{line}</code></p>')
