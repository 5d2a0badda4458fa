"""A pen that draws smooth shapes on a transparent layer, in coordinates of its own."""
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageDraw

__all__ = ['Pen', 'mix', 'oval', 'smooth', 'tufts']

TURN = np.linspace(0, 2 * np.pi, 37)[:-1]
COS, SIN = np.cos(TURN), np.sin(TURN)
WHOLE = np.eye(2, 3)
ACROSS = np.linspace(-1, 1, 64)
SPOT = 255 * np.clip(1 - np.hypot(ACROSS, ACROSS[:, None]), 0, 1) ** .8    # bright in the middle
SPOTS = [Image.fromarray((SPOT * i / 20).astype(np.uint8)) for i in range(21)]


def mix(
    a: tuple,    # red, green, blue, 0 to 255
    b: tuple,    # likewise
    t: float,    # 0 gives `a`, 1 gives `b`
) -> tuple:      # whole numbers
    "A colour on the way from `a` to `b`."
    (r, g, b), (u, v, w) = a, b
    return round(r + (u - r) * t), round(g + (v - g) * t), round(b + (w - b) * t)


def oval(
    x: float,            # centre
    y: float,
    rx: float,           # half width
    ry: float,           # half height
    cheek: float = 0,    # how much wider at the bottom than at the top
    square: float = 1,   # below 1: towards a rounded rectangle
) -> np.ndarray:         # (36, 2)
    "Points of an egg-shaped closed outline."
    c, s = COS, SIN
    if square != 1: c, s = np.sign(c) * abs(c) ** square, np.sign(s) * abs(s) ** square
    out = np.empty((len(c), 2))
    out[:, 0] = x + rx * c * (1 + cheek * s) if cheek else x + rx * c
    out[:, 1] = y + ry * s
    return out


def smooth(
    points,            # corners of a closed shape, (n, 2)
    steps: int = 7,    # points drawn for each corner
) -> np.ndarray:       # (n * steps, 2)
    "A closed curve through all `points` (Catmull-Rom)."
    return _catmull_rom(len(points), steps) @ np.asarray(points, float)


@lru_cache
def _catmull_rom(n, steps):
    "How much each corner counts at each point of the curve, (n * steps, n)."
    t, matrix = np.arange(steps) / steps, np.zeros((n, steps, n))
    weights = np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3,
                        t + 4 * t**2 - 3 * t**3, t**3 - t**2]) / 2       # of four corners in a row
    for i in range(n):
        for k in range(4): matrix[i, :, (i + k - 1) % n] += weights[k]
    return matrix.reshape(-1, n)


def tufts(
    points: np.ndarray,   # a closed outline, (n, 2)
    count: int,           # tufts all around
    depth: float,         # how far they stick out
) -> np.ndarray:          # (5 * count, 2)
    "The same outline with fur standing out in soft points."
    at = np.linspace(0, len(points), 5 * count, endpoint=False)
    i, t = at.astype(int), (at % 1)[:, None]
    p = points[i] * (1 - t) + points[(i + 1) % len(points)] * t
    out = p - points.mean(0)
    out *= depth / (np.sqrt((out * out).sum(1, keepdims=True)) + 1e-9)
    tuft = np.array([0, .35, .75, 1, .45])                   # leans to one side
    sizes = .75 + .25 * np.sin(2.4 * np.arange(count))       # no two neighbours alike
    return p + out * np.outer(sizes, tuft).reshape(-1, 1)


class Mask(NamedTuple):
    "Where a shape is: grey values, and which part of the layer they stand for."

    image: Image.Image
    box: tuple     # x1, y1, x2, y2 in pixels

    def part(self, box):
        "The grey values of a smaller box."
        x, y = self.box[:2]
        return self.image.crop((box[0] - x, box[1] - y, box[2] - x, box[3] - y))


