"The window that slides and the detector, in a real browser."
import io

import numpy as np
import pytest
from PIL import Image

from utils.labs.object_detection.find_the_pets import CONTROLS as FIND
from utils.labs.object_detection.find_the_pets import find_pets, found_finding
from utils.labs.object_detection.slide_the_window import CONTROLS as SLIDE
from utils.labs.object_detection.slide_the_window import sweep, sweep_finding

pytestmark = pytest.mark.browser


def swept(**settings):
    return sweep_finding(sweep(**{k: c.value for k, c in SLIDE.items()} | settings))


def pets(**settings):
    start = {k: c.value for k, c in FIND.items()}
    return found_finding(find_pets(**start | settings))


def test_the_window_answers_every_control_as_python_does(page, open_app):
    lab = open_app(page, 'slide_the_window')
    start, picture = lab.text, lab.png()
    assert start == swept()
    for window in 24, 96, 40, 64, 72:
        lab.slide('Window', window)
        assert lab.text == swept(window=window)
        assert lab.picture.get_attribute('alt') == lab.text
    assert lab.png() != picture
    lab.key('Stride', 'End').key('Score of at least', 'Home').key('Overlap allowed (IoU)', 'Home')
    settings = dict(window=72, stride=32, threshold=.3, overlap=0.)
    assert lab.text == swept(**settings)
    lab.key('Overlap allowed (IoU)', 'End').slide('Scene', 11)
    assert lab.text == swept(**settings | dict(overlap=1., number=11))
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


def test_the_detector_answers_every_control_as_python_does(page, open_app):
    lab = open_app(page, 'find_the_pets')
    start, picture = lab.text, lab.png()
    assert start == pets()
    for key, threshold in (('Home', .05), ('End', .95)):
        lab.key('Score of at least', key)
        assert lab.text == pets(threshold=threshold)
    for threshold in .2, .55, .7:
        lab.slide('Score of at least', threshold)
        assert lab.text == pets(threshold=threshold)
        assert lab.picture.get_attribute('alt') == lab.text
    assert lab.png() != picture
    lab.key('Overlap allowed (IoU)', 'Home').slide('Scene', 17).press('Next scene')
    assert lab.text == pets(threshold=.7, overlap=0., number=18)
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


def test_a_picture_of_ones_own_takes_the_place_of_the_scene(page, open_app, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, 'png')
    (tmp_path / 'mine.png').write_bytes(file.getvalue())
    (tmp_path / 'none.png').write_bytes(b'no picture')
    lab = open_app(page, 'find_the_pets')
    start = lab.text
    lab.control('Or a picture of your own')
    chosen = lab.root.locator('input[type=file]')
    lab.answered(lambda: chosen.set_input_files(tmp_path / 'mine.png'))
    assert lab.text == pets(own=file.getvalue()) != start
    lab.press('Next scene')
    assert lab.text == pets(number=19)
    lab.answered(lambda: chosen.set_input_files(tmp_path / 'none.png'))
    assert lab.text == pets(number=19)


@pytest.mark.parametrize('name', ['slide_the_window', 'find_the_pets'])
def test_on_a_phone_they_fit(page, open_app, name):
    open_app(page, name, width=390)
    assert page.evaluate('document.documentElement.scrollWidth') <= 390
