"Batch transforms that move pixels: all those of a batch become one matrix and sample once."
import math

import torch
import torch.nn.functional as F

from . import resize
from .resize import TensorTransform, check_p, height_width, need, one_of

__all__ = ['Dihedral', 'Flip', 'RandomResizedCropGPU', 'Rotate', 'Warp', 'Zoom']


class Spatial(TensorTransform):
    "What moves pixels: `matrix` says where each point of the new picture comes from."
    order, stage = 30, 'affine'

    def __init__(
        self,
        p=.5,                   # chance of each picture to be changed
        draw=None,              # what to draw: one number, or one per picture; at random if None
        size=None,              # height and width of the result; as before if None
        mode='bilinear',        # how to read between pixels: 'bilinear', 'nearest' or 'bicubic'
        pad_mode='reflection',  # what is seen outside: 'reflection', 'border' or 'zeros'
        align_corners=True,     # -1 and 1 are the centres of the outermost pixels, not their edges
        batch=False,            # one draw for the whole batch
    ):
        check_p(p)
        if size is not None: height_width(size)
        one_of('mode', mode, ('bilinear', 'nearest', 'bicubic'))
        one_of('pad_mode', pad_mode, ('reflection', 'border', 'zeros'))
        self.p, self._draw, self.size, self.mode, self.pad_mode = p, draw, size, mode, pad_mode
        self.align_corners, self.batch = align_corners, batch

    @property
    def for_valid(self): return self.size is not None   # a size holds for the validation set too

    def together(self, xb, pairs, mode=None):
        "Draw the new pictures: each pixel looks up where it comes from."
        (h, w), (height, width) = xb.shape[-2:], _new_size(pairs, xb.shape[-2:])
        m = _joint_matrix(pairs, h, w).to(xb)[..., None, None]       # (n, 3, 3, 1, 1)
        ends = [1. if self.align_corners else 1 - 1 / k for k in (width, height)]
        x, y = [torch.linspace(-e, e, k, device=xb.device) for e, k in zip(ends, (width, height))]
        grid = m[:, :, 0] * x + m[:, :, 2] + m[:, :, 1] * y[:, None]   # (n, 3, height, width)
        grid = grid[:, :2].div_(grid[:, 2:]).permute(0, 2, 3, 1)       # perspective
        if (mode or self.mode) == 'bilinear': xb = _shrink(xb, grid)
        return F.grid_sample(xb, grid, mode or self.mode, self.pad_mode, self.align_corners)


def move_points(points, drawn, size):
    "Where `points`, (n, k, 2) in pixels of pictures of `size`, are after the transforms `drawn`."
    edge = 0 if drawn[0][0].align_corners else 1
    old, new = [points.new_tensor(hw[::-1]) - 1 + edge for hw in (size, _new_size(drawn, size))]
    there = torch.linalg.inv(_joint_matrix(drawn, *size)).to(points)   # from old to new
    at = torch.cat([(2 * points + edge) / old - 1, torch.ones_like(points[..., :1])], -1) @ there.mT
    return ((at[..., :2] / at[..., 2:] + 1) * new - edge) / 2


def _new_size(drawn, hw):
    "Height and width after the transforms."
    return next((height_width(t.size) for t, _ in drawn if getattr(t, 'size', None)), tuple(hw))


def _joint_matrix(drawn, h, w):
    "Per picture, the map from each point of the new picture, in -1..1, to where it comes from."
    maps = [(t.stage, t.matrix(params, h, w)) for t, params in drawn]
    res = torch.eye(3).repeat(len(maps[0][1]), 1, 1)
    for m in (m for stage, m in maps if stage == 'affine'): res = res @ m
    res[:, 0, 1] *= h / w   # angles are those of the pixels, also where a picture is not square
    res[:, 1, 0] *= w / h
    for m in (m for stage, m in maps if stage == 'warp'): res = m @ res
    for m in (m for stage, m in maps if stage == 'crop'): res = res @ m
    return res


