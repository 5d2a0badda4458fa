"Help card: what `name?`, `name??` and `doc(name)` tell, and what Tab offers for half a name."
import builtins
import difflib
import importlib
import inspect
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib.patches import Rectangle

from ...help import doc_parts
from ...plots import COLORS
from ..base import Lab
from ..controls import choice, entry
from .sheet import SOFT, WIDTH, typeset

__all__ = ['Card', 'look_up', 'make_card', 'draw_card', 'card_finding', 'help_card_lab']

PACKAGE = Path(__file__).resolve().parents[2]
BUILTINS = ('enumerate', 'len', 'print', 'range', 'sorted', 'sum', 'zip')   # Python's own
WHOLE = (0, 0, 1, 1)                    # places of panes: x, y from the top, width, height
BESIDE = {'?': (0, 0, .42, .47), 'doc': (.42, 0, .58, .47), '??': (0, .47, 1, .53)}
STACKED = {'?': (0, 0, 1, .17), 'doc': (0, .17, 1, .34), '??': (0, .51, 1, .49)}
SIZES, PITCH = (10, 9.5, 9, 8.5, 8), .0165   # letters in points; line to line, inches per point
PANES = {'All three': 'all', 'name?': '?', 'name??': '??', 'doc(name)': 'doc'}


@dataclass
class Card:
    "What can be learned about a name without leaving the page."
    name: str
    show: str                                    # which pane: 'all', '?', '??' or 'doc'
    quick: list = field(default_factory=list)    # lines of `name?`
    source: list = field(default_factory=list)   # lines of code that `name??` adds
    taught: list = field(default_factory=list)   # lines of `doc(name)`
    parameters: int = 0                          # how many it takes
    chapter: str = ''                            # notebook that teaches it
    offers: list = field(default_factory=list)   # what Tab would offer, for half a name
    near: list = field(default_factory=list)     # names that look alike

    @property
    def found(self) -> bool:
        "Whether the name stands for something."
        return bool(self.quick)


def all_names() -> list:
    "Every name that `from utils import *` brings, and a few of Python's own."
    return sorted([*importlib.import_module('utils').__all__, *BUILTINS], key=str.casefold)


def look_up(
    name: str,  # 'show_image', or with a dot 'Learner.fit'
):
    "The function, class or method called `name`, or None. Nothing that is typed is ever run."
    first, *parts = name.split('.')
    if first in BUILTINS: found = getattr(builtins, first)
    elif first in all_names(): found = getattr(importlib.import_module('utils'), first)
    else: return None
    for part in parts:
        found = inspect.getattr_static(found, part, None) if inspect.isclass(found) else None
        found = getattr(found, '__func__', getattr(found, 'fget', found))
        if part.startswith('_') or not inspect.isfunction(found): return None
    ours = first in BUILTINS or getattr(found, '__module__', '').split('.')[0] == 'utils'
    return found if ours and callable(found) else None


def make_card(
    name: str,           # as typed
    show: str = 'all',   # which pane: 'all', '?', '??' or 'doc'
) -> Card:
    "The card of one name: three kinds of help, or what Tab offers for half a name."
    name = name.strip().rstrip('?').removeprefix('doc(').removesuffix(')').strip()
    thing, card = look_up(name), Card(name, show)
    if thing is None:
        card.offers = _offers(name)
        card.near = difflib.get_close_matches(name, all_names(), 3, .6)
        return card
    parts = doc_parts(thing)
    signature = _signature(thing)
    card.parameters = len([p for p in signature.parameters if p != 'self']) if signature else 0
    card.source, card.chapter = _source(thing), parts.chapter
    sentences = (inspect.getdoc(thing) or 'none').splitlines()
    card.quick = [f'Signature: {name.split(".")[-1]}{signature or "(…)"}',
                  f'Docstring: {sentences[0]}', *sentences[1:], f'File: {_file(thing)}',
                  f'Type: {type(thing).__name__}']
    chapter = [f'Taught in: {parts.chapter}'] if parts.chapter else []
    card.taught = [*parts.signature.splitlines(), '', parts.sentence, '', parts.location, *chapter]
    return card


def _signature(thing):
    try: return inspect.signature(thing)
    except (TypeError, ValueError): return None


def _source(thing):
    try: return textwrap.dedent(inspect.getsource(thing)).splitlines()
    except (OSError, TypeError): return []


def _file(thing):
    thing = inspect.unwrap(thing)       # what a cache has wrapped
    try: return Path(inspect.getsourcefile(thing)).relative_to(PACKAGE.parent).as_posix()
    except (OSError, TypeError, ValueError): return 'part of Python itself'


