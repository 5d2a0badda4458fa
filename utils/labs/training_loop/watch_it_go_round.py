"Watch it go round: which items a batch takes, and that an epoch takes every one of them once."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from ...datasets.digits import load_digits
from ...loaders import DataLoader
from ..base import Lab
from ..controls import slider, state, switch

__all__ = ['Round', 'go_round', 'draw_round', 'round_finding', 'watch_it_go_round_lab']

MOST, ROWS = 60, 4      # items; epochs drawn in the calendar below them
UNSEEN, SEEN, NOW = (np.array(to_rgb(c)) for c in ('#f1f3f5', '#bcd9ee', '#f6a96c'))


@dataclass
class Round:
    "What a loader has handed out so far."
    n: int               # items in the training set
    bs: int              # items in a full batch
    per_epoch: int       # batches in an epoch
    epochs: list         # for each epoch begun: its batches so far, lists of item numbers
    shuffle: bool
    drop: bool

    @property
    def now(self) -> list:
        "The batches of the epoch that goes on or has just ended."
        return self.epochs[-1] if self.epochs else []

    @property
    def ended(self) -> bool:
        "Has the last batch just closed an epoch?"
        return bool(self.epochs) and len(self.now) == self.per_epoch


def go_round(n: int, bs: int, shuffle: bool, drop: bool, done: int, seed: int) -> Round:
    "Take `done` batches from the course's own loader, over as many epochs as that needs."
    dl = DataLoader([(i,) for i in range(n)], bs, shuffle, drop_last=drop)
    dl.rng.manual_seed(seed)
    epochs, left = [], done if len(dl) else 0
    while left > 0:
        batches = [b[0].tolist() for _, b in zip(range(left), dl)]
        epochs.append(batches)
        left -= len(batches)
    return Round(n, bs, len(dl), epochs, shuffle, drop)


def round_finding(r: Round) -> str:
    "How far the epoch is, and what is special about it."
    rest = r.n % r.bs
    if not r.per_epoch: return (f'There is no batch at all: {r.n} items do not fill a batch of '
                                f'{r.bs}, and short batches are left out.')
    if not r.epochs:
        last = '' if not rest else f'; {_items(rest)} would be left out' if r.drop else \
            f'; the last will hold only {rest}'
        return (f'Nothing has been taken yet. {r.n} items in batches of {r.bs} make '
                f'{_count(r.per_epoch, "batch", "batches")}, and as many steps, an epoch{last}.')
    if not r.ended:
        seen = sum(map(len, r.now))
        return (f'Epoch {len(r.epochs)}, batch {len(r.now)} of {r.per_epoch}: '
                f'{_items(len(r.now[-1]))} lit. Seen in this epoch: {seen} of {r.n}, none of them '
                'twice.')
    return f'Epoch {len(r.epochs)} is over: {_closing(r, rest)}{_compared(r)}'


def _closing(r, rest):
    steps = _count(r.per_epoch, 'batch', 'batches')
    if r.drop and rest: return (f'{steps}. {_items(rest).capitalize()} {_were(rest)} left out, '
                                'the others were seen once.')
    short = f' The last batch held only {rest}.' if rest else ''
    return f'{steps}, and each of the {r.n} items was seen once.{short}'


def _compared(r):
    "Is this epoch like the one before?"
    if len(r.epochs) < 2: return ''
    last, before = r.epochs[-1], r.epochs[-2]
    if last == before: return ' The same batches came in the same order as in the epoch before.'
    same = sum(set(b) in map(set, before) for b in last)
    verb = 'was' if same < 2 else 'were'
    return (f' {same or "None"} of its batches {verb} a batch of the epoch before: the order was '
            'drawn anew.')


def _items(n): return _count(n, 'item', 'items')


def _were(n): return 'was' if n == 1 else 'were'


def _count(n, one, many): return f'{n} {one if n == 1 else many}'


