"What a trained model is asked: its predictions, its score, and the files it is kept in."
import json
import os
from pathlib import Path

import torch
import torch.distributed as dist

from .callbacks import Callback
from .core import to_device
from .metrics import activation_of, decodes_of
from .plots import COLORS, get_grid

__all__ = ['Inference', 'atomic_write']


class _Gather(Callback):
    "Keep what comes by in each batch: inputs, predictions, targets, the loss of each item."

    def __init__(self, with_loss): self.with_loss, self.rows = with_loss, []

    def after_batch(self):
        row = [self.xb[0], self.pred, self.yb[0] if self.yb else torch.empty(0)]
        if self.with_loss: row.append(_loss_of_each(self.loss_func, self.pred, self.yb))
        self.rows.append([t.detach().cpu() for t in row])

    def joined(self): return [torch.cat(column) for column in zip(*self.rows)]


def _loss_of_each(loss_func, pred, yb):
    "The loss of each item of a batch, not their mean."
    if not hasattr(loss_func, 'reduction'): res = loss_func(pred, *yb, reduction='none')
    else:
        old, loss_func.reduction = loss_func.reduction, 'none'
        try: res = loss_func(pred, *yb)
        finally: loss_func.reduction = old
    return res.view(len(pred), -1).mean(1)


class Inference:
    "The part of `Learner` that needs no training: validate, predict, show, save, export."

    def validate(
        self,
        ds_idx=1,  # which loader: 0 training, 1 validation
        dl=None,   # another loader
    ) -> list:     # the loss, then each metric
        "Loss and metrics over one loader, without training."
        self._run(self.dls[ds_idx] if dl is None else dl)
        return self.recorder.results

    def _run(self, dl, cbs=None):
        "One pass over `dl` without training, announced as validation."
        self.model.to(self.device)
        with self.no_bar(), self.added_cbs(cbs): self._all_batches(dl, training=False)

    def get_preds(
        self,
        ds_idx=1,            # which loader: 0 training, 1 validation
        dl=None,             # another loader
        with_input=False,    # give the inputs first
        with_decoded=False,  # give the decisions too
        with_loss=False,     # give the loss of each item too
        act=None,            # makes predictions of scores; the one that suits the loss if None
    ):
        "Predictions (probabilities for a classifier) and targets of one loader, in its order."
        dl = self.dls[ds_idx] if dl is None else dl
        dl = dl.new(shuffle=False, drop_last=False) if getattr(dl, 'shuffle', False) else dl
        gather = _Gather(with_loss)
        self._run(dl, gather)
        inputs, preds, targs, *losses = gather.joined()
        preds = (act or activation_of(self.loss_func))(preds)
        res = [inputs, preds, targs] if with_input else [preds, targs]
        if with_decoded: res.append(decodes_of(self.loss_func)(preds))
        return tuple(res + losses)

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
        "Draw items with their label above the prediction, red where it is wrong; returns the axes."
        dl = self.dls[ds_idx] if dl is None else dl
        b = dl.one_batch()
        self.model.eval()
        with torch.no_grad(): out = self.model(*to_device(b[:1], self.device))
        decoded = decodes_of(self.loss_func)(activation_of(self.loss_func)(out)).cpu()
        n, (image, target) = min(max_n, len(b[0])), dl.blocks[:2]
        x = dl.undo(b[0][:n])
        axs = get_grid(n, nrows, ncols, figsize)
        for i, ax in enumerate(axs):
            true, said = target.words(b[1][i].cpu()), target.words(decoded[i])
            image.show(x[i], ax, f'{true}\n{said}')
            wrong = hasattr(target, 'vocab') and true != said
            if wrong: ax.set_title(f'{true}\n{said}', color=COLORS['bad'])
            target.show_on(decoded[i], ax)
        return axs

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
        if not path.is_file(): raise FileNotFoundError(
            f"There is no {path}. Write it first with learn.save({str(file)!r}).")
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state['model'])
        if with_opt and 'opt' in state:
            if self.opt is None: self.create_opt()
            self.opt.load_state_dict(state['opt'])
        return self

    def _weights_file(self, file): return self.path / 'models' / f'{file}.pth'

    def export(
        self,
        fname='export.safetensors',  # name of the file, below the learner's path
    ) -> Path:
        "Write model, labels and transforms to one file without code, for `load_learner`."
        from safetensors.torch import save_file
        if not str(fname).endswith('.safetensors'): raise ValueError(
            f"{str(fname)!r} does not end in .safetensors. A .pkl can run any code when it is "
            "opened, so exports are safetensors: type learn.export('name.safetensors').")
        path, loss = self.path / fname, self.loss_func
        about = dict(version=1, model=getattr(self.model, 'spec', None), dls=self.dls.spec(),
                     model_class=type(self.model).__name__,
                     loss=getattr(loss, '__name__', type(loss).__name__))
        header = {'companion': json.dumps(about)}
        weights = {k: v.detach().cpu().contiguous() for k, v in self.model.state_dict().items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, lambda tmp: save_file(weights, tmp, metadata=header))
        return path


def atomic_write(
    path: Path,  # the file to write
    write,       # function of a temporary path, which writes there
):
    "Write a file whole or not at all: beside its place first, then moved; on the first rank only."
    if dist.is_available() and dist.is_initialized() and dist.get_rank(): return
    tmp = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
    try:
        write(tmp)
        os.replace(tmp, path)
    finally: tmp.unlink(missing_ok=True)
