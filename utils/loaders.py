"Batches: item sets, `DataLoader` and the book's `DataLoaders`."
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from fastcore.basics import GetAttr, add_props
from torch.utils.data import default_collate

from .augment import BatchTransforms, transform_from_spec
from .blocks import block_from_spec
from .core import as_list, default_device, to_device
from .plots import get_grid
from .resize import Transform

__all__ = ['ItemSet', 'ArraySet', 'DataLoader', 'DataLoaders']

_CACHE_PIXELS = 80_000_000    # opened pictures kept in memory: 240 MB at most


class ItemSet:
    "Items with the functions that find x and y in them and the blocks that encode these."

    def __init__(
        self,
        items,       # paths, say
        blocks,      # what x and y are, set up
        get_x=None,  # function of an item: what the first block opens; the item if None
        get_y=None,  # function of an item: its label
    ):
        self.items, self.blocks, self.get_x, self.get_y = items, blocks, get_x, get_y
        self._kept, self._room = {}, _CACHE_PIXELS

    def __len__(self): return len(self.items)

    def x(self, i):
        "Item `i` opened; pictures are kept while there is room, so that files are read once."
        if i in self._kept: return self._kept[i]
        o = self.items[i]
        res = self.blocks[0].encode(self.get_x(o) if self.get_x else o)
        w, h = res.size if hasattr(res, 'getbands') else (0, self._room)
        if w and w * h <= self._room:
            self._room -= w * h
            self._kept[i] = res
        return res

    def label(self, i):
        "The label of item `i` as the user knows it."
        return self.get_y(self.items[i])

    def __getitem__(self, i):
        if len(self.blocks) == 1: return (self.x(i),)
        return self.x(i), self.blocks[1].encode(self.label(i))


class ArraySet:
    "Data that is in memory already: a batch is one index into its tensors."
    in_memory = True

    def __init__(
        self,
        x,       # pictures, (n, c, h, w)
        y,       # numbers of their labels, (n,)
        blocks,  # what x and y are, set up
    ): self.tensors, self.blocks = (x, y), blocks

    def __len__(self): return len(self.tensors[0])

    def __getitem__(self, i): return tuple(t[i] for t in self.tensors)


