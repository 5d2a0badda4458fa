"Click a cell: the pictures behind each number of a confusion matrix."
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Rectangle
from PIL import Image

from ...datasets.pets import pet_breeds
from ...plots import COLORS
from ..base import Lab
from ..controls import choice
from ..picture import new_figure
from .answers import Answers, answers_of, stored_answers, train_answers

__all__ = ['Cell', 'look_into', 'draw_cell', 'cell_finding', 'next_mistake', 'click_a_cell_lab']

COUNTS, ROWS, COLUMNS = 'count', 'row', 'column'
NUMBERS = {'counts': COUNTS, 'shares of each row (actual)': ROWS,
           'shares of each column (predicted)': COLUMNS}
ACROSS, DOWN = 6, (2, 1, 1)      # pictures in a row; rows of the three strips
GAP = 3                          # dots between two pictures


@dataclass
class Cell:
    "One cell of a matrix, and three strips of pictures: its own, and two to compare with."
    answers: Answers
    row: int             # the actual class
    column: int          # the predicted class
    numbers: str         # what stands in the cells
    strips: list         # (words, numbers of pictures, is it right?) three times

    @property
    def matrix(self) -> np.ndarray:
        "The counts, (c, c)."
        return self.answers.matrix

    @property
    def shown(self) -> np.ndarray:
        "What stands in the cells: counts, or shares of each row or column."
        m = self.matrix
        if self.numbers == COUNTS: return m
        return m / np.maximum(m.sum(1 if self.numbers == ROWS else 0, keepdims=True), 1)


def words(name): return str(name).replace('_', ' ')


def look_into(
    answers: Answers,  # pictures and what was answered for them
    row: int,          # the actual class
    column: int,       # the predicted class
    numbers: str,      # 'count', 'row' or 'column'
) -> Cell:
    "The pictures of one cell, the surest answers first, and of two others to compare them with."
    truth, said = answers.truth, answers.said
    sure = answers.probs.max(1)

    def where(mask):
        found = np.flatnonzero(mask)
        return found[np.argsort(-sure[found], kind='stable')]
    a, b = words(answers.names[row]), words(answers.names[column])
    own = where((truth == row) & (said == column))
    if row == column:
        strips = [(f'{a}, recognised', own, True),
                  (f'{a}, taken for another', where((truth == row) & (said != row)), False),
                  (f'another, taken for {a}', where((truth != row) & (said == row)), False)]
    else:
        strips = [(f'{a}, taken for {b}', own, False),
                  (f'{a}, recognised', where((truth == row) & (said == row)), True),
                  (f'{b}, recognised', where((truth == column) & (said == column)), True)]
    return Cell(answers, row, column, numbers, strips)


def ranked_mistakes(matrix) -> list:
    "(row, column) of the cells off the diagonal that hold pictures, the most frequent first."
    cells = [(i, j) for i, j in np.ndindex(*matrix.shape) if i != j and matrix[i, j]]
    return sorted(cells, key=lambda at: -matrix[at])


def next_mistake(matrix, row: int, column: int) -> tuple:
    "The next most frequent mistake after this cell; after the last, the first again."
    ranked = ranked_mistakes(matrix)
    if not ranked: return row, column
    place = ranked.index((row, column)) + 1 if (row, column) in ranked else 0
    return ranked[place % len(ranked)]


# the sentence

def cell_finding(c: Cell) -> str:
    "Which breed is taken for which, how often, and how often the other way round."
    m, i, j = c.matrix, c.row, c.column
    a, b = (words(c.answers.names[k]) for k in (i, j))
    if i == j: return _diagonal_finding(m, i, a, c.answers.names)
    n, back = m[i, j], m[j, i]
    of_a, of_b = m[i].sum(), m[j].sum()
    if not n:
        return (f'No {a} was taken for a {b}. The other way round it happened to {back} of '
                f'{of_b}. {_usual(m, i, a, c.answers.names)}')
    rank = ranked_mistakes(m).index((i, j))
    place = 'the most frequent mistake of all' if not rank else \
        f'{rank} cell{"s" if rank > 1 else ""} off the diagonal stand before it'
    return (f'{n} of {of_a} pictures of {a} ({n / of_a:.0%}) were taken for {b}: {place}. The '
            f'other way round: {back} of {of_b} ({back / max(of_b, 1):.0%}). {_way(n, back)}')


