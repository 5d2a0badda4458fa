"Tables: rows of names and amounts as numbers, their loaders, and a learner for them."
from copy import copy

import torch

from .augment import Normalize
from .blocks import Block, CategoryBlock, RegressionBlock, block_from_spec
from .columns import Categorify, FillMissing, amounts, need_columns
from .core import as_list
from .embeddings import TabularModel, get_emb_sz
from .files import IndexSplitter, RandomSplitter
from .learner import Learner
from .loaders import DataLoader, DataLoaders

__all__ = ['TabularDataLoaders', 'TabularLearner', 'TabularPandas', 'tabular_learner']


class TabularPandas:
    """A table as numbers that knows its columns: `cats`, `conts`, `xs`, `y`; `train` and `valid`.

    Whatever is learnt from a column (names, fills, means) is learnt from its training rows.
    """
    in_memory = True

    def __init__(
        self,
        df,               # the rows, a DataFrame, which stays as it is
        procs=None,       # any of Categorify, FillMissing, Normalize
        cat_names=None,   # columns of names
        cont_names=None,  # columns of amounts
        y_names=None,     # the target, or several amounts
        y_block=None,     # CategoryBlock or RegressionBlock; what suits the target if None
        splits=None,      # numbers of the training and of the validation rows; all train if None
    ):
        names = [[] if o is None else [o] if isinstance(o, str) else list(o)
                 for o in (cat_names, cont_names, y_names)]
        self.cat_names, self.cont_names, self.y_names = names
        self.needs, self.procs = names[0] + names[1], []
        parts = [list(s) for s in splits or [range(len(df))]]
        need_columns(df, self.needs + self.y_names)
        self.items, self.split = df.iloc[sum(parts, [])].copy(), len(parts[0])
        labels = self.items[self.y_names][:self.split]
        self.y_block = _target(labels, y_block) if self.y_names else None
        procs = [p() if isinstance(p, type) else copy(p) for p in as_list(procs)]
        self.process(sorted(procs, key=lambda p: p.order))

    def process(
        self,
        setup=(),  # procs that learn from these rows first
    ):
        "Make the rows numbers; say what is missing or no number."
        need_columns(self.items, self.needs)
        for n in self.cont_names: self.items[n] = amounts(self.items[n])
        for p in self.procs: p.encodes(self)
        for p in setup:
            p.setups(self)
            p.encodes(self)
            self.procs.append(p)
        fills = any(isinstance(p, FillMissing) for p in self.procs)
        for n in self.cont_names:
            gaps = int(self.items[n].isna().sum())
            if gaps: raise ValueError(f"Column {n!r} misses {gaps} of {len(self)} values, " + (
                "but none in training, so no fill was learnt. Fill them, or leave the rows out."
                if fills else "and a net cannot reckon with a gap. Add FillMissing to procs."))
        _encode_target(self)

    def new(
        self,
        df,  # rows with the same columns
    ) -> 'TabularPandas':
        "Other rows, to be treated as the training rows were: `process` them next."
        res = copy(self)
        res.items, res.split = df.copy(), len(df)
        res.__dict__.pop('tensors', None)
        return res

    train = property(lambda self: self.new(self.items[:self.split]))
    valid = property(lambda self: self.new(self.items[self.split:]))
    x_names = property(lambda self: self.cat_names + self.cont_names)
    cats = property(lambda self: self.items[self.cat_names])
    conts = property(lambda self: self.items[self.cont_names])
    xs = property(lambda self: self.items[self.x_names])
    ys = property(lambda self: self.items[[n for n in self.y_names if n in self.items]])
    y = property(lambda self: self.items[self.y_names[0]])
    blocks = property(lambda self: (Block(), self.y_block) if self.y_block else (Block(),))

    def __getattr__(self, k):
        for p in self.__dict__.get('procs', ()):         # classes, na_dict, means, stds
            if k in getattr(p, 'state', ()): return getattr(p, k)
        raise AttributeError(f"This table has no {k!r}. Which procs has it? Categorify, say.")

    def __len__(self): return len(self.items)

    def __getitem__(self, i):
        if 'tensors' not in vars(self): self.tensors = _tensors(self)
        return tuple(t[i] for t in self.tensors)

    def decode(self):
        "The rows in words and units again, a DataFrame; gaps stay filled."
        res = self.new(self.items)
        for p in reversed(self.procs):
            if hasattr(p, 'decodes'): p.decodes(res)
        for n in res.ys if hasattr(self.y_block, 'vocab') else ():
            res.items[n] = [self.y_block.decode(v) for v in res.items[n]]
        return res.items[res.x_names + list(res.ys)]

    def show(
        self,
        max_n=10,  # rows at most
    ):
        "Show the first rows in words and units."
        from IPython.display import display
        display(self.new(self.items[:max_n]).decode())

    def dataloaders(
        self,
        bs=64,          # rows in a training batch
        val_bs=None,    # rows in a validation batch; `bs` if None
        path='.',       # where an export goes
        device=None,    # where batches go
    ) -> 'TabularDataLoaders':
        "The training and the validation loader."
        parts = [TabDataLoader(self.train, bs, True, self.split > bs, device=device)]
        if len(self) > self.split:
            parts.append(TabDataLoader(self.valid, val_bs or bs, device=device))
        return TabularDataLoaders(*parts, path=path)


