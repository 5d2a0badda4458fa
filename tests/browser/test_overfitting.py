"The labs on overfitting in a real browser."
import pytest

from utils.labs.overfitting import memorise_noise_lab

pytestmark = pytest.mark.browser


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
    lab.fits_a_phone()
