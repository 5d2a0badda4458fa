"A learner for pictures: an architecture, its weights if there are any, and a new head."
import warnings

from torch import nn

from .learner import Learner
from .models import create_vision_model

__all__ = ['vision_learner', 'cnn_learner', 'vision_splitter']


def vision_splitter(
    m: nn.Sequential,  # a body and a head, as `create_vision_model` makes them
) -> list:
    "Three layer groups: the first layers of the body, its later ones, the head."
    body = list(m[0].children())
    cut = len(body) - 2
    parts = (nn.Sequential(*body[:cut]), nn.Sequential(*body[cut:]), m[1])
    return [list(p.parameters()) for p in parts]


def vision_learner(
    dls,              # loaders of pictures with labels or amounts
    arch,             # makes the architecture: companion_resnet, resnet18, resnet34, resnet50
    pretrained=True,  # start from weights trained before, where there are any
    loss_func=None,   # what to make small; the one that suits the data if None
    metrics=None,     # functions for people to read
    n_out=None,       # outputs of the model; as many as the data has labels if None
    lin_ftrs=512,     # units of the head's hidden layer
    ps=0.5,           # dropout of the head
    **kwargs,         # passed to `Learner`: lr, opt_func, cbs
) -> Learner:
    "A `Learner` for pictures whose body has architecture `arch`. Book: chapter 1."
    n_out = n_out or getattr(dls, 'c', None)
    if not n_out: raise ValueError("The data does not tell how many outputs the model needs. Pass "
                                   "n_out=10, say.")
    model = create_vision_model(arch, n_out, lin_ftrs, ps)
    if pretrained: warnings.warn(
        f"No pretrained weights for {arch.__name__} are at hand, so training starts from scratch. "
        "Pass pretrained=False to say that you mean it.", stacklevel=2)
    return Learner(dls, model, loss_func, splitter=vision_splitter, metrics=metrics, **kwargs)


def cnn_learner(*args, **kwargs) -> Learner:
    "The old name of `vision_learner`, which the printed book uses."
    warnings.warn("cnn_learner is now called vision_learner.", stacklevel=2)
    return vision_learner(*args, **kwargs)
