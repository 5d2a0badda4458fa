"""Brings a new version of a chapter into a reader's copy, cell by cell, by the cells' ids.

A copy carries in its own metadata what the course gave: one line for each cell, with its id and
marks of its source and of its outputs. So a copy can be moved, and its record never parts from it.
"""
import copy
import hashlib
import json
import re
from dataclasses import dataclass, field

from nbformat.v4 import new_markdown_cell

__all__ = ['Merged', 'merge', 'record', 'given_cells', 'source_mark', 'RECORD']

RECORD = 'companion_copy'   # key of the record in a copy's metadata
MARKED = 'companion_new'    # key, in a cell put beside a reader's own, of its mark
OWN_METADATA = 'kernelspec', 'language_info'   # the reader's choice
NOTE = ('> **New from the course.** {above} The course has changed this cell since you got it; its '
        'new version stands below. Take over what you like, then delete this note and the cell '
        'below it.')
KEPT, GONE = 'The cell above is yours and was left alone.', 'You had deleted this cell.'


@dataclass
class Merged:
    "A merged notebook, and the names of the cells that each kind of change met."
    notebook: dict
    replaced: list[str] = field(default_factory=list)   # the course's new version, not yours
    added: list[str] = field(default_factory=list)      # new in the course
    removed: list[str] = field(default_factory=list)    # no longer in the course, not yours
    kept: list[str] = field(default_factory=list)       # no longer in the course, but yours
    beside: list[str] = field(default_factory=list)     # changed by both: yours, then the new one
    shown: list[str] = field(default_factory=list)      # new outputs below a cell you had not run
    lost: list[str] = field(default_factory=list)       # stays empty: yours, but not in it


def _mark(thing) -> str:
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]


def source_mark(cell) -> str:
    "A short mark that changes with the kind of a cell or with its source."
    return _mark([cell['cell_type'], cell['source'].rstrip()])


def _shown_mark(cell) -> str: return _mark(cell.get('outputs', []))


def record(
    notebook,   # a chapter of the course; changed in place
    page: str,  # its path below the folder of the notebooks
):
    "Note in a copy what the course gave; returns the copy."
    lines = [f"{c['id']} {source_mark(c)} {_shown_mark(c)}" for c in notebook['cells']]
    notebook['metadata'][RECORD] = dict(page=page, cells=lines)
    return notebook


def given_cells(notebook, page: str) -> dict[str, tuple[str, str]] | None:
    "Marks of source and outputs of each cell the course gave; None where nothing is noted."
    noted = notebook['metadata'].get(RECORD)
    if not isinstance(noted, dict) or noted.get('page') != page: return None
    lines = noted.get('cells')
    if not isinstance(lines, list) or not all(isinstance(x, str) for x in lines): return None
    parts = [x.split() for x in lines]
    return {p[0]: (p[1], p[2]) for p in parts} if all(len(p) == 3 for p in parts) else None


def _name(cell) -> str:
    "A cell in words: exercise 04.2, or how it begins."
    number = re.fullmatch(r'ex-(\d\d)-(\w+)', cell['id'])
    if number: return f'exercise {number[1]}.{number[2]}'
    lines = [x for x in cell['source'].splitlines() if x.strip()] or ['']
    heads = [x for x in lines if x.startswith('#')] if cell['cell_type'] == 'markdown' else []
    first = (heads or lines)[0].strip('# *')
    return f'“{first if len(first) < 48 else first[:45].rstrip() + "…"}”'


def _with_ids(cells) -> dict:
    "Cells by id; a cell without one, or with one that stood before, gets an id of its own."
    found = {}
    for cell in cells:
        first = id = cell.get('id') or 'own'
        n = 1
        while id in found: id, n = f'{first[:56]}-{n}', n + 1
        cell['id'] = id
        found[id] = cell
    return found


