"Broken on purpose: three programs stop with an error; step through their frames to the mistake."
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache

import torch

from ...core import tensor
from ...datasets.digits import load_digits
from ...plots import COLORS
from ..base import Lab
from ..controls import choice, state
from . import broken
from .frames import CELL, Frame, frames_of
from .sheet import RUST, SOFT, WIDTH, box, typeset, wipe, write

__all__ = ['Stop', 'run_broken', 'look_at', 'draw_stop', 'stop_finding', 'broken_on_purpose_lab']

BUGS = {'Shapes that do not fit': 'shape', 'A label out of range': 'label',
        'A loss that is nan': 'nan'}
FOUND = {   # bug, and the function in which the mistake was made
    ('shape', 'your cell'): 'Found: this cell built the model for 784 pixels (28 × 28), and a '
                            'digit here has 64 (8 × 8). Only this line needs mending.',
    ('label', 'train_digits'): 'Found: this function added 1 to every label. A model with 10 '
                               'outputs can score the labels 0 to 9, so label 10 has no place.',
    ('nan', 'your cell'): 'Found: this cell set the learning rate lr to 1000. Two huge steps made '
                          'the loss infinite, the third made it nan.'}
CLUES = {
    ('shape', 'train'): 'pixels has 64 columns, model wants 784. Who made them? Not this function: '
                        'it was given both.',
    ('shape', 'one_step'): 'The failing line multiplies pixels (64 columns) with the weights of a '
                           'model that takes 784. Both came from above: go up.',
    ('label', 'your cell'): 'Nothing is wrong here: 10 outputs, and labels from 0 to 9. One frame '
                            'on they are 1 to 10, so the mistake lies between: go down.',
    ('label', 'train'): 'The labels were handed in, 1 to 10: they are not made here. One more up.',
    ('label', 'one_step'): 'scores has 10 columns, the labels run from 1 to 10. Columns are '
                           'counted from 0, so the last is 9. Go up.',
    ('label', 'measure'): 'This function only passes scores and labels on. Look at their ranges, '
                          'then go up.',
    ('nan', 'train'): 'step is 2, and loss, kept from the step before, is already inf. So it went '
                      'wrong earlier, and fast: go up.',
    ('nan', 'one_step'): 'Every one of the scores is nan, so the weights were nan before this step '
                         'began. Go up.',
    ('nan', 'measure'): 'The loss is nan because all scores are. This check reports it; it is not '
                        'the cause. Go up.'}


@dataclass
class Stop:
    "A program that has stopped with an error, and the frame one looks at."
    bug: str        # 'shape', 'label' or 'nan'
    error: str      # the last line of the traceback
    frames: list    # of Frame, the outermost call first
    at: int         # position in `frames` of the one that is looked at

    @property
    def frame(self) -> Frame:
        "The frame that is looked at."
        return self.frames[self.at]


def run_broken(
    bug,     # 'shape', 'label' or 'nan'
    up=0,    # how often to go up from where it stopped
) -> Stop:
    "Run a program that fails, and look at one of its frames."
    error, frames = _stopped(bug)
    return Stop(bug, error, frames, max(len(frames) - 1 - up, 0))


@lru_cache
def _stopped(bug):
    "The last line of the traceback, and the frames."
    program = broken.PROGRAMS[bug]
    names = dict(nn=torch.nn, tensor=tensor, load_digits=load_digits, train=broken.train,
                 train_digits=broken.train_digits, log_loss=broken.log_loss)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        try:
            exec(compile(program, CELL, 'exec'), names)
        except (RuntimeError, IndexError, FloatingPointError) as e:
            frames = frames_of(e, {CELL: program})[1:]     # without the line above
            return f'{type(e).__name__}: {e}', frames


def stop_finding(s: Stop) -> str:
    "What the frame tells about the cause."
    found = FOUND.get((s.bug, s.frame.function))
    if found: return found
    if not s.frame.own:
        return (f'{s.frame.function} belongs to torch. It stopped because of what it was given: '
                'its code is not the place to look. Go up to code of your own.')
    return CLUES[s.bug, s.frame.function]


# the picture

SIZE = 8.5   # of letters of code, in points
BESIDE = (.015, .02, .3, .84), (.345, .44, .65, .42), (.345, .02, .65, .34)   # x, y, width, height
STACKED = (.02, .66, .96, .22), (.02, .31, .96, .29), (.02, .0, .96, .25)

