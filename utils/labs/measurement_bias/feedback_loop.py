"Feedback loop: whom the model calls is measured more, and the next model learns from that."
from functools import partial

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import choice, next_seed, slider, state
from .years import YEARS, Years, run_years

__all__ = ['draw_years', 'years_finding', 'feedback_loop_lab']

COLOR = (COLORS['train'], COLORS['bad'])     # of A and B
CONTROLS = dict(
    way=choice('A call brings', 'visits', {'more visits, as access allows': 'visits',
                                           'a test by post, to everybody called': 'post'}),
    extra=slider('Visits that a call brings, in A', 4, 0, 8, unit=' a year'),
    places=slider('People called each year', 20, 5, 40, 5, unit='%'),
    lot=slider('People tested by lot each year', 0, 0, 100, 10, unit='%'),
    seed=state(0, 0, 999))


def draw_years(fig, r: Years):
    "Left the ill who are found, right those whom the model misses, year by year."
    narrow = fig.get_figwidth() < 5
    axs = fig.subplots(2, 1) if narrow else fig.subplots(1, 2)
    x, lines, ends = np.arange(1, YEARS + 1), {}, {}
    for ax, name in zip(axs, ('found', 'missed')):
        for g in (0, 1):
            lines[name, g], = ax.plot(x, x * 0., 'o-', ms=5, color=COLOR[g])
            ends[name, g] = ax.text(YEARS + .15, 0, '', va='center', color=COLOR[g], fontsize=10)
            if name == 'found': lines['alone', g], = ax.plot(x, x * 0., '--', lw=1.2,
                                                             color=COLOR[g])
        ax.set(xlim=(.8, YEARS + (1.3 if narrow else 1.1)), xticks=x, xlabel='year', ylim=(0, 100))
        ax.grid(axis='y')
    axs[0].set_ylabel('found, in % of the ill')
    axs[1].set_ylabel('not called, in % of the ill')
    axs[0].text(.02, .97, 'dashed: without any calls', transform=axs[0].transAxes, va='top',
                color='#5f5f5f', fontsize=9)
    for ax in axs: ax.set_title('')
    update = partial(_move, axs, lines, ends)
    update(r)
    return update


def _move(axs, lines, ends, r):
    "Put the lines where the result says."
    for (name, g), line in lines.items():
        y = 100 * getattr(r, name)[:, g]
        line.set_ydata(y)
        if (name, g) not in ends: continue
        other = 100 * getattr(r, name)[-1, 1 - g]
        apart = max(0, 6 - abs(y[-1] - other)) / 2 * (1 if y[-1] > other or
                                                      (y[-1] == other and g) else -1)
        ends[name, g].set(text=f'{"AB"[g]} {y[-1]:.0f} %', y=y[-1] + apart)
    first, last = (round(100 * (r.found[i, 0] - r.found[i, 1])) for i in (0, -1))
    axs[0].set_title(f'Found: {first} points apart, then {last}')
    first, last = (round(100 * r.gap[i]) for i in (0, -1))
    axs[1].set_title(f'Missed: {first} points apart, then {last}')


def years_finding(r: Years) -> str:
    "What the calls have brought to each group, and what became of the gap."
    gained = [100 * (r.found[-1, g] - r.alone[-1, g]) for g in (0, 1)]
    first, last = 100 * r.gap[0], 100 * r.gap[-1]
    moved = ('The loop widens the gap' if last > first + 2 else
             'The loop narrows the gap' if last < first - 2 else 'The loop keeps the gap')
    return (f'In year {YEARS} the calls find {gained[0]:.0f} of 100 ill more in A than visits '
            f'and the drawing by lot alone would, and {gained[1]:.0f} more in B. {moved}: of the '
            f'ill the model misses {first:.0f} points more in B in year 1, {last:.0f} in year '
            f'{YEARS}.')


def feedback_loop_lab(
    **settings,  # way='visits', extra=4, places=20, lot=0, seed=0
) -> Lab:
    "Let a model decide whom to call, and train the next one on what was then measured."
    return Lab('feedback_loop_lab', CONTROLS, run_years, draw_years, years_finding,
               settings=settings, figsize=(8.4, 3.7), narrow=(4.2, 6.4), title='Feedback loop',
               about='A model calls people to the clinic. Next year it is trained anew, on what '
                     'was measured because of its calls.',
               actions={'Other people': next_seed()})
