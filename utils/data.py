"From a folder to loaders: `DataBlock`, which says each step by name, and `ImageDataLoaders`."
from copy import copy

import numpy as np
import torch
from fastcore.foundation import L

from .blocks import CategoryBlock, ImageBlock, TensorImageBlock
from .files import (GrandparentSplitter, RandomSplitter, RegexLabeller, get_image_files,
                    parent_label)
from .loaders import ArraySet, DataLoader, DataLoaders, ItemSet, _as_list

__all__ = ['DataBlock', 'ImageDataLoaders', 'Datasets']


class Datasets:
    "The training and the validation set that a `DataBlock` makes of a source."

    def __init__(self, train, valid): self.train, self.valid = train, valid

    def __getitem__(self, i): return (self.train, self.valid)[i]

    @property
    def vocab(self):
        "The labels."
        return self.train.blocks[1].vocab


class DataBlock:
    "The steps from a source to batches, each by its name: items, split, x, y, transforms."

    def __init__(
        self,
        blocks=None,      # what x and y are: (ImageBlock, CategoryBlock)
        get_items=None,   # function of the source: all items; the source itself if None
        splitter=None,    # function of the items: numbers for training, for validation
        get_x=None,       # function of an item: what the first block opens; the item if None
        get_y=None,       # function of an item: its label
        item_tfms=None,   # transforms of one picture, so that all get one size
        batch_tfms=None,  # transforms of a whole batch, such as aug_transforms()
    ):
        self.blocks = tuple(blocks or (ImageBlock, CategoryBlock))
        if len(self.blocks) > 1 and get_y is None:
            raise ValueError("This DataBlock has a block for y but no get_y, so it cannot label an item. Pass "
                             "get_y=parent_label, say.")
        self.get_items, self.splitter = get_items, splitter or RandomSplitter()
        self.get_x, self.get_y = _chain(get_x), _chain(get_y)
        self.item_tfms, self.batch_tfms = _as_list(item_tfms), _as_list(batch_tfms)

    def new(
        self,
        item_tfms=None,   # transforms of one picture; those of this block if None
        batch_tfms=None,  # transforms of a batch; those of this block if None
    ) -> 'DataBlock':
        "A copy with other transforms. (fastai's `new` changes the block itself.)"
        res = copy(self)
        if item_tfms is not None: res.item_tfms = _as_list(item_tfms)
        if batch_tfms is not None: res.batch_tfms = _as_list(batch_tfms)
        return res

    def datasets(
        self,
        source,         # what get_items takes: a folder, a list, a table
        verbose=False,  # say each step
    ) -> Datasets:
        "Collect the items, split them, and let each block learn what it needs from the training items."
        say = print if verbose else lambda *a: None
        say(f"Collecting items from {source}")
        items = L(self.get_items(source) if self.get_items else source)
        say(f"Found {len(items)} items")
        if not len(items): raise ValueError(f"get_items found nothing in {str(source)!r}. Check the path and what "
                                            "lies there.")
        splits = self.splitter(items)
        say(f"{len(splits)} datasets of sizes {','.join(str(len(s)) for s in splits)}")
        blocks = [b() if isinstance(b, type) else copy(b) for b in self.blocks]
        sets = [ItemSet(L(items[i] for i in s), blocks, self.get_x, self.get_y) for s in splits[:2]]
        for b, get in zip(blocks[1:], [self.get_y]): b.setup([get(o) for o in sets[0].items])
        return Datasets(*sets)

    def dataloaders(
        self,
        source,          # what get_items takes
        path='.',        # where an export goes
        bs=64,           # items in a training batch
        val_bs=None,     # items in a validation batch; `bs` if None
        device=None,     # where batches go
        num_workers=0,   # threads that prepare items ahead
        verbose=False,   # say each step
    ) -> DataLoaders:
        "The training and the validation loader of a source."
        dsets = self.datasets(source, verbose)
        kwargs = dict(item_tfms=self.item_tfms, batch_tfms=self.batch_tfms, device=device, num_workers=num_workers)
        if not len(dsets.train): raise ValueError("The splitter left no item for training.")
        train = DataLoader(dsets.train, bs=bs, shuffle=True, drop_last=len(dsets.train) > bs, **kwargs)
        valid = DataLoader(dsets.valid, bs=val_bs or bs, **kwargs) if len(dsets.valid) else train.new(bs=bs)
        return DataLoaders(train, valid, path=path)

    def summary(
        self,
        source,          # what get_items takes
        bs=4,            # items in the batch that is built
    ):
        "Print what happens to the items, step by step, up to one batch: the place to look when one fails."
        print('Setting-up type transforms pipelines')
        dsets = self.datasets(source, verbose=True)
        train = dsets.train
        print('\nBuilding one sample')
        print(f'  Item: {train.items[0]}')
        for b, get, what in zip(train.blocks, (self.get_x, self.get_y), 'xy'):
            name = getattr(get, '__name__', type(get).__name__) if get else 'the item itself'
            raw = get(train.items[0]) if get else train.items[0]
            print(f'  {what}: {name} gives {raw}, which {type(b).__name__} makes {_brief(b.encode(raw))}')
        if hasattr(train.blocks[-1], 'vocab'): print(f'  vocab: {train.blocks[-1].vocab}')
        dl = DataLoader(train, bs=min(bs, len(train)), shuffle=True, item_tfms=self.item_tfms,
                        batch_tfms=self.batch_tfms)
        print(f'\nBuilding one batch of {dl.bs} items')
        items = [train[i] for i in range(dl.bs)]
        print(f'  Before item_tfms: {[_brief(i[0]) for i in items]}')
        for t in self.item_tfms: print(f'  item_tfms: {t}')
        items = [dl._item(i, True, dl.rng) for i in range(dl.bs)]
        print(f'  After item_tfms: {[_brief(i[0]) for i in items]}')
        b = dl._collate(items)
        print(f'  Collated: {", ".join(_brief(t) for t in b)}')
        for t in self.batch_tfms: print(f'  batch_tfms: {t}')
        b = dl.after_batch(b, True, dl.rng)
        print(f'  The batch: {", ".join(_brief(t) for t in b)}')


