"Batch transforms: throw the dice for a whole batch, then move, light and normalise it at once."
from itertools import groupby

import torch

from .resize import RandomResizedCrop, Resize, TensorTransform, Transform, check_p, need, numbers
from .spatial import Dihedral, Flip, RandomResizedCropGPU, Rotate, Spatial, Warp, Zoom, move_points

__all__ = ['BatchTransforms', 'Brightness', 'Contrast', 'Normalize', 'RandomErasing', 'Saturation',
           'aug_transforms', 'cifar_stats', 'imagenet_stats', 'mnist_stats', 'transform_from_spec']

# Mean and standard deviation of the red, green and blue of well-known sets.
imagenet_stats = ([.485, .456, .406], [.229, .224, .225])
cifar_stats = ([.491, .482, .447], [.247, .243, .261])
mnist_stats = ([.131], [.308])


class _Lighting(TensorTransform):
    "What changes light: it works on logits, where no value can leave 0 to 1."
    order, still = 40, {'change': 1.}

    def __init__(
        self,
        max_lighting=.2,  # greatest change: 0 none, towards 1 all
        p=.75,            # chance of each picture to be changed
        draw=None,        # what to draw: one number, or one per picture; at random if None
        batch=False,      # one draw for the whole batch
    ):
        check_p(p)
        need(0 <= max_lighting < 1,
             f"max_lighting={max_lighting!r} leaves black or white only. Pass 0 to .9.")
        self.max_lighting, self.p, self._draw, self.batch = max_lighting, p, draw, batch

    def draw(self, n, generator=None):
        "Factors for n pictures: twice is as likely as half; 1 changes nothing."
        low = 1 - self.max_lighting
        values = self.values('change', n, low, 1 / low, generator, self._draw, by_factor=True)
        return {'change': values}

    def together(self, xb, pairs):
        "Into logits once, every change, and back once."
        z = torch.logit(xb, eps=1e-7)
        for t, params in pairs: z = t.light(z, params['change'].to(z)[:, None, None, None])
        return z.sigmoid_()


class Brightness(_Lighting):
    "Make pictures darker or brighter: .5 leaves them as they are, 0 is black, 1 white."
    still = {'change': .5}

    def draw(self, n, generator=None):
        "Brightness of n pictures, 0 to 1."
        low, high = .5 * (1 - self.max_lighting), .5 * (1 + self.max_lighting)
        return {'change': self.values('change', n, low, high, generator, self._draw)}

    def light(self, z, change):
        "Shift the logits."
        return z.add_(torch.logit(change, eps=1e-7))


class Contrast(_Lighting):
    "Pull colours away from middle grey, or towards it: 1 leaves them as they are, 0 is all grey."

    def light(self, z, change):
        "Stretch the logits."
        return z.mul_(change)


class Saturation(_Lighting):
    "Make pictures more or less colourful: 1 leaves them as they are, 0 is black and white."

    def light(self, z, change):
        "Move the logits away from, or towards, their grey."
        if z.shape[1] != 3: return z
        grey = (z * z.new_tensor([.2989, .5870, .1140])[:, None, None]).sum(1, keepdim=True)
        return z.mul_(change).add_(grey.mul_(1 - change))


class Normalize(TensorTransform):
    """Give each colour, or each amount of a table, mean 0 and standard deviation 1.

    >>> Normalize.from_stats(*imagenet_stats)(torch.full((1, 3, 1, 1), .5)).squeeze()
    tensor([0.0655, 0.1964, 0.4178])
    """
    order, for_valid, state = 99, True, ('means', 'stds')

    def __init__(
        self,
        mean=None,  # one number per channel; those of the first batch if None
        std=None,   # likewise
    ):
        self.mean, self.std = [None if v is None else numbers(v) for v in (mean, std)]

    @classmethod
    def from_stats(cls, mean, std):
        "Normalise with known numbers, one per channel, such as `imagenet_stats`."
        return cls(mean, std)

    def draw(self, n, generator=None):
        "Nothing: all pictures are treated alike."
        return {}

    def _stats(self, xb):
        need(len(self.mean) in (1, xb.shape[1]),
             f"Normalize knows {len(self.mean)} channels, but these pictures have {xb.shape[1]}. "
             "Pass as many numbers as channels, or Normalize() to measure them.")
        return [xb.new_tensor(v)[:, None, None] for v in (self.mean, self.std)]

    def together(self, xb, pairs):
        "Subtract the mean, divide by the standard deviation."
        if self.mean is None:
            self.mean, self.std = xb.mean((0, 2, 3)).tolist(), (xb.std((0, 2, 3)) + 1e-7).tolist()
        mean, std = self._stats(xb)
        return (xb - mean) / std

    def decode(self, xb):
        "The batch as it was before."
        if self.mean is None: return xb
        mean, std = self._stats(xb)
        return xb * std + mean

    def setups(self, to):
        "Measure each amount of a table, in its training rows."
        amounts = to.train.conts
        self.means = amounts.mean().to_dict()
        self.stds = (amounts.std(ddof=0) + 1e-7).to_dict()

    def encodes(self, to):
        "Subtract the mean, divide by the standard deviation, in a table."
        for n, mean in self.means.items(): to.items[n] = (to.items[n] - mean) / self.stds[n]

    def decodes(self, to):
        "The amounts in their units again."
        for n, mean in self.means.items(): to.items[n] = to.items[n] * self.stds[n] + mean


