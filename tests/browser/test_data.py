"The labs on data in a real browser: Python's sentence for each setting, and the picture changes."
import io

import pytest
from PIL import Image

from utils.labs.data import best_of_k_lab, each_loses_something_lab, random_or_last_lab

pytestmark = pytest.mark.browser


def test_each_way_of_making_a_square_answers_as_python_does(page, open_app):
    lab = open_app(page, 'each_loses_something')
    start, picture = lab.text, lab.png()
    assert start == each_loses_something_lab().text
    for words, method in (('Squish', 'squish'), ('Pad', 'pad'), ('Random crop', 'random')):
        before = lab.png()
        lab.choose('Way', words)
        assert lab.text == each_loses_something_lab(method=method).text
        assert lab.png() != before
        assert lab.picture.get_attribute('alt') == lab.text
    for keep in .05, .4, .65, .9, 1:
        lab.slide('Random crop keeps at least', keep)
        assert lab.text == each_loses_something_lab(method='random', keep=float(keep)).text
    lab.choose('Picture', 'Rocket (tall photograph)').press('New dice')
    assert lab.text == each_loses_something_lab(
        picture='rocket', method='random', keep=1., seed=3).text
    lab.choose('Way', 'Pad').choose('Padding with', 'A mirror image')
    assert lab.text == each_loses_something_lab(picture='rocket', method='pad').text
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


def test_an_own_picture_takes_the_place_of_the_photograph(page, open_app):
    lab = open_app(page, 'each_loses_something')
    start, file = lab.text, io.BytesIO()
    Image.new('RGB', (500, 200), 'green').save(file, 'PNG')

    def choose(data):
        with page.expect_file_chooser() as chooser: lab.control('Your own picture').click()
        chooser.value.set_files(dict(name='mine.png', mimeType='image/png', buffer=data))
    lab.answered(lambda: choose(file.getvalue()))
    assert lab.text.startswith('Crop: 60 % of the picture is cut away')
    lab.answered(lambda: choose(b'no picture at all'))
    assert 'not a picture' in lab.text
    assert lab.press('Reset').text == start


def test_the_best_of_k_answers_every_control_as_python_does(page, open_app):
    lab = open_app(page, 'best_of_k')
    start, picture = lab.text, lab.png()
    assert start == best_of_k_lab().text
    for position, models in ((0, 1), (2, 5), (9, 1000), (4, 20), (7, 200)):
        lab.slide('Models tried', position)
        assert lab.text == best_of_k_lab(models=models).text
        assert lab.picture.get_attribute('alt') == lab.text
    assert lab.png() != picture
    lab.key('Pictures in the validation set', 'End').key('True accuracy of the models', 'Home')
    lab.key('How much they truly differ', 'End').press('Other luck')
    settings = dict(models=200, pictures=1000, skill=.3, spread=.1, seed=2)
    assert lab.text == best_of_k_lab(**settings).text
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


def test_random_or_last_answers_every_control_as_python_does(page, open_app):
    lab = open_app(page, 'random_or_last')
    start, picture = lab.text, lab.png()
    assert start == random_or_last_lab().text
    for held in 13, 39, 65, 91, 104:
        lab.slide('Weeks held out', held)
        assert lab.text == random_or_last_lab(held=held).text
        assert lab.picture.get_attribute('alt') == lab.text
    lab.choose('Held out', 'The last weeks').choose('Model', 'Trend and season')
    lab.key('Trend', 'Home').key('Season', 'End').press('Other years')
    settings = dict(split='last', model='season', held=104, trend=0., season=15., seed=11)
    assert lab.text == random_or_last_lab(**settings).text
    assert lab.png() != picture
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


@pytest.mark.parametrize('name', ['each_loses_something', 'best_of_k', 'random_or_last'])
def test_on_a_phone_they_fit(page, open_app, name):
    open_app(page, name, width=390)
    assert page.evaluate('document.documentElement.scrollWidth') <= 390
