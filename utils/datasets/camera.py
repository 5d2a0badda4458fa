"""From a drawn animal to a picture of it: background, things in front, light, noise."""
import numpy as np
from PIL import Image, ImageFilter

from .animal import draw_animal, draw_ledge_paws, random_look
from .backgrounds import BACKGROUNDS, draw_background, draw_front
from .pen import Pen

__all__ = ['draw_one', 'save_picture']

FINE = 3    # the animal is drawn so many times larger and then shrunk, for soft outlines
FEET = dict(sit=3.15, lie=1.9)
LEDGE = 1.1             # height of a ledge below the head, in half head widths


def draw_one(
    breed,               # a `Breed`
    seed: str,           # all that is left to chance follows from it
    size: int,           # pixels a side
    difficulty: float,   # 0 to 1: how much pose, coat, light and things in the way vary
    background: str = None,  # 'indoors' or 'outdoors'; left to chance if None
    tilt: float = None,  # of the head, in degrees; left to chance if None
) -> tuple:              # (picture, dict of species, breed, tilt, background, box, eyes)
    "A picture of one animal, and what is in it; box and eyes in pixels."
    look = random_look(breed, seed, difficulty)
    if tilt is not None: look.tilt = float(tilt)
    background = background or look.rng('where').choice(BACKGROUNDS)
    image, box, eyes = _take_picture(breed, look, size, background, difficulty)
    return image, dict(species=breed.species, breed=breed.name, tilt=look.tilt,
                       background=background, box=box, eyes=eyes)


def save_picture(
    image,       # a picture
    info: dict,  # what `draw_one` tells of it
    to,          # `Path` of the folder of the data set
    name: str,   # file in that folder
) -> dict:       # the picture's row of labels, flat
    "Write one picture and return its labels."
    image.save(to / name, quality=90)
    (x1, y1, x2, y2), ((ax, ay), (bx, by)) = info['box'], info['eyes']
    row = {k: v for k, v in info.items() if k not in ('box', 'eyes')}
    return dict(name=name, **row, x1=x1, y1=y1, x2=x2, y2=y2,
                eye1_x=ax, eye1_y=ay, eye2_x=bx, eye2_y=by)


def _take_picture(breed, look, size, background, difficulty):
    scene = _scene(look, size, background)
    pen = Pen(size * FINE)
    eyes = draw_animal(pen, breed, look)
    box = [round(v / FINE, 1) for v in pen.image.getbbox() or (0, 0, 0, 0)]
    peeks = look.pose == 'peek'
    edge = look.y + LEDGE * look.scale if peeks else None
    draw_front(pen, background, look.rng('front'), edge, .06 + .3 * difficulty)
    if peeks: draw_ledge_paws(pen, breed, look)
    layer = pen.image.reduce(FINE)
    scene.paste(layer, mask=layer)
    return _light(scene, look.rng('light'), difficulty), box, (eyes * size).round(1).tolist()


def _scene(look, size, background):
    pen = Pen(size, Image.new('RGB', (size, size)))
    rng = look.rng('background')
    draw_background(pen, background, rng)
    if look.pose in FEET:     # the animal's shadow
        y, width = look.y + FEET[look.pose] * look.scale, look.scale * 1.9
        pen.glow(look.x, y, width, look.scale * .5, (40, 34, 44), strength=.75)
    blur = rng.uniform(.5, 1.) * size / 96     # out of focus, as behind a near subject
    return pen.image.filter(ImageFilter.GaussianBlur(blur))


def _light(image, rng, difficulty):
    "Exposure, a warm or cool light from one side, a little noise."
    d, size = difficulty, image.size[0]
    warm = rng.uniform(-.14, .14) * d
    gain = 2 ** (rng.uniform(-.6, .3) * d) * np.array([1 + warm, 1, 1 - warm])
    across, down = rng.uniform(-.3, .3) * d, rng.uniform(-.3, .3) * d
    t = np.linspace(-1, 1, size)
    slope = (1 + across * t[None, :, None] + down * t[:, None, None]) * gain
    grain = np.random.RandomState(rng.getrandbits(32)).standard_normal((size, size, 1))
    grain = (grain * (2 + 5 * d * rng.random())).astype(np.float32)
    pixels = np.asarray(image, np.float32) * slope.astype(np.float32) + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