def _way(n, back):
    if n == back: return 'It goes both ways alike.'
    if min(n, back) * 3 <= max(n, back): return 'It goes mostly one way.'
    return 'It goes both ways: the two look alike to the net.'


def _usual(m, i, a, names):
    "What a class is mostly taken for."
    wrong = np.where(np.arange(len(m)) == i, 0, m[i])
    if not wrong.any(): return f'Every {a} was recognised.'
    return f'When {a} is not recognised, it is mostly taken for {words(names[wrong.argmax()])}.'


def _diagonal_finding(m, i, a, names):
    "Recall and precision of one class, in words."
    right, actual, answered = m[i, i], m[i].sum(), m[:, i].sum()
    if not actual: return f'No picture here shows {a}.'
    found = f'{right} of {actual} pictures of {a} were recognised: recall {right / actual:.2f}.'
    if not answered: return f'{found} The net never answered {a}.'
    return (f'{found} {right} of {answered} answers "{a}" are true: precision '
            f'{right / answered:.2f}. {_usual(m, i, a, names)}')


# the picture

def draw_cell(fig, c: Cell):
    "The matrix with the chosen cell framed, and its pictures above two strips to compare with."
    stacked = fig.get_figwidth() < 5
    grid = dict(height_ratios=(1.15, 1)) if stacked else dict(width_ratios=(1.2, 1))
    left, right = fig.subfigures(2, 1, **grid) if stacked else fig.subfigures(1, 2, **grid)
    ax, strips = left.add_axes((0, 0, 1, 1)), right.subplots(3, 1, height_ratios=DOWN)
    ax.axis('off')
    boards = [_Dots(s) for s in strips]
    for s, rows in zip(strips, DOWN):
        s.axis('off')
        s.set(xlim=(0, ACROSS), ylim=(0, rows), aspect='equal')
        s.set_title('above', fontsize=10)
    fig.get_layout_engine().execute(fig)        # now it is known how wide the matrix will be
    size = ax.bbox.width / fig.dpi, ax.bbox.height / fig.dpi
    drawn = {}                                  # kinds of numbers -> the matrix as dots, its edges

    def matrix(c):
        if c.numbers not in drawn: drawn[c.numbers] = _matrix_dots(c, size, fig.dpi)
        return drawn[c.numbers]
    edges = matrix(c)[1]
    ax.set(xlim=edges[:2], ylim=edges[2:])
    image = _Dots(ax)
    frame = ax.add_patch(Rectangle((0, 0), 1, 1, fill=False, lw=2.5, ec=COLORS['bad']))

    def update(c):
        image.set_data(matrix(c)[0])
        frame.set_xy((c.column - .5, c.row - .5))
        for s, board, rows, (title, found, right) in zip(strips, boards, DOWN, c.strips):
            board.set_data(_board(c.answers.images, found, rows, right))
            room = rows * ACROSS
            more = f', {room} shown' if len(found) > room else ''
            s.set_title(f'{title}: {len(found)}{more}', fontsize=10)
    update(c)
    return update


class _Dots(Artist):
    "Colours that fill their axes. `imshow` does the same, and works several times as long."

    def __init__(self, ax):
        super().__init__()
        ax.add_artist(self)

    def set_data(self, dots): self.dots = Image.fromarray(dots)

    def draw(self, renderer):
        x, y, width, height = self.axes.bbox.bounds
        size = int(width + 1e-6), int(height + 1e-6)         # 459.999… are 460
        fitting = self.dots.resize(size, Image.Resampling.BILINEAR)
        renderer.draw_image(renderer.new_gc(), round(x), round(y),
                            np.asarray(fitting.convert('RGBA'))[::-1].copy())


