"`load_learner`: a trained model from its one file, used as a program."
import json

from pathlib import Path

import torch

from . import metrics
from .core import default_device
from .embeddings import TabularModel
from .learner import Learner
from .loaders import DataLoaders
from .models import build_model
from .tabular import TabularDataLoaders, TabularLearner

__all__ = ['load_learner']


def load_learner(
    fname,       # a file that `learn.export()` wrote
    cpu=True,    # use the CPU even where there is a GPU
    model=None,  # for an architecture of your own: a model of that kind, to receive the weights
) -> Learner:
    "Open an exported model, ready for `predict`; the file holds numbers and words, never code."
    from safetensors import SafetensorError, safe_open
    path = Path(fname)
    if path.suffix in ('.pkl', '.pth', '.pickle'): raise ValueError(
        f"{path.name} is a pickle, which can run any code when it is opened, so load_learner "
        "refuses it. Export again with learn.export(), which writes a .safetensors file.")
    if not path.is_file(): raise FileNotFoundError(
        f"There is no file {str(path)!r} in {Path.cwd()}. Write one with learn.export().")
    try:
        with safe_open(path, 'pt') as f:
            header = (f.metadata() or {}).get('companion')
            weights = {k: f.get_tensor(k) for k in f.keys()}
    except SafetensorError as e:
        raise ValueError(f"{path.name} is no whole safetensors file ({e}). Export again.") from None
    if header is None: raise ValueError(
        f"{path.name} holds weights but not how they were used: it was not written by "
        "learn.export(). Export the learner with it.")
    return _rebuild(path, json.loads(header), weights, model, cpu)


def _rebuild(path, header, weights, model, cpu):
    if header.get('version') != 1: raise ValueError(
        f"{path.name} was written by a newer version of this package. Update it.")
    if model is None and header['model'] is None: raise ValueError(
        f"{path.name} holds the weights of {header['model_class']}, an architecture of its "
        "author's own. Make one and pass it: load_learner(fname, model=…).")
    tables = 'procs' in header['dls']
    model = model or (TabularModel(**header['model']) if tables else build_model(header['model']))
    model.load_state_dict(weights)
    dls = (TabularDataLoaders if tables else DataLoaders).from_spec(header['dls'])
    places = (metrics, torch.nn.functional, torch.nn)
    loss = next((getattr(m, header['loss']) for m in places if hasattr(m, header['loss'])), None)
    loss = loss or dls.loss_func
    loss = loss() if isinstance(loss, type) else loss
    learn = (TabularLearner if tables else Learner)(dls, model, loss)
    learn.device = torch.device('cpu') if cpu else default_device()
    learn.path = path.parent
    learn.model.to(learn.device).eval()
    return learn
