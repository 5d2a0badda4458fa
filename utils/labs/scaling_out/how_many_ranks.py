"How many ranks: what cannot be shared, and what talking costs, set a limit to speed."
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import slider
from ..picture import set_limits

__all__ = ['Shared', 'batch_time', 'share_work', 'draw_ranks', 'ranks_finding',
           'how_many_ranks_lab']

WHOLE, MOST = 100, 64            # ms of a batch on one rank; ranks at most
TOPS = 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96
SLATE, RED = '#5b6b7a', '#b4420f'    # what cannot be shared; talk, dark enough for words


def batch_time(
    ranks,               # how many, a number or an array
    fixed: float = 5.,   # ms that every rank spends by itself, however many there are
    talk: float = 0.,    # ms that each further rank adds
):
    """Milliseconds of a batch that takes 100 ms on one rank.

    The part that cannot be shared makes Amdahl's law (AFIPS 1967); the part that grows with the
    ranks stands for the exchange of gradients.

    >>> batch_time(19), batch_time(4, fixed=0, talk=2)
    (10.0, 31.0)
    """
    return fixed + (WHOLE - fixed) / ranks + talk * (ranks - 1)


@dataclass
class Shared:
    "A batch on some ranks, and how quick it would be on any other number of them."
    fixed: float         # ms
    talk: float          # ms for each further rank
    ranks: int
    faster: np.ndarray   # (64,) times as fast as one rank, on 1, 2, … 64

    @property
    def parts(self) -> tuple[float, float, float]:
        "Milliseconds of a batch: what cannot be shared, each rank's share, talk."
        return self.fixed, (WHOLE - self.fixed) / self.ranks, self.talk * (self.ranks - 1)

    @property
    def here(self) -> float:
        "Times as fast as one rank."
        return float(self.faster[self.ranks - 1])

    @property
    def best(self) -> int:
        "The smallest number of ranks than which none is quicker."
        return int(self.faster.argmax()) + 1


def share_work(
    fixed: float = 5.,   # ms of 100 that cannot be shared
    talk: float = 0.,    # ms that each further rank adds
    ranks: int = 16,     # how many share a batch
) -> Shared:
    "Share a batch among ranks, and compare with all other numbers of ranks."
    times = batch_time(np.arange(1, MOST + 1), fixed, talk)
    return Shared(fixed, talk, ranks, WHOLE / times)


# the picture

def draw_ranks(fig, r: Shared):
    "Left where the time of a batch goes; right how many times as fast, for every number of ranks."
    narrow = fig.get_figwidth() < 5
    left, right = fig.subplots(2, 1, height_ratios=[2, 3]) if narrow else \
        fig.subplots(1, 2, width_ratios=[2, 3])
    colors = SLATE, COLORS['train'], RED
    bars = [left.bar([0, 1], [1, 1], .62, color=c, edgecolor='white') for c in colors]
    words = [left.text(1.38, 0, w, color=c, va='center', fontsize=10)
             for w, c in zip(('not shared', 'shared', 'talk'), colors)]
    left.set(xlim=(-.45, 2.25), ylim=(0, 132), ylabel='ms for a batch', yticks=[0, 25, 50, 75, 100])
    left.set_xticks([0, 1], ['1 rank', ''])
    ideal, = right.plot([1, MOST], [1, MOST], '--', color=COLORS['ink'], lw=1.2)
    ceiling = right.axhline(0, color=SLATE, ls=':', lw=2)
    curve, = right.plot(np.arange(1, MOST + 1), r.faster, color=COLORS['train'], lw=2.5)
    best, = right.plot([], [], 'D', color=RED, ms=8, mfc='white', mew=2)
    here, = right.plot([], [], 'o', color=COLORS['ink'], ms=9)
    right.set(xlabel='ranks', ylabel='times as fast as one', xlim=(0, MOST + 2),
              xticks=[1, 16, 32, 48, 64])
    right.grid(axis='y')
    notes = right.text(.98, .97, '', ha='right', va='top', color=COLORS['ink'], fontsize=10,
                       transform=right.transAxes, bbox=dict(fc='white', ec='none', pad=2))
    for ax in (left, right): ax.set_title('', y=1.)
    update = partial(_move, left, right, bars, words, ceiling, curve, best, here, notes)
    update(r)
    return update


