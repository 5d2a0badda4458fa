"Night falls: a model leaves the light it learned in, and an alarm should notice."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from ...plots import COLORS
from ..base import Lab
from ..controls import choice, slider
from .daylight import CHANGES, ask, by_day, change, prepare_daylight, statistics

__all__ = ['Night', 'let_night_fall', 'draw_night', 'night_finding', 'night_falls_lab']

BATCHES = 400            # batches of each kind, to count alarms
WATCHED = {'confidence': 'confidence', 'brightness': 'brightness',
           'contrast within a picture': 'contrast', 'any of the three': 'any'}
CONTROLS = dict(
    dark=slider('Light lost', 40, 0, 95, 5, '%'),
    blur=slider('Blur', 0, 0, 12, 1, ' % of the side'),
    noise=slider('Noise', 0, 0, 30, 5, ' % of white'),
    elsewhere=slider('Background: pets met in the other place', 0, 0, 100, 5, '%'),
    threshold=slider('Alarm beyond', 2., .5, 8., .25, ' standard errors'),
    watch=choice('The alarm watches', 'confidence', WATCHED),
    batch=slider('Pictures a batch', 16, values=[4, 8, 16, 32, 64]),
    seed=slider('Seed of the batches', 0, 0, 20))


@dataclass
class Night:
    "Changed pictures, what the net makes of them, and what the alarm makes of their batches."
    place: dict            # change -> its strength, as set
    pictures: np.ndarray   # (6, 96, 96, 3), 0 to 1
    said: list             # what the net says to these six
    right: list            # whether that is right
    alone: dict            # change -> its accuracy at each of CHANGES, the others at 0
    usual: float           # accuracy on the unchanged test pictures
    accuracy: float        # and on the changed ones
    sure_usual: np.ndarray  # confidence in each validation picture, (96,)
    sure: np.ndarray       # in each changed picture, (96,)
    quiet: np.ndarray      # standard errors of 400 batches of unchanged pictures
    strange: np.ndarray    # and of 400 batches of changed ones
    watch: str
    threshold: float

    @property
    def false_alarms(self) -> float:
        "The share of the unchanged batches that raise the alarm."
        return float((self.quiet > self.threshold).mean())

    @property
    def misses(self) -> float:
        "The share of the changed batches that do not."
        return float((self.strange <= self.threshold).mean())

    @property
    def changed(self) -> bool:
        "Is anything changed at all?"
        return any(self.place.values())


@lru_cache(32)
def _rows(n, batch, seed):
    "Which pictures come in each batch, (400, batch)."
    return np.random.default_rng(seed).integers(0, n, (BATCHES, batch))


def distance(
    new: np.ndarray,       # a statistic of the pictures, (n,)
    usual: np.ndarray,     # the same of the validation pictures
    rows: np.ndarray,      # which pictures come in each batch, (batches, pictures a batch)
) -> np.ndarray:           # (batches,)
    "How far each batch's mean is from the validation mean, in standard errors."
    error = usual.std() / rows.shape[1] ** .5
    return abs(new[rows].mean(1) - usual.mean()) / error


def _farthest(new, usual, rows, watch):
    names = usual if watch == 'any' else [watch]
    return np.max([distance(new[k], usual[k], rows) for k in names], axis=0)


@lru_cache(1)
def _plain(): return statistics(by_day(), by_day().test / 255)


@lru_cache(4)
def _seen(**place):
    "The six pictures, what the net says to them, its accuracy, and statistics of all pictures."
    d = by_day()
    x = change(d.test, d.away, **place)
    probs = ask(d, x)
    large = change(d.large, d.large_away, **place)
    said = ['cat dog'.split()[i] for i in ask(d, large).argmax(1)]
    accuracy = float((probs.argmax(1) == d.dogs.numpy()).mean())
    return large.permute(0, 2, 3, 1).numpy(), said, accuracy, statistics(d, x, probs)


