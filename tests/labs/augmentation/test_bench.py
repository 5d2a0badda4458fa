"The bench: its dice, its pictures against Pillow, its sentence against numbers counted otherwise."
import io
from functools import lru_cache

import numpy as np
import pytest
import torch
from PIL import Image

from utils.labs.augmentation import bench, readers
from utils.labs.augmentation.bench import bench_lab, draws_finding, nine_draws
from utils.labs.augmentation.readers import BREEDS, ask, digit_picture, pet_picture

START = {k: c.value for k, c in bench.CONTROLS.items()}
NOTHING = dict(rotate=0, brightness=0., p=1.)
CONTROLS = dict(
    picture=['pet', 'digit', 'photo'], helped=[False, True], rotate=[0, 35, 90, 145, 180],
    flip=list(bench.FLIPS), brightness=[0., .1, .45, .7, .9], zoom=[1., 1.3, 1.8, 2.5, 3.],
    warp=[0., .1, .35, .6, .8], contrast=[0., .2, .5, .7, .9], saturation=[0., .2, .5, .7, .9],
    p=[0., .2, .5, .8, 1.], example=[0, 3, 5, 8, 11], seed=[0, 4, 11, 17, 20])
EVERY = [START | {k: v} for k, values in CONTROLS.items() for v in values]


@lru_cache
def picture_file(size=(90, 60)):
    noise = np.random.default_rng(0).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, 'png')
    return file.getvalue()


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_nine_pictures_and_a_sentence_that_agree(settings):
    r = nine_draws(**settings)
    assert r.copies.shape == (9, len(r.picture), 96, 96)
    assert r.copies.isfinite().all() and 0 <= r.copies.min() and r.copies.max() <= 1
    kind = 'digits' if settings['picture'] == 'digit' else 'pets'
    again = ask(kind, settings['helped'], r.copies)
    said = [(BREEDS if kind == 'pets' else '0123456789')[i] for i in again.argmax(1)]
    assert r.said[1:] == said
    n, text = sum(word == r.said[0] for word in said), draws_finding(r)
    assert f' says {r.said[0]}' in text
    if (r.copies == r.copies[0]).all() and 'Nothing is changed' in text: return
    counted = 'All nine draws keep' if n == 9 else f'{bench.COUNTS[n]} of nine draws keep'
    assert counted in text
    if n < 9:
        number = int(text.split('is number ')[1].split()[0])
        assert said[number - 1] != r.said[0]
        assert f'): {said[number - 1]}.' in text


def test_angles_stay_within_the_slider_and_grow_with_it():
    far = [abs(nine_draws(rotate=a).changes['turned']) for a in (0, 40, 180)]
    assert far[0].max() == 0 and far[1].max() <= 40 and far[2].max() <= 180
    assert np.allclose(far[2], 4.5 * far[1])


def test_a_turn_is_that_of_pillow():
    r = nine_draws(rotate=60, brightness=0.)
    whole = Image.fromarray((255 * r.picture.permute(1, 2, 0).numpy()).astype(np.uint8))
    for copy, angle in zip(r.copies, r.changes['turned']):
        theirs = np.asarray(whole.rotate(-angle, Image.Resampling.BILINEAR)) / 255
        off = abs(copy.permute(1, 2, 0).numpy() - theirs)[30:66, 30:66]     # the middle
        assert off.mean() < .02


def test_a_flip_of_half_of_them_is_exact():
    for flip, axis in (('left to right', -1), ('top to bottom', -2)):
        r = nine_draws(**NOTHING, flip=flip)
        turned = [torch.allclose(c, r.picture.flip(axis), atol=2e-3) for c in r.copies]
        same = [torch.allclose(c, r.picture, atol=2e-3) for c in r.copies]
        assert 0 < sum(turned) < 9 and sum(turned) + sum(same) == 9


def test_without_chance_or_strength_nothing_changes():
    for settings in (NOTHING, dict(p=0., rotate=180, zoom=3., contrast=.9)):
        r = nine_draws(**settings)
        assert torch.allclose(r.copies, r.picture.expand(9, -1, -1, -1), atol=2e-3)
        assert draws_finding(r).endswith('Nothing is changed, so it says so nine more times.')


