"""Companion: everything a notebook needs from one line, `from utils import *`.

What comes along besides the package's own names are those that the fastai book expects: torch, nn,
F, np, plt, Path, L, first, partial, Image, widgets. Pandas, slow to load, is `utils.pd`.
"""
import importlib as _importlib

from . import core as _core  # first: it sets the thread policy before torch is loaded

# isort: split
import math
import shutil
from functools import partial
from pathlib import Path

import fastcore.xtras as _xtras  # gives Path its `ls`
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from fastcore.basics import first
from fastcore.foundation import L
from PIL import Image
from torch import Tensor, nn

_MODULES = (
    'core schedules optimizer progress_table plots download help metrics models files resize '
    'spatial augment datasets.digits datasets.pets datasets.bears blocks loaders data callbacks '
    'tracker inference learner interpret vision export cleaner').split()
_FROM_OTHERS = ('math shutil partial Path plt np torch F first L Image Tensor nn widgets VBox HBox '
                'display').split()
_LATE = dict(pd='pandas', widgets='ipywidgets', VBox='ipywidgets:VBox', HBox='ipywidgets:HBox',
             display='IPython.display:display')   # slow to import: loaded when first asked for

__all__ = list(_FROM_OTHERS)
for _name in _MODULES:
    _module = _importlib.import_module(f'.{_name}', __name__)
    globals().update({_n: getattr(_module, _n) for _n in _module.__all__})
    __all__ += _module.__all__

for _folder in ('course', 'labs'):   # read as text, so that the widgets are loaded only when used
    _names = _importlib.import_module(f'.{_folder}.names', __name__).NAMES
    _LATE.update({_n: f'utils.{_folder}.{_where}:{_n}' for _n, _where in _names.items()})
    __all__ += list(_names)


def __getattr__(name):
    if name not in _LATE: raise AttributeError(f"utils has no {name!r}")
    module, _, attr = _LATE[name].partition(':')
    found = _importlib.import_module(module)
    globals()[name] = getattr(found, attr) if attr else found
    return globals()[name]
