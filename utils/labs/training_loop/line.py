"Twelve plants and a line through them: the model of two parameters that both labs train."
import numpy as np

__all__ = ['WEEKS', 'HEIGHT', 'loss_at', 'slope_at', 'curvature', 'BEST', 'LOWEST']

WEEKS = np.array([0., .1, .4, .5, .7, .9, 1.1, 1.2, 1.4, 1.6, 1.9, 2.])     # since they sprouted
HEIGHT = np.array([.6, .5, 1.2, 1.1, 1.7, 1.8, 2., 2.5, 2.6, 2.7, 3.5, 3.4])    # decimetres


def loss_at(
    a,            # growth, decimetres a week; a number or an array of any shape
    b,            # height at the start, decimetres; the same shape
    x=WEEKS,      # weeks, (n,)
    y=HEIGHT,     # heights, (n,)
):
    "The mean squared miss of the line a·x + b."
    miss = np.multiply.outer(a, x) + np.asarray(b)[..., None] - y     # (..., n)
    return (miss ** 2).mean(-1)


def slope_at(a: float, b: float, x=WEEKS, y=HEIGHT) -> tuple:
    "How the loss changes with a, and with b: the gradient, two slopes."
    miss = a * x + b - y                                              # (n,) how far off, signed
    return float(2 * (miss * x).mean()), float(2 * miss.mean())


def curvature() -> np.ndarray:
    "How fast the slopes change, (2, 2): the same everywhere, for this loss is a bowl."
    mean = WEEKS.mean()
    return 2 * np.array([[(WEEKS ** 2).mean(), mean], [mean, 1.]])


BEST = np.linalg.lstsq(np.c_[WEEKS, np.ones(12)], HEIGHT, rcond=None)[0]    # (a, b) at the bottom
LOWEST = float(loss_at(*BEST))
