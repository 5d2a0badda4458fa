"What the doctor shows of a column, against pandas, and what it says of the accuracy."
import numpy as np
import pytest
import torch

from utils.datasets.penguins import load_penguins
from utils.labs.tables import column_doctor as module
from utils.labs.tables.column_doctor import (
    CONTROLS, column_doctor_lab, treat_column, treated_finding)

COLUMNS = list(module.UNITS)


def first(**settings): return next(treat_column(**settings))


def last(**settings): return list(treat_column(**settings))[-1]


def spoilt(column, kind, gaps, unseen, seed=0):
    "The column's values as the settings leave them, and the rows of the first split."
    train, valid = module._split(seed, 0)
    return module._changed(column, kind, gaps, unseen, valid, 100 * seed)[column], train, valid


@pytest.mark.parametrize('column', COLUMNS)
@pytest.mark.parametrize('kind', ['names', 'amount'])
@pytest.mark.parametrize('gaps', [0, 5, 30, 50])
def test_every_treatment_trains_and_its_sentence_agrees(column, kind, gaps):
    t = first(column=column, kind=kind, gaps=gaps)
    values, train, valid = spoilt(column, kind, gaps, 0)
    assert len(t.train) == len(train) and len(t.valid) == len(valid)
    assert t.gaps == values.isna().sum() and 0 <= t.now[0] <= 1
    text = treated_finding(t)
    assert f'Accuracy {t.now[0]:.3f}, usually {t.usual[0]:.3f}' in text
    if kind == 'names':
        known = set(values[train].dropna())
        zero = sum(v not in known for v in values[valid])
        assert f'{len(known)} names, {zero} of {len(valid)} validation birds have code 0' in text
        assert t.names == ['#na#', *sorted(known)]
    elif gaps or column == 'sex':
        assert t.fill == values[train].astype(float).median()
        assert f'{values.isna().sum()} gaps filled' in text
    else:
        assert t.train.mean() == pytest.approx(0) and t.train.std() == pytest.approx(1)


@pytest.mark.parametrize('column', COLUMNS)
@pytest.mark.parametrize('unseen', [0, 10, 25, 100])
def test_names_never_seen_are_counted(column, unseen):
    t = first(column=column, kind='names', unseen=unseen)
    values, train, valid = spoilt(column, 'names', 0, unseen)
    never = ~values[valid].isin(values[train]) & values[valid].notna()
    assert t.never == never.sum() >= round(unseen / 100 * len(valid))
    if column == 'island': assert t.never == round(unseen / 100 * len(valid))


@pytest.mark.parametrize('seed', [1, 7, 20])
def test_another_seed_draws_other_splits(seed):
    assert not np.array_equal(first(seed=seed).valid, first().valid)
    assert 0 <= first(seed=seed).now[0] <= 1


def test_a_word_in_a_column_of_amounts_is_told_as_the_table_tells_it():
    with pytest.raises(ValueError, match="'island' holds 'never seen', which is no amount"):
        first(column='island', kind='amount', unseen=10)
    assert 'which is no amount' in column_doctor_lab(column='sex', kind='amount', unseen=50).text


def test_the_column_as_it_is_changes_nothing():
    t = last(column='bill', kind='amount')
    assert t.now == t.usual and np.mean(t.now) > .97
    assert 'no difference in 5 splits' in treated_finding(t)


def test_lengths_as_names_and_new_islands_cost_accuracy():
    assert np.mean(last(column='bill', kind='names').now) < .92
    t = last(column='island', kind='names', unseen=100)
    assert np.mean(t.now) < np.mean(t.usual) - .02
    worse = sum(a < b for a, b in zip(t.now, t.usual))
    assert f'lower in {worse} of 5 splits' in treated_finding(t)


def test_islands_as_an_amount_cost_nothing_here():
    t = last(column='island', kind='amount')
    assert np.mean(t.now) > np.mean(t.usual) - .01


def test_nothing_outside_is_touched():
    torch.manual_seed(5)
    before, birds = torch.get_rng_state(), load_penguins()
    a = last(column='sex', kind='names', gaps=20)
    torch.rand(3)
    b = last(column='sex', kind='names', gaps=20)
    torch.manual_seed(5)
    assert torch.equal(before, torch.get_rng_state()) and a.now == b.now
    birds = birds.rename(columns=dict(bill_length_mm='bill', flipper_length_mm='flipper'))
    assert module._birds().equals(birds.dropna(subset=['bill']).reset_index(drop=True))


def test_the_net_learns_as_torchs_own_layers_start():
    splits = module._split(0, 0)
    net = module._fresh_net(module._table(module._birds(), 'sex', 'names', splits), 0)
    for m in net.modules():
        if isinstance(m, torch.nn.Linear): assert m.weight.abs().max() <= m.in_features ** -.5
        if isinstance(m, torch.nn.BatchNorm1d): assert (m.weight == 1).all()


@pytest.mark.parametrize('settings', [{}, dict(column='island', kind='amount', gaps=20, seed=3)])
def test_the_line_brings_the_lab_back(settings):
    lab = column_doctor_lab(**settings)
    assert eval(lab.line).settings == lab.settings
    assert set(lab.settings) == set(CONTROLS)


def test_it_is_drawn_wide_and_narrow():
    from matplotlib.figure import Figure
    for size in (8.4, 3.6), (4.2, 5.6):
        for kind in 'names', 'amount':
            fig = Figure(figsize=size, layout='constrained')
            module.draw_treated(fig, first(column='island', kind=kind))
            assert len(fig.axes) == 2
            dots = [line for line in fig.axes[1].lines if line.get_marker() == 'o']
            assert len(dots) == 2
