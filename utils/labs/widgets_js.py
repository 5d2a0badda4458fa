"""The widget that shows a lab, and what guards every widget of ours against its page."""
import logging
import sys
from pathlib import Path

import anywidget
import traitlets as t

__all__ = ['LabView', 'GuardedWidget', 'FOLDER', 'is_number', 'log']

MOST = sys.float_info.max      # a page may send larger whole numbers
FOLDER = Path(__file__).parent.parent / 'assets'
log = logging.getLogger('utils.labs')
log.addHandler(logging.NullHandler())


class GuardedWidget(anywidget.AnyWidget):
    "A widget whose page sets no trait: it sends messages, and Python decides what they change."

    def set_state(self, sync_data): log.debug('a page tried to set %s', list(sync_data))

    def _handle_msg(self, msg):
        try:
            super()._handle_msg(msg)
        except Exception:
            log.warning('a page sent what %s cannot use', type(self).__name__, exc_info=True)


def is_number(value) -> bool:
    "Whether a page sent a finite number (and not True, which Python takes for 1)."
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MOST


class LabView(GuardedWidget):
    "The page of one lab; `Lab` fills it and listens to it."
    _esm = FOLDER / 'lab.js'
    _css = FOLDER / 'lab.css'
    title = t.Unicode().tag(sync=True)
    about = t.Unicode().tag(sync=True)
    controls = t.List().tag(sync=True)
    actions = t.List().tag(sync=True)
    clickable = t.Bool().tag(sync=True)
    stoppable = t.Bool().tag(sync=True)
    values = t.Dict().tag(sync=True)
    png = t.Bytes().tag(sync=True)
    text = t.Unicode().tag(sync=True)
    line = t.Unicode().tag(sync=True)
    note = t.Unicode().tag(sync=True)
    width = t.Int(700).tag(sync=True)
    wrong = t.Bool().tag(sync=True)
    running = t.Bool().tag(sync=True)
    heard = t.Int().tag(sync=True)      # number of the newest question that has been answered
