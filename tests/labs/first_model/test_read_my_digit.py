"""Read my digit: what is read, what is said, and which of drawing, picture, example counts."""
import io
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from utils.datasets.digits import encode_digit, load_digits
from utils.export import load_learner
from utils.labs.first_model.digit_view import FOLDER, strokes_to_text, text_to_strokes
from utils.labs.first_model.read_my_digit import (CONTROLS, Reading, newest, read_digit,
                                                  read_my_digit_lab, reading_finding)

RECORDINGS = Path(__file__).parents[2] / 'browser' / 'strokes.json'
FOUR = '110 20 50 120 150 120, 120 70 110 180'
SEVEN = '40 20 160 20 80 180, 70 100 140 100'


def file_of(picture, kind='PNG', **how):
    "A picture as the bytes of a file."
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def photo(strokes=SEVEN):
    "A picture file with a digit in it."
    light = read_my_digit_lab(strokes=strokes).view.image(200)
    return file_of(Image.eval(light, lambda v: 255 - v))


def reading(probs, source='drawing', **about):
    return Reading(source, Image.new('L', (8, 8)), np.zeros((8, 8)), np.array(probs), **about)


@pytest.fixture(scope='module')
def learn(): return load_learner(FOLDER / 'digit_reader.safetensors')


def test_the_shipped_reader_is_small_and_reads_what_it_never_saw(learn):
    images, labels = load_digits()
    new = torch.randperm(1797, generator=torch.Generator().manual_seed(42))[:359]
    with torch.no_grad(): said = learn.model(torch.as_tensor(images)[new, None]).argmax(1)
    wrong = (said != torch.as_tensor(labels)[new]).sum().item()
    assert wrong <= 7                                            # 2 %
    assert f'{wrong} of 359' in (FOLDER / 'digit_reader.md').read_text('utf-8')
    assert (FOLDER / 'digit_reader.safetensors').stat().st_size < 300_000


def recorded(turned=False):
    "Of the hundred recorded drawings, those that are read right."
    right = []
    for r in json.loads(RECORDINGS.read_text('utf-8'))['recordings']:
        strokes = [[(y, x) if turned else (x, y) for x, y in stroke] for stroke in r['strokes']]
        said = read_digit(strokes_to_text(strokes), pen=100 * r['pen']).order[0]
        if said == r['digit']: right.append(r)
    return right


def test_ninety_of_a_hundred_recorded_drawings_are_read():
    assert len(recorded()) >= 90
    assert len(recorded(turned=True)) < 60                      # drawn in a mirror they are not


@pytest.mark.parametrize('example', [0, 1796, *random.Random(1).sample(range(1797), 3)])
def test_an_example_is_read_as_the_exported_learner_reads_it(learn, example):
    images, labels = load_digits()
    r = read_digit(example=example)
    word, _, probs = learn.predict(images[example])
    assert str(r.order[0]) == word and np.allclose(r.probs, probs, atol=1e-6)
    assert np.array_equal(r.seen, images[example]) and r.label == labels[example]
    split = torch.randperm(1797, generator=torch.Generator().manual_seed(42))[:359].tolist()
    assert r.new == (example in split)


@pytest.mark.parametrize('strokes, digit', [(FOUR, 4), (SEVEN, 7)])
@pytest.mark.parametrize('pen', [3, 5.5, 8])
def test_a_drawing_is_read(strokes, digit, pen):
    r = read_digit(strokes=strokes, pen=pen)
    assert r.source == 'drawing' and r.order[0] == digit
    assert abs(r.probs.sum() - 1) < 1e-5 and r.seen.shape == (8, 8)


def test_a_picture_is_read():
    r = read_digit(picture=photo())
    assert r.source == 'picture' and r.order[0] == 7
    assert np.array_equal(r.seen, encode_digit(photo()))


def test_a_drawing_counts_before_a_picture_before_an_example():
    assert read_digit(FOUR, photo()).source == 'drawing'
    assert read_digit('', photo()).source == 'picture'
    assert read_digit('', None).source == 'example'


def test_the_sentence_tells_the_reading_and_the_next_guess():
    p = np.full(10, .001)
    p[[7, 1]] = .93, .04
    assert reading_finding(reading(p)) == 'I read a 7, with 93 %; the next guess is a 1 with 4 %.'
    p[[7, 1, 8]] = .1, 0, .89
    assert reading_finding(reading(p)).startswith('I read an 8, with 89 %; the next guess is a 7')


def test_certainty_is_never_said_to_be_whole():
    p = np.full(10, .0001)
    p[3] = .9991
    text = reading_finding(reading(p))
    assert text == 'I read a 3, with more than 99 %; no other digit reaches 1 %.'
    assert '100 %' not in text


@pytest.mark.parametrize('top, unsure', [(.59, True), (.61, False)])
def test_below_sixty_percent_the_sentence_says_unsure(top, unsure):
    p = np.full(10, .001)
    p[[8, 3]] = top, .3
    assert reading_finding(reading(p)).startswith('I am unsure: perhaps an 8') is unsure


