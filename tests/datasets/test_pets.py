"""The drawn cats and dogs: the same for everyone, labelled truly, and never half there."""
import math
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from utils.datasets import cache
from utils.datasets.animal import draw_animal, random_look
from utils.datasets.breeds import BREEDS
from utils.datasets.pen import Pen
from utils.datasets.pets import _counts, _tied, draw_pet, draw_pets, pet_breeds, pet_labels

SMALL = dict(n=24, size=32)


def contents(folder):
    "The bytes of every file, by name."
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


@pytest.fixture(scope='module')
def pets(tmp_path_factory):
    return draw_pets(**SMALL, folder=tmp_path_factory.mktemp('pets') / 'a')


def test_the_same_seed_gives_the_same_bytes_in_another_process(pets, tmp_path):
    code = ('from utils.datasets.pets import draw_pets\n'
            f'draw_pets(n=24, size=32, folder={str(tmp_path / "b")!r})')
    subprocess.run([sys.executable, '-c', code], check=True,
                   env={**os.environ, 'PYTHONHASHSEED': '7'})
    assert contents(tmp_path / 'b') == contents(pets)


def test_another_seed_gives_other_pictures(pets, tmp_path):
    a, b = contents(pets), contents(draw_pets(**SMALL, seed=1, folder=tmp_path / 'b'))
    assert a.keys() == b.keys()
    assert not [name for name in a if name.endswith('.jpg') and a[name] == b[name]]


def test_more_pictures_begin_with_the_same_ones(pets, tmp_path):
    more = contents(draw_pets(n=36, size=32, folder=tmp_path / 'b'))
    assert all(more[k] == v for k, v in contents(pets).items() if k.endswith('.jpg'))


def test_names_follow_the_oxford_pets(pets):
    names = [p.name for p in pets.glob('*.jpg')]
    breeds = Counter(re.findall(r'(.+)_\d+.jpg$', name)[0] for name in names)   # the book's pattern
    assert breeds == {name: 2 for name in pet_breeds()}
    cats = {re.sub(r'_\d+\.jpg', '', name) for name in names if name[0].isupper()}
    assert cats == set(pet_breeds('cat')) and len(cats) == 6
    assert len(pet_breeds('dog')) == 6


def test_the_books_labeller_reads_the_names(pets):
    files = pytest.importorskip('utils.files')
    label = files.RegexLabeller(pat=r'(.+)_\d+.jpg$')
    found = files.get_image_files(pets)
    assert len(found) == 24
    assert {label(f.name) for f in found} == set(pet_breeds())


def test_pictures_are_rgb_of_the_size_asked_for(pets):
    for p in pets.glob('*.jpg'):
        with Image.open(p) as image:
            assert (image.mode, image.size) == ('RGB', (32, 32))


def test_counts_are_even_and_a_rare_breed_has_a_tenth(tmp_path):
    folder = draw_pets(n=34, size=16, rare='pug', folder=tmp_path / 'a')
    counts = pet_labels(folder).breed.value_counts().to_dict()
    assert counts == {name: 1 if name == 'pug' else 3 for name in pet_breeds()}
    counts = _counts(1800, 'pug')
    assert counts.pop('pug') == 16 and set(counts.values()) == {162, 163}
    assert sum(counts.values()) == 1784


def test_labels_are_in_the_order_of_the_files_and_tell_what_was_drawn(pets):
    table = pet_labels(pets)
    assert list(table.name) == sorted(p.name for p in pets.glob('*.jpg'))
    assert all(table.name.str.startswith(b + '_').iloc[i] for i, b in enumerate(table.breed))
    assert set(table.species) == {'cat', 'dog'} and set(table.background) == {'indoors', 'outdoors'}
    assert ((table.x1 < table.x2) & (table.y1 < table.y2)).all()
    assert table[['x1', 'y1']].min().min() >= 0 and table[['x2', 'y2']].max().max() <= 32
    assert table.tilt.between(-30, 30).all() and table.tilt.std() > 8


def test_what_is_whole_is_not_drawn_again(pets, monkeypatch):
    monkeypatch.setattr(cache, '_write_labels', None)     # would raise if called
    assert draw_pets(**SMALL, folder=pets) == pets


