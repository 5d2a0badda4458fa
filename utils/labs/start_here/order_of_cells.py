"Order of cells: the same five cells, run in different orders, give different answers."
import ast
import textwrap
from dataclasses import dataclass, field

from ...plots import COLORS
from ..base import Lab
from ..controls import entry
from .sheet import RUST, SOFT, box, wipe, write

__all__ = ['CELLS', 'Session', 'run_in_order', 'draw_session', 'session_finding',
           'order_of_cells_lab']

CELLS = ('price = 10', 'price = price + 5', 'amount = 2', 'total = price * amount', 'total')
LONGEST = 12   # runs that the lab takes
BESIDE = (.01, .02, .58, .88), (.63, .02, .36, .88)   # x, y, width, height
STACKED = (.01, .34, .98, .61), (.01, .01, .98, .27)


@dataclass
class Session:
    "What a kernel holds and shows after some cells were run in some order."
    order: tuple                                   # numbers of the cells, in the order they ran
    counts: dict = field(default_factory=dict)     # cell -> the [n] beside it: its latest run
    outputs: dict = field(default_factory=dict)    # cell -> what stands under it
    errors: set = field(default_factory=set)       # cells whose latest run stopped with an error
    memory: dict = field(default_factory=dict)     # name -> value
    made_by: dict = field(default_factory=dict)    # name -> the cell that gave it this value
    made_from: dict = field(default_factory=dict)  # name -> other names and the values they had
    shown: int | None = None                       # the number under the last cell

    @property
    def stale(self) -> dict:
        "Name -> (source, value it had then) for names whose source has changed since."
        return {name: (source, then) for name, sources in self.made_from.items()
                for source, then in sources.items() if self.memory[source] != then}


def run_in_order(
    order,  # numbers from 1 to 5: '13425', or [1, 3, 4, 2, 5]
) -> Session:
    "Run the five cells in this order in an empty memory, as a fresh kernel would."
    digits = [str(d) for d in order if str(d) not in ' ,']
    wrong = [d for d in digits if d not in ('1', '2', '3', '4', '5')]
    if wrong: raise ValueError(f'There is no cell {wrong[0]!r}: the cells are numbered 1 to 5.')
    session = Session(tuple(map(int, digits)))
    for count, cell in enumerate(session.order, 1):
        session.counts[cell] = count
        _run(session, cell, ast.parse(CELLS[cell - 1]).body[0])
    return session


