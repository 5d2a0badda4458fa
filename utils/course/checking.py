"`check`: says of an answer that it is right, not right yet, or not there yet."
from dataclasses import dataclass

from . import shelf, trying
from .page import note
from .progress_file import progress
from .taking import Refused, is_blank, take

__all__ = ['check', 'Result']

STATES = {'right': ('good', '✓ Right.'), 'not yet': ('near', '○ Not yet.'),
          'not answered': ('open', '– Not answered yet.'),
          'unknown': ('open', '– No such exercise.')}


@dataclass
class Result:
    "What `check` found; already shown when it is made."
    id: str
    state: str             # 'right', 'not yet', 'not answered' or 'unknown'
    text: str              # the sentence shown
    hint: str | None = None  # name of the mistake that was recognised
    crash: bool = False    # the judge itself failed: a fault of the course, not of the reader

    def _ipython_display_(self): "Nothing more: `check` has shown it."

    def __repr__(self): return f'{self.id}: {self.state}'


def check(
    id: str,   # of the exercise: "04.2"
    *answers,  # yours; then whatever else the exercise's cell passes on
) -> Result:
    "Say whether the answer is right, not right yet (with a hint that fits), or not there yet."
    try: result = judge(id, answers)
    except Exception as e: result = _crashed(id, e)
    tone, head = STATES[result.state]
    note(tone, head, f'{result.text} {_record(result)}'.strip())
    return result


def judge(
    id: str,
    answers: tuple,
) -> Result:
    "What `check` says, without showing or keeping it."
    try: task = shelf.find(id, 'exercises')
    except LookupError as e: return Result(id, 'unknown', str(e.args[0]))
    n = len(task.takes)
    if len(answers) < n or any(map(is_blank, answers[:n])): return _open(id)
    trying.ERRORS.clear()
    trying.BLANKS.clear()
    try:
        verdict = task.judge(*map(take, answers[:n], task.takes), *answers[n:])
    except Refused as e: return Result(id, 'not yet', str(e), 'kind')
    except (Exception, SystemExit) as e: return _crashed(id, e)
    if verdict is None: return _unforeseen(id)
    if verdict.is_right: return Result(id, 'right', verdict.text)
    known = verdict.text in task.mistakes
    return Result(id, 'not yet', task.mistakes.get(verdict.text, verdict.text),
                  verdict.text if known else None)


def _open(id: str) -> Result:
    return Result(id, 'not answered',
                  f'Replace the `...` in the cell. A first nudge: `hint("{id}")`.')


def _unforeseen(id: str) -> Result:
    "What is said when the judge recognised nothing."
    if trying.BLANKS and all(trying.BLANKS): return _open(id)
    more = f'`hint("{id}")` gives a nudge.'
    if not trying.ERRORS: return Result(id, 'not yet', f'Look once more. {more}')
    said = trying.message_of(trying.ERRORS[0]).replace('`', "'")
    return Result(id, 'not yet', f'Your code stopped with `{said}`. {more}', 'error')


def _crashed(id: str, e: BaseException) -> Result:
    said = trying.message_of(e).replace('`', "'")
    return Result(id, 'not yet', f'This answer could not be judged (`{said}`). '
                                 f'`hint("{id}")` tells what is asked for.', crash=True)


def _record(result: Result) -> str:
    "Keep the state and the count of tries; returns a sentence if that did not work."
    if result.state not in ('right', 'not yet'): return ''

    def change(data: dict):
        entry = data['exercises'].setdefault(result.id, {})
        was_right = entry.get('state') == 'right'
        entry['state'] = 'right' if was_right else result.state
        if was_right: return
        entry['tries'] = entry.get('tries', 0) + 1
        if not result.hint: return
        seen = entry.setdefault('mistakes', {})
        seen[result.hint] = (seen[result.hint] if isinstance(seen.get(result.hint), int) else 0) + 1
    progress.update(change)
    return progress.take_notice()
