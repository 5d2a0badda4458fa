"The bench in a real browser."
import io

import numpy as np
import pytest
from PIL import Image

from utils.labs.augmentation import bench_lab

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def bench(browser, open_app):
    "One open page for all tests: its four models are trained once."
    context = browser.new_context(viewport=dict(width=1100, height=900))
    lab = open_app(context.new_page(), 'bench')
    lab.page.wait_for_selector('.lab:not(.lab-running)', timeout=120_000)
    yield lab
    context.close()


@pytest.fixture
def lab(bench):
    "The lab, reset."
    return bench.press('Reset')


def test_the_bench_answers_every_control_as_python_does(lab):
    start, picture = lab.text, lab.png()
    assert start == bench_lab().text
    for angle in 0, 180, 40, 95, 130:
        before = lab.png()
        lab.slide('Rotate, up to', angle)
        assert lab.text == bench_lab(rotate=angle).text
        assert lab.png() != before
        assert lab.picture.get_attribute('alt') == lab.text
    lab.key('Brightness, up to', 'Home').choose('Flip half of them', 'left to right')
    settings = dict(rotate=130, brightness=0., flip='left to right')
    assert lab.text == bench_lab(**settings).text
    lab.choose('Picture', 'A digit').key('Zoom, up to', 'End').key('Chance of each change', 'Home')
    settings |= dict(picture='digit', zoom=3., p=0.)
    assert lab.text == bench_lab(**settings).text
    lab.key('Chance of each change', 'End').press('Throw the dice again')
    assert lab.text == bench_lab(**settings | dict(p=1., seed=1)).text
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


def test_the_model_that_was_trained_with_augmentation_is_asked(lab):
    plain = lab.text
    lab.answered(lambda: lab.control('Model trained with augmentation').click())
    assert lab.text == bench_lab(helped=True).text != plain


def test_a_picture_of_ones_own_takes_the_place(lab, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, 'png')
    (tmp_path / 'mine.png').write_bytes(file.getvalue())
    before = lab.png()
    lab.control('Or a picture of your own')
    chosen = lab.root.locator('input[type=file]')
    lab.answered(lambda: chosen.set_input_files(tmp_path / 'mine.png'))
    assert 'never saw a photograph' in lab.text and lab.png() != before
    lab.choose('Picture', 'A digit')
    assert lab.text == bench_lab(picture='digit').text


def test_on_a_phone_it_fits(lab):
    lab.page.set_viewport_size(dict(width=390, height=844))
    lab.press('Throw the dice again')
    assert lab.page.evaluate('document.documentElement.scrollWidth') <= 390
