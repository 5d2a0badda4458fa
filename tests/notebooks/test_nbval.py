"""What `make test` asks of nbval, shown on planted notebooks: errors and changed words fail.

With --nbval-lax only cells tagged `nbval-check-output` are compared, and the policy test allows
nothing but plain text there. So the display rules that strict mode gets wrong (clear_output,
display_id updates, Output capture) never come into play, and no plugin is needed.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def flags():
    "The nbval options of the Makefile, so that this tests the same."
    return re.findall(r"--nbval-[\w-]+(?:=\d+)?", (ROOT / "Makefile").read_text())


def cell(source, words="", tags=()):
    said = [new_output("stream", name="stdout", text=words)] if words else []
    return new_code_cell(source, outputs=said, execution_count=1, metadata={"tags": list(tags)})


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    "Outcome of each cell of one notebook that holds all the cases."
    folder = tmp_path_factory.mktemp("planted")
    checked = ["nbval-check-output"]
    cells = [
        cell("print('same')", "same\n", checked), cell("print('new')", "old\n", checked),
        cell("print('new')", "old\n"), cell("1 / 0"),
        cell("import os; print(os.environ['OMP_NUM_THREADS'], os.environ['MPLBACKEND'])",
             "1 Agg\n", checked),
        cell("import os; print('companion-home' in os.environ['COMPANION_HOME'])",
             "True\n", checked),
        cell("import socket\ntry: socket.create_connection(('192.0.2.1', 80), timeout=2)\n"
             "except OSError as e: print('without a network' in str(e))", "True\n", checked),
    ]
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), folder / "planted.ipynb")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-rA", "--tb=no", *flags(),
                           "--rootdir", str(folder), str(folder / "planted.ipynb")],
                          capture_output=True, text=True, cwd=folder, env=dict(os.environ))
    found = re.findall(r"^(PASSED|FAILED) .*Cell (\d+)", done.stdout, re.M)
    return {number: outcome for outcome, number in found}


@pytest.mark.parametrize("number, expected, why", [
    ("0", "PASSED", "the same words"), ("1", "FAILED", "changed words in a compared cell"),
    ("2", "PASSED", "changed words in a cell that is not compared"), ("3", "FAILED", "an error"),
    ("4", "PASSED", "the environment reaches the kernel"),
    ("5", "PASSED", "the kernel writes to a folder of the tests"),
    ("6", "PASSED", "the kernel has no network"),
])
def test_nbval_as_we_call_it(outcome, number, expected, why):
    assert outcome[number] == expected, why