def _shrink(xb, grid):
    "Average pixels where new ones lie more than two old ones apart, lest fine lines get lost."
    apart = min(xb.shape[-2] / grid.shape[1], xb.shape[-1] / grid.shape[2]) / 2
    if apart > 1: apart *= min(1., (grid.max() - grid.min()).item() / 2)
    if apart <= 1: return xb
    return F.interpolate(xb, scale_factor=1 / apart, mode='area', recompute_scale_factor=True)


def _rows(a, b, c, d, e, f):
    "The matrices ((a, b, c), (d, e, f), (0, 0, 1)) of n values each."
    zero = torch.zeros_like(a)
    return torch.stack([a, b, c, d, e, f, zero, zero, zero + 1], 1).view(-1, 3, 3)


class Flip(Spatial):
    "Mirror pictures left to right, each with chance `p`."
    still = {'flip': 0.}

    def draw(self, n, generator=None):
        "Which of n pictures to flip: 1 or 0."
        return {'flip': self.values('flip', n, 1., 1., generator, self._draw)}

    def matrix(self, params, h, w):
        "Look on the other side: x becomes -x."
        flip, zero = params['flip'], torch.zeros_like(params['flip'])
        return _rows(1 - 2 * flip, zero, zero, zero, zero + 1, zero)


class Dihedral(Spatial):
    "Mirror pictures and turn them by quarters: one of the eight ways to lay a square tile."
    still = {'way': 0.}

    def draw(self, n, generator=None):
        "Which of the eight ways, 0 to 7, for n pictures; 0 changes nothing."
        return {'way': self.values('way', n, 0., 8., generator, self._draw).floor()}

    def matrix(self, params, h, w):
        "The signs of x and y, and whether they change places."
        way = params['way'].long()
        x, y = torch.tensor([[1., -1, 1, -1, -1, 1, 1, -1], [1., 1, -1, 1, -1, -1, 1, -1]])[:, way]
        stay, zero = torch.tensor([1., 1, 1, 0, 1, 0, 0, 0])[way], torch.zeros_like(x)
        return _rows(x * stay, x * (1 - stay), zero, y * (1 - stay), y * stay, zero)


class Rotate(Spatial):
    """Turn pictures by up to `max_deg` degrees; positive angles turn clockwise.

    >>> Rotate(draw=30., p=1.).draw(2)
    {'degrees': tensor([30., 30.])}
    """
    still = {'degrees': 0.}

    def __init__(
        self,
        max_deg=10.,            # greatest angle either way, degrees
        p=.5, draw=None, **kw,  # as for Flip; `draw` in degrees
    ):
        super().__init__(p, draw, **kw)
        self.max_deg = max_deg

    def draw(self, n, generator=None):
        "The angles of n pictures, degrees."
        m = self.max_deg
        return {'degrees': self.values('degrees', n, -m, m, generator, self._draw)}

    def matrix(self, params, h, w):
        "Sine and cosine of the angle."
        angle = params['degrees'] * math.pi / 180
        zero = torch.zeros_like(angle)
        return _rows(angle.cos(), angle.sin(), zero, -angle.sin(), angle.cos(), zero)


class Zoom(Spatial):
    "Enlarge pictures `min_zoom` to `max_zoom` times about a point that is drawn too."
    still = {'zoom': 1., 'x': .5, 'y': .5}

    def __init__(
        self,
        min_zoom=1.,                 # least enlargement; below 1 the picture shrinks
        max_zoom=1.1,                # greatest enlargement
        p=.5, draw=None,             # as for Flip; `draw` is the enlargement
        draw_x=None, draw_y=None,    # the point that stays: 0 left or top, 1 right or bottom
        **kw,                        # as for Flip
    ):
        super().__init__(p, draw, **kw)
        need(0 < min_zoom <= max_zoom, f"min_zoom={min_zoom!r}, max_zoom={max_zoom!r} is no range. "
                                       "Pass two numbers above 0, the smaller one first.")
        self.min_zoom, self.max_zoom, self.draw_x, self.draw_y = min_zoom, max_zoom, draw_x, draw_y

    def draw(self, n, generator=None):
        "The enlargement of n pictures and the points that stay."
        return {'zoom': self.values('zoom', n, self.min_zoom, self.max_zoom, generator, self._draw),
                'x': self.values('x', n, 0., 1., generator, self.draw_x, p=1.),
                'y': self.values('y', n, 0., 1., generator, self.draw_y, p=1.)}

    def matrix(self, params, h, w):
        "Look 1 / zoom as far from the point that stays."
        s, zero = 1 / params['zoom'], torch.zeros_like(params['zoom'])
        x, y = [(1 - s) * (2 * params[k] - 1) for k in 'xy']
        return _rows(s, zero, x, zero, s, y)


