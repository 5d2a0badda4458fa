"The sweep against a slow one, its sentence against numbers counted another way."
import random
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from utils.labs.object_detection import slide_the_window as lab
from utils.labs.object_detection.slide_the_window import (CONTROLS, slide_the_window_lab, sweep,
                                                          sweep_finding)
from utils.labs.object_detection.view import COUNTED, counted, matched, overlap, scene, told

START = {k: c.value for k, c in CONTROLS.items()}
RNG = random.Random(0)


def values(control):
    "Both ends and three in between."
    steps = round((control.high - control.low) / control.step)
    some = [round(control.low + control.step * RNG.randrange(steps + 1), 9) for _ in range(3)]
    return [control.low, control.high, *[control.clean(v) for v in some]]


EVERY = [START | {k: v} for k, c in CONTROLS.items() for v in values(c)]


def slow_sweep(window, stride, threshold, overlap, number):
    "Every window one by one, and suppression from its definition."
    picture = torch.tensor(scene(number)[0].copy()).permute(2, 0, 1)[None] / 255
    calls, n = [], 0
    for y in range(0, 128 - window + 1, stride):
        for x in range(0, 128 - window + 1, stride):
            part = F.interpolate(picture[..., y:y + window, x:x + window], size=32, mode='area')
            with torch.no_grad(): probs = lab.reader()(part).softmax(1)[0, :2]
            n += 1
            if probs.max() >= threshold:
                calls.append((probs.max().item(), 'cat dog'.split()[probs.argmax()],
                              (x, y, x + window, y + window)))
    kept = []
    for call in sorted(calls, key=lambda c: -c[0]):
        if all(lab_overlap(call[2], other[2]) <= overlap for other in kept): kept.append(call)
    return n, calls, kept


lab_overlap = overlap


def number(words): return COUNTED.index(words) if words in COUNTED else int(words)


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_gives_what_a_slow_sweep_gives(settings):
    r, text = sweep(**settings), sweep_finding(sweep(**settings))
    if settings['stride'] >= 8 or settings['window'] >= 72:
        n, calls, kept = slow_sweep(**settings)
        if abs(np.array([c[0] for c in calls] or [0]) - settings['threshold']).min() > 1e-4:
            assert (r.heat.size, r.called) == (n, len(calls))
            assert sorted(r.said) == sorted(c[1] for c in kept)
            assert np.allclose(np.sort(r.scores), sorted(c[0] for c in kept), atol=1e-4)
    if not r.called:
        assert text.startswith(f'None of {r.heat.size} windows')
        return
    assert text.startswith(f'{r.called} of {r.heat.size} windows call')
    kept = re.search(r'; (\w+) box', text)[1]
    found = re.search(r'They find (\d+) of (\d+) pet', text)
    assert number(kept) == len(r.boxes) and int(found[2]) == len(r.names)
    assert int(found[1]) == sum(r.hits)
    wrong = re.search(r'pets?; (\w+) box', text)
    assert (number(wrong[1]) if wrong else 0) == len(r.boxes) - sum(r.hits)


def test_hits_are_pets_met_once_and_by_name():
    truth = np.array([[0, 0, 10, 10], [20, 20, 40, 40]], float)
    boxes = [[20, 20, 40, 39], [0, 0, 10, 9], [1, 1, 10, 10], [20, 20, 40, 40], [50, 50, 60, 60]]
    names = ['dog', 'dog', 'cat', 'dog', 'cat']
    assert matched(boxes, names, truth, ['cat', 'dog']) == [True, False, True, False, False]
    assert matched([], [], truth, ['cat', 'dog']) == []
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)


def test_numbers_are_told_in_words():
    assert [counted(n, 'box') for n in (0, 1, 3, 12)] == ['no boxes', 'one box', 'three boxes',
                                                         '12 boxes']
    assert told(['dog', 'cat', 'dog']) == 'one cat and two dogs' and told([]) == 'nothing'


def test_a_lower_threshold_never_calls_fewer_windows():
    called = [sweep(48, 8, t, .4, 3).called for t in (.3, .6, .9, .99)]
    assert called == sorted(called, reverse=True) and called[0] > called[-1]


def test_no_suppression_keeps_all_and_full_suppression_none_that_touch():
    r = sweep(48, 8, .8, 1., 3)
    assert len(r.boxes) == r.called
    boxes = sweep(48, 8, .8, 0., 3).boxes
    assert all(overlap(a, b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])


def test_it_is_worth_sweeping():
    found = [sum(sweep(48, 8, .9, .3, n).hits) for n in range(21)]
    there = [len(scene(n)[2]) for n in range(21)]
    assert .25 < sum(found) / sum(there) < .9       # something is found, and one size is not enough


def test_the_line_rebuilds_the_lab_and_the_picture_can_be_drawn_anew():
    one = slide_the_window_lab(window=64, number=5)
    again = eval(one.line)
    assert again.settings == one.settings and again.text == one.text and again.png == one.png
    moved = slide_the_window_lab().set(window=64, number=5)
    assert moved.text == one.text and len(moved.png) > 5000
