"Where the contents of the chapters stand: found by the first digits of an id, loaded when asked."
import importlib
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ['Chapter', 'Choice', 'Exercise', 'Prediction', 'Question', 'find', 'open_chapter',
           'chapter_numbers']

FOLDERS = [Path(__file__).parent / 'content']   # a test adds its own
CHAPTERS: dict[str, 'Chapter'] = {}             # number -> what has been loaded so far


@dataclass
class Choice:
    "One answer to choose, and why it is right or what makes one choose it."
    text: str
    why: str
    is_right: bool


@dataclass
class Question:
    "A question with choices: a checkpoint (`01.c1`) or part of a quiz (`01.q1`)."
    id: str
    prompt: str
    choices: list[Choice]


@dataclass
class Prediction:
    "A guess asked for before the cell is run (`01.g1`): a number, or one of some options."
    id: str
    prompt: str
    options: list[str] | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ''
    after: str = ''


@dataclass
class Exercise:
    "A task with its hints and the function that judges an answer."
    id: str
    title: str
    kind: str
    minutes: float
    takes: tuple[str, ...]
    nudge: str
    lines: str
    mistakes: dict[str, str]
    judge: Callable


@dataclass
class Chapter:
    "Everything that one chapter asks."
    number: str
    title: str
    notebook: str = ''   # file name without its ending
    exercises: dict[str, Exercise] = field(default_factory=dict)
    predictions: dict[str, Prediction] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    def part(self, letter: str) -> list[Question]:
        "The questions whose id has this letter after the dot: `c` checkpoints, `q` quiz."
        return [q for q in self.questions.values() if q.id.split('.')[1][0] == letter]


def _files() -> dict[str, Path]:
    "Content file of each chapter number; later folders win."
    res = {f.stem[2:4]: f for d in FOLDERS for f in sorted(d.glob('ch[0-9][0-9]_*.py'))}
    return dict(sorted(res.items()))


def chapter_numbers() -> list[str]:
    "The numbers of all chapters that have contents, in order."
    return list(_files())


def open_chapter(
    number: str,   # two digits, as in "04"
) -> Chapter:
    "The contents of a chapter, loaded when first asked for."
    if number in CHAPTERS and CHAPTERS[number].notebook: return CHAPTERS[number]
    files = _files()
    if number not in files:
        known = ', '.join(files) or 'none yet'
        raise LookupError(f"There is no chapter {number!r}. Chapters with questions: {known}.")
    _load(files[number])
    if number not in CHAPTERS:
        raise LookupError(f"{files[number].name} holds no line chapter({number!r}, title).")
    CHAPTERS[number].notebook = files[number].stem[2:]
    return CHAPTERS[number]


def _load(file: Path):
    "Run a content module; it puts what it holds into `CHAPTERS`."
    if file.parent == FOLDERS[0]:
        return importlib.import_module(f'utils.course.content.{file.stem}')
    spec = importlib.util.spec_from_file_location(f'companion_content_{file.stem}', file)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def find(
    id: str,     # such as "04.2", "04.g1", "04.c3"
    part: str,   # 'exercises', 'predictions' or 'questions'
):
    "The exercise, prediction or question with this id; a LookupError names those there are."
    if not isinstance(id, str) or not re.fullmatch(r'\d\d\.[a-z]?\d+', id):
        raise LookupError(f"{id!r} is not an id. An id looks like \"04.2\" or \"04.c1\".")
    shelf = getattr(open_chapter(id[:2]), part)
    if id in shelf: return shelf[id]
    raise LookupError(f"Chapter {id[:2]} has no {id!r} among its {part}: {', '.join(shelf)}.")
