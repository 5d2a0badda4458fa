"Callbacks: what may happen around the training loop without being written into it."
import difflib
import re
import time

import numpy as np

from .metrics import AvgMetric
from .optimizer import get_hyper, set_hyper
from .plots import COLORS, get_grid
from .progress_table import ProgressTable

__all__ = ['Callback', 'CancelFitException', 'CancelEpochException', 'CancelBatchException',
           'Recorder', 'ProgressCallback', 'ParamScheduler', 'EVENTS']

EVENTS = ('before_fit before_epoch before_train before_batch after_pred after_loss before_step '
          'after_step after_batch after_train before_validate after_validate after_epoch after_fit '
          'cleanup_fit').split()
_STATE = frozenset('pred loss xb yb batch iter epoch n_epoch start_epoch training model opt dl dls '
                   'lr loss_func metrics'.split())


class CancelFitException(Exception):
    "Raise it in a callback to end the whole training."


class CancelEpochException(Exception):
    "Raise it in a callback to go on with the next epoch."


class CancelBatchException(Exception):
    "Raise it in a callback to go on with the next batch."


class Callback:
    """Write one of these methods, and the training loop calls it at that moment.

    Read the loop's state as if it were your own (`self.pred`, `self.loss`, `self.epoch`); to change
    it, write to the learner: `self.learn.pred = …`.
    """
    order = 0    # the lower, the earlier it is called

    def before_fit(self): "Called when training begins."
    def before_epoch(self): "Called when an epoch begins."
    def before_train(self): "Called before the training batches of an epoch."
    def before_batch(self): "Called when a batch is ready: `xb`, `yb`."
    def after_pred(self): "Called when the model has predicted: `pred`."
    def after_loss(self): "Called when the loss is known: `loss`."
    def before_step(self): "Called when the gradients are known, before the optimiser steps."
    def after_step(self): "Called after the step, before the gradients are set to zero."
    def after_batch(self): "Called at the end of a batch, in training and in validation."
    def after_train(self): "Called after the last training batch of an epoch."
    def before_validate(self): "Called before the validation batches."
    def after_validate(self): "Called after the last validation batch."
    def after_epoch(self): "Called at the end of an epoch."
    def after_fit(self): "Called when training ends, also when a callback cancelled it."
    def cleanup_fit(self): "Called last of all, also after an error: close what is open."

    def __init_subclass__(cls):
        for name in [n for n, f in vars(cls).items() if callable(f) and n not in EVENTS]:
            near = difflib.get_close_matches(name, EVENTS, 1, 0.84)
            if near or re.match('(before|after|on)_', name): raise TypeError(
                f"{cls.__name__}.{name} is no event, so it would never be called. Did you mean "
                f"{(near or difflib.get_close_matches(name, EVENTS, 1, 0))[0]}? The events are "
                f"{', '.join(EVENTS)}.")

    def __getattr__(self, k):
        if k.startswith('__'): raise AttributeError(k)
        if 'learn' in self.__dict__: return getattr(self.__dict__['learn'], k)
        raise AttributeError(f"{type(self).__name__} has no {k!r}, and it is not part of a Learner "
                             "yet. Pass it as cbs=… first.")

    def __setattr__(self, k, v):
        if k in _STATE: raise AttributeError(
            f"self.{k} = … in a callback would only hide the learner's {k} from this callback. "
            f"Type self.learn.{k} = … to change it.")
        super().__setattr__(k, v)


