"Blocks: how one kind of thing goes into a batch, comes out again and is shown."
import numpy as np
import torch

from .core import PILImage, to_np
from .metrics import CrossEntropyLossFlat, MSELossFlat
from .plots import show_image

__all__ = ['Block', 'ImageBlock', 'TensorImageBlock', 'CategoryBlock', 'RegressionBlock',
           'block_from_spec']


class Block:
    """One kind of thing: `encode` makes it a tensor, `decode` turns it back, `show` draws it.

    The block that encodes is also the one that decodes and shows, so nothing has to guess a type.
    """
    loss_func, n_out, is_image = None, None, False

    def setup(self, items):
        "Learn what must be known before encoding, from the training items."

    def encode(self, o):
        "What the user has → what can be put into a batch."
        return o

    def collate(self, xs):
        "Encoded things → one tensor."
        return torch.as_tensor(np.array(xs))

    def decode(self, t):
        "One entry of a batch → what the user knows."
        return t

    def words(self, t):
        "One entry of a batch as words for a title."
        return str(self.decode(t))

    def spec(self):
        "What an export keeps of the block."
        return dict(name=type(self).__name__)


class ImageBlock(Block):
    "Pictures: opened as RGB, batched as (n, 3, h, w) with values from 0 to 1."
    is_image = True

    def __init__(
        self,
        cls=PILImage,  # what opens a picture
    ): self.cls = cls

    def encode(self, o):
        "A path, bytes, array or picture → a PILImage."
        return o if isinstance(o, self.cls) else self.cls.create(o)

    def collate(self, xs):
        "Pictures of one size → a uint8 tensor (n, 3, h, w)."
        sizes = {x.size for x in xs}
        if len(sizes) > 1: raise ValueError(
            f"The pictures of a batch have sizes such as {sorted(sizes)[:3]}, so they "
            "cannot be stacked into one tensor. Pass item_tfms=Resize(64), say.")
        return torch.as_tensor(np.stack([np.asarray(x) for x in xs])).permute(0, 3, 1, 2)

    def show(self, t, ax, title=None):
        "Draw one picture of a batch."
        return show_image(t, ax, title=title)


class TensorImageBlock(Block):
    "Pictures that are numbers already: arrays (h, w) or (c, h, w), batched as (n, c, h, w)."
    is_image = True

    def encode(self, o):
        "An array or tensor (h, w) or (c, h, w) → a float tensor (c, h, w)."
        o = torch.as_tensor(np.asarray(to_np(o), dtype=np.float32))
        if o.ndim not in (2, 3): raise ValueError(f"A picture must be (h, w) or (c, h, w); this is "
                                                  f"{tuple(o.shape)}.")
        return o[None] if o.ndim == 2 else o

    def collate(self, xs):
        "Tensors of one shape → (n, c, h, w)."
        return torch.stack(list(xs))

    def show(self, t, ax, title=None):
        "Draw one picture of a batch."
        return show_image(t, ax, title=title)


class CategoryBlock(Block):
    "One label of a known set, encoded as its number in the sorted `vocab`."

    def __init__(
        self,
        vocab=None,  # the labels; those of the training items, sorted, if None
    ): self.vocab = None if vocab is None else list(vocab)

    loss_func = CrossEntropyLossFlat()

    @property
    def n_out(self):
        "The number of labels."
        return len(self.vocab)

    def setup(self, items):
        "Make the vocab, unless it was given."
        if self.vocab is None: self.vocab = sorted(set(items))
        self.o2i = {o: i for i, o in enumerate(self.vocab)}

    def encode(self, o):
        "A label → its number."
        if not hasattr(self, 'o2i'): self.setup([])
        if o not in self.o2i: raise KeyError(
            f"Label {o!r} is not among those of the training set: "
            f"{', '.join(map(str, self.vocab[:12]))}. Give all of them with "
            "CategoryBlock(vocab=[…]), or mend the split.")
        return self.o2i[o]

    def decode(self, t):
        "A number → its label."
        return self.vocab[int(t)]

    def spec(self):
        "The name and the labels."
        plain = [v.item() if isinstance(v, np.generic) else v for v in self.vocab]
        odd = [v for v in plain if not isinstance(v, (str, int, float, bool))]
        if odd: raise TypeError(f"The label {odd[0]!r} cannot be written into an export. "
                                "Use strings or numbers.")
        return dict(name='CategoryBlock', vocab=plain)


class RegressionBlock(Block):
    "An amount, or several: kept as floating-point numbers."
    loss_func = MSELossFlat()

    def __init__(
        self,
        n_out=1,  # how many amounts each item has
    ): self.n_out = n_out

    def encode(self, o):
        "A number, or a list of them → floats."
        return np.asarray(o, dtype=np.float32)

    def decode(self, t):
        "A tensor → a number, or a list of them."
        return t.item() if torch.as_tensor(t).numel() == 1 else torch.as_tensor(t).tolist()

    def words(self, t):
        "The amounts with a few digits."
        return ' '.join(f'{v:.4g}' for v in np.atleast_1d(self.decode(t)))

    def spec(self):
        "The name and the number of amounts."
        return dict(name='RegressionBlock', n_out=self.n_out)


def block_from_spec(
    spec: dict,  # what a block's `spec` returned
) -> Block:
    "Make a block of this module again from its `spec`."
    known = {b.__name__: b for b in (ImageBlock, TensorImageBlock, CategoryBlock, RegressionBlock)}
    kwargs = dict(spec)
    name = kwargs.pop('name', None)
    if name not in known: raise ValueError(f"The file names a block {name!r}; this version knows "
                                           f"{', '.join(known)}.")
    return known[name](**kwargs)
