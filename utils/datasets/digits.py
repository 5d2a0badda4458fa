"""Real handwritten digits of 8 × 8, and how any picture of a digit becomes one."""
import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from ..core import PILImage

__all__ = ['load_digits', 'encode_digit', 'digit_bitmap', 'count_blocks', 'vary_digit']

BOX = 32            # side of the bitmap that is counted in blocks of 4 × 4 dots
INK = 317           # dots of ink in the bitmap: nearly the same for all digits of the set
WIDTH = 22          # dots that most digits of the set are wide
STRETCH = 1.25      # a narrow digit is widened at most this much
LEAN = .6           # strongest slant that is set upright, as a tangent
NO_DIGIT = ('This picture shows no digit: {}. Show one digit, in dark ink on plain light paper or '
            'the other way round.')


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """The 1,797 digits: images (1797, 8, 8) from 0 (paper) to 1 (ink), and labels (1797,).

    Read from the file inside scikit-learn without loading scikit-learn. Source: E. Alpaydin and
    C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI repository, 1998, CC BY 4.0.

    >>> load_digits()[0].shape
    (1797, 8, 8)
    """
    spec = find_spec('sklearn')
    folders = list((spec and spec.submodule_search_locations) or [])
    files = [Path(f, 'datasets', 'data', 'digits.csv.gz') for f in folders]
    found = next((f for f in files if f.is_file()), None)
    if found is None:
        missing = 'its file digits.csv.gz is missing' if folders else 'it is not installed'
        raise FileNotFoundError(f'The digits lie inside scikit-learn, but {missing}. '
                                'Type: pip install --force-reinstall scikit-learn')
    with gzip.open(found) as f: table = np.loadtxt(f, delimiter=',', dtype=np.float32)
    return table[:, :64].reshape(-1, 8, 8) / 16, table[:, 64].astype(np.int64)


def encode_digit(
    image,  # a path, bytes, an array or a picture of one digit, dark on light or light on dark
) -> np.ndarray:
    """Turn a picture of a digit into 8 × 8 numbers from 0 to 1, made as the digits set was.

    The ink is cut out, set upright, scaled to fill a 32 × 32 bitmap from top to bottom and given
    the set's usual stroke; then each 4 × 4 block is counted. After M. Garris et al., *NIST
    Form-Based Handprint Recognition System*, 1994.

    >>> bar = np.zeros((40, 40)); bar[8:32, 18:22] = 1.
    >>> encode_digit(bar).max(0).argmax().item()
    3
    """
    return count_blocks(digit_bitmap(image))


def digit_bitmap(
    image,  # as for `encode_digit`
) -> np.ndarray:
    "All of `encode_digit` but its last step: the digit as black and white dots, (32, 32) of bool."
    return _normalised(_ink(image))


def count_blocks(
    dots: np.ndarray,  # (32, 32) of bool, as `digit_bitmap` makes them
) -> np.ndarray:
    """The last step of `encode_digit`: the share of black dots in each 4 × 4 block, (8, 8).

    >>> count_blocks(np.eye(32, dtype=bool))[0, :2].tolist()
    [0.25, 0.0]
    """
    return dots.reshape(8, 4, 8, 4).sum((1, 3)).astype(np.float32) / 16


def _normalised(ink):
    "Ink (h, w) from 0 to 1 → upright, filling the box, with the usual stroke: (32, 32) of bool."
    return _even_stroke(_fill_box(_upright(_crop(ink))))


def _ink(image):
    "How much ink each pixel holds, 0 to 1; the light and shade of the paper are taken away."
    grey = PILImage.create(image).convert('L')
    grey.thumbnail((256, 256), Image.Resampling.BOX)
    a = np.asarray(grey, dtype=np.float32) / 255
    if min(a.shape) < 8: raise ValueError(NO_DIGIT.format('it is smaller than 8 pixels'))
    away = _paper(a) - a                                    # (h, w) above 0: darker than the paper
    away *= 1 if away.max() >= -away.min() else -1          # light ink on a dark ground
    level, ink, rest = _threshold(away)
    if ink - rest < .12: raise ValueError(NO_DIGIT.format('it is blank, or its ink too pale'))
    ink = ((away - level) / (ink - rest) + .5).clip(0, 1)   # half ink where paper and ink meet
    if (ink > .5).mean() > .5: raise ValueError(NO_DIGIT.format('it has more ink than paper'))
    return ink


