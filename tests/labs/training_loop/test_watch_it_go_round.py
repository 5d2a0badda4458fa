"Every item once an epoch, by counting; batches against torch's own loader."
from collections import Counter

import pytest
import torch
from torch.utils.data import DataLoader as TorchLoader

from tests.labs.ranges import over_all_ranges
from utils.labs.training_loop.watch_it_go_round import (
    go_round, round_finding, watch_it_go_round_lab)


def test_every_item_comes_once_an_epoch_over_all_ranges():
    for s in over_all_ranges(watch_it_go_round_lab(done=30)):
        r = go_round(**s)
        left = s['n'] % s['bs'] if s['drop'] else 0
        for i, epoch in enumerate(r.epochs):
            seen = Counter(i for batch in epoch for i in batch)
            assert set(seen.values()) == {1}
            if i < len(r.epochs) - 1: assert len(seen) == s['n'] - left
        assert sum(map(len, r.epochs)) == (s['done'] if r.per_epoch else 0)
        assert round_finding(r)


@pytest.mark.parametrize('n, bs, drop', [(50, 8, False), (50, 8, True), (48, 8, True),
                                          (5, 32, False)])
def test_unshuffled_batches_are_those_of_torch(n, bs, drop):
    want = [b.tolist() for b in TorchLoader(torch.arange(n), bs, drop_last=drop)]
    r = go_round(n, bs, False, drop, 2 * len(want), seed=0)
    assert r.epochs == [want, want] and r.per_epoch == len(want)


def test_shuffled_epochs_differ_and_a_seed_repeats_them():
    a, b = (go_round(50, 8, True, False, 14, seed=3).epochs for _ in range(2))
    assert a == b and a[0] != a[1] and a != go_round(50, 8, True, False, 14, seed=4).epochs


def test_the_global_random_numbers_are_left_alone():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    go_round(50, 8, True, False, 14, seed=3)
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_sentence_follows_the_epoch():
    lab = watch_it_go_round_lab()
    assert '7 batches, and as many steps, an epoch; the last will hold only 2.' in lab.text
    assert lab.act('Next batch').text.startswith('Epoch 1, batch 1 of 7: 8 items lit. Seen in this '
                                                 'epoch: 8 of 50')
    assert lab.act('Epoch').text == ('Epoch 1 is over: 7 batches, and each of the 50 items was '
                                     'seen once. The last batch held only 2.')
    assert 'drawn anew' in lab.act('Epoch').text and lab.settings['done'] == 14
    assert 'same batches came in the same order' in lab.set(shuffle=False).text
    assert '2 items were left out' in lab.set(drop=True, done=6).text
    assert 'no batch at all' in lab.set(n=5, bs=32).text
    assert lab.act('Epoch').error is None


def test_the_line_rebuilds_the_state():
    lab = watch_it_go_round_lab(n=20, bs=3, shuffle=False, drop=True, done=5, seed=2)
    again = eval(lab.line, dict(watch_it_go_round_lab=watch_it_go_round_lab))
    assert again.settings == lab.settings
