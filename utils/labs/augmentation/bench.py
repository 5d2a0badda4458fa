"Bench: nine draws of an augmentation, and what a small model says to each of them."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F

from ...augment import BatchTransforms, Brightness, Contrast, Saturation
from ...plots import COLORS
from ...spatial import Dihedral, Rotate, Warp, Zoom
from ..base import Lab
from ..controls import choice, next_seed, slider, switch, upload
from ..uploads import open_upload
from .readers import BREEDS, SHOWN, ask, digit_picture, pet_picture, square, train_all

__all__ = ['Draws', 'nine_draws', 'draw_nine', 'draws_finding', 'bench_lab']

FLIPS = {'none': 0., 'left to right': 1., 'top to bottom': 2.}      # as `Dihedral` numbers them
DIGITS = 3, 2, 6, 9, 7, 4, 5, 0, 8, 1, 6, 9
COUNTS = 'None One Two Three Four Five Six Seven Eight'.split()
CONTROLS = dict(
    picture=choice('Picture', 'pet', {'A drawn pet': 'pet', 'A digit': 'digit',
                                      'A photograph': 'photo'}),
    helped=switch('Model trained with augmentation', False),
    rotate=slider('Rotate, up to', 25, 0, 180, 5, '°'),
    flip=choice('Flip half of them', 'none', list(FLIPS)),
    brightness=slider('Brightness, up to', .3, 0., .9, .05),
    zoom=slider('Zoom, up to', 1., 1., 3., .1, '×'),
    warp=slider('Tilt in space, up to', 0., 0., .8, .05),
    contrast=slider('Contrast, up to', 0., 0., .9, .05),
    saturation=slider('Saturation, up to', 0., 0., .9, .05, help='Digits are grey: no effect.'),
    p=slider('Chance of each change', 1., 0., 1., .05),
    example=slider('Which pet or digit', 10, 0, 11),
    own=upload('Or a picture of your own', instead_of='picture'),
    seed=slider('Seed of the dice', 0, 0, 20))


@dataclass
class Draws:
    "A picture, nine changed copies, and what the model says to each."
    source: str            # 'pet', 'digit', 'photo' or 'own'
    truth: str             # what the picture shows; '' where the model's classes do not fit
    picture: torch.Tensor  # (channels, 96, 96)
    copies: torch.Tensor   # (9, channels, 96, 96)
    changes: dict          # words -> what was drawn, (9,)
    said: list             # the model's answer to the picture, then to the copies: 10 words
    sure: np.ndarray       # their probabilities, (10,)

    @property
    def kept(self) -> list:
        "For each copy: is the answer that to the unchanged picture?"
        return [word == self.said[0] for word in self.said[1:]]


@lru_cache(maxsize=2)
def photograph(data=None) -> torch.Tensor:
    "The middle of an uploaded picture, or of a real photograph of a cat, (3, 96, 96)."
    if data: x = square(open_upload(data, 400))[None]
    else:
        from skimage.data import chelsea
        x = square(chelsea())[None]
    side = min(x.shape[-2:])
    top, left = (x.shape[-2] - side) // 2, (x.shape[-1] - side) // 2
    return F.interpolate(x[..., top:top + side, left:left + side], size=SHOWN, mode='area')[0]


def _given(picture, example, own):
    "Where the picture is from, what it shows, and its numbers."
    if own: return 'own', '', photograph(own)
    if picture == 'photo': return 'photo', '', photograph()
    if picture == 'digit': return picture, str(DIGITS[example]), \
        digit_picture(DIGITS[example], 30 + example)
    breed = BREEDS[example % len(BREEDS)]
    return picture, breed, pet_picture(breed, 100 + example)


def _dice(s):
    "What nine throws say, for the settings `s`: the same dice, more or less strongly."
    rng = np.random.default_rng(s['seed'])
    u, coins = rng.uniform(-1, 1, (8, 9)), rng.random((8, 9)) < s['p']
    u[0] = np.sign(u[0]) * (.15 + .85 * abs(u[0]))         # hardly any turn teaches little
    u[1:] *= coins[1:]
    return dict(
        turned=s['rotate'] * u[0] * coins[0], mirrored=FLIPS[s['flip']] * (u[1] > 0),
        lit=s['brightness'] * u[2], zoomed=s['zoom'] ** abs(u[3]), tilted=s['warp'] * u[4],
        tilted_too=s['warp'] * u[5], contrast=(1 - s['contrast']) ** -u[6],
        colour=(1 - s['saturation']) ** -u[7])