def _matrix_dots(c, size, dpi):
    """The drawn matrix as an array, and its edges in rows and columns: (left, right, low, high).

    Its many words take matplotlib longer than all the rest, and no click changes them.
    """
    fig = new_figure(size, dpi)
    ax, shown = fig.subplots(), c.shown
    names = [words(n) for n in c.answers.names]
    top = max((shown * (1 - np.eye(len(shown)))).max() * 1.6, 1e-9)
    ax.imshow(shown, cmap='Blues', vmin=0, vmax=top)
    ax.set_xticks(range(len(names)), names, rotation=90, fontsize=9)
    ax.set_yticks(range(len(names)), names, fontsize=9)
    ax.set(xlabel='Predicted', ylabel='Actual')
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    for i, j in zip(*np.nonzero(c.matrix)):
        color = 'white' if shown[i, j] > top / 2 else COLORS['ink']
        ax.text(j, i, _number(shown[i, j], c.numbers), ha='center', va='center', fontsize=8,
                color=color)
    fig.canvas.draw()
    dots = np.asarray(fig.canvas.buffer_rgba())[..., :3].copy()
    corners = ax.transData.inverted().transform([(0, 0), dots.shape[1::-1]])
    return dots, corners.T.ravel()


def _number(value, numbers):
    "As short as a cell is: 7, or .21 for a share."
    if numbers == COUNTS: return str(value)
    return '1' if value == 1 else f'{value:.2f}'[1:]


def _board(images, found, rows, right):
    "Up to `rows` rows of pictures in one, each with a coloured edge."
    side = images.shape[1] + 2 * GAP
    board = np.full((rows * side, ACROSS * side, 3), 255, np.uint8)
    color = COLORS['good' if right else 'bad']
    edge = [int(color[k:k + 2], 16) for k in (1, 3, 5)]
    for place, i in enumerate(found[:rows * ACROSS]):
        y, x = (place // ACROSS) * side, (place % ACROSS) * side
        board[y + 1:y + side - 1, x + 1:x + side - 1] = edge
        board[y + GAP:y + side - GAP, x + GAP:x + side - GAP] = images[i]
    return board


# the lab

class _OfInterp(Lab):
    "The lab on the reader's own answers: its line names the interpretation, too."

    @property
    def line(self):
        "One line that rebuilds this very state."
        return super().line.replace('(', '(interp, ', 1)


def click_a_cell_lab(
    interp=None,  # a ClassificationInterpretation; a net trained for this lab if None
    **settings,   # actual, predicted, numbers
) -> Lab:
    "Click a cell of the confusion matrix and see its pictures."
    kept = [answers_of(interp) if interp is not None else stored_answers()]
    names = kept[0].names if kept[0] else sorted(pet_breeds())
    start = ranked_mistakes(kept[0].matrix)[:1] if kept[0] else []

    def prepare():
        yield 0.
        yield from train_answers()
        kept[0] = stored_answers()

    def compute(actual, predicted, numbers):
        return look_into(kept[0], names.index(actual), names.index(predicted), numbers)

    def clicked(settings, panel, x, y):
        row, column = round(y), round(x)
        if panel or row not in range(len(names)) or column not in range(len(names)): return {}
        return dict(actual=names[row], predicted=names[column])

    def go_on(settings):
        at = next_mistake(kept[0].matrix, *(names.index(settings[k])
                                            for k in ('actual', 'predicted')))
        return dict(zip(('actual', 'predicted'), (names[k] for k in at)))
    a, b = start[0] if start else (1, 0)
    options = {words(n): n for n in names}
    controls = dict(actual=choice('Actual', names[a], options),
                    predicted=choice('Predicted', names[b], options),
                    numbers=choice('Numbers', COUNTS, NUMBERS))
    return (Lab if interp is None else _OfInterp)(
        'click_a_cell_lab', controls, compute, draw_cell, cell_finding, settings=settings,
        figsize=(8.6, 4.6), narrow=(4.2, 7.6), on_click=clicked,
        prepare=None if kept[0] else prepare, actions={'Next mistake': go_on}, title='Click a cell',
        about='Which pictures stand behind each number? Click a cell, or choose its row and '
              'column.')
