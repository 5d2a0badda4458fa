"Pictures in the course's one style, each shown with words for those who cannot see it."
import base64
import html

from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

__all__ = ['COLORS', 'use_course_style', 'show_image', 'show_images', 'get_grid', 'show', 'to_png',
           'plot_function', 'picture_html']

COLORS = dict(train='#0072B2', valid='#E69F00', test='#CC79A7', truth='#7f7f7f', good='#009E73',
              bad='#D55E00', ink='#222222', pale='#e8eef4', sky='#56B4E9', line='#c8c8c8')


def use_course_style():
    "Set matplotlib's look to the course's: white ground, no box, a colour-blind-safe palette."
    plt.style.use(Path(__file__).parent / 'assets' / 'course.mplstyle')


def _displayable(im):
    "An array (h, w) or (h, w, 3) that matplotlib can draw."
    if hasattr(im, 'detach'): im = im.detach().cpu().float().numpy()    # a tensor
    im = np.asarray(im)
    if im.ndim == 3 and im.shape[0] in (1, 3) and im.shape[-1] not in (1, 3):
        im = im.transpose(1, 2, 0)
    if im.ndim == 3 and im.shape[-1] == 1: im = im[..., 0]
    return im.clip(0, 1) if im.ndim == 3 and im.dtype.kind == 'f' else im


def show_image(
    im,            # a picture, an array (h,w) or (h,w,3), or a tensor (h,w), (1,h,w) or (3,h,w)
    ax=None,       # matplotlib axes; new ones if None
    figsize=None,  # inches, for new axes
    title=None,    # words above the picture
    cmap=None,     # colours of a grey picture; 'Greys' if None
    **kwargs,      # passed to matplotlib's imshow
):
    "Draw one picture without axes; small ones keep their square pixels."
    if ax is None: ax = plt.subplots(figsize=figsize)[1]
    a = _displayable(im)
    smooth = 'nearest' if max(a.shape[:2]) <= 96 else 'antialiased'
    ax.imshow(a, cmap=cmap or 'Greys', interpolation=kwargs.pop('interpolation', smooth), **kwargs)
    if title is not None: ax.set_title(str(title))
    ax.axis('off')
    return ax


def get_grid(
    n: int,        # how many axes
    nrows=None,    # rows; as many as are needed if None
    ncols=None,    # columns; as square as possible if None
    figsize=None,  # inches; 3 × 3 for each if None, as in fastai
    **kwargs,      # passed to plt.subplots
):
    "`n` axes in a grid, as a flat list; those left over are hidden."
    if nrows: ncols = ncols or int(np.ceil(n / nrows))
    ncols = ncols or int(np.ceil(np.sqrt(n)))
    nrows = nrows or int(np.ceil(n / ncols))
    size = figsize or (ncols * 3, nrows * 3)
    axs = list(plt.subplots(nrows, ncols, figsize=size, squeeze=False, **kwargs)[1].flat)
    for ax in axs[n:]: ax.axis('off')
    return axs[:n]


def show_images(
    ims,           # pictures
    nrows=1,       # rows
    ncols=None,    # columns
    titles=None,   # one for each picture
    figsize=None,  # inches
    **kwargs,      # passed to `show_image`
):
    "Draw several pictures side by side; returns their axes."
    axs = get_grid(len(ims), nrows, ncols, figsize)
    for i, (im, ax) in enumerate(zip(ims, axs)):
        show_image(im, ax, title=titles and titles[i], **kwargs)
    return axs


def to_png(
    fig,         # a matplotlib figure
    dpi=100,     # dots per inch
    level=6,     # compression, 1 (quick) to 9 (small)
) -> bytes:
    "The PNG file of a figure, as bytes."
    out = BytesIO()
    fig.savefig(out, format='png', dpi=dpi, facecolor='white',
                pil_kwargs=dict(compress_level=level))
    return out.getvalue()


def picture_html(
    im,          # a Pillow picture, or the bytes of a PNG or WebP
    alt: str,    # what it shows
    width=None,  # pixels on the page; the picture's own if None
) -> str:
    "An <img> element that holds the picture itself and its words."
    if not isinstance(im, bytes):
        out = BytesIO()
        im.save(out, 'PNG')
        im, width = out.getvalue(), width or im.width
    data = base64.b64encode(im).decode()
    kind = 'webp' if im[:4] == b'RIFF' else 'png'
    return (f'<img alt="{html.escape(alt, quote=True)}" src="data:image/{kind};base64,{data}" '
            f'style="max-width:100%;width:{width}px;background:#fff">')


class _Shown:
    "A picture with its words: an <img alt> in a notebook, the words anywhere else."

    def __init__(self, im, alt, width=None): self.html, self.alt = picture_html(im, alt, width), alt

    def _repr_html_(self): return self.html

    def __repr__(self): return f'[picture: {self.alt}]'


def show(
    fig,          # a figure, axes, a list of axes, or a Pillow picture
    alt: str,     # what the picture shows, in a sentence for those who cannot see it
    dpi: int = 100,  # dots per inch: a 7 inch figure is shown 700 pixels wide
):
    "Show a figure under the cell with `alt` as its words, and close it."
    from IPython.display import display
    if not str(alt).strip(): raise ValueError("show(fig, alt=…) needs words: say what it shows.")
    if isinstance(fig, (list, tuple, np.ndarray)): fig = np.asarray(fig).flat[0]
    if hasattr(fig, 'getbands'): return display(_Shown(fig, alt))       # a Pillow picture
    fig = getattr(fig, 'figure', fig)
    packed = in_few_bytes(to_png(fig, dpi * 1.5, level=1))  # half as many dots again: sharp
    plt.close(fig)
    display(_Shown(packed, alt, round(fig.get_figwidth() * dpi)))


def in_few_bytes(png):
    "PNG of 256 colours; WebP where that is a third less, as it is for scenes and photographs."
    flat, photo, im = BytesIO(), BytesIO(), Image.open(BytesIO(png)).convert('RGB')
    im.quantize(256).save(flat, 'PNG')
    im.save(photo, 'WEBP', quality=85)
    return min(flat, photo, key=lambda b: len(b.getvalue()) * (1.5 if b is photo else 1)).getvalue()


def plot_function(
    f,               # a function of a tensor of x values
    tx=None,         # words under the x axis
    ty=None,         # words beside the y axis
    title=None,      # words above
    min=-2,          # first x
    max=2,           # last x
    steps=100,       # how many points
    figsize=(6, 4),  # inches
):
    "Draw the function `f` between `min` and `max`; returns the axes."
    import torch
    x = torch.linspace(min, max, steps)
    ax = plt.subplots(figsize=figsize)[1]
    ax.plot(x, f(x), color=COLORS['train'])
    ax.set(xlabel=tx or '', ylabel=ty or '', title=title or '')
    return ax
