"The labs on overfitting in a real browser."
import pytest

from utils.labs.overfitting import memorise_noise_lab, parabola_lab

pytestmark = pytest.mark.browser


def fits_a_phone(lab):
    "On a narrow page the lab is drawn anew, taller than wide, and nothing is cut off."
    lab.page.set_viewport_size(dict(width=390, height=844))
    lab.page.wait_for_function('e => e.naturalWidth < e.naturalHeight',
                               arg=lab.picture.element_handle())
    assert lab.page.evaluate('document.documentElement.scrollWidth') <= 390
    assert lab.picture.bounding_box()['width'] <= 390


def test_the_parabola_answers_every_control_as_python_does(page, open_app):
    lab = open_app(page, 'parabola')
    start, picture = lab.text, lab.png()
    assert start == parabola_lab().text
    for degree in 1, 15, 2, 6, 9:
        lab.slide('Degree, or hidden units', degree)
        assert lab.text == parabola_lab(size=degree).text
        assert lab.picture.get_attribute('alt') == lab.text
    assert lab.png() != picture
    lab.key('Points', 'End').key('Noise', 'Home').key('Outside the data', 'End')
    settings = dict(size=9, points=60, noise=0., reach=1.5)
    assert lab.text == parabola_lab(**settings).text
    lab.choose('Curve', 'Hidden units').press('New points').slide('Seed', 20)
    assert lab.text == parabola_lab(**settings, curve='net', seed=20).text
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)
    fits_a_phone(lab)


def test_memorising_is_watched_and_begun_again(page, open_app):
    lab = open_app(page, 'memorise_noise')
    page.wait_for_selector('.lab:not(.lab-running)')
    assert 'knows all 300 labels by heart' in lab.text
    picture = lab.png()
    lab.key('Epochs', 'Home')
    for share in 0, .3, 1:
        lab.slide('Share of shuffled labels', share)
        assert lab.text == memorise_noise_lab(share=float(share), epochs=10).text
    lab.key('Hidden units', 'Home').key('Dropout', 'End').key('Weight decay', 'End')
    settings = dict(width=4, epochs=10, dropout=.9, decay=10)
    assert lab.text == memorise_noise_lab(**settings).text
    assert lab.png() != picture
    lab.press('Reset')
    assert 'knows all 300 labels by heart' in lab.text
    fits_a_phone(lab)
