"Blocks: how one kind of thing goes into a batch, comes out again and is shown."
import numpy as np
import torch
from matplotlib.patches import Rectangle

from .core import PILImage, to_np
from .metrics import CrossEntropyLossFlat, MSELossFlat
from .plots import COLORS, show_image

__all__ = ['Block', 'ImageBlock', 'TensorImageBlock', 'CategoryBlock', 'RegressionBlock',
           'BBoxBlock', 'show_boxes', 'block_from_spec']


class Block:
    """One kind of thing: `encode` makes it a tensor, `decode` turns it back, `show` draws it.

    The block that encodes is also the one that decodes and shows, so nothing has to guess a type.
    """
    loss_func, n_out, is_image, has_place = None, None, False, False

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

    def moved(self, t, tfms, drawn, size, new_size):
        "A batch after its pictures were changed as `drawn`: as it was, unless it has places."
        return t

    def show_on(self, t, ax, **kwargs):
        "Draw what has a place on the picture that is in `ax`."

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


class BBoxBlock(Block):
    """Boxes with names, as many as there are: rows of x1, y1, x2, y2 in pixels, number of the name.

    A label is (boxes, names). All items get `most` rows; in rows without a box all numbers are -1.
    """
    has_place = True

    def __init__(
        self,
        vocab=None,  # the names; those of the training items, sorted, if None
        most=20,     # boxes of one picture at most
    ): self.vocab, self.most = None if vocab is None else list(vocab), most

    @property
    def n_out(self):
        "The number of names."
        return len(self.vocab)

    def setup(self, items):
        "Make the vocab, unless it was given."
        if self.vocab is None: self.vocab = sorted({n for _, names in items for n in names})

    def encode(self, o):
        "(boxes, names) → rows of five numbers."
        boxes, names = o
        odd = [n for n in names if n not in self.vocab]
        if len(boxes) != len(names) or len(names) > self.most or odd: raise ValueError(
            f"{len(boxes)} boxes with {len(names)} names ({', '.join(map(str, odd)) or 'all known'}"
            f"{' not known' * bool(odd)}) do not fit. Give (boxes, names), one name for each, at "
            f"most {self.most}, of: {', '.join(map(str, self.vocab[:12]))}.")
        res = np.full((self.most, 5), -1, np.float32)
        for row, box, name in zip(res, boxes, names): row[:] = *box, self.vocab.index(name)
        return res

    def moved(self, t, tfms, drawn, size, new_size):
        "Boxes moved with their pictures and cut at the edge; those mostly outside are dropped."
        h, w = new_size
        whole = tfms.boxes(t[..., :4], drawn, size)
        boxes = whole.clamp(min=0).minimum(whole.new_tensor([w, h, w, h]))
        left, before = [(b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1) for b in (boxes, whole)]
        stays = (t[..., 4] >= 0) & (left > .4 * before)
        return torch.where(stays[..., None], torch.cat([boxes, t[..., 4:]], -1), -1.)

    def decode(self, t):
        "Rows → (boxes, names)."
        rows = [r for r in torch.as_tensor(t).tolist() if r[4] >= 0]
        return [r[:4] for r in rows], [self.vocab[int(r[4])] for r in rows]

    def words(self, t):
        "How many of each name."
        names = self.decode(t)[1]
        return ', '.join(f'{names.count(n)} {n}' for n in self.vocab if n in names) or 'nothing'

    def show_on(self, t, ax, **kwargs):
        "Draw boxes, names and, where there are any, scores."
        rows = [r for r in torch.as_tensor(t).tolist() if r[4] >= 0]
        show_boxes(ax, [r[:4] for r in rows], [self.vocab[int(r[4])] for r in rows],
                   [r[5] for r in rows if len(r) > 5], vocab=self.vocab, **kwargs)

    def spec(self):
        "The names and how many boxes there may be."
        return dict(name='BBoxBlock', vocab=list(map(str, self.vocab)), most=self.most)


def show_boxes(
    ax,            # matplotlib axes that hold a picture
    boxes,         # (x1, y1, x2, y2) in pixels
    names=(),      # one for each box
    scores=(),     # one for each box, 0 to 1
    vocab=(),      # all names: each has its own colour
    color=None,    # one colour for all
    **kwargs,      # passed to matplotlib's Rectangle: ls, lw
):
    "Draw boxes on a picture, with their names and scores."
    order, paints = sorted(vocab or set(names)), [COLORS[k] for k in ('bad', 'train', 'good')]
    for i, (x1, y1, x2, y2) in enumerate(boxes):
        name = names[i] if len(names) else ''
        paint = color or paints[(order.index(name) if name in order else 0) % len(paints)]
        box = dict(fill=False, ec=paint, lw=1.8) | kwargs
        ax.add_patch(Rectangle((x1 - .5, y1 - .5), x2 - x1, y2 - y1, **box))
        words = ' '.join([str(name)] * bool(name) + [f'{s:.2f}' for s in scores[i:i + 1]])
        if words: ax.text(x1, y1, words, fontsize=7, color='white', va='bottom', clip_on=True,
                          bbox=dict(fc=paint, ec='none', pad=.6))


def block_from_spec(
    spec: dict,  # what a block's `spec` returned
) -> Block:
    "Make a block of this module again from its `spec`."
    known = {b.__name__: b for b in (ImageBlock, TensorImageBlock, CategoryBlock,
                                      RegressionBlock, BBoxBlock)}
    kwargs = dict(spec)
    name = kwargs.pop('name', None)
    if name not in known: raise ValueError(f"The file names a block {name!r}; this version knows "
                                           f"{', '.join(known)}.")
    return known[name](**kwargs)