def let_night_fall(
    dark=40,             # light lost, in %
    blur=0,              # radius of the blur, in % of a picture's side
    noise=0,             # standard deviation of the noise, in % of white
    elsewhere=0,         # share of the animals met in the other place, in %
    threshold=2.,        # standard errors beyond which the alarm goes off
    watch='confidence',  # or brightness, contrast, any
    batch=16,            # pictures a batch
    seed=0,              # of the batches
) -> Night:
    "Change the test pictures, ask the net about them, and let an alarm look at their batches."
    d, place = by_day(), dict(dark=dark, blur=blur, noise=noise, elsewhere=elsewhere)
    pictures, said, accuracy, now = _seen(**place)
    rows = _rows(len(d.test), batch, seed)
    return Night(place, pictures, said, [s == t for s, t in zip(said, ('cat', 'dog') * 3)],
                 d.alone, d.alone['dark'][0], accuracy, d.usual['confidence'], now['confidence'],
                 _farthest(_plain(), d.usual, rows, watch), _farthest(now, d.usual, rows, watch),
                 watch, threshold)


# the sentence

def night_finding(r: Night) -> str:
    "What accuracy and confidence say, and what the alarm costs and misses."
    cries = f'{100 * r.false_alarms:.0f} %'
    if not r.changed:
        return (f'Nothing is changed: accuracy {r.accuracy:.2f}, mean confidence '
                f'{r.sure.mean():.2f}, and still the alarm goes off in {cries} of the batches.')
    text = (f'Accuracy {r.accuracy:.2f} instead of {r.usual:.2f}; mean confidence '
            f'{r.sure.mean():.2f} instead of {r.sure_usual.mean():.2f}')
    if r.sure.mean() - r.accuracy > .15: text += ', so it is wrong and sure of it'
    what = 'all three' if r.watch == 'any' else r.watch
    return (f'{text}. Watching {what}, the alarm misses {100 * r.misses:.0f} % of the changed '
            f'batches, and goes off in {cries} of unchanged ones.')


# the picture

LOOKS = dict(dark=('light', COLORS['ink'], '-'), blur=('blur', COLORS['train'], '--'),
             noise=('noise', COLORS['good'], '-.'), elsewhere=('background', COLORS['bad'], ':'))
GAP, SHOWN = 6, 130      # dots between the pictures, dots a side
TITLE = dict(fontsize=10.5)    # so that three fit side by side


def draw_night(fig, r: Night):
    "Six changed pictures; accuracy over each change; confidences; the alarm's two histograms."
    narrow = fig.get_figwidth() < 5
    if narrow: axs = fig.subplots(4, 1, height_ratios=(1.7, 1.2, 1, 1))
    else:
        grid = fig.add_gridspec(2, 3, height_ratios=(.7, 1), width_ratios=(1.25, 1, 1))
        axs = [fig.add_subplot(grid[0, :]), *(fig.add_subplot(grid[1, i]) for i in range(3))]
    parts = [_pictures(axs[0], 3 if narrow else 6), _curves(axs[1]), _confidences(axs[2]),
             _alarm(axs[3])]

    def update(r):
        for part in parts: part(r)
    update(r)
    return update


