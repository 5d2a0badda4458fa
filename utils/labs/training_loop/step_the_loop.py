"Step the loop: one training step in four parts, with the numbers that flow through it."
from dataclasses import dataclass, field

import numpy as np

from ..base import Lab
from ..controls import slider, state, switch
from .line import HEIGHT, WEEKS, loss_at, slope_at
from .loop_picture import draw_moment, number

__all__ = ['Moment', 'stand_at', 'moment_finding', 'step_the_loop_lab']

START = -.5, 2.                                    # growth and height before the first step
PARTS = 'step', 'predict', 'loss', 'gradient'      # what the count of done parts ends on
BATCHES, SIZE, EPOCHS = 3, 4, 20                   # twelve plants: three batches of four
LAST = 4 * BATCHES * EPOCHS


@dataclass
class Moment:
    "Everything that is known at one moment of the training."
    done: int             # parts done since the start, four for each batch
    lr: float
    part: str             # ready, predict, loss, gradient or step: what was done last
    epoch: int            # counted from 1
    batch: int            # 1, 2 or 3
    x: np.ndarray         # weeks of the four plants, (4,)
    y: np.ndarray         # their heights, (4,)
    a: float              # the parameters
    b: float
    pred: np.ndarray | None = None    # predictions, (4,)
    loss: float | None = None
    grad: tuple | None = None         # slopes for a and b
    summed: int = 0                   # gradients that were added up in it
    was: tuple | None = None          # a and b before the step
    losses: list = field(default_factory=list)      # loss of each batch so far
    rounds: list = field(default_factory=list)      # loss over all plants: start, and each epoch


def stand_at(done: int, lr: float, zero: bool) -> Moment:
    "Train from the start until `done` parts are done, and say what is known then."
    (a, b), grad, summed, losses = START, (0., 0.), 0, []
    rounds = [float(loss_at(a, b))]
    for step in range(max(done - 1, 0) // 4 + 1):
        epoch, batch = divmod(step, BATCHES)
        items = np.random.default_rng(epoch).permutation(12)[SIZE * batch:SIZE * (batch + 1)]
        left = done - 4 * step                     # parts of this step: 0 to 4
        x, y = WEEKS[items], HEIGHT[items]
        now = Moment(done, lr, 'ready' if not left else PARTS[left % 4], epoch + 1, batch + 1,
                     x, y, a, b, losses=losses, rounds=rounds)
        if left >= 1: now.pred = a * x + b
        if left >= 2:
            now.loss = float(((now.pred - y) ** 2).mean())
            losses.append(now.loss)
        if left >= 3:
            new = slope_at(a, b, x, y)
            grad, summed = (grad[0] + new[0], grad[1] + new[1]), summed + 1
            now.grad, now.summed = grad, summed
        if left >= 4:
            now.was, a, b = (a, b), a - lr * grad[0], b - lr * grad[1]
            now.a, now.b = a, b
            if zero: grad, summed = (0., 0.), 0    # what opt.zero_grad() does
            if batch == BATCHES - 1: rounds.append(float(loss_at(a, b)))
    return now


def moment_finding(m: Moment) -> str:
    "What the last part has brought to light."
    return dict(ready=_ready, predict=_predicted, loss=_lost, gradient=_sloped,
                step=_stepped)[m.part](m)


def _ready(m):
    return (f'Batch 1 of {BATCHES}: four of the twelve plants. The parameters say that a plant '
            f'is {number(m.b)} dm high when it sprouts, and then '
            f'{"grows" if m.a > 0 else "shrinks"} by {number(abs(m.a))} dm a week. '
            'Press Predict.')


def _predicted(m):
    i = int(np.abs(m.pred - m.y).argmax())
    return (f'Epoch {m.epoch}, batch {m.batch} of {BATCHES}: for the plant of {m.x[i]:.1f} weeks '
            f'the model predicts {number(m.pred[i])} dm; it is {m.y[i]:.1f}. No other of the four '
            'is missed by more.')


def _lost(m):
    squares = (m.pred - m.y) ** 2
    return (f'One number for four misses: the loss is {number(m.loss)}, the mean of their squares. '
            f'The largest miss makes {100 * squares.max() / squares.sum():.0f} % of it.')


def _sloped(m):
    def way(name, slope): return f'{"less" if slope > 0 else "more"} {name}'
    pile = f' (the sum of {m.summed} batches: nobody set it to zero)' if m.summed > 1 else ''
    return (f'The gradient{pile} is two slopes: {number(m.grad[0])} for a and '
            f'{number(m.grad[1])} for b. So {way("growth a", m.grad[0])} and '
            f'{way("height b", m.grad[1])} would lower the loss.')


def _stepped(m):
    after = float(loss_at(m.a, m.b, m.x, m.y))
    verb = 'falls' if after < m.loss else 'rises'
    text = (f'a goes from {number(m.was[0])} to {number(m.a)}, b from {number(m.was[1])} to '
            f'{number(m.b)}. On these four plants the loss {verb} from {number(m.loss)} to '
            f'{number(after)}.')
    if m.batch < BATCHES: return text
    before, now = m.rounds[-2:]
    return (f'{text} That was epoch {m.epoch}: every plant once, {BATCHES} steps. Over all twelve '
            f'the loss went from {number(before)} to {number(now)}.')


# the lab

def _until(part):
    "A button that goes on until this part has just been done."
    def act(settings):
        ahead = (PARTS.index(part) - settings['done']) % 4 or 4
        return dict(done=_at_most(settings['done'] + ahead, part))
    return act


def _at_most(done, part):
    while done > LAST: done -= 4
    return done


def _epoch(settings): return dict(done=min((settings['done'] // 12 + 1) * 12, LAST))


CONTROLS = dict(
    done=state(0, 0, LAST),
    lr=slider('Learning rate', .1, values=[.01, .02, .05, .1, .2, .3, .4, .5, .6]),
    zero=switch('Zero the gradients after each step', True))


def step_the_loop_lab(**settings) -> Lab:
    "Go through the training loop part by part and watch the numbers."
    actions = {part.capitalize(): _until(part) for part in ('predict', 'loss', 'gradient', 'step')}
    return Lab('step_the_loop_lab', CONTROLS, stand_at, draw_moment, moment_finding,
               settings=settings, actions=actions | {'Epoch': _epoch}, title='Step the loop',
               about='What happens in one step of training? Go round with the buttons.',
               figsize=(8.2, 5.8), narrow=(4.2, 8.2))
