"""The digits are those of the UCI set, and a picture of a digit becomes one of their kind."""
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from utils.datasets import digits
from utils.datasets.digits import count_blocks, digit_bitmap, encode_digit, load_digits, vary_digit

STROKES = {   # one plain drawing of some digits, points from 0 to 1
    1: [[(.35, .3), (.55, .1), (.55, .9)]],
    4: [[(.55, .1), (.2, .6), (.8, .6)], [(.6, .35), (.58, .9)]],
    7: [[(.2, .12), (.8, .12), (.4, .9)]]}


def drawn(digit, size=200, pen=.07, ink=0, paper=255, shear=0., scale=1., at=(0, 0)):
    "A picture of a digit."
    big = Image.new('L', (4 * size, 4 * size), paper)
    pencil = ImageDraw.Draw(big)
    for stroke in STROKES[digit]:
        points = [(4 * size * ((x - shear * (y - .5)) * scale + at[0]),
                   4 * size * (y * scale + at[1])) for x, y in stroke]
        pencil.line(points, fill=ink, width=round(4 * size * pen), joint='curve')
    return big.resize((size, size), Image.Resampling.BOX)


def difference(a, b): return abs(a - b).mean()


def enlarged(image, size=160):
    "A digit of the set as a smooth larger picture, dark on light."
    grey = Image.fromarray((255 * (1 - np.pad(image, 1))).astype(np.uint8))
    return grey.resize((size, size), Image.Resampling.BICUBIC)


def nearest_labels(images, kept):
    "The label of the digit of the set that is most like each image, by brute force."
    known, labels = load_digits()
    far = ((images[:, None] - known[None, kept]) ** 2).sum((2, 3))
    return labels[kept][far.argmin(1)]


def test_the_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits as load
    images, labels = load_digits()
    theirs = load()
    assert images.dtype == np.float32 and labels.dtype == np.int64
    assert np.array_equal(images, theirs.images / 16) and np.array_equal(labels, theirs.target)


def test_scikit_learn_itself_is_not_loaded():
    code = ('from utils.datasets.digits import load_digits; import sys; load_digits(); '
            'sys.exit("sklearn" in sys.modules)')
    assert subprocess.run([sys.executable, '-c', code], timeout=120).returncode == 0


@pytest.mark.parametrize('spec, why', [
    (None, 'is not installed'),
    (SimpleNamespace(submodule_search_locations=['nowhere']), 'digits.csv.gz is missing')])
def test_a_missing_file_says_what_to_install(monkeypatch, spec, why):
    monkeypatch.setattr(digits, 'find_spec', lambda name: spec)
    with pytest.raises(FileNotFoundError, match=f'{why}.*pip install'): load_digits()


def test_blocks_are_counted_as_the_set_was():
    dots = np.random.default_rng(0).random((32, 32)) < .3
    slow = [[sum(dots[4 * i + a, 4 * j + b] for a in range(4) for b in range(4)) / 16
             for j in range(8)] for i in range(8)]
    assert np.array_equal(count_blocks(dots), np.float32(slow))


@pytest.mark.parametrize('digit', STROKES)
def test_an_encoded_digit_has_the_size_and_the_ink_of_the_set(digit):
    images, labels = load_digits()
    usual = images[labels == digit]
    seen = encode_digit(drawn(digit))
    assert seen.shape == (8, 8) and seen.dtype == np.float32
    assert np.array_equal(seen, count_blocks(digit_bitmap(drawn(digit))))
    assert seen[0].any() and seen[7].any()                    # from top to bottom, as all of them
    assert usual.mean((1, 2)).min() - .03 < seen.mean() < usual.mean((1, 2)).max() + .03
    columns = np.flatnonzero(seen.any(0))
    assert 3 <= columns[-1] - columns[0] + 1 <= 8
    assert abs((columns[0] + columns[-1]) / 2 - 3.5) <= 1


@pytest.mark.parametrize('digit', STROKES)
def test_light_ink_on_dark_ground_reads_the_same(digit):
    dark, light = drawn(digit), drawn(digit, ink=255, paper=0)
    assert difference(encode_digit(dark), encode_digit(light)) < .02


