"The chapter's pictures show the numbers that they are given; its census cell runs on such a file."
import nbformat
import numpy as np
import pandas as pd
import pytest
from pathlib import Path

from utils.labs.tables import draw_columns, draw_embedding, draw_judges
from utils.plots import get_grid

CHAPTER = Path(__file__).resolve().parents[3] / 'notebooks' / '08_tables.ipynb'


def test_columns_are_drawn_in_their_units_and_normalised():
    table = pd.DataFrame(dict(a=[10., 20., 30., np.nan], b=[100., 300., 500., 600.]))
    above, below = draw_columns(table, (table - table.mean()) / table.std())
    counts = [sum(p.get_data().values.sum() for p in ax.patches) for ax in (above, below)]
    assert counts == [7, 7] and above.get_xscale() == 'log'


def test_each_name_stands_at_its_embedding():
    weights = np.array([[0., 1.], [2., 3.], [4., 5.]])
    ax = draw_embedding(weights, ['x', 'y', 'z'])
    assert [(t.get_text(), t.xy) for t in ax.texts] == list(zip('xyz', map(pytest.approx, weights)))


def test_each_seed_has_a_dot_and_each_model_its_mean():
    ax = draw_judges({'net': [1., 3.], 'line': [2., 6.]}, 'error', get_grid(1)[0])
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 3], [2, 6]]
    assert [c.get_segments()[0][0][0] for c in ax.collections] == [2, 4]
    assert [t.get_text() for t in ax.get_yticklabels()] == ['net', 'line']


def cell(id): return next(c.source for c in nbformat.read(CHAPTER, 4).cells if c.id == id)


def names():
    found = {}
    exec('from utils import *\nimport pandas as pd\nprocs = [Categorify, FillMissing, Normalize]',
         found)
    return found


def test_the_census_is_used_where_it_is(tmp_path, monkeypatch, capsys):
    rng, n = np.random.default_rng(1), 600
    words = ('workclass', 'education', 'marital-status', 'occupation', 'relationship', 'race')
    people = pd.DataFrame({w: rng.choice([f' {w[0]}1', f' {w[0]}2'], n) for w in words})
    people['age'], people['fnlwgt'] = rng.integers(18, 80, n), rng.integers(1000, 9999, n)
    people['education-num'] = np.where(rng.random(n) < .1, np.nan, rng.integers(1, 16, n))
    people['salary'] = np.where(people['workclass'] == ' w1', '<50k', '>=50k')
    (tmp_path / 'adult_sample').mkdir()
    people.to_csv(tmp_path / 'adult_sample' / 'adult.csv', index=False)
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    exec(cell('census'), names())
    said = capsys.readouterr().out
    assert 'the net: ' in said and 'not here yet' not in said


def test_without_the_census_the_chapter_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    exec(cell('census'), names())
    assert 'not here yet' in capsys.readouterr().out
