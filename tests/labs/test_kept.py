"Arrays in the data folder: there next time, never half, and no lab stops where they cannot be."
import logging

import numpy as np
import pytest

from utils.labs import kept as module
from utils.labs.kept import keep_arrays, kept_arrays


@pytest.fixture
def folder(tmp_path, monkeypatch):
    "A data folder that is not made yet."
    monkeypatch.setattr(module, 'companion_data_folder', lambda: tmp_path / 'data')
    return tmp_path / 'data'


def test_what_was_kept_comes_back(folder):
    keep_arrays('a.npz', x=np.arange(5), names=np.array(['cat', 'dog']))
    got = kept_arrays('a.npz')
    assert sorted(got) == ['names', 'x'] and got['x'].tolist() == [0, 1, 2, 3, 4]
    assert [f.name for f in folder.iterdir()] == ['a.npz']


@pytest.mark.parametrize('spoil', [lambda data: data[:200], lambda data: b'', lambda data: b'words',
                                   lambda data: data.replace(bytes([7]) * 40, bytes([9]) * 40)],
                         ids=['half', 'empty', 'words', 'changed'])
def test_planted_a_damaged_file_is_none(folder, spoil):
    keep_arrays('a.npz', x=np.full(900, 7, np.uint8))
    file = folder / 'a.npz'
    file.write_bytes(spoil(file.read_bytes()))
    assert kept_arrays('a.npz') is None
    assert kept_arrays('never.npz') is None


def test_a_data_folder_that_cannot_be_made_is_told_in_the_log(tmp_path, monkeypatch, caplog):
    (tmp_path / 'data').write_text('a file in its place')
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path / 'data'))
    with caplog.at_level(logging.WARNING): keep_arrays('a.npz', x=np.arange(9))
    assert 'could not be kept' in caplog.text and kept_arrays('a.npz') is None


def test_planted_objects_are_not_loaded(folder):
    folder.mkdir()
    np.save(folder / 'a.npz', np.array([{}], object), allow_pickle=True)
    assert kept_arrays('a.npz') is None


def test_planted_a_full_disk_is_told_in_the_log_and_leaves_nothing_behind(
        folder, monkeypatch, caplog):
    keep_arrays('a.npz', x=np.arange(3))

    def full(out, **arrays):
        out.write(b'PK')
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr(module.np, 'savez', full)
    with caplog.at_level(logging.WARNING): keep_arrays('a.npz', x=np.arange(9))
    assert 'No space left' in caplog.text
    assert kept_arrays('a.npz')['x'].tolist() == [0, 1, 2]
    assert [f.name for f in folder.iterdir()] == ['a.npz']