class RandomErasing(TensorTransform):
    """Fill random rectangles of pictures with noise, so that no single part decides.

    Random Erasing Data Augmentation, https://arxiv.org/abs/1708.04896
    """
    order = 100   # after Normalize, so that the noise has the pictures' own mean and spread

    def __init__(
        self,
        p=.5,           # chance of each picture to lose something
        sl=0.,          # least share of the area that is erased
        sh=.3,          # greatest share
        min_aspect=.3,  # least height / width of a rectangle; the greatest is 1 / min_aspect
        max_count=1,    # rectangles at most; they share the area
    ):
        check_p(p)
        need(0 <= sl <= sh <= 1, f"sl={sl!r}, sh={sh!r} is no range. Pass two shares, 0 to 1.")
        self.p, self.sl, self.sh, self.min_aspect, self.max_count = p, sl, sh, min_aspect, max_count

    def draw(self, n, generator=None):
        "Number, area, shape and place of the rectangles of n pictures, and a seed for the noise."
        u = torch.rand(6, n, self.max_count, generator=generator)
        count = (u[0, :, 0] < self.p) * (1 + (u[1, :, 0] * self.max_count).long())
        seed = torch.randint(2**62, (), generator=generator)
        return {'count': count, 'area': self.sl + (self.sh - self.sl) * u[2],
                'aspect': self.min_aspect ** (1 - 2 * u[3]), 'row': u[4], 'col': u[5], 'seed': seed}

    def boxes(self, params, h, w):
        "(picture, first row, last row, first column, last column) of every rectangle."
        for i, count in enumerate(params['count'].tolist()):
            for j in range(count):
                area, aspect = params['area'][i, j] * h * w / count, params['aspect'][i, j]
                tall, wide = [round(a.sqrt().item()) for a in (area * aspect, area / aspect)]
                row, col = params['row'][i, j], params['col'][i, j]
                top, left = int(row * (max(h - tall, 0) + 1)), int(col * (max(w - wide, 0) + 1))
                yield i, top, min(top + tall, h), left, min(left + wide, w)

    def together(self, xb, pairs):
        "Write noise into a copy."
        xb = xb.clone()
        for t, params in pairs:
            noise = torch.Generator(xb.device).manual_seed(params['seed'].item())
            for i, top, bottom, left, right in t.boxes(params, *xb.shape[-2:]):
                xb[i, :, top:bottom, left:right].normal_(generator=noise)
        return xb


