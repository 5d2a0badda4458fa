"""Grizzly, black and teddy bears, drawn: what the book's second chapter looks for on the web."""
from functools import partial
from pathlib import Path

from .breeds import BREEDS
from .cache import write_once
from .camera import draw_one, save_picture

__all__ = ['draw_bears']

BEARS = ('grizzly', 'black', 'teddy')


def draw_bears(
    n: int = 450,            # pictures in all
    size: int = 128,         # pixels a side
    seed: int = 42,          # the same seed gives the same files, byte for byte
    difficulty: float = .4,  # 0 alike, 1 turned, half hidden, in odd light and rarer coats
    folder=None,             # where to write; the course's data folder if None
) -> Path:                   # folder with the folders grizzly, black and teddy
    "Draw bears of three kinds once, a folder for each kind, and return where they are."
    if int(n) != n or n < 3:
        raise ValueError(f'`n={n}` cannot be shared among 3 kinds. '
                         'Pass a whole number of at least 3.')
    settings = dict(n=n, size=size, seed=seed, difficulty=difficulty)
    return write_once('bears', settings, dict(difficulty=.4),
                      lambda to: _draw_all(to, n, size, seed, difficulty), folder)


def _draw_all(to, n, size, seed, difficulty):
    "A function for each picture, which writes it into its kind's folder and returns its labels."
    def one(kind, i):
        image, info = draw_one(BREEDS[kind], f'{seed}/{kind}/{i}', size, difficulty)
        return save_picture(image, info, to, f'{kind}/{kind}_{i:03}.jpg')
    for kind in BEARS: (to / kind).mkdir()
    return [partial(one, kind, i) for k, kind in enumerate(BEARS)
            for i in range(1, (n + 2 - k) // 3 + 1)]
