"Each loses something: four ways to bring a photograph to a square, and what each of them costs."
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from matplotlib.patches import Rectangle
from PIL import Image

from ...core import PILImage
from ...datasets.pets import draw_pet
from ...plots import COLORS
from ...resize import RandomResizedCrop, Resize, choose_crop, crop_dice
from ..base import Lab
from ..controls import choice, next_seed, slider, state, upload
from ..uploads import open_upload
from ..picture import freeze_layout, set_limits

__all__ = ['Loss', 'photograph', 'resize_once', 'what_is_lost', 'draw_loss', 'loss_finding',
           'each_loses_something_lab']

SIZE = 160          # side of the result, in pixels
SHOWN = 280         # longest side of the photo in the figure
COSTS = 'cut\naway', 'filled\nin', 'stretched\nby'     # columns of the table
FRAME = 1.3         # width / height of the frame around the photo
DICE = 200          # random crops for the average
METHODS = {'crop': 'Crop', 'squish': 'Squish', 'pad': 'Pad', 'random': 'Random crop'}
# file, part of it that is used, where the subject stands in that part (left, top, right, bottom)
PHOTOS = {'cat': ('chelsea.png', None, (70, 15, 350, 268), "the cat's face"),
          'motorcycle': ('motorcycle_left.png', None, (95, 78, 684, 452), 'the motorcycle'),
          'rocket': ('rocket.jpg', (200, 0, 440, 427), (100, 122, 146, 410), 'the rocket')}
WORDS = {'Cat (photograph)': 'cat', 'Motorcycle (photograph)': 'motorcycle',
         'Rocket (tall photograph)': 'rocket', 'Pet (drawn, square)': 'pet'}


@dataclass
class Loss:
    "A picture brought to a square one way, and what all four ways cost."
    photo: np.ndarray     # (h, w, 3)
    result: np.ndarray    # (160, 160, 3)
    method: str           # crop, squish, pad or random
    window: tuple         # left, top, width, height in the photo; pad's window is larger than it
    costs: dict           # {method: (cut away, filled in, stretched)}: shares and a factor
    subject: str          # what should stay in the picture, in words; empty if not known
    seen: float           # share of the subject that is in the result
    usual: float          # share that a random crop cuts away on average


@lru_cache
def photograph(
    name: str,            # 'cat', 'motorcycle', 'rocket' or 'pet'
):                        # picture, box of its subject, the subject in words
    "One of the lab's pictures: photographs that come with scikit-image, and a drawn pet."
    if name == 'pet':
        picture, info = draw_pet('beagle', seed=3, size=160)
        return picture, info['box'], 'the pet'
    file, part, box, words = PHOTOS[name]
    folder = Path(find_spec('skimage').origin).parent / 'data'      # importing it takes a second
    picture = PILImage.create(folder / file)
    return (picture.crop(part) if part else picture), box, words


def what_is_lost(
    size: tuple,          # width and height of the photo
    window: tuple,        # what a method looks at: left, top, width, height; it may be larger
) -> tuple:               # share cut away, share of the result filled in, factor of stretching
    """What a window costs that is brought to a square.

    >>> what_is_lost((400, 200), (100, 0, 200, 200))     # a square out of the middle
    (0.5, 0.0, 1.0)
    """
    left, top, w, h = window
    seen = overlap((0, 0, *size), (left, top, left + w, top + h))
    return 1 - seen / (size[0] * size[1]), 1 - seen / (w * h), max(w / h, h / w)


def overlap(a, b) -> float:
    "The area that two boxes (left, top, right, bottom) share."
    sides = [min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1)]
    return max(sides[0], 0) * max(sides[1], 0)


def _window(method, tfm, params, size):
    "Where in the picture a transform looks: left, top, width, height."
    w, h = size
    if method == 'squish': return 0, 0, w, h
    if method == 'random': return choose_crop(w, h, **params, ratio=tfm.ratio)
    side = (max if method == 'pad' else min)(w, h)
    return int(params[0] * (w - side)), int(params[1] * (h - side)), side, side


def _transforms(keep, fill):
    return {'crop': Resize(SIZE), 'squish': Resize(SIZE, 'squish'),
            'pad': Resize(SIZE, 'pad', fill), 'random': RandomResizedCrop(SIZE, keep)}


def _draw(method, tfm, seed):
    "The dice of a training picture; padding goes to both sides alike, to compare."
    if method == 'pad': return [.5, .5]
    return tfm.draw(True, torch.Generator().manual_seed(seed))


