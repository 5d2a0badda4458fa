"The bench in a real browser."
import io

import numpy as np
import pytest
from PIL import Image

from utils.labs.augmentation.bench import draws_finding, nine_draws

pytestmark = pytest.mark.browser


def looks(lab):
    "A digest of the picture on the page: quicker to compare than to fetch a quarter megabyte."
    return lab.page.evaluate(
        '''async (e) => {
            const bytes = await (await fetch(e.src)).arrayBuffer()
            return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join()
        }''', lab.picture.element_handle())


def told(**settings):
    "What Python says to these settings, without drawing."
    return draws_finding(nine_draws(**settings))


@pytest.fixture(scope='module')
def bench(browser, open_app):
    "One open page for all tests: its four models are loaded or trained once."
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
    start, picture = lab.text, looks(lab)
    assert start == told()
    for angle in 0, 180, 40, 95, 130:
        before = looks(lab)
        lab.slide('Rotate, up to', angle)
        assert lab.text == told(rotate=angle)
        assert looks(lab) != before
        assert lab.picture.get_attribute('alt') == lab.text
    lab.key('Brightness, up to', 'Home').choose('Flip half of them', 'left to right')
    settings = dict(rotate=130, brightness=0., flip='left to right')
    assert lab.text == told(**settings)
    lab.choose('Picture', 'A digit').key('Zoom, up to', 'End').key('Chance of each change', 'Home')
    settings |= dict(picture='digit', zoom=3., p=0.)
    assert lab.text == told(**settings)
    lab.key('Chance of each change', 'End').press('Throw the dice again')
    assert lab.text == told(**settings | dict(p=1., seed=1))
    lab.press('Reset')
    assert (lab.text, looks(lab)) == (start, picture)


def test_the_model_that_was_trained_with_augmentation_is_asked(lab):
    plain = lab.text
    lab.answered(lambda: lab.control('Model trained with augmentation').click())
    assert lab.text == told(helped=True) != plain


def test_a_picture_of_ones_own_takes_the_place(lab, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, 'png')
    (tmp_path / 'mine.png').write_bytes(file.getvalue())
    before = looks(lab)
    lab.control('Or a picture of your own')
    chosen = lab.root.locator('input[type=file]')
    lab.answered(lambda: chosen.set_input_files(tmp_path / 'mine.png'))
    assert 'never saw a photograph' in lab.text and looks(lab) != before
    lab.choose('Picture', 'A digit')
    assert lab.text == told(picture='digit')


def test_on_a_phone_it_fits(lab):
    lab.page.set_viewport_size(dict(width=390, height=844))
    lab.press('Throw the dice again')
    assert lab.page.evaluate('document.documentElement.scrollWidth') <= 390
