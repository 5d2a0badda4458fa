"""The doctor says ok where all is well, and no, with what to do, for each planted fault."""
import re
import socket
import sys
import time
from collections import namedtuple
from datetime import datetime
from importlib import metadata
from pathlib import Path

import pytest

from utils.course import doctor, environment
from utils.course.chapters import NOTEBOOKS
from utils.course.doctor import (GB, MB, STUDENT, clock_line, fonts_line, hub_line, lines_for, main,
                                 port_line, reader_browser_line, room_line, served, space_line,
                                 tried_line, writable_line)
from utils.serve import settings

ROOT = NOTEBOOKS.parent
Usage = namedtuple('Usage', 'total used free')
WANTED = '# tried\ntorch==2.6.0\nnumpy==2.1.0\nsixteen==1.0; sys_platform == "never"\n'


def versions(**found):
    "A stand-in for `importlib.metadata.version`."
    def version(name):
        if name not in found: raise metadata.PackageNotFoundError(name)
        return found[name]
    return version


def test_the_versions_tried_together_are_ok_whatever_the_build():
    assert tried_line(WANTED, versions(torch='2.6.0+cpu', numpy='2.1.0'))[0] == 'ok'
    text = (ROOT / 'requirements.txt').read_text('utf-8')
    exact = dict(re.findall(r'^([\w.-]+)==([^;\s]+)', text, re.M))
    assert tried_line(text, versions(**exact))[0] == 'ok' and len(exact) > 100


@pytest.mark.parametrize('found, words', [
    (dict(torch='2.7.0', numpy='2.1.0'), '1 of 2 .*torch is 2.7.0, tried with 2.6.0.*make setup'),
    (dict(numpy='2.1.0'), 'torch is missing'), ({}, '2 of 2')])
def test_other_versions_and_missing_packages_are_told(found, words):
    state, said = tried_line(WANTED, versions(**found))
    assert state == 'no' and re.search(words, said)
    assert tried_line(WANTED, versions(**found), kept='newest cpu')[0] == 'ok'


def test_a_browser_is_found_or_asked_for():
    assert reader_browser_line({'firefox': '/x'}.get, 'linux') == ('ok', 'browser: firefox')
    for system in ('win32', 'darwin'): assert reader_browser_line({}.get, system)[0] == 'ok'
    state, said = reader_browser_line({}.get, 'linux')
    assert state == 'no' and 'sudo apt install' in said


@pytest.mark.parametrize('listens', [True, False])
def test_a_port_in_use_is_told_with_another_to_take(listens):
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        if listens: s.listen()
        port = s.getsockname()[1]
        state, said = port_line(port, 'JupyterLab', 'make lab LAB_ARGS=--port=8899')
        assert state == 'no' and f'port {port}, for JupyterLab' in said and '--port=8899' in said
    assert port_line(port, 'JupyterLab', '')[0] == 'ok'


@pytest.mark.parametrize('free, students, state', [
    (30 * 560 * MB / .8, 30, 'ok'), (30 * 560 * MB / .8 - 1, 30, 'no'), (100 * MB, 1, 'no')])
def test_memory_is_counted_for_each_student(free, students, state):
    found, said = room_line('JupyterHub', students, free, 560 * MB, 'Take laptops.')
    assert found == state and f'{students} come' in said
    assert ('Take laptops.' in said) == (state == 'no')
    if students == 30 and state == 'no': assert 'room for 29' in said and '21 GB would' in said


def test_no_figure_stands_twice(monkeypatch):
    assert f'holds about {STUDENT // MB} MB' in (ROOT / 'README.md').read_text('utf-8')
    assert served() == (settings.KERNEL, 8866)
    monkeypatch.setattr(settings, 'KERNEL', 123 * MB)
    page = [said for _, said in doctor.class_lines(3, 'apps', 50 * GB)]
    assert len(page) == 1 and 'at 123 MB each' in page[0]


def test_what_the_hub_needs_is_asked_for():
    assert hub_line(lambda name: True, lambda name: '/x')[0] == 'ok'
    state, said = hub_line(lambda name: None, lambda name: None)
    assert state == 'no' and "'.[hub]'" in said and 'npm install' in said and '--only apps' in said
    assert 'pip' not in hub_line(lambda name: True, lambda name: None)[1]