class DataLoader:
    """Cut a data set into batches, in a new random order each epoch if `shuffle`.

    It shuffles with random numbers of its own: looking at a batch, or one more dropout in the
    model, never changes the order of later batches.
    """

    def __init__(
        self,
        dataset,          # anything with a length that can be indexed; a list of (x, y) will do
        bs=64,            # items in a batch; the last one may be shorter
        shuffle=False,    # a new order each epoch; also: augment, because this is the training set
        drop_last=False,  # leave out a last batch that is shorter
        num_workers=0,    # threads that prepare items ahead
        item_tfms=None,   # transforms of one picture, such as Resize(64)
        batch_tfms=None,  # transforms of a whole batch, such as aug_transforms()
        device=None,      # where batches go; `default_device()` if None
        batch_size=None,  # another name for `bs`
    ):
        self.dataset, self.bs, self.shuffle = dataset, batch_size or bs, shuffle
        self.drop_last, self.num_workers = drop_last, num_workers
        self.item_tfms, self.batch_tfms = as_list(item_tfms), as_list(batch_tfms)
        self.device, seed = device or default_device(), torch.initial_seed() % 2**62
        if self.bs < 1: raise ValueError(f"bs={self.bs}: a batch needs an item. Type bs=64, say.")
        if not len(dataset): raise ValueError("The data set is empty, so there is nothing to "
                                              "batch. Check path, get_items and splitter.")
        self.rng = torch.Generator().manual_seed(seed)             # order and augmentation
        self.peek_rng = torch.Generator().manual_seed(seed + 1)    # the same, for looking

    @property
    def blocks(self):
        "The blocks of the data set; none for a plain list."
        return getattr(self.dataset, 'blocks', ())

    @property
    def in_memory(self):
        "Is a batch one index into the data set?"
        return getattr(self.dataset, 'in_memory', False)

    def __getattr__(self, k):
        names = dict(vocab='vocab', c='n_out', loss_func='loss_func')    # the target block knows
        known = k in names and len(self.blocks) > 1
        res = getattr(self.blocks[1], names[k], None) if known else None
        if res is None: raise AttributeError(f"This DataLoader has no {k!r}.")
        return res

    def __len__(self):
        n = len(self.dataset)
        return n // self.bs if self.drop_last else (n + self.bs - 1) // self.bs

    def __iter__(self):
        n, g = len(self.dataset), self.rng
        order = torch.randperm(n, generator=g) if self.shuffle else torch.arange(n)
        seeds = torch.randint(2**62, (len(self),), generator=g).tolist() if self.shuffle else []
        jobs = zip(order.split(self.bs), seeds or [None] * len(self))
        if self.in_memory or not self.num_workers: return (self.make_batch(*job) for job in jobs)
        return self._ahead(jobs)

    def _ahead(self, jobs):
        "Batches in order, with threads at work on the next: pictures decode outside Python's lock."
        with ThreadPoolExecutor(self.num_workers) as pool:
            waiting = deque()
            for job in jobs:
                waiting.append(pool.submit(self.make_batch, *job))
                if len(waiting) > 2 * self.num_workers: yield waiting.popleft().result()
            while waiting: yield waiting.popleft().result()

    def make_batch(
        self,
        idxs,       # numbers of the items, (n,)
        seed=None,  # start of the augmentation's random numbers; None: no augmentation
    ):
        "The batch of the items at `idxs`, transformed and on the device."
        train, g = seed is not None, torch.Generator().manual_seed(seed or 0)
        if self.in_memory: b = self.dataset[torch.as_tensor(idxs)]
        else: b = self.collate([self.item(int(i), train, g) for i in idxs])
        return self.after_batch(b, train, g)

    def item(
        self,
        i,      # its number
        train,  # transform it as in training
        g,      # random numbers
    ):
        "One item, its picture transformed."
        x, *y = self.dataset[i]
        for t in self.item_tfms: x = t(x, train, g) if isinstance(t, Transform) else t(x)
        return (x, *y)

    def collate(
        self,
        items,  # one tuple for each
    ):
        "Items → one tensor for all their x, one for all their y."
        if not self.blocks: return default_collate(items)
        return tuple(b.collate(xs) for b, xs in zip(self.blocks, zip(*items)))

    def after_batch(
        self,
        b,      # what `collate` made
        train,  # transform it as in training
        g,      # random numbers
    ):
        "The batch on the device, its pictures as floats from 0 to 1, transformed."
        b = to_device(b, self.device)
        if not self.blocks or not self.blocks[0].is_image: return b
        x = b[0].float().div_(255) if b[0].dtype == torch.uint8 else b[0]
        tfms = BatchTransforms(self.batch_tfms)
        drawn = tfms.draw(len(x), g, train)           # one throw for pictures and what is in them
        moved = tfms.apply(x, drawn)
        sizes = x.shape[-2:], moved.shape[-2:]
        return (moved, *[o.moved(y, tfms, drawn, *sizes) for o, y in zip(self.blocks[1:], b[1:])])

    def undo(
        self,
        x,  # pictures of a batch
    ):
        "The pictures as they were before Normalize."
        for t in reversed(self.batch_tfms):
            if hasattr(t, 'decode'): x = t.decode(x)
        return x

    def one_batch(
        self,
        unique=False,  # one item again and again, to see the augmentation
    ):
        "A batch to look at, augmented as in training; the order of later batches stays as it was."
        n, g = len(self.dataset), self.peek_rng
        idxs = torch.randperm(n, generator=g) if self.shuffle else torch.arange(n)
        seed = int(torch.randint(2**62, (1,), generator=g)) if self.shuffle else None
        idxs = idxs[:1].repeat(self.bs) if unique else idxs[:self.bs]
        return self.make_batch(idxs, seed)

    def show_batch(
        self,
        b=None,        # the batch to show; a new one if None
        max_n=9,       # pictures at most
        nrows=None,    # rows of the grid
        ncols=None,    # columns of the grid
        unique=False,  # one picture again and again, to see the augmentation
        figsize=None,  # inches
    ):
        "Draw some items of a batch with their labels; returns the axes."
        if not self.blocks: raise TypeError(
            "show_batch needs blocks to know how to draw: make the data with a DataBlock or "
            "ImageDataLoaders, or draw it with show_image.")
        x, *y = self.one_batch(unique) if b is None else b
        axs, x = get_grid(min(max_n, len(x)), nrows, ncols, figsize), self.undo(x)
        for i, ax in enumerate(axs):
            self.blocks[0].show(x[i], ax, self.blocks[1].words(y[0][i]) if y else None)
            if y: self.blocks[1].show_on(y[0][i], ax)
        return axs

    def new(
        self,
        dataset=None,  # another data set; the same if None
        **kwargs,      # what else shall differ: bs, shuffle, item_tfms …
    ) -> 'DataLoader':
        "A copy with some things changed."
        names = 'bs shuffle drop_last num_workers item_tfms batch_tfms device'.split()
        same = {k: getattr(self, k) for k in names}
        return type(self)(self.dataset if dataset is None else dataset, **{**same, **kwargs})


