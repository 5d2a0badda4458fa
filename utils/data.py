"From a folder to loaders: `DataBlock`, each step by its name, and the ready `ImageDataLoaders`."
from copy import copy
from types import SimpleNamespace

import numpy as np
import torch
from fastcore.foundation import L

from .blocks import CategoryBlock, ImageBlock, TensorImageBlock
from .core import as_list
from .files import (GrandparentSplitter, RandomSplitter, RegexLabeller, get_image_files,
                    parent_label)
from .loaders import ArraySet, DataLoader, DataLoaders, ItemSet

__all__ = ['DataBlock', 'ImageDataLoaders']


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
        if len(self.blocks) > 1 and get_y is None: raise ValueError(
            "This DataBlock has a block for y but no get_y, so it cannot label an item. Pass "
            "get_y=parent_label, say.")
        if item_tfms and any(b.has_place for b in self.blocks): raise ValueError(
            "item_tfms change a picture alone, so its boxes would stay behind. Use batch_tfms, "
            "which move both: aug_transforms(size=96), say.")
        self.get_items, self.splitter = get_items, splitter or RandomSplitter()
        self.get_x, self.get_y = _chain(get_x), _chain(get_y)
        self.item_tfms, self.batch_tfms = as_list(item_tfms), as_list(batch_tfms)

    def new(
        self,
        item_tfms=None,   # transforms of one picture; those of this block if None
        batch_tfms=None,  # transforms of a batch; those of this block if None
    ) -> 'DataBlock':
        "A copy with other transforms. (fastai's `new` changes the block itself.)"
        res = copy(self)
        if item_tfms is not None: res.item_tfms = as_list(item_tfms)
        if batch_tfms is not None: res.batch_tfms = as_list(batch_tfms)
        return res

    def datasets(
        self,
        source,         # what get_items takes: a folder, a list
        verbose=False,  # say each step
    ):
        "Collect the items, split them, and let the blocks learn from the training set."
        say = print if verbose else lambda words: None
        say(f'Collecting items from {source}')
        items = L(self.get_items(source) if self.get_items else source)
        say(f'Found {len(items)} items')
        if not items: raise ValueError(f"get_items found nothing in {str(source)!r}. Check the "
                                       "path and what lies there: Path('.').ls().")
        splits = self.splitter(items)
        say(f"{len(splits)} datasets of sizes {','.join(str(len(s)) for s in splits)}")
        blocks = [b() if isinstance(b, type) else copy(b) for b in self.blocks]
        sets = [ItemSet(L(items[i] for i in s), blocks, self.get_x, self.get_y) for s in splits]
        for b in blocks[1:]: b.setup([self.get_y(o) for o in sets[0].items])
        return SimpleNamespace(train=sets[0], valid=sets[1])

    def dataloaders(
        self,
        source,         # what get_items takes
        path='.',       # where an export goes
        bs=64,          # items in a training batch
        val_bs=None,    # items in a validation batch; `bs` if None
        device=None,    # where batches go
        num_workers=0,  # threads that prepare items ahead
        verbose=False,  # say each step
    ) -> DataLoaders:
        "The training and the validation loader of a source."
        ds = self.datasets(source, verbose)
        kwargs = dict(item_tfms=self.item_tfms, batch_tfms=self.batch_tfms, device=device,
                      num_workers=num_workers)
        drop = len(ds.train) > bs    # as in fastai, a short last batch is left out of training
        return DataLoaders(DataLoader(ds.train, bs, shuffle=True, drop_last=drop, **kwargs),
                           DataLoader(ds.valid, val_bs or bs, **kwargs), path=path)

    def summary(
        self,
        source,  # what get_items takes
        bs=4,    # items in the batch that is built
    ):
        "Print what happens to the items up to one batch: the place to look for errors."
        print('Setting-up type transforms pipelines')
        ds = self.datasets(source, verbose=True).train
        print(f'\nBuilding one sample\n  Item: {ds.items[0]}')
        for b, get, what in zip(ds.blocks, (self.get_x, self.get_y), 'xy'):
            raw = get(ds.items[0]) if get else ds.items[0]
            name = getattr(get, '__name__', type(get).__name__) if get else 'the item'
            print(f'  {what}: {name} gives {raw}\n'
                  f'     {type(b).__name__} makes it {_brief(b.encode(raw))}')
            if b.n_out and hasattr(b, 'vocab'): print(f'     vocab: {b.vocab}')
        dl = DataLoader(ds, min(bs, len(ds)), True, False, 0, self.item_tfms, self.batch_tfms)
        raw = ', '.join(_brief(ds[i][0]) for i in range(dl.bs))
        print(f'\nBuilding one batch of {dl.bs} items\n  Before item_tfms: {raw}')
        for t in dl.item_tfms: print(f'    {t}')
        items = [dl.item(i, True, dl.rng) for i in range(dl.bs)]
        print(f'  After item_tfms: {", ".join(_brief(x) for x, *_ in items)}')
        b = dl.collate(items)
        print(f'  Collated: {", ".join(map(_brief, b))}')
        for t in dl.batch_tfms: print(f'    {t}')
        print(f'  After batch_tfms: {", ".join(map(_brief, dl.after_batch(b, True, dl.rng)))}')


def _chain(f):
    "One function of a list of them, applied one after the other, as in the book's get_y=[…]."
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
        path,             # where an export goes
        fnames,           # picture files
        label_func,       # function of a path: its label
        valid_pct=0.2,    # share of the items for validation
        seed=None,        # the same whole number gives the same split
        item_tfms=None,   # transforms of one picture
        batch_tfms=None,  # transforms of a whole batch
        **kwargs,         # passed to `DataBlock.dataloaders`: bs, val_bs, device
    ) -> DataLoaders:
        "Loaders for picture files, labelled by a function of their path."
        block = DataBlock(splitter=RandomSplitter(valid_pct, seed), get_y=label_func,
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
        path,             # a folder: train/<label>/…, valid/<label>/…; <label>/… with valid_pct
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
        lot = valid_pct is not None
        splitter = RandomSplitter(valid_pct, seed) if lot else GrandparentSplitter(train, valid)
        block = DataBlock((ImageBlock, CategoryBlock(vocab)), splitter=splitter, get_y=parent_label,
                          item_tfms=item_tfms, batch_tfms=batch_tfms)
        files = get_image_files(path, folders=None if lot else [train, valid])
        return block.dataloaders(files, path=path, **kwargs)

    @classmethod
    def from_arrays(
        cls,
        x,              # pictures, float32 in [0,1], (n,h,w) or (n,c,h,w)
        y,              # labels, (n,)
        valid_pct=0.2,  # share of the items for validation
        seed=None,      # the same whole number gives the same split
        **kwargs,       # passed to every DataLoader: bs, batch_tfms, device
    ) -> DataLoaders:
        "Loaders for pictures that are numbers in memory already; a batch is one index."
        if len(x) != len(y): raise ValueError(f"{len(x)} pictures cannot have {len(y)} labels: "
                                              "give one label for each.")
        labels, cats = torch.as_tensor(y).tolist(), CategoryBlock()
        cats.setup(labels)
        x = torch.as_tensor(x).float()
        x, codes = x[:, None] if x.ndim == 3 else x, torch.tensor([cats.encode(o) for o in labels])
        splits = [list(s) for s in RandomSplitter(valid_pct, seed)(labels)]
        return cls.from_dsets(*[ArraySet(x[s], codes[s], (TensorImageBlock(), cats))
                                for s in splits], **kwargs)
