"The picture of the training loop: boxes and arrows with live numbers, the line, and the loss."
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ...plots import COLORS
from ..picture import set_limits
from .line import HEIGHT, WEEKS

__all__ = ['draw_moment', 'number', 'LIT']

BESIDE = dict(inputs=(.13, .80), parameters=(.13, .40), architecture=(.395, .60),
              predictions=(.64, .80), labels=(.64, .40), loss=(.885, .60))
STACKED = dict(inputs=(.235, .91), parameters=(.705, .91), architecture=(.47, .69),
               predictions=(.235, .47), labels=(.705, .47), loss=(.47, .25))
FLOW = [('inputs', 'architecture'), ('parameters', 'architecture'),
        ('architecture', 'predictions'), ('predictions', 'loss'), ('labels', 'loss')]
BACK = 'loss', 'parameters'
LIT = dict(ready={'inputs', 'labels'}, predict={*FLOW[:3], 'predictions'},
           loss={*FLOW[3:], 'loss'}, gradient={BACK}, step={BACK, 'parameters'})
WORDS = dict(inputs='inputs: weeks', labels='labels: dm', predictions='predictions: dm')
QUIET, RUST = '#7b8794', '#a84800'


def number(v: float) -> str:
    "Two decimals and a true minus sign."
    text = f'{v:.2f}' if abs(v) < 1e4 else f'{v:.0e}'
    return '0.00' if text == '-0.00' else text.replace('-', '−')


def draw_moment(fig, m):
    "The loop with its numbers; below it the line among the plants, and the loss of each batch."
    stacked = fig.get_figwidth() < 5
    fig.set_layout_engine('none')                  # the places are known
    if stacked:
        loop, line, curve = (fig.add_axes(p) for p in (
            (.0, .51, 1, .48), (.14, .315, .83, .16), (.14, .055, .83, .16)))
    else:
        loop, line, curve = (fig.add_axes(p) for p in (
            (.0, .42, 1, .57), (.065, .085, .40, .27), (.57, .085, .41, .27)))
    parts = _draw_loop(loop, stacked), _draw_line(line), _draw_curve(curve)

    def update(m):
        for part in parts: part(m)
    update(m)
    return update


def _draw_loop(ax, stacked):
    "Boxes and arrows, drawn once; the updater only lights them and writes their numbers."
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis('off')
    at, half = (STACKED, (.218, .075)) if stacked else (BESIDE, (.112, .12))
    arrows = {(a, b): _arrow(ax, at[a], at[b], half, stacked) for a, b in FLOW}
    arrows[BACK], back = _back_arrow(ax, at, half, stacked)
    boxes = {name: _box(ax, xy, half, name) for name, xy in at.items()}

    def update(m):
        lit, values = LIT[m.part], _values(m)
        for name, (patch, text) in boxes.items():
            on, solid = name in lit, name == 'architecture'
            patch.set(ec=COLORS['bad'] if on else COLORS['train'] if solid else '#9aa7b4',
                      fc='#fdeee5' if on else '#dcebf6' if solid else '#f6f8fa',
                      lw=2.4 if on else 1.2)
            text.set(text=values[name], color=RUST if on else COLORS['ink'])
        for edge, lines in arrows.items():
            look = dict(color=COLORS['bad'], lw=2.8) if edge in lit else dict(color=QUIET, lw=1.4)
            for part in lines: part.set(**look)
        back.set(text=_back_words(m), color=RUST if BACK in lit else QUIET)
    return update


def _values(m):
    def row(v): return '' if v is None else '  '.join(number(x)[:5] for x in v)
    def short(v): return '  '.join(f'{x:.1f}' for x in v)
    loss = '' if m.loss is None else number(m.loss)
    return dict(inputs=short(m.x), labels=short(m.y), predictions=row(m.pred), loss=loss,
                parameters=f'a = {number(m.a)}   b = {number(m.b)}', architecture='a · x + b')


def _back_words(m):
    if m.grad is None: return 'gradient'
    slopes = f'{number(m.grad[0])}, {number(m.grad[1])}'
    return f'gradient: {slopes}' if m.part == 'gradient' else f'update: − {m.lr:g} × ({slopes})'


