"Memorise noise: a small net on digits, some of whose labels were shuffled."
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
import torch.nn.functional as F

from ...datasets.digits import load_digits
from ...optimizer import Adam
from ...plots import COLORS
from ..base import Lab
from ..controls import slider
from ..picture import set_limits

__all__ = ['Memory', 'Digits', 'shuffled_digits', 'memorise', 'draw_memory', 'memory_finding',
           'memorise_noise_lab']

N_VALID = 500
BATCH = 50
RATE = 1e-2
CHANCE = .1


@dataclass
class Digits:
    "Training digits with some labels shuffled, and validation digits with their true ones."
    x: torch.Tensor         # (pictures, 64)
    y: torch.Tensor         # (pictures,) labels to train on
    lots: torch.Tensor      # (pictures,) whether this label was shuffled
    valid_x: torch.Tensor   # (500, 64)
    valid_y: torch.Tensor   # (500,) true labels


@dataclass
class Memory:
    "What a net has learnt after each epoch so far, on its own pictures and on new ones."
    data: Digits
    planned: int            # epochs to train
    train_loss: list        # one number per epoch
    valid_loss: list
    train_accuracy: list
    valid_accuracy: list
    recalled: float         # share of the shuffled labels that the net gives back

    @property
    def turn(self) -> int:
        "The epoch with the smallest validation loss, counted from 0."
        return int(np.argmin(self.valid_loss))


@lru_cache(1)
def _all_digits():
    images, labels = load_digits()
    return torch.from_numpy(images.reshape(-1, 64)), torch.from_numpy(labels)


def shuffled_digits(
    share: float = 1.,    # share of the training labels that are shuffled among themselves
    pictures: int = 300,  # training pictures
    seed: int = 0,        # another seed, other pictures and other lots
) -> Digits:
    """Digits whose training labels are partly shuffled; those for validation stay true.

    >>> shuffled_digits(share=.5, pictures=100).lots.sum().item()
    50
    """
    x, y = _all_digits()
    rng = np.random.default_rng(seed)
    order = torch.from_numpy(rng.permutation(len(x)))
    valid, train = order[:N_VALID], order[N_VALID:N_VALID + pictures]
    labels, chosen = y[train].clone(), rng.permutation(pictures)[:round(share * pictures)]
    labels[chosen] = labels[rng.permutation(chosen)]
    lots = torch.zeros(pictures, dtype=torch.bool)
    lots[chosen] = True
    return Digits(x[train], labels, lots, x[valid], y[valid])


def _start(width, rng):
    "Weights and biases of two layers, drawn as torch draws them."
    def draw(n_in, *size): return (torch.rand(n_in, *size, generator=rng) * 2 - 1) / n_in ** .5
    params = [draw(64, width), torch.zeros(width), draw(width, 10), torch.zeros(10)]
    return [p.requires_grad_() for p in params]


def _scores(x, params, dropout=0., rng=None):
    w1, b1, w2, b2 = params
    hidden = F.relu(x @ w1 + b1)                          # (n, 64) → (n, width)
    if dropout:
        kept = torch.rand(hidden.shape, generator=rng) >= dropout
        hidden = hidden * kept / (1 - dropout)
    return hidden @ w2 + b2                               # (n, width) → (n, 10)


def _measure(x, y, params):
    "Loss, accuracy and which are right."
    with torch.no_grad(): scores = _scores(x, params)
    hits = scores.argmax(1) == y
    return F.cross_entropy(scores, y).item(), hits.float().mean().item(), hits


def memorise(
    share: float = 1.,    # share of the training labels that are shuffled
    width: int = 256,     # hidden units
    epochs: int = 60,     # how often every training picture is shown
    decay: float = 0.,    # weight decay
    dropout: float = 0.,  # share of the hidden units that are silent in each step
    pictures: int = 300,  # training pictures
    seed: int = 0,        # where all random numbers start
):
    "Train a net of one hidden layer, and yield a `Memory` after each epoch."
    data = shuffled_digits(share, pictures, seed)
    rng = torch.Generator().manual_seed(seed)
    params = _start(width, rng)
    opt = Adam(params, RATE, sqr_mom=.999, eps=1e-8, wd=decay)
    m = Memory(data, epochs, [], [], [], [], 0.)
    for _ in range(epochs):
        for batch in torch.randperm(pictures, generator=rng).split(BATCH):
            loss = F.cross_entropy(_scores(data.x[batch], params, dropout, rng), data.y[batch])
            loss.backward()
            opt.step()
            opt.zero_grad()
        loss, accuracy, hits = _measure(data.x, data.y, params)
        valid_loss, valid_accuracy, _ = _measure(data.valid_x, data.valid_y, params)
        m = Memory(data, epochs, m.train_loss + [loss], m.valid_loss + [valid_loss],
                   m.train_accuracy + [accuracy], m.valid_accuracy + [valid_accuracy],
                   hits[data.lots].float().mean().item() if data.lots.any() else 0.)
        yield m


