"Losses, for the machine, and metrics, for people."
import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ['accuracy', 'error_rate', 'rmse', 'mae', 'AvgMetric', 'CrossEntropyLossFlat', 'MSELossFlat',
           'activation_of', 'decodes_of']


def accuracy(
    inp: Tensor,     # predictions, one score for each class, (n, c)
    targ: Tensor,    # right classes, whole numbers, (n,)
    axis: int = -1,  # axis of the classes
) -> Tensor:         # a fraction, 0 to 1
    """The share of items whose highest score is at the right class.

    >>> accuracy(torch.tensor([[.9, .1], [.8, .2]]), torch.tensor([0, 1]))
    tensor(0.5000)
    """
    return (inp.argmax(axis) == targ.view_as(inp.argmax(axis))).float().mean()


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
    "Average a metric over all items: each batch counts by its size, so a short last one counts less."

    def __init__(self, func):
        self.func = func
        self.name = getattr(func, 'func', func).__name__
        self.reset()

    def reset(self):
        "Forget everything counted."
        self.total, self.count = 0., 0

    def accumulate(self, pred, *yb):
        "Count one batch."
        n = len(yb[0])
        self.total += float(self.func(pred, *yb)) * n
        self.count += n

    @property
    def value(self):
        "The average so far; None before any batch."
        return self.total / self.count if self.count else None


class _Rmse(AvgMetric):
    "A root of a mean is no mean of roots: average the squares, take the root at the end."

    @property
    def value(self):
        "The root of the average so far."
        return (self.total / self.count) ** 0.5 if self.count else None


def _mse(inp, targ): return F.mse_loss(inp.view(-1), targ.view(-1).to(inp.dtype))


rmse = _Rmse(_mse)
rmse.name = 'rmse'
rmse.__doc__ = "The root of the mean squared error, in the target's own unit; exact over all batches."


class CrossEntropyLossFlat(nn.CrossEntropyLoss):
    "Cross entropy: minus the log of the probability that the model gave to the right class."

    def activation(self, x):
        "Scores → probabilities that add up to 1."
        return x.softmax(-1)

    def decodes(self, x):
        "Probabilities → the number of the likeliest class."
        return x.argmax(-1)


class MSELossFlat(nn.MSELoss):
    "The mean squared error of predicted amounts, whatever the shape of the target."

    def forward(self, inp, targ):
        "The loss of one batch."
        return super().forward(inp.view(-1), targ.view(-1).to(inp.dtype))

    def activation(self, x):
        "Amounts are left as they are."
        return x

    def decodes(self, x):
        "Amounts are left as they are."
        return x


def _kind(loss_func):
    "Which of the well-known losses is it: 'class', 'binary' or 'amount'?"
    name = getattr(loss_func, '__name__', type(loss_func).__name__).lower().replace('_', '')
    if 'binary' in name or 'bce' in name: return 'binary'
    return 'class' if 'crossentropy' in name or 'nll' in name else 'amount'


def activation_of(
    loss_func,  # a loss of this module, of torch.nn or of torch.nn.functional, or your own
):
    "The function that turns a model's last scores into what `loss_func` compares: probabilities, say."
    if hasattr(loss_func, 'activation'): return loss_func.activation
    return {'class': lambda x: x.softmax(-1), 'binary': torch.sigmoid}.get(_kind(loss_func), lambda x: x)


def decodes_of(
    loss_func,  # a loss, as for `activation_of`
):
    "The function that turns probabilities into a decision: the likeliest class, say."
    if hasattr(loss_func, 'decodes'): return loss_func.decodes
    decisions = {'class': lambda x: x.argmax(-1), 'binary': lambda x: x > 0.5}
    return decisions.get(_kind(loss_func), lambda x: x)
