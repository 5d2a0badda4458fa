"The labs of the training loop in a real browser: ends and random places of a control, buttons."
import random

import pytest

pytestmark = pytest.mark.browser


def moved(lab, label, positions):
    "Put a slider to each position; sentence and picture must change each time. Their texts."
    texts = []
    for position in positions:
        text, picture = lab.text, lab.png()
        lab.slide(label, position)
        assert lab.text != text and lab.png() != picture, f'{label} at {position}'
        assert lab.picture.get_attribute('alt') == lab.text
        texts.append(lab.text)
    return texts


def three(low, high, seed): return random.Random(seed).sample(range(low, high), 3)


def reset_brings_back(lab, first):
    lab.press('Reset')
    assert (lab.text, lab.png()) == first


def fits_a_phone(lab):
    "On a narrow page the lab is drawn anew, narrower, and nothing is cut off."
    lab.page.set_viewport_size(dict(width=390, height=844))
    lab.page.wait_for_function('e => e.naturalWidth < 500', arg=lab.picture.element_handle())
    assert lab.page.evaluate('document.documentElement.scrollWidth') <= 390
    assert lab.picture.bounding_box()['width'] <= 390


def test_build_a_function_learns_and_moves_its_sliders(page, open_app):
    lab = open_app(page, 'build_a_function')
    first = lab.text, lab.png()
    moved(lab, 'Slope of ReLU 3', [-6, *[x / 2 for x in three(-9, -1, 1)], 6])
    lab.choose('Target', 'bowl')
    before = lab.values
    lab.press('Learn').press('Learn')
    assert lab.values != before
    lab.press('All slopes to zero')
    assert lab.text.startswith('A straight line')
    lab.slide('ReLU 2 begins at', 1)
    reset_brings_back(lab, first)
    fits_a_phone(lab)


def test_marble_rolls_zigzags_and_diverges(page, open_app):
    lab = open_app(page, 'marble')
    first = lab.text, lab.png()
    texts = moved(lab, 'Learning rate', [0, 5, 11, 16, 21])    # places in the list of rates
    assert texts[0].startswith('Too slow') and 'zigzag' in texts[2]
    assert texts[3].startswith('Diverging') and texts[4].startswith('Diverging')
    lab.press('Reset').slide('Momentum', 6)
    text = lab.text
    lab.press('One step more')
    assert lab.text != text
    box = lab.picture.bounding_box()
    text = lab.text
    place = dict(x=.45 * box['width'], y=.5 * box['height'])
    lab.answered(lambda: lab.picture.click(position=place))
    assert lab.text != text
    reset_brings_back(lab, first)
    fits_a_phone(lab)


def test_step_the_loop_goes_round(page, open_app):
    lab = open_app(page, 'step_the_loop')
    first = lab.text, lab.png()
    words = dict(Predict='the model predicts', Loss='the mean of their squares',
                 Gradient='The gradient is two slopes', Step='a goes from',
                 Epoch='That was epoch 1: every plant once, 3 steps.')
    for button, said in words.items():
        picture = lab.png()
        lab.press(button)
        assert said in lab.text and lab.png() != picture, button
    moved(lab, 'Learning rate', [0, 5, 8])
    lab.control('Zero the gradients after each step').focus()
    lab.key('Zero the gradients after each step', ' ')
    lab.press('Gradient')
    assert 'the sum of 4 batches' in lab.text
    reset_brings_back(lab, first)
    fits_a_phone(lab)


def test_two_judges_nudges_until_accuracy_jumps(page, open_app):
    lab = open_app(page, 'two_judges')
    first = lab.text, lab.png()
    moved(lab, 'Cat 2', [.01, .99, *[x / 100 for x in three(10, 95, 2)]])
    moved(lab, 'Dog 6', [.01, .3])                             # behind "More"
    lab.press('Reset').press('Nudge all towards their labels')
    assert 'the accuracy stands where it stood' in lab.text
    lab.press('Nudge all towards their labels').press('Nudge all towards their labels')
    assert 'crossed 0.5 to the right side' in lab.text
    reset_brings_back(lab, first)
    fits_a_phone(lab)


def test_watch_it_go_round_lights_every_item(page, open_app):
    lab = open_app(page, 'watch_it_go_round')
    first = lab.text, lab.png()
    moved(lab, 'Batch size', [1, 32, *three(2, 31, 3)])
    moved(lab, 'Items', [5, 60, *three(6, 59, 4)])
    lab.press('Reset').press('Next batch')
    assert 'batch 1 of 7: 8 items lit' in lab.text
    lab.press('Epoch').press('Epoch')
    assert 'Epoch 2 is over' in lab.text
    lab.key('Shuffle each epoch', ' ')
    assert 'same order' in lab.text
    reset_brings_back(lab, first)
    fits_a_phone(lab)