def test_the_same_seed_throws_the_same_dice_and_leaves_those_of_the_notebook():
    before = torch.get_rng_state()
    a, b, c = nine_draws(seed=3), nine_draws(seed=3), nine_draws(seed=4)
    assert a.copies.equal(b.copies) and not a.copies.equal(c.copies)
    assert torch.get_rng_state().equal(before)


def test_training_leaves_the_dice_of_the_notebook():
    before = torch.get_rng_state()
    steps = readers._training('digits', True)
    next(steps)
    steps.close()
    assert torch.get_rng_state().equal(before)


def test_a_stored_model_answers_as_the_trained_one_and_a_broken_file_is_trained_anew(
        tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    monkeypatch.setattr(readers, 'pupils', {})
    monkeypatch.setitem(readers.EPOCHS, 'digits', 1)
    x = torch.stack([digit_picture(d, 40) for d in range(10)])
    trained = ask('digits', True, x)
    file, = tmp_path.iterdir()                       # no half-written one beside it
    readers.pupils.clear()
    before = torch.get_rng_state()
    assert readers._stored('digits', True) and (ask('digits', True, x) == trained).all()
    assert torch.get_rng_state().equal(before)
    for broken in (b'', b'PK', file.read_bytes()[:5000], b'no archive at all'):
        file.write_bytes(broken)
        assert not readers._stored('digits', True)
    readers.pupils.clear()
    assert (ask('digits', True, x) == trained).all() and readers._stored('digits', True)


def test_the_models_are_worth_asking():
    digits = torch.stack([digit_picture(d, n) for d in range(10) for n in range(30, 50)])
    truth = np.arange(10).repeat(20)
    pets = torch.stack([pet_picture(b, 300 + n) for b in BREEDS for n in range(8)])
    for helped, least in ((False, .5), (True, .65)):
        assert (ask('digits', helped, digits).argmax(1) == truth).mean() > .8
        assert (ask('pets', helped, pets).argmax(1) == np.arange(4).repeat(8)).mean() > least


def test_the_trained_one_keeps_more_answers():
    kept = {h: [sum(nine_draws(helped=h, seed=s).kept) for s in range(10)] for h in (False, True)}
    assert np.mean(kept[True]) > np.mean(kept[False]) + 2


def test_a_six_turned_over_is_called_a_nine_and_the_sentence_says_so():
    r = nine_draws('digit', example=2, rotate=180, brightness=0.)
    assert r.truth == '6'
    over = abs(r.changes['turned']) > 120
    assert '9' in np.array(r.said[1:])[over]
    assert 'a person would read as 9 too' in draws_finding(r)
    assert 'a person' not in draws_finding(nine_draws('digit', example=2, rotate=60))


def test_who_is_asked_about_a_photograph_is_said():
    for r in (nine_draws('photo'), nine_draws(own=picture_file())):
        assert r.truth == ''
        assert 'never saw a photograph' in draws_finding(r)


def test_an_upload_takes_the_place_until_another_picture_is_chosen():
    lab = bench_lab()
    start = lab.text
    lab._upload('own', [picture_file()])
    assert lab.result.source == 'own' and 'never saw' in lab.text
    lab.set(rotate=40)
    assert lab.result.source == 'own'
    lab.set(picture='digit')
    assert lab.result.source == 'digit'
    lab.reset()
    assert lab.text == start


def test_a_file_that_is_no_picture_changes_nothing():
    lab = bench_lab()
    start = lab.text
    lab._upload('own', [b'no picture'])
    assert lab.text == start and 'Nothing was changed' in lab.view.note and lab.error is None


def test_the_line_rebuilds_the_lab_and_the_dice_can_be_thrown():
    lab = bench_lab(picture='digit', rotate=90)
    again = eval(lab.line)
    assert again.settings == lab.settings and again.text == lab.text
    lab.act('Throw the dice again')
    assert lab.settings['seed'] == 1
    lab.set(seed=20).act('Throw the dice again')
    assert lab.settings['seed'] == 0


def test_an_updated_picture_is_the_one_drawn_anew():
    lab = bench_lab().set(picture='digit', rotate=90)
    first = bench_lab(picture='digit', rotate=90)
    assert lab.result.said == first.result.said
    a, b = (np.asarray(Image.open(io.BytesIO(x.png)).convert('L'), float) for x in (lab, first))
    assert abs(a - b).mean() < 1
