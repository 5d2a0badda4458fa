"""How a lab's figure becomes a picture with words."""
import base64
import html
import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ..plots import use_course_style

__all__ = ['new_figure', 'figure_png', 'html_twin']


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
    pixels = np.asarray(fig.canvas.buffer_rgba())[..., :3]
    Image.fromarray(pixels).save(packed, 'png', compress_level=1)
    return packed.getvalue()


def html_twin(png: bytes, text: str, line: str) -> str:
    "What a reader without a kernel sees: the picture, the sentence and the settings."
    picture, text, line = base64.b64encode(png).decode(), html.escape(text), html.escape(line)
    return (f'<img alt="{text}" style="background:#fff;padding:8px;max-width:100%" '
            f'src="data:image/png;base64,{picture}"><p>{text}</p><p><code>{line}</code></p>')
