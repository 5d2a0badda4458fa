"What a chapter's content module is written with: questions, guesses, exercises and their judges."
import re
from collections.abc import Callable
from dataclasses import dataclass

from .comparing import close, same_list, same_set
from .shelf import CHAPTERS, Chapter, Choice, Exercise, Prediction, Question
from .taking import TAKES
from .trying import attempt, calls, make

__all__ = ['chapter', 'prediction', 'question', 'yes', 'no', 'exercise', 'right', 'not_yet',
           'Verdict', 'close', 'same_list', 'same_set', 'attempt', 'calls', 'make']

KINDS = ('warm-up', 'core', 'stretch')


@dataclass
class Verdict:
    "What a judge says of an answer."
    is_right: bool
    text: str             # why it is right, or the key of a mistake, or what to say


def right(
    why: str,  # one sentence that the reader takes along
) -> Verdict:
    "The answer is right; `why` says what was understood."
    return Verdict(True, why)


def not_yet(
    mistake: str,  # key in the exercise's `mistakes`, or a text of its own
) -> Verdict:
    "The answer is not right yet; `mistake` names the hint that fits it."
    return Verdict(False, mistake)


def chapter(
    number: str,  # two digits
    title: str,   # the concept's name
) -> Chapter:
    "Begin the contents of a chapter; running it again begins anew."
    CHAPTERS[number] = Chapter(number, title)
    return CHAPTERS[number]


def _chapter_of(id: str, pattern: str) -> Chapter:
    "The chapter that `id` belongs to, after a look at its form."
    if not re.fullmatch(r'\d\d\.' + pattern, id):
        raise ValueError(f"{id!r} cannot be the id here: it must look like 04.{pattern}.")
    if id[:2] not in CHAPTERS:
        raise ValueError(f"{id!r} has no chapter. Write chapter({id[:2]!r}, title) above it.")
    return CHAPTERS[id[:2]]


def _add(shelf: dict, item):
    "Put `item` on its shelf; an id stands for one thing only."
    if item.id in shelf:
        raise ValueError(f"{item.id!r} is there twice. Give the second its own id.")
    shelf[item.id] = item
    return item


def yes(text: str, why: str) -> Choice:
    "The right choice, and why it is."
    return Choice(text, why, True)


def no(text: str, why: str) -> Choice:
    "A wrong choice, and the misconception that leads there."
    return Choice(text, why, False)


def question(
    id: str,           # "04.c1" for a checkpoint, "04.q1" for the quiz
    prompt: str,
    *choices: Choice,  # two to five, exactly one of them `yes`
) -> Question:
    "A question whose every choice explains itself."
    home = _chapter_of(id, '[cq][0-9]+')
    if not 2 <= len(choices) <= 5 or sum(c.is_right for c in choices) != 1:
        raise ValueError(f"{id}: give two to five choices, exactly one of them with yes(...).")
    silent = [c.text for c in choices if not c.why.strip()]
    if silent: raise ValueError(f"{id}: no explanation for {silent}. Say what leads there.")
    return _add(home.questions, Question(id, prompt, list(choices)))


def prediction(
    id: str,                           # "04.g1"
    prompt: str,
    options: list[str] | None = None,  # words to choose from; without them a number is asked for
    low: float | None = None,          # smallest number that makes sense
    high: float | None = None,         # largest
    unit: str = '',                    # word shown after the number
    after: str = '',                   # said when the actual value is revealed
) -> Prediction:
    "A guess to be made before the cell is run: kept, never graded."
    if options is not None and len(options) < 2:
        raise ValueError(f"{id}: give at least two options, or none to ask for a number.")
    home = _chapter_of(id, 'g[0-9]+')
    return _add(home.predictions, Prediction(id, prompt, options, low, high, unit, after))


def exercise(
    id: str,                        # "04.2"
    title: str,
    kind: str,                      # 'warm-up', 'core' or 'stretch'
    minutes: float,                 # to solve it
    takes: str | tuple[str, ...],   # what the answer is turned into: see `taking`
    nudge: str,                     # first hint: where to look
    lines: str,                     # second hint: which lines, which functions
    mistakes: dict[str, str],       # short name of a foreseen mistake -> what to say to it
) -> Callable:
    "Decorator: the function below judges answers to this exercise."
    takes = (takes,) if isinstance(takes, str) else tuple(takes)
    if kind not in KINDS: raise ValueError(f"{id}: kind={kind!r} is none of {', '.join(KINDS)}.")
    odd = [t for t in takes if t not in TAKES]
    if odd: raise ValueError(f"{id}: takes={odd[0]!r} is none of {', '.join(TAKES)}.")
    empty = [n for n, v in dict(nudge=nudge, lines=lines, **mistakes).items() if not v.strip()]
    if empty: raise ValueError(f"{id}: nothing is said for {', '.join(empty)}.")
    home = _chapter_of(id, '[0-9]+')

    def add(judge: Callable) -> Callable:
        task = Exercise(id, title, kind, minutes, takes, nudge, lines, mistakes, judge)
        _add(home.exercises, task)
        return judge
    return add
