"The marble against torch's SGD; what its sentence says against a long run."
import numpy as np
import pytest
import torch

from tests.labs.ranges import over_all_ranges
from utils.labs.training_loop.line import BEST, HEIGHT, LOWEST, WEEKS, loss_at, slope_at
from utils.labs.training_loop.marble import BOTTOM, RATES, marble_finding, marble_lab, roll_marble


LAB = marble_lab()


def torch_path(lr, momentum, steps, a, b):
    p = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    x, y = torch.tensor(WEEKS), torch.tensor(HEIGHT)
    opt, path = torch.optim.SGD([p], lr=lr, momentum=momentum), [p.tolist()]
    for _ in range(steps):
        opt.zero_grad()
        ((p[0] * x + p[1] - y) ** 2).mean().backward()
        opt.step()
        path.append(p.tolist())
    return np.array(path)


def test_the_path_is_that_of_torch_over_all_ranges():
    for s in over_all_ranges(LAB):
        r = roll_marble(**s)
        short = s | dict(steps=min(s['steps'], 25))
        want = torch_path(**short)
        n = min(len(want), len(r.path))
        np.testing.assert_allclose(r.path[:n], want[:n], rtol=1e-6, atol=1e-7)
        assert len(r.excess) == len(r.path) and marble_finding(r)


def test_slopes_are_those_of_torch_and_the_bottom_is_flat():
    a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (-.5, 2.))
    ((a * torch.tensor(WEEKS) + b - torch.tensor(HEIGHT)) ** 2).mean().backward()
    np.testing.assert_allclose(slope_at(-.5, 2.), (a.grad, b.grad))
    np.testing.assert_allclose(slope_at(*BEST), (0, 0), atol=1e-12)
    assert loss_at(*BEST) == pytest.approx(LOWEST) and loss_at(BEST[0] + .1, BEST[1]) > LOWEST


@pytest.mark.parametrize('lr', [.05, .1, .4, .45])
@pytest.mark.parametrize('momentum', [0., .8])
def test_the_arrival_is_when_a_long_run_stays_at_the_bottom(lr, momentum):
    path = torch_path(lr, momentum, 600, -1.5, 3.)
    above = np.flatnonzero(loss_at(*path.T) - LOWEST > BOTTOM)
    assert roll_marble(lr, momentum, 5, -1.5, 3.).arrival == above[-1] + 1


def test_it_diverges_exactly_beyond_two_over_the_curvature():
    for lr in RATES:
        r = roll_marble(lr, 0., 150, -1.5, 3.)
        diverging = lr * np.linalg.eigvalsh(curvature_of_torch())[-1] > 2
        assert ('Diverging' in marble_finding(r)) == diverging == (r.excess[-1] > r.excess[0])


def curvature_of_torch():
    x, y = torch.tensor(WEEKS), torch.tensor(HEIGHT)
    loss = lambda p: ((p[0] * x + p[1] - y) ** 2).mean()
    return torch.autograd.functional.hessian(loss, torch.zeros(2, dtype=torch.float64)).numpy()


def test_the_overshoot_factor_is_measured_on_the_path():
    lab = marble_lab(lr=.6, steps=12)
    far = np.linalg.norm(lab.result.path - BEST, axis=1)
    assert f'{far[-1] / far[-2]:.2f} times as far up' in lab.text


def test_too_slow_tells_how_long_it_would_take():
    r = marble_lab(lr=.03).result
    assert r.arrival == 250 and 'takes 250 steps' in marble_finding(r)
    assert 'Too slow' in marble_lab(lr=.001).text
    stuck = roll_marble(.001, 0., 40, -1.5, 3.)
    assert stuck.arrival > 5000


def test_click_and_button_change_the_start_and_the_steps():
    lab = marble_lab()
    lab.click(0, 2.04, -1.33)
    assert (lab.settings['a'], lab.settings['b']) == (2., -1.3)
    assert lab.click(1, 3, 1).settings['a'] == 2.
    assert lab.act('One step more').settings['steps'] == 41
    assert eval(lab.line, dict(marble_lab=marble_lab)).settings == lab.settings