# the picture

def draw_memory(fig, m: Memory):
    "Two pairs of curves: the losses, and the accuracies with the line of mere chance."
    axs = fig.subplots(2, 1) if fig.get_figwidth() < 5 else fig.subplots(1, 2)
    lines = []
    for ax, what in zip(axs, ('loss', 'accuracy')):
        for k, words in (('train', 'training'), ('valid', 'validation')):
            line, = ax.plot([], [], color=COLORS[k], label=words)
            dot, = ax.plot([], [], 'o', color=COLORS[k], ms=6)
            lines.append((line, dot))
        ax.set(xlabel='epoch', ylabel=what)
        ax.grid(axis='y')
    axs[0].legend(loc='upper right', frameon=True, edgecolor='none', framealpha=1)
    axs[1].axhline(CHANCE, color=COLORS['truth'], ls='--', lw=1.2)
    axs[1].annotate('chance', (1, CHANCE), xycoords=('axes fraction', 'data'), xytext=(-2, 3),
                    textcoords='offset points', ha='right', color='#666666', fontsize=10)
    axs[1].set_ylim(-.03, 1.05)
    turn = axs[0].axvline(1, color=COLORS['valid'], ls=':', lw=1.2)
    turn2 = axs[1].axvline(1, color=COLORS['valid'], ls=':', lw=1.2)
    update = partial(_grow, axs, lines, (turn, turn2))
    update(m)
    return update


def _grow(axs, lines, turns, m):
    "Draw the epochs so far."
    epochs = np.arange(len(m.valid_loss))
    curves = m.train_loss, m.valid_loss, m.train_accuracy, m.valid_accuracy
    for (line, dot), values in zip(lines, curves):
        line.set_data(epochs, values)
        dot.set_data(epochs[-1:], values[-1:])
    for ax in axs: set_limits(ax, (-1, m.planned))
    top = max(m.train_loss[0], *m.valid_loss)
    set_limits(axs[0], y=(0, 1.35 * max(top, 1.)))
    for line in turns: line.set_xdata([m.turn, m.turn])
    axs[0].set_title(f'New digits: best loss at epoch {m.turn}')
    axs[1].set_title(f'Known {m.train_accuracy[-1]:.2f}, new {m.valid_accuracy[-1]:.2f}')


def memory_finding(m: Memory) -> str:
    "What is known by heart, what is read of new digits, and whether the loss has turned."
    n, lots = len(m.data.y), int(m.data.lots.sum())
    known, new, kept = m.train_accuracy[-1], m.valid_accuracy[-1], round(m.recalled * lots)
    heart = f'knows all {n} labels by heart' if known == 1 else \
        f'gives {known:.2f} of its {n} labels back'
    drawn = '' if not lots else f', {"all" if kept == lots else f"{kept} of the"} {lots} ' \
        'shuffled ones included'
    reads = f'it gets {new:.2f} right' + (', no better than chance' if at_chance(new) else '')
    return f'The net {heart}{drawn}. On new digits {reads}. {_after_the_turn(m)}'


def at_chance(
    accuracy: float,  # on new digits
) -> bool:
    "Whether guessing would do as well."
    return accuracy < CHANCE + .05


def _after_the_turn(m):
    "What happened after the epoch of the smallest validation loss."
    now, then = m.valid_loss[-1], m.valid_loss[m.turn]
    if now < then + .02: return 'The validation loss has not turned.'
    gained = m.valid_accuracy[-1] - m.valid_accuracy[m.turn]
    meanwhile = ', while the accuracy still climbed' if gained > .005 else \
        ', and the accuracy fell with it' if gained < -.005 else ', while the accuracy stood still'
    if at_chance(m.valid_accuracy[-1]): meanwhile = ''
    return f'Since epoch {m.turn} the validation loss has risen from {then:.2f} to {now:.2f}' \
           f'{meanwhile}.'


def memorise_noise_lab(
    **settings,  # share, width, epochs, decay, dropout, pictures, seed
) -> Lab:
    "Train a small net on digits with shuffled labels, and watch what it learns by heart."
    controls = dict(
        share=slider('Share of shuffled labels', 1., 0., 1., .1),
        width=slider('Hidden units', 256, values=[4, 16, 64, 256, 512]),
        epochs=slider('Epochs', 60, 10, 120, 10),
        decay=slider('Weight decay', 0, values=[0, .1, .3, 1, 3, 10]),
        dropout=slider('Dropout', 0., 0., .9, .1),
        pictures=slider('Training pictures', 300, 50, 1000, 50),
        seed=slider('Seed', 0, 0, 20))
    return Lab('memorise_noise_lab', controls, memorise, draw_memory, memory_finding,
               settings=settings, figsize=(7.4, 3.5), narrow=(4.2, 5.6), more=('pictures', 'seed'),
               title='Memorise noise',
               about='Can a net learn labels that mean nothing? Validation labels stay true.')
