"Scratch or transfer: what stays still stays still, and the sentence agrees with the numbers."
import numpy as np
import pytest
import torch

from utils.labs.fine_tuning.racing import PARTS, WAYS, Race, _new_net, _sets, how_far, race
from utils.labs.fine_tuning.scratch_or_transfer import (
    CONTROLS, _apart, draw_race, race_finding, scratch_or_transfer_lab)
from utils.labs.picture import new_figure
from utils.models import companion_resnet
from utils.vision import pretrained_weights

QUICK = dict(pictures=2, task='species', epochs=2)


def last(**settings): return list(race(**QUICK | settings))[-1]


@pytest.mark.parametrize('settings', [
    {}, *[dict(pictures=n) for n in (5, 40)], dict(task='breeds'), dict(epochs=3),
    *[dict(body=b) for b in (.001, .03, 1, 10)], *[dict(seed=s) for s in (3, 11, 20)]])
def test_every_setting_trains_and_its_sentence_agrees(settings):
    settings = QUICK | settings
    steps = list(race(**settings))
    r = steps[-1]
    assert len(steps) == 3 * settings['epochs']
    classes = 12 if settings['task'] == 'breeds' else 2
    for way in WAYS:
        assert len(r.right[way]) == settings['epochs'] and len(r.moved[way]) == len(PARTS)
        assert 0 <= min(r.right[way]) and max(r.right[way]) <= 1
    assert r.moved['frozen'][:-1] == [0.] * 5 and r.moved['frozen'][-1] > 0
    assert min(r.moved['scratch']) > 0 and min(r.moved['tuned']) > 0
    text = race_finding(r)
    assert f'{settings["pictures"]} pictures of each of {classes}' in text
    for way, words in zip(WAYS, ('from scratch', 'with a frozen body', 'fine-tuned')):
        assert f'{r.right[way][-1]:.2f} {words}' in text


def test_a_hot_body_moves_further():
    cool, hot = last(body=.01), last(body=3)
    assert hot.moved['tuned'][1] > 20 * cool.moved['tuned'][1]
    assert cool.moved['scratch'] == hot.moved['scratch']


def test_the_borrowed_body_is_the_shipped_one_and_the_head_the_same_for_all():
    state, _ = pretrained_weights(companion_resnet)
    nets = {way: _new_net(way, 5, seed=4) for way in WAYS}
    for way in 'frozen', 'tuned':
        assert all(torch.equal(v, state[k]) for k, v in nets[way][0].state_dict().items())
    assert not torch.equal(nets['scratch'][0].conv1.weight, state['conv1.weight'])
    heads = [nets[way][1].state_dict() for way in WAYS]
    assert all(torch.equal(heads[0][k], h[k]) for h in heads for k in h)


@pytest.mark.parametrize('task, classes', [('breeds', 12), ('species', 2)])
def test_pictures_to_learn_from_and_to_judge_by_are_others_and_balanced(task, classes):
    (x, y), (vx, vy) = _sets(task, 7, seed=2)
    assert y.bincount().tolist() == [7] * classes
    assert vy.bincount().tolist() == [240 // classes] * classes
    both = torch.cat([x, vx]).flatten(1)
    assert len(both.unique(dim=0)) == len(both)
    assert not torch.equal(_sets(task, 7, seed=3)[0][0], x)
    assert torch.equal(_sets(task, 7, seed=2)[0][0], x)


def test_the_same_seed_gives_the_same_numbers_and_torchs_own_dice_are_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    a, b = last(seed=1), last(seed=1)
    assert torch.rand(1) == expected
    assert a.right == b.right and a.moved == b.moved


def test_how_far_is_a_share_of_the_size():
    a = [torch.tensor([3., 0.]), torch.tensor([[4.]])]
    assert how_far(a, a) == 0
    assert abs(how_far(a, [torch.tensor([3., 3.]), torch.tensor([[0.]])]) - 1) < 1e-6


def made_up(scratch, frozen, tuned):
    moved = dict(scratch=[.6] * 6, frozen=[0.] * 5 + [.3], tuned=[.012, .023, .03, .04, .05, .4])
    return Race(8, 20, 12, dict(scratch=[scratch], frozen=[frozen], tuned=[tuned]), moved)


@pytest.mark.parametrize('numbers, words', [
    ((.4, .5, .65), 'Borrowing is worth 25 points'), ((.4, .7, .65), 'worth 30 points'),
    ((.7, .6, .7), 'Borrowing gains nothing here'), ((.7, .6, .5), 'costs 10 points here')])
def test_the_sentence_says_what_borrowing_is_worth(numbers, words):
    text = race_finding(made_up(*numbers))
    assert words in text
    assert 'stage 1 by 2.3 % and the head by 40 %; from scratch, stage 1 moved by 60 %' in text


def test_labels_are_pushed_apart_and_stay_inside():
    placed = _apart([.2, .21, .9, .95])
    assert (np.diff(placed) > .074).all() and placed[0] == pytest.approx(.2, abs=.06)
    assert max(_apart([.97, .98, .99])) <= .98 and _apart([]) == []


@pytest.mark.parametrize('size', [(8.2, 3.7), (4.2, 6.)])
def test_an_updated_picture_shows_the_new_epochs(size):
    fig = new_figure(size)
    steps = list(race(**QUICK))
    update = draw_race(fig, steps[0])
    r = steps[-1]
    update(r)
    left, right = fig.axes
    for line, way in zip(left.lines, WAYS):
        assert line.get_ydata().tolist() == r.right[way] if hasattr(line.get_ydata(), 'tolist') \
            else list(line.get_ydata()) == r.right[way]
    for line, way in zip(right.lines, WAYS):
        assert np.allclose(line.get_ydata(), np.clip(100 * np.array(r.moved[way]), .1, 1000))
    assert left.lines[3].get_ydata()[0] == .5            # chance


def test_the_line_rebuilds_the_lab():
    lab = scratch_or_transfer_lab(**QUICK)
    assert eval(lab.line).settings == lab.settings and set(lab.settings) == set(CONTROLS)
    assert lab.error is None and len(lab.result.right['tuned']) == 2
