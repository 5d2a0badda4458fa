"The detector on a visitor's picture, in a real browser."
import io

import numpy as np
import pytest
from PIL import Image

from utils.labs.object_detection.find_the_pets import CONTROLS as FIND
from utils.labs.object_detection.find_the_pets import find_pets, found_finding

pytestmark = pytest.mark.browser


def pets(**settings):
    start = {k: c.value for k, c in FIND.items()}
    return found_finding(find_pets(**start | settings))


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
