"Diagrams of boxes and arrows, written in the few words of the DOT language that the book uses."
import re
from dataclasses import dataclass, field

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ..plots import COLORS, get_grid, show

__all__ = ['Diagram', 'draw_graph', 'gv']

_ATTR = re.compile(r'(\w+)\s*=\s*("[^"]*"|[\w.]+)')
_PART = re.compile(r'("[^"]+"|\w+)((?:\s*->\s*(?:"[^"]+"|\w+))*)\s*(\[[^\]]*\])?')


@dataclass
class Diagram:
    "Boxes and the arrows between them, as read from DOT text."
    nodes: dict = field(default_factory=dict)   # name → attributes, in the order of appearance
    edges: list = field(default_factory=list)   # (from, to, attributes)

    @classmethod
    def parse(
        cls,
        text: str,  # such as 'model[shape=box3d]; inputs->model->results'
    ) -> 'Diagram':
        "Read the statements `a`, `a[key=value]` and `a->b->c[key=value]`."
        res = cls()
        for head, rest, attrs in _PART.findall(re.sub(r'\bordering\s*=\s*\w+', ' ', text)):
            found = {k: v.strip('"') for k, v in _ATTR.findall(attrs)}
            names = [n.strip().strip('"') for n in [head, *rest.split('->')[1:]]]
            for n in names: res.nodes.setdefault(n, {})
            if len(names) == 1: res.nodes[names[0]].update(found)
            res.edges += [(a, b, found) for a, b in zip(names, names[1:])]
        if not res.nodes: raise ValueError(f"No box found in {text!r}. Write "
                                           "inputs->model->results, say.")
        return res

    def label(self, name):
        "What stands in a box."
        return self.nodes[name].get('label', name)

    def words(self):
        "The diagram in a sentence."
        def note(attrs): return f" ({attrs['label']})" if 'label' in attrs else ''
        arrows = [f'{self.label(a)} → {self.label(b)}{note(attrs)}'
                  for a, b, attrs in self.edges]
        return f"Diagram: {'; '.join(arrows)}."

    def _back(self):
        "The arrows that close a loop: marked in the text, or found on the way."
        back, done, now = set(), set(), set()

        def visit(a):
            now.add(a)
            for i, (f, t, at) in enumerate(self.edges):
                if f != a or i in back: continue
                if at.get('constraint') == 'false' or t in now: back.add(i)
                elif t not in done: visit(t)
            now.discard(a)
            done.add(a)
        for n in self.nodes:
            if n not in done: visit(n)
        return back

    def layout(self):
        "Name → (column, row): a box stands right of all that lead to it, a source near its goal."
        back = self._back()
        ahead = [(a, b) for i, (a, b, _) in enumerate(self.edges) if i not in back]
        col = {n: 0 for n in self.nodes}
        for _ in self.nodes:
            for a, b in ahead: col[b] = max(col[b], col[a] + 1)
        for n in self.nodes:
            goals = [col[b] for a, b in ahead if a == n]
            if goals and not any(b == n for _, b in ahead): col[n] = min(goals) - 1
        rows = {c: [n for n in self.nodes if col[n] == c] for c in set(col.values())}
        return {n: (c, (len(ns) - 1) / 2 - i) for c, ns in rows.items() for i, n in enumerate(ns)}


def draw_graph(
    graph,         # DOT text, or a Diagram
    ax=None,       # matplotlib axes; new ones if None
    lit=(),        # boxes, or (from, to) arrows, to highlight
    values=None,   # name of a box → words under its label, such as a live number
    figsize=None,  # inches, for new axes
    title=None,    # words above
):
    "Draw boxes and arrows from left to right; arrows that close a loop run underneath."
    g = graph if isinstance(graph, Diagram) else Diagram.parse(graph)
    at, values, lit = g.layout(), values or {}, set(lit)
    width, high = max(c for c, _ in at.values()) + 1, max(abs(r) for _, r in at.values())
    ax = ax or get_grid(1, figsize=figsize or (2.1 * width, 1.5 + 1.8 * high))[0]
    back = g._back()
    for i, (a, b, attrs) in enumerate(g.edges):
        _arrow(ax, at[a], at[b], i in back, (a, b) in lit, attrs.get('label'), high)
    for n, (c, r) in at.items():
        _box(ax, c, r, g.label(n), values.get(n), n in lit, 'shape' in g.nodes[n])
    ax.set(xlim=(-0.5, width - 0.5), ylim=(-high - (1.0 if back else 0.45), high + 0.45))
    ax.axis('off')
    if title: ax.set_title(title)
    return ax


def _box(ax, c, r, label, value, lit, solid):
    edge = COLORS['bad'] if lit else COLORS['train'] if solid else '#9aa7b4'
    face = '#fdeee5' if lit else '#dcebf6' if solid else '#f6f8fa'
    soft = 'round,pad=0,rounding_size=.07'
    if solid:    # a shadow, where the book's diagrams have a box in three dimensions
        ax.add_patch(FancyBboxPatch((c - .33, r - .27), .7, .5, soft, fc='#b9d4ea', lw=0, zorder=2))
    ax.add_patch(FancyBboxPatch((c - .36, r - .24), .72, .48, soft, fc=face, ec=edge,
                                lw=2.4 if lit else 1.3, zorder=3))
    words = dict(ha='center', va='center', zorder=4)
    ax.text(c, r + (.07 if value else 0), label, fontsize=10.5,
            weight='bold' if solid else 'normal', **words)
    if value: ax.text(c, r - .11, value, fontsize=9.5, color=edge, **words)


def _arrow(ax, a, b, back, lit, label, high):
    (x0, y0), (x1, y1), low = a, b, -high - .75
    look = dict(color=COLORS['bad'] if lit else '#6b7783', lw=2.6 if lit else 1.5)
    start, end = ((x1, low), (x1, y1 - .24)) if back else ((x0 + .36, y0), (x1 - .37, y1))
    if back: ax.plot([x0, x0, x1], [y0 - .24, low, low], zorder=1, **look)
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle='-|>', mutation_scale=13, shrinkA=0,
                                 shrinkB=0, zorder=2, **look))
    if label:
        ax.text((x0 + x1) / 2, low if back else (y0 + y1) / 2, label, ha='center', va='center',
                fontsize=10, color=look['color'], zorder=5, bbox=dict(fc='white', ec='none', pad=2))


def gv(
    s: str,  # boxes and arrows in DOT: 'inputs->program->results'
):
    "Show a diagram of boxes and arrows, as the book's `gv` does, drawn by matplotlib."
    g = Diagram.parse(s)
    show(draw_graph(g), g.words())