def _changed(x, d, seed):
    "Nine copies, changed as the dice `d` say: moved in one step, lit in another."
    spot = np.random.default_rng(seed + 100).random((2, 9))
    tfms = BatchTransforms([
        Dihedral(1., d['mirrored']), Warp(.5, 1., d['tilted'], d['tilted_too']),
        Rotate(draw=d['turned'], p=1.),
        Zoom(draw=d['zoomed'], draw_x=spot[0], draw_y=spot[1], p=1.),
        Brightness(p=1., draw=.5 + d['lit'] / 2), Contrast(p=1., draw=d['contrast']),
        Saturation(p=1., draw=d['colour'])])
    return tfms(x.expand(9, -1, -1, -1), generator=torch.Generator().manual_seed(0))


def nine_draws(picture='pet', helped=False, example=10, own=None, seed=0, **strengths) -> Draws:
    "Change a picture nine times, and ask a model about it and about every copy."
    start = {k: c.value for k, c in CONTROLS.items()}
    d = _dice(start | strengths | dict(seed=seed))
    source, truth, x = _given(picture, example, own)
    copies = _changed(x, d, seed)
    kind = 'digits' if source == 'digit' else 'pets'
    probs = ask(kind, helped, torch.cat([x[None], copies]))
    names = BREEDS if kind == 'pets' else '0123456789'
    said = [names[i] for i in probs.argmax(1)]
    return Draws(source, truth, x, copies, d, said, probs.max(1))


# the sentence

def percent(p: float) -> str:
    "A probability in words; never a false certainty."
    return '> 99 %' if p > .995 else f'{100 * p:.0f} %'


def how_far(d: dict) -> np.ndarray:
    "One number for how strongly each of the nine was changed: shares of what the sliders allow."
    light = abs(d['lit']) + abs(np.log(d['contrast'])) / 4 + abs(np.log(d['colour'])) / 4
    moved = abs(d['turned']) / 180 + np.log(d['zoomed']) + (d['mirrored'] > 0) / 2
    return light + moved + abs(d['tilted']) + abs(d['tilted_too'])


def in_words(d: dict, i: int) -> str:
    "What was done to copy `i`: its changes, those too small to see left out."
    said = []
    if abs(d['turned'][i]) >= 1:
        said.append(f"turned by {abs(d['turned'][i]):.0f}° "
                    f"to the {'right' if d['turned'][i] > 0 else 'left'}")
    if d['mirrored'][i]:
        said.append('mirrored' if d['mirrored'][i] == 1 else 'flipped top to bottom')
    if d['zoomed'][i] > 1.05: said.append(f"enlarged {d['zoomed'][i]:.1f}×")
    if abs(d['tilted'][i]) + abs(d['tilted_too'][i]) > .05: said.append('tilted')
    if abs(d['lit'][i]) > .04: said.append('brighter' if d['lit'][i] > 0 else 'darker')
    if abs(np.log(d['contrast'][i])) > .1:
        said.append('harsher' if d['contrast'][i] > 1 else 'fainter')
    if abs(np.log(d['colour'][i])) > .1:
        said.append('more colourful' if d['colour'][i] > 1 else 'paler')
    return ', '.join(said) or 'hardly changed'


def draws_finding(r: Draws) -> str:
    "What the model says to the unchanged picture, how many draws keep that, where it breaks first."
    first = f'To the unchanged picture the model says {r.said[0]}'
    if r.source in ('photo', 'own'):
        first = (f'The pets model, which learned four breeds from drawings and never saw a '
                 f'photograph, says {r.said[0]} to the unchanged picture')
    else: first += ', rightly' if r.said[0] == r.truth else f', wrongly: it is {r.truth}'
    far, n = how_far(r.changes), sum(r.kept)
    if far.max() == 0: return f'{first}. Nothing is changed, so it says so nine more times.'
    if n == 9: return f'{first}. All nine draws keep that answer, even number ' \
                      f'{far.argmax() + 1}: {in_words(r.changes, int(far.argmax()))}.'
    i = int(np.where(r.kept, np.inf, far).argmin())
    text = (f'{first}. {COUNTS[n]} of nine draws keep{"s" * (n == 1)} that answer. The gentlest '
            f'one that breaks it is number {i + 1} ({in_words(r.changes, i)}): {r.said[i + 1]}.')
    return text + _turned_over(r)


