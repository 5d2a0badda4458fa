"Turn a reader's answer into one form, tell when it is of another kind, see when it is empty."
import dis
import types
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from .comparing import plain

__all__ = ['TAKES', 'Refused', 'take', 'is_blank']

SILENT = {'RESUME', 'NOP', 'POP_TOP', 'LOAD_CONST', 'RETURN_CONST', 'RETURN_VALUE', 'NOT_TAKEN',
          'CACHE', 'COPY_FREE_VARS', 'MAKE_CELL'}   # instructions of a function that does nothing


class Refused(Exception):
    "The answer is of a kind that cannot be right; the message says which was asked for."


def _kind_of(x) -> str:
    "What `x` is, in words."
    if isinstance(x, (bool, np.bool_)): return 'True or False'
    if isinstance(x, (str, Path)): return 'a text'
    if isinstance(x, type): return 'a class'
    if isinstance(x, (int, float, np.number)): return 'a number'
    if isinstance(x, (list, tuple, set, dict)):
        return f'a {type(x).__name__} with {len(x)} value{"s" * (len(x) != 1)}'
    if hasattr(x, 'shape'): return f'a {type(x).__name__.lower()} of shape {tuple(x.shape)}'
    if isinstance(x, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return 'a function (call it, with its brackets, to get its value)'
    return f'an object of type {type(x).__name__}'


def _refuse(asked: str, x): raise Refused(f'This asks for {asked}; what came is {_kind_of(x)}.')


def _one(x):
    "The single value of a tensor or array with one element; everything else as it is."
    values = np.asarray(plain(x))
    return values.reshape(-1).tolist()[0] if values.size == 1 else x


def _number(x) -> float:
    x = _one(x) if hasattr(x, 'shape') else x
    if isinstance(x, str):
        if x.strip().endswith('%'): raise Refused('Write a plain number, without the % sign.')
        try: return float(x.strip().replace(',', '.'))
        except ValueError: _refuse('a number', x)
    if isinstance(x, bool) or not isinstance(x, (int, float, np.number)): _refuse('a number', x)
    return float(x)


def _yes_no(x) -> bool:
    x = _one(x) if hasattr(x, 'shape') else x
    if isinstance(x, str) and x.strip().casefold() in ('yes', 'true'): return True
    if isinstance(x, str) and x.strip().casefold() in ('no', 'false'): return False
    return x if isinstance(x, bool) else _refuse('True or False', x)


def _text(x) -> str:
    if not isinstance(x, (str, Path)): _refuse('a text', x)
    return ' '.join(str(x).split()).casefold()


def _list(x) -> list:
    if isinstance(x, (str, bytes, type)) or not hasattr(x, '__iter__'): _refuse('a list', x)
    if isinstance(x, Mapping): x = list(x)
    try: res = plain(x)
    except Exception: _refuse('a list', x)
    return res if isinstance(res, list) else _refuse('a list', x)


def _array(x) -> np.ndarray:
    try: res = np.asarray(plain(x), dtype=float)
    except Exception: _refuse('numbers (an array, a tensor or a list)', x)
    return res if not isinstance(x, str) else _refuse('numbers (an array, a tensor or a list)', x)


def _function(x) -> Callable:
    return x if callable(x) and not isinstance(x, type) else _refuse('a function', x)


def _class(x):
    simple = isinstance(x, (str, bytes, int, float, complex, list, tuple, set, dict,
                            types.FunctionType, np.ndarray))
    return _refuse('a class', x) if simple else x


TAKES = {'number': _number, 'yes or no': _yes_no, 'text': _text, 'list': _list, 'array': _array,
         'function': _function, 'class': _class, 'anything': lambda x: x}


def take(
    answer,     # as the reader gave it
    kind: str,  # a key of `TAKES`
):
    "The answer in the form that a judge gets; `Refused` if it is of another kind."
    return TAKES[kind](answer)


def _does_nothing(f: types.FunctionType) -> bool:
    "Whether the body of `f` is only a docstring, `...`, `pass` or `return None`."
    consts = set(map(id, (None, ..., f.__doc__)))
    return all(i.opname in SILENT and (i.opname not in ('LOAD_CONST', 'RETURN_CONST')
               or id(i.argval) in consts) for i in dis.get_instructions(f))


def _class_is_empty(c: type) -> bool:
    "Whether the reader's class has no method that does anything."
    if c.__module__ != '__main__': return False
    own = [v for v in vars(c).values() if isinstance(v, types.FunctionType)]
    set_here = [k for k in vars(c) if not k.startswith('__')]
    return all(map(_does_nothing, own)) if own else not set_here


def is_blank(
    answer,  # as the reader gave it
) -> bool:
    "Whether nothing has been answered yet: `...`, None, an empty text, a stub as it was."
    if answer is None or answer is Ellipsis: return True
    if isinstance(answer, str): return not answer.strip()
    if isinstance(answer, types.FunctionType): return _does_nothing(answer)
    if isinstance(answer, type): return _class_is_empty(answer)
    if type(answer) in (list, tuple, set, dict):
        values = list(answer.values()) if isinstance(answer, dict) else list(answer)
        return any(v is Ellipsis for v in values) or bool(values) and all(v is None for v in values)
    return _class_is_empty(type(answer))
