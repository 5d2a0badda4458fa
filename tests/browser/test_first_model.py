"The contest of rule and weights as a visitor meets it."
import pytest

from utils.labs.first_model.rule_or_weights import LAST, rule_or_weights_lab

pytestmark = pytest.mark.browser
START = 'It takes 8 zeros for an eight and no eight for a zero.'


@pytest.fixture(scope='module')
def opened(module_page, open_app): return open_app(module_page, 'rule_or_weights')


@pytest.fixture
def lab(opened):
    "The lab, reset."
    return opened.press('Reset')


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
