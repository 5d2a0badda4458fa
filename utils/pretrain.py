"Makes the weights that come with the package: `python -m utils.pretrain digits`."
import sys
from pathlib import Path

import numpy as np
import torch

from .blocks import CategoryBlock, TensorImageBlock
from .core import set_seed
from .datasets.digits import load_digits, vary_digit
from .files import RandomSplitter
from .learner import Learner
from .loaders import ArraySet, DataLoader, DataLoaders
from .metrics import CrossEntropyLossFlat, accuracy
from .models import small_cnn

__all__ = ['pretrain_digits']

ASSETS = Path(__file__).parent / 'assets'


def pretrain_digits(
    folder: Path = ASSETS,  # where to write digit_reader.safetensors
    seed: int = 1,          # of the variants and the training
    copies: int = 9,        # variants of each training digit, beside itself
    epochs: int = 12,       # rounds through all of them
) -> Learner:
    "Train the reader of *Read my digit* on the digits and variants of them; write its one file."
    set_seed(seed)
    x, y = load_digits()
    rng, splits = np.random.default_rng(seed), RandomSplitter(.2, 42)(range(len(x)))
    train, valid = (np.array(list(s)) for s in splits)
    varied = [vary_digit(x[i], rng) for _ in range(copies) for i in train]
    blocks = TensorImageBlock(), CategoryBlock(range(10))
    sets = [ArraySet(torch.as_tensor(a)[:, None], torch.as_tensor(b), blocks) for a, b in (
        (np.concatenate([x[train], varied]), np.tile(y[train], copies + 1)), (x[valid], y[valid]))]
    dls = DataLoaders(DataLoader(sets[0], bs=128, shuffle=True), DataLoader(sets[1], bs=512),
                      path=folder)
    loss = CrossEntropyLossFlat(label_smoothing=.05)       # an odd drawing shall leave it in doubt
    learn = Learner(dls, small_cnn(), loss, metrics=accuracy)
    learn.fit_one_cycle(epochs, 8e-3)
    learn.export('digit_reader.safetensors')
    return learn


if __name__ == '__main__':
    todo = {'digits': pretrain_digits}
    for name in sys.argv[1:] or todo: todo[name]()
