"""Labs that only the tests know: a quick one, one that fails, one that is slow."""
import time
from dataclasses import dataclass

import numpy as np
from ipywidgets import HTML, VBox

from utils.labs import DrawingPad, Lab, choice, entry, slider, state, switch, upload

__all__ = ['quick_lab', 'failing_lab', 'slow_lab', 'button_lab', 'prepared_lab', 'crash_lab',
           'pad_lab']

GRID = np.linspace(-1.3, 1.3, 200)


@dataclass
class Fit:
    "Points, the curve through them, and how far it leaves the truth."
    x: np.ndarray
    y: np.ndarray
    curve: np.ndarray
    degree: int
    miss: float


def fit(degree, noise, seed, points, truth, name) -> Fit:
    r = np.random.default_rng(seed)
    x = np.linspace(-1, 1, points)
    y = x**2 + noise * r.normal(size=points)
    curve = np.polyval(np.polyfit(x, y, min(degree, points - 1)), GRID)
    return Fit(x, y, curve, degree, float(abs(curve - GRID**2).max()))


def draw_fit(fig, result):
    ax = fig.subplots()
    dots, = ax.plot(result.x, result.y, 'o')
    curve, = ax.plot(GRID, result.curve)
    ax.set(ylim=(-1, 3), xlabel='x', ylabel='y')

    def update(result):
        dots.set_data(result.x, result.y)
        curve.set_ydata(result.curve)
    return update


def quick_lab(**settings):
    controls = dict(
        degree=slider('Degree', 3, 1, 11), noise=slider('Noise', .3, 0., 1., .05, ' m'),
        seed=choice('Seed', 4, [1, 2, 3, 4]), points=slider('Points', 12, values=[6, 12, 24, 48]),
        truth=switch('Show the truth', True), name=entry('Your name', '', help='Optional'))
    return Lab('quick_lab', controls, fit, draw_fit,
               lambda r: f'Degree {r.degree} misses the truth by {r.miss:.2f} beyond the points.',
               settings=settings, title='Noisy parabola',
               about='When does a curve learn, and when does it memorise?')


def draw_number(fig, result):
    ax = fig.subplots()
    ax.bar([0], [result])
    ax.set_ylim(0, 100)


def broken(n):
    if n > 5: raise ValueError(f'{n} sheep do not fit on the meadow.')
    return 1 / (n - 3)


def failing_lab(**settings):
    return Lab('failing_lab', dict(n=slider('Sheep', 3, 1, 9)), broken, draw_number,
               lambda r: f'The value is {r:.2f}.', settings=settings)


def count_to(n):
    for i in range(1, n + 1):
        time.sleep(.05)
        yield i


def slow_lab(**settings):
    return Lab('slow_lab', dict(n=slider('Steps', 100, 1, 100)), count_to, draw_number,
               lambda r: f'{r} steps are done.', settings=settings, title='Slow steps')


def button_lab(**settings):
    def crash(settings): raise RuntimeError('planted')
    controls = dict(step=state(0, 0, 5), size=slider('Size', 1, 1, 9),
                    file=upload('Picture', opened=len))
    return Lab('button_lab', controls,
               lambda step, size, file: step * size + len(file or b''), draw_number,
               lambda r: f'The bar is {r} high.', settings=settings,
               actions={'Step': lambda s: dict(step=s['step'] + 1), 'Crash': crash},
               on_click=lambda s, panel, x, y: dict(size=round(y / 10)))


def prepared_lab(**settings):
    def prepare():
        for i in range(4):
            time.sleep(.1)
            yield i / 4
    return Lab('prepared_lab', dict(n=slider('Number', 3, 1, 9)), lambda n: n, draw_number,
               lambda r: f'Ready with {r}.', settings=settings, prepare=prepare)


def crash_lab(): raise RuntimeError('planted')


def pad_lab():
    pad, words = DrawingPad(label='Your digit'), HTML('nothing yet')

    def say(_):
        left, top, right, bottom = pad.image(100).getbbox() or (0, 0, 0, 0)
        words.value = f'{len(pad.strokes)} strokes from {left} {top} to {right} {bottom}'
    pad.observe(say, 'strokes')
    return VBox([pad, words])