def _move(left, right, bars, words, ceiling, curve, best, here, notes, r):
    "Put everything where the result says."
    floor, where = np.zeros(2), []
    for pair, parts in zip(bars, zip((r.fixed, WHOLE - r.fixed, 0), r.parts)):
        for bar, y, h in zip(pair, floor, parts): bar.set(y=y, height=h)
        where.append(floor[1] + parts[1] / 2)
        floor += parts
    for label, y, height in zip(words, _apart(where), r.parts): label.set(y=y, visible=height > 0)
    left.set_xticks([0, 1], ['1 rank', f'{r.ranks} rank{"s" * (r.ranks > 1)}'])
    left.set_title(f'{WHOLE} ms become {sum(r.parts):.1f}', y=1.)
    limit = WHOLE / r.fixed if r.fixed else np.inf
    highest = limit if limit < 1.5 * r.faster.max() else r.faster.max()
    top = next(y for y in TOPS if y >= 1.45 * highest)       # room for words
    set_limits(right, y=(0, top))
    curve.set_ydata(r.faster)
    here.set_data([r.ranks], [r.here])
    best.set_data(([r.best], [r.faster.max()]) if r.talk else ([], []))
    ceiling.set(ydata=[min(limit, top)] * 2, visible=bool(limit <= highest))
    right.set_title(f'{r.here:.1f} times as fast', y=1.)
    notes.set_text('dashed: all is shared' + '\ndotted: the limit' * ceiling.get_visible()
                   + '\ndiamond: quickest' * (r.talk > 0))


def _apart(places, least=11):
    "Heights of labels, moved up where they would touch."
    res = []
    for y in places: res.append(max(y, res[-1] + least if res else 5))
    return res


def ranks_finding(r: Shared) -> str:
    "How quick it is, how busy each rank, and what sets the limit."
    if r.ranks == 1: return f'One rank shares with nobody: {WHOLE} ms for a batch.'
    text = (f'{r.ranks} ranks need {sum(r.parts):.1f} ms for a batch: {r.here:.1f} times as fast '
            f'as one, an '
            f'efficiency of {100 * r.here / r.ranks:.0f} %. ')
    if r.talk:
        if r.best == MOST: return text + 'More of them are still quicker.'
        rest = ('That is the quickest number.' if r.best == r.ranks else
                f'The quickest number is {r.best}, {r.faster.max():.1f} times.')
        return f'{text}{rest} Beyond it more time goes into talk than is won by sharing.'
    if r.fixed: return (f'{text}However many there are, it stays below {WHOLE / r.fixed:.1f} '
                        f'times: the {r.fixed:g} ms cannot be shared.')
    return text + 'All is shared and nobody talks: as many times as ranks. No real training is so.'


CONTROLS = dict(
    ranks=slider('Ranks', 16, 1, MOST),
    fixed=slider('Cannot be shared', 5., 0., 50., .5, unit='ms',
                 help='Of the 100 ms that a batch takes on one rank.'),
    talk=slider('Talk for each further rank', 0., 0., 2., .05, unit='ms',
                help='The exchange of gradients.'))


def how_many_ranks_lab(
    **settings,  # ranks, fixed, talk
) -> Lab:
    "Share a batch among ranks, and see what cannot be shared and what talk costs."
    return Lab('how_many_ranks_lab', CONTROLS, share_work, draw_ranks, ranks_finding,
               settings=settings, figsize=(7.6, 3.7), narrow=(4.2, 6.2), title='How many ranks?',
               about='How much faster are many processes, and when do more of them slow it down?')
