"A learner for pictures: an architecture, its weights if there are any, and a new head."
import json
import warnings
from pathlib import Path

from torch import nn

from .augment import Normalize, imagenet_stats
from .learner import Learner
from .models import create_vision_model

__all__ = ['vision_learner', 'cnn_learner', 'vision_splitter', 'pretrained_weights',
           'pretrained_card', 'add_norm']

ASSETS = Path(__file__).parent / 'assets'
SHIPPED = ('companion_resnet',)
HUB = {f'resnet{n}': f'timm/resnet{n}.tv_in1k' for n in (18, 34, 50)}   # ImageNet, BSD licence


def vision_splitter(
    m: nn.Sequential,  # a body and a head, as `create_vision_model` makes them
) -> list:
    "Three layer groups: the first layers of the body, its later ones, the head."
    body = list(m[0].children())
    cut = len(body) - 2
    parts = (nn.Sequential(*body[:cut]), nn.Sequential(*body[cut:]), m[1])
    return [list(p.parameters()) for p in parts]


def pretrained_card(
    name: str = 'companion_resnet',  # an architecture whose weights come with the package
) -> dict:  # classes, size, mean, std, seed, epochs, accuracy, by_class
    "What is recorded of the shipped weights: their data, training and accuracy."
    from safetensors import safe_open
    with safe_open(_shipped(name), 'pt') as f: return json.loads(f.metadata()['card'])


def pretrained_weights(
    arch,    # companion_resnet, whose weights are shipped; resnet18, 34, 50: from the hub
) -> tuple:  # state dict, float32; (mean, std) of the pictures they were trained on
    """Weights trained before, for `arch`, and what its pictures were normalised with.

    The ResNets' ImageNet weights come from the Hugging Face hub at first use; without a network, or
    with an unknown architecture, it raises OSError or LookupError, which say what to do.
    """
    from safetensors.torch import load_file
    name = arch.__name__
    if name in SHIPPED:
        card, file = pretrained_card(name), _shipped(name)
        stats = card['mean'], card['std']
    elif name in HUB: file, stats = _from_hub(name), imagenet_stats
    else: raise LookupError(f"No pretrained weights for {name} are known. There are some for "
                            f"{', '.join([*SHIPPED, *HUB])}.")
    state = load_file(file)
    return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}, stats


def _shipped(name): return ASSETS / f'{name}.safetensors'


def _from_hub(name):
    "The path of the weights file, fetched at first use."
    import requests
    from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache
    kept = try_to_load_from_cache(HUB[name], 'model.safetensors')
    if isinstance(kept, str): return kept
    try:
        requests.head(constants.ENDPOINT, timeout=5)    # hf_hub_download would try half a minute
        return hf_hub_download(HUB[name], 'model.safetensors', etag_timeout=5)
    except Exception as e:                        # the hub's many ways to say: not here, not now
        raise OSError(
            f"No pretrained weights for {name} are at hand: they come from {HUB[name]} on the "
            f"Hugging Face hub, which could not be reached ({type(e).__name__}). Try again with a "
            "network, or take companion_resnet, whose weights come with the package: "
            "vision_learner(dls, companion_resnet, …).") from e


def add_norm(
    dls,   # loaders of pictures
    mean,  # one number per channel
    std,   # likewise
):
    "Normalise the pictures of `dls` with these statistics, unless they are normalised already."
    for dl in dls.loaders:
        tfms = getattr(dl, 'batch_tfms', None)            # your own loaders have none
        if tfms is None or any(isinstance(t, Normalize) for t in tfms): continue
        dl.batch_tfms = [*tfms, Normalize.from_stats(mean, std)]


def vision_learner(
    dls,              # loaders of pictures with labels or amounts
    arch,             # makes the architecture: companion_resnet, resnet18, resnet34, resnet50
    normalize=True,   # normalise the pictures as the pretrained weights want it
    n_out=None,       # outputs of the model; as many as the data has labels if None
    pretrained=True,  # start from weights trained before, and freeze all but the head
    loss_func=None,   # what to make small; the one that suits the data if None
    metrics=None,     # functions for people to read
    lin_ftrs=512,     # units of the head's hidden layer
    ps=0.5,           # dropout of the head
    **kwargs,         # passed to `Learner`: lr, opt_func, cbs
) -> Learner:
    """A `Learner` for pictures whose body has architecture `arch`, with a new head on it.

    Where weights cannot be had it says so once and starts from scratch. Book: chapter 1.
    """
    n_out = n_out or getattr(dls, 'c', None)
    if not n_out: raise ValueError("The data does not tell how many outputs the model needs. Pass "
                                   "n_out=10, say.")
    model = create_vision_model(arch, n_out, lin_ftrs, ps)
    learn = Learner(dls, model, loss_func, splitter=vision_splitter, metrics=metrics, **kwargs)
    if pretrained: _borrow(learn, arch, normalize)
    return learn


def _borrow(learn, arch, normalize):
    "Put pretrained weights into the body and freeze it; say so where there are none."
    try: state, stats = pretrained_weights(arch)
    except (OSError, LookupError) as e:
        return warnings.warn(f"{e} Now training starts from scratch; pass pretrained=False to say "
                             "that you mean it.", stacklevel=3)
    learn.model[0].load_state_dict({k: v for k, v in state.items() if not k.startswith('fc.')})
    if normalize and hasattr(learn.dls, 'loaders'): add_norm(learn.dls, *stats)
    learn.freeze()


def cnn_learner(*args, **kwargs) -> Learner:
    "The old name of `vision_learner`, which the printed book uses."
    warnings.warn("cnn_learner is now called vision_learner.", stacklevel=2)
    return vision_learner(*args, **kwargs)
