"Curves for a learning rate or a momentum: functions of the share of training done, 0 to 1."
import math

import numpy as np

__all__ = ['SchedLin', 'SchedCos', 'SchedExp', 'combined_cos', 'even_mults']


def SchedLin(
    start: float,  # value at the beginning
    end: float,    # value at the end
):
    "A straight line from `start` to `end`."
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


def combined_cos(
    pct: float,     # share of the training for the first part, above 0 and below 1
    start: float,   # value at the beginning; an array gives several curves at once
    middle: float,  # value where the parts meet
    end: float,     # value at the end
):
    "The 1cycle curve: a cosine from `start` to `middle`, then one to `end`. Source: Smith, 2018."
    if not 0 < pct < 1: raise ValueError(f"pct={pct} is no share of the training: give 0.25, say.")
    up, down = SchedCos(start, middle), SchedCos(middle, end)
    return lambda pos: up(pos / pct) if pos < pct else down((pos - pct) / (1 - pct))


def even_mults(
    start: float,  # first value
    stop: float,   # last value
    n: int,        # how many
) -> np.ndarray:
    """`n` values from `start` to `stop` with the same factor between neighbours.

    >>> even_mults(0.001, 0.1, 3).tolist()
    [0.001, 0.01, 0.1]
    """
    return np.array([stop]) if n == 1 else np.geomspace(start, stop, n)