def _turned_over(r):
    "A six turned by 180° is a nine: then the model is not to blame."
    other = {'6': '9', '9': '6'}.get(r.truth)
    over = (abs(r.changes['turned']) > 120) & (r.changes['mirrored'] == 0)
    hits = [i + 1 for i in range(9) if over[i] and r.said[i + 1] == other]
    if not hits: return ''
    return f' Number {hits[0]} a person would read as {other} too: here the meaning has turned.'


# the picture

GAP, BAND = 10, 24      # dots between the copies, and for the words below each


def sheet(r: Draws) -> np.ndarray:
    "The nine copies in three rows, each framed by whether the answer is kept."
    step_x, step_y = SHOWN + GAP, SHOWN + BAND
    page = np.full((3 * step_y, 3 * step_x - GAP, 3), 255, np.uint8)
    copies = _bytes(r.copies)
    for i, (copy, kept) in enumerate(zip(copies, r.kept)):
        y, x = i // 3 * step_y, i % 3 * step_x
        page[y:y + SHOWN, x:x + SHOWN] = _rgb(COLORS['good' if kept else 'bad'])
        page[y + 3:y + SHOWN - 3, x + 3:x + SHOWN - 3] = copy[3:-3, 3:-3]
    return page


def _rgb(color): return np.array([int(color[i:i + 2], 16) for i in (1, 3, 5)], np.uint8)


def _bytes(x):
    "Pictures as bytes, (n, 96, 96, 3): quicker to draw than floats."
    return (255 * x.expand(-1, 3, -1, -1) + .5).byte().permute(0, 2, 3, 1).numpy()


def draw_nine(fig, r: Draws):
    "The unchanged picture, and beside or below it nine draws with the model's answers."
    fig.set_layout_engine('none')
    phone = fig.get_figwidth() < 5
    places = ((.3, .7, .4, .225), (.02, .01, .96, .66)) if phone else \
        ((.01, .3, .27, .45), (.33, .01, .66, .97))
    left, right = (fig.add_axes(p) for p in places)
    for ax in (left, right): ax.axis('off')
    one = left.imshow(np.zeros((SHOWN, SHOWN, 3), np.uint8), interpolation='bilinear')
    above = left.set_title('', fontsize=11)
    nine = right.imshow(sheet(r), interpolation='bilinear')
    words = [right.text(i % 3 * (SHOWN + GAP), i // 3 * (SHOWN + BAND) + SHOWN + 3, '', va='top',
                        fontsize=8.5 if phone else 9.5) for i in range(9)]

    def update(r):
        one.set_data(_bytes(r.picture[None])[0])
        above.set_text(f'Unchanged:\n{r.said[0]}, {percent(r.sure[0])}')
        nine.set_data(sheet(r))
        for i, text in enumerate(words):
            text.set_text(f'({i + 1}) {r.said[i + 1]}, {percent(r.sure[i + 1])}')
            text.set_color('#00704f' if r.kept[i] else '#b34700')
    update(r)
    return update


# the lab

def bench_lab(
    **settings,  # picture='pet', helped=False, rotate=25, flip='none', brightness=.3, zoom=1. …
) -> Lab:
    "Change a picture in nine random ways, and see what a small model says to each."
    return Lab(
        'bench_lab', CONTROLS, nine_draws, draw_nine, draws_finding, settings=settings,
        figsize=(6.6, 4.5), narrow=(4.2, 6.1), title='Bench', prepare=train_all,
        more=('zoom', 'warp', 'contrast', 'saturation', 'p', 'example', 'own', 'seed'),
        actions={'Throw the dice again': next_seed(21)},
        about='Which changes keep the meaning? Nine draws, and what a small model says to each. '
              'It learned from 20 pictures a class.')
