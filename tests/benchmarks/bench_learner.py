"""`Learner.fit` costs at most 1.15 times a plain loop on a model of 0.3 ms a batch.

Both sides train the same net on the same batches and judge it on validation batches by loss and
one metric. They take turns in one run; what counts is the median of the turns' ratios.
"""
import statistics
import time
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn

from utils import SGD, Learner, accuracy, set_seed

TURNS, TRAIN, VALID = 101, 100, 25


def data(n):
    g = torch.Generator().manual_seed(n)
    return [(torch.randn(32, 784, generator=g), torch.randint(10, (32,), generator=g))
            for _ in range(n)]


def model():
    set_seed(1)
    return nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 10))


def plain_epoch(net, opt, train, valid):
    "What one writes by hand: train, then the mean loss and accuracy on validation."
    net.train()
    for xb, yb in train:
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()
    net.eval()
    total, right, n = 0., 0., 0
    with torch.no_grad():
        for xb, yb in valid:
            pred = net(xb)
            total += F.cross_entropy(pred, yb).item() * len(yb)
            right += (pred.argmax(1) == yb).float().mean().item() * len(yb)
            n += len(yb)
    return total / n, right / n


def timed(f):
    start = time.process_time()    # CPU time: what else the machine does is not counted
    f()
    return time.process_time() - start


def test_the_learner_costs_at_most_fifteen_percent_over_a_plain_loop():
    train, valid = data(TRAIN), data(VALID)
    net = model()
    opt = torch.optim.SGD(net.parameters(), lr=.01)
    learn = Learner(SimpleNamespace(train=train, valid=valid, device=torch.device('cpu')), model(),
                    F.cross_entropy, opt_func=SGD, lr=.01, metrics=accuracy)
    with learn.no_bar():
        sides = (lambda: plain_epoch(net, opt, train, valid)), (lambda: learn.fit(1))
        for side in sides: timed(side)                      # warm up
        turns = []
        for i in range(TURNS):                              # who goes first alternates
            first = timed(sides[i % 2])
            second = timed(sides[1 - i % 2])
            turns.append((second, first) if i % 2 else (first, second))
    for p, q in zip(net.parameters(), learn.model.parameters()): assert torch.equal(p, q)
    plain, ours = (statistics.median(t) for t in zip(*turns))
    ratio = statistics.median(b / a for a, b in turns)
    n = TRAIN + VALID
    best = min(b for _, b in turns) / min(a for a, _ in turns)
    print(f'\nplain loop {1000 * plain / n:.3f} ms a batch, Learner {1000 * ours / n:.3f} ms; '
          f'ratio {ratio:.3f} (median of {TURNS} turns), of the medians {ours / plain:.3f}, of '
          f'the quickest {best:.3f}')
    assert ratio <= 1.15
