"""Several cats and dogs in one picture, each with its box: what a detector learns from."""
import json
import random
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from .animal import draw_animal, random_look
from .backgrounds import BACKGROUNDS, draw_background
from .breeds import BREEDS
from .cache import LABELS, read_labels, write_once
from .camera import FINE, _light
from .pen import Pen
from .pets import _check, pet_breeds

__all__ = ['draw_scene', 'draw_scenes', 'scene_labels', 'scene_masks']

MOST = 6                  # pets in one picture
ROOM = 5.8                # half head widths a side that an animal is sure to fit into
NEAR, FAR = .115, .062    # half head width as a share of the picture, in front and behind
HORIZON = .5              # the farthest stand about here
CROWD = .3                # greatest overlap (intersection over union) of two boxes
TRIES = 12                # places that are tried for a pet before it is left out


def draw_scene(
    seed=0,                  # number or text; the same gives the same picture
    size: int = 128,         # pixels a side
    pets: int = None,        # how many at most, 1 to 6; left to chance if None
    difficulty: float = .3,  # 0 to 1: how much coat, pose and light vary
    background: str = None,  # 'indoors' or 'outdoors'; left to chance if None
) -> tuple:                  # (picture, list of dicts of species, breed, box; the nearest last)
    """Draw one to six pets in one picture, and tell which are where.

    A box is (x1, y1, x2, y2) in pixels and holds the whole animal as far as it is inside the
    picture, what stands before it not taken off. Who finds no place is left out.
    """
    _check_scene(pets, size=size, difficulty=difficulty, background=background)
    rng, background, placed = _staged(seed, size, pets, difficulty, background)
    pen = Pen(size, Image.new('RGB', (size, size)))
    draw_background(pen, background, rng)
    scene = pen.image.filter(ImageFilter.GaussianBlur(.6 * size / 96))
    for _, layer, box in placed: _put(scene, layer, box)
    found = [dict(species=BREEDS[breed].species, breed=breed,
                  box=[max(x1, 0), max(y1, 0), min(x2, size), min(y2, size)])
             for breed, _, (x1, y1, x2, y2) in placed]
    return _light(scene, rng, difficulty), found


def scene_masks(
    seed=0,                  # this and the others as for `draw_scene`
    size: int = 128,         # pixels a side
    pets: int = None,        # how many at most
    difficulty: float = .3,  # 0 to 1
) -> np.ndarray:             # whole numbers, (size, size)
    "For each pixel of a scene, the pet that is seen there: 1 for the first box; 0 for none."
    _check_scene(pets, size=size, difficulty=difficulty)
    mask = Image.new('L', (size, size))
    for i, (_, layer, box) in enumerate(_staged(seed, size, pets, difficulty)[2], 1):
        mask.paste(i, box, layer.getchannel('A').point(lambda a: 255 * (a > 127)))
    return np.asarray(mask)


def _staged(seed, size, pets, difficulty, background=None):
    "The dice of a scene, its background, and (breed, cut-out animal, box) of each pet."
    rng = random.Random(f'{seed}/scene')
    background = background or rng.choice(BACKGROUNDS)
    count = rng.randint(1, MOST)
    return rng, background, _places(rng, seed, pets or count, size, difficulty)


def _check_scene(pets, **settings):
    "Refuse what cannot be drawn, with the reason."
    _check(**settings)
    if pets is not None and pets not in range(1, MOST + 1): raise ValueError(
        f'`pets={pets}` do not fit into a scene. Pass 1 to {MOST}, or nothing to leave it to '
        'chance.')


