"Callbacks that watch the training and decide: stop, save, or find a learning rate."
import math

import numpy as np

from .callbacks import Callback, CancelEpochException, CancelFitException, ParamScheduler
from .schedules import SchedExp

__all__ = ['LRFinder', 'TerminateOnNaNCallback', 'EarlyStoppingCallback', 'SaveModelCallback',
           'valley']


class LRFinder(ParamScheduler):
    "Raise the learning rate a little at each batch, and stop when the loss explodes."
    order = 55    # after the Recorder has the loss

    def __init__(
        self,
        start_lr=1e-7,  # first learning rate
        end_lr=10,      # last learning rate
        num_it=100,     # batches at most
    ):
        super().__init__({'lr': SchedExp(start_lr, end_lr)})
        self.num_it, self.best = num_it, math.inf

    def before_fit(self):
        "Count the steps to come."
        self.step, self.n_steps = 0, self.num_it

    def after_batch(self):
        "Stop after the last step, or when the loss is four times the best so far."
        loss = self.recorder.smooth_loss
        self.best = min(self.best, loss)
        if self.step >= self.num_it or loss > 4 * self.best or math.isnan(loss):
            raise CancelFitException

    def before_validate(self):
        "Nothing needs to be validated."
        raise CancelEpochException


class TerminateOnNaNCallback(Callback):
    "End the training when the loss is not a number any more."

    def after_loss(self):
        "Look at the loss of each training batch."
        if self.training and not math.isfinite(self.loss.item()):
            print(f'The loss is {self.loss.item()} in epoch {self.epoch}, batch {self.iter}: stop.')
            raise CancelFitException


class _Tracker(Callback):
    order = 65    # after the table has its row

    def __init__(self, monitor='valid_loss', comp=None, min_delta=0.):
        falls = any(w in monitor for w in ('loss', 'error', 'rmse', 'mae'))
        self.monitor, self.comp = monitor, comp or (np.less if falls else np.greater)
        self.min_delta = -min_delta if self.comp is np.less else min_delta

    def before_fit(self):
        "Find the column to watch."
        names = self.recorder.metric_names[1:-1]
        if self.monitor not in names: raise ValueError(
            f"There is no {self.monitor!r} to watch. Choose one of {', '.join(names)}.")
        self.column, self.best = names.index(self.monitor), None

    def after_epoch(self):
        "Is this epoch the best so far?"
        now = self.recorder.values[-1][self.column]
        self.new_best = self.best is None or self.comp(now - self.min_delta, self.best)
        if self.new_best: self.best = now


class EarlyStoppingCallback(_Tracker):
    "End the training when a column of the table has not improved for `patience` epochs."

    def __init__(
        self,
        monitor='valid_loss',  # column to watch
        comp=None,             # np.less or np.greater; chosen by the name if None
        min_delta=0.,          # smallest change that counts
        patience=1,            # epochs to wait
    ):
        super().__init__(monitor, comp, min_delta)
        self.patience, self.wait = patience, 0

    def after_epoch(self):
        "Count the epochs without improvement."
        super().after_epoch()
        self.wait = 0 if self.new_best else self.wait + 1
        if self.wait < self.patience: return
        print(f'No improvement since epoch {self.epoch - self.wait}: early stopping')
        raise CancelFitException


class SaveModelCallback(_Tracker):
    "Keep the weights of the best epoch, and take them back when training ends."

    def __init__(
        self,
        monitor='valid_loss',  # column to watch
        comp=None,             # np.less or np.greater; chosen by the name if None
        min_delta=0.,          # smallest change that counts
        fname='model',         # name of the file below path/models
    ):
        super().__init__(monitor, comp, min_delta)
        self.fname = fname

    def after_epoch(self):
        "Save what is better than before."
        super().after_epoch()
        if self.new_best: self.learn.save(self.fname)

    def after_fit(self):
        "Load the best."
        if self.best is not None: self.learn.load(self.fname)


def valley(
    lrs,     # learning rates tried, rising
    losses,  # the loss after each
) -> float:
    "The learning rate half way down the longest fall of the loss, as fastai suggests."
    fall = np.ones(len(losses), dtype=int)    # length of the longest falling series that ends here
    for i in range(1, len(losses)):
        before = fall[:i][np.asarray(losses[:i]) > losses[i]]
        if len(before): fall[i] = before.max() + 1
    end = int(fall.argmax())
    start = max(end - int(fall[end]), 0)
    section = (end - start) / 3
    return float(lrs[start + int(section) + int(section / 2)])
