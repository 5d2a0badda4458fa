"What a trained model is asked: its predictions, its score, and the files it is kept in."
import json
import os

from pathlib import Path

import torch

from .callbacks import Callback, ProgressCallback
from .core import to_device
from .metrics import activation_of, decodes_of
from .plots import COLORS, get_grid

__all__ = ['Inference', 'export_header', 'atomic_write']


class _Gather(Callback):
    "Keep what the model says to each batch."

    def __init__(self, with_input, with_loss): self.keep, self.with_loss = with_input, with_loss

    def before_validate(self): self.preds, self.targs, self.inputs, self.losses = [], [], [], []

    def after_batch(self):
        self.preds.append(self.pred.detach().cpu())
        if self.yb: self.targs.append(self.yb[0].cpu())
        if self.keep: self.inputs.append(self.xb[0].cpu())
        if self.with_loss: self.losses.append(_loss_of_each(self.loss_func, self.pred, self.yb).cpu())


def _loss_of_each(loss_func, pred, yb):
    "The loss of each item of a batch, not their mean."
    if hasattr(loss_func, 'reduction'):
        old, loss_func.reduction = loss_func.reduction, 'none'
        try: res = loss_func(pred, *yb)
        finally: loss_func.reduction = old
    else: res = loss_func(pred, *yb, reduction='none')
    return res.detach().view(len(pred), -1).mean(1)


class Inference:
    "The part of `Learner` that needs no training: validate, predict, show, save, export."

    def validate(
        self,
        ds_idx=1,  # which loader: 0 training, 1 validation
        dl=None,   # another loader
    ) -> list:     # the loss, then each metric
        "Loss and metrics over one loader, without training."
        with self.no_bar():
            self._run(self.dls[ds_idx] if dl is None else dl)
        return self.recorder._valid

    def _run(self, dl, cbs=None):
        "One pass over `dl` without training, announced as validation."
        with self.added_cbs(cbs):
            self.model.to(self.device)
            old, self.epoch = self.epoch, 0
            self.recorder.before_validate()
            try: self._all_batches(dl, training=False)
            finally: self.epoch = old

    def get_preds(
        self,
        ds_idx=1,            # which loader: 0 training, 1 validation
        dl=None,             # another loader
        with_input=False,    # give the inputs first
        with_decoded=False,  # give the decisions too
        with_loss=False,     # give the loss of each item too
        act=None,            # makes predictions of scores; the one that suits the loss if None
    ):
        "Predictions and targets of one loader: probabilities for a classifier, in the loader's order."
        dl = self.dls[ds_idx] if dl is None else dl
        dl = dl.new(shuffle=False, drop_last=False) if getattr(dl, 'shuffle', False) else dl
        got = _Gather(with_input, with_loss)
        with self.no_bar(): self._run(dl, got)
        preds = (act or activation_of(self.loss_func))(torch.cat(got.preds))
        res = [preds, torch.cat(got.targs) if got.targs else None]
        if with_input: res.insert(0, torch.cat(got.inputs))
        if with_decoded: res.append(decodes_of(self.loss_func)(preds))
        if with_loss: res.append(torch.cat(got.losses))
        return tuple(res)

    def predict(
        self,
        item,  # one thing like those of the training set: a path, bytes, a picture, an array
    ):
        "The answer in words, its number, and the probability of each class, for one new item."
        dl = self.dls.test_dl([item])
        probs, _, decoded = self.get_preds(dl=dl, with_decoded=True)
        target = self.dls.valid.blocks[1]
        return target.words(decoded[0]), decoded[0], probs[0]

    def show_results(
        self,
        ds_idx=1,      # which loader: 0 training, 1 validation
        dl=None,       # another loader
        max_n=9,       # pictures at most
        nrows=None,    # rows of the grid
        ncols=None,    # columns of the grid
        figsize=None,  # inches
    ):
        "Draw some items with their label above the prediction, which is red where it is wrong."
        dl = self.dls[ds_idx] if dl is None else dl
        b = dl.one_batch()
        self.model.eval()
        with torch.no_grad(): out = self.model(*to_device(b[:1], self.device))
        decoded = decodes_of(self.loss_func)(activation_of(self.loss_func)(out)).cpu()
        n, (image, target) = min(max_n, len(b[0])), dl.blocks[:2]
        axs, x = get_grid(n, nrows, ncols, figsize), dl.undo(b[0][:n])
        for i, ax in enumerate(axs):
            true, said = target.words(b[1][i].cpu()), target.words(decoded[i])
            image.show(x[i], ax, f'{true}\n{said}')
            if hasattr(target, 'vocab'): ax.title.set_color(COLORS['good' if true == said else 'bad'])

    def save(
        self,
        file,           # a name; written to path/models/<name>.pth
        with_opt=True,  # keep the optimiser's state too
    ) -> Path:
        "Write the weights to a file, to `load` them later into a learner made the same way."
        state = dict(model=self.model.state_dict())
        if with_opt and self.opt is not None: state['opt'] = self.opt.state_dict()
        path = self._weights_file(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, lambda tmp: torch.save(state, tmp))
        return path

    def load(
        self,
        file,           # the name that `save` was given
        with_opt=True,  # take the optimiser's state too, if it is there
    ):
        "Take back the weights that `save` wrote; returns the learner."
        path = self._weights_file(file)
        if not path.is_file(): raise FileNotFoundError(f"There is no {path}. Write it first with "
                                                       f"learn.save({str(file)!r}).")
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state['model'])
        if with_opt and 'opt' in state and self.opt is not None: self.opt.load_state_dict(state['opt'])
        return self

    def _weights_file(self, file): return self.path / 'models' / f'{file}.pth'

    def export(
        self,
        fname='export.safetensors',  # name of the file, below the learner's path
    ) -> Path:
        "Write model, labels and transforms to one file that holds no code and that `load_learner` reads."
        from safetensors.torch import save_file
        if not str(fname).endswith('.safetensors'): raise ValueError(
            f"{str(fname)!r} does not end in .safetensors. A .pkl can run any code when it is opened, so exports are "
            "written as safetensors: type learn.export() or learn.export('name.safetensors').")
        path = self.path / fname
        header = {'companion': json.dumps(export_header(self))}
        weights = {k: v.detach().cpu().contiguous() for k, v in self.model.state_dict().items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, lambda tmp: save_file(weights, tmp, metadata=header))
        return path


def export_header(
    learn,  # a learner
) -> dict:
    "What an export keeps besides weights: how to rebuild the model, the blocks and the transforms."
    loss = learn.loss_func
    return dict(version=1, model=getattr(learn.model, 'spec', None), model_class=type(learn.model).__name__,
                dls=learn.dls.spec(), loss=getattr(loss, '__name__', type(loss).__name__))


def atomic_write(
    path: Path,  # the file to write
    write,       # function of a temporary path, which writes there
):
    "Write a file whole or not at all: beside its place first, then moved."
    tmp = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
    try:
        write(tmp)
        os.replace(tmp, path)
    finally: tmp.unlink(missing_ok=True)
