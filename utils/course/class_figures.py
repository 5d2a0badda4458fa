"Pictures of a class: the heat map of students by exercises, the hardest, the commonest mistakes."
from functools import cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from .class_numbers import STATES, Group

__all__ = ['SHADES', 'draw_map', 'draw_chapters', 'draw_hardest', 'draw_mistakes']

# From light to dark, to stay apart in grey; blue and orange, to stay apart for everybody.
SHADES = dict(zip(STATES, ('#f0f0f0', '#f6c04d', '#5a9fd0', '#005083')))
BLUES = LinearSegmentedColormap.from_list('share', ['#f0f0f0', '#9cc6e4', '#2b7bb3', '#004a78'])
GAP = .6    # columns between two chapters


@cache
def _signs() -> frozenset:
    "Code points that the pictures' font can draw."
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font
    return frozenset(FT2Font(findfont('DejaVu Sans')).get_charmap())


def _label(place: int, name: str, most: int) -> str:
    "A student's name for the axis; the number in the table where the font lacks its letters."
    if not all(ord(c) in _signs() for c in name): return f'no. {place}'
    short = name if len(name) <= most else f'{name[:most - 1]}…'
    return short.replace('$', r'\$')


def _names(group: Group, most: int) -> list[str]:
    return [_label(i, s.name, most) for i, s in enumerate(group.students, 1)]


def _row(group: Group) -> float:
    "Height of a student's row, in inches."
    return .23 if len(group.students) <= 60 else .13


def _margins(fig: Figure, left: float, top: float, bottom: float):
    "Room around the fields, in inches: far quicker than to have it found for 200 rows."
    width, height = fig.get_size_inches()
    fig.subplots_adjust(left / width, bottom / height, 1 - .1 / width, 1 - top / height)


def _bare(ax, group: Group, most: int):
    "An axis of students, without lines."
    n, big = len(group.students), _row(group) > .2
    ax.set_ylim(n, 0)
    ax.set_yticks(np.arange(n) + .5, _names(group, most), fontsize=9 if big else 6.5)
    ax.tick_params(length=0)
    ax.xaxis.tick_top()
    for side in ax.spines.values(): side.set_visible(False)


def draw_map(group: Group) -> Figure:
    "Every student by every exercise of the chapters that somebody has begun."
    n, row = len(group.students), _row(group)
    width = len(group.ids) + GAP * len(group.chapters)
    fig = Figure(figsize=(min(11.6, 2.6 + .42 * width), 1.15 + row * n))
    _margins(fig, left=1.75, top=.65, bottom=.5)
    ax, at, ticks, words = fig.subplots(), 0., [], []
    cell = (fig.get_figwidth() - 2.2) / width   # inches, to see whether a number fits
    for home in group.chapters:
        ids = list(home.exercises)
        codes = np.array([[group.code(s, id) for id in ids] for s in group.students])
        ax.pcolormesh(np.arange(len(ids) + 1) + at, np.arange(n + 1), codes, vmin=0, vmax=3,
                      cmap=ListedColormap(list(SHADES.values())), edgecolors='white', linewidth=.8)
        ax.text(at, -.3 / row, f'{home.number} {home.title}' if cell > .27
                else home.number, fontsize=10, weight='bold', va='bottom')
        ticks += list(np.arange(len(ids)) + at + .5)
        words += [id[3:] for id in ids]
        _signs_in(ax, group, ids, at, numbers=min(cell, row) > .2)
        at += len(ids) + GAP
    ax.set_xlim(0, at - GAP)
    ax.set_xticks(ticks, words, fontsize=9 if cell > .15 else 6)
    _bare(ax, group, 24)
    key = [Patch(facecolor=c, edgecolor='#888888', label=s) for s, c in SHADES.items()]
    fig.legend(handles=key, loc='lower left', ncols=4, frameon=False)
    return fig


