"The page of *Teach it*: what Python tells it, and what reaches Python from it."
import traitlets as t

from ..uploads import MEGABYTES
from ..widgets_js import FOLDER, GuardedWidget
from .album import KINDS, LETTERS, MOST, SAMPLES
from .lessons import FEWEST, LINES

__all__ = ['TeachView']


class TeachView(GuardedWidget):
    "The page of one `Teacher`; all that it shows is in `state` and the pictures it asks for."
    _esm = FOLDER / 'teach.js'
    _css = ''.join((FOLDER / f).read_text('utf-8') for f in ('lab.css', 'teach.css'))
    title = t.Unicode('Teach it').tag(sync=True)
    about = t.Unicode().tag(sync=True)
    limits = t.Dict(dict(kinds=list(KINDS.values()), most=MOST, samples=SAMPLES, fewest=FEWEST,
                         letters=LETTERS, megabytes=MEGABYTES, lines=LINES)).tag(sync=True)
    state = t.Dict().tag(sync=True)     # classes, note, trained, tests, mistakes, stale …
    png = t.Bytes().tag(sync=True)      # losses and matrix
    text = t.Unicode().tag(sync=True)   # the finding
    width = t.Int(900).tag(sync=True)
    running = t.Bool().tag(sync=True)
    done = t.Float().tag(sync=True)     # share of the training
    heard = t.Int().tag(sync=True)      # number of the newest question that has been answered
