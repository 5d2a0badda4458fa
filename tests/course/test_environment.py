"The environment check says OK where all is well, and FAIL with what to do for each planted fault."
import re
import shutil
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from utils.course import environment
from utils.course.environment import CHECKS, check_environment, environment_lines, short

Usage, GB = namedtuple('Usage', 'total used free'), 2**30


def test_here_everything_needed_is_there(capsys):
    assert [words for state, words in environment_lines() if state == 'FAIL'] == []
    check_environment()
    said = capsys.readouterr().out
    assert said.endswith('Everything needed is there.\n')
    lines = said.split('\n\n')[0].splitlines()
    assert len(lines) == len(CHECKS)
    assert all(re.match(r'(OK|FAIL|note) +\w', line) for line in lines)


def test_the_report_names_no_folder_of_the_reader(capsys):
    check_environment()
    assert str(Path.home()) not in capsys.readouterr().out


def test_versions_are_those_installed():
    words = dict(line[::-1] for line in environment_lines())
    packages = next(w for w in words if 'packages' in w)
    assert f'torch {metadata.version("torch")}' in packages


def old_python(monkeypatch): monkeypatch.setattr(sys, 'version_info', (3, 9, 1))


def other_utils(monkeypatch):
    planted = SimpleNamespace(__file__='/elsewhere/utils/__init__.py')
    monkeypatch.setitem(sys.modules, 'utils', planted)


def not_installed(monkeypatch):
    def version(name): raise metadata.PackageNotFoundError(name)
    monkeypatch.setattr(metadata, 'version', version)


def old_package(monkeypatch): monkeypatch.setattr(metadata, 'version', lambda name: '0.0.1')


def broken_device(monkeypatch):
    def device(): raise RuntimeError('no kernel image')
    monkeypatch.setattr(environment, 'default_device', device)


def little_memory(monkeypatch):
    few = SimpleNamespace(virtual_memory=lambda: SimpleNamespace(available=.2 * GB, total=4 * GB))
    monkeypatch.setitem(sys.modules, 'psutil', few)


def little_disk(monkeypatch):
    monkeypatch.setattr(shutil, 'disk_usage', lambda path: Usage(GB, GB, .1 * GB))


def read_only(monkeypatch):
    def write_text(self, text): raise PermissionError(13, 'no')
    monkeypatch.setattr(Path, 'write_text', write_text)


@pytest.mark.parametrize('fault, words', [
    (old_python, 'needs 3.11 or newer. Type: make setup'), (other_utils, 'is in the way'),
    (not_installed, 'is missing'), (not_installed, 'utils is .* not installed'),
    (old_package, 'torch 0.0.1 is not >='), (broken_device, 'RuntimeError: no kernel image'),
    (little_memory, '0.2 of 4.0 GB free; 1 GB is needed'), (little_disk, '0.1 GB free'),
    (read_only, 'COMPANION_DATA')])
def test_a_planted_fault_is_told_with_what_to_do(monkeypatch, capsys, fault, words):
    fault(monkeypatch)
    failed = [line for state, line in environment_lines() if state == 'FAIL']
    assert [line for line in failed if re.search(words, line)]
    check_environment()
    assert re.search(rf'{len(failed)} of {len(CHECKS)} lines say FAIL', capsys.readouterr().out)


def test_without_psutil_there_is_a_note_and_no_failure(monkeypatch):
    monkeypatch.setitem(sys.modules, 'psutil', None)
    notes = [words for state, words in environment_lines() if state == 'note']
    assert any('psutil' in n for n in notes)


def test_paths_are_shown_from_here_or_from_home(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert short(tmp_path / 'a' / 'b.py') == 'a/b.py'
    monkeypatch.setattr(Path, 'home', lambda: Path('/somebody'))
    assert short(Path('/somebody/course/b.py')) == '~/course/b.py'