def _paper(a):
    "The brightness that the empty paper has everywhere: a smooth surface through its bright parts."
    def terms(y, x): return np.stack([x ** 0, x, y, x * y, x * x, y * y], -1)    # (..., 6)
    y, x = np.mgrid[-1:1:a.shape[0] * 1j, -1:1:a.shape[1] * 1j].astype(np.float32)
    few = slice(None, None, max(min(a.shape) // 40, 1))     # every sixth row and column is enough
    some, v = terms(y, x)[few, few].reshape(-1, 6), a[few, few].ravel()
    border = abs(some[:, 1:3]).max(1) > .9
    paper = abs(v - np.median(v[border])) < .3              # first guess: as bright as the border
    for _ in range(5):
        surface = np.linalg.lstsq(some[paper], v[paper], rcond=None)[0]
        off = abs(v - some @ surface)
        paper = off <= max(2.5 * np.median(off), .02)
    return terms(y, x) @ surface


def _threshold(away):
    "The level that best parts ink from paper (Otsu 1979), and the average on either side of it."
    counts, edges = np.histogram(away, 64, (0, max(float(away.max()), 1e-6)))
    mids = (edges[1:] + edges[:-1]) / 2
    n, total = counts.cumsum(), (counts * mids).cumsum()
    low, high = total / np.maximum(n, 1), (total[-1] - total) / np.maximum(n[-1] - n, 1)
    best = np.argmax(n * (n[-1] - n) * (high - low) ** 2)   # both sides vary least
    return edges[best + 1], high[best], low[best]


def _crop(ink):
    "The box around the ink."
    rows, cols = (np.flatnonzero((ink > .5).any(axis)) for axis in (1, 0))
    if not len(rows): raise ValueError(NO_DIGIT.format('it is blank'))
    return ink[rows[0]:rows[-1] + 1, cols[0]:cols[-1] + 1]


def _upright(ink):
    "Shear the slant away, so that the digit's own axis stands upright."
    y, x = np.nonzero(ink > .5)
    x, y = x - x.mean(), y - y.mean()
    slant = np.clip((x * y).sum() / max((y * y).sum(), 1), -LEAN, LEAN)
    h, w = ink.shape
    extra = int(abs(slant) * h) + 2                          # columns that the shear may need
    shear = (1, slant, -extra - slant * h / 2, 0, 1, 0)      # where each new pixel comes from
    picture = Image.fromarray(np.ascontiguousarray(ink, dtype=np.float32))
    sheared = picture.transform((w + 2 * extra, h), Image.Transform.AFFINE, shear,
                                Image.Resampling.BILINEAR)
    return _crop(np.asarray(sheared))


def _fill_box(ink):
    "Scale to the full height of the box and, within reason, to the set's usual width; centre it."
    h, w = ink.shape
    width = max(round(min(w * BOX / h * STRETCH, WIDTH)), 3)
    small = Image.fromarray(ink).resize((width, BOX), Image.Resampling.BOX)
    res = np.zeros((BOX, BOX), np.float32)
    left = (BOX - width) // 2
    res[:, left:left + width] = np.asarray(small)
    return res


def _even_stroke(box):
    "Keep the dots that hold most ink or lie nearest to it, as many as the set's digits have."
    steps = np.arange(BOX)
    near = np.exp(-(steps[:, None] - steps) ** 2 / 5)        # a blur of about 1.6 dots
    near = np.where(abs(steps[:, None] - steps) > 4, 0, near)
    near /= near[BOX // 2].sum()
    score = box + near @ box @ near.T                        # thin strokes grow, thick ones shrink
    least = np.partition(score.ravel(), -INK)[-INK]
    return score >= max(least, .02)


def vary_digit(
    image: np.ndarray,         # one digit of the set, (8, 8)
    rng: np.random.Generator,  # where the dice come from
) -> np.ndarray:
    """The digit as another hand might have written it: turned, slanted, tapered, bent, other pen.

    It is changed as a larger picture and then encoded like a drawing, once more (8, 8).

    >>> vary_digit(load_digits()[0][0], np.random.default_rng(1)).shape
    (8, 8)
    """
    size = 64
    large = Image.fromarray(np.pad(image, 1)).resize((size, size), Image.Resampling.BICUBIC)
    rows, cols = ((v + 1) / 2 * (size - 1) for v in _bent_grid(size, rng))
    near = [v.round().clip(0, size - 1).astype(int) for v in (rows, cols)]
    pen = rng.uniform(.3, .7)                                # where ink begins: thick or thin
    ink = ((np.asarray(large)[tuple(near)] - pen) * 4 + .5).clip(0, 1)
    return count_blocks(_normalised(ink))


def _bent_grid(size, rng):
    "From where in a picture, rows and columns from -1 to 1, each pixel of the new one comes."
    y, x = np.mgrid[-1.1:1.1:size * 1j, -1.1:1.1:size * 1j]
    turn, slant = np.radians(rng.uniform(-12, 12)), rng.uniform(-.35, .35)
    width, taper = np.exp(rng.uniform(-.3, .3)), rng.uniform(-.3, .3)
    turned = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    wave, start, (dx, dy) = rng.uniform(1, 4.5, 4), rng.uniform(0, 6.28, 4), rng.uniform(0, .1, 2)
    bend = [np.sin(f * v + s) for f, s, v in zip(wave, start, (y, x, x, y))]
    cols = (turned[0] + slant * turned[1]) * width * (1 + taper * turned[1])
    return turned[1] + dy * (bend[2] + bend[3]), cols + dx * (bend[0] + bend[1])
