"`Learner`: data, model, loss and optimiser, and the loop that brings them together."
from collections import namedtuple
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import torch

from .callbacks import (EVENTS, Callback, CancelBatchException, CancelEpochException,
                        CancelFitException, ParamScheduler, ProgressCallback, Recorder)
from .core import as_list, default_device, to_device
from .inference import Inference
from .optimizer import Adam, layer_lrs, norm_params, param_groups, set_hyper, trainable_params
from .plots import COLORS, get_grid
from .schedules import combined_cos
from .tracker import LRFinder, valley

__all__ = ['Learner']


class Learner(Inference):
    """Data, a model, a loss and an optimiser, and the loop that trains the model with them.

    The loop is four short methods: `fit` → `_epoch` → `_all_batches` → `_batch`. Each announces
    what it does to the callbacks. Book: chapters 1, 4 and 19.
    """

    def __init__(
        self,
        dls,              # anything with .train and .valid, each giving batches (x, y)
        model,            # a torch module
        loss_func=None,   # what to make small; the one that suits the data if None
        opt_func=Adam,    # makes the optimiser: takes parameter groups and lr
        lr=1e-3,          # learning rate where none is given to fit
        splitter=trainable_params,  # function of the model: its layer groups, the head last
        cbs=None,         # callbacks
        metrics=None,     # functions of (predictions, targets) for people to read
    ):
        self.dls, self.model, self.opt_func = dls, model, opt_func
        self.lr, self.splitter, self.metrics = lr, splitter, as_list(metrics)
        self.loss_func = loss_func or getattr(dls, 'loss_func', None)
        if self.loss_func is None: raise ValueError("The data does not tell which loss suits it. "
                                                    "Pass loss_func=F.cross_entropy, say.")
        self.opt, self.cbs, self.recorder = None, [], Recorder()
        self.device = getattr(dls, 'device', None) or default_device()
        self.path = Path(getattr(dls, 'path', '.'))
        self.pred = self.loss = self.batch = self.xb = self.yb = None
        self.training, self.epoch, self.n_epoch, self.iter = False, 0, 0, 0
        self.add_cbs([self.recorder, ProgressCallback(), *as_list(cbs)])

    def fit(
        self,
        n_epoch,   # epochs to train
        lr=None,   # learning rate; a slice gives the first layers less
        wd=None,   # weight decay
        cbs=None,  # callbacks for this training only
    ):
        "Train for `n_epoch` epochs: in each, all training batches, then all validation batches."
        with self.added_cbs(cbs):
            self._prepare(lr, wd)
            self.n_epoch, self.start_epoch = n_epoch, 0    # a callback may begin later
            try:
                self('before_fit')
                for self.epoch in range(self.start_epoch, n_epoch): self._epoch()
                self('after_fit')
            except CancelFitException: self('after_fit')
            finally: self('cleanup_fit')

    def _epoch(self):
        try:
            self('before_epoch')
            self._all_batches(self.dls.train, training=True)
            self._all_batches(self.dls.valid)
        except CancelEpochException: pass
        self('after_epoch')

    def _all_batches(self, dl, training=False):
        self.dl, self.training = dl, training
        self.model.train(training)                 # dropout and batch norm behave accordingly
        self('before_train' if training else 'before_validate')
        with torch.set_grad_enabled(training):
            for self.iter, self.batch in enumerate(dl): self._batch()
        self('after_train' if training else 'after_validate')

    def _batch(self):
        self.pred = self.loss = None
        try:
            self._split_batch()
            self('before_batch')
            self.pred = self.model(*self.xb)
            self('after_pred')
            if self.yb:
                self.loss = self.loss_func(self.pred, *self.yb)
                self('after_loss')
            if self.training:
                self.loss.backward()               # how does each parameter change the loss?
                self('before_step')
                self.opt.step()                    # one step down
                self('after_step')
                self.opt.zero_grad()               # or the next gradients would be added to these
        except CancelBatchException: pass
        except (CancelEpochException, CancelFitException): raise
        except Exception as e:
            e.add_note(self._where())
            raise
        self('after_batch')

    def _split_batch(self):
        b = to_device(self.batch, self.device)
        b = tuple(b) if isinstance(b, (tuple, list)) else (b,)
        n = getattr(self.dl, 'n_inp', None) or max(len(b) - 1, 1)
        self.xb, self.yb = b[:n], b[n:]

    def _where(self):
        "One line on the batch in which an error arose."
        def brief(ts):
            return ', '.join(f'{tuple(t.shape)} {str(t.dtype)[6:]}' if isinstance(t, torch.Tensor)
                             else type(t).__name__ for t in ts or ())
        kind = 'training' if self.training else 'validation'
        res = f'In epoch {self.epoch}, {kind} batch {self.iter}: x {brief(self.xb)}'
        if not self.yb: return res
        res, y = f'{res}; y {brief(self.yb)}', self.yb[0]
        if not isinstance(y, torch.Tensor) or y.is_floating_point() or not y.numel(): return res
        res += f', targets {int(y.min())} to {int(y.max())}'
        n = self.pred.shape[1] if getattr(self.pred, 'ndim', 0) == 2 else 0
        if n and int(y.max()) >= n: res += f'. {n} outputs can only score targets 0 to {n - 1}'
        return res + '.'

    def __call__(
        self,
        event_name,  # one of EVENTS
    ):
        "Tell all callbacks that something happens."
        for f in self._handlers[event_name]: f()

    def add_cbs(
        self,
        cbs,  # callbacks, or classes of them
    ):
        "Add callbacks; from now on the loop calls them, in the order of their `order`."
        for cb in as_list(cbs):
            cb = cb() if isinstance(cb, type) else cb
            if not isinstance(cb, Callback): raise TypeError(
                f"{cb!r} is no Callback. Write `class Mine(Callback): …` and pass Mine().")
            cb.__dict__['learn'] = self
            self.cbs.append(cb)
        self._sort_cbs()

    def remove_cbs(
        self,
        cbs,  # callbacks that were added
    ):
        "Take callbacks away again."
        gone = [id(c) for c in as_list(cbs)]
        self.cbs = [c for c in self.cbs if id(c) not in gone]
        self._sort_cbs()

    def _sort_cbs(self):
        self.cbs.sort(key=lambda cb: cb.order)
        self._handlers = {e: [getattr(cb, e) for cb in self.cbs
                              if getattr(type(cb), e) is not getattr(Callback, e)] for e in EVENTS}

    @contextmanager
    def added_cbs(
        self,
        cbs,  # callbacks
    ):
        "`with learn.added_cbs(cb):` - callbacks for a while."
        before = list(self.cbs)
        try:
            self.add_cbs(cbs)
            yield self
        finally:
            self.cbs = before
            self._sort_cbs()

    @contextmanager
    def no_bar(self):
        "`with learn.no_bar():` - train without a table."
        bars = [c for c in self.cbs if isinstance(c, ProgressCallback)]
        self.remove_cbs(bars)
        try: yield self
        finally: self.add_cbs(bars)

    def _prepare(self, lr, wd):
        self.model.to(self.device)
        if self.opt is None: self.create_opt()
        set_hyper(self.opt, 'lr', layer_lrs(self.lr if lr is None else lr, self.n_groups))
        if wd is not None: set_hyper(self.opt, 'wd', wd)

    def create_opt(self):
        "Make the optimiser, with one parameter group for each part that the splitter names."
        layers = list(self.splitter(self.model))
        if layers and isinstance(layers[0], torch.Tensor): layers = [layers]
        if not any(layers): raise ValueError("The model has no parameters to train.")
        self._layers, self.n_groups = layers, len(layers)
        self.opt = self.opt_func(param_groups(self.model, layers), lr=self.lr)

    def freeze_to(
        self,
        n,  # the first layer group that trains; -1: only the last
    ):
        "Train only from layer group `n` on; batch norm stays trainable below it, as in fastai."
        if self.opt is None: self.create_opt()
        n = n % self.n_groups if n < 0 else n
        norms = norm_params(self.model)
        for i, ps in enumerate(self._layers):
            for p in ps:
                p.requires_grad_(i >= n or id(p) in norms)
                p.grad = None

    def freeze(self):
        "Train only the last layer group, the head."
        self.freeze_to(-1)

    def unfreeze(self):
        "Train all layer groups."
        self.freeze_to(0)

    def fit_one_cycle(
        self,
        n_epoch,        # epochs to train
        lr_max=None,    # highest learning rate; a slice gives the first layers less
        div=25.,        # it begins at lr_max / div
        div_final=1e5,  # it ends at lr_max / div_final
        pct_start=0.25,  # share of the training in which it rises
        moms=(0.95, 0.85, 0.95),  # momentum at the beginning, the peak and the end
        wd=None,        # weight decay
        cbs=None,       # callbacks for this training only
    ):
        "Train with the 1cycle policy: the learning rate rises, then falls. Source: Smith, 2018."
        if self.opt is None: self.create_opt()
        top = layer_lrs(self.lr if lr_max is None else lr_max, self.n_groups)
        scheds = {'lr': combined_cos(pct_start, top / div, top, top / div_final),
                  'mom': combined_cos(pct_start, *moms)}
        self.fit(n_epoch, wd=wd, cbs=[ParamScheduler(scheds), *as_list(cbs)])

    def fine_tune(
        self,
        epochs,           # epochs for the whole model
        base_lr=2e-3,     # learning rate of the head while the rest is frozen
        freeze_epochs=1,  # epochs for the head alone
        lr_mult=100,      # then the first layers learn that many times slower than the head
        pct_start=0.3,    # share of the training in which the rate rises
        div=5.,           # the rate begins at its peak / div
        **kwargs,         # passed to `fit_one_cycle`
    ):
        "Train the new head alone, then the whole model with small rates for what it knows already."
        self.freeze()
        self.fit_one_cycle(freeze_epochs, slice(base_lr), pct_start=0.99, **kwargs)
        self.unfreeze()
        base_lr /= 2
        self.fit_one_cycle(epochs, slice(base_lr / lr_mult, base_lr), pct_start=pct_start, div=div,
                           **kwargs)

    def lr_find(
        self,
        start_lr=1e-7,  # first learning rate
        end_lr=10,      # last learning rate
        num_it=100,     # batches at most
        show_plot=True,  # draw loss over learning rate
        suggest_funcs=(valley,),  # each suggests a rate from the rates tried and their losses
    ):
        "Try rising learning rates on a few batches, then put everything back. Source: Smith, 2015."
        model, opt = deepcopy((self.model.state_dict(), self.opt and self.opt.state_dict()))
        trained, self.recorder = self.recorder, Recorder()
        try:
            with self.no_bar(), self.added_cbs([self.recorder, LRFinder(start_lr, end_lr, num_it)]):
                self.remove_cbs(trained)           # what was recorded of a training stays as it is
                self.fit(num_it // len(self.dls.train) + 1, start_lr)
            lrs, losses = self.recorder.lrs, self.recorder.losses
        finally:
            self.recorder = trained
            self.model.load_state_dict(model)
            self.opt = self.opt if opt else None
            if opt: self.opt.load_state_dict(opt)
        cut = slice(num_it // 10, -5)              # the start is noise, the end explodes
        found = {f.__name__: f(lrs[cut], losses[cut]) for f in suggest_funcs}
        if show_plot: _plot_lr_find(lrs, losses, found.values())
        return namedtuple('SuggestedLRs', found)(**found)


def _plot_lr_find(lrs, losses, found):
    ax = get_grid(1, figsize=(7, 4))[0]
    ax.plot(lrs[:-5], losses[:-5], color=COLORS['train'])
    for lr in found:
        at = min(range(len(lrs)), key=lambda i: abs(lrs[i] - lr))
        ax.plot(lr, losses[at], 'o', color=COLORS['valid'])
        ax.annotate(f'  {lr:.1e}', (lr, losses[at]))
    ax.set(xscale='log', xlabel='learning rate (log scale)', ylabel='loss')
