"What the labs on data take besides their controls: a picture of one's own."
import io

import pytest
from PIL import Image

pytestmark = pytest.mark.browser


def test_an_own_picture_takes_the_place_of_the_photograph(page, open_app):
    lab = open_app(page, 'each_loses_something')
    start, file = lab.text, io.BytesIO()
    Image.new('RGB', (500, 200), 'green').save(file, 'PNG')

    def choose(data):
        with page.expect_file_chooser() as chooser: lab.control('Or a picture of your own').click()
        chooser.value.set_files(dict(name='mine.png', mimeType='image/png', buffer=data))
    lab.answered(lambda: choose(file.getvalue()))
    assert lab.text.startswith('Crop: 60 % of the picture is cut away')
    own = lab.text
    lab.answered(lambda: choose(b'no picture at all'))
    assert 'not a picture' in lab.root.locator('.lab-note').inner_text() and lab.text == own
    lab.choose('Picture', 'Motorcycle (photograph)')
    assert lab.text != own
    assert lab.press('Reset').text == start
