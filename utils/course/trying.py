"Run the reader's own code: whatever it does is reported, nothing is raised."
import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from .comparing import close

__all__ = ['Attempt', 'Calls', 'attempt', 'calls', 'make', 'message_of']

ERRORS: list[BaseException] = []   # what the reader's code raised since `check` began
BLANKS: list[bool] = []            # for each `calls` since then: whether nothing ever came back


@dataclass
class Attempt:
    "What came of running the reader's code: a value or an error."
    value: object = None
    error: BaseException | None = None


def attempt(
    f: Callable,  # the reader's function
    *args,
    **kwargs,
) -> Attempt:
    "Call `f`; its error is kept for `check` to report, not raised."
    try: return Attempt(f(*args, **kwargs))
    except (Exception, SystemExit) as e:
        ERRORS.append(e)
        return Attempt(error=e)


def message_of(e: BaseException) -> str:
    "The error's name and message in one line, even if the message itself fails."
    try: words = ' '.join(str(e).split())
    except Exception: words = ''
    if len(words) > 200: words = words[:199] + '…'
    return f'{type(e).__name__}: {words}' if words else type(e).__name__


def _own_copy(args: tuple) -> tuple:
    "A copy for a function that may change what it is given."
    try: return copy.deepcopy(args)
    except Exception: return args


@dataclass
class Calls:
    "The reader's function on some cases: what came back and how much of it is right."
    cases: list
    got: list = field(default_factory=list)
    error: BaseException | None = None
    tol: float = 1e-4

    @property
    def n_right(self) -> int:
        "For how many cases the expected value came back."
        return sum(close(g, want, self.tol) for g, (_, want) in zip(self.got, self.cases))

    @property
    def right(self) -> bool:
        "Whether every case gave the expected value."
        return self.n_right == len(self.cases)

    def like(
        self,
        g: Callable,  # a typical mistake, as a function
    ) -> bool:
        "Whether every result is what `g` gives: the way to recognise a typical mistake."
        try: wanted = [g(*_own_copy(a)) for a, _ in self.cases]
        except Exception: return False
        return all(close(o, w, self.tol) for o, w in zip(self.got, wanted))


def _says_nothing(t: Attempt) -> bool:
    "Whether this is what an unfinished function gives."
    if isinstance(t.error, NotImplementedError): return True
    if t.error is not None: return 'ellipsis' in message_of(t.error)
    return t.value is None or t.value is Ellipsis


def calls(
    f: Callable,        # the reader's function
    cases: list,        # pairs of arguments (a tuple) and the value expected
    tol: float = 1e-4,  # as in `close`
) -> Calls:
    "Call `f` on each case and compare what comes back."
    cases = [(a if isinstance(a, tuple) else (a,), want) for a, want in cases]
    tries = [attempt(f, *_own_copy(a)) for a, _ in cases]
    BLANKS.append(all(_says_nothing(t) for t in tries))
    error = next((t.error for t in tries if t.error is not None), None)
    return Calls(cases, [t.value for t in tries], error, tol)


def make(
    answer,  # a class, or an instance of one
    *args,
    **kwargs,
):
    "An instance, whether the reader gave the class or made one; None if making it fails."
    return attempt(answer, *args, **kwargs).value if isinstance(answer, type) else answer
