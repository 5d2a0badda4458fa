"Four ReLUs against torch's own layers; learning lowers the miss."
import numpy as np
import pytest
import torch
from torch import nn

from tests.labs.ranges import over_all_ranges
from utils.labs.training_loop.build_a_function import (
    BENDS, SLOPES, TARGETS, X, _gradient, add_up, build_a_function_lab, learn_steps, sum_finding)


LAB = build_a_function_lab()


def net_of(s):
    "The same function as two linear layers with a ReLU between."
    net = nn.Sequential(nn.Linear(1, 4), nn.ReLU(), nn.Linear(4, 1)).double()
    with torch.no_grad():
        net[0].weight.fill_(1.)
        net[0].bias.copy_(-torch.DoubleTensor([s[f'b{i}'] for i in range(1, 5)]))
        net[2].weight.copy_(torch.DoubleTensor([[s[f's{i}'] for i in range(1, 5)]]))
        net[2].bias.fill_(s['start'])
    return net


def test_the_sum_is_a_net_of_four_hidden_units_over_all_ranges():
    for s in over_all_ranges(LAB):
        want = net_of(s)(torch.tensor(X)[:, None]).detach().numpy()[:, 0]
        r = add_up(**s)
        np.testing.assert_allclose(r.curve, want, atol=1e-9)
        assert np.isfinite(r.misses).all() and sum_finding(r)


def test_the_gradient_is_that_of_torch():
    s = LAB.settings
    p = torch.tensor([*SLOPES, .2, *BENDS], dtype=torch.float64, requires_grad=True)
    x, y = torch.tensor(X), torch.tensor(TARGETS[s['target']](X))
    curve = p[4] + (p[:4, None] * torch.relu(x - p[5:, None])).sum(0)
    ((curve - y) ** 2).mean().backward()
    np.testing.assert_allclose(_gradient(p.detach().numpy(), y.numpy()), p.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize('target', TARGETS)
def test_learning_comes_close_to_every_target_and_moves_the_sliders(target):
    lab = build_a_function_lab(target=target)
    before = lab.result.misses.mean()
    lab.act('Learn').act('Learn').act('Learn')
    assert lab.result.misses.mean() < .15 < before
    assert eval(lab.line, dict(build_a_function_lab=build_a_function_lab)).settings == lab.settings
    assert lab.settings['target'] == target and lab.settings['s1'] != SLOPES[0]


def test_a_press_changes_nothing_but_numbers_and_knows_its_settings():
    learnt = learn_steps(LAB.settings)
    assert set(learnt) == set(LAB.settings) - {'target'}
    assert LAB.act('All slopes to zero').text.startswith('A straight line: no ReLU bends it.')
    LAB.reset()


def test_the_sentence_counts_bends_and_names_the_worst_place():
    text = build_a_function_lab().text
    r = build_a_function_lab().result
    second = np.diff(r.curve, 2)
    assert (np.abs(second) > 1e-9).sum() == 2 and '2 bends at −1.5, −0.5' in text
    off = abs(r.curve - TARGETS['hill'](X))
    assert f'by {off.mean():.2f} on average' in text and f'by {off.max():.2f}, at x = 0.1' in text
