"The bench in a real browser."
import io

import numpy as np
import pytest
from PIL import Image

from utils.labs.augmentation.bench import draws_finding, nine_draws

pytestmark = pytest.mark.browser


def told(**settings):
    "What Python says to these settings, without drawing."
    return draws_finding(nine_draws(**settings))


@pytest.fixture(scope='module')
def bench(module_page, open_app):
    "One open page for all tests: its four models are loaded or trained once."
    lab = open_app(module_page, 'bench')
    lab.page.wait_for_selector('.lab:not(.lab-running)', timeout=120_000)
    return lab


@pytest.fixture
def lab(bench):
    "The lab, reset."
    return bench.press('Reset')


def test_the_model_that_was_trained_with_augmentation_is_asked(lab):
    plain = lab.text
    lab.answered(lambda: lab.control('Model trained with augmentation').click())
    assert lab.text == told(helped=True) != plain


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
    assert lab.text == told(picture='digit')