def _offers(name):
    "What pressing Tab after `name` would list."
    owner, dot, start = name.rpartition('.')
    if not dot: return [n for n in all_names() if name and n.startswith(name)]
    thing = look_up(owner)
    if not inspect.isclass(thing): return []
    return [f'{owner}.{n}' for n in sorted(dir(thing)) if n.startswith(start) and n[0] != '_']


def card_finding(c: Card) -> str:
    "What the three panes have to say, or what Tab does with half a name."
    if not c.name: return 'Type a name: a function, a class, or with a dot one of its methods.'
    if c.found: return _finding_of_name(c)
    if c.name in all_names():
        return (f'{c.name} comes from another library. In a notebook {c.name}? works as well; '
                'this card holds what the course brings.')
    if c.offers:
        few = ', '.join(c.offers[:6]) + (' and more' if len(c.offers) > 6 else '')
        count = 'one name' if len(c.offers) == 1 else f'{len(c.offers)} names'
        return f'No name is just {c.name}, but {count} begin with it. Tab would offer {few}.'
    near = f' Did you mean {" or ".join(c.near)}?' if c.near else ' Try show_image.'
    return f'{c.name} is not known here.{near}'


def _finding_of_name(c):
    count = {0: 'no parameters', 1: '1 parameter'}.get(c.parameters, f'{c.parameters} parameters')
    if not c.source: return (f'{c.name}? tells its purpose; {c.name}?? has no code to add, because '
                             f'{c.name} is not written in Python.')
    where = f', and says that {c.chapter} teaches it' if c.chapter else ''
    return (f'{c.name}? tells its purpose and that it takes {count}; {c.name}?? shows its '
            f'{len(c.source)} lines of code; doc picks out what each parameter means{where}.')


# the picture

def draw_card(fig, c: Card):
    "Three panes of text, or one of them large, or the list that Tab offers."
    fig.set_layout_engine('none')
    names = {'?': (f'{c.name}?', c.quick), 'doc': (f'doc({c.name})', c.taught),
             '??': (f'{c.name}??', c.source or ['No code: it is not written in Python.'])}
    if not c.found:
        _pane(fig, WHOLE, f'{c.name or "…"} and Tab', c.offers or ['Nothing begins with this.'])
    elif c.show != 'all': _pane(fig, WHOLE, *names[c.show])
    else:
        places = STACKED if fig.get_figwidth() < 5 else BESIDE
        for pane, place in places.items(): _pane(fig, place, *names[pane])


def _pane(fig, place, title, lines):
    "One pane: its title, then as many lines as there is room for."
    wide, high = fig.get_size_inches()
    x, y, width, height = (v * side for v, side in zip(place, (wide, high, wide, high)))
    ground = Rectangle((place[0] + .004, 1 - place[1] - place[3] + .004), place[2] - .008,
                       place[3] - .008, transform=fig.transFigure, fc='#f7f9fb', ec='#dfe4ea',
                       zorder=-1)
    fig.add_artist(ground)
    for size in SIZES:      # the largest letters with which all of it fits, else the smallest
        letters, room = int((width - .24) / (size * WIDTH / 72)), int((height - .45) / size / PITCH)
        wrapped = [w for line in lines for w in _wrapped(line, letters)]
        if len(wrapped) <= room: break
    else:
        left_out = len(wrapped) - room + 1
        wrapped = [*wrapped[:room - 1], (f'… and {left_out} more lines', SOFT)]
    fig.text((x + .12) / wide, 1 - (y + .1) / high, title, fontsize=10.5, weight='bold', va='top',
             color=COLORS['train'], parse_math=False)
    typeset(fig, x + .12, y + .38, wrapped, size, size * PITCH)


def _wrapped(line, letters):
    "The line, broken where it is too long; what follows is indented."
    if len(line) <= letters: return [line]
    indent = ' ' * min(len(line) - len(line.lstrip()) + 4, letters // 2)
    return textwrap.wrap(line, max(letters, 20), subsequent_indent=indent, drop_whitespace=False,
                         replace_whitespace=False) or ['']


def help_card_lab(**settings) -> Lab:
    "Type a name and see what the three kinds of help tell about it."
    return Lab(
        'help_card_lab',
        dict(name=entry('Name', 'show_image', 40, 'Half a name shows what Tab offers.'),
             show=choice('Show', 'all', PANES)),
        make_card, draw_card, card_finding, settings=settings, title='Help card',
        about='What can you learn about a name without leaving the page?',
        figsize=(6.6, 6), narrow=(4.2, 8))
