"""Read my digit: draw or upload a digit, and see what a small model makes of it."""
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from PIL import Image

from ...datasets.digits import count_blocks, digit_bitmap, encode_digit, load_digits
from ...export import load_learner
from ...files import RandomSplitter
from ...plots import COLORS
from ..base import Lab
from ..controls import slider, state, upload
from ..pad import DrawingPad
from ..uploads import MEGABYTES, open_upload
from ..widgets_js import FOLDER
from .digit_view import DigitView, strokes_to_text, text_to_strokes

__all__ = ['Reading', 'read_digit', 'draw_reading', 'reading_finding', 'read_my_digit_lab']

SURE = .6            # below it, the sentence says that the model is not sure


@dataclass
class Reading:
    "What the model was given, what it saw, and what it made of it."
    source: str          # 'drawing', 'picture' or 'example'
    given: Image.Image   # the drawing's 32 × 32 dots; the picture; the example, smooth
    seen: np.ndarray     # (8, 8) from 0 (paper) to 1 (ink)
    probs: np.ndarray    # (10,) the probability of each digit
    example: int = 0     # position in the set
    label: int = 0       # what the set says it is
    new: bool = True     # the model never saw it in training

    @property
    def order(self) -> np.ndarray:
        "The digits, most probable first."
        return np.argsort(-self.probs, kind='stable')


@lru_cache
def reader():
    "The model, and which digits of the set it was not trained on."
    learn = load_learner(FOLDER / 'digit_reader.safetensors')
    return learn.model, frozenset(RandomSplitter(.2, 42)(range(1797))[1])


@lru_cache
def digits(): return load_digits()


@lru_cache(maxsize=1)
def picture_read(data):
    "An uploaded file as a small grey picture, and as the model sees it."
    picture = open_upload(data)
    seen = encode_digit(picture)
    picture.thumbnail((280, 280))
    return picture.convert('L'), seen


def read_digit(strokes='', picture=None, pen=6, example=691) -> Reading:
    "Read the drawing; without one the picture; without that a digit of the set."
    about = dict(source='example')
    if strokes:
        about['source'] = 'drawing'
        drawing = DrawingPad(strokes=text_to_strokes(strokes)).image(280, pen / 100)
        dots = digit_bitmap(drawing)
        given, seen = Image.fromarray(~dots), count_blocks(dots)
    elif picture:
        about['source'] = 'picture'
        given, seen = picture_read(picture)
    else:
        images, labels = digits()
        seen = images[example]
        paper = Image.fromarray((255 * (1 - np.pad(seen, 1))).astype(np.uint8))
        given = paper.resize((160, 160), Image.Resampling.BICUBIC)
        about |= dict(example=example, label=int(labels[example]), new=example in reader()[1])
    with torch.no_grad(): scores = reader()[0](torch.as_tensor(seen)[None, None])    # (1, 10)
    return Reading(given=given, seen=seen, probs=scores.softmax(1)[0].numpy(), **about)


def percent(p: float) -> str:
    "A probability in words; never a false certainty."
    return 'more than 99 %' if p > .995 else 'less than 1 %' if p < .005 else f'{100 * p:.0f} %'


def a_digit(d: int) -> str:
    "A digit with its article."
    return f'an {d}' if d == 8 else f'a {d}'


def reading_finding(r: Reading) -> str:
    "What was read, how sure the model is, and what it would say next."
    first, second = (int(d) for d in r.order[:2])
    p, q = r.probs[first], r.probs[second]
    if p < SURE: said = (f'I am unsure: perhaps {a_digit(first)} ({percent(p)}), perhaps '
                         f'{a_digit(second)} ({percent(q)}).')
    elif q < .005: said = f'I read {a_digit(first)}, with {percent(p)}; no other digit reaches 1 %.'
    else: said = (f'I read {a_digit(first)}, with {percent(p)}; the next guess is '
                  f'{a_digit(second)} with {percent(q)}.')
    if r.source != 'example': return said
    known = 'which I never saw in training' if r.new else 'one of those I learned from'
    this = f'digit {r.example} of the set, {known}'
    if first == r.label: return f'{said} That is right: it is {this}.'
    return f'{said} That is wrong: {this}, is labelled {r.label}.'


# the picture

GIVEN = {'drawing': 'Upright, 32 × 32 dots', 'picture': 'Your picture', 'example': 'From the set'}


