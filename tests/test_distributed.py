"""Two real processes, started by torchrun here, against one: the same weights and figures.

Floats are added up in another order, so weights and losses may differ by 1e-5; metrics that count
must be the same.
"""
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn

from utils import (DistributedTraining, EarlyStoppingCallback, Learner, ResumeCallback, accuracy,
                   distrib_ctx)
from utils import distributed as module

FOLDER = Path(__file__).parent / 'distributed'
sys.path.append(str(FOLDER))
from trainings import TRAININGS, flat, twice  # noqa: E402

pytestmark = pytest.mark.timeout(180)


def torchrun(what, folder, *options):
    "Start the worker twice; returns how it ended and what it said."
    done = subprocess.run(
        [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node=2',
         *options, str(FOLDER / 'worker.py'), what, str(folder)],
        capture_output=True, text=True, timeout=150, env=os.environ | {'OMP_NUM_THREADS': '1'})
    return done.returncode, done.stdout, done.stderr


def differences(a, b, where=''):
    "Places where two results are not the same, numbers by more than 1e-5."
    if isinstance(a, dict): a, b = list(a.items()), list(b.items())
    if isinstance(a, (list, tuple)):
        if len(a) != len(b): return [where]
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f'{where}/{i}')]
    if not isinstance(a, (torch.Tensor, float)): return [] if a == b else [f'{where}: {a}, {b}']
    a, b = torch.as_tensor(a), torch.as_tensor(b)
    same = a.shape == b.shape and torch.allclose(a.double(), b.double(), rtol=1e-5, atol=1e-5)
    return [] if same else [where]


@pytest.fixture(scope='module')
def two(tmp_path_factory):
    "What two ranks made of all trainings, in one launch, which ends with an error on rank 1."
    folder = tmp_path_factory.mktemp('two')
    code, out, err = torchrun('same', folder)
    assert (folder / 'cbs-1.pth').exists(), err
    folder.joinpath('out').write_text(out)
    folder.joinpath('err').write_text(f'{code}\n{err}')
    return folder


def kept(path): return torch.load(path, weights_only=False)


@pytest.mark.parametrize('training', TRAININGS, ids=lambda f: f.__name__)
def test_two_ranks_reach_the_weights_losses_and_predictions_of_one_process(
        training, two, tmp_path, capsys):
    one = training(None, tmp_path)
    for rank in (0, 1):
        res = kept(two / f'{training.__name__}-{rank}' / 'result.pth')
        assert differences(one, res) == []
        assert torch.equal(one['values'][:, 2:], res['values'][:, 2:]) or training.__name__ == (
            'batches_in_a_list')                     # what counts items counts the same items
        assert torch.equal(one['targs'], res['targs']) and torch.equal(
            one['first'][0], res['first'][0])        # in order, none twice
        assert one['patched'] == res['patched'] == []
        if training.__name__ == 'in_64_bits':
            for k, v in one['weights'].items(): assert (v - res['weights'][k]).abs().max() < 1e-12


def test_the_comparison_sees_a_difference():
    a = {'w': [torch.ones(3), 'Net']}
    for b in ({'w': [torch.ones(3) + 1e-4, 'Net']}, {'w': [torch.ones(2), 'Net']},
              {'w': [torch.ones(3), 'DDP']}, {'w': []}): assert differences(a, b)
    assert not differences(a, {'w': [torch.ones(3) + 1e-7, 'Net']})


def test_ranks_that_begin_unlike_follow_the_first(two):
    before = flat(None).validate()
    ranks = [kept(two / f'unseeded-{rank}.pth') for rank in (0, 1)]
    assert differences(*ranks) == []
    for t, u in zip(ranks[0][2].values(), ranks[1][2].values()): assert torch.equal(t, u)
    assert ranks[0][0] == pytest.approx(before, abs=1e-5)     # rank 0's weights judged all items


def test_each_rank_draws_augmentation_and_dropout_of_its_own(two):
    (x0, p0, *_, q0), (x1, p1, *_, q1) = [kept(two / f'drawn-{rank}.pth') for rank in (0, 1)]
    assert x0.shape == x1.shape and not torch.equal(x0, x1)
    assert not torch.equal(p0, p1) and not torch.equal(q0, q1)


def test_only_the_first_rank_writes_and_shows(two):
    assert sorted(p.name for p in (two / 'written-0').rglob('*.pth')) == ['kept.pth', 'resume.pth']
    assert not [p for p in (two / 'written-1').rglob('*') if p.is_file()]
    out = two.joinpath('out').read_text()
    assert out.count('The only line.') == 1
    assert out.count('epoch ') == len(TRAININGS) + 1 + 3        # fine_tune shows two tables
    for rank in (0, 1):
        assert kept(two / f'cbs-{rank}.pth') == ['Recorder', 'ProgressCallback']


