"""What the shipped body is worth with 20 pictures a class: three seeds, each way at its best rate.

Same pictures, same epochs, the net of chapter 07. From scratch it may choose among four rates, and
fine-tuning among three. The numbers for real photographs are those that the card records.
"""
import json

import numpy as np
import pytest

from utils import (
    DataBlock, Flip, FuncSplitter, Normalize, accuracy, companion_resnet, draw_pets,
    get_image_files, pretrained_weights, real_pets, set_seed, vision_learner)

SCRATCH, TUNE = (3e-3, 1e-2, 3e-2, 1e-1), (3e-3, 1e-2, 3e-2)
pytestmark = pytest.mark.timeout(1800)
SEEDS, PETS_EPOCHS, REAL_EPOCHS, BAR = range(3), 6, 8, .05


def number(file): return int(file.stem.rsplit('_', 1)[1])


def pets(which):
    "The loaders of the chapter: 20 of each breed to learn from, 20 others to judge by."
    files = get_image_files(draw_pets(n=1000, size=48, difficulty=.2))
    mine = [f for f in files if (number(f) - 1) // 20 in (which, 3)]
    norm = Normalize.from_stats(*pretrained_weights(companion_resnet)[1])
    block = DataBlock(get_y=lambda f: f.stem.rsplit('_', 1)[0], batch_tfms=[Flip(), norm],
                      splitter=FuncSplitter(lambda f: number(f) > 60))
    return block.dataloaders(mine, bs=24)


def score(dls, seed, pretrained, rate, epochs):
    "Accuracy after the last epoch."
    set_seed(seed)
    learn = vision_learner(dls, companion_resnet, pretrained=pretrained, metrics=accuracy)
    with learn.no_bar():
        if pretrained: learn.fine_tune(epochs - 1, rate, lr_mult=5)
        else: learn.fit_one_cycle(epochs, rate)
    return learn.recorder.values[-1][-1]


def compared(loaders, epochs):
    "For each way its accuracies at its best rate; prints those of all rates."
    best = {}
    for words, pretrained, rates in (('from scratch', False, SCRATCH),
                                     ('borrowed, fine-tuned', True, TUNE)):
        tried = {}
        for r in rates:
            v = tried[r] = [score(loaders(i), i, pretrained, r, epochs) for i in SEEDS]
            print(f'  {words:<22} rate {r:<6g} {np.mean(v):.3f}   ({min(v):.3f} to {max(v):.3f})')
        best[words] = [round(float(a), 3) for a in max(tried.values(), key=np.mean)]
    return best


def gain(best):
    scratch, tuned = (np.array(v) for v in best.values())
    each = 100 * (tuned - scratch)
    print(f'  borrowing gains {each.mean():.0f} points ({each.min():.0f} to {each.max():.0f})   '
          f'bar {100 * BAR:.0f}')
    return each.mean() / 100


def test_twelve_drawn_breeds():
    print(f'\n12 drawn breeds, 20 pictures of each, {PETS_EPOCHS} epochs')
    assert gain(compared(pets, PETS_EPOCHS)) >= BAR


def test_real_cats_and_dogs():
    if real_pets() is None: pytest.skip('CIFAR-10 is not at hand: name its folder in '
                                        'COMPANION_MIRROR')
    print(f'\nreal cats and dogs, 20 photographs of each, {REAL_EPOCHS} epochs')
    best = compared(real_pets, REAL_EPOCHS)
    print('  for the card:', json.dumps(dict(cats_and_dogs=best)))
    assert gain(best) >= BAR
