"""`python -m utils.course.slide_marks`: mark a chapter's cells as slides, by a rule.

The marks are Jupyter's own (`slideshow`, `slide_type`), so JupyterLab shows and changes them under
*Property Inspector*. Marks that somebody has set stay as they are.
"""
import argparse
import json
import re
import sys
from pathlib import Path

from .chapters import NOTEBOOKS
from .static import call_in

__all__ = ['MARKS', 'is_small_table', 'mark_of', 'mark_chapter', 'suggested_marks', 'main']

MARKS = ('slide', 'subslide', 'fragment', 'skip', 'notes')   # as Jupyter knows them
FENCE = re.compile(r'^```.*?^```', re.M | re.S)
SHORT = dict(code=12, said=8)   # lines that can be read from the last row
TABLE = dict(columns=14, rows=9)
WIDEST = 96                     # signs in a line that can be read from there


def mark_of(
    cell: dict,
) -> str:
    "The slide mark of a cell; '' if it has none."
    return cell['metadata'].get('slideshow', {}).get('slide_type', '')


def suggested_marks(
    cells: list[dict],   # of a chapter
) -> list[str]:
    """The mark that each cell of a chapter gets.

    A heading begins a slide, what follows in the same step goes below it: pictures, labs,
    questions. A text after a picture says what to see; other texts are for the speaker.
    """
    marks, zone, step = [], '', 0
    spoken = _spoken_for(cells)
    for i, cell in enumerate(cells):
        source = ''.join(cell['source'])
        step += _begins_step(cell)
        if cell['cell_type'] == 'markdown':
            zone = _zone(source, zone)
            shown = bool(i) and marks[-1] == 'subslide' and call_in(_source(cells[i - 1])) \
                != 'checkpoint'
            marks.append(_text_mark(source, zone, shown))
        elif zone in ('exercises', 'end'): marks.append('skip')
        else:
            marks.append(_code_mark(cell, source, bool(zone) and step not in spoken))
            if marks[-1] == 'subslide' and call_in(source) != 'checkpoint': spoken.add(step)
    return marks


def _source(cell: dict) -> str: return ''.join(cell['source'])


def _begins_step(cell: dict) -> bool:
    return cell['cell_type'] == 'markdown' and bool(re.search(r'^## ', _prose(cell), re.M))


def _prose(cell: dict) -> str:
    "The text of a cell without its blocks of code."
    return FENCE.sub('', _source(cell))


def _zone(source: str, before: str) -> str:
    "Which part of a chapter begins with this text, if one does."
    for words, zone in (('## Take-away', 'end'), ('## Exercises', 'exercises'),
                        ('### Exercise', 'exercises')):
        if re.search(rf'^{words}', source, re.M): return zone
    if before == 'end': return before
    return 'steps' if _step_heading(source) else before


def _step_heading(source: str) -> bool:
    "Whether a step begins in this text, rather than the promises or the guesses."
    heads = re.findall(r'^## (.+)', FENCE.sub('', source), re.M)
    return any(not h.startswith(('You will', 'Predict', 'Your first', 'Where you')) for h in heads)


def _text_mark(source: str, zone: str, after_picture: bool) -> str:
    if zone == 'exercises': return 'skip'
    if source.startswith('# ') or '## Take-away' in source: return 'slide'
    if zone == 'end': return 'skip'
    if _step_heading(source): return 'slide'
    return 'fragment' if after_picture and not source.startswith('## ') else 'notes'


def _code_mark(cell: dict, source: str, may_be_words: bool) -> str:
    kind = call_in(source)
    if kind == 'guess': return 'slide'
    if kind == 'checkpoint': return 'subslide'
    if kind == 'quiz' or re.search(r'^setup\(', source, re.M): return 'skip'
    if '<img' in _shown(cell) or 'reveal("' in source: return 'subslide'
    if any(o['output_type'] == 'error' for o in cell['outputs']): return 'subslide'
    return 'subslide' if may_be_words and _is_short(cell, source) else 'skip'


def _shown(cell: dict) -> str:
    "All that a cell shows as HTML."
    return ''.join(''.join(o.get('data', {}).get('text/html', '')) for o in cell['outputs'])


def _said(cell: dict) -> str:
    "What a cell says in plain words."
    return ''.join(''.join(o.get('text', '') or _plain(o.get('data', {}))) for o in cell['outputs'])


def _plain(data: dict): return '' if 'text/html' in data else data.get('text/plain', '')


def _is_short(cell: dict, source: str) -> bool:
    "Whether a cell says something in few lines, or in a small table, that fit on a slide."
    if is_small_table(_shown(cell)): return True
    said, code = _said(cell), source.splitlines()
    return (bool(said.strip()) and len(code) <= SHORT['code']
            and said.count('\n') <= SHORT['said']
            and all(len(line) <= WIDEST for line in [*code, *said.splitlines()]))


def is_small_table(
    page: str,   # HTML
) -> bool:
    "Whether this is one table that can be read from the last row, and not that of a training."
    head = page.partition('</tr>')[0]
    return ('<table' in head and 'train_loss' not in head and head.count('<th') <= TABLE['columns']
            and page.count('<tr') <= TABLE['rows'])


def _spoken_for(cells: list[dict]) -> set[int]:
    "The steps in which a picture is drawn, so that no words need stand in for it."
    step, drawn = 0, set()
    for cell in cells:
        step += _begins_step(cell)
        if cell['cell_type'] == 'code' and '<img' in _shown(cell): drawn.add(step)
    return drawn


def mark_chapter(
    file: Path,   # a notebook
) -> int:         # how many cells were marked
    "Mark the cells of a chapter that have no slide mark; nothing else in the file changes."
    before = file.read_bytes()
    notebook = json.loads(before)
    if _written(notebook) != before:
        raise ValueError(f'{file} is not written as Jupyter writes notebooks, so more than its '
                         'marks would change. Open and save it in JupyterLab first.')
    todo = [(cell, mark) for cell, mark in zip(notebook['cells'],
                                               suggested_marks(notebook['cells']))
            if not mark_of(cell)]
    for cell, mark in todo: cell['metadata']['slideshow'] = {'slide_type': mark}
    if todo: _replace(file, _written(notebook))
    return len(todo)


def _written(notebook: dict) -> bytes:
    "A notebook's bytes, in the order and with the indent of Jupyter."
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return f'{text}\n'.encode()


def _replace(file: Path, data: bytes):
    fresh = file.with_name(f'.{file.name}.new')
    try:
        fresh.write_bytes(data)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def main(
    argv: list[str] | None = None,   # the words after the command; those of the shell if None
) -> int:                            # 0 if all went well
    "Mark the cells of chapters that nobody has marked yet."
    parser = argparse.ArgumentParser('python -m utils.course.slide_marks',
                                     description=main.__doc__)
    parser.add_argument('files', nargs='*', type=Path, help='notebooks; all chapters if none')
    files = parser.parse_args(argv).files or sorted(NOTEBOOKS.glob('[0-9][0-9]_*.ipynb'))
    try:
        for file in files: print(f'{file.name}: {mark_chapter(file)} cells marked')
    except (ValueError, KeyError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__': sys.exit(main())
