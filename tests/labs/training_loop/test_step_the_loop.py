"The stepped loop against torch's loop on the same batches; the sentence against its numbers."
import numpy as np
import pytest
import torch

from tests.labs.ranges import over_all_ranges
from utils.labs.training_loop.line import HEIGHT, WEEKS
from utils.labs.training_loop.loop_picture import LIT, number
from utils.labs.training_loop.step_the_loop import (
    LAST, START, moment_finding, stand_at, step_the_loop_lab)


def torch_loop(lr, steps, zero):
    "Parameters after the steps, and the loss of each batch."
    a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in START)
    opt, losses = torch.optim.SGD([a, b], lr=lr), []
    for step in range(steps):
        items = np.random.default_rng(step // 3).permutation(12)[4 * (step % 3):][:4]
        x, y = torch.tensor(WEEKS[items]), torch.tensor(HEIGHT[items])
        loss = ((a * x + b - y) ** 2).mean()
        loss.backward()
        opt.step()
        if zero: opt.zero_grad()
        losses.append(loss.item())
    return a.item(), b.item(), losses


@pytest.mark.parametrize('zero', [True, False])
@pytest.mark.parametrize('steps', [1, 2, 3, 7, 30])
def test_whole_steps_are_those_of_torch(steps, zero):
    m = stand_at(4 * steps, .1, zero)
    a, b, losses = torch_loop(.1, steps, zero)
    np.testing.assert_allclose((m.a, m.b), (a, b))
    np.testing.assert_allclose(m.losses, losses)


def test_the_summed_gradient_differs_as_planted():
    assert stand_at(8, .1, True).a != stand_at(8, .1, False).a


def test_an_epoch_uses_every_plant_once():
    seen = [x for batch in range(3) for x in stand_at(12 + 4 * batch + 1, .1, True).x]
    assert sorted(seen) == sorted(WEEKS)


def test_it_can_stand_anywhere_over_all_ranges():
    lab = step_the_loop_lab()
    for s in over_all_ranges(lab):
        m = stand_at(**s)
        assert m.part in LIT and moment_finding(m)
    for done in range(14): assert moment_finding(stand_at(done, .1, True))


def test_each_button_ends_at_its_own_part():
    lab = step_the_loop_lab()
    for start in range(9):
        for name in ('Predict', 'Loss', 'Gradient', 'Step'):
            done = lab.actions[name](dict(done=start))['done']
            assert stand_at(done, .1, True).part == name.lower()
            assert 1 <= done - start <= 4
    assert step_the_loop_lab(done=5).act('Epoch').settings['done'] == 12
    assert step_the_loop_lab(done=12).act('Epoch').settings['done'] == 24


def test_at_the_end_of_the_training_buttons_stay_inside():
    for name in ('Predict', 'Loss', 'Gradient', 'Step', 'Epoch'):
        lab = step_the_loop_lab(done=LAST).act(name)
        assert lab.error is None and lab.settings['done'] <= LAST


def test_the_sentence_says_what_torch_says():
    a, b, losses = torch_loop(.1, 1, True)
    text = step_the_loop_lab(done=4).text
    assert f'a goes from −0.50 to {number(a)}, b from 2.00 to {number(b)}' in text
    assert f'falls from {losses[0]:.2f} to' in text
    m = stand_at(12, .1, True)
    whole = np.mean((m.a * WEEKS + m.b - HEIGHT) ** 2)
    assert f'went from 1.84 to {whole:.2f}' in moment_finding(m)
    squares = (stand_at(2, .1, True).pred - stand_at(2, .1, True).y) ** 2
    share = f'{100 * squares.max() / squares.sum():.0f} %'
    assert share in moment_finding(stand_at(2, .1, True))


def test_forgotten_zeroing_is_named():
    assert 'the sum of 3 batches' in step_the_loop_lab(done=11, zero=False).text
    assert 'sum' not in step_the_loop_lab(done=11).text


def test_the_line_rebuilds_the_state():
    lab = step_the_loop_lab(done=7, lr=.3, zero=False)
    assert eval(lab.line, dict(step_the_loop_lab=step_the_loop_lab)).settings == lab.settings


def test_numbers_have_a_true_minus_and_no_negative_zero():
    assert (number(-1.5), number(-.001), number(3)) == ('−1.50', '0.00', '3.00')
