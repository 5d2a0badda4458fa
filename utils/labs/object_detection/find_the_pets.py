"Find the pets: the course's detector on a drawn scene or on a visitor's picture."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from ...detection import find_boxes, load_detector
from ...plots import COLORS
from ..base import Lab
from ..controls import slider, upload
from ..uploads import open_upload
from .view import NAMES, PAINT, BoxArtists, counted, matched, scene, told

__all__ = ['Found', 'find_pets', 'draw_found', 'found_finding', 'find_the_pets_lab']

SIDE = 128          # pixels of the longer side, as in the scenes that the detector knows
SHOWN = 20
CONTROLS = dict(
    threshold=slider('Score of at least', .4, .05, .95, .05),
    overlap=slider('Overlap allowed (IoU)', .5, 0., 1., .05),
    number=slider('Scene', 18, 0, 30),
    own=upload('Or a picture of your own', instead_of='number'))


@dataclass
class Found:
    "A picture, what each cell of the grid says, and the boxes."
    picture: np.ndarray   # (h, w, 3)
    own: bool             # is it the visitor's?
    truth: np.ndarray     # boxes of the pets, (n, 4); none known of a visitor's picture
    names: list           # their names
    heat: np.ndarray      # the highest score of each cell, (h/8, w/8)
    boxes: np.ndarray     # the best first, (k, 4)
    said: list            # their names
    scores: np.ndarray    # (k,)
    hits: list            # does each meet a pet that no better one has met?


@lru_cache(maxsize=1)
def detector():
    "The detector that comes with the package."
    return load_detector()


@lru_cache(maxsize=4)
def opened(data: bytes) -> np.ndarray:
    "A visitor's picture, its longer side as long as a scene, both a multiple of 16 pixels."
    im = open_upload(data, 400)
    scale = SIDE / max(im.size)
    w, h = (max(round(v * scale / 16), 1) * 16 for v in im.size)
    return np.asarray(im.resize((w, h)))


@lru_cache(maxsize=40)
def _grid(number, own):
    "What every cell says about the picture, (1, 6, rows, columns)."
    pixels = opened(own) if own else scene(number)[0]
    learn = detector()
    x = torch.tensor(pixels.copy()).permute(2, 0, 1)[None]
    with torch.no_grad():
        return learn.loss_func.activation(learn.model(learn.dls.valid.after_batch(
            (x,), False, None)[0]))


def find_pets(threshold, overlap, number, own=None) -> Found:
    "Ask the detector; keep what is sure, and of boxes that overlap the best."
    picture, truth, names = (opened(own), np.zeros((0, 4)), []) if own else scene(number)
    acts = _grid(number, own)
    rows = find_boxes(acts, threshold, overlap, SHOWN)[0]
    rows = rows[rows[:, 4] >= 0].numpy()
    said = [NAMES[int(i)] for i in rows[:, 4]]
    hits = matched(rows[:, :4], said, truth, names)
    return Found(picture, bool(own), truth, names, acts[0, :2].amax(0).numpy(), rows[:, :4], said,
                 rows[:, 5], hits)


def found_finding(r: Found) -> str:
    "What is found, how sure the least sure one is, and how that compares with the truth."
    if not len(r.boxes):
        none = f'The detector finds nothing. The highest score of a cell is {r.heat.max():.2f}.'
        return none if r.own else f'{none} There {_are(r.names)} {told(r.names)}.'
    text = f'The detector finds {told(r.said)}, the least sure with {r.scores.min():.2f}.'
    if r.own: return f'{text} It learned from drawings alone, and answers about whatever it sees.'
    missed, wrong = len(r.names) - sum(r.hits), len(r.boxes) - sum(r.hits)
    if not missed and not wrong: return f'{text} That is right: every pet, each once.'
    return f'{text} There {_are(r.names)} {told(r.names)}: {missed or "none"} missed, ' \
           f'{counted(wrong, "box")} wrong or double.'


def _are(names): return 'is' if len(names) == 1 else 'are'


def draw_found(fig, r: Found):
    "The picture with its boxes, and the scores of the cells."
    phone = fig.get_figwidth() < 5
    left, right = fig.subplots(2, 1) if phone else fig.subplots(1, 2)
    for ax in (left, right): ax.axis('off')
    under = left.imshow(r.picture, interpolation='bilinear')
    faint = right.imshow(r.picture, alpha=.35)
    heat = right.imshow(r.heat, cmap='Oranges', vmin=0, vmax=1, alpha=.7, zorder=2)
    pets, boxes = BoxArtists(left, 0, linestyles='dashed'), BoxArtists(left, SHOWN)
    above = left.set_title('Boxes; pets are dashed', fontsize=10)
    right.set_title('Score of each cell: whose centre?', fontsize=10)

    def update(r):
        h, w = r.picture.shape[:2]
        for image, data in ((under, r.picture), (faint, r.picture), (heat, r.heat)):
            image.set_data(data)
            image.set_extent((-.5, w - .5, h - .5, -.5))
        for ax in (left, right): ax.set(xlim=(-.5, w - .5), ylim=(h - .5, -.5))
        pets.put(r.truth, [COLORS['truth']] * len(r.truth))
        words = [f'{n} {s:.2f}' for n, s in zip(r.said, r.scores)]
        boxes.put(r.boxes, [PAINT[n] for n in r.said], words)
        above.set_text('Boxes' if r.own else 'Boxes; pets are dashed')
    update(r)
    return update


def find_the_pets_lab(
    **settings,  # threshold=.4, overlap=.5, number=18
) -> Lab:
    "Find cats and dogs in a drawn scene, or in a picture of your own."
    return Lab(
        'find_the_pets_lab', CONTROLS, find_pets, draw_found, found_finding, settings=settings,
        figsize=(6.2, 3.5), narrow=(4.2, 8.2), title='Find the pets',
        actions={'Next scene': lambda s: dict(number=(s['number'] + 1) % 31, own=None)},
        about='Where are cats and dogs, and how sure is the detector? It learned from drawn '
              'scenes.')