class BatchTransforms:
    """Batch transforms as one: pictures are moved in one step, and lit in one, whatever the number.

    `draw` once, then `apply` to pictures, and to what belongs to them: masks, points, boxes.
    """

    def __init__(
        self,
        tfms=(),  # batch transforms, and functions of a batch, which come first
    ):
        tfms = list(tfms or ()) if isinstance(tfms, (list, tuple, type(None))) else [tfms]
        tfms = [t() if isinstance(t, type) else t for t in tfms]
        for t in tfms: need(not isinstance(t, (Resize, RandomResizedCrop)),
                            f"{t!r} is for one picture, not for a batch. Pass it in item_tfms.")
        self.tfms = sorted(tfms, key=lambda t: getattr(t, 'order', 0))

    def draw(self, n, generator=None, train=True):
        "Dice for n pictures, as (transform, params); without `train`, what validation needs."
        tfms = [t for t in self.tfms if train or getattr(t, 'for_valid', True)]
        return [(t, None if not isinstance(t, TensorTransform) else
                 t.draw(n, generator) if train else t.neutral(n)) for t in tfms]

    def apply(self, xb, drawn):
        "The batch changed as drawn."
        for _, pairs in groupby(drawn, key=lambda pair: getattr(pair[0], 'order', 0)):
            pairs = list(pairs)
            if isinstance(pairs[0][0], TensorTransform):
                xb = pairs[0][0].together(TensorTransform.check(xb), pairs)
            else:
                for t, _ in pairs: xb = t(xb)
        return xb

    def __call__(self, xb, train=True, generator=None):
        return self.apply(xb, self.draw(len(xb), generator, train))

    def masks(self, mb, drawn):
        "Masks of whole numbers, (n, height, width), moved as their pictures are."
        pairs = _moves(drawn)
        if not pairs: return mb
        return pairs[0][0].together(mb[:, None].float(), pairs, 'nearest')[:, 0].to(mb.dtype)

    def points(self, points, drawn, size):
        """Where points of pictures of (height, width) `size` are afterwards, be it outside.

        They are (n, k, 2), x and y in pixels; (0, 0) is the centre of the first pixel.
        """
        pairs = _moves(drawn)
        return move_points(points, pairs, size) if pairs else points

    def boxes(self, boxes, drawn, size):
        """The upright boxes around the moved corners of `boxes`, be it outside.

        They are (n, k, 4), x1, y1, x2, y2 in pixels; the picture's is (0, 0, width, height).
        """
        corners = (boxes - .5)[..., [0, 1, 2, 1, 0, 3, 2, 3]].reshape(len(boxes), -1, 2)
        corners = self.points(corners, drawn, size).view(*boxes.shape[:2], 4, 2)
        return torch.cat([corners.amin(2), corners.amax(2)], -1) + .5


def _moves(drawn): return [(t, params) for t, params in drawn if isinstance(t, Spatial)]


def aug_transforms(
    mult=1.,                         # multiplies max_rotate, max_lighting and max_warp
    do_flip=True, flip_vert=False,   # mirror half of the pictures; and upside down, and in quarters
    max_rotate=10.,                  # greatest angle either way, degrees
    min_zoom=1., max_zoom=1.1,       # least and greatest enlargement
    max_lighting=.2,                 # greatest change of brightness and contrast
    max_warp=.2,                     # greatest tilt
    p_affine=.75, p_lighting=.75,    # chance of each picture, for each of these
    xtra_tfms=None,                  # more transforms, to come along
    size=None, mode='bilinear', pad_mode='reflection', align_corners=True, batch=False,  # see Flip
    min_scale=1.,                    # below 1: cut out a part, at least this share of the area
) -> list:
    "The usual augmentations of photographs: flip, turn, zoom, tilt, brightness and contrast."
    kw = dict(size=size if min_scale == 1 else None, mode=mode, pad_mode=pad_mode,
              align_corners=align_corners, batch=batch)
    light = dict(max_lighting=max_lighting * mult, p=p_lighting, batch=batch)
    res = [do_flip and (Dihedral if flip_vert else Flip)(.5, **kw),
           max_warp and Warp(max_warp * mult, p_affine, **kw),
           max_rotate and Rotate(max_rotate * mult, p_affine, **kw),
           (min_zoom < 1 or max_zoom > 1) and Zoom(min_zoom, max_zoom, p_affine, **kw),
           max_lighting and Brightness(**light), max_lighting and Contrast(**light),
           min_scale != 1 and RandomResizedCropGPU(**{**kw, 'size': size}, min_scale=min_scale,
                                                   ratio=(1, 1))]
    return [t for t in res if t] + list(xtra_tfms or [])


_KINDS = {t.__name__: t for t in (
    Resize, RandomResizedCrop, Flip, Dihedral, Rotate, Zoom, Warp, RandomResizedCropGPU, Brightness,
    Contrast, Saturation, RandomErasing, Normalize)}


def transform_from_spec(
    spec: dict,  # what `spec()` of a transform returned
) -> Transform:
    "Rebuild a transform from words and numbers; only those of this package are known."
    args = dict(spec)
    name = args.pop('name', None)
    need(isinstance(name, str) and name in _KINDS,
         f"{name!r} is no transform of this package, so it cannot be rebuilt. Known are "
         f"{', '.join(_KINDS)}. Export the model again without it.")
    try: return _KINDS[name](**args)
    except TypeError as e:
        raise ValueError(f"{name} cannot be rebuilt from {args}: {e}. "
                         "Export the model again with this version.") from None
