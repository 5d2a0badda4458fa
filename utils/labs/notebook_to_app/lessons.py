"Teach a small net a few classes from a handful of pictures, epoch by epoch, and judge it honestly."
import tempfile
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from ...augment import aug_transforms
from ...blocks import CategoryBlock, ImageBlock
from ...callbacks import ParamScheduler
from ...core import set_seed
from ...data import DataBlock
from ...files import IndexSplitter
from ...learner import Learner
from ...metrics import CrossEntropyLossFlat, accuracy
from ...models import companion_resnet
from ...optimizer import layer_lrs
from ...resize import Resize
from ...schedules import combined_cos
from ...vision import vision_learner

__all__ = ['EPOCHS', 'FEWEST', 'HELD', 'LINES', 'Lesson', 'exported', 'held_out', 'check_lesson',
           'judge_pictures', 'teach']

SIDE, BATCH = 64, 12           # pixels that the net sees; pictures in a batch
EPOCHS, FROZEN = 30, 2         # rounds through the pictures; with a frozen body at first
RATE, BODY = 1e-2, 5           # highest rate of the head; the first layers learn so much slower
FEWEST, HELD = 5, 5            # pictures a class at least; every fifth is held out
FILE = 'export.safetensors'
LINES = f"""from utils import *
learn = load_learner('{FILE}')
name, number, probs = learn.predict('picture.jpg')
print(name, f'{{probs.max():.0%}}')"""


@dataclass
class Lesson:
    "What a net has learned after some epochs, and what it says to pictures it never learned from."
    names: list          # of the classes
    planned: int         # epochs
    losses: list         # mean training loss of each epoch so far
    held_losses: list    # loss on the held-out pictures after each
    items: list          # numbers of the held-out pictures among those given
    truth: np.ndarray    # their classes, (n,)
    probs: np.ndarray    # what the net says to them now, (n, classes)
    learn: Learner = field(repr=False, default=None)

    @property
    def epochs(self) -> int:
        "Epochs done."
        return len(self.losses)

    @property
    def said(self) -> np.ndarray:
        "The class that the net names for each held-out picture."
        return self.probs.argmax(1)

    @property
    def matrix(self) -> np.ndarray:
        "How many pictures of each class (rows) are taken for which (columns)."
        res = np.zeros((len(self.names),) * 2, int)
        np.add.at(res, (self.truth, self.said), 1)
        return res


def held_out(
    labels,     # the class of each picture
) -> list[int]:  # positions of every fifth picture of each class
    """Which pictures are kept to judge by.

    >>> held_out(['cat'] * 5 + ['dog'] * 10)
    [4, 9, 14]
    """
    seen, held = {}, []
    for i, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        if seen[label] % HELD == 0: held.append(i)
    return held


def check_lesson(
    labels,         # the class of each picture
) -> list[str]:     # the names of the classes
    "The names of the classes, in the order in which they come; or why nothing can be learned."
    names = list(dict.fromkeys(labels))
    if len(names) < 2: raise ValueError(
        'One class alone cannot be told from anything. Give a second one pictures too.')
    few = [n for n in names if list(labels).count(n) < FEWEST]
    if few: raise ValueError(
        f'{few[0]} has {list(labels).count(few[0])} of the {FEWEST} pictures that a class needs at '
        'least. Add more.')
    return names


class _OneCycle(ParamScheduler):
    "The one cycle of a training that is done epoch by epoch."

    def __init__(self, scheds, done, planned):
        super().__init__(scheds)
        self.done, self.planned = done, planned

    def before_fit(self):
        steps = len(self.dls.train)
        self.step, self.n_steps = self.done * steps, self.planned * steps


def _learner(pictures, labels, names, held):
    block = DataBlock(
        (ImageBlock, CategoryBlock(names)), get_x=itemgetter(0), get_y=itemgetter(1),
        splitter=IndexSplitter(held), item_tfms=Resize(SIDE),
        batch_tfms=aug_transforms(max_warp=.1, max_lighting=.3))
    dls = block.dataloaders(list(zip(pictures, labels)), bs=BATCH, device=torch.device('cpu'))
    loss = CrossEntropyLossFlat(label_smoothing=.05)     # a few pictures shall leave it in doubt
    return vision_learner(dls, companion_resnet, loss_func=loss, metrics=accuracy,
                          lin_ftrs=128, ps=.25)


def teach(
    pictures,             # `PILImage`s of any size
    labels,               # the name of the class of each
    seed: int = 42,       # the same pictures, labels and seed give the same results
    epochs: int = EPOCHS,  # rounds through the pictures that are not held out
):
    "Fine-tune the shipped net on pictures; yield a `Lesson` after each epoch."
    names, held = check_lesson(labels), held_out(labels)
    set_seed(seed)
    learn = _learner(pictures, labels, names, held)
    rates = layer_lrs(slice(RATE / BODY, RATE), learn.n_groups)
    scheds = dict(lr=combined_cos(.25, rates / 25, rates, rates / 1e4),
                  mom=combined_cos(.25, .95, .85, .95))
    losses, held_losses = [], []
    for epoch in range(epochs):
        if epoch == FROZEN: learn.unfreeze()
        with learn.no_bar(): learn.fit(1, cbs=_OneCycle(scheds, epoch, epochs))
        loss, held_loss, _ = learn.recorder.values[-1]
        losses, held_losses = [*losses, loss], [*held_losses, held_loss]
        probs, truth = learn.get_preds()
        yield Lesson(names, epochs, losses, held_losses, held, truth.numpy(), probs.numpy(), learn)


def judge_pictures(
    lesson: Lesson,   # what was learned
    pictures,         # new ones, of any size
) -> np.ndarray:      # the probability of each class, (pictures, classes)
    "What a taught net says to new pictures."
    learn = lesson.learn
    return learn.get_preds(dl=learn.dls.test_dl(list(pictures)))[0].numpy()


def exported(
    lesson: Lesson,   # what was learned
) -> bytes:           # of a file that `load_learner` opens
    "The taught net as the one file that `Learner.export` writes."
    try:
        with tempfile.TemporaryDirectory() as folder:
            lesson.learn.path = Path(folder)
            return lesson.learn.export(FILE).read_bytes()
    except (OSError, SafetensorError) as e: raise ValueError(
        'The file could not be made: the disk that has to hold it for a moment is full, or cannot '
        'be written to. What was learned is kept; tell whoever runs this page, and try again.'
        ) from e