def _signs_in(ax, group: Group, ids: list[str], at: float, numbers: bool):
    "A second sign beside the colour: how many tries, or a ring for not yet."
    rings = []
    for y, s in enumerate(group.students):
        for x, id in enumerate(ids):
            entry = s.exercises.get(id)
            if entry is None: continue
            if numbers and entry.tries > 1:
                ink = '#ffffff' if entry.state == 'right' else '#222222'
                ax.text(at + x + .5, y + .53, min(entry.tries, 99), color=ink, fontsize=8,
                        ha='center', va='center')
            elif entry.state != 'right': rings.append((at + x + .5, y + .5))
    if rings:
        ax.scatter(*zip(*rings), s=14 if _row(group) > .2 else 5, facecolors='none',
                   edgecolors='#222222', linewidths=.8)


def draw_chapters(group: Group) -> Figure:
    "The same for a narrow page: every student by chapter, the share of exercises that are right."
    n, row = len(group.students), _row(group)
    shares = np.array([[group.done(s, c.number) / len(c.exercises) for c in group.chapters]
                       for s in group.students])
    fig = Figure(figsize=(3.7, .75 + row * n))
    _margins(fig, left=1., top=.3, bottom=.45)
    ax = fig.subplots()
    ax.pcolormesh(shares, cmap=BLUES, vmin=0, vmax=1, edgecolors='white', linewidth=.8)
    ax.set_xticks(np.arange(len(group.chapters)) + .5, [c.number for c in group.chapters],
                  fontsize=8)
    _bare(ax, group, 13)
    for y, s in enumerate(group.students) if row > .2 else ():
        for x, c in enumerate(group.chapters):
            ink = '#ffffff' if shares[y, x] > .5 else '#222222'
            ax.text(x + .5, y + .53, group.done(s, c.number), color=ink, fontsize=8, ha='center',
                    va='center')
    fig.text(.02, .05 / fig.get_figheight(), 'exercises right, by chapter; dark: all', fontsize=9)
    return fig


def draw_hardest(group: Group) -> Figure:
    "The hardest exercises: of those who tried, who had it at once, later, not yet."
    rows = group.hardest()
    fig = Figure(figsize=(5.8, 1.2 + .34 * len(rows)), layout='constrained')
    ax, left, y = fig.subplots(), np.zeros(len(rows)), np.arange(len(rows))
    parts = [('right at once', [h.at_once for h in rows]), ('right later', [h.later for h in rows]),
             ('not yet', [h.not_yet for h in rows])]
    for state, counts in parts:
        bars = ax.barh(y, counts, left=left, color=SHADES[state], label=state, height=.72,
                       edgecolor='white', hatch='///' if state == 'not yet' else None)
        ink = '#222222' if state == 'not yet' else '#ffffff'
        ax.bar_label(bars, [n or '' for n in counts], label_type='center', color=ink, fontsize=9,
                     bbox=dict(facecolor=SHADES[state], edgecolor='none', pad=.8))
        left += counts
    ax.set_yticks(y, [f'{h.id} {_cut(h.title)}' for h in rows], fontsize=9)
    ax.invert_yaxis()
    _counts_below(ax, 'students who tried')
    fig.legend(*ax.get_legend_handles_labels(), loc='outside upper left', ncols=3,
               frameon=False)
    return fig


def _cut(words: str, most: int = 26) -> str:
    words = words if len(words) <= most else f'{words[:most - 1]}…'
    return words.replace('$', r'\$').replace('`', '')


def _counts_below(ax, words: str):
    "A bare axis of whole numbers."
    from matplotlib.ticker import MaxNLocator
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(words)
    ax.tick_params(axis='y', length=0)
    for side in ('top', 'right', 'left'): ax.spines[side].set_visible(False)


def draw_mistakes(group: Group) -> Figure:
    "The commonest mistakes: how many students made each."
    rows = group.mistakes()
    fig = Figure(figsize=(5.8, .8 + .34 * len(rows)), layout='constrained')
    ax, y = fig.subplots(), np.arange(len(rows))
    bars = ax.barh(y, [m.students for m in rows], color=SHADES['right later'], height=.72)
    ax.bar_label(bars, padding=3, fontsize=9)
    ax.set_yticks(y, [f'{m.id} {_cut(m.hint)}' for m in rows], fontsize=9)
    ax.invert_yaxis()
    _counts_below(ax, 'students')
    return fig