@lru_cache(maxsize=256)
def _usual_cut(size, keep):
    "What a random crop cuts away on average."
    ratio = RandomResizedCrop(SIZE).ratio
    dice = crop_dice(DICE, keep, ratio, torch.Generator().manual_seed(0))
    throws = zip(dice['tries'].tolist(), dice['place'].tolist())
    windows = [choose_crop(*size, tries, place, ratio) for tries, place in throws]
    return float(np.mean([what_is_lost(size, window)[0] for window in windows]))


def resize_once(
    picture: str = 'cat',          # which photograph
    file: bytes = None,            # a picture file of the reader's, which takes its place
    method: str = 'crop',          # crop, squish, pad or random
    keep: float = .35,             # least share of the area that a random crop keeps
    fill: str = 'zeros',           # what padding is made of: zeros, border or reflection
    seed: int = 2,                 # other dice for the places of the crops
) -> Loss:
    "Bring a picture to a square one way, and say what each of the four ways costs."
    if file is None: photo, box, words = photograph(picture)
    else: photo, box, words = open_upload(file, 640), None, ''
    windows, tfms = {}, _transforms(keep, fill)
    for name, tfm in tfms.items():
        windows[name] = _window(name, tfm, _draw(name, tfm, seed), photo.size)
    costs = {name: what_is_lost(photo.size, window) for name, window in windows.items()}
    result = tfms[method].apply(photo, _draw(method, tfms[method], seed))
    left, top, w, h = windows[method]
    seen = overlap(box, (left, top, left + w, top + h)) / overlap(box, box) if box else 1.
    return Loss(np.asarray(photo), np.asarray(result), method, windows[method], costs, words, seen,
                _usual_cut(photo.size, keep))


# the picture

def draw_loss(fig, r: Loss):
    "The photo with its window, the result, and a table of what each way costs."
    narrow = fig.get_figwidth() < 5
    if narrow:
        rows = fig.add_gridspec(2, 1, height_ratios=[3, 2])
        photo, result = rows[0].subgridspec(1, 2, width_ratios=[3, 2]).subplots()
        table = fig.add_subplot(rows[1])
    else: photo, result, table = fig.subplots(1, 3, width_ratios=[2.9, 2.3, 2.4])
    shade, frame = dict(color='#ffffff', alpha=.72), dict(fill=False, color=COLORS['bad'], lw=2)
    pictures = [ax.imshow(np.zeros((2, 2, 3)), aspect='auto', interpolation='nearest')
                for ax in (photo, result)]
    shades = [photo.add_patch(Rectangle((0, 0), 0, 0, lw=0, **shade)) for _ in range(4)]
    frames = [ax.add_patch(Rectangle((0, 0), 0, 0, **frame)) for ax in (photo, result)]
    for ax, words in ((photo, ''), (result, 'the square')):
        ax.text(.5, 1.03, words, ha='center', fontsize=10.5, transform=ax.transAxes)
    for ax in (photo, result): ax.axis('off')
    _look(result, SIZE, SIZE, 1)
    result.set_box_aspect(1)
    photo.set_box_aspect(1 / FRAME)
    fill = partial(_fill, *_table(table))
    update = partial(_move, photo, result, pictures, shades, frames, fill)
    update(r)
    fig.get_layout_engine().execute(fig)
    freeze_layout(fig)       # here, so that the first picture is drawn as all later ones are
    return update


def _look(ax, w, h, frame):
    "Show a picture in the middle of a frame of given width / height, whatever its own shape."
    wide = max(w, h * frame) * 1.03
    set_limits(ax, (w / 2 - wide / 2, w / 2 + wide / 2),
               (h / 2 + wide / frame / 2, h / 2 - wide / frame / 2))


def _table(ax):
    "Rows for the ways, columns for the costs: labels of the axes, for these are kept as an image."
    ax.set(xlim=(.4, 3.6), ylim=(4.5, .5))
    ax.xaxis.tick_top()
    ax.set_xticks([1, 2, 3], COSTS, fontsize=9, color='#666666')
    ax.set_yticks(range(1, 5), METHODS.values(), fontsize=10, color=COLORS['ink'], va='center')
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    dashes, = ax.plot([], [], ls='', marker='_', ms=6, color='#999999')
    cells = {m: [ax.text(x, y, '', ha='center', va='center', fontsize=10) for x in (1, 2, 3)]
             for y, m in enumerate(METHODS, 1)}
    return ax.yaxis, cells, dashes


def _fill(names, cells, dashes, r):
    "Write what each way costs; the chosen one's row is bold."
    none = []
    for name, (m, words) in zip(names.get_ticklabels(), cells.items()):
        weight, (cut, filled, stretched) = 'bold' if m == r.method else 'normal', r.costs[m]
        if name.get_weight() != weight: names.stale = True
        name.set_weight(weight)
        for word, text in zip(words, (share(cut), share(filled), factor(stretched))):
            word.set(text='' if text == '–' else text, weight=weight)
            if text == '–': none.append(word.get_position())
    dashes.set_data(*zip(*none))


