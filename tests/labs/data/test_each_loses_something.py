"Each loses something: what is claimed to be lost is measured again in the pixels."
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from tests.labs.ranges import places
from utils.labs.data import each_loses_something as lab_module
from utils.labs.data.each_loses_something import (
    SIZE, draw_loss, each_loses_something_lab, factor, loss_finding, overlap, photograph,
    resize_once, share, what_is_lost)
from utils.labs.picture import figure_png, new_figure
from utils.resize import RandomResizedCrop, Resize

METHODS = 'crop', 'squish', 'pad', 'random'
LAB = each_loses_something_lab()
EVERY = [LAB.settings | {name: control.clean(value)} | dict(method=method)
         for name, control in LAB.controls.items() if control.kind != 'upload'
         for value in places(control) for method in METHODS]


def file_of(w, h, values=None):
    "A picture file; its red tells the place from left to right, its green from top to bottom."
    a = np.zeros((h, w, 3), np.uint8)
    a[..., 0] = np.linspace(0, 255, w)[None, :].round()
    a[..., 1] = np.linspace(0, 255, h)[:, None].round()
    a[..., 2] = 255
    out = BytesIO()
    Image.fromarray(a if values is None else values).save(out, 'PNG')
    return out.getvalue()


def measured(result):
    "Cut away, filled in and stretched, read from the pixels of a map of places."
    shown = result[..., 2] > 127                          # black filling has no blue
    rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
    part = result[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1].astype(float)
    part /= part[..., 2:].clip(1)                         # an edge is half picture, half filling
    wide, high = np.ptp(part[..., 0]), np.ptp(part[..., 1])
    return 1 - wide * high, 1 - shown.mean(), (wide / len(columns), high / len(rows))


@pytest.mark.parametrize('method', METHODS)
@pytest.mark.parametrize('size', [(640, 400), (300, 500), (400, 400)])
@pytest.mark.parametrize('seed', [1, 8])
def test_what_is_said_to_be_lost_is_lost_in_the_pixels(method, size, seed):
    r = resize_once(file=file_of(*size), method=method, seed=seed)
    cut, filled, (across, down) = measured(r.result)
    said = r.costs[method]
    assert abs(cut - said[0]) < .025
    assert abs(filled - said[1]) < .02
    ratio = across * size[0] / (down * size[1])
    assert abs(max(ratio, 1 / ratio) - said[2]) < .04


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_a_square_and_a_sentence_that_agree(settings):
    r = resize_once(**settings)
    assert r.result.shape == (SIZE, SIZE, 3)
    cut, filled, stretched = r.costs[r.method]
    text = loss_finding(r)
    assert (f'{100 * cut:.0f} % of the picture is cut away' in text) == (cut >= .005)
    assert (f'{100 * filled:.0f} % of the square is filling' in text) == (filled >= .005)
    assert (f'{stretched:.2f} times too' in text) == (stretched >= 1.005)
    assert ('is whole' in text) == (r.seen > .995)
    assert ('is left' in text) == (.005 <= r.seen <= .995)
    if r.method in ('squish', 'pad'): assert r.seen == 1
    shape = r.photo.shape[1] / r.photo.shape[0]
    most = min(4 / 3 / shape, shape / .75, 1)             # a crop from 3:4 to 4:3 holds no more
    if r.method == 'random': assert 1 - cut > min(settings['keep'], most) - .02


def test_the_square_is_what_the_course_itself_makes():
    photo = photograph('motorcycle')[0]
    for method, tfm in (('crop', Resize(SIZE)), ('squish', Resize(SIZE, 'squish')),
                        ('random', RandomResizedCrop(SIZE, .35))):
        g = torch.Generator().manual_seed(6)
        expected = np.asarray(tfm(photo, train=True, generator=g))
        assert np.array_equal(resize_once('motorcycle', None, method, seed=6).result, expected)
    middle = np.asarray(Resize(SIZE, 'pad', 'border')(photo, train=False))
    padded = resize_once('motorcycle', None, 'pad', fill='border').result
    assert np.array_equal(padded, middle)


