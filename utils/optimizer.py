"Torch's optimisers with fastai's defaults, and the groups of parameters that they step."
import inspect

import numpy as np
import torch
from torch import nn

from .schedules import even_mults

__all__ = ['Adam', 'SGD', 'trainable_params', 'set_hyper', 'get_hyper', 'layer_lrs']


def _at_once(kind):
    """The same optimiser without the wrappers that are for `torch.compile`.

    They would load torch's compiler at the first step: seconds of waiting and 70 MB for nothing.
    """
    names = 'add_param_group zero_grad state_dict load_state_dict step'.split()
    plain = {name: inspect.unwrap(getattr(kind, name)) for name in names}
    plain |= {'step': torch.no_grad()(plain['step']), '__qualname__': f'_{kind.__name__}'}
    return type(kind.__name__, (kind,), plain)      # found by its qualname when it is unpickled


_AdamW, _SGD = _at_once(torch.optim.AdamW), _at_once(torch.optim.SGD)
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm)


def Adam(
    params,          # parameters, or groups of them
    lr=1e-3,         # learning rate
    mom=0.9,         # share of the old average of gradients that is kept
    sqr_mom=0.99,    # the same for the average of squared gradients
    eps=1e-5,        # keeps the division by a tiny average in bounds
    wd=0.01,         # decoupled weight decay: the share of lr by which weights shrink
) -> torch.optim.Optimizer:
    "torch's AdamW with fastai's defaults. Source: Loshchilov and Hutter, 2017."
    return _AdamW(params, lr=lr, betas=(mom, sqr_mom), eps=eps, weight_decay=wd)


def SGD(
    params,  # parameters, or groups of them
    lr,      # learning rate
    mom=0.,  # share of the last step that is added to the next
    wd=0.,   # weight decay, added to the gradient
) -> torch.optim.Optimizer:
    "torch's stochastic gradient descent: a step against the gradient."
    return _SGD(params, lr=lr, momentum=mom, weight_decay=wd)


def trainable_params(
    m: nn.Module,  # a model
) -> list:
    "The parameters of `m` that training may change, as one group."
    return [p for p in m.parameters() if p.requires_grad]


def norm_params(model):
    "The ids of all parameters of batch norm and its kin."
    return {id(p) for m in model.modules() if isinstance(m, _NORMS) for p in m.parameters()}


def param_groups(model, layers):
    "torch's groups, two for each layer group: what decays, and norms and biases, which do not."
    still = {id(m.bias) for m in model.modules() if getattr(m, 'bias', None) is not None}
    still |= norm_params(model)
    groups = []
    for i, ps in enumerate(layers):
        groups.append(dict(params=[p for p in ps if id(p) not in still], layer=i))
        groups.append(dict(params=[p for p in ps if id(p) in still], layer=i, weight_decay=0.))
    return [g for g in groups if g['params']]


def set_hyper(
    opt: torch.optim.Optimizer,  # an optimiser made by a `Learner`
    name: str,                   # 'lr', 'mom' or 'wd'
    values,                      # a number, or one for each layer group
):
    "Set a hyperparameter of all layer groups; norms and biases keep a weight decay of 0."
    for g in opt.param_groups:
        v = float(values[g.get('layer', 0)]) if np.ndim(values) else float(values)
        if name == 'lr': g['lr'] = v
        elif name == 'wd': g['weight_decay'] = v if g['weight_decay'] else g['weight_decay']
        elif 'betas' in g: g['betas'] = (v, g['betas'][1])
        elif 'momentum' in g: g['momentum'] = v


def get_hyper(
    opt: torch.optim.Optimizer,  # an optimiser made by a `Learner`
    name: str,                   # 'lr' or 'mom'
) -> float:
    "The value that the last layer group has now."
    g = opt.param_groups[-1]
    if name == 'lr': return g['lr']
    return g['betas'][0] if 'betas' in g else g.get('momentum', 0.)


def layer_lrs(
    lr,           # a number; slice(a, b): from a to b; slice(b): b for the last group, b/10 before
    n: int,       # number of layer groups
) -> np.ndarray:
    """One learning rate for each layer group, from the first layers to the head.

    >>> layer_lrs(slice(1e-4, 1e-2), 3).tolist()
    [0.0001, 0.001, 0.01]
    """
    if not isinstance(lr, slice): return np.broadcast_to(np.asarray(lr, dtype=float), (n,)).copy()
    if lr.start: return even_mults(lr.start, lr.stop, n)
    return np.array([lr.stop / 10] * (n - 1) + [lr.stop])
