"What the labs of the training loop do besides answering controls and buttons."
import pytest

pytestmark = pytest.mark.browser


def test_build_a_function_moves_its_sliders_as_it_learns(page, open_app):
    lab = open_app(page, 'build_a_function')
    first, start = lab.text, lab.values
    lab.choose('Target', 'bowl').press('Learn').press('Learn')
    assert lab.values != start
    lab.press('All slopes to zero')
    assert lab.text.startswith('A straight line')
    assert (lab.press('Reset').text, lab.values) == (first, start)


def test_the_marble_rolls_from_where_one_clicks(page, open_app):
    lab = open_app(page, 'marble')
    lab.slide('Momentum', 6)
    text, box = lab.text, lab.picture.bounding_box()
    place = dict(x=.45 * box['width'], y=.5 * box['height'])
    lab.answered(lambda: lab.picture.click(position=place))
    assert lab.text != text
