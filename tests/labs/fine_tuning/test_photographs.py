"The chapter's part on real photographs: with CIFAR-10 at hand, and without."
import ast
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest
import torch

import utils
from utils.labs.fine_tuning import photographs
from utils.labs.fine_tuning.photographs import real_pets, recorded_scores

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / 'shared' / 'data'
CHAPTER = ROOT / 'notebooks' / '07_fine_tuning.ipynb'
at_hand = pytest.mark.skipif(not (SHARED / 'cifar10.tgz').is_file(), reason=(
    'CIFAR-10 is not at hand: put cifar10.tgz into ../shared/data to test that part with it'))


@pytest.fixture
def without(monkeypatch, tmp_path):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    monkeypatch.delenv('COMPANION_MIRROR', raising=False)


@pytest.fixture
def with_it(monkeypatch, tmp_path):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    monkeypatch.setenv('COMPANION_MIRROR', str(SHARED))


def cell(id):
    return next(c for c in nbformat.read(CHAPTER, 4).cells if c.get('id') == id)


def run_the_part():
    "The part's cell, with the chapter's own `train`; gives its names and the words of its figure."
    alts = []
    names = {n: getattr(utils, n) for n in utils.__all__}
    names['show'] = lambda fig, alt: alts.append(alt)
    tree = ast.parse(cell('race').source)
    train = next(n for n in tree.body if getattr(n, 'name', '') == 'train')
    exec(compile(ast.Module([train], []), 'race', 'exec'), names)
    exec(cell('real').source, names)
    matplotlib.pyplot.close('all')
    return names, alts


def test_without_the_data_the_recorded_numbers_are_shown_and_how_to_get_it(
        without, capsys):
    assert real_pets() is None
    names, (alt,) = run_the_part()
    said = capsys.readouterr().out
    assert 'untar_data(URLs.CIFAR)' in said and 'COMPANION_DATA' in said
    scores = recorded_scores()
    assert names['real_scores'] == scores and list(scores) == ['from scratch',
                                                               'borrowed, fine-tuned']
    means = [np.mean(v) for v in scores.values()]
    assert all(len(v) == 3 for v in scores.values()) and means[1] >= means[0] + .05
    for mean in means: assert f'{mean:.2f}' in alt


@at_hand
def test_the_three_sets_share_no_photograph_and_the_judges_stay(with_it):
    sets = [real_pets(i) for i in range(3)]
    photos = [dls.train_ds.tensors[0].flatten(1) for dls in sets]
    both = torch.cat([*photos, sets[0].valid_ds.tensors[0].flatten(1)])
    assert [len(p) for p in photos] == [40] * 3 and len(sets[0].valid_ds) == 500
    assert len(both.unique(dim=0)) > .99 * len(both)      # the data set itself repeats a few
    assert torch.equal(sets[0].valid_ds.tensors[0], sets[2].valid_ds.tensors[0])
    for dls in sets:
        for ds, n in ((dls.train_ds, 20), (dls.valid_ds, 250)):
            assert ds.tensors[1].bincount().tolist() == [n, n]
        x, y = dls.train.one_batch()
        assert x.shape == (10, 3, 64, 64) and -3 < x.min() < -1 and 1 < x.max() < 3
        assert list(dls.vocab) == ['cat', 'dog']


@at_hand
@pytest.mark.slow
def test_with_the_data_borrowing_wins_on_real_cats_and_dogs(with_it, capsys):
    names, (alt,) = run_the_part()
    assert capsys.readouterr().out == ''
    scores = names['real_scores']
    recorded = recorded_scores()
    for words, values in scores.items():
        assert abs(np.mean(values) - np.mean(recorded[words])) < .05
        assert f'{np.mean(values):.2f}' in alt


def test_no_photograph_is_in_the_committed_chapter():
    shown = [o for o in cell('real').outputs if 'text/html' in o.get('data', {})]
    assert len(shown) == 1 and 'alt="Real cats and dogs:' in shown[0].data['text/html']
    assert shown[0].data['text/html'].count('<img') == 1
    assert 'show_batch' not in cell('real').source


def test_pictures_are_read_once(with_it, monkeypatch):
    if not (SHARED / 'cifar10.tgz').is_file(): pytest.skip('CIFAR-10 is not at hand')
    real_pets()
    monkeypatch.setattr(photographs, 'load_cifar', lambda *a: pytest.fail('read again'))
    assert real_pets(1) is not None
