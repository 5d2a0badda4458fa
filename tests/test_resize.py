"Item transforms give fastai's pixels, and an obvious oracle's where there is one."
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from utils.resize import RandomResizedCrop, Resize, ResizeMethod, choose_crop

VECTORS = json.loads((Path(__file__).parent / 'parity' / 'augment.json').read_text())
PICTURES = {k: Image.fromarray(np.array(v, dtype=np.uint8)) for k, v in VECTORS['pictures'].items()}


def made(case):
    "The transform that a parity case names."
    args = dict(case['transform'])
    kind = {'Resize': Resize, 'RandomResizedCrop': RandomResizedCrop}[args.pop('name')]
    return kind(**args)


def crop_dice(case, min_scale, ratio):
    "fastai's random numbers as our dice: scale and ratio in turn, then the place."
    u = case['uniform']
    odd = len(u) % 2 == 0 and len(u) < 20
    pairs, place = (u[:-2], u[-2:]) if odd else (u, [0., 0.])
    tries = [(min_scale + (1 - min_scale) * s, ratio[0] * (ratio[1] / ratio[0]) ** r)
             for s, r in zip(pairs[::2], pairs[1::2])]
    return {'tries': tries, 'place': place}


@pytest.mark.parametrize('case', VECTORS['resize'], ids=lambda c: str(c['transform']))
def test_resize_gives_fastais_pixels(case):
    tfm = made(case)
    place = case['place'] or tfm.draw(train=False)
    out = np.asarray(tfm.apply(PICTURES[case['picture']], place))
    assert out.tolist() == case['result']


@pytest.mark.parametrize('case', VECTORS['random_resized_crop'], ids=lambda c: str(c['transform']))
def test_random_resized_crop_gives_fastais_pixels(case):
    tfm = made(case)
    dice = crop_dice(case, tfm.min_scale, tfm.ratio) if case['uniform'] else tfm.draw(train=False)
    out = np.asarray(tfm.apply(PICTURES[case['picture']], dice))
    assert out.tolist() == case['result']


@pytest.mark.parametrize('case', [c for c in VECTORS['random_resized_crop'] if c['uniform']])
def test_the_crop_is_chosen_as_fastai_chooses_it(case):
    tfm, (w, h) = made(case), PICTURES[case['picture']].size
    box = choose_crop(w, h, **crop_dice(case, tfm.min_scale, tfm.ratio), ratio=tfm.ratio)
    assert list(box) == case['top_left'] + case['crop']


def test_an_enlarged_crop_of_the_middle_is_what_pillow_gives():
    img = Image.fromarray(np.arange(60 * 90 * 3, dtype=np.uint8).reshape(60, 90, 3))
    middle = img.crop((15, 0, 75, 60))
    assert np.array_equal(Resize(60)(img, train=False), middle)
    assert np.array_equal(Resize(30)(img, train=False), middle.resize((30, 30), Image.BILINEAR))


def test_training_cuts_anywhere_along_the_longer_side_only():
    ramp = np.broadcast_to(np.arange(100, dtype=np.uint8), (20, 100))
    img, g = Image.fromarray(np.stack([ramp] * 3, 2)), torch.Generator().manual_seed(0)
    lefts = {int(np.asarray(Resize(20)(img, True, g))[0, 0, 0]) for _ in range(400)}
    assert min(lefts) <= 3 and 76 <= max(lefts) <= 80 and len(lefts) > 60
    assert {int(np.asarray(Resize(20)(img, False, g))[0, 0, 0]) for _ in range(5)} == {40}


def test_the_same_generator_gives_the_same_crop_and_leaves_the_global_one_alone():
    img = PICTURES['wide']
    before = torch.get_rng_state()
    a, b = [np.asarray(RandomResizedCrop(8)(img, True, torch.Generator().manual_seed(4)))
            for _ in range(2)]
    assert np.array_equal(a, b)
    assert torch.equal(before, torch.get_rng_state())


def test_random_crops_keep_the_promised_area_and_shape():
    tfm, g = RandomResizedCrop(32, min_scale=.25), torch.Generator().manual_seed(1)
    boxes = [choose_crop(300, 300, **tfm.draw(True, g), ratio=tfm.ratio) for _ in range(500)]
    area = np.array([w * h / 9e4 for _, _, w, h in boxes])
    shape = np.array([w / h for _, _, w, h in boxes])
    assert .24 < area.min() < .3 and area.max() > .9
    assert .74 < shape.min() < .8 and 1.25 < shape.max() < 1.35
    assert all(0 <= x <= 300 - w and 0 <= y <= 300 - h for x, y, w, h in boxes)
    assert max(x + w for x, _, w, _ in boxes) > 295


@pytest.mark.parametrize('size', [(1, 1), (1, 9), (9, 1), (64, 2)])
@pytest.mark.parametrize('method', ['crop', 'pad', 'squish'])
def test_even_the_thinnest_picture_comes_out_at_size(size, method):
    for train in (True, False):
        assert Resize((7, 5), method)(Image.new('RGB', size), train).size == (5, 7)
        assert RandomResizedCrop((7, 5))(Image.new('RGB', size), train).size == (5, 7)


def test_a_mask_keeps_its_values_with_nearest():
    mask = Image.fromarray(np.random.default_rng(0).choice([0, 7, 200], (30, 41)).astype(np.uint8))
    out = Resize(17).apply(mask, (.2, .8), Image.NEAREST)
    assert set(np.unique(out)) == {0, 7, 200}


@pytest.mark.parametrize('wrong, says', [
    (lambda: Resize(64, 'stretch'), "'crop', 'pad', 'squish'"),
    (lambda: Resize(64, ResizeMethod.Pad, 'mirror'), "'reflection'"),
    (lambda: Resize((3, 4, 5)), 'height, width'),
    (lambda: RandomResizedCrop(64, min_scale=0.), 'min_scale=0.0'),
    (lambda: RandomResizedCrop(64, ratio=(2, 1)), 'least, greatest'),
])
def test_a_wrong_argument_is_named_with_what_to_pass(wrong, says):
    with pytest.raises(ValueError, match=says): wrong()


def test_the_spec_says_it_all():
    assert Resize(64, 'pad').spec() == {'name': 'Resize', 'size': 64, 'method': 'pad',
                                        'pad_mode': 'reflection'}
    assert repr(Resize(64)) == "Resize(size=64, method='crop', pad_mode='reflection')"
