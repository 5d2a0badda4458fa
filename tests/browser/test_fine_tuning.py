"The labs on fine-tuning in a real browser."
import pytest

from utils.labs.fine_tuning import scratch_or_transfer_lab, what_layers_see_lab

pytestmark = pytest.mark.browser


def test_layers_are_looked_into_by_control_and_by_click(page, open_app):
    lab = open_app(page, 'what_layers_see')
    page.wait_for_selector('.lab:not(.lab-running)')
    start, picture = lab.text, lab.png()
    assert start == what_layers_see_lab().text
    for stage in 'first layer', 'stage 4', 'stage 3':
        lab.choose('Layer', stage)
        assert lab.text == what_layers_see_lab(stage=stage).text
    lab.slide('Unit, the most excited first', 7).choose('Picture', 'Beagle (drawn)')
    settings = dict(stage='stage 3', picture='beagle')
    assert lab.text == what_layers_see_lab(**settings, unit=7).text
    assert lab.png() != picture
    box = lab.picture.bounding_box()
    lab.answered(lambda: page.mouse.click(box['x'] + .28 * box['width'],
                                          box['y'] + .2 * box['height']))
    assert lab.text == what_layers_see_lab(**settings, unit=1).text
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)
    lab.fits_a_phone()


def test_three_nets_race_and_begin_again(page, open_app):
    lab = open_app(page, 'scratch_or_transfer')
    page.wait_for_selector('.lab:not(.lab-running)')
    assert 'With 20 pictures of each of 12 breeds, 8 epochs' in lab.text
    picture = lab.png()
    lab.slide('Training pictures of each class', 0)
    lab.slide('Epochs', 2).choose('Classes', 'Cat or dog')
    settings = dict(pictures=2, epochs=2, task='species')
    assert lab.text == scratch_or_transfer_lab(**settings).text
    lab.slide("Fine-tuned body: its share of the head's rate", 7).slide('Seed', 20)
    assert lab.text == scratch_or_transfer_lab(**settings, body=10, seed=20).text
    assert lab.png() != picture
    lab.fits_a_phone()
