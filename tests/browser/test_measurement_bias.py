"The labs on measurement bias in a real browser: other people answer as they do in Python."
import pytest

from utils.labs.measurement_bias import feedback_loop_lab, who_gets_measured_lab

pytestmark = pytest.mark.browser


@pytest.mark.parametrize('make', [who_gets_measured_lab, feedback_loop_lab])
def test_other_people_live_in_the_clinic_until_reset(page, open_app, make):
    lab, own = open_app(page, make.__name__.removesuffix('_lab')), make()
    assert lab.text == own.text
    picture = lab.png()
    lab.press('Other people')
    assert lab.text == own.act('Other people').text != make().text
    assert lab.picture.get_attribute('alt') == lab.text and lab.png() != picture
    assert own.settings['seed'] == 1
    lab.press('Reset')
    assert lab.text == make().text and lab.png() == picture
