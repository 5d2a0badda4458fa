"The four small models that the bench asks: pets or digits, trained with augmentation or without."
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F

from ...augment import BatchTransforms, aug_transforms
from ...datasets.digits import load_digits
from ...datasets.pets import draw_pet
from ...models import companion_resnet, small_cnn
from ...optimizer import Adam
from ..kept import keep_arrays, kept_arrays

__all__ = ['BREEDS', 'PAPER', 'SHOWN', 'ask', 'digit_picture', 'pet_picture', 'pupils',
           'train_all']

BREEDS = ('Persian', 'Siamese', 'beagle', 'pug')
EACH = 20                # pictures a class
SHOWN = 96               # pixels a side, as shown and as augmented
SEEN = dict(pets=32, digits=12)     # pixels a side, as the models see them
PAPER, INK = .92, .8     # brightness of the paper of a digit, and how much darker its ink is
EPOCHS, BATCH = dict(pets=20, digits=15), 40
RECIPE = 1               # another number when the training changes: stored models are then left
pupils = {}              # trained models: (kind, with augmentation?) -> model


def square(picture):
    "A Pillow picture as numbers, (3, h, w), 0 to 1."
    return torch.tensor(np.asarray(picture, dtype=np.float32) / 255).permute(2, 0, 1)


@lru_cache
def pet_picture(
    breed: str,  # one of `BREEDS`
    seed: int,   # another seed, another animal; those below 20 are for training
) -> torch.Tensor:
    "A drawn pet, (3, 96, 96)."
    return square(draw_pet(breed, seed, SHOWN)[0])


@lru_cache
def _digits():
    images, labels = load_digits()
    order = np.random.default_rng(0).permutation(len(labels))
    return images[order], labels[order]


def digit_picture(
    digit: int,   # 0 to 9
    number: int,  # which of them; those below 20 are for training
) -> torch.Tensor:
    "A handwritten digit on grey paper with a margin, (1, 96, 96)."
    images, labels = _digits()
    ink = torch.tensor(images[np.flatnonzero(labels == digit)[number]])
    small = PAPER - INK * F.pad(ink, (2, 2, 2, 2))                   # (8, 8) → (12, 12)
    large = F.interpolate(small[None, None], size=SHOWN, mode='bicubic')[0]
    return large.clamp(PAPER - INK, PAPER)


def _lessons(kind):
    "Pictures and labels to learn from, 20 a class."
    names = BREEDS if kind == 'pets' else range(10)
    one = pet_picture if kind == 'pets' else digit_picture
    x = torch.stack([one(name, i) for name in names for i in range(EACH)])
    return _as_seen(x, kind), torch.arange(len(names)).repeat_interleave(EACH)


def _as_seen(x, kind): return F.interpolate(x, size=SEEN[kind], mode='area')


def _new_net(kind, seed):
    "A net whose random weights are always the same; the notebook's own dice stay as they are."
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return companion_resnet(len(BREEDS)) if kind == 'pets' else small_cnn()


def _file(kind, helped): return f'bench-{kind}-{"with" if helped else "without"}-{RECIPE}.npz'


def _store(kind, helped):
    "Keep a trained model for the next time."
    state = pupils[kind, helped].state_dict()
    keep_arrays(_file(kind, helped), **{k: v.numpy() for k, v in state.items()})


def _stored(kind, helped, seed=3) -> bool:
    "Is a model of an earlier training at hand? Then it is asked."
    net, kept = _new_net(kind, seed), kept_arrays(_file(kind, helped))
    if kept is None: return False
    try: net.load_state_dict({k: torch.from_numpy(v) for k, v in kept.items()})
    except RuntimeError: return False                    # a file of something else
    pupils[kind, helped] = net.eval()
    return True


def _training(kind, helped, seed=3):
    "Train one model, and yield after each epoch."
    rng = torch.Generator().manual_seed(seed)
    x, y = _lessons(kind)
    net = _new_net(kind, seed)
    tfms = BatchTransforms(aug_transforms(
        max_rotate=25, max_lighting=.4, do_flip=kind == 'pets') if helped else [])
    rate, epochs = dict(pets=1e-2, digits=2e-2)[kind], EPOCHS[kind]
    opt = Adam(net.parameters(), rate, sqr_mom=.999, eps=1e-8, wd=0)
    steps = epochs * len(y) // BATCH
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, rate, total_steps=steps)
    for _ in range(epochs):
        for i in torch.randperm(len(y), generator=rng).split(BATCH):
            scores = net((tfms(x[i], generator=rng) - .5) / .25)
            F.cross_entropy(scores, y[i]).backward()
            opt.step()
            opt.zero_grad()
            plan.step()
        yield
    pupils[kind, helped] = net.eval()
    _store(kind, helped)


def train_all():
    "Load or train what is not there yet, and yield how far it is, 0 to 1."
    todo = [(kind, helped) for kind in EPOCHS for helped in (True, False)
            if (kind, helped) not in pupils and not _stored(kind, helped)]
    share = dict(pets=.4, digits=.1)                     # of the time that all four take
    done = 1 - sum(share[kind] for kind, _ in todo)
    for kind, helped in todo:
        for _ in _training(kind, helped):
            done += share[kind] / EPOCHS[kind]
            yield done


def ask(
    kind: str,          # 'pets' or 'digits'
    helped: bool,       # the model that was trained with augmentation?
    x: torch.Tensor,    # pictures, (n, 3 or 1, 96, 96)
) -> np.ndarray:        # (n, classes)
    "The probabilities that a model gives."
    if (kind, helped) not in pupils and not _stored(kind, helped): list(_training(kind, helped))
    with torch.no_grad():
        return pupils[kind, helped]((_as_seen(x, kind) - .5) / .25).softmax(1).numpy()
