"""The two trainings of chapter 01, over seeds: error and processor time.

Seconds are processor time on one thread, which other programs at work disturb least; on a quiet
machine that is the time on the clock.
"""
import time

import pytest

from utils import (ImageDataLoaders, Learner, Resize, companion_resnet, draw_pets, error_rate,
                   get_image_files, load_digits, set_seed, small_cnn, vision_learner)

import torch  # isort: skip  after utils, which sets the thread policy


def digits():
    dls = ImageDataLoaders.from_arrays(*load_digits(), valid_pct=.2, seed=42, bs=32)
    learn = Learner(dls, small_cnn(1, 10), metrics=error_rate)
    return learn, lambda: learn.fit_one_cycle(10, 1e-2)


def is_cat():
    path = draw_pets()
    dls = ImageDataLoaders.from_name_func(
        path, get_image_files(path), valid_pct=.2, seed=42, label_func=lambda x: x[0].isupper(),
        item_tfms=Resize(128), bs=16)
    learn = vision_learner(dls, companion_resnet, metrics=error_rate)
    return learn, lambda: learn.fine_tune(1, 1e-2, lr_mult=5)


@pytest.mark.parametrize('what, bar, most', [(digits, .02, 10), (is_cat, .01, 30)],
                         ids=['digits', 'is_cat'])
def test_few_are_wrong_after_seconds_of_training(what, bar, most):
    torch.set_num_threads(1)
    print()
    for seed in (42, 1, 2, 3, 4):
        set_seed(seed)
        learn, train = what()
        start = time.process_time()
        with learn.no_bar(): train()
        seconds, n = time.process_time() - start, len(learn.dls.valid.dataset)
        wrong = round(n * float(learn.validate()[1]))
        print(f'  {what.__name__}, seed {seed}: {wrong} of {n} wrong = {wrong / n:.3f}, bar {bar}; '
              f'{seconds:.1f} s, bar {most} s')
        assert wrong / n <= bar and seconds <= most
