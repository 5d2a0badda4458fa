"The three labs of the first chapter, driven as a visitor would."
import pytest

pytestmark = pytest.mark.browser


def test_cells_run_by_buttons_by_clicks_and_by_typing(page, open_app):
    lab = open_app(page, 'order_of_cells')
    assert lab.text == 'Cell 5 shows 30, as it does when they run from top to bottom.'
    before = lab.png()
    lab.press('Restart')
    assert lab.text == 'The kernel has just started: its memory is empty.'
    for cell in '13425': lab.press(f'Run {cell}')
    assert lab.text.startswith('Cell 5 shows 20, and total is stale.')
    assert lab.picture.get_attribute('alt') == lab.text
    assert lab.png() != before
    box = lab.picture.bounding_box()
    at = dict(x=box['width'] * .3, y=box['height'] * .68)
    lab.answered(lambda: lab.picture.click(position=at))
    assert lab.text == 'Cell 5 shows 20, but that was shown before cell 4 ran: total is 30 now.'
    lab.answered(lambda: lab.control('Order').fill('5'))
    assert 'NameError' in lab.text


def test_a_name_is_typed_and_its_card_appears(page, open_app):
    lab = open_app(page, 'help_card')
    assert lab.text.startswith('show_image? tells its purpose')
    before = lab.png()
    lab.answered(lambda: lab.control('Name').fill('show_'))
    assert 'Tab would offer show_boxes, show_image, show_images' in lab.text
    lab.answered(lambda: lab.control('Name').fill('Learner.fit'))
    assert lab.text.startswith('Learner.fit? tells its purpose') and lab.png() != before
    lab.choose('Show', 'name??')
    lab.answered(lambda: lab.control('Name').fill('__import__("os").getcwd()'))
    assert 'is not known here' in lab.text
    assert '/' not in lab.text


def test_one_steps_up_to_the_mistake(page, open_app):
    lab = open_app(page, 'broken_on_purpose')
    assert 'belongs to torch' in lab.text
    for _ in range(5): lab.press('Up')
    assert lab.text.startswith('Found: this cell built the model for 784 pixels')
    lab.choose('Bug', 'A loss that is nan')
    assert lab.text.startswith('The loss is nan because all scores are.')
    lab.press('Up').press('Up').press('Down')
    assert lab.text.startswith('Every one of the scores is nan')
    box = lab.picture.bounding_box()
    at = dict(x=box['width'] * .1, y=box['height'] * .2)
    lab.answered(lambda: lab.picture.click(position=at))
    assert lab.text.startswith('Found: this cell set the learning rate')