def _chain(f):
    "One function of a list of them, applied one after the other, as the book writes `Pipeline([...])`."
    if not isinstance(f, (list, tuple)): return f

    def chained(o):
        for g in f: o = g(o)
        return o
    return chained


def _brief(o):
    "A thing in a few words: a tensor's shape and type, a picture's size."
    if isinstance(o, torch.Tensor): return f'tensor {tuple(o.shape)} {str(o.dtype)[6:]}'
    if hasattr(o, 'getbands'): return f'picture {o.size[0]}x{o.size[1]}'
    return f'array {o.shape} {o.dtype}' if isinstance(o, np.ndarray) and o.ndim else str(o)


class ImageDataLoaders(DataLoaders):
    "Ready-made ways from picture files to loaders, for the usual layouts of files and labels."

    @classmethod
    def from_path_func(
        cls,
        path,            # where an export goes
        fnames,          # picture files
        label_func,      # function of a path: its label
        valid_pct=0.2,   # share of the items for validation
        seed=None,       # the same whole number gives the same split
        item_tfms=None,  # transforms of one picture
        batch_tfms=None,  # transforms of a whole batch
        **kwargs,        # passed to `DataBlock.dataloaders`: bs, val_bs, device
    ) -> DataLoaders:
        "Loaders for picture files, labelled by a function of their path."
        block = DataBlock((ImageBlock, CategoryBlock), splitter=RandomSplitter(valid_pct, seed), get_y=label_func,
                          item_tfms=item_tfms, batch_tfms=batch_tfms)
        return block.dataloaders(fnames, path=path, **kwargs)

    @classmethod
    def from_name_func(
        cls,
        path,        # where an export goes
        fnames,      # picture files
        label_func,  # function of a file's name, a string: its label
        **kwargs,    # as for `from_path_func`: valid_pct, seed, item_tfms, batch_tfms, bs
    ) -> DataLoaders:
        "Loaders for picture files, labelled by a function of their name."
        return cls.from_path_func(path, fnames, lambda o: label_func(o.name), **kwargs)

    @classmethod
    def from_name_re(
        cls,
        path,      # where an export goes
        fnames,    # picture files
        pat,       # a regular expression; its first group is the label
        **kwargs,  # as for `from_path_func`
    ) -> DataLoaders:
        "Loaders for picture files, labelled by a pattern in their name."
        return cls.from_name_func(path, fnames, RegexLabeller(pat), **kwargs)

    @classmethod
    def from_folder(
        cls,
        path,             # a folder with train/<label>/… and valid/<label>/…, or <label>/… with valid_pct
        train='train',    # name of the training folder
        valid='valid',    # name of the validation folder
        valid_pct=None,   # share for validation, drawn by lot, where no folder tells
        seed=None,        # the same whole number gives the same split
        vocab=None,       # the labels; those of the training items if None
        item_tfms=None,   # transforms of one picture
        batch_tfms=None,  # transforms of a whole batch
        **kwargs,         # passed to `DataBlock.dataloaders`
    ) -> DataLoaders:
        "Loaders for pictures that lie in folders named after their label."
        by_lot = valid_pct is not None
        splitter = RandomSplitter(valid_pct, seed) if by_lot else GrandparentSplitter(train, valid)
        files = get_image_files(path, folders=None if by_lot else [train, valid])
        block = DataBlock((ImageBlock, CategoryBlock(vocab)), splitter=splitter, get_y=parent_label,
                          item_tfms=item_tfms, batch_tfms=batch_tfms)
        return block.dataloaders(files, path=path, **kwargs)

    @classmethod
    def from_arrays(
        cls,
        x,                # pictures, float32 in [0,1], (n,h,w) or (n,c,h,w)
        y,                # labels, (n,)
        valid_pct=0.2,    # share of the items for validation
        seed=None,        # the same whole number gives the same split
        path='.',         # where an export goes
        bs=64,            # items in a training batch
        val_bs=None,      # items in a validation batch; `bs` if None
        batch_tfms=None,  # transforms of a whole batch
        device=None,      # where batches go
    ) -> DataLoaders:
        "Loaders for pictures that are numbers in memory already; a batch is one index."
        if len(x) != len(y): raise ValueError(f"{len(x)} pictures cannot have {len(y)} labels: give one each.")
        x, cats = torch.as_tensor(x).float(), CategoryBlock()
        x = x[:, None] if x.ndim == 3 else x                                    # (n, c, h, w)
        labels = y.tolist() if hasattr(y, 'tolist') else list(y)
        cats.setup(labels)
        codes = torch.tensor([cats.encode(o) for o in labels])
        sets = [ArraySet(x[i], codes[i], (TensorImageBlock(), cats)) for i in
                map(list, RandomSplitter(valid_pct, seed)(labels))]
        kwargs = dict(batch_tfms=batch_tfms, device=device)
        return cls(DataLoader(sets[0], bs=bs, shuffle=True, **kwargs),
                   DataLoader(sets[1], bs=val_bs or bs, **kwargs), path=path)
