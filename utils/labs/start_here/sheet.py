"A sheet to write on: what the labs of this chapter draw their boxes and lines of code with."
from functools import lru_cache

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.font_manager import findfont
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw, ImageFont

from ...plots import COLORS

__all__ = ['wipe', 'box', 'write', 'typeset', 'SOFT', 'RUST', 'WIDTH']

SOFT, RUST = '#5b6672', '#a84800'   # grey and orange dark enough for small letters
WIDTH = .602                        # of a letter of DejaVu Sans Mono, in parts of its size


def wipe(ax, rows: float, title: str = ''):
    "Make `ax` an empty sheet of `rows` rows, counted from the top; much quicker than new axes."
    for artist in [*ax.texts, *ax.patches]: artist.remove()
    if ax.axison:
        ax.axis('off')
        ax.set_xlim(0, 1)
    ax.set_ylim(rows, 0)
    ax.set_title(title, fontsize=10.5, color=SOFT, pad=5)


def box(ax, x, y, width, height, face='#f4f6f8', edge='#c4ccd4', line=1):
    "A box; `x` and `width` are parts of the sheet, `y` and `height` are rows."
    ax.add_patch(Rectangle((x, y), width, height, fc=face, ec=edge, lw=line))


def write(ax, x, y, words, size=9, code=False, color=COLORS['ink'], **more):
    "Words, centred on the row at `y`; `code` in letters of one width."
    family = 'DejaVu Sans Mono' if code else 'DejaVu Sans'
    ax.text(x, y, words, va='center', fontsize=size, family=family, color=color,
            parse_math=False, **more)


@lru_cache
def _font(pixels: float): return ImageFont.truetype(findfont('DejaVu Sans Mono'), pixels)


def typeset(
    fig,             # a matplotlib figure
    x: float,        # left edge, in inches from the left
    y: float,        # upper edge, in inches from the top
    lines: list,     # texts, or pairs of a text and its colour
    size: float = 8,       # of the letters, in points
    pitch: float = 0.132,  # from line to line, in inches
):
    "Lines of code as one picture, set by Pillow: ten times quicker than matplotlib's text."
    pairs = [(t, COLORS['ink']) if isinstance(t, str) else t for t in lines] or [('', 'white')]
    wide = max(len(t) for t, _ in pairs) + 1
    shape = round(len(pairs) * pitch * fig.dpi) + 2, round(wide * size * WIDTH / 72 * fig.dpi) + 2
    ink, mask = np.zeros((*shape, 4)), Image.new('L', shape[::-1])
    pen, font = ImageDraw.Draw(mask), _font(size * fig.dpi / 72)
    for i, (text, color) in enumerate(pairs):
        top = round(i * pitch * fig.dpi)
        pen.text((0, top), text, 255, font)
        ink[top:, :, :3] = to_rgb(color)
    ink[..., 3] = np.asarray(mask) / 255
    height = round(fig.get_figheight() * fig.dpi)
    return fig.figimage(ink, round(x * fig.dpi), height - round(y * fig.dpi) - shape[0],
                        origin='upper')
