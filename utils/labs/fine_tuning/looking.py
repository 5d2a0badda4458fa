"What a layer answers to pictures: caught by hooks, mapped back to where it was seen."
from contextlib import contextmanager
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...augment import Normalize
from ...models import companion_resnet
from ...vision import pretrained_card, pretrained_weights

__all__ = ['STAGES', 'SIDE', 'Stage', 'borrowed_net', 'borrowed_classes', 'as_seen', 'stage_maps',
           'class_map', 'patch_at', 'strongest']

SIDE = 64           # pixels a side of the pictures that the net was trained on
OUTSIDE = .93       # grey of what a patch would see beyond the edge


class Stage:
    "A place in the net, and how much of the picture one of its numbers sees."

    def __init__(self, layer, sees, step): self.layer, self.sees, self.step = layer, sees, step


# Each 3 × 3 layer widens the view by twice the distance of the numbers it reads.
STAGES = {'first layer': Stage('relu', 3, 2), 'stage 1': Stage('layer1', 11, 2),
          'stage 2': Stage('layer2', 23, 4), 'stage 3': Stage('layer3', 47, 8),
          'stage 4': Stage('layer4', 95, 16)}


@lru_cache
def borrowed_classes() -> list:
    "What the shipped net has words for."
    return pretrained_card()['classes']


@lru_cache
def borrowed_net() -> nn.Module:
    "The shipped net whole, with the last layer that names its eight classes; ready to be asked."
    net = companion_resnet(len(borrowed_classes()))
    net.load_state_dict(pretrained_weights(companion_resnet)[0])
    return net.eval().requires_grad_(False)


def as_seen(
    x: Tensor,  # pictures, 0 to 1, (n, 3, h, w)
) -> Tensor:
    "The pictures with the mean and the spread that the shipped net is used to."
    return _usual()(x)


@lru_cache
def _usual(): return Normalize.from_stats(*pretrained_weights(companion_resnet)[1])


@contextmanager
def _caught(net, layers):
    "While it lasts, a dict takes what the named layers give out."
    seen = {}

    def keep(name): return lambda module, given, out: seen.__setitem__(name, out.detach())
    hooks = [net.get_submodule(name).register_forward_hook(keep(name)) for name in layers]
    try: yield seen
    finally:
        for hook in hooks: hook.remove()


def stage_maps(
    net: nn.Module,  # a `companion_resnet`, or the body of one
    x: Tensor,       # pictures as the net wants them, (n, 3, h, w)
) -> dict:           # {'first layer': (n, 16, h/2, w/2), 'stage 1': …}
    "What each stage of a small ResNet answers to pictures: one map for each unit."
    with torch.no_grad(), _caught(net, [s.layer for s in STAGES.values()]) as seen: net(x)
    return {name: seen[s.layer] for name, s in STAGES.items()}


def class_map(
    features: Tensor,  # maps of the last stage, (units, h, w)
    weight: Tensor,    # what each unit counts for a class, (units,)
) -> Tensor:           # (h, w); its mean and the bias are the score of the class
    """Where in a picture the evidence for a class stands. Source: Zhou et al., 2015.

    >>> class_map(torch.ones(2, 1, 3), torch.tensor([2., -1.]))
    tensor([[1., 1., 1.]])
    """
    return torch.einsum('u,uhw->hw', weight, features)


def strongest(
    maps: Tensor,  # (…, h, w)
) -> tuple[Tensor, Tensor]:  # (…): the greatest number of each map, and its place row · w + column
    """How strong a unit's answer is at most, and where; the outermost ring is left out.

    There a unit sees beyond the picture's edge, and many answer to the edge alone.
    """
    w = maps.shape[-1]
    value, place = maps[..., 1:-1, 1:-1].flatten(-2).max(-1)
    return value, (place // (w - 2) + 1) * w + place % (w - 2) + 1


def patch_at(
    picture: Tensor,  # (3, h, w), 0 to 1
    stage: str,       # one of STAGES
    row: int,         # place in the stage's map
    column: int,      # likewise
) -> Tensor:      # (3, sees, sees); grey beyond the picture's edge
    "The part of a picture that one number of a map sees; the whole where it sees more than that."
    s = STAGES[stage]
    if s.sees > min(picture.shape[1:]): return picture
    half = s.sees // 2
    whole = F.pad(picture, [half] * 4, value=OUTSIDE)
    top, left = row * s.step, column * s.step          # the middle stands at (row, column) · step
    return whole[:, top:top + s.sees, left:left + s.sees]
