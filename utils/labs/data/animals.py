"Several photographs of each of many animals, for splits that do or do not keep them together."
import random

import numpy as np
import torch

from ...datasets.pets import draw_pet, pet_breeds

__all__ = ['photograph_animals']

TURN = 6.    # standard deviation of the head's tilt from photo to photo, in degrees


def photograph_animals(
    animals: int = 96,   # how many; the twelve breeds take turns
    each: int = 4,       # photographs of each animal, in one place, moments apart
    size: int = 32,      # pixels a side
    seed: int = 0,       # another seed, other animals
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:   # pictures (n, 3, size, size), breed, animal
    """Photograph animals several times each; only the head moves from photo to photo.

    >>> [t.shape[0] for t in photograph_animals(animals=2, each=3)]
    [6, 6, 6]
    """
    pictures, breeds = [], pet_breeds()
    for animal in range(animals):
        breed, key, dice = breeds[animal % len(breeds)], f'{seed}/{animal}', random.Random(animal)
        first, info = draw_pet(breed, key, size)
        photos = [draw_pet(breed, key, size, background=info['background'],
                           tilt=info['tilt'] + dice.gauss(0, TURN))[0] for _ in range(each - 1)]
        pictures += [np.asarray(p) for p in (first, *photos)]
    x = torch.as_tensor(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    animal = torch.arange(animals).repeat_interleave(each)
    return x, animal % len(breeds), animal