def _move(photo, result, pictures, shades, frames, fill, r):
    "Put everything where the result says."
    h, w = r.photo.shape[:2]
    left, top, ww, wh = r.window
    sees = max(left, 0), max(top, 0), min(left + ww, w), min(top + wh, h)
    for picture, a, (wide, high) in ((pictures[0], _shrunk(r.photo), (w, h)),
                                     (pictures[1], r.result, (SIZE, SIZE))):
        picture.set_data(a)
        picture.set_extent((0, wide, high, 0))
    outside = ((0, 0, sees[0], h), (sees[2], 0, w, h), (sees[0], 0, sees[2], sees[1]),
               (sees[0], sees[3], sees[2], h))
    for patch, box in zip(shades, outside): _place(patch, box)
    _place(frames[0], sees)
    scale = SIZE / ww, SIZE / wh
    _place(frames[1], [(sees[i] - r.window[i % 2]) * scale[i % 2] for i in range(4)])
    _look(photo, w, h, FRAME)
    photo.texts[0].set_text(f'{w} × {h} pixels')
    fill(r)


def _shrunk(a):
    "The photo no larger than it is shown: matplotlib would take longer over it."
    small = Image.fromarray(a)
    small.thumbnail((SHOWN, SHOWN), Image.Resampling.BOX)
    return np.asarray(small)


def _place(patch, box):
    patch.set(x=box[0], y=box[1], width=box[2] - box[0], height=box[3] - box[1])


def share(
    v: float,  # 0 to 1
) -> str:
    "A share in percent, as the table and the sentence write it."
    return '–' if v < .005 else f'{100 * v:.0f} %'


def factor(
    v: float,  # 1 or more
) -> str:
    "A factor of stretching."
    return '–' if v < 1.005 else f'{v:.2f} ×'


def loss_finding(r: Loss) -> str:
    "What this way loses, how much, and whether the subject survives."
    cut, filled, stretched = r.costs[r.method]
    usual = f' ({share(r.usual)} on average)' if r.method == 'random' else ''
    lost = [f'{share(cut)} of the picture is cut away{usual}'] if cut >= .005 else []
    if filled >= .005: lost.append(f'{share(filled)} of the square is filling')
    if stretched >= 1.005:
        wide = r.window[2] < r.window[3]
        lost.append(f'everything is {stretched:.2f} times too {"wide" if wide else "narrow"}')
    if not lost: said = 'Nothing is lost: this part of the picture is a square already'
    else: said = f'{METHODS[r.method]}: {" and ".join(lost)}'
    if r.subject:
        if .005 <= r.seen <= .995: said += f'; {share(r.seen)} of {r.subject} is left'
        else: said += f'; {r.subject} is {"whole" if r.seen > .995 else "gone"}'
    return f'{said}. {_beside(r)}'


def _beside(r):
    "The same photo by the other ways, where they differ."
    if max(r.photo.shape[:2]) == min(r.photo.shape[:2]):
        return 'On a square photo only the random crop loses anything.'
    cut, filled, stretched = r.costs['crop'][0], r.costs['pad'][1], r.costs['squish'][2]
    others = {'crop': f'cropping would cut {share(cut)} away',
              'squish': f'squishing would stretch by {stretched:.2f}',
              'pad': f'padding would fill {share(filled)}'}
    words = ' and '.join(v for m, v in others.items() if m != r.method)
    return words[0].upper() + words[1:] + '.' if r.method != 'random' else \
        'Next time it shows another part.'


CONTROLS = dict(
    picture=choice('Picture', 'cat', WORDS),
    file=upload('Or a picture of your own', instead_of='picture'),
    method=choice('Way', 'crop', {v: k for k, v in METHODS.items()}),
    keep=slider('Random crop keeps at least', .35, .05, 1., .05,
                help='A share of the area, as far as a shape from 3:4 to 4:3 can hold it.'),
    fill=choice('Padding with', 'zeros', {'Black': 'zeros', 'The border, drawn out': 'border',
                                          'A mirror image': 'reflection'}),
    seed=state(2, 0, 999))


def each_loses_something_lab(
    **settings,  # picture, file, method, keep, fill, seed
) -> Lab:
    "Bring a photograph to a square in four ways, and see what each of them loses."
    return Lab('each_loses_something_lab', CONTROLS, resize_once, draw_loss, loss_finding,
               settings=settings, figsize=(7.8, 2.9), narrow=(4.2, 3.7),
               title='Each loses something', about='What does a square cost a photograph?',
               actions={'New dice': next_seed()})
