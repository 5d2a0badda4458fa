"Tables: fastai's values for codes, fills, means and sizes; every misuse has its own message."
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from utils import (CategoryBlock, Categorify, ClassificationInterpretation, FillMissing,
                   FillStrategy, Normalize, RegressionBlock, TabularDataLoaders, TabularModel,
                   TabularPandas, accuracy, add_datepart, cont_cat_split, emb_sz_rule, get_emb_sz,
                   load_learner, load_penguins, rmse, set_seed, tabular_learner)

FASTAI = json.loads((Path(__file__).parent / 'parity' / 'tabular.json').read_text())
PROCS = [Categorify, FillMissing, Normalize]
CATS, CONTS = ['island', 'sex'], ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm']


def rows(): return pd.DataFrame(FASTAI['rows'])


def table(df=None, y_names='y', procs=PROCS, **kwargs):
    "The small table that fastai was given."
    return TabularPandas(rows() if df is None else df, procs, FASTAI['cat_names'],
                         FASTAI['cont_names'], y_names, splits=FASTAI['splits'], **kwargs)


def penguins(y_names='species', cat_names=CATS, cont_names=CONTS, **kwargs):
    df = load_penguins().dropna(subset=['body_mass_g', *([y_names] if y_names else [])])
    return TabularDataLoaders.from_df(df, procs=PROCS, cat_names=cat_names, cont_names=cont_names,
                                      y_names=y_names, valid_idx=range(0, len(df), 5), **kwargs)


@pytest.fixture(scope='module')
def birds(): return load_penguins()


@pytest.fixture(scope='module')
def learn(tmp_path_factory):
    set_seed(1)
    dls = penguins(path=tmp_path_factory.mktemp('birds'))
    res = tabular_learner(dls, [20], metrics=accuracy)
    with res.no_bar(): res.fit_one_cycle(8, 1e-2)
    return res


# What fastai makes of the same rows

@pytest.mark.parametrize('kind, y_names', [('classification', 'y'), ('regression', 'amount')])
def test_codes_fills_and_means_are_those_of_fastai(kind, y_names):
    to, want = table(y_names=y_names), FASTAI[kind]
    assert to.cat_names == want['cat_names'] and to.cont_names == want['cont_names']
    assert to.classes == want['classes'] and to.na_dict == want['na_dict']
    assert to.cats.to_numpy().tolist() == want['codes']
    np.testing.assert_allclose(to.conts, want['conts'], rtol=1e-5, atol=1e-6)
    assert to.means == pytest.approx(want['means']) and to.stds == pytest.approx(want['stds'])
    assert to.y.tolist() == pytest.approx(want['y'])
    assert [list(s) for s in get_emb_sz(to)] == want['emb_szs']


def test_the_vocab_is_that_of_fastai():
    assert table().y_block.vocab == FASTAI['classification']['vocab']


