"Item transforms: bring one picture to a size by cropping, padding, squishing or a random crop."
import math

import numpy as np
import torch
from PIL import Image

__all__ = ['PadMode', 'RandomResizedCrop', 'Resize', 'ResizeMethod', 'Transform']

BILINEAR = Image.Resampling.BILINEAR
_PADS = {'reflection': 'reflect', 'border': 'edge', 'zeros': 'constant'}   # NumPy's names
TRIES = 10   # shapes that a random crop may try before it takes the middle of the picture


class ResizeMethod:
    "The three ways of `Resize`, for Tab completion."
    Crop, Pad, Squish = 'crop', 'pad', 'squish'


class PadMode:
    "What is seen outside a picture: its mirror image, its border drawn out, or black."
    Reflection, Border, Zeros = 'reflection', 'border', 'zeros'


class Transform:
    "A change of pictures: `draw` throws the dice, `apply` obeys them, `spec` writes it down."
    order, for_valid = 0, False   # place in the line; does it act on the validation set too?

    def __call__(self, img, train=True, generator=None):
        return self.apply(img, self.draw(train, generator))

    def spec(self) -> dict:
        "The transform as words and numbers that JSON can hold; what is None is left out."
        args = {k.lstrip('_'): numbers(v) if 'draw' in k else v   # _draw: `draw` is a method
                for k, v in vars(self).items() if v is not None}
        return {'name': type(self).__name__, **args}

    def __repr__(self):
        args = [f'{k}={v!r}' for k, v in self.spec().items() if k != 'name']
        return f"{type(self).__name__}({', '.join(args)})"


def numbers(x):
    "A number, or a list of them, from whatever holds them."
    return torch.as_tensor(x, dtype=torch.float64).tolist()


def need(ok, message):
    "Raise a `ValueError` with `message` unless `ok`."
    if not ok: raise ValueError(message)


def check_p(p):
    "Refuse a `p` that is none."
    need(0 <= p <= 1, f"p={p!r} is no probability. Pass a number from 0 to 1.")


def height_width(size):
    "`size` as (height, width): one number stands for both."
    hw = (size, size) if isinstance(size, int) else tuple(size or ())
    need(len(hw) == 2 and min(hw) > 0,
         f"size={size!r} is no size for a picture. Pass one number, or (height, width), in pixels.")
    return hw


def one_of(name, value, choices):
    "Refuse an argument that is none of its choices."
    need(value in choices,
         f"{name}={value!r} is unknown. Pass one of {', '.join(map(repr, choices))}.")


class TensorTransform(Transform):
    "A change of batches: `draw` for n pictures, then `apply`, alone or together with its kind."
    still = {}   # the draw that changes nothing

    def neutral(self, n):
        "The draw for n pictures of the validation set, where nothing is left to chance."
        return {k: torch.full((n,), v) for k, v in self.still.items()}

    def apply(self, xb, params):
        "A batch changed as `params`, what `draw` returned, say."
        return self.together(self.check(xb), [(self, params)])

    def __call__(self, xb, generator=None): return self.apply(xb, self.draw(len(xb), generator))

    @staticmethod
    def check(xb):
        "The batch, if it is one of float pictures."
        need(xb.is_floating_point() and xb.ndim == 4,
             f"A batch of {xb.dtype} and shape {tuple(xb.shape)} cannot be changed: pictures are "
             "floats, (n, channels, height, width). Type xb = xb.float() / 255 for whole numbers.")
        return xb

    def values(self, name, n, low, high, generator, given=None, p=None, by_factor=False):
        "n numbers from low to high, or those given; still ones where a coin of chance p says no."
        u, coin = torch.rand(2, 1 if self.batch else n, generator=generator)
        res = low * (high / low) ** u if by_factor else low + (high - low) * u
        if given is not None: res = torch.as_tensor(given, dtype=torch.float32).reshape(-1)[:n]
        need(len(res) in (1, n), f"{len(res)} draws cannot serve a batch of {n} pictures. "
                                 f"Pass one number, or at least {n}.")
        return torch.where(coin < (self.p if p is None else p), res, self.still[name]).expand(n)


def _cut(img, left, top, w, h, pad_mode='zeros'):
    "The w × h window of `img` from (left, top); what lies outside is padded."
    right, bottom = min(left + w, img.width), min(top + h, img.height)
    inside = img.crop((max(left, 0), max(top, 0), right, bottom))
    pads = [(max(-top, 0), max(top + h - img.height, 0)),
            (max(-left, 0), max(left + w - img.width, 0))]
    if not any(map(any, pads)): return inside
    a = np.asarray(inside)
    return Image.fromarray(np.pad(a, pads + [(0, 0)] * (a.ndim - 2), mode=_PADS[pad_mode]))


