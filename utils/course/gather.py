"""`python -m utils.course.gather FOLDER`: what a class has done, from the files it handed in.

Each student writes a file with `my_progress().export("a name")` and hands it in by whatever way the
class has. The page is one HTML file that needs no network; the notebook shows the same, to go on.
"""
import argparse
import json
import os
import sys
from pathlib import Path

from .class_numbers import Group
from .class_page import STYLE, hardest_part, left_out, map_part, mistakes_part, page_of, summary
from .exporting import write_whole
from .handed_in import read_folder
from .page import bare, show_html

__all__ = ['ClassReport', 'read_class', 'main']

PAGE, NOTEBOOK = Path('build/gather/class.html'), Path('build/gather/class.ipynb')


class ClassReport(Group):
    "What a class has done; `show_map()`, `show_hardest()` and `show_mistakes()` draw it."

    def __repr__(self): return '\n'.join([summary(self), *self.lines()])

    def _repr_html_(self): return self._page(f'<p>{summary(self)}</p>{left_out(self)}')

    def _page(self, part: str) -> str:
        return f'<style>{STYLE}</style><div class="class-report">{part}</div>'

    def lines(self) -> list[str]:
        "One line for each file that was left out, or read with a remark."
        return [f'{mark}: {file} {why}.' for mark, files in
                (('left out', self.handed.left_out), ('remark', self.handed.remarks))
                for file, why in files]

    def show_map(self):
        "Who has done what: students by exercises."
        words = [f'{s.name}: ' + ', '.join(f'{c.number} {self.done(s, c.number)} of '
                 f'{len(c.exercises)}' for c in self.chapters) for s in self.students]
        self._show(map_part(self), words)

    def show_hardest(self):
        "The exercises that fewest get right with their first answer."
        self._show(hardest_part(self), [
            f'{h.id} {bare(h.title)}: tried by {h.tried}, at once {h.at_once}, later {h.later}, '
            f'not yet {h.not_yet}, {h.tries:.1f} tries' for h in self.hardest()])

    def show_mistakes(self):
        "The commonest mistakes, with what the hints say to them."
        self._show(mistakes_part(self), [f'{m.id} {m.hint}: {m.students} students, {m.times} '
                                         f'times. {bare(m.words)}' for m in self.mistakes()])

    def _show(self, part: str, words: list[str]):
        nothing = 'Nobody has tried an exercise yet.'
        show_html(self._page(part or f'<p>{nothing}</p>'), '\n'.join(words) or nothing)


def read_class(
    folder: str | Path,  # holds one export of each student
) -> ClassReport:
    "What a class has done, from the folder with its files."
    return ClassReport(read_folder(folder))


CELLS = (('markdown', '# The class\n\nMade by `python -m utils.course.gather`. Run the cells again '
                      'when more files have come. `report.students` holds everything, to go on.'),
         ('code', 'from utils.course.gather import read_class\n\nreport = read_class({folder})\n'
                  'report'),
         ('markdown', '## Who has done what'), ('code', 'report.show_map()'),
         ('markdown', '## The hardest exercises'), ('code', 'report.show_hardest()'),
         ('markdown', '## The commonest mistakes'), ('code', 'report.show_mistakes()'))


def notebook_of(
    folder: Path,
    file: Path,  # where the notebook will be
) -> str:
    "The notebook that reads the same folder, seen from where it stands."
    try: seen = Path(os.path.relpath(folder, file.parent)).as_posix()
    except ValueError: seen = folder.resolve().as_posix()    # on another drive
    kernel = dict(name='python3', display_name='Python 3 (ipykernel)', language='python')
    # Written as it is: nbformat takes three seconds to load.
    return json.dumps(dict(nbformat=4, nbformat_minor=5, metadata=dict(kernelspec=kernel), cells=[
        dict(id=f'cell-{i}', cell_type=kind, metadata={}, source=text.format(folder=repr(seen)))
        | (dict(execution_count=None, outputs=[]) if kind == 'code' else {})
        for i, (kind, text) in enumerate(CELLS)]), indent=1) + '\n'


def _arguments(argv):
    parser = argparse.ArgumentParser('python -m utils.course.gather', description='Show what a '
                                     'class has done, from the files the students handed in.')
    parser.add_argument('folder', type=Path, help='holds one export of each student')
    parser.add_argument('--page', type=Path, default=PAGE, help=f'the page ({PAGE.as_posix()})')
    parser.add_argument('--notebook', type=Path, default=NOTEBOOK,
                        help=f'the notebook ({NOTEBOOK.as_posix()})')
    return parser.parse_args(argv)


def _say(words: str):
    "Print, even where the terminal lacks a letter."
    kind = sys.stdout.encoding or 'utf-8'
    print(words.encode(kind, 'replace').decode(kind))


def main(argv=None) -> int:
    "Read the folder, name what was left out, write page and notebook."
    args = _arguments(argv)
    try: report = read_class(args.folder)
    except (ValueError, OSError) as e:
        _say(str(e))
        return 2
    _say(repr(report))
    if not report.students:
        _say('So there is nothing to show; page and notebook were not written.')
        return 1
    try:
        write_whole(args.page, page_of(report))
        write_whole(args.notebook, notebook_of(args.folder, args.notebook))
    except OSError as e:
        _say(f'{e.filename or args.page} cannot be written ({e.strerror}). Name other places with '
             '--page and --notebook.')
        return 2
    _say(f'Page: {args.page}\nNotebook: {args.notebook}')
    return 0


if __name__ == '__main__': sys.exit(main())
