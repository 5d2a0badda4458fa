"""A reader's own copies of the notebooks: made, read, merged and put aside.

Copies are written beside their place and moved there: a file is the old one or the new one, whole.
"""
import datetime
import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path

from nbformat.v4 import reads, writes

from .chapters import NOTEBOOKS
from .merging import RECORD, Merged, given_cells, merge, record

__all__ = ['Trouble', 'Copies', 'page_names', 'read_notebook', 'WORK']

WORK = NOTEBOOKS.parent / 'work'
PATIENCE = 30   # seconds to wait for another of these commands


class Trouble(Exception):
    "Something that must stay as it is; the message says why and what to do."


def page_names(folder: Path) -> list[str]:
    "Paths of all chapters, apps, solutions and other files below a folder of notebooks."
    paths = [f.relative_to(folder) for f in folder.rglob('*') if f.is_file()]
    ours = [p for p in paths if not any(x[0] == '.' or x == '__pycache__' for x in p.parts)
            and (p.suffix != '.ipynb' or p.parts[0] == 'apps' or p.match('[0-9][0-9]_*'))]
    return [p.as_posix() for p in sorted(ours, key=lambda p: (len(p.parts), p))]


def read_notebook(file: Path):
    "A notebook as it stands in the file; a `Trouble` says what is wrong with another one."
    try: text = file.read_bytes().decode('utf-8-sig')
    except UnicodeDecodeError: raise Trouble('holds no text') from None
    except OSError as e: raise Trouble(f'cannot be read ({e.strerror})') from None
    if not text.strip(): raise Trouble('is empty')
    try: notebook = reads(text)
    except Exception: raise Trouble('is broken off, or no notebook') from None
    if not is_notebook(notebook): raise Trouble('is no notebook of a kind that the course knows')
    return notebook


def is_notebook(thing) -> bool:
    "Whether everything that a merge looks at is there and of its kind."
    if not isinstance(thing, dict) or thing.get('nbformat') != 4: return False
    cells, about = thing.get('cells'), thing.get('metadata')
    return isinstance(cells, list) and isinstance(about, dict) and all(map(is_cell, cells))


def is_cell(cell) -> bool:
    "Whether it has a kind, a source, metadata, and outputs where it is code."
    kinds = dict(cell_type=str, source=str, metadata=dict, id=(str, type(None)))
    return isinstance(cell, dict) and all(isinstance(cell.get(k), t) for k, t in kinds.items()) \
        and (cell['cell_type'] != 'code' or isinstance(cell.get('outputs'), list))