def _box(ax, xy, half, name):
    (x, y), (w, h) = xy, half
    patch = ax.add_patch(FancyBboxPatch((x - w, y - h), 2 * w, 2 * h, zorder=3,
                                        boxstyle='round,pad=0,rounding_size=.02',
                                        mutation_aspect=1.4))
    centred = dict(ha='center', va='center', zorder=4)
    ax.text(x, y + .42 * h, WORDS.get(name, name), fontsize=10.5, color='#3c4650',
            weight='bold' if name == 'architecture' else 'normal', **centred)
    return patch, ax.text(x, y - .38 * h, '', fontsize=10, **centred)


def _arrow(ax, a, b, half, stacked):
    "From the edge of one box to the edge of the next: rightwards, or down where they are stacked."
    w, h = half
    ends = ((a[0], a[1] - h), (b[0], b[1] + h)) if stacked else ((a[0] + w, a[1]), (b[0] - w, b[1]))
    if stacked:    # arrows meet at different places of the wide box
        lean = .1 * np.sign(b[0] - a[0])
        ends = (a[0] + lean, a[1] - h), (b[0] - lean, b[1] + h)
    return [ax.add_patch(FancyArrowPatch(*ends, arrowstyle='-|>', mutation_scale=13, shrinkA=0,
                                         shrinkB=1, zorder=2))]


def _back_arrow(ax, at, half, stacked):
    "The way back, which closes the loop: from the loss around the others to the parameters."
    (x0, y0), (x1, y1), (w, h) = at['loss'], at['parameters'], half
    if stacked: corners = [(x0, y0 - h), (x0, .11), (.98, .11), (.98, y1), (x1 + w, y1)]
    else: corners = [(x0, y0 - h), (x0, .12), (x1, .12), (x1, y1 - h)]
    line, = ax.plot(*zip(*corners[:-1]), zorder=1, solid_joinstyle='round')
    head = ax.add_patch(FancyArrowPatch(corners[-2], corners[-1], arrowstyle='-|>', shrinkA=0,
                                        shrinkB=1, mutation_scale=13, zorder=2))
    words = ax.text(.5, .045 if stacked else .12, '', ha='center', va='center', fontsize=10.5,
                    zorder=4, bbox=dict(fc='white', ec='none', pad=3))
    return [line, head], words


def _draw_line(ax):
    "The plants, those of the batch in blue, and the line that the parameters say."
    ax.plot(WEEKS, HEIGHT, 'o', color='#c4ccd4', ms=6)
    misses = ax.add_collection(LineCollection([], colors=COLORS['bad'], lw=1.6))
    chosen, = ax.plot([], [], 'o', color=COLORS['train'], ms=7)
    old, = ax.plot([], [], ':', color=QUIET, lw=1.4)
    now, = ax.plot([], [], color=COLORS['ink'], lw=1.8)
    ends = np.array([-.1, 2.1])
    ax.set(xlim=(-.1, 2.1), ylim=(0, 4.2), xlabel='weeks', ylabel='height, dm')
    ax.set_title('The plants and the line', fontsize=11)

    def update(m):
        chosen.set_data(m.x, m.y)
        now.set_data(ends, np.clip(m.a * ends + m.b, -1e6, 1e6))
        if m.was: old.set_data(ends, np.clip(m.was[0] * ends + m.was[1], -1e6, 1e6))
        else: old.set_data([], [])
        shown = m.pred is not None and m.part != 'step'
        rows = zip(m.x, m.y, np.clip(m.pred, -1e6, 1e6)) if shown else ()
        misses.set_segments([[(x, y), (x, p)] for x, y, p in rows])
    return update


def _draw_curve(ax):
    "The loss of each batch so far; a thin line where an epoch ends."
    dots, = ax.plot([], [], 'o-', color=COLORS['train'], ms=4, lw=1.4)
    last, = ax.plot([], [], 'o', color=COLORS['bad'], ms=8)
    ends = ax.add_collection(LineCollection([], colors='#d5dbe1', lw=1))
    ax.set(xlabel='batch (a grey line ends an epoch)')
    ax.set_title('Loss of each batch', fontsize=11)

    def update(m):
        losses = np.clip(m.losses, 0, 1e6)
        n = np.arange(1, len(losses) + 1)
        dots.set_data(n, losses)
        last.set_data(n[-1:], losses[-1:])
        wide, high = max(len(n), 12) + .6, 1.12 * max([*losses, 1.])
        ends.set_segments([[(k + .5, 0), (k + .5, high)] for k in range(3, int(wide), 3)])
        set_limits(ax, (.4, wide), (0, high))
    return update
