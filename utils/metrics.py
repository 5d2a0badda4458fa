"Losses, for the machine, and metrics, for people."
import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ['accuracy', 'error_rate', 'mae', 'rmse', 'AvgMetric', 'CrossEntropyLossFlat',
           'MSELossFlat', 'activation_of', 'decodes_of']


def accuracy(
    inp: Tensor,     # predictions, one score for each class, (n, c)
    targ: Tensor,    # right classes, whole numbers, (n,)
    axis: int = -1,  # axis of the classes
) -> Tensor:         # a fraction, 0 to 1
    """The share of items whose highest score is at the right class.

    >>> accuracy(torch.tensor([[.9, .1], [.8, .2]]), torch.tensor([0, 1]))
    tensor(0.5000)
    """
    guess = inp.argmax(axis)
    return (guess == targ.view_as(guess)).float().mean()


def error_rate(
    inp: Tensor,     # predictions, one score for each class, (n, c)
    targ: Tensor,    # right classes, whole numbers, (n,)
    axis: int = -1,  # axis of the classes
) -> Tensor:         # a fraction, 0 to 1
    "The share of items whose highest score is at a wrong class: 1 - accuracy."
    return 1 - accuracy(inp, targ, axis)


def mae(
    inp: Tensor,   # predicted amounts
    targ: Tensor,  # true amounts, as many
) -> Tensor:
    "The mean absolute error: how far off on average, in the target's own unit."
    return (inp.view(-1) - targ.view(-1)).abs().mean()


class AvgMetric:
    "Average a metric over all items: a batch counts by its size, so a short last one counts less."

    def __init__(
        self,
        func,         # function of (predictions, targets): the mean of one batch
        finish=None,  # function of the average: what is shown, such as its root
    ):
        self.func, self.finish = func, finish or (lambda x: x)
        self.name = getattr(getattr(func, 'func', func), '__name__', type(func).__name__)
        self.reset()

    def reset(self):
        "Forget everything counted."
        self.total, self.count = 0., 0

    def accumulate(self, pred, *yb):
        "Count one batch."
        self.total += float(self.func(pred, *yb)) * len(yb[0])
        self.count += len(yb[0])

    @property
    def value(self):
        "The average so far; None before any batch."
        return self.finish(self.total / self.count) if self.count else None


class CrossEntropyLossFlat(nn.CrossEntropyLoss):
    "Cross entropy: minus the log of the probability that the model gave to the right class."


class MSELossFlat(nn.MSELoss):
    "The mean squared error of predicted amounts, whatever the shape of the target."

    def forward(self, inp, targ):
        "The loss of one batch."
        return super().forward(inp.view(-1), targ.view(-1).to(inp.dtype))


# A root of means is no mean of roots: the squares are averaged over all items, the root comes last.
rmse = AvgMetric(MSELossFlat(), finish=lambda x: x ** 0.5)
rmse.name = 'rmse'


def _kind(loss_func):
    "Which of the well-known losses is it: of one class, of yes or no, or of an amount?"
    name = getattr(loss_func, '__name__', type(loss_func).__name__).lower().replace('_', '')
    if 'binary' in name or 'bce' in name: return 'binary'
    return 'class' if 'crossentropy' in name or 'nll' in name else 'amount'


def activation_of(
    loss_func,  # a loss of this module, of torch.nn, of torch.nn.functional, or your own
):
    "The function that makes of a model's last scores what a person reads: probabilities, say."
    own = getattr(loss_func, 'activation', None)
    return own or {'class': lambda x: F.softmax(x, -1), 'binary': torch.sigmoid}.get(
        _kind(loss_func), lambda x: x)


def decodes_of(
    loss_func,  # a loss, as for `activation_of`
):
    "The function that makes of probabilities a decision: the likeliest class, say."
    own = getattr(loss_func, 'decodes', None)
    return own or {'class': lambda x: x.argmax(-1), 'binary': lambda x: x > 0.5}.get(
        _kind(loss_func), lambda x: x)
