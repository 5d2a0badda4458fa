"""Several kernels train at once, as in a class: do they keep out of each other's way?

Each process is a fresh Python that imports utils and trains a small net for a fixed time. Printed:
batches a second, all together, with the course's policy and with torch's own (as many threads as
cores, spinning while they wait), measured one after the other in this run.
"""
import os
import subprocess
import sys

import pytest

SECONDS = 6
CODE = f"""
import time, torch
from torch import nn
import torch.nn.functional as F
model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.Flatten(),
                      nn.Linear(512, 10))
opt = torch.optim.SGD(model.parameters(), lr=.01)
x, y = torch.rand(64, 1, 8, 8), torch.randint(0, 10, (64,))
def step():
    F.cross_entropy(model(x), y).backward()
    opt.step()
    opt.zero_grad()
for _ in range(5): step()
print('ready', flush=True)
input()
n, end = 0, time.time() + {SECONDS}
while time.time() < end:
    step()
    n += 1
print(n)
"""


def total(k, policy):
    "Batches a second of k processes that start together."
    env = {name: v for name, v in os.environ.items() if not name.startswith(('OMP_', 'KMP_'))}
    code = ('import utils\n' if policy else '') + CODE    # before torch, as in a notebook
    pipe = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    running = [subprocess.Popen([sys.executable, '-c', code], **pipe) for _ in range(k)]
    for p in running: assert p.stdout.readline().strip() == 'ready'
    for p in running:
        p.stdin.write('\n')
        p.stdin.flush()
    return sum(int(p.communicate()[0]) for p in running) / SECONDS


@pytest.mark.timeout(600)
def test_ten_kernels_at_once_lose_little_of_what_one_reaches():
    print(f'\nbatches a second, all kernels together, on {os.cpu_count()} cores')
    print(f"{'kernels':>8}{'the course':>14}{'torch alone':>14}")
    ours = {}
    for k in (1, 4, 10):
        ours[k], theirs = total(k, True), total(k, False)
        print(f'{k:8}{ours[k]:14.0f}{theirs:14.0f}')
    assert ours[10] > .85 * ours[1], 'ten at once do at least 0.85 of the work of one after another'
