"""`python -m utils.course.assignment 04`: the exercises of a chapter as an nbgrader assignment.

Tasks, stubs, solutions, checks and the cells they need are taken from the chapter, its solutions
and its contents; nothing is written twice. The chapter itself stays what the students read.
"""
import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import nbformat.v4 as v4

from . import shelf
from .chapters import NOTEBOOKS
from .marking import POINTS, points_of
from .needed import needed_cells

__all__ = ['assignment_of', 'write_assignment', 'main']

COURSE = Path('build/assignment')
CONFIG = Path(__file__).resolve().parent.parent / 'assets' / 'marks' / 'nbgrader_config.py'
HEAD = """# {number} {title} · exercises to hand in

{points} points. The chapter is `{notebook}.ipynb` of the course: read there, with its labs and \
pictures; answer here. Run the cells from the top. Below each exercise a cell says whether your \
answer is right, as in the chapter; leave those cells as they are. Before you hand in: *Kernel*, \
*Restart Kernel and Run All Cells*, and save."""
NEEDED = '## From the chapter\n\nThese cells make what the exercises use.'
TEST = """{check}
### BEGIN HIDDEN TESTS
import sys
for name in [n for n in sys.modules if n.startswith("utils.course")]: del sys.modules[name]
from utils.course.marking import mark
{mark}
### END HIDDEN TESTS"""
WORDS = """Your words here.

### BEGIN SOLUTION
{said}
### END SOLUTION"""


def _read(file: Path):
    if file.exists(): return nbformat.read(file, 4)
    raise LookupError(f'{file.name} is not in {file.parent}: the course is not complete.')


def _grade(cell, **what):
    "Tell nbgrader what a cell is (its metadata, third version)."
    plain = dict(schema_version=3, grade_id=cell.id, grade=False, solution=False, locked=False,
                 task=False)
    cell.metadata['nbgrader'] = plain | what
    return cell


def _split(source: str) -> tuple[str, str]:
    "A cell without its last line `check(...)`, and that line."
    above, line, call = source.rpartition('check("')
    return above.rstrip('\n'), line + call


def _exercise(home, task, cell, solved) -> list:
    "The answer cell, which holds the solution until it is handed out, and its test cell."
    stub, check = _split(cell.source)
    answer, _ = _split(solved.source)
    source = f'{stub}\n### BEGIN SOLUTION\n{answer}\n### END SOLUTION'
    test = TEST.format(check=check, mark=re.sub('^check', 'mark', check))
    return [_grade(v4.new_code_cell(source, id=cell.id), solution=True),
            _grade(v4.new_code_cell(test, id=f'{cell.id}-marks'), grade=True, locked=True,
                   points=points_of(task.id))]


def _asks_for_words(cell) -> bool:
    "Whether the task of a lab asks for a reason: then it is answered in words."
    _, task, asked = cell.source.partition('**Your task:**')
    return bool(task and re.search(r'\bwhy\b[^.?]*\?', asked, re.I))


def _words(cell, after: list) -> list:
    "A task of a lab that asks for a reason, and the cell for the answer, read by the teacher."
    told = next((c.source for c in after if c.cell_type == 'markdown'), '')
    said = 'The chapter says after it: ' + told.partition('\n\n')[0]
    if not told or '**Your task:**' in told or told.startswith('#'):
        said = 'The chapter gives no answer; it is in the lab.'
    task = re.sub(r'^## .*\n+', '', cell.source)
    answer = v4.new_markdown_cell(WORDS.format(said=said), id=f'why-{cell.id}')
    return [v4.new_markdown_cell(f'### In words\n\n{task}\n\nAnswer the *why* in two or three '
                                 'sentences; do the rest in the lab of the chapter.',
                                 id=f'ask-{cell.id}'),
            _grade(answer, grade=True, solution=True, points=POINTS['words'])]


def _seeds(task, above: str, cell, solved) -> list[str]:
    "Code whose names an answer may use: stub, solution, and what task and hints name."
    named = re.findall(r'`([^`\n]+)`', f'{above} {task.nudge} {task.lines}')
    return [cell.source, solved.source, *named, *re.findall(r'#(.*)', cell.source)]