class Pen:
    "Draws on a transparent square layer; `at` gives a pen with moved, turned or mirrored axes."

    def __init__(
        self,
        size: int,                      # pixels a side
        image: Image.Image = None,      # draw on this instead of a new layer
        matrix: np.ndarray = None,      # (2, 3), own coordinates to the unit square
        draw=None,                      # the `ImageDraw` of `image`, where there is one
    ):
        self.size, self.image = size, image or Image.new('RGBA', (size, size))
        self.draw = draw or ImageDraw.Draw(self.image)
        self.matrix = WHOLE if matrix is None else matrix
        self.turn, self.start = self.matrix[:, :2].T * size, self.matrix[:, 2] * size
        self.unit = math.hypot(*self.turn[0].tolist())      # pixels in one of its own units

    def at(self, x=0., y=0., scale=1., degrees=0., mirror=False):
        "A pen with its origin at (x, y), turned clockwise by `degrees`, on the same layer."
        c, s = math.cos(math.radians(degrees)) * scale, math.sin(math.radians(degrees)) * scale
        flip = -1 if mirror else 1
        own = np.array([[c * flip, -s, x], [s * flip, c, y], [0, 0, 1]])
        return Pen(self.size, self.image, self.matrix @ own, self.draw)

    def pixels(self, points):
        "Own coordinates as pixels of the layer, (n, 2)."
        return np.asarray(points, float) @ self.turn + self.start

    def fill(self, points, color, edge=None, width=.045):
        "An opaque shape, with a soft outline of colour `edge` around it."
        p = self.pixels(points).ravel().tolist()
        if edge: self.draw.line(p + p[:4], edge, max(1, round(2 * width * self.unit)))
        self.draw.polygon(p, fill=tuple(color))

    def line(self, points, color, width=.05):
        "A stroke with round ends."
        p, w = self.pixels(points), max(1, width * self.unit)
        self.draw.line(p.ravel().tolist(), color, round(w), 'curve' if w > 2 else None)
        if w > 3:
            for x, y in (p[0], p[-1]):
                self.draw.ellipse([x - w / 2, y - w / 2, x + w / 2, y + w / 2], fill=color)

    def mask(self, *shapes):
        "A `Mask` that is white inside any of the outlines `shapes`."
        return self._mask([self.pixels(p) for p in shapes], 255)

    def _mask(self, shapes, value, within=(0, 0, 10**6, 10**6)):
        p = shapes[0] if len(shapes) == 1 else np.concatenate(shapes)
        (x1, y1), (x2, y2) = p.min(0).tolist(), p.max(0).tolist()
        box = _overlap((x1 // 1, y1 // 1, x2 // 1 + 2, y2 // 1 + 2), (0, 0, self.size, self.size))
        box = _overlap(box, within)
        image = Image.new('L', (box[2] - box[0], box[3] - box[1]))
        draw = ImageDraw.Draw(image)
        for p in shapes:
            draw.polygon((p - box[:2]).ravel().tolist(), fill=value)
        return Mask(image, box)

    def paint(self, shapes, color, clip, strength=1.):
        "Colour laid over what is there, inside `clip` only; `shapes` is a list of outlines."
        mask = self._mask([self.pixels(p) for p in shapes], round(255 * strength), clip.box)
        if mask.image.width and mask.image.height:
            inside = ImageChops.multiply(mask.image, clip.part(mask.box))
            self.image.paste(color, mask.box, inside)

    def glow(self, x, y, rx, ry, color, clip=None, strength=1.):
        "A soft spot of light, shade or colour, inside `clip` only if one is given."
        (cx, cy), unit = self.pixels((x, y)).tolist(), self.unit
        x1, y1 = round(cx - rx * unit), round(cy - ry * unit)
        w, h = round(2 * rx * unit), round(2 * ry * unit)
        box = _overlap((x1, y1, x1 + w, y1 + h), clip.box if clip else (0, 0, self.size, self.size))
        if box[0] == box[2] or box[1] == box[3]: return
        k, m = 64 / w, 64 / h
        part = (box[0] - x1) * k, (box[1] - y1) * m, (box[2] - x1) * k, (box[3] - y1) * m
        spot = SPOTS[round(20 * strength)].resize((box[2] - box[0], box[3] - box[1]),
                                                  Image.Resampling.BILINEAR, part)
        if clip: spot = ImageChops.multiply(spot, clip.part(box))
        self.image.paste(color, box, spot)


def _overlap(a, b):
    "What two boxes share; of no width or height if nothing."
    x, y = max(a[0], b[0]), max(a[1], b[1])
    return int(x), int(y), int(max(x, min(a[2], b[2]))), int(max(y, min(a[3], b[3])))