def _places(rng, seed, count, size, difficulty):
    "(breed, cut-out animal, box) of each pet that found a place, the farthest first."
    placed = []
    for i in range(count):
        breed, depth = rng.choice(pet_breeds()), rng.random()
        unit = size * (FAR + (NEAR - FAR) * depth) * 2 ** rng.uniform(-.15, .15)
        layer = _cut_out(BREEDS[breed], f'{seed}/{i}/{breed}', unit, difficulty)
        w, h = layer.size
        bottom = size * (HORIZON + (1.03 - HORIZON) * depth)
        for _ in range(TRIES):
            x, y = rng.uniform(-.12 * w, size - .88 * w), bottom + rng.uniform(-.1, .03) * size
            y = max(y, h * .92)                        # nobody loses the ears
            box = round(x), round(y) - h, round(x) + w, round(y)
            if all(_overlap(box, other) <= CROWD for *_, other in placed): break
        else: continue
        placed.append((breed, layer, box))
    return sorted(placed, key=lambda p: p[2][3])


def _cut_out(breed, seed, unit, difficulty):
    "One sitting or lying animal on a transparent layer that just holds it."
    look = random_look(breed, seed, difficulty)
    if look.pose == 'peek': look.pose = 'sit'          # there is no ledge to peek over
    look.scale = 1 / ROOM
    look.x = .5 if look.pose == 'sit' else .5 + (.15 if look.mirror else -.15)
    look.y = .35 if look.pose == 'sit' else .5
    pen = Pen(round(ROOM * unit) * FINE)
    draw_animal(pen, breed, look)
    layer = pen.image.reduce(FINE)
    return layer.crop(layer.getbbox())


def _put(scene, layer, box):
    "An animal and its shadow into the picture."
    x1, y1, x2, y2 = (v / scene.width for v in box)
    shadow = (x2 - x1) * .6, (x2 - x1) * .16
    Pen(scene.width, scene).glow((x1 + x2) / 2, y2, *shadow, (40, 34, 44), strength=.7)
    scene.paste(layer, box, layer)


def _overlap(a, b):
    "Intersection over union of two boxes."
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / sum(((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b)), -both)


def draw_scenes(
    n: int = 400,            # pictures in all
    size: int = 128,         # pixels a side
    seed: int = 42,          # the same seed gives the same files, byte for byte
    difficulty: float = .3,  # 0 to 1, as for `draw_scene`
    folder=None,             # where to write; the course's data folder if None
) -> Path:                   # folder of JPEG files, `scene_0001.jpg` and so on
    """Draw a folder of scenes with one to six pets once, and return where it is.

    What is in each picture, with its boxes: `scene_labels`.
    """
    _check(size=size, difficulty=difficulty)
    if int(n) != n or n < 1: raise ValueError(f'`n={n}` is no number of pictures. Pass 1 or more.')
    settings = dict(n=n, size=size, seed=seed, difficulty=difficulty)

    def one(to, i):
        image, found = draw_scene(f'{seed}/{i}', size, difficulty=difficulty)
        image.save(to / f'scene_{i:04}.jpg', quality=90)
        return dict(name=f'scene_{i:04}.jpg', pets=json.dumps(found))
    return write_once('scenes', settings, dict(difficulty=.3),
                      lambda to: [partial(one, to, i) for i in range(1, n + 1)], folder)


def scene_labels(
    folder,                  # made by `draw_scenes`
    names: str = 'species',  # what to call the pets: 'species' (cat, dog) or 'breed' (twelve)
) -> dict:                   # file name → (boxes, names), the farthest pet first
    "Read the boxes (x1, y1, x2, y2) in pixels and the names of all pets in a folder of scenes."
    if names not in ('species', 'breed'): raise ValueError(
        f"`names={names!r}` is not known of the pets. Pass 'species' or 'breed'.")
    if not (Path(folder) / LABELS).exists(): raise FileNotFoundError(
        f'There is no {LABELS} in {folder}, so it is not a folder of scenes. Pass what '
        '`draw_scenes()` returned.')
    pets = {row['name']: json.loads(row['pets']) for row in read_labels(folder)}
    return {k: ([p['box'] for p in v], [p[names] for p in v]) for k, v in pets.items()}