def _target(ys, block):
    "The block for the target's training values, set up."
    numbers = ys.select_dtypes('number').shape[1] == ys.shape[1]
    block = block or (RegressionBlock if numbers else CategoryBlock)
    if block is RegressionBlock: block = RegressionBlock(ys.shape[1])
    block = block() if isinstance(block, type) else copy(block)
    if ys.shape[1] > 1 and isinstance(block, CategoryBlock): raise ValueError(
        f"Several targets, {', '.join(ys)}, must all be amounts. Give one name in y_names.")
    block.setup(ys.iloc[:, 0].dropna().tolist())
    return block


def _encode_target(to):
    "Labels → numbers, amounts → floats, where the rows have a target."
    for n in to.ys:
        gaps = int(to.items[n].isna().sum())
        if gaps: raise ValueError(f"The target {n!r} is missing in {gaps} rows, so nothing can be "
                                  f"learnt from them. Type: df = df.dropna(subset=[{n!r}])")
        if not hasattr(to.y_block, 'vocab'): to.items[n] = amounts(to.items[n])
        else: to.items[n] = [to.y_block.encode(v) for v in to.items[n].tolist()]


def _tensors(to):
    "A processed table as tensors: names (n, columns), amounts (n, columns), and the target."
    res = [torch.tensor(to.cats.to_numpy(int)), torch.tensor(to.conts.to_numpy('float32'))]
    if len(to.ys.columns):
        y = torch.tensor(to.ys.to_numpy('int64' if hasattr(to.y_block, 'vocab') else 'float32'))
        res.append(y[:, 0] if y.shape[1] == 1 else y)
    return res


class TabDataLoader(DataLoader):
    "Batches of a table: (names, amounts, target)."
    n_inp = 2

    def __getattr__(self, k):
        if k in ('cat_names', 'cont_names', 'y_names', 'classes', 'procs'):
            return getattr(self.dataset, k)
        return super().__getattr__(k)

    def show_batch(
        self,
        max_n=10,  # rows at most
    ):
        "Show some rows in words and units, as the net gets them: gaps filled."
        n = len(self.dataset)
        order = torch.randperm(n, generator=self.peek_rng) if self.shuffle else torch.arange(n)
        self.dataset.new(self.dataset.items.iloc[order[:max_n].tolist()]).show(max_n)


