"""Scenes: the same for everyone, with one to six pets, and boxes that hold them."""
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from utils.datasets import scenes
from utils.datasets.pets import pet_breeds
from utils.datasets.scenes import draw_scene, draw_scenes, scene_labels, scene_masks

SMALL = dict(n=6, size=64)


def contents(folder):
    "The bytes of every file, by name."
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return draw_scenes(**SMALL, folder=tmp_path_factory.mktemp('scenes') / 'a')


@pytest.fixture(scope='module')
def some():
    return [draw_scene(seed, 64) for seed in range(40)]


def test_the_same_seed_gives_the_same_bytes_in_another_process(folder, tmp_path):
    code = ('from utils.datasets.scenes import draw_scenes\n'
            f'draw_scenes(n=6, size=64, folder={str(tmp_path / "b")!r})')
    subprocess.run([sys.executable, '-c', code], check=True,
                   env={**os.environ, 'PYTHONHASHSEED': '7'})
    assert contents(tmp_path / 'b') == contents(folder)


def test_another_seed_gives_other_pictures_and_more_begin_with_the_same(folder, tmp_path):
    a = contents(folder)
    more = contents(draw_scenes(n=8, size=64, folder=tmp_path / 'more'))
    other = contents(draw_scenes(n=6, size=64, seed=1, folder=tmp_path / 'other'))
    pictures = [name for name in a if name.endswith('.jpg')]
    assert all(more[name] == a[name] and other[name] != a[name] for name in pictures)


def test_the_labels_name_every_picture_and_what_was_drawn(folder):
    species, breeds = scene_labels(folder), scene_labels(folder, 'breed')
    assert sorted(species) == sorted(p.name for p in folder.glob('*.jpg'))
    for i in range(1, 7):
        name, found = f'scene_{i:04}.jpg', draw_scene(f'42/{i}', 64)[1]
        assert species[name] == ([p['box'] for p in found], [p['species'] for p in found])
        assert breeds[name][1] == [p['breed'] for p in found]


def test_there_are_one_to_six_pets_of_all_kinds(some):
    counts = {len(found) for _, found in some}
    assert counts == set(range(1, 7))
    assert {p['breed'] for _, found in some for p in found} == set(pet_breeds())
    assert all((p['species'] == 'cat') == p['breed'][0].isupper() for _, f in some for p in f)


def test_boxes_are_whole_pixels_inside_the_picture_and_not_small(some):
    boxes = np.array([p['box'] for _, found in some for p in found])
    assert boxes.dtype.kind == 'i' and boxes.min() >= 0 and boxes.max() <= 64
    sides = boxes[:, 2:] - boxes[:, :2]
    assert sides.min() >= 8 and sides.max() > 2 * sides.min()


def test_some_overlap_but_none_too_much(some):
    pairs = [scenes._overlap(a['box'], b['box']) for _, found in some
             for i, a in enumerate(found) for b in found[:i]]
    assert max(pairs) <= scenes.CROWD + .05      # cut at the edge, they may share a little more
    assert sum(p > .05 for p in pairs) > 10
    assert scenes._overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert scenes._overlap((0, 0, 2, 2), (2, 0, 3, 2)) == 0


def test_the_box_holds_the_animal(monkeypatch):
    "Without the animals the picture is the same outside the boxes, but for the shadows."
    for seed in range(6):
        drawn, found = draw_scene(seed, 96, difficulty=0)
        with monkeypatch.context() as m:
            m.setattr(scenes, '_put', lambda *args: None)
            empty, same = draw_scene(seed, 96, difficulty=0)
        assert same == found
        inside = np.zeros((96, 96), bool)
        for p in found:
            x1, y1, x2, y2 = p['box']
            inside[y1:y2, x1:x2] = True
        changed = abs(np.asarray(drawn, int) - np.asarray(empty, int)).max(2) > 40
        assert changed[inside].mean() > .3 and changed[~inside].mean() < .12


def test_a_mask_fills_its_box_and_the_nearest_pet_is_in_front():
    for seed in range(8):
        found, mask = draw_scene(seed, 96)[1], scene_masks(seed, 96)
        assert set(np.unique(mask)) <= set(range(len(found) + 1))
        row, column = np.nonzero(mask == len(found))
        seen = [column.min(), row.min(), column.max() + 1, row.max() + 1]
        assert np.allclose(seen, found[-1]['box'], atol=2)       # nobody hides the last one
        for i, p in enumerate(found[:-1], 1):
            x1, y1, x2, y2 = p['box']
            assert (mask[y1:y2, x1:x2] == i).sum() == (mask == i).sum()


def test_the_same_seed_draws_the_same_scene_at_another_size():
    small, large = draw_scene(3, 64)[1], draw_scene(3, 128)[1]
    assert [p['breed'] for p in small] == [p['breed'] for p in large]
    assert np.allclose([p['box'] for p in small], np.array([p['box'] for p in large]) / 2, atol=2)


def test_how_many_and_where_can_be_asked_for():
    assert [len(draw_scene(s, 64, pets=1)[1]) for s in range(4)] == [1] * 4
    inside, outside = (np.asarray(draw_scene(1, 64, 1, background=k)[0], int)
                       for k in ('indoors', 'outdoors'))
    assert abs(inside - outside).mean() > 10


def test_pictures_are_rgb_of_the_size_asked_for(folder):
    for p in folder.glob('*.jpg'):
        with Image.open(p) as image: assert (image.mode, image.size) == ('RGB', (64, 64))


def test_folders_go_where_the_data_goes_and_are_drawn_once(tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    made = draw_scenes(n=2, size=32)
    assert made.parent == tmp_path
    monkeypatch.setattr(scenes, 'draw_scene', None)     # would raise if called
    assert draw_scenes(n=2, size=32) == made


@pytest.mark.parametrize('wrong, message', [
    (dict(pets=0), 'Pass 1 to 6'), (dict(pets=7), 'Pass 1 to 6'), (dict(size=5), '16 to 1024'),
    (dict(difficulty=2), 'off the scale'), (dict(background='space'), "'indoors' or 'outdoors'")])
def test_a_scene_that_cannot_be_drawn_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message): draw_scene(**wrong)


def test_what_is_no_folder_of_scenes_is_refused(tmp_path, folder):
    with pytest.raises(FileNotFoundError, match='draw_scenes'): scene_labels(tmp_path)
    with pytest.raises(ValueError, match="'species' or 'breed'"): scene_labels(folder, 'kind')
    for n in 0, 2.5:
        with pytest.raises(ValueError, match='no number of pictures'): draw_scenes(n)
