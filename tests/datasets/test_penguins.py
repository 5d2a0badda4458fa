"The penguins are those of the package, read without loading it."
import subprocess
import sys
from types import SimpleNamespace

import pytest

from utils.datasets import penguins
from utils.datasets.penguins import load_penguins

COLUMNS = ("species island bill_length_mm bill_depth_mm flipper_length_mm body_mass_g sex "
           "year").split()


def test_the_table_is_that_of_the_package():
    import pandas as pd
    import palmerpenguins
    pd.testing.assert_frame_equal(load_penguins(), palmerpenguins.load_penguins())


def test_names_and_amounts_are_those_of_the_publication():
    birds = load_penguins()
    assert list(birds) == COLUMNS
    assert birds.species.value_counts().to_dict() == dict(Adelie=152, Gentoo=124, Chinstrap=68)
    assert sorted(birds.island.unique()) == ['Biscoe', 'Dream', 'Torgersen']
    assert birds.body_mass_g.mean() == pytest.approx(4201.754, abs=1e-3)


def test_what_is_missing_stays_missing():
    missing = load_penguins().isna().sum()
    assert missing.sex == 11 and (missing[2:6] == 2).all() and missing.species == 0


def test_each_call_gives_a_table_of_its_own():
    mine = load_penguins()
    mine.loc[0, 'island'] = 'Elba'
    assert load_penguins().loc[0, 'island'] == 'Torgersen'


def test_neither_pandas_nor_the_package_is_loaded_before_the_call():
    code = ("import sys, utils.datasets.penguins as p; early = 'pandas' in sys.modules; "
            "p.load_penguins(); print(early, 'palmerpenguins' in sys.modules)")
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.stdout.split() == ['False', 'False'], done.stderr


@pytest.mark.parametrize("spec, words", [
    (None, "it is not installed"),
    (SimpleNamespace(submodule_search_locations=['/nowhere']), "penguins.csv is missing")])
def test_without_the_file_the_message_says_what_to_type(monkeypatch, spec, words):
    monkeypatch.setattr(penguins, 'find_spec', lambda name: spec)
    with pytest.raises(FileNotFoundError, match=words) as e: load_penguins()
    assert 'pip install' in str(e.value)
