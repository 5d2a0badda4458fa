"Compare answers without caring how they are dressed: tensor, array, list or number."
from collections.abc import Mapping, Set

import numpy as np

__all__ = ['plain', 'close', 'same_list', 'same_set']


def plain(
    x,  # number, text, tensor, array, list, set, dict …
):
    "The same values as plain Python: numbers, texts, lists, dicts."
    if hasattr(x, 'detach'): x = x.detach().cpu()
    if hasattr(x, 'tolist'): return x.tolist()
    if isinstance(x, Mapping): return {plain(k): plain(v) for k, v in x.items()}
    if isinstance(x, Set): return sorted((plain(o) for o in x), key=lambda o: (str(type(o)), o))
    if isinstance(x, (str, bytes)) or not hasattr(x, '__iter__'): return x
    return [plain(o) for o in x]


def close(
    a,                  # what came
    b,                  # what is right
    tol: float = 1e-4,  # largest difference, relative to `b` where it is larger than 1
) -> bool:
    """Whether `a` and `b` hold the same values, whatever their types; False if in doubt.

    >>> close((0.5, 1), np.array([.5, 1.])), close('half', .5)
    (True, False)
    """
    try: return _close(plain(a), plain(b), tol)
    except Exception: return False


def _close(a, b, tol: float) -> bool:
    "`close` for plain values."
    if isinstance(a, list) and len(a) == 1 and not isinstance(b, list): a = a[0]
    if isinstance(b, list) and len(b) == 1 and not isinstance(a, list): b = b[0]
    if isinstance(b, dict):
        same_keys = isinstance(a, dict) and a.keys() == b.keys()
        return same_keys and all(_close(a[k], b[k], tol) for k in b)
    if isinstance(b, list):
        return isinstance(a, list) and len(a) == len(b) and all(map(_close, a, b, [tol] * len(b)))
    if isinstance(b, (int, float)):
        if not isinstance(a, (int, float)): return False
        return bool(np.isclose(a, b, rtol=tol, atol=tol, equal_nan=True))
    return bool(a == b)


def _fold(x):
    "Texts without regard to capitals, lists as tuples, whole floats as they compare."
    if isinstance(x, str): return x.strip().casefold()
    if isinstance(x, list): return tuple(_fold(o) for o in x)
    return x


def same_list(
    a,  # what came
    b,  # what is right
) -> bool:
    "Whether both hold the same things in the same order; capitals in texts do not count."
    try: return _fold(plain(list(a))) == _fold(plain(list(b)))
    except Exception: return False


def same_set(
    a,  # what came
    b,  # what is right
) -> bool:
    "Whether both hold the same things, in any order and however often."
    try: return set(_fold(plain(list(a)))) == set(_fold(plain(list(b))))
    except Exception: return False
