"`setup`: the one line with which every chapter begins, and its two modes."
import os

__all__ = ['setup', 'pick', 'is_quick']

MODE = dict(quick=None)   # None: as the environment says


def is_quick() -> bool:
    "Whether this notebook trains just long enough to see the point (quick), or longer (full)."
    if MODE['quick'] is not None: return MODE['quick']
    return os.environ.get('COMPANION_FULL', '').strip().casefold() not in ('1', 'true', 'yes')


def pick(
    quick,  # the value for quick mode
    full,   # the value for full mode
):
    """The value for the mode this notebook runs in.

    >>> pick(quick=3, full=20)
    3
    """
    return quick if is_quick() else full


def setup(
    seed: int = 42,             # where all random numbers start
    quick: bool | None = None,  # False trains longer; None: quick, unless COMPANION_FULL=1 is set
):
    "Begin a chapter: start the random numbers, take the course's picture style, choose the mode."
    from utils.core import set_seed
    from utils.plots import use_course_style
    MODE['quick'] = quick
    set_seed(seed)
    use_course_style()
    print(f"Ready: seed {seed}, {'quick' if is_quick() else 'full'} mode.")