def draw_reading(fig, r: Reading):
    "What was given, the 8 × 8 numbers that the model sees, and a bar for each digit."
    fig.set_layout_engine('none')
    stacked = fig.get_figwidth() < 5
    places = ((.02, .55, .45, .386), (.53, .55, .45, .386), (.08, .03, .68, .43)) if stacked else \
        ((.01, .53, .36, .4), (.01, .02, .36, .4), (.36, .02, .5, .91))
    given, seen, bars = (fig.add_axes(p) for p in places)
    grey = dict(cmap='gray', vmin=0, vmax=255, extent=(0, 1, 0, 1))
    first = given.imshow(np.full((2, 2), 255), **grey)
    second = seen.imshow(np.zeros((8, 8)), cmap='Greys', vmin=0, vmax=1, extent=(0, 8, 0, 8))
    seen.set_title('The model sees 8 × 8', fontsize=10.5)
    for ax in (given, seen):
        ax.set(xticks=[], yticks=[], anchor='W')
        for spine in ax.spines.values(): spine.set(visible=True, color=COLORS['line'])
    for k in range(1, 8):
        seen.axvline(k, color=COLORS['line'], lw=.5, alpha=.5)
        seen.axhline(k, color=COLORS['line'], lw=.5, alpha=.5)
    lengths = bars.barh(range(10), np.zeros(10), height=.68)
    labels = [bars.text(0, d, '', va='center', fontsize=10.5) for d in range(10)]
    bars.set(xlim=(0, 1), ylim=(9.6, -.6), xticks=[], yticks=range(10))
    bars.tick_params(length=0, labelsize=12)
    bars.spines['bottom'].set_visible(False)
    bars.set_title('Probability of each digit', fontsize=10.5)

    def update(r):
        given.set_title(GIVEN[r.source], fontsize=10.5)
        first.set_data(on_square(r.given))
        second.set_data(r.seen)
        for d, (bar, label, p) in enumerate(zip(lengths, labels, r.probs)):
            best = d == r.order[0]
            bar.set(width=max(p, .003), color=COLORS['train'] if best else '#9fb3c4')
            label.set(x=p + .02, color=COLORS['ink'] if best else '#5b6672',
                      text='' if p < .005 else percent(p).replace('more than', 'over'))
    update(r)
    return update


def on_square(picture: Image.Image) -> np.ndarray:
    "The grey picture in the middle of a white square."
    side = max(picture.size)
    square = Image.new('L', (side, side), 'white')
    square.paste(picture.convert('L'), ((side - picture.width) // 2, (side - picture.height) // 2))
    return np.asarray(square)


# the lab

CONTROLS = dict(
    strokes=state('', high=20_000),
    picture=upload('Or upload a picture', picture_read, help='One digit, dark on light or light '
                   f'on dark; at most {MEGABYTES} MB.'),
    pen=slider('Pen', 6, 3, 8, .5, ' % of the pad'),
    example=slider('Or a digit of the set', 691, 0, 1796, help='Shown while the pad is empty.'))


class DigitLab(Lab):
    "A lab with a pad on its page; drawing, uploading and choosing a digit replace one another."

    def __init__(self, **settings):
        super().__init__(
            'read_my_digit_lab', CONTROLS, read_digit, draw_reading, reading_finding,
            settings=settings, figsize=(6.9, 4.4), narrow=(4.2, 4.9), title='Read my digit',
            about='Draw a digit from 0 to 9 with mouse, finger or keyboard. A small model that '
                  'learned from 1,437 handwritten digits says what it reads.')
        text_to_strokes(self._settings['strokes'])                 # wrong text is told at once
        plain, kept = self.view, 'title about actions stoppable controls clickable values line'
        self.view = DigitView(**{k: getattr(plain, k) for k in kept.split()},
                              label='Pad for one digit')
        plain.close()
        self.view.observe(self._from_pad, 'strokes')
        self.view.on_msg(self._message)
        self._to_pad()

    def _from_pad(self, change):
        strokes = strokes_to_text(change['new'])
        if strokes == self._settings['strokes']: return
        self._change(self._settings | dict(strokes=strokes))

    def _to_pad(self):
        "Show on the pad what the settings say; what was drawn there is left as it is."
        strokes = self._settings['strokes']
        if strokes_to_text(self.view.strokes) != strokes:
            self.view.strokes = text_to_strokes(strokes)
        self.view.pen = self._settings['pen'] / 100

    def _change(self, settings):
        with self.view.hold_sync():    # pad and answer in one message: a quick hand does not wait
            super()._change(settings if settings == self.start
                            else newest(self._settings, settings))
            self._to_pad()


def newest(old: dict, new: dict) -> dict:
    "The new settings with the newest of drawing, picture and example alone."
    if new['strokes'] and new['strokes'] != old['strokes']: return new | dict(picture=None)
    if new['picture'] and new['picture'] != old['picture']: return new | dict(strokes='')
    if new['example'] != old['example']: return new | dict(strokes='', picture=None)
    return new


def read_my_digit_lab(
    **settings,  # strokes='100 20 100 180', pen=6 (percent of the pad), example=691
) -> DigitLab:
    "Draw or upload a digit, and see what a small model reads in it."
    return DigitLab(**settings)