@pytest.mark.parametrize('digit', STROKES)
@pytest.mark.parametrize('how', [
    dict(scale=.45, at=(.1, .1), pen=.032), dict(scale=.45, at=(.45, .4), pen=.032),
    dict(size=500), dict(size=60), dict(pen=.04), dict(pen=.1), dict(shear=.3), dict(shear=-.3),
    dict(ink=90, paper=230)], ids=str)
def test_place_size_pen_and_slant_hardly_matter(digit, how):
    assert difference(encode_digit(drawn(digit)), encode_digit(drawn(digit, **how))) < .1


@pytest.mark.parametrize('shade', ['left', 'below', 'corner', 'middle'])
def test_a_shadow_on_the_paper_is_taken_away(shade):
    picture = np.asarray(drawn(4, ink=40, paper=250), dtype=float)
    y, x = np.mgrid[0:1:200j, 0:1:200j]
    light = dict(left=1 - .6 * x, below=1 - .5 * y, corner=1 - .3 * x - .3 * y,
                 middle=1 - .4 * ((x - .5) ** 2 + (y - .5) ** 2))[shade]
    rough = np.random.default_rng(1).normal(0, 3, picture.shape)
    shaded = (picture * light + rough).clip(0, 255).astype(np.uint8)
    assert difference(encode_digit(shaded), encode_digit(drawn(4))) < .05


def test_colour_and_transparency_are_understood():
    plain = encode_digit(drawn(7))
    mask = np.asarray(drawn(7, ink=255, paper=0))
    blue = Image.merge('RGBA', [*(Image.new('L', (200, 200), v) for v in (20, 40, 160)),
                                Image.fromarray(mask)])
    assert difference(encode_digit(blue), plain) < .03


@pytest.mark.parametrize('picture, why', [
    (Image.new('L', (100, 100), 255), 'blank'), (Image.new('L', (100, 100), 0), 'blank'),
    (Image.linear_gradient('L'), 'blank'), (Image.new('L', (5, 90), 255), 'smaller than 8 pixels'),
    (np.random.default_rng(0).normal(200, 4, (90, 90)).astype(np.uint8), 'blank'),
    (drawn(7, ink=235), 'pale')], ids=['white', 'black', 'gradient', 'tiny', 'noise', 'pale'])
def test_a_picture_without_a_digit_is_refused_with_a_way_out(picture, why):
    with pytest.raises(ValueError, match=f'no digit: .*{why}.*Show one digit'):
        encode_digit(picture)


def test_the_level_between_ink_and_paper_is_otsus():
    from skimage.filters import threshold_otsu
    picture = np.asarray(drawn(4).filter(ImageFilter.GaussianBlur(3)))
    away = 1 - picture / 255.
    level, ink, paper = digits._threshold(away)
    assert abs(level - threshold_otsu(away)) < .03
    assert abs(ink - away[away > level].mean()) < .02
    assert abs(paper - away[away <= level].mean()) < .02


def test_a_digit_of_the_set_enlarged_is_most_like_its_own_kind():
    images, labels = load_digits()
    some = np.arange(0, 1797, 18)
    seen = np.stack([encode_digit(enlarged(images[i])) for i in some])
    others = np.setdiff1d(np.arange(1797), some)
    assert (nearest_labels(seen, others) == labels[some]).mean() >= .93


def test_a_varied_digit_is_another_of_its_kind():
    images, labels = load_digits()
    some = np.arange(0, 1797, 18)
    rng = np.random.default_rng(3)
    varied = np.stack([vary_digit(images[i], rng) for i in some])
    assert varied.min() == 0 and varied.max() == 1
    assert .02 < difference(varied, images[some])
    assert (nearest_labels(varied, np.arange(1797)) == labels[some]).mean() >= .85


def test_the_same_dice_vary_a_digit_in_the_same_way():
    image = load_digits()[0][5]
    first, same, other = (vary_digit(image, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(first, same) and not np.array_equal(first, other)