def _solved(home) -> dict:
    "The solutions of a chapter, by the ids of their cells."
    return {c.id: c for c in _read(NOTEBOOKS / 'solutions' / f'{home.notebook}.ipynb').cells}


def _needed(cells: list, tasks: dict, solved: dict) -> list:
    "The cells of the chapter that its exercises need, restored should a student change them."
    code = [c for c in cells if c.cell_type == 'code']
    above = {c.id: cells[i - 1].source for i, c in enumerate(cells)}
    keep = set()
    for i, c in enumerate(code):
        if c.id not in tasks: continue
        seeds = _seeds(tasks[c.id], above[c.id], c, solved[c.id])
        keep |= needed_cells([c.source for c in code], i, seeds)
    return [_grade(v4.new_code_cell(c.source, id=c.id), locked=True)
            for i, c in enumerate(code) if i in keep and c.id not in tasks]


def assignment_of(
    number: str,  # of a chapter: "04"
):
    "The assignment of a chapter as a notebook, solutions included, ready for nbgrader."
    home = shelf.open_chapter(number)
    cells, solved = _read(NOTEBOOKS / f'{home.notebook}.ipynb').cells, _solved(home)
    tasks = {f"ex-{id.replace('.', '-')}": t for id, t in home.exercises.items()}
    rest = []
    for i, c in enumerate(cells):
        if c.id in tasks:
            task = re.sub(r'(?s)^.*?(?=### Exercise )', '', cells[i - 1].source)
            rest += [v4.new_markdown_cell(task, id=f'task-of-{c.id}'),
                     *_exercise(home, tasks[c.id], c, solved[c.id])]
        elif c.cell_type == 'markdown' and _asks_for_words(c): rest += _words(c, cells[i + 1:])
    points = sum(c.metadata.get('nbgrader', {}).get('points', 0) for c in rest)
    head = HEAD.format(number=number, title=home.title, points=points, notebook=home.notebook)
    page = [v4.new_markdown_cell(head, id='head'), v4.new_markdown_cell(NEEDED, id='needed')]
    kernel = dict(name='python3', display_name='Python 3 (ipykernel)', language='python')
    return v4.new_notebook(cells=[*page, *_needed(cells, tasks, solved), *rest],
                           metadata=dict(kernelspec=kernel))


def write_assignment(
    number: str,   # of a chapter: "04"
    course: Path,  # the nbgrader course; its marks and its settings stay
) -> Path:
    "Write the assignment of a chapter into an nbgrader course, in one move."
    book = assignment_of(number)
    name = shelf.open_chapter(number).notebook
    place = course / 'source' / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if not (course / CONFIG.name).exists(): shutil.copyfile(CONFIG, course / CONFIG.name)
    with tempfile.TemporaryDirectory(dir=course, prefix='.new-') as new:
        file = Path(new) / f'{name}.ipynb'
        nbformat.write(book, file)
        place.mkdir(exist_ok=True)
        file.replace(place / file.name)
    return place / f'{name}.ipynb'


NEXT = """Next, in {course}:
  nbgrader generate_assignment {name}     makes release/{name}, to hand out
  nbgrader autograde {name}               marks submitted/STUDENT/{name}
  nbgrader generate_feedback {name}       writes feedback/STUDENT/{name}
The students' code runs as you: see *Marks* in the README before you mark what others wrote."""


def main(argv=None) -> int:
    "Write the assignments of the chapters named, and say what comes next."
    parser = argparse.ArgumentParser('python -m utils.course.assignment', description='The '
                                     'exercises of a chapter as an nbgrader assignment.')
    parser.add_argument('chapter', nargs='+', help='two digits, such as 04')
    parser.add_argument('--course', type=Path, default=COURSE,
                        help=f'folder of the nbgrader course ({COURSE.as_posix()})')
    args = parser.parse_args(argv)
    for number in args.chapter:
        try: file = write_assignment(number, args.course)
        except (LookupError, OSError) as e:
            print(e.args[0] if isinstance(e, LookupError) else e)
            return 2
        print(f'Chapter {number}: {file}')
    print(NEXT.format(course=args.course, name=file.stem))
    return 0


if __name__ == '__main__': sys.exit(main())
