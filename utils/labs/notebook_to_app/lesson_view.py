"How a lesson looks: its losses, its confusion matrix, and the sentence that reads them."
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from ...plots import COLORS
from ..picture import figure_png, new_figure, set_limits
from .album import KINDS, Album, sample_pictures
from .lessons import Lesson

__all__ = ['draw_lesson', 'draw_still', 'lesson_finding', 'STILL']

STILL = ('Five drawn samples of each of three classes, pug, samoyed and Siamese cat: what a '
         'visitor may teach with one press, or with pictures of their own.')
ORANGE = '#9a6700'      # dark enough for words


def counts(r: Lesson) -> tuple[int, int]:
    "How many held-out pictures are named rightly, and of how many."
    return int(np.trace(r.matrix)), len(r.truth)


def of_them(right: int, n: int, what: str) -> str:
    "So many of so many in words."
    return f'{"all" if right == n else right} {"" if right == n else "of "}{n} {what}'


def lesson_finding(
    r: Lesson,             # the newest
    running: bool = False,  # is training under way?
    matrix=None,           # of pictures that were tested besides, (classes, classes)
) -> str:
    "What is learned, what is mistaken, and what more pictures said."
    right, n = counts(r)
    named = f'the net names {of_them(right, n, "held-out pictures")} rightly'
    if running: return (f'Epoch {r.epochs} of {r.planned}: training loss {r.losses[-1]:.2f}, and '
                        f'{named}.')
    text = f'After {r.epochs} epochs {named}'
    total = r.matrix
    if matrix is not None:
        total = total + matrix
        good, all_ = int(np.trace(matrix)), int(matrix.sum())
        text += f', and {of_them(good, all_, "unseen samples")} ({good / all_:.0%})'.replace(
            '%', ' %')
    return f'{text}. {mistaken(r.names, total)}'.strip()


def mistaken(names: list, matrix) -> str:
    "Which class is most often taken for which; '' where none is."
    wrong = matrix - np.diag(np.diag(matrix))
    if not wrong.any(): return ''
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    times = 'once' if wrong[i, j] == 1 else f'{wrong[i, j]} times'
    return f'Most often mistaken: {names[i]}, taken for {names[j]} {times}.'


# the picture

def draw_lesson(fig: Figure, shown):
    "Losses over epochs and the confusion matrix of a (lesson, matrix of more pictures)."
    narrow = fig.get_figwidth() < 5
    left, right = fig.subplots(2, 1, height_ratios=(1, 1.25)) if narrow else \
        fig.subplots(1, 2, width_ratios=(1.35, 1))
    parts = _losses(left, shown[0].planned), _matrix(right, shown[0].names)

    def update(shown):
        for part in parts: part(*shown)
    update(shown)
    return update


def _losses(ax, planned):
    lines = [ax.plot([], [], color=COLORS[k], marker=m, ms=3, lw=2)[0]
             for k, m in (('train', ''), ('valid', 'o'))]
    for y, words, color in ((.93, 'training', COLORS['train']), (.85, 'held out', ORANGE)):
        ax.text(.97, y, words, color=color, fontsize=11, ha='right', va='center',
                transform=ax.transAxes)
    ax.set(xlim=(.5, planned + .5), xlabel='epoch', ylabel='loss')
    ax.grid(axis='y')

    def update(r, _):
        x = np.arange(1, r.epochs + 1)
        for line, values in zip(lines, (r.losses, r.held_losses)): line.set_data(x, values)
        set_limits(ax, y=(0, np.ceil(2 * max(1., *r.losses, *r.held_losses)) / 2))
        ax.set_title(f'Training loss {r.losses[-1]:.2f}, held-out loss {r.held_losses[-1]:.2f}')
    return update


def _short(name, most=13): return name if len(name) <= most else f'{name[:most - 1]}…'


def _matrix(ax, names):
    n = len(names)
    image = ax.imshow(np.ones((n, n, 3)))
    cells = [[ax.text(j, i, '', ha='center', va='center', fontsize=17) for j in range(n)]
             for i in range(n)]
    words = [_short(name) for name in names]
    plain = dict(labels=words, parse_math=False)    # or a name with $ signs would be a formula
    ax.set_xticks(range(n), **plain)
    ax.set_yticks(range(n), rotation=90, va='center', **plain)
    ax.set(xlabel='what the net says', ylabel='what it is')
    ax.tick_params(length=0)
    for spine in ax.spines.values(): spine.set_visible(False)
    for k in range(n - 1):
        ax.axvline(k + .5, color='white', lw=3)
        ax.axhline(k + .5, color='white', lw=3)

    def update(r, more):
        matrix = r.matrix if more is None else r.matrix + more
        image.set_data(_paint(matrix))
        for i, j in np.ndindex(n, n):
            strong = i == j and matrix[i, j] > .55 * matrix[i].sum()
            cells[i][j].set(text=matrix[i, j] or '', color='white' if strong else COLORS['ink'])
        right, total = int(np.trace(matrix)), int(matrix.sum())
        ax.set_title(f'{right} of {total} right' + (', held out and unseen' if more is not None else
                                                    ', held out'))
    return update


def _paint(matrix):
    "Blue where it is right, orange where not, the stronger the more often; (n, n, 3)."
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    share = (.06 + .94 * share)[..., None]
    strong = np.where(np.eye(len(matrix))[..., None], [0, .447, .698], [.91, .48, .1])
    return np.where(matrix[..., None] + np.eye(len(matrix))[..., None] > 0,
                    1 - share * (1 - strong), [.955, .965, .975])


# the still picture of a page that nobody uses yet

def draw_still() -> bytes:
    "Samples of the three classes that the page begins with, as a PNG."
    kinds, (side, gap, left) = [c.kind for c in Album().classes], (96, 6, 118)
    step = side + gap
    page = Image.new('RGB', (left + 5 * step, 3 * step + gap), 'white')
    fig = new_figure((page.width / 100, page.height / 100), 140)
    fig.set_layout_engine('none')
    for row, kind in enumerate(kinds):
        for k, picture in enumerate(sample_pictures(kind, 0, 5)):
            page.paste(picture, (left + k * step, row * step + gap))
        fig.text(.015, 1 - (row + .5) / 3, KINDS[kind], fontsize=11, va='center')
    ax = fig.add_axes((0, 0, 1, 1), zorder=-1)
    ax.imshow(page, aspect='auto')
    ax.axis('off')
    return figure_png(fig)