def _sheet(r, columns):
    "The six pictures side by side, each framed by whether the net is right."
    step = SHOWN + GAP
    page = np.full((6 // columns * (step + 18) - GAP, columns * step - GAP, 3), 255, np.uint8)
    for i, (picture, right) in enumerate(zip(r.pictures, r.right)):
        y, x = i // columns * (step + 18), i % columns * step
        color = COLORS['good' if right else 'bad']
        page[y:y + SHOWN, x:x + SHOWN] = [int(color[k:k + 2], 16) for k in (1, 3, 5)]
        small = Image.fromarray((255 * picture).astype(np.uint8))
        page[y + 4:y + SHOWN - 4, x + 4:x + SHOWN - 4] = small.resize((SHOWN - 8,) * 2)
    return page


def _pictures(ax, columns):
    image, step = None, SHOWN + GAP
    words = [ax.text(i % columns * step + SHOWN / 2, i // columns * (step + 18) + SHOWN + 3, '',
                     fontsize=10, ha='center', va='top') for i in range(6)]
    ax.axis('off')

    def update(r):
        nonlocal image
        page = _sheet(r, columns)
        if image is None: image = ax.imshow(page, interpolation='nearest')
        else: image.set_data(page)
        for word, said, right in zip(words, r.said, r.right):
            word.set(text=said if right else f'{said}: wrong',
                     color='#00704f' if right else '#b34700')
        ax.set_title(f'{sum(r.right)} of these 6 are named rightly')
    return update


def _legend(ax, loc):
    ax.legend(loc=loc, fontsize=9.5, handlelength=1.8, labelspacing=.25, borderaxespad=.2)


def _curves(ax):
    "Accuracy over the strength of each change alone, dots as set; beside them all together."
    dots = {}
    ax.axhline(.5, color=COLORS['truth'], lw=1, ls=':')
    ax.text(0, .51, 'a coin', fontsize=9.5, color='#5f5f5f')
    ax.axvline(107, color=COLORS['line'], lw=1)
    together, = ax.plot([117], [.5], 'D', ms=9, color=COLORS['test'])
    ax.set(xlim=(-3, 127), ylim=(0, 1.04), ylabel='accuracy',
           xlabel='strength of each alone, in %')
    ax.set_xticks([0, 25, 50, 75, 100, 117], ['0', '25', '50', '75', '100', 'all'])
    ax.grid(axis='y')

    def start(r):
        for name, at in CHANGES.items():
            word, color, style = LOOKS[name]
            ax.plot(100 * np.array(at) / at[-1], r.alone[name], style, color=color, lw=1.8,
                    label=word)
            dots[name], = ax.plot([0], [0], 'o', ms=8, color=color, mec='white', clip_on=False)
        _legend(ax, 'lower left')

    def update(r):
        if not dots: start(r)
        for name, at in CHANGES.items():
            s = r.place[name]
            dots[name].set_data([100 * s / at[-1]], [np.interp(s, at, r.alone[name])])
        together.set_ydata([r.accuracy])
        ax.set_title(f'Accuracy {r.accuracy:.2f}, by day {r.usual:.2f}', **TITLE)
    return update


def _bars(ax, edges, **kwargs):
    "A histogram whose heights can be set anew: shares of all values."
    steps = ax.stairs(np.zeros(len(edges) - 1), edges, **kwargs)

    def update(values):
        inside = np.clip(values, edges[0], edges[-1] - 1e-6)
        steps.set_data(100 * np.histogram(inside, edges)[0] / len(values))
    return update


def _confidences(ax):
    edges = np.linspace(.5, 1, 11)
    valid = _bars(ax, edges, color=COLORS['valid'], fill=True, alpha=.55, label='validation')
    now = _bars(ax, edges, color=COLORS['test'], lw=2.2, label='now')
    ax.set(xlim=(.5, 1), ylim=(0, 105), ylabel='% of the pictures', xlabel='confidence')
    _legend(ax, 'upper left')

    def update(r):
        valid(r.sure_usual)
        now(r.sure)
        ax.set_title(f'Mean confidence {r.sure.mean():.2f}, by day {r.sure_usual.mean():.2f}',
                     **TITLE)
    return update


def _alarm(ax):
    edges = np.linspace(0, 12, 25)
    quiet = _bars(ax, edges, color=COLORS['valid'], fill=True, alpha=.55, label='unchanged')
    strange = _bars(ax, edges, color=COLORS['test'], lw=2.2, label='now')
    line = ax.axvline(0, color=COLORS['ink'], lw=1.6, label='alarm beyond')
    ax.set(xlim=(0, 12), ylim=(0, 60), ylabel='% of the batches')
    ax.set_xticks([0, 3, 6, 9, 12], ['0', '3', '6', '9', '12 +'])
    _legend(ax, 'upper right')

    def update(r):
        quiet(r.quiet)
        strange(r.strange)
        line.set_xdata([r.threshold] * 2)
        what = f'{r.watch if r.watch != "any" else "farthest"}, standard errors off'
        if ax.get_xlabel() != what: ax.set_xlabel(what)
        missed = f', {100 * r.misses:.0f} % missed' if r.changed else ''
        ax.set_title(f'Alarm: {100 * r.false_alarms:.0f} % false{missed}', **TITLE)
    return update


# the lab

def _clicked(settings, panel, x, y):
    "A click on the alarm's panel puts the threshold there."
    return dict(threshold=x) if panel == 3 else {}


def night_falls_lab(
    **settings,  # dark=40, blur=0, noise=0, elsewhere=0, threshold=2., watch='confidence' …
) -> Lab:
    "Let night fall on a model trained by day, and set an alarm that notices."
    return Lab('night_falls_lab', CONTROLS, let_night_fall, draw_night, night_finding,
               settings=settings, figsize=(9.6, 5.6), narrow=(4.2, 11.4), prepare=prepare_daylight,
               on_click=_clicked, title='Night falls',
               about='A model learned by day: cats at home, dogs outdoors. How wrong is it '
                     'elsewhere and in the dark, and who notices?')