def test_the_font_of_the_figures_has_all_their_signs(monkeypatch):
    assert fonts_line(doctor.figure_fonts()) == ('ok', 'font of the figures: DejaVu Sans')
    state, said = fonts_line(['Nonesuch Sans'])
    assert state == 'no' and 'Nonesuch Sans of the figures is not found' in said
    assert fonts_line(['x'], lambda name: '/no/such/file.ttf')[0] == 'no'
    monkeypatch.setattr(doctor, 'SIGNS', 'a中')
    assert 'has no 中' in fonts_line(['DejaVu Sans'])[1]


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    places = {'copies': tmp_path / 'not' / 'yet', 'progress': tmp_path / 'locked'}
    assert writable_line(places)[0] == 'ok' and list(tmp_path.iterdir()) == []
    (tmp_path / 'locked').mkdir()
    really = doctor.tempfile.TemporaryFile

    def only_others(dir):
        if dir.name == 'locked': raise PermissionError(13, 'no')
        return really(dir=dir)
    monkeypatch.setattr(doctor.tempfile, 'TemporaryFile', only_others)
    state, said = writable_line(places)
    assert state == 'no' and 'progress in' in said and 'copies' not in said.split(';')[0]
    assert 'COMPANION_HOME' in said


def test_a_full_disk_is_told(tmp_path):
    assert space_line(tmp_path / 'not' / 'yet', lambda path: Usage(0, 0, 2 * GB))[0] == 'ok'
    state, said = space_line(tmp_path, lambda path: Usage(0, 0, GB / 2))
    assert state == 'no' and '0.5 GB free' in said and '1 GB is needed' in said


@pytest.mark.parametrize('now, newest, state', [
    ((2027, 3, 1), (2027, 2, 1), 'ok'), ((2027, 3, 1), (2027, 3, 1), 'ok'),
    ((1970, 1, 2), (1970, 1, 2), 'no'), ((2027, 3, 1), (2027, 4, 1), 'no')])
def test_a_clock_that_is_behind_is_told(now, newest, state):
    found, said = clock_line(datetime(*now).timestamp(), datetime(*newest).timestamp())
    assert found == state and f'{datetime(*now):%Y-%m-%d}' in said
    assert ('Set date and time' in said) == (state == 'no')


def test_the_newest_file_is_one_of_the_course(tmp_path):
    assert doctor.newest_file(tmp_path) == 0
    assert 0 < doctor.newest_file(ROOT) < time.time() + 60


# what is shown

FINE = dict(port_line=lambda *given: ('ok', f'port {given[0]} is free'),
            hub_line=lambda: ('ok', 'JupyterHub is installed'),
            room_line=lambda *given: ('ok', f'room for {given[1]}: {given[0]}'),
            reader_browser_line=lambda: ('ok', 'browser: firefox'))


@pytest.fixture
def fine(monkeypatch):
    "A machine on which nothing is running, with a browser, JupyterHub and memory."
    for name, line in FINE.items(): monkeypatch.setattr(doctor, name, line)


@pytest.mark.parametrize('words, more', [([], 14), (['--students', '30'], 17),
                                         (['--students', '30', '--only', 'apps'], 14),
                                         (['--students', '30', '--only', 'hub'], 16)])
def test_a_sound_machine_is_ready_on_one_screen(fine, capsys, words, more):
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.endswith('\n\nThis machine is ready.\n')
    assert len(re.findall('^ok ', said, re.M)) == more and len(said.splitlines()) <= 24
    assert max(map(len, said.splitlines())) <= 92 and str(Path.home()) not in said


def test_one_no_is_counted_and_gives_1(fine, monkeypatch, capsys):
    monkeypatch.setattr(doctor, 'hub_line', lambda: ('no', 'JupyterHub is missing. ' * 9))
    assert main(['--students', '30']) == 1
    said = capsys.readouterr().out
    assert said.endswith('\n1 of 17 lines say no. What to do stands in each.\n')
    assert re.search(r'^no  JupyterHub .*\n    \w', said, re.M)


def old_python(monkeypatch): monkeypatch.setattr(sys, 'version_info', (3, 9, 1))


def broken_check(monkeypatch):
    def line(): raise RuntimeError('no such device')
    monkeypatch.setattr(environment, 'device_line', line)


@pytest.mark.parametrize('harm, words', [(old_python, 'needs 3.11'),
                                         (broken_check, 'device_line: RuntimeError: no such')])
def test_what_chapter_00_finds_the_doctor_finds(fine, monkeypatch, harm, words):
    harm(monkeypatch)
    assert [said for state, said in lines_for() if state == 'no' and words in said]


@pytest.mark.parametrize('students', ['0', '-3', 'many', '1.5'])
def test_a_number_that_is_none_is_told(capsys, students):
    with pytest.raises(SystemExit): main([f'--students={students}'])
    assert 'is no number of students; say --students 30' in capsys.readouterr().err
