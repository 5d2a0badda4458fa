"Curves that a learning rate or a momentum follows during training."
import math

import numpy as np

__all__ = ['SchedLin', 'SchedCos', 'SchedExp', 'SchedNo', 'combine_scheds', 'combined_cos', 'even_mults']


def SchedLin(
    start: float,  # value at the beginning
    end: float,    # value at the end
):
    "A straight line from `start` to `end`, as a function of the share of training done, 0 to 1."
    return lambda pos: start + pos * (end - start)


def SchedCos(
    start: float,  # value at the beginning
    end: float,    # value at the end
):
    """Half a cosine wave from `start` to `end`: flat at both ends.

    >>> round(SchedCos(0, 1)(0.5), 3)
    0.5
    """
    return lambda pos: start + (1 + math.cos(math.pi * (1 - pos))) * (end - start) / 2


def SchedExp(
    start: float,  # value at the beginning, above 0
    end: float,    # value at the end, above 0
):
    "The same factor at every step, from `start` to `end`."
    return lambda pos: start * (end / start) ** pos


def SchedNo(
    start: float,  # the value
    end: float,    # not used; for the same shape as the others
):
    "The constant `start`."
    return lambda pos: start


def combine_scheds(
    pcts,    # share of training that each curve takes; they add up to 1
    scheds,  # one curve for each share
):
    "One curve after the other, each for its share of the training."
    if not math.isclose(sum(pcts), 1, abs_tol=1e-6):
        raise ValueError(f"The shares {list(pcts)} add up to {sum(pcts):g}, not to 1.")
    edges = [0, *np.cumsum(pcts)]

    def curve(pos):
        i = min(int(np.searchsorted(edges, pos, side='right')) - 1, len(scheds) - 1)
        return scheds[i]((pos - edges[i]) / pcts[i])
    return curve


def combined_cos(
    pct: float,     # share of the training for the first part
    start: float,   # value at the beginning
    middle: float,  # value where the parts meet
    end: float,     # value at the end
):
    "The 1cycle curve: a cosine from `start` to `middle`, then one to `end`."
    return combine_scheds([pct, 1 - pct], [SchedCos(start, middle), SchedCos(middle, end)])


def even_mults(
    start: float,  # first value
    stop: float,   # last value
    n: int,        # how many
) -> np.ndarray:
    """`n` values from `start` to `stop` with the same factor between neighbours.

    >>> even_mults(0.001, 0.1, 3).tolist()
    [0.001, 0.01, 0.1]
    """
    if n == 1: return np.array([stop])
    return np.geomspace(start, stop, n)
