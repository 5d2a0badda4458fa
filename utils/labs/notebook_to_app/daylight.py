"""A net that learned cats and dogs by day, its pictures, and what night may do to them.

In training and validation every cat was at home and every dog outdoors. The test pictures are drawn
twice: the same animals once so, and once in each other's place.
"""
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...datasets.backgrounds import BACKGROUNDS
from ...datasets.pets import draw_pet, pet_breeds
from ...models import companion_resnet
from ...optimizer import Adam
from ..kept import keep_arrays, kept_arrays

__all__ = ['CHANGES', 'Daylight', 'by_day', 'prepare_daylight', 'change', 'ask', 'statistics']

SIDE = 32                # pixels a side, as the net sees them
EACH = dict(train=25, valid=8, test=8)       # pictures of each of the twelve breeds
EPOCHS, BATCH, RATE, SEED = 10, 24, 1e-2, 1
FILE = 'night-falls-1.npz'                   # another number when anything above changes
SHOWN, LARGE = ('Persian', 'beagle', 'Siamese', 'pug', 'Bengal', 'samoyed'), 96
CHANGES = dict(          # name -> strengths at which it alone is measured
    dark=(0, 10, 20, 30, 40, 50, 60, 75, 95), blur=(0, 2, 4, 6, 8, 10, 12),
    noise=(0, 5, 10, 15, 20, 25, 30), elsewhere=(0, 20, 40, 60, 80, 100))


@dataclass
class Daylight:
    "The trained net, and pictures as bytes; those `away` show the animals of `test` elsewhere."
    net: object
    valid: Tensor        # (96, 3, 32, 32)
    test: Tensor         # (96, 3, 32, 32)
    away: Tensor         # (96, 3, 32, 32)
    large: Tensor        # (6, 3, 96, 96), to be looked at
    large_away: Tensor   # (6, 3, 96, 96)
    dogs: Tensor         # (96,) 1 for a dog, of `test` and of `valid`
    usual: dict = field(default_factory=dict)   # statistics of the validation pictures
    alone: dict = field(default_factory=dict)   # change -> accuracy at each of its strengths


def is_dog(breed): return breed[0].islower()


def _pictures(numbers, away=False, breeds=None, side=SIDE):
    "Drawn pets as bytes; cats indoors and dogs outdoors, or the other way round."
    rows = []
    for breed in breeds or pet_breeds():
        where = BACKGROUNDS[is_dog(breed) != away]
        rows += [np.asarray(draw_pet(breed, i, side, .4, where)[0]) for i in numbers]
    return torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2).contiguous()


def _new_net():
    "A net whose random weights are always the same; the notebook's own dice stay as they are."
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return companion_resnet(2)


def _train(x, y):
    "Train a net, and yield it after each epoch."
    net, rng = _new_net(), torch.Generator().manual_seed(SEED)
    opt = Adam(net.parameters(), RATE, sqr_mom=.999, eps=1e-8, wd=0)
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, RATE, EPOCHS * -(-len(y) // BATCH))
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(y), generator=rng).split(BATCH):
            xb = _as_seen(x[rows] / 255)
            mirrored = torch.rand(len(xb), 1, 1, 1, generator=rng) < .5
            F.cross_entropy(net(torch.where(mirrored, xb.flip(3), xb)), y[rows]).backward()
            opt.step()
            opt.zero_grad()
            plan.step()
        yield net


def _labels(each): return torch.tensor([int(is_dog(b)) for b in pet_breeds() for _ in range(each)])


def _as_seen(x): return (x - .5) / .25


_at_hand = []            # the one `Daylight` of this process


def _store(d):
    "Keep net and pictures for the next time."
    numbers = {f'net.{k}': v.numpy() for k, v in d.net.state_dict().items()}
    numbers |= {k: getattr(d, k).numpy() for k in ('valid', 'test', 'away', 'large', 'large_away')}
    keep_arrays(FILE, **numbers)


def _stored():
    "Net and pictures of an earlier time, or None."
    net, kept = _new_net(), kept_arrays(FILE)
    if kept is None: return None
    found = {k: torch.from_numpy(v) for k, v in kept.items()}
    rest = {k: v for k, v in found.items() if not k.startswith('net.')}
    try:
        net.load_state_dict({k[4:]: v for k, v in found.items() if k.startswith('net.')})
        return Daylight(net, dogs=_labels(EACH['test']), **rest)
    except (TypeError, RuntimeError): return None        # a file of something else


