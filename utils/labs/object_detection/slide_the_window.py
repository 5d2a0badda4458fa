"Slide the window: a recogniser is asked everywhere, and its many answers are thinned out."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from ...detection import nms, slide_window
from ...export import load_learner
from ...plots import COLORS
from ..base import Lab
from ..controls import slider
from .training import ASSETS, CROP
from .view import NAMES, BoxArtists, counted, matched, scene

__all__ = ['Swept', 'sweep', 'draw_sweep', 'sweep_finding', 'slide_the_window_lab']

CONTROLS = dict(
    window=slider('Window', 48, 24, 96, 8, ' px'),
    stride=slider('Stride', 8, 4, 32, 4, ' px'),
    threshold=slider('Score of at least', .9, .3, .99, .01),
    overlap=slider('Overlap allowed (IoU)', .4, 0., 1., .05),
    number=slider('Scene', 13, 0, 20))
SHOWN = 24          # boxes that get words


@dataclass
class Swept:
    "A scene, what the recogniser said in each window, and what is left of it."
    picture: np.ndarray   # (128, 128, 3)
    truth: np.ndarray     # boxes of the pets, (n, 4)
    names: list           # their names
    window: int           # pixels a side
    stride: int           # pixels from one window to the next
    heat: np.ndarray      # the score of cat or dog, whichever is higher, (rows, columns)
    called: int           # windows that reach the threshold
    boxes: np.ndarray     # those that are kept, the best first, (k, 4)
    said: list            # their names
    scores: np.ndarray    # (k,)
    hits: list            # does each meet a pet that no better one has met?


@lru_cache(maxsize=1)
def reader():
    "The recogniser that comes with the package: cat, dog or nothing, in 32 × 32 pixels."
    model = load_learner(ASSETS / 'window_reader.safetensors').model
    return model.to(memory_format=torch.channels_last)       # twice as quick


@lru_cache(maxsize=64)
def _asked(number, window, stride):
    "Probabilities of cat and dog in each window, (rows, columns, 2), and the windows."
    picture = torch.tensor(scene(number)[0].copy()).permute(2, 0, 1) / 255
    probs, boxes = slide_window(reader(), picture, window, stride, CROP)
    return probs[..., :2], boxes


def sweep(window, stride, threshold, overlap, number) -> Swept:
    "Ask about every window, keep what is sure, and of what overlaps only the best."
    picture, truth, names = scene(number)
    probs, boxes = _asked(number, window, stride)
    score, name = probs.flatten(0, 1).max(1)
    sure = (score >= threshold).nonzero()[:, 0]
    kept = sure[nms(boxes.flatten(0, 1)[sure], score[sure], overlap)]
    boxes, said = boxes.flatten(0, 1)[kept].numpy(), [NAMES[i] for i in name[kept]]
    return Swept(picture, truth, names, window, stride, probs.amax(2).numpy(), len(sure), boxes,
                 said, score[kept].numpy(), matched(boxes, said, truth, names))


def sweep_finding(r: Swept) -> str:
    "How many windows call, how many boxes are left, and what these are worth."
    n, found = r.heat.size, sum(r.hits)
    pets = f'{len(r.names)} pet{"s" * (len(r.names) > 1)}'
    if not r.called: return f'None of {n} windows is sure enough: 0 of {pets} found.'
    wrong = len(r.boxes) - found
    calls = f'{r.called} of {n} windows call{"s" * (r.called == 1)} cat or dog'
    left = f'{counted(len(r.boxes), "box")} {"is" if len(r.boxes) == 1 else "are"} kept'
    text = f'{calls}; {left}. They find {found} of {pets}'
    if not wrong: return f'{text}, and no box is wrong.'
    return f'{text}; {counted(wrong, "box")} {"is" if wrong == 1 else "are"} wrong, ' \
           'or about a pet that a better one has found.'


def draw_sweep(fig, r: Swept):
    "The scene under its heat map, and the boxes that are kept."
    phone = fig.get_figwidth() < 5
    left, right = fig.subplots(2, 1) if phone else fig.subplots(1, 2)
    for ax in (left, right):
        ax.axis('off')
        ax.set_anchor('C')
    under = left.imshow(r.picture, alpha=.55)
    heat = left.imshow(r.heat, cmap='Oranges', vmin=0, vmax=1, alpha=.6, zorder=2)
    one = BoxArtists(left, 0, zorder=3)
    left.set_title('Score at the middle of each window', fontsize=10)
    over = right.imshow(r.picture, interpolation='bilinear')
    pets, boxes = BoxArtists(right, 0, linestyles='dashed'), BoxArtists(right, SHOWN)
    above = right.set_title('', fontsize=10)

    def update(r):
        for image in (under, over): image.set_data(r.picture)
        heat.set_data(r.heat)
        rows, columns = r.heat.shape
        edge = (r.window - r.stride) / 2 - .5
        heat.set_extent((edge, edge + columns * r.stride, edge + rows * r.stride, edge))
        for ax in (left, right): ax.set(xlim=(-.5, 127.5), ylim=(127.5, -.5))
        one.put([[1, 1, r.window, r.window]], [COLORS['ink']])
        pets.put(r.truth, [COLORS['truth']] * len(r.truth))
        paint = [COLORS['good' if hit else 'bad'] for hit in r.hits]
        words = [f'{n} {s:.2f}' for n, s in zip(r.said, r.scores)][:SHOWN]
        boxes.put(r.boxes, paint, words)
        above.set_text(f'{len(r.boxes)} kept of {r.called}; pets are dashed')
    update(r)
    return update


def slide_the_window_lab(
    **settings,  # window=48, stride=8, threshold=.9, overlap=.4, number=13
) -> Lab:
    "Sweep a recogniser over a scene, and thin out its answers."
    return Lab(
        'slide_the_window_lab', CONTROLS, sweep, draw_sweep, sweep_finding, settings=settings,
        figsize=(6.2, 3.5), narrow=(4.2, 8.2), title='Slide the window',
        about='Can a net that only says what it sees also say where? It is asked about every '
              'window of a scene; of boxes that overlap, the best is kept.')
