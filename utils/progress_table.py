"""A table that grows while a model trains, with a bar under it."""
import html
import math
import os
import sys
import threading
import time
from numbers import Integral, Real

__all__ = ['ProgressTable']

PAUSE = 0.2  # seconds between two redraws of the bar: more would only keep the browser busy


class ProgressTable:
    """A table with a bar under it, redrawn in place at most five times a second.

    It is HTML in a notebook, a widget in a Voila app and printed lines anywhere else.
    >>> ProgressTable(['epoch', 'train_loss']).row([0, 0.25])
    epoch     train_loss
    0         0.250000
    """

    def __init__(self, columns):  # their names
        self.columns, self.rows, self.bar = list(columns), [], None  # bar: its length, its text
        self._redraw, self._next, self._lock = None, 0., threading.RLock()
        self._printed = 0  # lines, header and rows

    def row(
        self,
        values,  # one per column: floats have 6 decimals (1e6 and more: 3.7e+26), the rest is `str`
    ):
        "Add one row and draw it at once."
        with self._lock:
            self.rows.append([_cell(v) for v in values])
            self._draw()

    def update(
        self,
        fraction,  # how much is done, 0 to 1
        comment='',  # text beside the bar, or a function that gives it, called only when drawn
    ):
        "Move the bar; a call within 0.2 s of the last redraw does nothing and costs nothing."
        if time.monotonic() < self._next: return
        with self._lock:
            if self._next == math.inf: return  # closed meanwhile, from another thread
            text = comment() if callable(comment) else comment
            self.bar = f'{fraction:.3f}', f'{fraction:.0%} {text}'.rstrip()
            self._draw()

    def close(self):
        "Take the bar away and leave the finished table; a later `update` does nothing."
        with self._lock:
            self.bar = None
            if self._redraw and self._next < math.inf: self._redraw()
            self._next = math.inf

    def _draw(self):
        if self._redraw: self._redraw()
        else: self._redraw = _first_drawn(self)
        self._next = max(self._next, time.monotonic() + PAUSE)

    def _repr_html_(self):
        head = ''.join(f'<th scope="col">{html.escape(c)}</th>' for c in self.columns)
        rows = [''.join(f'<td>{html.escape(v)}</td>' for v in cells) for cells in self.rows]
        body = '\n'.join(f'<tr>{cells}</tr>' for cells in rows)
        table = f'<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>'
        if not self.bar: return table
        bar = f'<progress value="{self.bar[0]}" max="1" aria-label="progress"></progress>'
        return f'{table}\n<div>{bar} {html.escape(self.bar[1])}</div>'

    def __repr__(self):
        lines = map(self._line, [self.columns, *self.rows])
        return '\n'.join([*lines, self.bar[1]] if self.bar else lines)

    def _line(self, cells):
        return '  '.join(v.ljust(max(len(c), 8)) for v, c in zip(cells, self.columns)).rstrip()


def _cell(value):
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f'{value:.6f}' if abs(value) < 1e6 else f'{value:.1e}'
    return '' if value is None else str(value)


def _first_drawn(table):
    "Draw `table` where the reader looks, and return what draws it there again."
    ipython = sys.modules.get('IPython')
    if ipython is None or not hasattr(ipython.get_ipython(), 'kernel'):
        return _print_new(table) or (lambda: _print_new(table))
    from IPython.display import display
    in_voila = os.environ.get('SERVER_SOFTWARE', '').startswith('voila/')
    if not in_voila and 'VOILA_KERNEL_ID' not in os.environ:
        handle = display(table, display_id=True)
        return lambda: handle.update(table)
    from ipywidgets import HTML  # of all outputs, only a widget's changes reach a Voila page
    widget = HTML(table._repr_html_())
    display(widget)
    return lambda: widget.set_trait('value', table._repr_html_())


def _print_new(table):
    watched = sys.stdout is not None and sys.stdout.isatty()  # by a person, so show the bar
    if watched: print('\r' + ' ' * 78 + '\r', end='')
    for cells in [table.columns, *table.rows][table._printed:]:
        if cells: print(table._line(cells), flush=True)
        table._printed += 1
    if watched and table.bar: print(table.bar[1][:78], end='', flush=True)