def draw_stop(fig, s: Stop):
    "The calls under way, the code of one of them, its variables, and the error."
    fig.set_layout_engine('none')          # the places are known, so the picture comes at once
    stacked = fig.get_figwidth() < 5
    calls, code, held = map(fig.add_axes, STACKED if stacked else BESIDE)
    error = fig.text(.015, .985, '', va='top', color=RUST, fontsize=10, weight='bold')

    def update(s):
        for image in list(fig.images): image.remove()
        error.set_text(textwrap.fill(s.error, 44 if stacked else 80))
        _draw_calls(calls, s, stacked)
        wipe(code, 9, f'{s.frame.file}, line {s.frame.line}')
        for i, (number, _) in enumerate(s.frame.code):
            if number == s.frame.line: box(code, 0, i, 1, 1, '#fdeee5', 'none')
        wipe(held, 8, f'What {s.frame.function} holds')
        _set_lines(fig, code, 9, _code_lines(s.frame))
        _set_lines(fig, held, 8, _variable_lines(s.frame))
    update(s)
    return update


def _draw_calls(ax, s, stacked):
    wipe(ax, max(len(s.frames), 6), 'Calls, newest last')
    for i, f in enumerate(s.frames):
        here, stopped = i == s.at, f is s.frames[-1]
        box(ax, .01, i + .1, .97, .76, 'white' if not f.own else '#dcebf6' if here else '#e9edf1',
            COLORS['train'] if here else '#c4ccd4', 2 if here else 1)
        words = ' · '.join(['torch'] * (not f.own) + ['stopped here'] * stopped)
        apart = .16 if words and not stacked else 0     # on a wide page the words get their own row
        write(ax, .05, i + .5 - apart, f.function, 9.5, code=True,
              color=COLORS['ink'] if f.own else SOFT)
        write(ax, .95, i + .5 + apart, words, 8.5, color=RUST if stopped else SOFT, ha='right')


def _code_lines(frame):
    "The lines around the one that was running; it is marked, and darker than the others."
    indent = min((len(t) - len(t.lstrip()) for _, t in frame.code if t.strip()), default=0)
    return [(f'{"→" if n == frame.line else " "} {n:>4}  {text[indent:]}',
             COLORS['ink'] if n == frame.line else SOFT) for n, text in frame.code]


def _variable_lines(frame):
    return [(f'{name:<10} {words}', COLORS['ink']) for name, words in frame.variables.items()][:8]


def _set_lines(fig, ax, rows, lines):
    "Write lines on the rows of the sheet `ax`."
    place, (width, height) = ax.get_position(), fig.get_size_inches()
    pitch = place.height * height / rows
    letters = int(place.width * width * 72 / (SIZE * WIDTH))
    cut = [(t if len(t) <= letters else t[:letters - 1] + '…', c) for t, c in lines]
    top = (1 - place.y1) * height + pitch / 2 - .085
    typeset(fig, place.x0 * width, top, cut, SIZE, pitch)


# the lab

def look_at(
    bug: str,         # 'shape', 'label' or 'nan'
    frame: str = '',  # the bug and how often to go up, as in 'nan 2'; of another bug it is void
) -> Stop:
    "The frame that is looked at: a newly chosen bug begins where it stopped."
    of, _, up = (frame or f'{bug} 0').partition(' ')
    if of not in BUGS.values() or not re.fullmatch('[0-9]+', up):
        raise ValueError(f'frame={frame!r} names no frame: write the bug and how often to go up, '
                         f'as in {bug + " 2"!r}.')
    return run_broken(bug, int(up) if of == bug else 0)


def _looked_at(settings):
    "The same for a button: where `frame` makes no sense it begins where the bug stopped."
    try: return look_at(**settings)
    except ValueError: return run_broken(settings['bug'])


def _clicked(settings, panel, x, y):
    "A click on a call looks at it."
    calls = len(_looked_at(settings).frames)
    if panel != 0 or not 0 <= y < calls: return {}
    return dict(frame=f"{settings['bug']} {calls - 1 - int(y)}")


def _go(step):
    def act(settings):
        s = _looked_at(settings)
        last = len(s.frames) - 1
        return dict(frame=f'{s.bug} {min(max(last - s.at + step, 0), last)}')
    return act


def broken_on_purpose_lab(**settings) -> Lab:
    "Choose a bug, then step up and down through the calls that were under way."
    return Lab(
        'broken_on_purpose_lab',
        dict(bug=choice('Bug', 'shape', BUGS), frame=state('', high=9)),
        look_at, draw_stop, stop_finding, settings=settings,
        actions={'Up': _go(1), 'Down': _go(-1)}, on_click=_clicked, title='Broken on purpose',
        about='The error shows itself in one place. In which was it made?',
        figsize=(7, 4.6), narrow=(4.2, 6.4))