def test_the_subject_is_counted_pixel_by_pixel():
    photo, box, _ = photograph('cat')
    for method in METHODS:
        for seed in range(4):
            r = resize_once('cat', None, method, seed=seed)
            left, top, w, h = r.window
            inside = np.zeros(photo.size, bool)
            inside[max(left, 0):left + w, max(top, 0):top + h] = True
            assert np.isclose(inside[box[0]:box[2], box[1]:box[3]].mean(), r.seen, atol=1e-6)


def test_known_costs_of_simple_windows():
    assert what_is_lost((300, 200), (0, 0, 300, 200)) == (0, 0, 1.5)
    cut, filled, stretched = what_is_lost((300, 200), (0, -50, 300, 300))
    assert (cut, round(filled, 4), stretched) == (0, .3333, 1)
    assert overlap((0, 0, 2, 2), (5, 5, 6, 6)) == 0
    assert [share(.004), share(.333), factor(1.001), factor(1.5)] == ['–', '33 %', '–', '1.50 ×']


def test_dice_decide_where_a_crop_is_and_squares_lose_nothing():
    windows = {resize_once('cat', None, 'crop', seed=s).window for s in range(12)}
    assert len(windows) > 6
    assert all(w[1:] == (0, 300, 300) for w in windows)
    text = loss_finding(resize_once('pet', None, 'crop'))
    assert text.startswith('Nothing is lost') and 'only the random crop' in text


def test_a_file_that_is_no_picture_is_refused_in_words():
    with pytest.raises(ValueError, match='not a picture'): resize_once(file=b'nonsense')
    lab = each_loses_something_lab(file=b'nonsense')
    assert 'not a picture' in lab.text
    assert 'Reset' in lab.text


def test_very_long_and_tiny_pictures_are_no_trouble():
    for size in ((1, 40), (640, 8), (3, 3)):
        for method in METHODS:
            for fill in ('zeros', 'border', 'reflection'):
                r = resize_once(file=file_of(*size), method=method, fill=fill)
                assert r.result.shape == (SIZE, SIZE, 3)
                assert loss_finding(r)


def test_the_average_cut_of_a_random_crop_is_that_of_many():
    usual = resize_once('cat', None, 'random', .2).usual
    cuts = [resize_once('cat', None, 'random', .2, seed=s).costs['random'][0]
            for s in range(300, 420)]
    assert abs(np.mean(cuts) - usual) < .06
    assert lab_module.DICE >= 100


def test_the_line_rebuilds_the_lab_and_buttons_answer():
    lab = each_loses_something_lab(picture='rocket', method='random', keep=.1, seed=9)
    again = eval(lab.line)
    assert (again.settings, again.text) == (lab.settings, lab.text)
    before = lab.png
    assert lab.act('New dice').settings['seed'] == 10
    assert lab.png != before
    assert lab.reset().png == before


@pytest.mark.parametrize('size', [(7.8, 2.9), (4.2, 3.7)])
def test_an_updated_picture_shows_the_new_result(size):
    fig = new_figure(size)
    update = draw_loss(fig, resize_once())
    r = resize_once('rocket', None, 'pad')
    update(r)
    photo, result, table = fig.axes
    assert np.array_equal(result.images[0].get_array(), r.result)
    assert photo.texts[0].get_text() == '240 × 427 pixels'
    said = [t.get_text() for t in table.texts if t.get_weight() == 'bold']
    names = [t.get_text() for t in table.get_yticklabels() if t.get_weight() == 'bold']
    assert (names, said) == (['Pad'], ['', '44 %', ''])
    empty = {t.get_position() for t in table.texts if not t.get_text()}
    assert {tuple(at) for at in table.lines[0].get_xydata().tolist()} == empty     # a dash in each
    frame = result.patches[-1]
    assert abs(frame.get_width() - SIZE * 240 / 427) < 1


def test_what_is_kept_of_the_table_is_as_if_drawn_anew():
    fig = new_figure((7.8, 2.9))
    update = draw_loss(fig, resize_once())
    first = figure_png(fig)
    update(resize_once(method='squish'))
    other = figure_png(fig)
    assert other != first
    fig.axes[2].yaxis.stale = True
    assert figure_png(fig) == other        # the bold name has moved without being asked twice
    update(resize_once())
    assert figure_png(fig) == first
