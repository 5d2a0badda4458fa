"""How soon a reader can begin: `from utils import *` costs at most 0.3 s over `import torch,
matplotlib.pyplot`, and the first training begins at once, without torch's compiler.
"""
import subprocess
import sys

CODE = """
import time
import {before}
start = time.perf_counter()
from utils import Learner    # the first name loads them all
print(time.perf_counter() - start)
"""


def test_import_takes_at_most_three_tenths_of_a_second():
    code = CODE.format(before="torch, matplotlib.pyplot")
    command = [sys.executable, "-W", "ignore", "-c", code]
    runs = [float(subprocess.check_output(command, text=True)) for _ in range(7)]
    print(f"\nall of utils: {min(runs):.2f} s at best, {sorted(runs)[3]:.2f} s median of 7")
    assert sorted(runs)[3] <= 0.3


FIRST = """
import time
from utils import *
dls = DataLoaders([(torch.zeros(2, 3), torch.zeros(2, 1))], [])
learn = Learner(dls, nn.Linear(3, 1), F.mse_loss, {}, .1)
start = time.perf_counter()
with learn.no_bar(): learn.fit(1)
print(time.perf_counter() - start)
"""


def first_training(opt):
    "Seconds that the first training of a kernel takes: one batch of two rows."
    return float(subprocess.check_output([sys.executable, "-c", FIRST.format(opt)], text=True))


def test_the_first_training_begins_sooner_than_with_torchs_own_optimiser():
    turns = [(first_training("SGD"), first_training("torch.optim.SGD")) for _ in range(5)]
    ours, theirs = (sorted(side)[2] for side in zip(*turns))
    print(f"\nfirst training: {ours:.2f} s, with torch's own optimiser {theirs:.2f} s (of 5 turns)")
    assert ours <= theirs / 4
