"`mark`: in a test cell of an assignment, full points for a right answer and none for any other."
import contextlib
import io
import warnings

from . import shelf
from .checking import judge

__all__ = ['POINTS', 'NotRight', 'mark', 'points_of']

POINTS = {'warm-up': 1, 'core': 2, 'stretch': 3, 'words': 2}   # words: read by the teacher


class NotRight(AssertionError):
    "The answer gets no points; shown as one sentence, without the way to it."
    def _render_traceback_(self): return [f'No points: {self}']


def points_of(
    id: str,  # of an exercise
) -> int:
    "What an exercise is worth."
    return POINTS[shelf.find(id, 'exercises').kind]


def mark(
    id: str,   # of the exercise: "04.2"
    *answers,  # as given to `check`
):
    "Raise `NotRight` unless the answer is right; says what was earned if it is."
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()), \
            contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter('ignore')   # a word on stderr would cost all points
        result = judge(id, answers)
    if result.state != 'right': raise NotRight(f'{id} is {result.state}. {result.text}')
    print(f'{id}: right, {points_of(id)} of {points_of(id)} points.')
