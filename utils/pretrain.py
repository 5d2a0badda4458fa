"Makes the weights that come with the package: `python -m utils.pretrain digits`, for instance."
import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .augment import RandomErasing
from .blocks import CategoryBlock, TensorImageBlock
from .callbacks import Callback, ParamScheduler
from .core import set_seed
from .datasets.cifar import CIFAR_CLASSES, load_cifar
from .datasets.digits import load_digits, vary_digit
from .download import companion_data_folder
from .files import RandomSplitter
from .inference import atomic_write
from .labs.object_detection.training import pretrain_detector
from .learner import Learner
from .loaders import ArraySet, DataLoader, DataLoaders
from .metrics import CrossEntropyLossFlat, accuracy
from .models import companion_resnet, small_cnn
from .optimizer import SGD
from .schedules import combined_cos

__all__ = ['pretrain_digits', 'pretrain_backbone']

ASSETS = Path(__file__).parent / 'assets'
CYCLES = ((44, .2, (48, 64), .05), (26, .1, (64,), 0.))   # epochs, rate, sizes, smoothing
SEEN = [c for c in CIFAR_CLASSES if c not in ('cat', 'dog')]    # what the backbone may look at


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


class _Photographs:
    "Batches of 32-pixel photographs, enlarged; in training also mirrored, moved, partly erased."
    erase = RandomErasing(sh=.25)

    def __init__(self, x, y, stats, sizes, bs=128, seed=None):
        self.x, self.y, self.sizes, self.bs, self.seed, self.epoch = x, y, sizes, bs, seed, 0
        self.mean, self.std = (torch.tensor(s)[:, None, None] for s in stats)

    def __len__(self): return -(-len(self.x) // self.bs)

    def __iter__(self):
        train, n = self.seed is not None, len(self.x)
        g = torch.Generator().manual_seed((self.seed or 0) * 1000 + self.epoch)
        for i in (torch.randperm(n, generator=g) if train else torch.arange(n)).split(self.bs):
            x = _moved(self.x[i], g) if train else self.x[i]
            size = self.sizes[int(torch.randint(len(self.sizes), (), generator=g))]
            x = F.interpolate(x.float().div_(255), size=(size, size), mode='bilinear')
            x = ((x - self.mean) / self.std).contiguous(memory_format=torch.channels_last)
            yield self.erase.apply(x, self.erase.draw(len(x), g)) if train else x, self.y[i]


def _moved(x, g, by=4):
    "Each picture moved by up to `by` pixels, its edge mirrored; every other one flipped."
    n, _, h, w = x.shape
    big = F.pad(x.float(), [by] * 4, mode='reflect').to(x.dtype)
    at = torch.randint(2 * by + 1, (n, 2), generator=g).tolist()
    x = torch.stack([big[k, :, r:r + h, c:c + w] for k, (r, c) in enumerate(at)])
    flip = torch.rand(n, generator=g) < .5
    return torch.where(flip[:, None, None, None], x.flip(3), x)


class _Resume(Callback):
    "Write all there is to know after each epoch; begin after the last epoch that was written."
    order = 70

    def __init__(self, file, before, epochs):
        self.file, self.before, self.epochs, self.done = file, before, epochs, 0

    def load(self, learn):
        "Take up the work where it stopped, if it had begun."
        if not self.file.is_file(): return
        state = torch.load(self.file, weights_only=True)
        learn.create_opt()
        learn.model.load_state_dict(state['model'])
        learn.opt.load_state_dict(state['opt'])
        self.done = state['done']
        print(f'{self.done} of {self.epochs} epochs were done before; the table goes on after.')

    def before_epoch(self): self.dls.train.epoch = self.before + self.done

    def after_epoch(self):
        self.done += 1
        state = dict(model=self.model.state_dict(), opt=self.opt.state_dict(), done=self.done)
        atomic_write(self.file, lambda tmp: torch.save(state, tmp))


class _Scheduler(ParamScheduler):
    "Schedules over all epochs, some of which may lie behind."

    def __init__(self, scheds, resume): self.scheds, self.resume = scheds, resume

    def before_fit(self):
        steps = len(self.dls.train)
        self.step, self.n_steps = self.resume.done * steps, self.resume.epochs * steps


def pretrain_backbone(
    folder: Path = ASSETS,  # where to write companion_resnet.safetensors
    seed: int = 42,         # of the weights, the order and the moves
    cycles=CYCLES,          # each: epochs, highest learning rate, sizes in pixels, label smoothing
    data=None,              # folder or archive of CIFAR-10; what is at hand if None
    n: int = None,          # pictures of each class; all if None
) -> dict:                  # what the file's header says of it
    """Train `companion_resnet` on CIFAR-10 without cats and dogs; write its weights, 16-bit.

    Each epoch is kept in a file, so that the script, interrupted, goes on where it stopped.
    """
    set_seed(seed)
    dls = _photograph_loaders(data, n, seed)
    model = companion_resnet(len(SEEN)).to(memory_format=torch.channels_last)
    before = 0
    for epochs, lr, sizes, smoothing in cycles:
        dls.train.sizes = sizes
        learn = Learner(dls, model, CrossEntropyLossFlat(label_smoothing=smoothing),
                        metrics=accuracy, opt_func=partial(SGD, wd=5e-4))
        _cycle(learn, before, epochs, lr, f'backbone-{seed}-{len(dls.train.x)}')
        before += epochs
    return _write_backbone(Path(folder), learn, dict(seed=seed, epochs=before))


def _cycle(learn, before, epochs, lr, name):
    "One cycle of the learning rate, from the epoch that was reached in it."
    kept = companion_data_folder() / '.pretrain'
    kept.mkdir(parents=True, exist_ok=True)
    resume = _Resume(kept / f'{name}-{before}-{epochs}-{lr}.pth', before, epochs)
    resume.load(learn)
    scheds = dict(lr=combined_cos(.25, lr / 25, lr, lr / 1e4),
                  mom=combined_cos(.25, .95, .85, .95))
    learn.fit(epochs - resume.done, lr, cbs=[resume, _Scheduler(scheds, resume)])


def _photograph_loaders(data, n, seed):
    "Photographs of the eight classes: to train with, varied, and to judge by, as they are."
    (x, y), test = load_cifar('train', SEEN, n, data), load_cifar('test', SEEN, n, data)
    stats = [[round(v, 4) for v in f(x.float() / 255).tolist()]
             for f in (lambda t: t.mean((0, 2, 3)), lambda t: t.std((0, 2, 3)))]
    res = DataLoaders(_Photographs(x, y, stats, (64,), seed=seed),
                      _Photographs(*test, stats, (64,), bs=500))
    res.stats = stats
    return res


def _write_backbone(folder, learn, about):
    "Round to 16 bits, score what was rounded, write both."
    from safetensors.torch import save_file
    state = learn.model.state_dict()
    half = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
    learn.model.load_state_dict({k: v.float() for k, v in half.items()})
    pred, y = learn.get_preds(act=lambda t: t.argmax(1))
    right = pred == y
    about |= dict(classes=SEEN, size=64, mean=learn.dls.stats[0], std=learn.dls.stats[1],
                  accuracy=right.float().mean().item(),
                  by_class={c: right[y == i].float().mean().item() for i, c in enumerate(SEEN)})
    weights = {k: v.contiguous() for k, v in half.items()}
    atomic_write(folder / 'companion_resnet.safetensors',
                 lambda tmp: save_file(weights, tmp, metadata={'card': json.dumps(about)}))
    return about


if __name__ == '__main__':
    todo = {'digits': pretrain_digits, 'backbone': pretrain_backbone, 'detector': pretrain_detector}
    for name in sys.argv[1:] or todo: todo[name]()