def test_new_rows_get_the_codes_of_fastai_also_where_something_was_never_seen():
    new = table().new(pd.DataFrame(FASTAI['new']['rows']))
    new.process()
    assert new.cats.to_numpy().tolist() == FASTAI['new']['codes']
    np.testing.assert_allclose(new.conts, FASTAI['new']['conts'], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('how', ['median', 'mode', 'constant'])
def test_fills_are_those_of_fastai(how):
    fill = FillMissing(getattr(FillStrategy, how), fill_vals={'a': -1.}, add_col=how != 'mode')
    to, want = table(procs=[Categorify, fill]), FASTAI[f'fill_{how}']
    assert to.items['a'].tolist() == want['a'] and to.cat_names == want['cat_names']


def test_embedding_sizes_are_those_of_fastai():
    for n, size in FASTAI['emb_sz_rule'].items(): assert emb_sz_rule(int(n)) == size
    assert [list(s) for s in get_emb_sz(table(), {'colour': 7})] == FASTAI['sz_dict']


def test_the_model_computes_what_that_of_fastai_does():
    want = FASTAI['model']
    model = TabularModel([(4, 3), (3, 2)], 2, 3, [5, 4], ps=[.1, .2], embed_p=.1, y_range=(-1., 2.))
    state = model.state_dict()
    assert list(state) == list(want['state'])
    model.load_state_dict({k: torch.tensor(v).to(state[k]) for k, v in want['state'].items()})
    out = model.eval()(torch.tensor(want['x_cat']), torch.tensor(want['x_cont']))
    torch.testing.assert_close(out, torch.tensor(want['out']))


def test_embeddings_start_as_small_as_those_of_fastai():
    set_seed(1)
    weight = TabularModel([(1000, 50)], 0, 1, []).embeds[0].weight.detach()
    assert float(weight.std()) == pytest.approx(FASTAI['embedding_init']['std'], rel=.05)
    assert float(weight.abs().max()) <= .02


def test_columns_are_told_apart_as_fastai_does():
    df = pd.DataFrame(dict(i=range(30), j=[0, 1] * 15, f=np.arange(30) * .5, s=list('ab') * 15,
                           k=[i % 20 for i in range(30)], d=[1.] * 30))
    want = FASTAI['cont_cat_split']
    assert [list(v) for v in cont_cat_split(df, dep_var='d')] == want['default']
    split = cont_cat_split(df, max_card=5, dep_var=['d', 's'])
    assert [list(v) for v in split] == want['max_card_5']


@pytest.mark.parametrize('as_dates', [False, True])
def test_a_date_tells_what_it_tells_fastai(as_dates):
    want = FASTAI['add_datepart']
    dates = pd.to_datetime(pd.Series(want['dates'])) if as_dates else want['dates']
    got = add_datepart(pd.DataFrame(dict(date=dates)), 'date')
    assert {n: got[n].tolist() for n in got} == want['columns']


def test_times_and_missing_dates_are_those_of_fastai():
    want = FASTAI['add_datepart_time']
    df = pd.DataFrame(dict(saleDate=['2011-05-07 13:45:59', None]))
    got = add_datepart(df, 'saleDate', drop=False, time=True)
    assert list(got) == want['names']
    for n in ('Elapsed', 'Hour'):
        known, missing = got[f'sale{n}']
        assert known == want[n.lower()][0] and math.isnan(missing)


# What is learnt from which rows

def test_validation_rows_teach_nothing():
    df = rows()
    df.loc[8:, 'colour'], df.loc[8:, 'b'] = 'violet', 9e9
    to = table(df)
    assert to.classes == table().classes and to.means == table().means
    assert (to.valid.cats.colour == 0).all()


def test_the_table_that_was_given_stays_as_it_was():
    df = rows()
    table(df)
    pd.testing.assert_frame_equal(df, rows())


def test_train_and_valid_are_the_rows_of_the_split():
    to = table()
    assert (len(to.train), len(to.valid)) == (8, 4)
    assert to.valid.items.index.tolist() == FASTAI['splits'][1]
    assert list(to.xs) == to.x_names and to.train.y.tolist() == to.y.tolist()[:8]


def test_decoding_gives_the_rows_back_but_for_the_fills():
    got = table().decode()
    want = rows().assign(a_na=rows().a.isna(), colour=rows().colour.fillna('#na#'))
    want.a = want.a.fillna(2.25)
    for n in got:
        if n in 'ab': np.testing.assert_allclose(got[n], want[n])
        else: assert got[n].tolist() == want[n].tolist()


def test_a_pandas_category_keeps_its_order():
    df = rows()
    df['size'] = pd.Categorical(df['size'], ['S', 'M', 'L', 'XL'], ordered=True)
    assert table(df).classes['size'] == ['#na#', 'S', 'M', 'L']


# Loaders and learner

def test_a_batch_holds_names_amounts_and_the_target():
    cats, conts, y = penguins(bs=32).train.one_batch()
    assert cats.shape == (32, 2) and cats.dtype == torch.int64
    assert conts.shape == (32, 3) and conts.dtype == torch.float32
    assert y.shape == (32,) and y.dtype == torch.int64


def test_a_file_gives_the_same_loaders_as_its_table(tmp_path, birds):
    birds.to_csv(tmp_path / 'birds.csv', index=False, na_rep='NA')
    kwargs = dict(procs=PROCS, cat_names=CATS, cont_names=CONTS, y_names='species',
                  valid_idx=range(0, 344, 5))
    a = TabularDataLoaders.from_csv(tmp_path / 'birds.csv', **kwargs)
    b = TabularDataLoaders.from_df(birds, **kwargs)
    pd.testing.assert_frame_equal(a.train_ds.xs, b.train_ds.xs)


def test_columns_that_are_not_named_are_amounts():
    dls = TabularDataLoaders.from_df(rows()[['colour', 'b', 'n', 'y']], procs=PROCS,
                                     cat_names='colour', y_names='y', valid_idx=[8, 9])
    assert dls.cat_names == ['colour'] and dls.cont_names == ['b', 'n']


def test_the_target_decides_between_classes_and_amounts():
    assert isinstance(table().y_block, CategoryBlock)
    assert isinstance(table(y_names='amount').y_block, RegressionBlock)
    assert table(y_names='n', y_block=CategoryBlock).y_block.vocab == [1, 2, 3]
    both = table(y_names=['amount', 'b'], y_block=RegressionBlock)
    assert both.y_block.n_out == 2 and both[:3][2].shape == (3, 2)


def test_a_net_learns_the_species(learn):
    assert learn.validate()[1] > .9


def test_amounts_stay_within_their_range():
    set_seed(1)
    learn = tabular_learner(penguins('body_mass_g'), [10], y_range=(3000, 5000), metrics=rmse)
    with learn.no_bar(): learn.fit(1, 1e-2)
    preds, targs = learn.get_preds()
    assert preds.shape == (69, 1) and targs.shape == (69,)
    assert 3000 < preds.min() and preds.max() < 5000
    assert learn.validate()[1] == pytest.approx(float((preds[:, 0] - targs).pow(2).mean().sqrt()))


@pytest.mark.parametrize('cats, conts', [(CATS, []), ([], CONTS)])
def test_names_alone_and_amounts_alone_can_be_trained_on(cats, conts):
    learn = tabular_learner(penguins(cat_names=cats, cont_names=conts), [5])
    with learn.no_bar(): learn.fit(1)
    assert learn.get_preds()[0].shape == (69, 3)


def test_sizes_dropout_and_layers_can_be_chosen():
    model = tabular_learner(penguins(), [7], {'island': 9}, dict(ps=.3, embed_p=.2)).model
    assert model.embeds[0].embedding_dim == 9 and model.emb_drop.p == .2
    assert model.layers[0][0].out_features == 7 and model.layers[0][-1].p == .3


def test_a_row_is_predicted_as_its_batch_is(learn, birds):
    some = birds.iloc[[5, 200, 300]]
    probs = learn.get_preds(dl=learn.dls.test_dl(some))[0]
    for (_, bird), p in zip(some.iterrows(), probs):
        row, number, alone = learn.predict(bird)
        torch.testing.assert_close(alone, p)
        assert number == p.argmax() and row.decode().species.item() == learn.dls.vocab[number]
        torch.testing.assert_close(learn.predict(bird.drop('species').to_dict())[2], p)


def test_a_bird_without_measurements_has_an_answer_once_gaps_were_learnt(birds):
    set_seed(1)
    dls = TabularDataLoaders.from_df(birds, procs=PROCS, cat_names=CATS, cont_names=CONTS,
                                     y_names='species', valid_idx=range(0, 344, 5))
    row, _, probs = tabular_learner(dls, [5]).predict(birds.iloc[3])
    assert row.decode().bill_length_mm_na.item() is True and probs.isfinite().all()


def test_a_batch_and_results_are_shown_as_tables(learn, capsys):
    learn.dls.show_batch(max_n=3)
    batch = capsys.readouterr().out
    assert 'island' in batch and 'species' in batch and len(batch.splitlines()) >= 4
    with pd.option_context('display.width', 200, 'display.max_columns', 20):
        learn.show_results(max_n=4)
    assert 'species_pred' in (shown := capsys.readouterr().out)
    assert 'Adelie' in shown and learn.dls.vocab[0] == 'Adelie'


def test_looking_at_a_batch_changes_nothing():
    def losses(look):
        set_seed(3)
        learn = tabular_learner(penguins(bs=32), [5])
        if look: learn.dls.show_batch()
        with learn.no_bar(): learn.fit(1)
        return learn.recorder.losses
    assert losses(True) == losses(False)


def test_the_confusion_matrix_knows_tables(learn):
    matrix = ClassificationInterpretation.from_learner(learn).confusion_matrix()
    assert matrix.sum() == 69 and matrix.trace() / 69 == pytest.approx(learn.validate()[1])


@pytest.mark.parametrize('y_names', ['species', 'body_mass_g'])
def test_an_export_predicts_the_same(tmp_path, birds, y_names):
    set_seed(1)
    dls = penguins(y_names, path=tmp_path)
    learn = tabular_learner(dls, [6], y_range=(0, 9), config={'ps': .1})
    again = load_learner(learn.export())
    for i in (0, 150, 340):
        a, b = learn.predict(birds.iloc[i]), again.predict(birds.iloc[i])
        torch.testing.assert_close(a[2], b[2])
        pd.testing.assert_frame_equal(a[0].decode(), b[0].decode())
    assert again.dls.classes == learn.dls.classes
    assert type(again).__name__ == 'TabularLearner'


def test_an_export_holds_no_row(learn):
    assert str(load_penguins().flipper_length_mm[7]) not in json.dumps(learn.dls.spec()['procs'])
    assert set(learn.dls.spec()) == {'cat_names', 'cont_names', 'y_names', 'needs', 'procs',
                                     'y_block'}


# Misuse

def test_a_name_never_seen_is_treated_as_missing(learn, birds):
    bird = dict(birds.iloc[0])
    never, gone = learn.predict(bird | {'island': 'Elba'}), learn.predict(bird | {'island': None})
    torch.testing.assert_close(never[2], gone[2])
    assert never[0].decode().island.item() == '#na#'


def test_a_gap_where_training_had_none_is_refused(learn, birds):
    with pytest.raises(ValueError, match="'bill_depth_mm' misses 1 of 1 values, but none in train"):
        learn.predict(dict(birds.iloc[0], bill_depth_mm=None))


def test_a_gap_without_fills_is_refused():
    with pytest.raises(ValueError, match='Add FillMissing'): table(procs=[Categorify, Normalize])


def test_a_missing_column_is_named(learn, birds):
    with pytest.raises(KeyError, match="no column 'island'"):
        learn.dls.test_dl(birds.drop(columns='island'))
    with pytest.raises(KeyError, match="no column 'sez'"): penguins(cat_names=['sez'])
    with pytest.raises(KeyError, match="no column 'mass'"): TabularPandas(rows(), y_names='mass')


def test_a_word_for_an_amount_is_refused(learn, birds):
    with pytest.raises(TypeError, match="'long', which is no amount"):
        learn.predict(dict(birds.iloc[0], bill_length_mm='long'))
    with pytest.raises(TypeError, match="'island' holds 'Torgersen'.*cat_names"):
        penguins(cat_names=[], cont_names=['island'])


def test_an_amount_written_as_text_is_read(learn, birds):
    bird = dict(birds.iloc[0])
    a, b = learn.predict(bird), learn.predict(bird | {'bill_length_mm': '39.1'})
    torch.testing.assert_close(a[2], b[2])


def test_a_number_for_a_name_is_refused(learn, birds):
    with pytest.raises(TypeError, match="'island' holds 3, but in training"):
        learn.predict(dict(birds.iloc[0], island=3))
    to = table()
    new = to.new(rows().assign(n='3'))
    with pytest.raises(TypeError, match="'n' holds '3', but in training its names were such as 3"):
        new.process()


def test_words_and_numbers_in_one_column_are_refused():
    df = rows().astype({'colour': object})
    df.loc[0, 'colour'] = 7
    with pytest.raises(TypeError, match=r"'colour' mixes.*astype\(str\)"): table(df)


def test_rows_without_a_target_are_refused(birds):
    with pytest.raises(ValueError, match='missing in 2 rows.*dropna'):
        TabularPandas(birds, PROCS, CATS, [], 'body_mass_g')


def test_a_label_that_only_validation_has_is_refused():
    df = rows()
    df.loc[9, 'y'] = 'perhaps'
    with pytest.raises(KeyError, match="'perhaps' is not among those of the training set"):
        table(df)


def test_several_labels_are_refused():
    with pytest.raises(ValueError, match='must all be amounts'): table(y_names=['y', 'colour'])


def test_names_need_categorify():
    to = TabularPandas(rows(), [FillMissing], ['colour'], ['a'], 'y')
    with pytest.raises(AttributeError, match='Categorify'): get_emb_sz(to)


def test_procs_given_twice_stay_apart():
    proc = Categorify()
    first = table(procs=[proc, FillMissing])
    table(rows().replace('red', 'pink'), procs=[proc, FillMissing])
    assert 'red' in first.classes['colour'] and not hasattr(proc, 'classes')