class Recorder(Callback):
    """Keep what happened: losses, learning rates, and a row of results for each epoch.

    The train_loss shown is a moving average of the batches' losses (beta .98, corrected for its
    start at zero), as in fastai; valid_loss and metrics are exact means over all items.
    """
    order = 50

    def __init__(
        self,
        beta=0.98,  # share of the moving average that each batch keeps
    ): self.beta = beta

    def before_fit(self):
        "Start afresh."
        self.values, self.losses, self.lrs, self.moms, self.iters = [], [], [], [], []
        self._avg, self.smooth_loss = 0., None
        self.reset_metrics()
        names = [m.name for m in self._meters[1:]]
        self.metric_names = ['epoch', 'train_loss', 'valid_loss', *names, 'time']

    def reset_metrics(self):
        "Empty the averages of loss and metrics."
        self._meters = [AvgMetric(lambda pred, *yb: self.learn.loss.item())]
        for m in self.learn.metrics:
            self._meters.append(m if hasattr(m, 'accumulate') else AvgMetric(m))
            self._meters[-1].reset()

    @property
    def results(self):
        "The validation loss and each metric, over the items counted so far."
        return [m.value for m in self._meters]

    def before_epoch(self):
        "Start the clock."
        self._start = time.time()
        self.reset_metrics()

    def before_validate(self): self.reset_metrics()

    def after_batch(self):
        "Note the loss of a training batch; add a validation batch to the averages."
        learn = self.learn
        if learn.loss is None: return
        if not learn.training:
            for m in self._meters: m.accumulate(learn.pred.detach(), *learn.yb)
            return
        self._avg = self.beta * self._avg + (1 - self.beta) * learn.loss.item()
        self.smooth_loss = self._avg / (1 - self.beta ** (len(self.losses) + 1))
        self.losses.append(self.smooth_loss)
        self.lrs.append(get_hyper(learn.opt, 'lr'))
        self.moms.append(get_hyper(learn.opt, 'mom'))

    def after_epoch(self):
        "Write the row of this epoch."
        seconds = int(time.time() - self._start)
        self.values.append([self.smooth_loss, *self.results])
        self.iters.append(len(self.losses))
        self.log = [self.epoch, *self.values[-1], f'{seconds // 60:02d}:{seconds % 60:02d}']

    def plot_loss(
        self,
        skip_start=5,     # leave out that many batches at the start
        with_valid=True,  # draw the validation loss of each epoch too
        ax=None,          # matplotlib axes
    ):
        "Draw training and validation loss over the steps; returns the axes."
        ax = ax or get_grid(1, figsize=(7, 4))[0]
        steps = range(skip_start, len(self.losses))
        ax.plot(steps, self.losses[skip_start:], color=COLORS['train'], label='train')
        if with_valid and self.values and self.values[0][1] is not None:
            ax.plot(np.array(self.iters) - 1, [v[1] for v in self.values], 'o-',
                    color=COLORS['valid'], label='valid')
        ax.set(title='learning curve', xlabel='steps', ylabel='loss')
        ax.legend()
        return ax

    def plot_sched(self):
        "Draw the learning rate and the momentum of every step; returns the axes."
        axs = get_grid(2, ncols=2, figsize=(10, 3.5))
        for ax, values, name in zip(axs, (self.lrs, self.moms), ('learning rate', 'momentum')):
            ax.plot(values, color=COLORS['train'])
            ax.set(xlabel='steps', ylabel=name)
        return axs


class ProgressCallback(Callback):
    "Show a row of results for each epoch, and a bar while it runs."
    order = 60

    def before_fit(self):
        "Open the table."
        self.table = ProgressTable(self.recorder.metric_names)

    def after_batch(self):
        "Move the bar."
        n = len(self.dl) if hasattr(self.dl, '__len__') else self.iter + 1
        what = 'training' if self.training else 'validation'
        self.table.update((self.iter + 1) / n, lambda: f'epoch {self.epoch + 1} of {self.n_epoch}, '
                                                       f'{what}, batch {self.iter + 1} of {n}')

    def after_epoch(self):
        "Write a row."
        self.table.row(self.recorder.log)

    def cleanup_fit(self):
        "Close the table."
        if hasattr(self, 'table'): self.table.close()


class ParamScheduler(Callback):
    "Set learning rate and momentum before each batch, by curves over the whole training."

    def __init__(
        self,
        scheds,  # {'lr': curve, 'mom': curve}; a curve takes the share of training done, 0 to 1
    ): self.scheds = scheds

    def before_fit(self):
        "Count the steps to come."
        self.step, self.n_steps = 0, self.n_epoch * len(self.dls.train)

    def before_batch(self):
        "Set what the curves say for now."
        if not self.training: return
        for name, curve in self.scheds.items():
            set_hyper(self.opt, name, curve(self.step / self.n_steps))
        self.step += 1
