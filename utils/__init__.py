"""Companion: everything a notebook needs from one line, `from utils import *`."""

import importlib as _importlib
import sys as _sys

_MODULES = (
    "core schedules progress_table plots download help metrics augment models files datasets data "
    "callbacks learner interpret vision export cleaner tabular detection distributed labs course"
).split()
__all__ = []

for _name in _MODULES:
    try:
        _module = _importlib.import_module(f"utils.{_name}")
    except Exception as _error:
        if not isinstance(_error, ModuleNotFoundError) or f"utils.{_name}" not in str(_error):
            print(f"utils: left out {_name}: {type(_error).__name__}: {_error}", file=_sys.stderr)
        continue
    for _public in getattr(_module, "__all__", ()):
        globals()[_public] = getattr(_module, _public)
        __all__.append(_public)