def _run(session, cell, statement):
    "Run one cell in the session's memory; note its output and what its name was made from."
    session.errors.discard(cell)
    session.outputs.pop(cell, None)
    read = [n.id for n in ast.walk(statement)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    sources = {name: session.memory.get(name) for name in read}
    try:
        if isinstance(statement, ast.Expr):
            session.shown = eval(CELLS[cell - 1], {'__builtins__': {}}, session.memory)
            session.outputs[cell] = str(session.shown)
        else: exec(CELLS[cell - 1], {'__builtins__': {}}, session.memory)
    except NameError as e:
        session.errors.add(cell)
        session.outputs[cell] = f'NameError: {e}'
        return
    if isinstance(statement, ast.Assign):
        name = statement.targets[0].id
        session.made_by[name] = cell
        session.made_from[name] = {k: v for k, v in sources.items() if k != name}


def session_finding(s: Session) -> str:
    "What the order did, and why."
    if not s.order: return 'The kernel has just started: its memory is empty.'
    last = s.order[-1]
    if last in s.errors:
        name = s.outputs[last].split("'")[1]
        return (f'Cell {last} stops with a NameError: nothing has made {name} yet. '
                'What counts is not what stands on the page, but what was run.')
    stale = [f'{name} is stale. It was computed when {source} was {then}; '
             f'{source} is {s.memory[source]} now' for name, (source, then) in s.stale.items()]
    if s.shown is None:
        held = ', '.join(f'{k} = {v}' for k, v in s.memory.items()) or 'nothing'
        return (f'The memory holds {held}' + (f', but {stale[0]}.' if stale else
                '. Cell 5 has shown no number yet.'))
    head = f'Cell 5 shows {s.shown}'
    if s.memory['total'] != s.shown: return (f'{head}, but that was shown before cell {last} ran: '
                                             f'total is {s.memory["total"]} now.')
    if stale: return f'{head}, and {stale[0]}.'
    if s.shown == 30: return f'{head}, as it does when they run from top to bottom.'
    raised = (s.memory['price'] - 10) // 5
    did = {0: 'never raised it', 2: 'raised it twice'}.get(raised, f'raised it {raised} times')
    return f'{head}, not 30: since cell 1 set price, cell 2 has {did}.'


# the picture

def draw_session(fig, s: Session):
    "The five cells with their counts on one side, the kernel's memory on the other."
    fig.set_layout_engine('none')          # the places are known, so the picture comes at once
    stacked = fig.get_figwidth() < 5
    page, memory = map(fig.add_axes, STACKED if stacked else BESIDE)

    def update(s):
        _draw_cells(page, s)
        _draw_memory(memory, s, *((3, 60) if stacked else (5, 32)))
    update(s)
    return update


def _draw_cells(ax, s):
    wipe(ax, 5, f"The page. Run so far: {' '.join(map(str, s.order)) or 'nothing'}")
    for cell, source in enumerate(CELLS, 1):
        top, failed, latest = cell - 1, cell in s.errors, s.order[-1:] == (cell,)
        edge = COLORS['bad'] if failed else COLORS['train'] if latest else '#c4ccd4'
        write(ax, 0, top + .28, f"[{s.counts.get(cell, ' ')}]", 11, code=True,
              color=COLORS['train'])
        box(ax, .11, top + .05, .885, .46, edge=edge, line=2 if latest else 1)
        write(ax, .135, top + .28, source, 11, code=True)
        write(ax, .975, top + .28, f'cell {cell}', color=SOFT, ha='right')
        if cell in s.outputs:
            write(ax, .135, top + .74, s.outputs[cell], 10, code=True, weight='bold',
                  color=RUST if failed else COLORS['ink'])


def _draw_memory(ax, s, rows, letters):
    wipe(ax, rows, "The kernel's memory")
    if not s.memory: write(ax, .02, .4, 'empty', 10, color=SOFT)
    for i, (name, value) in enumerate(s.memory.items()):
        stale = name in s.stale
        box(ax, .005, i + .05, .99, .84, '#fdeee5' if stale else '#eef5fb',
            COLORS['bad'] if stale else '#b9d4ea')
        origin = textwrap.fill(_origin(s, name), letters)
        high = .07 if '\n' in origin else 0      # two lines need more room below the name
        write(ax, .04, i + .32 - high, f'{name} = {value}', 11, code=True)
        write(ax, .04, i + .67 - high / 2, origin, color=RUST if stale else SOFT)


def _origin(s, name):
    "Under a value: what it was computed from."
    if name in s.stale: return 'stale: made when {} was {}'.format(*s.stale[name])
    made = ' and '.join(f'{k} = {v}' for k, v in s.made_from[name].items())
    return f'from cell {s.made_by[name]}' + (f', when {made}' if made else '')


# the lab

def _clicked(settings, panel, x, y):
    "A click on a cell runs it."
    cell = int(y) + 1
    return _run_one(cell)(settings) if panel == 0 and 1 <= cell <= 5 else {}


def _run_one(cell):
    def act(settings):
        order = settings['order'].replace(' ', '')
        if len(order) >= LONGEST: raise ValueError(f'{LONGEST} runs are enough: restart first.')
        return dict(order=f'{order}{cell}')
    return act


def order_of_cells_lab(**settings) -> Lab:
    "Run five cells in any order and watch what the kernel remembers."
    actions = {f'Run {i}': _run_one(i) for i in range(1, 6)}
    actions |= {'Run all': lambda s: dict(order='12345'), 'Restart': lambda s: dict(order='')}
    return Lab(
        'order_of_cells_lab',
        dict(order=entry('Order', '12345', LONGEST, 'Press Run, or click a cell, or type here.')),
        run_in_order, draw_session, session_finding, settings=settings, actions=actions,
        title='Order of cells', about='Five cells, one memory: does the order of running matter?',
        figsize=(7, 4.3), narrow=(4.2, 6.2), on_click=_clicked)
