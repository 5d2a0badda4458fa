"Pictures at hand, to ask a net about: photographs that come with scikit-image, and drawn pets."
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ...core import PILImage
from ...datasets.pets import draw_pets, pet_breeds
from .looking import SIDE

__all__ = ['SUBJECTS', 'as_tensor', 'gallery', 'subject']

# words: file, square (left, top, side) with the subject
SUBJECTS = {
    'a cat': ('chelsea.png', (75, 0, 300)), 'a motorcycle': ('motorcycle_left.png', (130, 10, 490)),
    'a rocket': ('rocket.jpg', (203, 80, 250)), 'a woman': ('astronaut.png', (60, 0, 330)),
    'a cup of coffee': ('coffee.png', (100, 0, 400))}
OTHERS = {
    'brick': 'brick.png', 'grass': 'grass.png', 'gravel': 'gravel.png', 'coins': 'coins.png',
    'a photographer': 'camera.png', 'galaxies': 'hubble_deep_field.jpg', 'an eye': 'retina.jpg',
    'the moon': 'moon.png', 'tissue': 'ihc.png', 'a page': 'page.png'}
PETS = 96          # drawn ones in the gallery
GRID = 3           # sections along each side of a photograph, beside the whole of it


@lru_cache
def _photo(file):
    "A photograph that comes with scikit-image; importing that would take a second."
    return PILImage.create(Path(find_spec('skimage').origin).parent / 'data' / file)


def as_tensor(
    picture: Image.Image,  # of any size
    square: tuple = None,  # left, top, side of the part to take; the middle if None
) -> Tensor:
    "A square part of a picture as the net sees it, (3, 64, 64), 0 to 1."
    w, h = picture.size
    side = min(w, h)
    left, top, side = square or ((w - side) // 2, (h - side) // 2, side)
    small = picture.resize((SIDE, SIDE), Image.Resampling.BOX if side >= 2 * SIDE else
                           Image.Resampling.BILINEAR, (left, top, left + side, top + side))
    return torch.tensor(np.asarray(small)).permute(2, 0, 1) / 255


@lru_cache
def subject(
    name: str,  # a key of SUBJECTS, or a breed
) -> Tensor:
    "One of the pictures to ask about, (3, 64, 64)."
    if name in SUBJECTS:
        file, square = SUBJECTS[name]
        return as_tensor(_photo(file), square)
    return as_tensor(PILImage.create(_pets() / f'{name}_{PETS // 12}.jpg'))


def _pets(): return draw_pets(n=PETS, size=SIDE, seed=7, difficulty=.2)


def _sections(picture):
    "Squares of a photograph: its middle, and nine smaller ones, as (left, top, side)."
    w, h = picture.size
    side = min(w, h)
    yield (w - side) // 2, (h - side) // 2, side
    small = side // 2
    for row in range(GRID):
        for column in range(GRID):
            yield (w - small) * column // (GRID - 1), (h - small) * row // (GRID - 1), small


@lru_cache
def gallery() -> tuple[Tensor, list]:  # pictures (n, 3, 64, 64), 0 to 1, and what each shows
    "Sections of photographs, and drawn pets."
    files = {words: file for words, (file, _) in SUBJECTS.items()} | OTHERS
    pictures, words = [], []
    for name, file in files.items():
        photo = _photo(file)
        for square in _sections(photo):
            pictures.append(as_tensor(photo, square))
            words.append(name)
    folder = _pets()
    for breed in pet_breeds():
        for i in range(1, PETS // 12 + 1):
            pictures.append(as_tensor(PILImage.create(folder / f'{breed}_{i}.jpg')))
            words.append(breed)
    return torch.stack(pictures), words
