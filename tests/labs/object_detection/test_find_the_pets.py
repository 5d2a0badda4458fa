"Find the pets: boxes as the detector gives them, the sentence against numbers counted again."
import io
import random
import re

import numpy as np
import pytest
from PIL import Image

from utils.detection import find_boxes, load_detector
from utils.labs.object_detection.find_the_pets import (CONTROLS, find_pets, find_the_pets_lab,
                                                       found_finding, opened)
from utils.labs.object_detection.view import scene, told

START = {k: c.value for k, c in CONTROLS.items()}
RNG = random.Random(1)


def values(control):
    "Both ends and three in between."
    steps = round((control.high - control.low) / control.step)
    some = [round(control.low + control.step * RNG.randrange(steps + 1), 9) for _ in range(3)]
    return [control.low, control.high, *[control.clean(v) for v in some]]


EVERY = [START | {k: v} for k, c in CONTROLS.items() if c.kind == 'slider' for v in values(c)]


def picture_file(size=(90, 60), kind='png'):
    noise = np.random.default_rng(0).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, kind)
    return file.getvalue()


@pytest.fixture(scope='module')
def learn():
    return load_detector()


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_the_detectors_boxes_and_a_sentence_that_agrees(learn, settings):
    r = find_pets(**settings)
    text = found_finding(r)
    dl = learn.dls.test_dl([Image.fromarray(r.picture)])
    acts = learn.get_preds(dl=dl)[0]
    rows = find_boxes(acts, settings['threshold'], settings['overlap'])[0]
    rows = rows[rows[:, 4] >= 0]
    assert np.allclose(r.boxes, rows[:, :4], atol=1e-2) and len(r.said) == len(rows)
    assert all(s >= settings['threshold'] for s in r.scores)
    if not len(rows):
        assert text.startswith('The detector finds nothing')
        return
    assert f'finds {told(r.said)}, the least sure with {rows[:, 5].min():.2f}.' in text
    missed, wrong = len(r.names) - sum(r.hits), len(r.boxes) - sum(r.hits)
    if 'every pet, each once' in text: assert missed == wrong == 0
    else:
        assert told(r.names) in text
        assert re.search(r': (\w+) missed', text)[1] == (str(missed) if missed else 'none')


def test_the_detector_is_worth_asking():
    results = [find_pets(.4, .5, n) for n in range(31)]
    found, there = sum(sum(r.hits) for r in results), sum(len(r.names) for r in results)
    said = sum(len(r.boxes) for r in results)
    assert found / there > .75 and found / said > .75
    assert any('every pet, each once' in found_finding(r) for r in results)
    assert any('missed' in found_finding(r) for r in results)


def test_a_higher_threshold_finds_no_more():
    counts = [len(find_pets(t, .5, 5).boxes) for t in (.05, .3, .6, .95)]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize('size, shape', [((90, 60), (80, 128)), ((60, 90), (128, 80)),
                                         ((300, 300), (128, 128)), ((900, 20), (16, 128))])
def test_a_picture_of_ones_own_keeps_its_shape(size, shape):
    assert opened(picture_file(size)).shape == (*shape, 3)
    r = find_pets(.05, .5, 0, picture_file(size))
    assert r.own and r.names == [] and r.picture.shape[:2] == shape
    text = found_finding(r)
    assert 'finds nothing' in text or 'learned from drawings' in text


def test_an_upload_takes_the_place_until_another_scene_is_chosen():
    lab = find_the_pets_lab()
    start = lab.text
    lab._upload('own', [picture_file()])
    assert lab.result.own
    lab.set(threshold=.1)
    assert lab.result.own
    lab.set(number=7)
    assert not lab.result.own
    lab._upload('own', [picture_file()])
    lab.act('Next scene')
    assert not lab.result.own and lab.settings['number'] == 8
    lab.reset()
    assert lab.text == start


def test_a_file_that_is_no_picture_changes_nothing():
    lab = find_the_pets_lab()
    start = lab.text
    lab._upload('own', [b'no picture'])
    assert lab.text == start and 'Nothing was changed' in lab.view.note and lab.error is None


def test_the_line_rebuilds_the_lab_and_scenes_go_round():
    lab = find_the_pets_lab(threshold=.2, number=9)
    again = eval(lab.line)
    assert again.settings == lab.settings and again.text == lab.text
    lab.set(number=30).act('Next scene')
    assert lab.settings['number'] == 0


def test_scenes_have_pets_and_are_the_same_each_time():
    picture, boxes, names = scene(2)
    assert picture.shape == (128, 128, 3) and len(boxes) == len(names) >= 1
    scene.cache_clear()
    assert np.array_equal(scene(2)[0], picture)
