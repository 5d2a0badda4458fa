"Scratch or transfer: the same net three ways, how right each is, and how far its weights moved."
from functools import partial

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import choice, slider
from .looking import borrowed_net
from .racing import PARTS, WAYS, Race, pets_at_hand, race

__all__ = ['draw_race', 'race_finding', 'scratch_or_transfer_lab']

COLOR = dict(scratch=COLORS['truth'], frozen=COLORS['sky'], tuned=COLORS['good'])
DARK = dict(scratch='#666666', frozen='#1f7fb5', tuned='#00704f')    # dark enough to read
FLOOR, TOP = .1, 1000.      # per cent; what moved less is drawn on the floor
CONTROLS = dict(
    pictures=slider('Training pictures of each class', 20, values=[2, 5, 10, 20, 40]),
    task=choice('Classes', 'breeds', {'Twelve breeds': 'breeds', 'Cat or dog': 'species'}),
    epochs=slider('Epochs', 8, 2, 16, 2),
    body=slider("Fine-tuned body: its share of the head's rate", .1,
                values=[.001, .01, .03, .1, .3, 1, 3, 10]),
    seed=slider('Seed', 0, 0, 20))


def _prepare():
    "Open the weights, draw the pets."
    yield .1
    borrowed_net()
    yield .2
    pets_at_hand()
    yield 1.


# the picture

def draw_race(fig, r: Race):
    "Left how right each way is, right how far each of its parts has moved."
    axs = fig.subplots(2, 1) if fig.get_figwidth() < 5 else fig.subplots(1, 2, width_ratios=[5, 6])
    lines, ends = {}, {}
    for way in WAYS:
        lines[way] = [ax.plot([], [], 'o-', ms=4, color=COLOR[way], label=WAYS[way])[0]
                      for ax in axs]
        ends[way] = axs[0].text(0, 0, '', color=DARK[way], va='center', fontsize=10)
    chance = axs[0].axhline(0, color=COLORS['truth'], ls='--', lw=1.2)
    axs[0].set(xlabel='epoch', ylabel='accuracy on new pictures', ylim=(0, 1))
    axs[0].grid(axis='y')
    axs[0].set_title('')
    axs[1].set(xlim=(-.4, len(PARTS) - .6), ylim=(FLOOR / 1.6, TOP), yscale='log')
    axs[1].set_yticks([.1, 1, 10, 100], ['≤ 0.1 %', '1 %', '10 %', '100 %'])
    axs[1].set_xticks(range(len(PARTS)), ['first\nlayer', *[f'stage\n{i}' for i in range(1, 5)],
                                          'head'], fontsize=9)
    axs[1].minorticks_off()
    axs[1].grid(axis='y')
    axs[1].legend(loc='upper left', ncols=3, fontsize=8.5, handlelength=1.2, columnspacing=1.)
    axs[1].set_title('Weights moved, in % of their size')
    update = partial(_grow, axs, lines, ends, chance)
    update(r)
    return update


def _grow(axs, lines, ends, chance, r):
    "Draw the epochs so far."
    axs[0].set_xlim(-.3, r.planned * (1.85 if axs[0].figure.get_figwidth() > 5 else 1.6))
    ticks = range(1, r.planned + 1, 1 if r.planned < 9 else 2)
    axs[0].set_xticks(ticks)
    chance.set_ydata([1 / r.classes] * 2)
    for way, (left, right) in lines.items():
        scores = r.right[way]
        left.set_data(range(1, len(scores) + 1), scores)
        right.set_data(range(len(PARTS)), np.clip(100 * np.array(r.moved[way]), FLOOR, TOP))
        ends[way].set_text(f'{WAYS[way]} {scores[-1]:.2f}' if scores else '')
    begun = sorted((way for way in ends if r.right[way]), key=lambda way: r.right[way][-1])
    for way, y in zip(begun, _apart([r.right[way][-1] for way in begun])):
        ends[way].set_position((len(r.right[way]) + .04 * r.planned, y))
    axs[0].set_title(f'{r.pictures} pictures of each class')


def _apart(heights, least=.075):
    "Rising heights, pushed apart so that words at them can be read."
    placed = []
    for y in heights: placed.append(max(y, placed[-1] + least) if placed else y)
    over = max(placed[-1] - .97, 0) if placed else 0
    return [y - over for y in placed]


def race_finding(r: Race) -> str:
    "How right each way is now, what borrowing is worth, and what moved."
    if not all(r.right.values()): return 'The first epochs are being trained.'
    now = {way: scores[-1] for way, scores in r.right.items()}
    points = round(100 * max(now['frozen'], now['tuned'])) - round(100 * now['scratch'])
    of = 'breeds' if r.classes == 12 else 'classes'
    worth = (f'Borrowing is worth {points} points' if points > 1 else
             'Borrowing gains nothing here' if points > -2 else
             f'Borrowing costs {-points} points here')
    tuned, scratch = r.moved['tuned'], r.moved['scratch']
    return (f'With {r.pictures} pictures of each of {r.classes} {of}, {_epochs(r)}: '
            f'{now["scratch"]:.2f} from scratch, {now["frozen"]:.2f} with a frozen body, '
            f'{now["tuned"]:.2f} fine-tuned. {worth}. Fine-tuning moved stage 1 by '
            f'{_percent(tuned[1])} and the head by {_percent(tuned[-1])}; from scratch, stage 1 '
            f'moved by {_percent(scratch[1])}.')


def _epochs(r):
    n = len(r.right['tuned'])
    return f'{n} epoch{"s" if n > 1 else ""}'


def _percent(share):
    return f'{100 * share:.1f} %' if share < .0995 else f'{100 * share:.0f} %'


def scratch_or_transfer_lab(
    **settings,  # pictures=20, task='breeds', epochs=8, body=.1, seed=0
) -> Lab:
    "Train the same net from scratch, with a borrowed and frozen body, and fine-tuned."
    return Lab('scratch_or_transfer_lab', CONTROLS, race, draw_race, race_finding,
               settings=settings, figsize=(8.2, 3.7), narrow=(4.2, 6.), more=('seed',),
               prepare=_prepare, title='Scratch or transfer',
               about='What is a borrowed body worth, and how much of it changes?')
