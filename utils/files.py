"From a folder to items: which files, which label, and which set each belongs to."
import os
import re
from pathlib import Path

import numpy as np
import torch
from fastcore.foundation import L

from .core import PILImage

__all__ = ['get_files', 'get_image_files', 'verify_images', 'parent_label', 'RegexLabeller',
           'using_attr', 'RandomSplitter', 'IndexSplitter', 'EndSplitter', 'GrandparentSplitter',
           'FuncSplitter', 'MaskSplitter', 'FileSplitter']

_IMAGES = '.jpg .jpeg .png .gif .bmp .webp .tif .tiff .ppm .pgm'.split()


def get_files(
    path,             # a folder
    extensions=None,  # endings to keep, with the dot: ['.csv']; all if None
    recurse=True,     # look in the folders below too
    folders=None,     # names of the first-level folders to look in; all if None
) -> L:
    "All files below `path`, sorted by name, so that every machine sees them in the same order."
    path, res = Path(path), []
    if not path.is_dir(): raise FileNotFoundError(
        f"{str(path)!r} is no folder in {Path.cwd()}. Check the path, or list what is there with "
        "Path('.').ls().")
    for at, dirs, names in os.walk(path):
        dirs[:] = [d for d in dirs if recurse and not d.startswith('.')]
        if folders and Path(at) == path:
            dirs[:], names = [d for d in dirs if d in folders], names if '.' in folders else []
        res += [Path(at) / n for n in names if not n.startswith('.')]
    return L(sorted(f for f in res if extensions is None or f.suffix.lower() in extensions))


def get_image_files(
    path,           # a folder
    recurse=True,   # look in the folders below too
    folders=None,   # names of the first-level folders to look in; all if None
) -> L:
    "All picture files below `path`, sorted by name."
    return get_files(path, _IMAGES, recurse, folders)


def verify_images(
    fns,  # paths of picture files
) -> L:
    "Those of `fns` that cannot be opened as pictures."
    def bad(f):
        try: PILImage.create(f)
        except (OSError, ValueError): return True
    return L(f for f in fns if bad(f))


def parent_label(
    o,  # a path
) -> str:
    """The name of the folder that holds `o`.

    >>> parent_label('bears/grizzly/0001.jpg')
    'grizzly'
    """
    return Path(o).parent.name


class RegexLabeller:
    "Label an item by the first group of a regular expression, found anywhere in its name."

    def __init__(
        self,
        pat,          # a regular expression with one group
        match=False,  # it must fit from the first character on
    ):
        self.pat = re.compile(pat)
        self.matcher = self.pat.match if match else self.pat.search

    def __call__(self, o):
        res = self.matcher(str(o).replace('\\', '/'))
        if not res: raise ValueError(f"The pattern {self.pat.pattern!r} finds nothing in "
                                     f"{str(o)!r}. Try it on one name: re.search(pattern, name).")
        return res.group(1)


class using_attr:
    "Apply `f` to one attribute of an item, such as a path's name."

    def __init__(
        self,
        f,     # a function, such as a `RegexLabeller`
        attr,  # name of the attribute
    ): self.f, self.attr = f, attr

    def __call__(self, o): return self.f(getattr(o, self.attr))


def RandomSplitter(
    valid_pct=0.2,  # share of the items for validation
    seed=None,      # the same whole number gives the same split
):
    "A splitter by lot: equal number, order and seed give an equal split."
    if not 0 <= valid_pct <= 1: raise ValueError(f"valid_pct={valid_pct} is no share: give 0 to 1.")

    def split(items):
        g = None if seed is None else torch.Generator().manual_seed(seed)
        order, cut = torch.randperm(len(items), generator=g).tolist(), int(valid_pct * len(items))
        return L(order[cut:]), L(order[:cut])
    return split


def MaskSplitter(
    mask,  # one True (validation) or False (training) for each item
):
    "A splitter that takes the items whose mask is True for validation."
    def split(items):
        if len(mask) != len(items): raise ValueError(f"The mask has {len(mask)} entries for "
                                                     f"{len(items)} items: give one for each.")
        return tuple(L(np.flatnonzero(m).tolist()) for m in (~np.asarray(mask, bool), mask))
    return split


def IndexSplitter(
    valid_idx,  # numbers of the items for validation
):
    "A splitter that takes the items at `valid_idx` for validation."
    def split(items):
        wrong = [i for i in valid_idx if not 0 <= i < len(items)]
        if wrong: raise IndexError(f"There is no item {wrong[0]}: the {len(items)} items are "
                                   f"numbered 0 to {len(items) - 1}.")
        return MaskSplitter(np.isin(range(len(items)), list(valid_idx)))(items)[0], L(valid_idx)
    return split


def EndSplitter(
    valid_pct=0.2,    # share of the items for validation
    valid_last=True,  # the last ones; else the first
):
    "A splitter that keeps the order: the last items are for validation, as time asks for."
    def split(items):
        n = len(items)
        cut = int(n - n * valid_pct if valid_last else n * valid_pct)
        parts = L(range(cut)), L(range(cut, n))
        return parts if valid_last else parts[::-1]
    return split


def GrandparentSplitter(
    train_name='train',  # folder of the training items
    valid_name='valid',  # folder of the validation items
):
    "A splitter by folder: train/cat/1.jpg is for training, valid/cat/2.jpg for validation."
    def of(items, name):
        return L(i for i, o in enumerate(items) if Path(o).parent.parent.name == name)
    return lambda items: (of(items, train_name), of(items, valid_name))


def FuncSplitter(
    func,  # takes an item; True means validation
):
    "A splitter that asks `func` of each item whether it is for validation."
    return lambda items: MaskSplitter([bool(func(o)) for o in items])(items)


def FileSplitter(
    fname,  # a text file with one file name a line
):
    "A splitter that takes the files named in `fname` for validation."
    names = set(Path(fname).read_text().split())
    return FuncSplitter(lambda o: Path(o).name in names)
