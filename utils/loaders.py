"Batches: item sets, `DataLoader` and the book's `DataLoaders`."
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from fastcore.basics import GetAttr, add_props
from torch.utils.data import default_collate

from .augment import BatchTransforms, transform_from_spec
from .blocks import block_from_spec
from .core import default_device, to_device
from .plots import get_grid
from .resize import Transform

__all__ = ['ItemSet', 'ArraySet', 'DataLoader', 'DataLoaders']

_CACHE_PIXELS = 80_000_000     # opened pictures kept in memory: 240 MB at most


class ItemSet:
    "Items with the functions that find x and y in them and the blocks that encode these."

    def __init__(self, items, blocks, get_x=None, get_y=None):
        self.items, self.blocks, self.get_x, self.get_y = items, blocks, get_x, get_y
        self._kept, self._room = {}, _CACHE_PIXELS

    def __len__(self): return len(self.items)

    def x(self, i):
        "Item `i` opened; pictures are kept in memory while there is room, so files are read once."
        if i in self._kept: return self._kept[i]
        o = self.items[i]
        res = self.blocks[0].encode(self.get_x(o) if self.get_x else o)
        size = getattr(res, 'size', None)
        if isinstance(size, tuple) and size[0] * size[1] <= self._room:
            self._room -= size[0] * size[1]
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

    def __init__(self, x, y, blocks):
        self.tensors, self.blocks = (x,) if y is None else (x, y), blocks

    def __len__(self): return len(self.tensors[0])

    def __getitem__(self, i): return tuple(t[i] for t in self.tensors)


class DataLoader:
    """Cut a data set into batches, in a new random order each epoch if `shuffle`.

    It shuffles with random numbers of its own: looking at a batch, or one more dropout in the model,
    never changes the order of later batches.
    """

    def __init__(
        self,
        dataset,           # anything with a length that can be indexed; a list of (x, y) will do
        bs=64,             # items in a batch; the last one may be shorter
        shuffle=False,     # a new order each epoch; also: the training set, which is augmented
        drop_last=False,   # leave out a last batch that is shorter
        num_workers=0,     # threads that prepare items ahead
        item_tfms=None,    # transforms of one picture, such as Resize(64)
        batch_tfms=None,   # transforms of a whole batch, such as aug_transforms()
        device=None,       # where batches go; `default_device()` if None
        batch_size=None,   # another name for `bs`
    ):
        self.dataset, self.bs, self.shuffle, self.drop_last = dataset, batch_size or bs, shuffle, drop_last
        if self.bs < 1: raise ValueError(f"bs={self.bs}: a batch needs at least one item. Type bs=64, say.")
        if not len(dataset): raise ValueError("The data set is empty, so there is nothing to batch. Check the "
                                              "path, get_items and the splitter.")
        self.num_workers, self.device = num_workers, device or default_device()
        self.item_tfms = _as_list(item_tfms)
        self.batch_tfms = _as_list(batch_tfms)
        self.rng = torch.Generator().manual_seed(torch.initial_seed() % 2**63)      # order, augmentation
        self.peek_rng = torch.Generator().manual_seed(torch.initial_seed() % 2**62 + 1)  # for looking

    def __len__(self):
        n = len(self.dataset)
        return n // self.bs if self.drop_last else (n + self.bs - 1) // self.bs

    def __getattr__(self, k):
        if k in ('vocab', 'c', 'n_inp', 'loss_func') and 'dataset' in self.__dict__: return self._of_blocks(k)
        raise AttributeError(k)

    def _of_blocks(self, k):
        "What the data knows of itself: labels, their number, the loss that suits them."
        target = self.blocks[1] if len(self.blocks) > 1 else None
        res = dict(vocab=getattr(target, 'vocab', None), c=getattr(target, 'n_out', None), n_inp=1,
                   loss_func=getattr(target, 'loss_func', None))[k]
        if res is None: raise AttributeError(k)
        return res

    @property
    def blocks(self):
        "The blocks of the data set; none for a plain list."
        return getattr(self.dataset, 'blocks', ())

    def __iter__(self):
        n = len(self.dataset)
        order = torch.randperm(n, generator=self.rng) if self.shuffle else torch.arange(n)
        seeds = torch.randint(2**62, (len(self),), generator=self.rng).tolist() if self.shuffle else None
        chunks = order.split(self.bs)[:len(self)]
        if self.num_workers == 0 or getattr(self.dataset, 'in_memory', False):
            for i, idxs in enumerate(chunks): yield self.make_batch(idxs, seeds and seeds[i])
            return
        yield from self._ahead(chunks, seeds)

    def _ahead(self, chunks, seeds):
        "Batches in order, with threads at work on the next few; pictures decode outside Python's lock."
        with ThreadPoolExecutor(self.num_workers) as pool:
            jobs = deque()
            for i, idxs in enumerate(chunks):
                jobs.append(pool.submit(self.make_batch, idxs, seeds and seeds[i]))
                if len(jobs) > 2 * self.num_workers: yield jobs.popleft().result()
            while jobs: yield jobs.popleft().result()

    def make_batch(
        self,
        idxs,       # numbers of the items, (n,)
        seed=None,  # start of the augmentation's random numbers; None: no augmentation
    ):
        "The batch of the items at `idxs`, transformed and on the device."
        g = torch.Generator().manual_seed(seed or 0)
        if getattr(self.dataset, 'in_memory', False): b = self.dataset[idxs]
        else: b = self._collate([self._item(int(i), seed is not None, g) for i in idxs])
        return self.after_batch(b, seed is not None, g)

    def _item(self, i, train, g):
        res = self.dataset[i]
        if not self.item_tfms: return res
        x = res[0]
        for t in self.item_tfms: x = t(x, train, g) if isinstance(t, Transform) else t(x)
        return (x, *res[1:])

    def _collate(self, items):
        if not self.blocks: return default_collate(items)
        return tuple(b.collate(xs) for b, xs in zip(self.blocks, zip(*items)))

    def after_batch(self, b, train, g):
        "Move a batch to the device, make its pictures floats from 0 to 1 and transform them."
        b = to_device(b, self.device)
        if not self.blocks or not self.blocks[0].is_image: return b
        x = b[0].float().div_(255) if b[0].dtype == torch.uint8 else b[0]
        return (BatchTransforms(self.batch_tfms)(x, train, g), *b[1:])

    def one_batch(self):
        "A batch to look at, augmented as in training; the order of later batches stays as it was."
        seed = int(torch.randint(2**62, (1,), generator=self.peek_rng)) if self.shuffle else None
        n = len(self.dataset)
        order = torch.randperm(n, generator=self.peek_rng) if self.shuffle else torch.arange(n)
        return self.make_batch(order[:self.bs], seed)

    def new(
        self,
        dataset=None,  # another data set; the same if None
        **kwargs,      # what else shall differ: bs, shuffle, item_tfms …
    ) -> 'DataLoader':
        "A copy with some things changed."
        keep = dict(bs=self.bs, shuffle=self.shuffle, drop_last=self.drop_last, device=self.device,
                    num_workers=self.num_workers, item_tfms=self.item_tfms, batch_tfms=self.batch_tfms)
        return type(self)(self.dataset if dataset is None else dataset, **{**keep, **kwargs})

    def show_batch(
        self,
        b=None,         # the batch to show; a new one if None
        max_n=9,        # pictures at most
        nrows=None,     # rows of the grid
        ncols=None,     # columns of the grid
        unique=False,   # one picture again and again, to see the augmentation
        figsize=None,   # inches
    ):
        "Draw some items of a batch with their labels."
        if not self.blocks: raise TypeError("show_batch needs blocks to know how to draw: make the data with a "
                                            "DataBlock or ImageDataLoaders, or draw it yourself.")
        if b is None and unique:
            seed = int(torch.randint(2**62, (1,), generator=self.peek_rng))
            b = self.make_batch(torch.zeros(max_n, dtype=torch.long), seed)
        b = self.one_batch() if b is None else b
        n = min(max_n, len(b[0]))
        x = self.undo(b[0][:n])
        axs = get_grid(n, nrows, ncols, figsize)
        for i, ax in enumerate(axs):
            title = self.blocks[1].words(b[1][i]) if len(b) > 1 else None
            self.blocks[0].show(x[i], ax, title)

    def undo(self, x):
        "A batch of pictures as it was before Normalize."
        for t in reversed(self.batch_tfms):
            if hasattr(t, 'decode'): x = t.decode(x)
        return x


