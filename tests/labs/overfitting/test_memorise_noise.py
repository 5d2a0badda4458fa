"The memorising net against torch's own layers, and what the chapter claims of it."
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from utils.labs.overfitting import memorise_noise as lab_module
from utils.labs.overfitting.memorise_noise import (
    Memory, memorise, memorise_noise_lab, memory_finding, shuffled_digits)

QUICK = dict(share=.5, width=16, epochs=3, pictures=100)


def last(**settings):
    "What is known after the last epoch."
    return list(memorise(**settings))[-1]


def test_labels_drawn_by_lot_are_learnt_by_heart_and_help_nobody():
    m = last()
    assert m.train_accuracy[-1] == 1.
    assert m.recalled == 1.
    assert abs(m.valid_accuracy[-1] - .1) < .05
    assert 'knows all 300 labels by heart, all 300 shuffled ones included' in memory_finding(m)
    assert 'no better than chance' in memory_finding(m)


@pytest.mark.parametrize('settings', [
    *[dict(share=v) for v in (0., .1, .4, .7, 1.)], *[dict(width=v) for v in (4, 64, 256, 512)],
    *[dict(epochs=v) for v in (1, 10)], *[dict(decay=v) for v in (0, .1, 1, 3, 10)],
    *[dict(dropout=v) for v in (.1, .4, .6, .9)], *[dict(pictures=v) for v in (50, 350, 1000)],
    *[dict(seed=v) for v in (1, 7, 20)]])
def test_every_setting_trains_and_its_sentence_agrees(settings):
    settings = QUICK | settings
    steps = list(memorise(**settings))
    m = steps[-1]
    assert len(steps) == len(m.valid_loss) == settings['epochs']
    assert np.isfinite(m.train_loss + m.valid_loss).all()
    text = memory_finding(m)
    assert f'{m.valid_accuracy[-1]:.2f} right' in text
    assert f'its {settings["pictures"]} labels' in text or 'by heart' in text
    assert ('shuffled' in text) == (settings['share'] > 0)
    turned = m.valid_loss[-1] >= min(m.valid_loss) + .02
    assert ('has risen' in text) == turned


@pytest.mark.parametrize('share', [0., .3, 1.])
def test_shuffling_moves_no_more_than_the_share_and_keeps_the_counts(share):
    true, mixed = shuffled_digits(0., 200), shuffled_digits(share, 200)
    assert torch.equal(true.x, mixed.x)
    moved = true.y != mixed.y
    assert mixed.lots.sum() == round(share * 200)
    assert not (moved & ~mixed.lots).any()
    assert moved.sum() >= .75 * mixed.lots.sum()
    assert torch.equal(true.y.bincount(), mixed.y.bincount())
    assert torch.equal(true.valid_y, mixed.valid_y)


def test_training_and_validation_digits_are_different_ones():
    data = shuffled_digits(0., 1000)
    rows = torch.cat([data.x, data.valid_x])
    assert len(rows.unique(dim=0)) == len(rows)


def test_its_two_layers_are_those_of_torch():
    params = lab_module._start(16, torch.Generator().manual_seed(0))
    net = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    with torch.no_grad():
        for own, theirs in zip(params, net.parameters()): theirs.copy_(own.t())
    data = shuffled_digits(0., 100)
    assert torch.allclose(lab_module._scores(data.x, params), net(data.x), atol=1e-6)
    loss, accuracy, _ = lab_module._measure(data.x, data.y, params)
    assert np.isclose(loss, F.cross_entropy(net(data.x), data.y).item(), atol=1e-5)
    assert accuracy == (net(data.x).argmax(1) == data.y).float().mean().item()


def test_dropout_silences_its_share_and_keeps_the_mean():
    params = [torch.ones(64, 4000) / 64, torch.zeros(4000), torch.ones(4000, 10) / 4000,
              torch.zeros(10)]
    out = lab_module._scores(torch.ones(1, 64), params, .3, torch.Generator().manual_seed(1))
    assert abs(out[0, 0].item() - 1) < .05


def test_the_same_seed_gives_the_same_numbers_and_torchs_own_dice_are_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    a, b = last(**QUICK, dropout=.5), last(**QUICK, dropout=.5)
    assert torch.rand(1) == expected
    assert a.valid_loss == b.valid_loss


def history(loss, accuracy, known=1.):
    "A made-up memory with these validation columns."
    data = shuffled_digits(0., 50)
    n = len(loss)
    return Memory(data, n, [1.] * n, loss, [known] * n, accuracy, 0.)


@pytest.mark.parametrize('accuracy, words', [
    ([.8, .9], 'while the accuracy still climbed'), ([.9, .8], 'and the accuracy fell with it'),
    ([.9, .9], 'while the accuracy stood still')])
def test_the_sentence_tells_what_the_accuracy_did_meanwhile(accuracy, words):
    text = memory_finding(history([.5, .75], accuracy))
    assert f'Since epoch 0 the validation loss has risen from 0.50 to 0.75, {words}.' in text
    assert 'has not turned' in memory_finding(history([.75, .5], accuracy))


def test_the_line_rebuilds_the_lab():
    lab = memorise_noise_lab(**QUICK | dict(epochs=10))
    again = eval(lab.line)
    assert again.settings == lab.settings
    assert again.text == lab.text
    assert len(lab.result.valid_loss) == 10
    assert lab.error is None