class DataLoaders(GetAttr):
    """The training and the validation loader, in one thing that a `Learner` takes.

    What is asked of it and not found is asked of the training loader: `dls.vocab`, `dls.c`.
    """
    _default = 'train'

    def __init__(
        self,
        *loaders,  # the training loader, the validation loader, and more if you like
        path='.',  # where an export and saved weights go
    ): self.loaders, self.path = loaders, Path(path)

    def __getitem__(self, i): return self.loaders[i]

    train, valid = add_props(lambda i, self: self[i])
    train_ds, valid_ds = add_props(lambda i, self: self[i].dataset)

    @classmethod
    def from_dsets(
        cls,
        *ds,       # data sets: training, validation …
        path='.',  # where an export goes
        **kwargs,  # passed to every DataLoader: bs, batch_tfms …
    ) -> 'DataLoaders':
        "Loaders for data sets; only the first is shuffled."
        return cls(*[DataLoader(d, shuffle=i == 0, **kwargs) for i, d in enumerate(ds)], path=path)

    def test_dl(
        self,
        test_items,         # items like those of the training set: paths, pictures, arrays
        with_labels=False,  # label them as the training items were
        **kwargs,           # passed to the DataLoader: bs
    ) -> DataLoader:
        "A loader for new items, prepared as the validation set is."
        ds = self.valid.dataset
        if with_labels: new = ItemSet(list(test_items), ds.blocks, ds.get_x, ds.get_y)
        else: new = ItemSet(list(test_items), ds.blocks[:1])
        return self.valid.new(new, shuffle=False, drop_last=False, **kwargs)

    def spec(self) -> dict:
        "What an export keeps: blocks and transforms, no data."
        dl = self.valid
        odd = [t for t in dl.item_tfms + dl.batch_tfms if not hasattr(t, 'spec')]
        if odd: raise TypeError(f"{odd[0]!r} is a function of your own, which cannot be written "
                                "into an export. Use the transforms of this package.")
        return {k: [o.spec() for o in getattr(dl, k)]
                for k in ('blocks', 'item_tfms', 'batch_tfms')}

    @classmethod
    def from_spec(
        cls,
        spec: dict,  # what `spec` returned
    ) -> 'DataLoaders':
        "Loaders without data that prepare new items as the exported ones did."
        tfms = {k: [transform_from_spec(t) for t in spec[k]] for k in ('item_tfms', 'batch_tfms')}
        nothing = ItemSet([None], [block_from_spec(b) for b in spec['blocks']])
        dl = DataLoader(nothing, device=torch.device('cpu'), **tfms)
        return cls(dl, dl)
