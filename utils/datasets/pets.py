"""Cats and dogs of twelve breeds, drawn, so that a first classifier needs no download."""
import random
from functools import partial
from pathlib import Path

from .backgrounds import BACKGROUNDS
from .breeds import BREEDS
from .cache import LABELS, write_once
from .camera import draw_one, save_picture

__all__ = ['draw_pet', 'draw_pets', 'pet_breeds', 'pet_labels']

RARE = .1    # a rare breed is drawn this many times as often as the others


def pet_breeds(
    species: str = None,   # 'cat' or 'dog'; both if not given
) -> list[str]:            # a capital initial is a cat's
    "Names of the six cat and six dog breeds, as the file names have them."
    if species not in (None, 'cat', 'dog'):
        raise ValueError(f'`species={species!r}` is not drawn here: there are cats and dogs. '
                         "Pass 'cat' or 'dog', or nothing for both.")
    kinds = [species] if species else ['cat', 'dog']
    return [name for name, b in BREEDS.items() if b.species in kinds]


def draw_pet(
    breed: str,              # one of `pet_breeds()`
    seed=0,                  # number, text or `random.Random`; the same gives the same picture
    size: int = 96,          # pixels a side
    difficulty: float = .4,  # 0 alike, 1 turned, half hidden, in odd light and rarer coats
    background: str = None,  # 'indoors' or 'outdoors'; left to chance if None
    tilt: float = None,      # of the head, in degrees, positive to the right; chance if None
) -> tuple:                  # (picture, dict of species, breed, tilt, background, box, eyes)
    """Draw one pet, and tell what was drawn.

    The box of the animal is (x1, y1, x2, y2) in pixels, what stands before it not taken off;
    eyes are two points (x, y), the picture's left one first. The same seed draws the same animal
    on another background, with another tilt, at another size.
    >>> draw_pet('beagle', seed=3, tilt=20.)[1]['tilt']
    20.0
    """
    _check(breed=breed, size=size, difficulty=difficulty, background=background)
    seed = f'{seed.random() if isinstance(seed, random.Random) else seed}/{breed}'
    return draw_one(BREEDS[breed], seed, size, difficulty, background, tilt)


def draw_pets(
    n: int = 1800,           # pictures in all
    size: int = 96,          # pixels a side
    seed: int = 42,          # the same seed gives the same files, byte for byte
    difficulty: float = .4,  # 0 to 1, as for `draw_pet`
    bias: float = 0.,        # share of cats put indoors and dogs outdoors; negative: the reverse
    rare: str = None,        # a breed with a tenth as many pictures as the others
    folder=None,             # where to write; the course's data folder if None
) -> Path:                   # folder of JPEG files, `Siamese_12.jpg` a cat, `beagle_3.jpg` a dog
    """Draw a folder of cats and dogs once, and return where it is.

    The other pictures' backgrounds are left to chance. What is in each picture: `pet_labels`.
    """
    _check(n=n, size=size, difficulty=difficulty, bias=bias, breed=rare)
    settings = dict(n=n, size=size, seed=seed, difficulty=difficulty, bias=bias, rare=rare)
    counts, usual = _counts(n, rare), dict(difficulty=.4, bias=0, rare=None)
    return write_once('pets', settings, usual,
                      lambda to: _draw_all(to, counts, size, seed, difficulty, bias), folder)


def _counts(n, rare):
    "How many pictures of each breed."
    names = pet_breeds()
    few = max(1, round(n * RARE / (len(names) - 1 + RARE))) if rare else 0
    usual = [name for name in names if name != rare]
    share, left = divmod(n - few, len(usual))
    counts = {name: share + (i < left) for i, name in enumerate(usual)}
    return {name: few if name == rare else counts[name] for name in names}


def _draw_all(to, counts, size, seed, difficulty, bias):
    "A function for each picture, which writes it into the folder `to` and returns its labels."
    def one(breed, i):
        key = f'{seed}/{breed}/{i}'
        image, info = draw_one(BREEDS[breed], key, size, difficulty, _tied(breed, key, bias))
        return save_picture(image, info, to, f'{breed}_{i}.jpg')
    return [partial(one, breed, i) for breed, n in counts.items() for i in range(1, n + 1)]


def _tied(breed, key, bias):
    "The background that goes with the class, for the share of pictures that `bias` asks."
    if random.Random(f'{key}/bias').random() >= abs(bias): return None
    return BACKGROUNDS[(BREEDS[breed].species == 'dog') ^ (bias < 0)]


def pet_labels(
    folder,   # made by `draw_pets`
):            # DataFrame with a row for each file, in the order of `get_image_files`
    """Read what is in each picture: species, breed, tilt, background, box (x1 … y2), eyes.

    `tilt` is the head's lean in degrees as seen in the picture, positive to the right.
    """
    from pandas import read_csv  # slow to load, and only needed here
    path = Path(folder) / LABELS
    if not path.exists():
        raise FileNotFoundError(f'There is no {LABELS} in {folder}, so it is not a folder of drawn '
                                'pets. Pass what `draw_pets()` returned.')
    return read_csv(path).sort_values('name', ignore_index=True)


def _check(n=None, size=None, difficulty=None, bias=None, breed=None, background=None):
    "Refuse what cannot be drawn, with the reason."
    rules = (
        (breed is None or breed in pet_breeds(),
         f'There is no breed {breed!r} here. Pass one of: {", ".join(pet_breeds())}.'),
        (n is None or int(n) == n >= 12,
         f'`n={n}` cannot be shared among 12 breeds. Pass a whole number of at least 12.'),
        (size is None or int(size) == size and 16 <= size <= 1024,
         f'`size={size}` is not a side that can be drawn. Pass 16 to 1024 pixels.'),
        (difficulty is None or 0 <= difficulty <= 1,
         f'`difficulty={difficulty}` is off the scale. Pass 0 (easy) to 1 (hard).'),
        (bias is None or -1 <= bias <= 1,
         f'`bias={bias}` is not a share. Pass 0 (no tie between class and background) to 1 (all '
         'cats indoors, all dogs outdoors), or down to -1 for the reverse.'),
        (background in (None, *BACKGROUNDS),
         f"`background={background!r}` is not drawn here. Pass 'indoors' or 'outdoors'."),
    )
    for fine, message in rules:
        if not fine: raise ValueError(message)