@pytest.mark.parametrize('spoil', ['picture', 'about', 'labels', 'extra'])
def test_a_folder_that_is_not_whole_is_drawn_again(pets, tmp_path, monkeypatch, spoil):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    folder = draw_pets(**SMALL)
    assert folder.parent == tmp_path
    name = dict(picture='pug_1.jpg', about='about.json', labels='labels.csv', extra='pug_9.jpg')
    if spoil == 'extra': (folder / name[spoil]).write_bytes(b'')
    else: (folder / name[spoil]).unlink()
    assert contents(draw_pets(**SMALL)) == contents(pets)
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]     # nothing temporary is left


def test_an_interrupted_drawing_leaves_nothing_behind(tmp_path):
    drawn = []

    def draw(to):
        def half(): (to / 'pug_1.jpg').write_bytes(b'half')
        def stop(): raise KeyboardInterrupt
        return [half, stop] + [lambda: drawn.append(time.sleep(.01))] * 200

    with pytest.raises(KeyboardInterrupt):
        cache.write_once('pets', {}, {}, draw, tmp_path / 'a')
    assert list(tmp_path.iterdir()) == [] and len(drawn) < 100


def test_who_must_wait_is_told_for_what(tmp_path, capsys):
    jobs = [lambda: dict(name='none')]
    cache.write_once('pets', {}, {}, lambda to: jobs * (cache.MANY - 1), tmp_path / 'few')
    assert capsys.readouterr().out == ''
    cache.write_once('pets', {}, {}, lambda to: jobs * 1800, tmp_path / 'many')
    assert capsys.readouterr().out == 'Drawing 1,800 pets, this once. It may take 18 seconds.\n'