class Warp(Spatial):
    "Tilt pictures in space, as if seen from one side, by up to `magnitude`."
    still, stage = {'x': 0., 'y': 0.}, 'warp'

    def __init__(
        self,
        magnitude=.2,              # greatest shift of a corner; 1 is half the picture
        p=.5,                      # chance of x, and of y, to be tilted
        draw_x=None, draw_y=None,  # the tilt itself: one number, or one per picture
        **kw,                      # as for Flip
    ):
        super().__init__(p, None, **kw)
        need(0 <= magnitude < 1, f"magnitude={magnitude!r} folds the picture. Pass 0 to .9.")
        self.magnitude, self.draw_x, self.draw_y = magnitude, draw_x, draw_y

    def draw(self, n, generator=None):
        "The tilts of n pictures."
        m = self.magnitude
        return {'x': self.values('x', n, -m, m, generator, self.draw_x),
                'y': self.values('y', n, -m, m, generator, self.draw_y)}

    def matrix(self, params, h, w):
        "The perspective that takes four drawn points to the corners: eight linear equations."
        x, y = params['x'].double(), params['y'].double()
        u = torch.stack([-1 - y, -1 + y, 1 + y, 1 - y], 1)   # (n, 4)
        v = torch.stack([-1 - x, 1 + x, -1 + x, 1 - x], 1)
        to = torch.tensor([[-1., -1, 1, 1], [-1., 1, -1, 1]]).double()[:, None].expand(2, len(x), 4)
        point = torch.stack([u, v, torch.ones_like(u)], 2)   # (n, 4, 3)
        zero = torch.zeros_like(point)
        left = torch.cat([torch.cat([point, zero], 2), torch.cat([zero, point], 2)], 1)
        right = torch.cat([-to[i, ..., None] * point[..., :2] for i in (0, 1)], 1)
        solved = torch.linalg.solve(torch.cat([left, right], 2), torch.cat([*to], 1))
        return F.pad(solved, (0, 1), value=1.).view(-1, 3, 3).float()


class RandomResizedCropGPU(Spatial):
    "Cut a random part out of each picture (validation: the middle) and bring it to `size`."
    stage = 'crop'

    def __init__(
        self,
        size,              # height and width of the result, pixels
        min_scale=.08,     # smallest share of the picture's area that is kept
        ratio=(3/4, 4/3),  # range of width / height of the part
        **kw,              # as for Flip
    ):
        super().__init__(1., None, size, **kw)
        del self.p   # every picture is cut
        height_width(size)
        resize.check_crop(min_scale, ratio)
        self.min_scale, self.ratio = min_scale, ratio

    def draw(self, n, generator=None):
        "Dice for n crops; one crop for all if `batch`."
        dice = resize.crop_dice(1 if self.batch else n, self.min_scale, self.ratio, generator)
        return {k: v.expand(n, *v.shape[1:]) for k, v in dice.items()}

    def neutral(self, n): return {'tries': torch.zeros(n, 0, 2), 'place': torch.full((n, 2), .5)}

    def matrix(self, params, h, w):
        "Shrink and shift, so that -1..1 spans the part."
        boxes = [resize.choose_crop(w, h, tries, place, self.ratio)
                 for tries, place in zip(params['tries'].tolist(), params['place'].tolist())]
        left, top, cw, ch = torch.tensor(boxes, dtype=torch.float32).T
        one = 1 if self.align_corners else 0   # the last pixel's centre, or its far edge
        sx, sy, zero = (cw - one) / max(w - one, 1), (ch - one) / max(h - one, 1), left * 0
        x, y = 2 * left / max(w - one, 1) + sx - 1, 2 * top / max(h - one, 1) + sy - 1
        return _rows(sx, zero, x, zero, sy, y)