def prepare_daylight():
    "Draw, train and measure what is not there yet; yield how far it is, 0 to 1."
    if _at_hand: return
    d = _stored()
    if d is None:
        train, numbers = _pictures(range(EACH['train'])), range(200, 200 + EACH['test'])
        yield .3
        valid, test = _pictures(range(100, 100 + EACH['valid'])), _pictures(numbers)
        yield .45
        away = _pictures(numbers, away=True)
        large = [_pictures([200], away, SHOWN, LARGE) for away in (False, True)]
        yield .6
        for epoch, net in enumerate(_train(train, _labels(EACH['train']))):
            yield .6 + .3 * epoch / EPOCHS
        d = Daylight(net, valid, test, away, *large, _labels(EACH['test']))
        _store(d)
    d.net.eval().to(memory_format=torch.channels_last)      # quicker so
    d.usual = statistics(d, d.valid / 255)
    for name, strengths in CHANGES.items():
        d.alone[name] = [accuracy_of(d, **{name: s}) for s in strengths]
        yield .95
    _at_hand.append(d)


def by_day() -> Daylight:
    "Net, pictures and measurements, made at the first call."
    for _ in prepare_daylight(): pass
    return _at_hand[0]


@lru_cache(4)
def _grain(n, side):
    "The same grain for the same picture, so that a slider moves one thing only."
    rng = torch.Generator().manual_seed(SEED)
    fine = torch.randn(n, 3, SIDE, SIDE, generator=rng)
    return fine if side == SIDE else F.interpolate(fine, size=side, mode='nearest')


@lru_cache(2)
def _moves(n):
    "For each picture, from which share on it is taken elsewhere, in %; spread evenly."
    order = np.random.default_rng(SEED).permutation(n)
    return torch.from_numpy((order + .5) * 100 / n)


def change(
    home: Tensor,       # pictures as bytes, (n, 3, side, side)
    away: Tensor,       # the same animals elsewhere
    dark=0,             # light lost, in %
    blur=0,             # radius of the blur, in % of the picture's side
    noise=0,            # standard deviation of the camera's noise, in % of white
    elsewhere=0,        # share of the animals met in the other place, in %
) -> Tensor:            # (n, 3, side, side), 0 to 1
    "Pictures as they come when night falls: another place, less light, out of focus, grainy."
    swapped = _moves(len(home)) < elsewhere
    x = torch.where(swapped[:, None, None, None], away, home) / 255
    side = x.shape[-1]
    x = x * (1 - dark / 100)
    if blur:
        radius = blur / 100 * side
        at = torch.arange(-int(3 * radius) - 1, int(3 * radius) + 2)
        weights = torch.exp(-.5 * (at / radius) ** 2)
        flat, pad = (weights / weights.sum()).expand(3, 1, 1, -1), len(at) // 2
        x = F.conv2d(F.pad(x, (pad, pad, 0, 0), 'replicate'), flat, groups=3)
        x = F.conv2d(F.pad(x, (0, 0, pad, pad), 'replicate'), flat.transpose(2, 3), groups=3)
    if noise: x = x + noise / 100 * _grain(len(x), side)
    return x.clamp(0, 1)


def ask(
    d: Daylight,
    x: Tensor,          # pictures, (n, 3, side, side), 0 to 1
) -> np.ndarray:        # (n, 2) for cat and dog
    "The probabilities that the net gives."
    if x.shape[-1] != SIDE: x = F.interpolate(x, size=SIDE, mode='area')
    with torch.inference_mode(): return d.net(_as_seen(x)).softmax(1).numpy()


def statistics(
    d: Daylight,
    x: Tensor,          # pictures, (n, 3, 32, 32), 0 to 1
    probs=None,         # what the net says to them, if it was asked already
) -> dict:              # name -> (n,)
    "What an alarm may watch, for each picture: none of it needs a label."
    probs = ask(d, x) if probs is None else probs
    return dict(confidence=probs.max(1), brightness=x.mean((1, 2, 3)).numpy(),
                contrast=x.mean(1).std((1, 2)).numpy())


def accuracy_of(d: Daylight, **strengths) -> float:
    "The share of the test pictures, changed so, that are named rightly."
    said = ask(d, change(d.test, d.away, **strengths)).argmax(1)
    return float((said == d.dogs.numpy()).mean())