def _woven(main: list, other: list) -> list:
    "All of `main` in its order, and each of `other` after the one that it follows there."
    out = list(main)
    for before, id in zip([None, *other], other):
        if id not in out: out.insert(out.index(before) + 1 if before is not None else 0, id)
    return out


def _order(have: dict, given: dict, now: dict) -> list:
    "The course's order of cells, unless the reader has moved some: then the reader's."
    moved = [i for i in have if i in given] != [i for i in given if i in have]
    return _woven(list(have), list(now)) if moved else _woven(list(now), list(have))


def _beside(cell, above: str, taken: dict) -> list:
    "The course's new version of a cell that is the reader's by now, and the note above it."
    id, n = f"new-{cell['id']}"[:60], 2
    while id in taken: id, n = f"new-{n}-{cell['id']}"[:60], n + 1
    new = copy.deepcopy(cell)
    new['id'] = id
    new['metadata'][MARKED] = source_mark(cell)
    if new['cell_type'] == 'code': new['outputs'], new['execution_count'] = [], None
    note = new_markdown_cell(NOTE.format(above=above), id=f'note-{id}'[:64])
    note['metadata'][MARKED] = source_mark(note)
    return [note, new]


def _drop_older(have: dict, id: str):
    "Take away what an earlier update put beside a cell, where the reader left it as it was."
    for old in (f'new-{id}'[:60], f'note-new-{id}'[:64]):
        cell = have.get(old)
        if cell and cell['metadata'].get(MARKED) == source_mark(cell): del have[old]


def _both(id: str, mark: str, have: dict, given: dict) -> bool:
    "Whether the course and the reader have changed a cell, and not to the same."
    before = given.get(id, ('',))[0]
    mine = source_mark(have[id]) if id in have else ''
    return mark not in (before, mine) and mine != before


def merge(
    mine,         # the reader's copy, as read; left as it is
    new,          # the course's version of today
    given: dict,  # what the course gave then, from `given_cells`
    page: str,    # path below the folder of the notebooks
) -> Merged:
    "Bring what the course changed into a reader's copy; what the reader changed stays."
    mine, new = copy.deepcopy(mine), record(copy.deepcopy(new), page)
    have, now = _with_ids(mine['cells']), {c['id']: c for c in new['cells']}
    both = [id for id, c in now.items() if _both(id, source_mark(c), have, given)]
    for id in both: _drop_older(have, id)
    res, cells = Merged(mine), {}
    for id, cell in have.items(): _take(cell, now.get(id), given.get(id), cells, res)
    for id, cell in now.items():
        if id in have or id in given: continue
        cells[id] = [cell]
        res.added.append(_name(cell))
    for id in both:
        above = KEPT if id in have else GONE
        cells[id] = cells.get(id, []) + _beside(now[id], above, have | now)
        res.beside.append(_name(now[id]))
    mine['cells'] = [c for id in _order(have, given, now) for c in cells.get(id, [])]
    there = {source_mark(c) for c in mine['cells']}
    res.lost = [_name(c) for id, c in have.items()
                if source_mark(c) not in there | {given.get(id, ('',))[0]}]
    mine['metadata'] |= {k: v for k, v in new['metadata'].items() if k not in OWN_METADATA}
    mine['nbformat'], mine['nbformat_minor'] = new['nbformat'], new['nbformat_minor']
    return res


def _take(cell, new, given, cells: dict, res: Merged):
    "Put a cell of the copy under its id, or the course's new version of it, or neither."
    id, mark = cell['id'], source_mark(cell)
    if given is None or mark != given[0]:                       # the reader's
        cells[id] = [cell]
        if given and new is None: res.kept.append(_name(cell))
    elif new is None: res.removed.append(_name(cell))
    elif source_mark(new) != mark:
        cells[id] = [new]
        res.replaced.append(_name(new))
    elif _shown_mark(cell) == given[1] != _shown_mark(new):
        cells[id] = [new]
        res.shown.append(_name(new))
    else: cells[id] = [cell]
