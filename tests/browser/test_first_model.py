"The contest of rule and weights as a visitor meets it."
import pytest

from utils.labs.first_model.rule_or_weights import LAST, rule_or_weights_lab

pytestmark = pytest.mark.browser
START = 'It takes 8 zeros for an eight and no eight for a zero.'


@pytest.fixture(scope='module')
def opened(browser, open_app):
    "One open page for all tests that leave it as they found it."
    context = browser.new_context(viewport=dict(width=1100, height=900))
    yield open_app(context.new_page(), 'rule_or_weights')
    context.close()


@pytest.fixture
def lab(opened):
    "The lab, reset."
    return opened.press('Reset')


def test_the_ends_of_a_threshold_change_picture_and_sentence(lab):
    before = lab.png()
    assert START in lab.text and lab.picture.get_attribute('alt') == lab.text
    twin = rule_or_weights_lab()
    for key, middle in (('Home', 20), ('End', 80)):
        lab.key('Ink in the middle, at least', key)
        assert lab.text == twin.set(middle=middle).text and lab.png() != before
    lab.press('Reset')
    assert START in lab.text and lab.png() == before


@pytest.mark.parametrize('middle', [33, 48, 61])
def test_a_slider_put_anywhere_says_what_python_says(lab, middle):
    lab.slide('Ink in the middle, at least', middle)
    values = lab.text, lab.picture.get_attribute('alt')
    assert values == (rule_or_weights_lab(middle=middle).text,) * 2


def test_learning_and_new_pictures(lab):
    lab.press('Learn 1 step')
    assert 'after 1 step of learning' in lab.text
    lab.press('Learn to the end')
    assert f'after {LAST} steps of learning' in lab.text
    lab.answered(lambda: lab.control('Show new pictures').click())
    assert lab.text.startswith('On 292 new pictures') and 'The weights lead by' in lab.text


def test_a_click_into_the_left_panel_sets_both_thresholds(lab):
    box = lab.picture.bounding_box()
    lab.answered(lambda: lab.page.mouse.click(box['x'] + .35 * box['width'],
                                              box['y'] + .4 * box['height']))
    assert START not in lab.text and lab.text != rule_or_weights_lab().text
    assert 'pictures seen.' in lab.text


def test_on_a_phone_the_panels_stand_one_above_the_other(page, open_app):
    lab = open_app(page, 'rule_or_weights', width=390)
    lab.choose('Digits', '3 or 6')
    assert lab.text == rule_or_weights_lab(pair='3 or 6').text
    page.wait_for_function('e => e.naturalHeight > e.naturalWidth',
                           arg=lab.picture.element_handle())
    box = lab.picture.bounding_box()
    assert box['width'] <= 390 and box['height'] > box['width']
