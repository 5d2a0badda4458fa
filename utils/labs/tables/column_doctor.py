"Column doctor: what becomes of a column, and of the accuracy, when it is marked or filled wrongly?"
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from ...augment import Normalize
from ...columns import Categorify, FillMissing
from ...datasets.penguins import load_penguins
from ...embeddings import TabularModel, get_emb_sz
from ...files import RandomSplitter
from ...optimizer import Adam
from ...plots import COLORS
from ...tabular import TabularPandas
from ..base import Lab
from ..controls import choice, slider

__all__ = ['Treated', 'treat_column', 'draw_treated', 'treated_finding', 'column_doctor_lab']

SPLITS = 5
STEPS = 60
UNITS = dict(island='', sex='', bill='mm', flipper='mm')        # as chapter 08 calls them
WORDS = {'island': 'island', 'sex': 'sex', 'bill (length)': 'bill', 'flipper (length)': 'flipper'}
CONTROLS = dict(
    column=choice('Column', 'bill', WORDS),
    kind=choice('Treat it as', 'names', {'names': 'names', 'an amount': 'amount'}),
    gaps=slider('Missing values', 0, values=[0, 5, 10, 20, 30, 40, 50], unit='%'),
    unseen=slider('Names never seen, in validation', 0, values=[0, 10, 25, 50, 100], unit='%'),
    seed=slider('Seed', 0, 0, 20))


@dataclass
class Treated:
    "One column as the net gets it, and the accuracy of nets trained with it so."
    column: str
    kind: str           # names or amount
    names: list         # the name of each code; of an amount none
    train: np.ndarray   # codes, or normalised amounts, of the training birds of the first split
    valid: np.ndarray   # the same of its validation birds
    gaps: int           # values missing in both together
    never: int          # validation birds whose name was not among the training birds
    fill: float | None  # what stands in for a missing amount
    usual: list         # accuracy in each split with all columns as they are
    now: list           # accuracy in each split so far, with this column treated so


@lru_cache(1)
def _birds():
    "The birds that were measured."
    short = load_penguins().rename(columns=dict(bill_length_mm='bill', flipper_length_mm='flipper'))
    return short.dropna(subset=['bill']).reset_index(drop=True)


def _changed(column, kind, gaps, unseen, valid, seed):
    "The birds with a column marked, emptied and renamed as the settings say."
    birds, rng = _birds().copy(), np.random.default_rng(seed)
    values = birds[column].astype(object)
    if kind == 'amount' and not UNITS[column]:             # names by their place in the alphabet
        places = {v: i for i, v in enumerate(sorted(values.dropna().unique()), 1)}
        values = values.map(places).astype(object)
    others = np.setdiff1d(np.arange(len(birds)), valid)
    renamed = rng.permutation(valid)[:round(unseen / 100 * len(valid))]
    odd = 999. if UNITS[column] and kind == 'names' else 'never seen'
    values.iloc[renamed] = odd
    for rows in (others, np.asarray(valid)):
        values.iloc[rng.permutation(rows)[:round(gaps / 100 * len(rows))]] = None
    birds[column] = values if kind == 'names' or unseen else values.astype(float)
    return birds


def _table(birds, column, kind, splits):
    "The birds as numbers."
    conts = [n for n in UNITS if (kind == 'amount' if n == column else UNITS[n])]
    cats = [n for n in UNITS if n not in conts]
    try: return TabularPandas(birds, [Categorify, FillMissing, Normalize], cats, conts, 'species',
                              splits=splits)
    except TypeError as e: raise ValueError(f'The table refuses: {e}') from None


def _fresh_net(to, seed):
    "A small net whose first weights come from a generator of its own."
    rng = torch.Generator().manual_seed(seed)
    with torch.device('meta'): net = TabularModel(get_emb_sz(to), len(to.cont_names), 3, [20])
    net = net.to_empty(device='cpu')
    for m in net.modules():
        if isinstance(m, nn.BatchNorm1d): m.reset_parameters()
        if isinstance(m, nn.Embedding): nn.init.normal_(m.weight, 0, .01, generator=rng)
        if not isinstance(m, nn.Linear): continue
        for p in m.parameters():
            nn.init.uniform_(p, -m.in_features ** -.5, m.in_features ** -.5, generator=rng)
    return net


def _accuracy(to, seed):
    "Train on all training birds at once, step by step; ask for the validation birds."
    net = _fresh_net(to, seed)
    opt = Adam(net.parameters(), 2e-2, sqr_mom=.999, eps=1e-8, wd=0)
    (cats, conts, y), (valid_cats, valid_conts, valid_y) = to.train[:], to.valid[:]
    for _ in range(STEPS):
        F.cross_entropy(net(cats, conts), y).backward()
        opt.step()
        opt.zero_grad()
    with torch.no_grad(): said = net.eval()(valid_cats, valid_conts).argmax(1)
    return (said == valid_y).float().mean().item()


def _split(seed, i): return [list(s) for s in RandomSplitter(.25, seed=100 * seed + i)(_birds())]


@lru_cache(64)
def _usual(seed, i):
    "The accuracy in one split with all columns as they are."
    splits = _split(seed, i)
    return _accuracy(_table(_birds(), 'sex', 'names', splits), i)


