"""`from utils import *` costs at most 0.3 s over `import torch, matplotlib.pyplot`."""
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