def test_two_that_draw_at_once_get_the_same_whole_folder(pets, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        a, b = pool.map(lambda _: draw_pets(**SMALL, folder=tmp_path / 'a'), range(2))
    assert a == b and contents(a) == contents(pets)


def test_each_setting_has_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    made = [draw_pets(n=12, size=16, **kw)
            for kw in ({}, dict(seed=1), dict(bias=1), dict(rare='pug'), dict(difficulty=0))]
    assert len(set(made)) == 5


def test_other_peoples_files_are_left_alone(tmp_path):
    (tmp_path / 'holiday.jpg').write_bytes(b'mine')
    with pytest.raises(FileExistsError, match='already holds other files'):
        draw_pets(**SMALL, folder=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ['holiday.jpg']


def test_one_pet_is_the_same_for_the_same_seed_and_size_free():
    a, info = draw_pet('Persian', 5)
    b, again = draw_pet('Persian', 5)
    assert a.tobytes() == b.tobytes() and info == again
    big, large = draw_pet('Persian', 5, size=192)
    assert np.allclose(np.array(large['box']) / 2, info['box'], atol=1)
    mean = np.abs(np.asarray(big.reduce(2), float) - np.asarray(a, float)).mean()
    assert mean < 12                                     # the noise differs, the drawing does not
    rng = random.Random(3)
    assert draw_pet('pug', rng)[1] != draw_pet('pug', rng)[1]
    assert draw_pet('pug', random.Random(3))[1] == draw_pet('pug', random.Random(3))[1]


def same_pixels(breed, seed):
    "Where two pictures agree that differ in nothing but the background: on the animal."
    a, b = (np.asarray(draw_pet(breed, seed, background=k, difficulty=0)[0], int)
            for k in ('indoors', 'outdoors'))
    return abs(a - b).max(2) <= 1


def share_within(where, box):
    x1, y1, x2, y2 = (round(v) for v in box)
    inside = np.zeros_like(where)
    inside[y1:y2, x1:x2] = True
    return where[inside].mean(), where[~inside].mean() if (~inside).any() else 0.


def test_the_box_holds_the_animal():
    for i, breed in enumerate(pet_breeds()):
        box = draw_pet(breed, i, difficulty=0)[1]['box']
        inside, outside = share_within(same_pixels(breed, i), box)
        assert inside > .35 and outside < .08, (breed, inside, outside)


def test_a_box_in_the_wrong_place_would_be_noticed():
    box = np.array(draw_pet('pug', 2, difficulty=0)[1]['box'])
    small = [*(box[:2] + (box[2:] - box[:2]) * .3), *box[2:]]
    assert share_within(same_pixels('pug', 2), small)[1] > .08


@pytest.mark.parametrize('tilt', [-28., -10., 0., 25.])
@pytest.mark.parametrize('mirror', [False, True])
def test_a_positive_tilt_leans_the_head_to_the_right_of_the_picture(tilt, mirror):
    for breed in ('Siamese', 'beagle'):
        look = random_look(BREEDS[breed], 'seed', .2)
        look = replace(look, tilt=tilt, mirror=mirror, x=.5, y=.4, scale=.2)
        layers, eyes = [], []
        for blink in (False, True):
            layers.append(Pen(200))
            eyes.append(draw_animal(layers[-1], BREEDS[breed], replace(look, blink=blink)))
        (ax, ay), (bx, by) = eyes[0]
        assert math.degrees(math.atan2(by - ay, bx - ax)) == pytest.approx(tilt, abs=1e-6)
        changed = [np.asarray(p.image, int) for p in layers]        # by a blink: the eyes
        y, x = np.nonzero(abs(changed[0] - changed[1]).max(2))
        assert (x.mean(), y.mean()) == pytest.approx(tuple(eyes[0].mean(0) * 200), abs=4)
        slope = np.linalg.eigh(np.cov(x, y))[1][:, 1]
        assert math.degrees(math.atan(slope[1] / slope[0])) == pytest.approx(tilt, abs=5)


def test_a_tilt_that_is_asked_for_changes_only_the_tilt():
    _, left = draw_pet('pug', 8, tilt=-20)
    _, right = draw_pet('pug', 8, tilt=20)
    assert (left['tilt'], right['tilt']) == (-20., 20.)
    assert left['background'] == right['background']
    assert left['eyes'][0][1] > left['eyes'][1][1] and right['eyes'][0][1] < right['eyes'][1][1]


@pytest.mark.parametrize('bias, share', [(0, .5), (.9, .95), (1, 1), (-1, 0)])
def test_bias_ties_the_background_to_the_class(tmp_path, bias, share):
    table = pet_labels(draw_pets(n=60, size=16, bias=bias, folder=tmp_path / 'a'))
    tied = (table.species == 'cat') == (table.background == 'indoors')
    assert tied.mean() == pytest.approx(share, abs=0 if abs(bias) == 1 else .06 + .1 * (bias == 0))


def test_bias_is_the_share_of_tied_pictures():
    for bias in (.3, -.7):
        where = [_tied(breed, f'{i}', bias) for breed in ('pug', 'Persian') for i in range(1000)]
        assert 1 - where.count(None) / 2000 == pytest.approx(abs(bias), abs=.03)
        first, second = ('outdoors', 'indoors')[:: 1 if bias > 0 else -1]
        assert set(where[:1000]) == {None, first} and set(where[1000:]) == {None, second}


def test_breeds_look_different_and_backgrounds_vary():
    looks = {b: np.mean([np.asarray(draw_pet(b, i, 32, 0)[0], float) for i in range(6)], 0)
             for b in pet_breeds()}
    for a in looks:
        for b in looks:
            assert a == b or abs(looks[a] - looks[b]).mean() > 6, (a, b)
    corners = {np.asarray(draw_pet('pug', i, 32)[0])[0, 0].tobytes() for i in range(12)}
    assert len(corners) > 8


@pytest.mark.parametrize('wrong, message', [
    (dict(breed='poodle'), "no breed 'poodle' here. Pass one of: Abyssinian"),
    (dict(breed='pug', size=5), 'Pass 16 to 1024 pixels'),
    (dict(breed='pug', difficulty=2), r'Pass 0 \(easy\) to 1 \(hard\)'),
    (dict(breed='pug', background='space'), "Pass 'indoors' or 'outdoors'"),
])
def test_a_pet_that_cannot_be_drawn_is_refused_with_a_way_out(wrong, message):
    with pytest.raises(ValueError, match=message):
        draw_pet(**wrong)


@pytest.mark.parametrize('wrong, message', [
    (dict(n=5), 'at least 12'), (dict(n=20.5), 'whole number'), (dict(bias=3), 'not a share'),
    (dict(rare='cat'), "no breed 'cat' here"), (dict(size=4000), '16 to 1024'),
])
def test_a_folder_that_cannot_be_drawn_is_refused_and_not_begun(tmp_path, wrong, message):
    with pytest.raises(ValueError, match=message):
        draw_pets(folder=tmp_path / 'a', **wrong)
    assert not (tmp_path / 'a').exists()


def test_labels_of_a_folder_without_any_are_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match='Pass what `draw_pets'):
        pet_labels(tmp_path)
    with pytest.raises(ValueError, match="Pass 'cat' or 'dog'"):
        pet_breeds('bird')
