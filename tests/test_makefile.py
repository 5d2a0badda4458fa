"""`make`: one clear line for what is missing, nothing done twice, the choice of PyTorch is kept."""
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(not shutil.which("make") or os.name == "nt",
                                reason="needs make and a shell")


@pytest.fixture
def checkout(tmp_path):
    "A folder with our Makefile and what it reads; `ready` says what is installed."
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    def installed(words, age=0):
        (tmp_path / ".venv").mkdir(exist_ok=True)
        ready = tmp_path / ".venv" / "ready"
        ready.write_text(words + "\n")
        now = time.time()
        os.utime(ready, (now - age, now - age))
        for name in ("requirements.txt", "pyproject.toml"):
            os.utime(tmp_path / name, (now - 100, now - 100))

    return tmp_path, installed


def make(folder, *words):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")
                 and k not in ("TORCH", "VERSIONS", "PYTHON", "TESTS", "PYTEST_ARGS")}
    done = subprocess.run(["make", *words], cwd=folder, capture_output=True, text=True,
                          env=inherited)
    return done.returncode, done.stdout, done.stderr


def python(folder, says, fails_at):
    "A stand-in for Python that prints a version and fails at some code."
    path = folder / "python"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{says}" && exit 0\n'
                    f'case "$2" in *{fails_at}*) exit 1;; esac\n')
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_a_missing_python_is_one_line(checkout):
    code, out, _ = make(checkout[0], "setup", "PYTHON=no-such-python")
    assert code and len(out.splitlines()) == 1 and out.startswith("No Python was found")


def test_an_old_python_is_one_line(checkout):
    folder, _ = checkout
    code, out, _ = make(folder, "setup", python(folder, "Python 3.9.2", "version_info"))
    assert code and out.startswith("Python 3.9.2 is too old") and len(out.splitlines()) == 1


def test_a_missing_venv_module_is_one_line(checkout):
    folder, _ = checkout
    code, out, _ = make(folder, "setup", python(folder, "Python 3.11.2", "ensurepip"))
    assert code and "sudo apt install python3-venv" in out and len(out.splitlines()) == 1


def test_a_second_run_starts_at_once(checkout):
    folder, installed = checkout
    installed("tried default")
    code, out, _ = make(folder, "-n", "lab")
    assert code == 0 and "pip" not in out and len(out.splitlines()) == 1
    assert "utils.course.work open" in out


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_change_of_versions_installs_again(checkout, name):
    folder, installed = checkout
    installed("tried default", age=50)
    os.utime(folder / name)
    assert "pip" in make(folder, "-n", "lab")[1]


def test_the_choice_of_pytorch_is_kept(checkout):
    folder, installed = checkout
    installed("tried cpu")
    assert "pip" not in make(folder, "-n", "lab")[1]
    assert "pip" not in make(folder, "-n", "lab", "TORCH=cpu")[1]
    assert "whl/cu126" in make(folder, "-n", "lab", "TORCH=cu126")[1]


def test_only_torch_comes_from_its_own_index(checkout):
    lines = make(checkout[0], "-n", "setup", "TORCH=cpu")[1].splitlines()
    own = [line for line in lines if "--index-url" in line]
    assert len(own) == 1 and "--no-deps" in own[0] and "'^torch=='" in own[0]


def test_newest_versions_ignore_the_exact_ones(checkout):
    out = make(checkout[0], "-n", "setup", "VERSIONS=newest")[1]
    assert ".[test]" in out and "-r requirements.txt" not in out


def test_help_lists_every_target(checkout):
    out = make(checkout[0], "help")[1]
    for target in ("lab", "test", "apps", "bench", "setup"): assert f"\n  {target} " in out
    assert out == make(checkout[0])[1]
