"""From a drawn animal to a picture of it: background, things in front, light, noise."""
import numpy as np
from PIL import Image, ImageFilter

from .animal import draw_animal, draw_ledge_paws
from .backgrounds import draw_background, draw_front
from .pen import Pen

__all__ = ['take_picture']

FINE, COARSE = 3, 2     # drawn so many times larger and then shrunk: animal, background
FEET = dict(sit=3.15, lie=1.9)
LEDGE = 1.1             # height of a ledge below the head, in half head widths


def take_picture(
    breed,               # a `Breed`
    look,                # a `Look`
    size: int,           # pixels a side
    background: str,     # 'indoors' or 'outdoors'
    difficulty: float,   # 0 to 1: how much light, noise and things in the way vary
) -> tuple:              # (picture, box of the animal, its eyes), both in pixels
    "A picture of one animal, with where it is."
    scene = _scene(look, size, background)
    pen = Pen(size * FINE)
    eyes = draw_animal(pen, breed, look)
    box = [round(v / FINE, 1) for v in pen.image.getbbox() or (0, 0, 0, 0)]
    peeks = look.pose == 'peek'
    edge = look.y + LEDGE * look.scale if peeks else None
    draw_front(pen, background, look.rng('front'), edge, .08 + .4 * difficulty)
    if peeks: draw_ledge_paws(pen, breed, look)
    layer = pen.image.reduce(FINE)
    scene.paste(layer, mask=layer)
    return _light(scene, look.rng('light'), difficulty), box, (eyes * size).round(1).tolist()


def _scene(look, size, background):
    pen = Pen(size * COARSE, Image.new('RGB', (size * COARSE,) * 2))
    rng = look.rng('background')
    draw_background(pen, background, rng)
    if look.pose in FEET:     # the animal's shadow
        y, width = look.y + FEET[look.pose] * look.scale, look.scale * 1.9
        pen.glow(look.x, y, width, look.scale * .5, (40, 34, 44), strength=.75)
    blur = rng.uniform(.2, .9) * size / 96     # out of focus, as behind a near subject
    return pen.image.reduce(COARSE).filter(ImageFilter.GaussianBlur(blur))


def _light(image, rng, difficulty):
    "Exposure, a warm or cool light from one side, a little noise."
    d, size = difficulty, image.size[0]
    warm = rng.uniform(-.14, .14) * d
    gain = 2 ** (rng.uniform(-.6, .35) * d) * np.array([1 + warm, 1, 1 - warm])
    across, down = rng.uniform(-.3, .3) * d, rng.uniform(-.3, .3) * d
    t = np.linspace(-1, 1, size)
    slope = 1 + across * t[None, :, None] + down * t[:, None, None]
    noise = np.random.RandomState(rng.getrandbits(32)).standard_normal((size, size, 1))
    pixels = np.asarray(image, np.float32) * (gain * slope) + noise * (2 + 8 * d * rng.random())
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