class Resize(Transform):
    """Bring a picture to `size`: cut off what is too much, fill up what is missing, or squeeze.

    In training the cut is at a random place along the longer side, else in the middle.
    >>> Resize(64, ResizeMethod.Pad)(Image.new('RGB', (100, 80))).size
    (64, 64)
    """
    order, for_valid = 1, True

    def __init__(
        self,
        size: int | tuple,             # pixels; one number, or (height, width)
        method: str = 'crop',          # 'crop', 'pad' or 'squish'
        pad_mode: str = 'reflection',  # what 'pad' fills with: 'reflection', 'border' or 'zeros'
    ):
        height_width(size)
        one_of('method', method, ('crop', 'pad', 'squish'))
        one_of('pad_mode', pad_mode, tuple(_PADS))
        self.size, self.method, self.pad_mode = size, method, pad_mode

    def draw(self, train=True, generator=None):
        "How far along the spare width and height to cut, each 0 to 1."
        return torch.rand(2, generator=generator).tolist() if train else [.5, .5]

    def apply(self, img, place, resample=BILINEAR):
        "The picture cut at `place` and brought to size."
        (th, tw), (w, h) = height_width(self.size), img.size
        if self.method == 'squish': return img.resize((tw, th), resample)
        scale = (max if self.method == 'pad' else min)(w / tw, h / th)
        cw, ch = max(int(scale * tw), 1), max(int(scale * th), 1)
        left, top = int(place[0] * (w - cw)), int(place[1] * (h - ch))   # negative when padding
        return _cut(img, left, top, cw, ch, self.pad_mode).resize((tw, th), resample)


def crop_dice(n, min_scale, ratio, generator=None):
    "Dice for n random crops: ten tries (share of the area, width / height) and a place (x, y)."
    u = torch.rand(n, TRIES + 1, 2, generator=generator)
    area = min_scale + (1 - min_scale) * u[:, :-1, 0]
    shape = ratio[0] * (ratio[1] / ratio[0]) ** u[:, :-1, 1]   # as often 3:4 as 4:3
    return {'tries': torch.stack([area, shape], 2), 'place': u[:, -1]}


def choose_crop(w, h, tries, place, ratio):
    "(left, top, width, height) of the first try that fits a w × h picture, else of its middle."
    for area, shape in tries:
        cw, ch = round(math.sqrt(area * w * h * shape)), round(math.sqrt(area * w * h / shape))
        if cw <= w and ch <= h:
            return int(place[0] * (w - cw + 1)), int(place[1] * (h - ch + 1)), cw, ch
    cw, ch = min(w, int(h * ratio[1] + 1e-9)), min(h, int(w / ratio[0] + 1e-9))
    return (w - cw) // 2, (h - ch) // 2, cw, ch


class RandomResizedCrop(Transform):
    """Cut out a random part of a picture, of random size and shape, and bring it to `size`.

    Each epoch shows another part. Pictures of the validation set are squished to a little
    more than `size` and lose their edge, so that they always look the same.
    Going deeper with convolutions, https://arxiv.org/abs/1409.4842, section 6
    """
    order, for_valid = 1, True

    def __init__(
        self,
        size: int | tuple,         # pixels; one number, or (height, width)
        min_scale: float = .08,    # smallest share of the picture's area that is kept
        ratio: tuple = (3/4, 4/3), # range of width / height of the part
        val_xtra: float = .14,     # share of `size` that validation pictures lose at the edge
    ):
        height_width(size)
        check_crop(min_scale, ratio)
        self.size, self.min_scale, self.ratio, self.val_xtra = size, min_scale, ratio, val_xtra

    def draw(self, train=True, generator=None):
        "Dice for one crop; None for a picture of the validation set."
        if not train: return None
        dice = crop_dice(1, self.min_scale, self.ratio, generator)
        return {k: v[0].tolist() for k, v in dice.items()}

    def apply(self, img, dice, resample=BILINEAR):
        "The part of the picture that the dice say, brought to size."
        th, tw = height_width(self.size)
        if dice is None:
            extra = math.ceil(max(th, tw) * self.val_xtra / 8) * 8
            img = img.resize((tw + extra, th + extra), resample)
            return _cut(img, extra // 2, extra // 2, tw, th)
        part = _cut(img, *choose_crop(*img.size, **dice, ratio=self.ratio))
        return part.resize((tw, th), resample)


def check_crop(min_scale, ratio):
    "Refuse a crop that no picture can have."
    need(0 < min_scale <= 1, f"min_scale={min_scale!r} is a share of the picture's area. "
                             "Pass a number above 0 and up to 1, such as .3.")
    need(len(ratio) == 2 and 0 < ratio[0] <= ratio[1],
         f"ratio={ratio!r} must be (least, greatest) width / height, such as (3/4, 4/3).")