def treat_column(
    column: str = 'bill',  # one of island, sex, bill, flipper
    kind: str = 'names',   # names or amount; names as an amount: place in the alphabet
    gaps: int = 0,         # share of the values that is lost, in %
    unseen: int = 0,       # share of the validation birds with a name never seen, in %
    seed: int = 0,         # other splits, other gaps
):
    "Train nets in five splits with a column treated so; yield a `Treated` after each."
    result = None
    for i in range(SPLITS):
        splits = _split(seed, i)
        birds = _changed(column, kind, gaps, unseen, splits[1], 100 * seed + i)
        to = _table(birds, column, kind, splits)
        result = result or _first(to, birds, column, kind)
        result = replace(result, usual=result.usual + [_usual(seed, i)],
                         now=result.now + [_accuracy(to, i)])
        yield result


def _first(to, birds, column, kind):
    "What the first split shows of the column."
    names = to.classes[column] if kind == 'names' else []
    raw, valid = birds[column], to.valid.items
    missing = raw.isna()
    zero = (valid[column] == 0) & ~missing[valid.index] if names else missing[:0]
    return Treated(column, kind, names, to.train.items[column].to_numpy(),
                   valid[column].to_numpy(), int(missing.sum()), int(zero.sum()),
                   to.na_dict.get(column), [], [])


# the sentence

def treated_finding(t: Treated) -> str:
    "What share a code, a fill or a shape, and what the accuracy says of it."
    n, usual, now = len(t.valid), np.mean(t.usual), np.mean(t.now)
    if t.kind == 'names':
        text = (f'{len(t.names) - 1} names, {int((t.valid == 0).sum())} of {n} validation birds '
                f'have code 0 ({t.never} of them a name that training never saw). ')
    elif t.fill is not None:
        text = (f'{t.gaps} gaps filled with the median, {t.fill:.4g}: a spike near 0; a new '
                f'column {t.column}_na tells where. ')
    else: text = 'Mean 0, standard deviation 1, no gap. '
    worse = sum(a < b for a, b in zip(t.now, t.usual))
    better = sum(a > b for a, b in zip(t.now, t.usual))
    text += f'Accuracy {now:.3f}, usually {usual:.3f}'
    if not worse and not better: return f'{text}: no difference in {_splits(len(t.now))}.'
    return f'{text}: lower in {worse} of {_splits(len(t.now))}, higher in {better}.'


def _splits(n): return f'{n} split' + 's' * (n > 1)


# the picture

def draw_treated(fig, t: Treated):
    "Left the column as the net gets it, right the accuracy in each split, usual and now."
    tall = fig.get_figwidth() < 5
    axs = fig.subplots(2, 1) if tall else fig.subplots(1, 2, width_ratios=(1.7, 1))
    (_draw_codes if t.kind == 'names' else _draw_amounts)(axs[0], t)
    axs[0].set_title('The column in the first split', fontsize=11)
    axs[0].legend(loc='upper right', fontsize=9)
    for x, (values, color) in enumerate(((t.usual, COLORS['truth']), (t.now, COLORS['valid']))):
        axs[1].plot(np.full(len(values), x) + np.linspace(-.12, .12, SPLITS)[:len(values)], values,
                    'o', color=color, alpha=.8)
        axs[1].hlines(np.mean(values), x - .25, x + .25, color=color)
    axs[1].set(xticks=(0, 1), xticklabels=('as they\nshould be', 'treated\nas chosen'),
               xlim=(-.5, 1.5), ylim=(.35, 1.02), ylabel='accuracy on validation birds')
    axs[1].set_title(_splits(len(t.now)), fontsize=11)
    axs[1].grid(axis='y')


def _draw_codes(ax, t):
    "The share of the birds that has each code."
    at = np.arange(len(t.names))
    few = len(at) < 8                                      # more of them are dots, not hairs
    for values, shift, key, words in ((t.train, -.2, 'train', 'training'),
                                      (t.valid, .2, 'valid', 'validation')):
        share = np.bincount(values, minlength=len(at)) / len(values)
        there = share > 0
        if few: ax.bar(at + shift, share, .4, color=COLORS[key], label=words)
        else: ax.plot(at[there], share[there], 'o', ms=5, mew=0, color=COLORS[key], label=words)
    ax.set(xticks=at if few else [0, len(at) // 2, len(at) - 1], ylabel='share of the birds',
           ylim=(0, None), xlabel='code' if few else f'code: 0 is #na#, {len(at) - 1} names')
    if few: ax.set_xticklabels([f'{i}\n{name}' for i, name in enumerate(t.names)])


def _draw_amounts(ax, t):
    "The histogram of the normalised amounts."
    bins = np.linspace(-3, 3, 31)
    for values, key, words in ((t.train, 'train', 'training'), (t.valid, 'valid', 'validation')):
        ax.hist(values, bins, weights=np.full(len(values), 1 / len(values)), color=COLORS[key],
                label=words, histtype='step' if key == 'valid' else 'stepfilled',
                alpha=1 if key == 'valid' else .55)
    ax.set(xlabel='standard deviations from the mean', ylabel='share of the birds')


def column_doctor_lab(**settings) -> Lab:
    "Mark a column of the penguins as names or an amount, spoil it, and see what the net gets."
    return Lab('column_doctor_lab', CONTROLS, treat_column, draw_treated, treated_finding,
               settings=settings, figsize=(8.4, 3.6), narrow=(4.2, 5.6), title='Column doctor',
               about='What does a net see when a column is marked wrongly, or has holes?')
