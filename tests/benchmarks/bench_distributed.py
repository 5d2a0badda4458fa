"""Two gloo processes with one thread each against one, on a model where computing dominates.

The model computes at least 50 ms for each batch of 64 pictures. Each way is a fresh Python that
trains the same batches with a `Learner`; they take turns, and the quickest epoch of each counts.
The last way is what the machine itself allows: two processes that never talk, each with half of
every batch. Where two cores share their arithmetic, that is far below 2.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EPOCHS, BATCHES, BS, TURNS = 9, 6, 64, 2
WAYS = {'one process, one thread': (1, 1), 'one process, two threads': (1, 2),
        'two processes, one thread each': (2, 1), 'two that never talk': None}


def train():
    "What each process runs: seconds of each epoch's training batches, as the first rank saw them."
    import time

    from utils import (Callback, DataLoader, DataLoaders, DistributedTraining, Learner, SGD, nn,
                       set_seed, torch)

    class Clock(Callback):
        order = 90
        seconds = []

        def before_train(self): self.start = time.perf_counter()
        def after_train(self): self.seconds.append(time.perf_counter() - self.start)

    set_seed(1)
    layers = [nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
              nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
              nn.Conv2d(64, 96, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1)]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(96, 10))
    bs = BS // int(os.environ.get('SHARES', 1))
    n = BATCHES * bs
    data = list(zip(torch.randn(n, 3, 48, 48), torch.randint(10, (n,))))
    dls = DataLoaders(DataLoader(data, bs, shuffle=True), DataLoader(data[:bs], bs))
    cbs = [Clock(), *([DistributedTraining()] if 'RANK' in os.environ else [])]
    learn = Learner(dls, model, nn.CrossEntropyLoss(), opt_func=SGD, lr=.01, cbs=cbs)
    with learn.no_bar(): learn.fit(EPOCHS)
    print(json.dumps([min(Clock.seconds[1:]), learn.recorder.losses[-1]]))


def start(threads, *options, **env):
    "A Python, or torchrun, that trains."
    env = os.environ | env | dict(OMP_NUM_THREADS=str(threads), PYTHONPATH=os.pathsep.join(
        [str(Path(__file__).parents[2]), os.environ.get('PYTHONPATH', '')]))
    return subprocess.Popen([sys.executable, *options, __file__], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def measured(how):
    "Seconds of the quickest epoch, and the last loss."
    processes, threads = how or (1, 1)
    torchrun = ('-m', 'torch.distributed.run', '--standalone', f'--nproc-per-node={processes}')
    if how: running = [start(threads, *torchrun * (processes > 1))]
    else: running = [start(1, SHARES='2') for _ in range(2)]
    said = [p.communicate(timeout=300) for p in running]
    assert not any(p.returncode for p in running), said
    return max(json.loads(out.strip().splitlines()[-1]) for out, _ in said)


@pytest.mark.timeout(900)
def test_two_processes_train_at_least_one_and_a_half_times_as_fast_as_one():
    turns = [{way: measured(how) for way, how in WAYS.items()} for _ in range(TURNS)]
    best = {way: min(turn[way][0] for turn in turns) for way in WAYS}
    one = best['one process, one thread']
    print(f'\nquickest of {TURNS * (EPOCHS - 1)} epochs of {BATCHES} batches of {BS} pictures; '
          f'{os.cpu_count()} cores')
    for way, seconds in best.items():
        print(f'{way:32}{1000 * seconds / BATCHES:7.0f} ms a batch {one / seconds:6.2f} x')
    losses = [turn[way][1] for turn in turns for way, how in WAYS.items() if how]
    assert max(losses) - min(losses) < 1e-4, 'all ways train the same'
    assert one / BATCHES >= .05, 'computing dominates: at least 50 ms a batch'
    assert one / best['two processes, one thread each'] >= 1.5


if __name__ == '__main__': train()