class TabularDataLoaders(DataLoaders):
    "The training and the validation loader of a table."

    @classmethod
    def from_df(
        cls,
        df,               # the rows
        path='.',         # where an export goes
        procs=None,       # any of Categorify, FillMissing, Normalize
        cat_names=None,   # columns of names
        cont_names=None,  # columns of amounts; all that are left if None
        y_names=None,     # the target
        y_block=None,     # CategoryBlock or RegressionBlock; what suits the target if None
        valid_idx=None,   # numbers of the rows for validation; a fifth by lot if None
        **kwargs,         # passed to `TabularPandas.dataloaders`: bs
    ) -> 'TabularDataLoaders':
        "Loaders for a DataFrame."
        if cont_names is None:
            used = {*as_list(cat_names), *as_list(y_names)}
            cont_names = [n for n in df if n not in used]
        splits = (RandomSplitter() if valid_idx is None else IndexSplitter(valid_idx))(df)
        to = TabularPandas(df, procs, cat_names, cont_names, y_names, y_block, splits)
        return to.dataloaders(path=path, **kwargs)

    @classmethod
    def from_csv(
        cls,
        csv,                    # a file of rows, its first line the names of the columns
        skipinitialspace=True,  # spaces after a comma mean nothing
        **kwargs,               # passed to `from_df`
    ) -> 'TabularDataLoaders':
        "Loaders for a file of comma-separated values."
        import pandas as pd
        return cls.from_df(pd.read_csv(csv, skipinitialspace=skipinitialspace), **kwargs)

    def test_dl(
        self,
        test_items,  # rows: a DataFrame; or one row, a Series or a dict
        **kwargs,    # passed to the loader: bs
    ) -> TabDataLoader:
        "A loader for new rows, treated as the training rows were; the target may be missing."
        import pandas as pd
        rows = test_items if hasattr(test_items, 'columns') else pd.DataFrame([dict(test_items)])
        to = self.train_ds.new(rows)
        to.process()
        return self.loaders[-1].new(to, shuffle=False, drop_last=False, **kwargs)

    def spec(self) -> dict:
        "What an export keeps: names, and what the procs learnt; no rows."
        to = self.train_ds
        procs = [dict(name=type(p).__name__, **{k: getattr(p, k) for k in p.state})
                 for p in to.procs]
        names = {k: getattr(to, k) for k in ('cat_names', 'cont_names', 'y_names', 'needs')}
        return dict(names, procs=procs, y_block=to.y_block.spec())

    @classmethod
    def from_spec(
        cls,
        spec: dict,  # what `spec` returned
    ) -> 'TabularDataLoaders':
        "Loaders without rows that treat new ones as the exported ones did."
        import pandas as pd
        to, known = TabularPandas(pd.DataFrame({n: [0] for n in spec['cat_names']
                                                + spec['cont_names']})), {}
        known = {p.__name__: p for p in (FillMissing, Categorify, Normalize)}
        vars(to).update(spec, y_block=block_from_spec(spec['y_block']), procs=[])
        for state in spec['procs']:
            to.procs.append(known[state['name']]())
            vars(to.procs[-1]).update({k: state[k] for k in to.procs[-1].state})
        dl = TabDataLoader(to, device=torch.device('cpu'))
        return cls(dl, dl)


class TabularLearner(Learner):
    "A `Learner` whose items are rows of a table."

    def predict(
        self,
        row,  # a row as in the training table, a Series or a dict; its target is not looked at
    ):
        "The row with the prediction as its target, the prediction, and the probabilities."
        row = {k: v for k, v in dict(row).items() if k not in self.dls.y_names}
        dl = self.dls.test_dl(row)
        preds, _, decoded = self.get_preds(dl=dl, with_decoded=True)
        dl.dataset.items[dl.dataset.y_names] = decoded.reshape(1, -1).numpy()
        return dl.dataset, decoded[0], preds[0]

    def show_results(
        self,
        ds_idx=1,  # which loader: 0 training, 1 validation
        dl=None,   # another loader
        max_n=10,  # rows at most
    ):
        "Show rows with their target and, in columns `…_pred`, what was predicted."
        from IPython.display import display
        dl = self.dls[ds_idx] if dl is None else dl
        to = dl.dataset.new(dl.dataset.items[:max_n])
        decoded = self.get_preds(dl=dl.new(to), with_decoded=True)[2]
        table, said = to.decode(), to.new(to.items)
        said.items[to.y_names] = decoded.reshape(len(to), -1).numpy()
        for n in to.y_names: table[f'{n}_pred'] = said.decode()[n]
        display(table)


def tabular_learner(
    dls,           # a `TabularDataLoaders`
    layers=None,   # units of each hidden layer; [200, 100] if None
    emb_szs=None,  # {column: size of its embedding} where the rule shall not decide
    config=None,   # a dict of more arguments for `TabularModel`: ps, embed_p
    n_out=None,    # outputs; as many as the target needs if None
    y_range=None,  # (low, high) that predicted amounts stay between
    **kwargs,      # passed to `Learner`: metrics, lr, loss_func, cbs
) -> TabularLearner:
    "A `Learner` for a table. Book: chapters 1 and 9."
    layers, to = [200, 100] if layers is None else layers, dls.train_ds
    model = TabularModel(get_emb_sz(to, emb_szs), len(to.cont_names), n_out or dls.c, layers,
                         **{'y_range': y_range, **(config or {})})
    return TabularLearner(dls, model, **kwargs)
