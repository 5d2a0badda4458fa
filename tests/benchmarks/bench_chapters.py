"""Every chapter run as its test runs it, ten times in a row, the files in another order each time.

A chapter takes at most 60 s, the median chapter 35 s, those up to the confusion matrix together
5 minutes. COMPANION_RUNS is the number of rounds where ten are too many, COMPANION_CHAPTERS the
first signs of the chapters where not all are meant: `COMPANION_CHAPTERS=02,03`.
"""
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = tuple(os.environ.get('COMPANION_CHAPTERS', '0,1').split(','))
CHAPTERS = [f for f in sorted((ROOT / 'notebooks').glob('[01][0-9]_*.ipynb'))
            if f.name.startswith(CHOSEN)]
ROUNDS = int(os.environ.get('COMPANION_RUNS', 10))
NBVAL = '--nbval-lax --nbval-current-env --nbval-cell-timeout=120 -q'.split()


def run(chapter):
    "Seconds that the chapter's test takes; a failing cell fails here."
    start = time.perf_counter()
    command = [sys.executable, '-m', 'pytest', 'tests/conftest.py', str(chapter), *NBVAL]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f'{chapter.name}\n{done.stdout[-4000:]}'
    return time.perf_counter() - start


@pytest.mark.timeout(2 * 3600)
def test_ten_rounds_in_random_order_pass_and_each_chapter_is_quick():
    times = {chapter: [] for chapter in CHAPTERS}
    for turn in range(ROUNDS):
        order = random.Random(turn).sample(CHAPTERS, len(CHAPTERS))
        for chapter in order: times[chapter].append(run(chapter))
        print(f'\nround {turn + 1}: {sum(t[-1] for t in times.values()):.0f} s', end='', flush=True)
    print(f'\n\n{"chapter":<24} {"median":>7} {"slowest":>8}   (s, {ROUNDS} rounds)')
    for chapter, t in times.items():
        print(f'{chapter.stem:<24} {statistics.median(t):>7.0f} {max(t):>8.0f}')
    usual = {chapter.stem: statistics.median(t) for chapter, t in times.items()}
    first = sum(t for name, t in usual.items() if name < '07')
    print(f'{"all":<24} {sum(usual.values()):>7.0f}\n{"up to 06":<24} {first:>7.0f}')
    assert max(usual.values()) <= 60 and statistics.median(usual.values()) <= 35 and first <= 300