@lru_cache
def _pictures(): return load_digits()[0][:MOST]


def _sheet(r, columns):
    "All items as one picture: (rows · 10, columns · 10, 3); the ground says seen, lit or not yet."
    lit, seen = set(r.now[-1] if r.now else ()), {i for b in r.now for i in b}
    rows = -(-MOST // columns)
    sheet = np.ones((rows * 10, columns * 10, 3))
    for i, picture in enumerate(_pictures()[:r.n]):
        y, x = 10 * (i // columns), 10 * (i % columns)
        ground = NOW if i in lit else SEEN if i in seen else UNSEEN
        ink = .9 if i in seen else .45
        sheet[y:y + 9, x:x + 9] = ground
        sheet[y:y + 8, x:x + 8] *= 1 - ink * picture[..., None]
    return sheet


def _ends(r):
    "Where the batches of an epoch begin and end, counted in items."
    return [min(k * r.bs, r.n) for k in range(r.per_epoch + 1)]


def draw_round(fig, r: Round):
    "The items, and below them a calendar: a row for each epoch, a block for each batch."
    stacked = fig.get_figwidth() < 5
    columns = 10 if stacked else 15
    top, low = fig.subplots(2, 1, height_ratios=(12, 5) if stacked else (9, 5))
    top.axis('off')
    image = top.imshow(_sheet(r, columns), interpolation='nearest', aspect='equal')
    top.set_title('Orange: this batch. Blue: seen in this epoch', fontsize=10.5)
    blocks = low.add_collection(PolyCollection([], edgecolors='white', linewidths=1.5))
    words = [low.text(0, 0, '', ha='center', va='center', fontsize=9) for _ in range(ROWS)]
    low.set(xlabel='items taken in the epoch', ylim=(ROWS - .4, -.5))

    def update(r):
        image.set_data(_sheet(r, columns))
        first = max(len(r.epochs) - ROWS, 0)
        shapes, colours = [], []
        for row, epoch in enumerate(r.epochs[first:] or [[]]):
            ends, done = _ends(r), len(epoch)
            for k, (x0, x1) in enumerate(zip(ends, ends[1:])):
                shapes.append([(x0, row - .36), (x1, row - .36), (x1, row + .36), (x0, row + .36)])
                is_now = epoch is r.now and k == done - 1
                colours.append(NOW if is_now else SEEN if k < done else UNSEEN)
            if not done: continue
            middle = (ends[done] + ends[done - 1]) / 2
            words[row].set(text=f'{len(epoch[-1])}', x=middle, y=row)
        for word in words[len(r.epochs) - first:]: word.set_text('')
        blocks.set(verts=shapes, facecolors=colours)
        low.set_xlim(0, r.n)
        low.set_yticks(range(ROWS), [f'epoch {first + i + 1}' for i in range(ROWS)])
    update(r)
    return update


# the lab

def _next(settings): return dict(done=settings['done'] + 1)


def _epoch(settings):
    "On to the end of the epoch."
    per = len(DataLoader(range(settings['n']), settings['bs'], drop_last=settings['drop']))
    return dict(done=(settings['done'] // per + 1) * per) if per else {}


CONTROLS = dict(
    n=slider('Items', 50, 5, MOST), bs=slider('Batch size', 8, 1, 32),
    shuffle=switch('Shuffle each epoch', True), drop=switch('Leave out a short last batch', False),
    done=state(0, 0, 600), seed=slider('Seed', 1, 0, 20))


def watch_it_go_round_lab(**settings) -> Lab:
    "See which items each batch takes, epoch after epoch."
    return Lab('watch_it_go_round_lab', CONTROLS, go_round, draw_round, round_finding,
               settings=settings, actions={'Next batch': _next, 'Epoch': _epoch},
               figsize=(7.6, 5.4), narrow=(4.2, 4.8), title='Watch it go round',
               about='What does an epoch show to the model, and in which portions?')