@pytest.mark.parametrize('label, new, words', [
    (5, True, 'That is right: it is digit 12 of the set, which I never saw in training.'),
    (6, False, 'That is wrong: digit 12 of the set, one of those I learned from, is labelled 6.')])
def test_of_an_example_the_sentence_tells_the_truth(label, new, words):
    p = np.full(10, .01)
    p[5] = .91
    text = reading_finding(reading(p, 'example', example=12, label=label, new=new))
    assert text.endswith(words)


def test_strokes_survive_the_way_to_text_and_back():
    rng = np.random.default_rng(0)
    for _ in range(30):
        strokes = [(rng.random((n, 2))).tolist() for n in rng.integers(1, 30, 3)]
        back = text_to_strokes(strokes_to_text(strokes))
        assert strokes_to_text(back) == strokes_to_text(strokes)
        for a, b in zip(strokes, back):
            assert np.allclose(a[0], b[0], atol=.003) and np.allclose(a[-1], b[-1], atol=.011)


@pytest.mark.parametrize('text', ['word', '1', '1 2 3', '1 2, ', '1 201', '-1 5', '1.5 2'])
def test_strokes_that_make_no_sense_are_told(text):
    with pytest.raises(ValueError, match='no drawing.*Copy settings'):
        read_my_digit_lab(strokes=text)


def test_the_line_rebuilds_the_same_state():
    lab = read_my_digit_lab(strokes=FOUR, pen=4.5)
    again = eval(lab.line)
    assert again.settings == lab.settings and again.text == lab.text and again.png == lab.png
    assert strokes_to_text(again.view.strokes) == FOUR and again.view.pen == .045


@pytest.mark.parametrize('name', ['pen', 'example'])
def test_every_setting_of_every_control_can_be_shown(name):
    c, rng = CONTROLS[name], random.Random(2)
    lab = read_my_digit_lab()
    for value in (c.low, c.high, *(rng.uniform(c.low, c.high) for _ in range(3))):
        lab.set(**{name: int(value) if name == 'example' else value})
        assert lab.error is None and re.match(r'I (read|am unsure)', lab.text)


def test_drawing_on_the_pad_changes_the_reading_and_clearing_brings_the_example_back():
    lab = read_my_digit_lab()
    start = lab.text, lab.png
    lab.view.strokes = text_to_strokes(SEVEN)
    assert lab.text.startswith('I read a 7') and lab.settings['strokes'] == SEVEN
    lab.view.clear()
    assert (lab.text, lab.png) == start


def test_the_newest_of_drawing_picture_and_example_counts():
    lab = read_my_digit_lab(strokes=FOUR)
    lab.set(picture=photo())
    assert lab.text.startswith('I read a 7') and lab.view.strokes == []
    lab.view.strokes = text_to_strokes(FOUR)
    assert lab.text.startswith('I read a 4') and lab.settings['picture'] is None
    lab.set(example=5)
    assert 'digit 5 of the set' in lab.text and lab.view.strokes == []
    lab.reset()
    assert lab.text.startswith('I read a 4') and strokes_to_text(lab.view.strokes) == FOUR


def test_newest_keeps_what_did_not_change():
    old = dict(strokes='', picture=b'1', pen=6, example=3)
    assert newest(old, old | dict(pen=7)) == old | dict(pen=7)
    assert newest(old, old | dict(strokes=FOUR)) == old | dict(strokes=FOUR, picture=None)


def test_a_refused_file_changes_nothing_and_says_why():
    lab = read_my_digit_lab(strokes=FOUR)
    before = lab.text, lab.png, lab.settings
    lab._message(lab.view, dict(do='upload', name='picture', asked=3), [b'no picture'])
    assert (lab.text, lab.png, lab.settings) == before
    assert lab.view.note.startswith('The file is not a picture') and lab.view.heard == 3
    lab._message(lab.view, dict(do='upload', name='picture', asked=4), [photo()])
    assert lab.text.startswith('I read a 7') and lab.view.note == ''


def test_a_picture_without_a_digit_is_refused_too():
    lab = read_my_digit_lab()
    before = lab.text
    lab._message(lab.view, dict(do='upload', name='picture'), [file_of(Image.new('L', (90, 90)))])
    assert lab.text == before and 'it is blank' in lab.view.note


@pytest.mark.parametrize('buffers', [[], [photo(), photo()]], ids=['none', 'two'])
def test_an_upload_that_makes_no_sense_is_left_alone(buffers):
    lab = read_my_digit_lab()
    lab._message(lab.view, dict(do='upload', name='picture'), buffers)
    lab._message(lab.view, dict(do='upload', name='pen'), [photo()])
    assert lab.settings['picture'] is None and lab.error is None


def test_a_page_cannot_set_more_than_its_own_traits():
    lab = read_my_digit_lab()
    lab.view.set_state(dict(text='mine', pen=.5, label='mine', strokes=[[[0, 0]]]))
    said = dict(do='draw', strokes=[[[.1, 'x'], [2, -1]], 5], pen=.5, drawing='x')
    lab.view._handle_custom_msg(said, [])
    assert 'mine' not in (lab.view.text, lab.view.label) and lab.view.pen == .06
    assert lab.view.strokes == [[[1., 0.]]]
