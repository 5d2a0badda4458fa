"Column doctor in a real browser: every control answers as Python does."
import pytest

from utils.labs.tables import column_doctor_lab

pytestmark = pytest.mark.browser
GAPS, UNSEEN = 'Missing values', 'Names never seen, in validation'


def finished(**settings):
    "The lab in Python, its nets trained."
    lab = column_doctor_lab(**settings)
    lab.wait()
    return lab


def expect(lab, own):
    "Wait until the last of the five splits is told."
    lab.page.wait_for_function('text => document.body.innerText.includes(text)', arg=own.text,
                               timeout=60_000)
    assert lab.text == own.text
    assert lab.picture.get_attribute('alt') == lab.text


@pytest.fixture(scope='module')
def opened(module_page, open_app): return open_app(module_page, 'column_doctor')


@pytest.fixture
def lab(opened): return opened.press('Reset')


def test_column_kind_and_damage_can_be_chosen(lab):
    expect(lab, finished())
    picture = lab.png()
    lab.choose('Treat it as', 'an amount')
    expect(lab, finished(kind='amount'))
    amount = lab.png()
    assert amount != picture
    for key, gaps in (('End', 50), ('Home', 0)):
        lab.key(GAPS, key)
        expect(lab, finished(kind='amount', gaps=gaps))
    lab.slide(GAPS, 3)
    expect(lab, finished(kind='amount', gaps=20))
    lab.press('Reset')
    expect(lab, finished())


def test_an_island_never_seen_has_no_code_and_no_amount(lab):
    expect(lab, finished())
    lab.choose('Column', 'island')
    expect(lab, finished(column='island'))
    lab.slide(UNSEEN, 4)
    expect(lab, finished(column='island', unseen=100))
    lab.choose('Treat it as', 'an amount')
    lab.page.get_by_text('which is no amount').first.wait_for()
    lab.press('Reset')
    expect(lab, finished())


def test_a_phone_shows_all_of_it(lab): lab.fits_a_phone()