class Copies:
    "The copies of one reader, of the notebooks of one course."

    def __init__(
        self,
        home: Path = WORK,          # holds the folder `notebooks` of the copies
        course: Path = NOTEBOOKS,   # the notebooks of the course
    ):
        self.home, self.course = Path(home), Path(course)
        self.folder = self.home / 'notebooks'   # chapter 00 asks for the name of its folder

    def pages(self) -> list[str]:
        "All pages of the course, as paths below its folder."
        found = page_names(self.course)
        if found: return found
        raise Trouble(f'There are no notebooks in {self.course}, so nothing can be copied. Get the '
                      'course with its folder `notebooks`, and type this there.')

    def named(self, word: str) -> str:
        "The page meant by `4`, `04`, `04_overfitting` or `apps/marble`; the first by nothing."
        word, pages = word.replace('\\', '/').removesuffix('.ipynb'), self.pages()
        if not word: found = pages
        elif word.isdigit(): found = [p for p in pages if p.startswith(f'{int(word):02}_')]
        else: found = [p for p in pages if p == f'{word}.ipynb']
        if found: return found[0]
        numbers = ', '.join(p[:2] for p in pages if '/' not in p and p.endswith('.ipynb'))
        raise Trouble(f'There is no chapter {word!r}. There are: {numbers}.')

    def of_course(self, page: str):
        "The course's page as it is copied: with its record, and with links that lead to the code."
        text = (self.course / page).read_text('utf-8')
        try: up = Path(os.path.relpath(self.course.parent, self.folder)).as_posix()
        except ValueError: up = '..'    # on another drive of Windows no link leads there
        for start in ('](', 'href=\\"'): text = text.replace(f'{start}../utils/',
                                                             f'{start}{up}/utils/')
        return record(reads(text), page)

    @contextmanager
    def alone(self):
        "The folder is there, and no other command works in it meanwhile."
        from filelock import FileLock, Timeout
        try: self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as e: raise Trouble(
            f'The folder {self.folder} cannot be made ({e.strerror}). Remove what is in the way, '
            'or name another folder with --folder.') from None
        try:
            with FileLock(self.home / '.lock', timeout=PATIENCE):
                for left in self.folder.rglob('.*.part'): left.unlink(missing_ok=True)
                yield
        except Timeout: raise Trouble('Another of these commands is at work in '
                                      f'{self.home}. Try again when it has ended.') from None

    def write(self, page: str, data: bytes):
        "Write a copy in one move."
        place = self.folder / page
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f'.{place.name}-', suffix='.part')
        try:
            with os.fdopen(handle, 'wb') as f: f.write(data)
            os.chmod(name, 0o644)
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def write_notebook(self, page: str, notebook):
        "The same for a notebook."
        self.write(page, f'{writes(notebook)}\n'.encode())

    def make(self, page: str):
        "Write a fresh copy."
        if page.endswith('.ipynb'): self.write_notebook(page, self.of_course(page))
        else: self.write(page, (self.course / page).read_bytes())

    def make_missing(self) -> list[str]:
        "Copy every page that has no copy yet; their names."
        made = [p for p in self.pages() if not os.path.lexists(self.folder / p)]
        for page in made: self.make(page)
        return made

    def read(self, page: str):
        "A copy and what the course gave for it; a `Trouble` where it is not one any more."
        mine = read_notebook(self.folder / page)
        given = given_cells(mine, page)
        if given is None: raise Trouble('is not a copy that this command made')
        if given.keys().isdisjoint(c.get('id') for c in mine['cells']):
            raise Trouble('holds none of the cells of the course')
        return mine, given

    def update(self, page: str) -> Merged | str | None:
        "Bring the course's page of today into its copy; None where that changes nothing."
        if not page.endswith('.ipynb'): return self.update_file(page)
        mine, given = self.read(page)
        new = self.of_course(page)
        if mine['metadata'][RECORD] == new['metadata'][RECORD]: return None
        merged = merge(mine, new, given, page)
        if merged.lost: raise Trouble(f'could not be merged without losing {merged.lost[0]}')
        self.write_notebook(page, merged.notebook)
        return merged

    def update_file(self, page: str) -> str | None:
        "A picture or table that differs from the course's is put aside; the name it got."
        if (self.folder / page).read_bytes() == (self.course / page).read_bytes(): return None
        aside = self.set_aside(page)
        self.make(page)
        return aside

    def own_notebooks(self) -> list[str]:
        "The notebooks beside the copies that are not of the course."
        found = [f.relative_to(self.folder) for f in self.folder.rglob('*.ipynb')]
        return sorted({p.as_posix() for p in found if not any(x[0] == '.' for x in p.parts)}
                      - set(self.pages()))

    def set_aside(self, page: str) -> str:
        "Give the copy of a page a name with today's date that no file has; that name."
        place, n = self.folder / page, 1
        number, rest = re.fullmatch(r'(\d\d_)?(.*)', place.name).groups('')
        while True:     # the date stands where a narrow list of files still shows it
            day = f'{datetime.date.today()}{f"-{n}" * (n > 1)}'
            aside = place.with_name(f'{number}old_{day}_{rest}')
            try:
                aside.open('x').close()     # the name is ours from here on
                break
            except FileExistsError: n += 1
        try:
            if place.is_dir() and not place.is_symlink(): aside.unlink()    # none moves onto it
            os.replace(place, aside)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        return aside.name