def _as_list(o): return [] if o is None else list(o) if isinstance(o, (list, tuple)) else [o]


class DataLoaders(GetAttr):
    """The training and the validation loader, in one thing that a `Learner` takes.

    What is asked of it and not found is asked of the training loader: `dls.vocab`, `dls.show_batch()`.
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

    @property
    def device(self):
        "Where the batches go."
        return getattr(self.loaders[0], 'device', None)

    @classmethod
    def from_dsets(
        cls,
        *ds,       # data sets: training, validation …
        path='.',  # where an export goes
        bs=64,     # items in a training batch
        **kwargs,  # passed to every DataLoader
    ) -> 'DataLoaders':
        "Loaders for data sets; only the first is shuffled."
        return cls(*[DataLoader(d, bs=bs, shuffle=i == 0, **kwargs) for i, d in enumerate(ds)], path=path)

    def test_dl(
        self,
        test_items,         # items like those of the training set: paths, pictures, arrays
        with_labels=False,  # they can be labelled as the training items were
        bs=64,              # items in a batch
    ) -> DataLoader:
        "A loader for new items, prepared as the validation set is."
        ds = self.valid.dataset
        blocks = ds.blocks if with_labels else ds.blocks[:1]
        get = (getattr(ds, 'get_x', None), getattr(ds, 'get_y', None)) if with_labels else (None, None)
        return self.valid.new(ItemSet(list(test_items), blocks, *get), bs=bs, shuffle=False)

    def spec(self):
        "What an export keeps: blocks and transforms, no data."
        dl = self.valid
        odd = [t for t in dl.item_tfms + dl.batch_tfms if not hasattr(t, 'spec')]
        if odd: raise TypeError(f"{odd[0]!r} cannot be written into an export, because it is a function of your "
                                "own. Export needs the transforms of this package.")
        return dict(blocks=[b.spec() for b in dl.blocks], item_tfms=[t.spec() for t in dl.item_tfms],
                    batch_tfms=[t.spec() for t in dl.batch_tfms])

    @classmethod
    def from_spec(
        cls,
        spec: dict,  # what `spec` returned
    ) -> 'DataLoaders':
        "Loaders without data that prepare new items as the exported ones did."
        blocks = [block_from_spec(b) for b in spec['blocks']]
        tfms = {k: [transform_from_spec(t) for t in spec[k]] for k in ('item_tfms', 'batch_tfms')}
        dl = DataLoader(_Nothing(blocks), device=torch.device('cpu'), **tfms)
        return cls(dl, dl)


class _Nothing(ItemSet):
    "Stands where the data was before the export; has one nameless place, so that a loader takes it."

    def __init__(self, blocks): super().__init__([None], blocks)
