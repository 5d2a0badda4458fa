"""The book's first recogniser word for word: resnet34 at 224 px, from scratch, on drawn pets.

Slow, and so no chapter does it; here it must run, and learn. Printed: seconds a picture, for
training and for predicting, beside the course's own net at 64 px, both measured in this run.
"""
import time

import pytest

from utils import (ImageDataLoaders, Resize, companion_resnet, draw_pets, error_rate,
                   get_image_files, resnet34, set_seed, vision_learner)


def is_cat(x): return x[0].isupper()


def measure(arch, size):
    set_seed(42)
    files = get_image_files(draw_pets(n=60, size=224))
    dls = ImageDataLoaders.from_name_func('.', files, valid_pct=0.2, seed=42, label_func=is_cat,
                                          item_tfms=Resize(size), bs=16)
    learn = vision_learner(dls, arch, metrics=error_rate, pretrained=False)
    with learn.no_bar():
        start = time.perf_counter()
        learn.fit_one_cycle(2, 1e-3)
        train = time.perf_counter() - start
    start = time.perf_counter()
    learn.get_preds()
    predict = time.perf_counter() - start
    losses = learn.recorder.losses
    return train / 96, predict / 12, losses[-1] / losses[0]


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings('ignore:No pretrained')
def test_the_literal_resnet34_at_224_pixels_trains_on_a_laptop():
    rows = {'resnet34, 224 px': measure(resnet34, 224),
            'companion_resnet, 64 px': measure(companion_resnet, 64)}
    print(f"\n{'':26}{'s a picture':>12}{'predicting':>12}{'loss, end/start':>17}")
    for name, (train, predict, ratio) in rows.items():
        print(f'{name:26}{train:12.3f}{predict:12.4f}{ratio:17.2f}')
    slow, quick = rows.values()
    assert slow[2] < .95 and quick[2] < .95, 'both learn'
    assert slow[0] / quick[0] > 20, 'the course net is much quicker: chapters use it'
    assert slow[0] < 3, 'under three seconds a picture: 1,440 pictures an epoch in about an hour'