def test_an_error_on_the_second_rank_ends_both_with_its_message(two):
    err = two.joinpath('err').read_text()
    assert err.partition('\n')[0] != '0'
    assert 'Rank 1 of 2 failed: IndexError: Target 9 is out of bounds' in err
    assert '3 outputs can only score targets 0 to 2' in err
    assert 'Rank 0 of 2 failed' not in err and 'closed by peer' not in err
    cause = err.split('Root Cause')[1]
    assert 'rank      : 1' in cause and 'Target 9 is out of bounds' in cause


def test_a_killed_rank_is_survived_from_the_last_whole_epoch(tmp_path, capsys):
    code, out, err = torchrun('killed', tmp_path, '--max-restarts=2')
    assert code == 0, err
    assert 'attempt 1 ended' in out
    assert '2 of 2 epochs were done' in out and '2 of 4 epochs were done' in out
    learn = flat(None)
    twice(learn)
    rec = learn.recorder
    for rank in (0, 1):
        res = kept(tmp_path / f'killed-{rank}.pth')
        assert differences([rec.losses, rec.lrs, rec.values, learn.model.state_dict()], res) == []


def test_without_torchrun_it_says_so_once_and_changes_nothing(capsys, monkeypatch):
    module._alone.cache_clear()
    with flat(None).no_bar() as plain: plain.fit(2, .2)
    with flat(DistributedTraining).no_bar() as alone, distrib_ctx(alone):
        alone.fit(2, .2)
        alone.validate()
    assert capsys.readouterr().out == 'Not started by torchrun: this process trains alone.\n'
    assert not dist.is_initialized()
    for a, b in zip(plain.model.parameters(), alone.model.parameters()): assert torch.equal(a, b)
    assert [type(c).__name__ for c in alone.cbs].count('DistributedTraining') == 1


class Ends(Exception): pass


class EndsOnce(DistributedTraining.__base__):
    "The power fails, once, in an epoch."
    order = 5

    def __init__(self, epoch): self.now = lambda: self.epoch == epoch

    def after_train(self):
        if self.now(): raise Ends


def interrupted(tmp_path, make, epochs, when, **kwargs):
    "Train until an error, then start the same script again, as a new process would."
    learn = make()
    learn.path = tmp_path
    ResumeCallback.begun.clear()
    with pytest.raises(Ends):
        learn.fit_one_cycle(epochs, .1, cbs=[EndsOnce(when), ResumeCallback()])
    ResumeCallback.begun.clear()
    learn = make()
    learn.path = tmp_path
    learn.fit_one_cycle(epochs, .1, cbs=[EndsOnce(None), ResumeCallback()])
    return learn


def dropping():
    learn = flat(None)
    learn.model.insert(1, nn.Dropout(.3))
    return Learner(learn.dls, learn.model, learn.loss_func, metrics=accuracy)


def test_a_training_goes_on_in_one_process_as_if_nothing_had_been(tmp_path, capsys):
    whole = dropping()
    whole.path = tmp_path / 'whole'
    whole.fit_one_cycle(4, .1)
    again = interrupted(tmp_path, dropping, 4, 2)
    assert '2 of 4 epochs were done before, says resume.pth.' in capsys.readouterr().out
    assert whole.recorder.values == again.recorder.values
    assert whole.recorder.lrs == again.recorder.lrs and whole.recorder.losses == (
        again.recorder.losses)
    for a, b in zip(whole.model.parameters(), again.model.parameters()): assert torch.equal(a, b)


def test_early_stopping_remembers_how_long_it_has_waited(tmp_path, capsys):
    ResumeCallback.begun.clear()

    def fit(*cbs):
        learn = flat(None)
        learn.path = tmp_path
        stop = EarlyStoppingCallback(min_delta=9, patience=3)
        try: learn.fit(6, .1, cbs=[stop, *cbs])
        except Ends: ResumeCallback.begun.clear()
        return learn.epoch
    straight = fit()
    assert fit(EndsOnce(2), ResumeCallback()) == 2
    assert fit(EndsOnce(None), ResumeCallback()) == straight == 3


def test_a_file_of_another_training_is_refused(tmp_path, capsys):
    ResumeCallback.begun.clear()
    learn = flat(None)
    learn.path = tmp_path
    learn.fit(1, .1, cbs=ResumeCallback())
    ResumeCallback.begun.clear()
    with pytest.raises(ValueError, match='of 1 epochs, this is one of 2. Delete the file'):
        learn.fit(2, .1, cbs=ResumeCallback())


def test_a_second_training_in_the_same_process_is_no_resumption(tmp_path, capsys):
    ResumeCallback.begun.clear()
    learn = flat(None)
    learn.path = tmp_path
    for _ in range(2): learn.fit(1, .1, cbs=ResumeCallback())
    assert 'done before' not in capsys.readouterr().out
