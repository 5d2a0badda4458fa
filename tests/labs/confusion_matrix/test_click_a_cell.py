"Every cell shows its own pictures, and the sentence agrees with scikit-learn's numbers."
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from utils.labs.confusion_matrix import click_a_cell as module
from utils.labs.confusion_matrix.answers import Answers
from utils.labs.confusion_matrix.click_a_cell import (
    cell_finding, click_a_cell_lab, draw_cell, look_into, next_mistake)
from utils.labs.picture import new_figure

NAMES = ['Abyssinian', 'Bengal', 'saint_bernard', 'pug']


def made_up(n=80, c=4, seed=1):
    "Answers with some mistakes; each picture's grey tells its number."
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, c - 1, n)                            # the last class never occurs
    probs = rng.dirichlet(np.ones(c), n)
    probs[np.arange(n), truth] += .5
    images = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 48, 48, 3))
    return Answers(images, truth, probs / 1.5, NAMES[:c])


@pytest.fixture
def lab(monkeypatch):
    monkeypatch.setattr(module, 'stored_answers', made_up)
    return click_a_cell_lab()


@pytest.mark.parametrize('numbers', ['count', 'row', 'column'])
@pytest.mark.parametrize('row, column', [(i, j) for i in range(3) for j in range(4)])
def test_a_cell_holds_the_pictures_that_it_counts(row, column, numbers):
    a = made_up()
    c = look_into(a, row, column, numbers)
    m = confusion_matrix(a.truth, a.probs.argmax(1), labels=range(4))
    assert np.array_equal(c.matrix, m)
    own = c.strips[0][1]
    assert len(own) == m[row, column]
    assert (a.truth[own] == row).all() and (a.said[own] == column).all()
    assert (np.diff(a.probs[own].max(1)) <= 0).all()             # the surest first
    shares = dict(count=m, row=m / m.sum(1, keepdims=True).clip(1),
                  column=m / m.sum(0, keepdims=True).clip(1))
    assert np.allclose(c.shown, shares[numbers])
    text = cell_finding(c)
    if row != column and m[row, column]:
        assert text.startswith(f'{m[row, column]} of {m[row].sum()} pictures')
        assert f'The other way round: {m[column, row]} of' in text


def test_on_the_diagonal_it_tells_recall_and_precision_as_scikit_learn_does():
    a = made_up()
    for i in range(3):
        text = cell_finding(look_into(a, i, i, 'count'))
        of = dict(labels=[i], average=None, zero_division=0)
        assert f'recall {recall_score(a.truth, a.said, **of)[0]:.2f}' in text
        assert f'precision {precision_score(a.truth, a.said, **of)[0]:.2f}' in text
    wrong = look_into(a, 0, 0, 'count').strips
    assert [right for _, _, right in wrong] == [True, False, False]
    assert (a.truth[wrong[2][1]] != 0).all() and (a.said[wrong[2][1]] == 0).all()


def test_a_class_without_pictures_and_an_empty_cell_have_sentences():
    a = made_up()
    a.probs[:] = np.eye(4)[a.truth]
    assert 'Every Abyssinian was recognised' in cell_finding(look_into(a, 0, 1, 'row'))
    for i in range(4): assert cell_finding(look_into(a, 3, i, 'row'))
    for j in range(4): assert cell_finding(look_into(a, j, 3, 'column'))


def test_the_most_frequent_mistakes_come_one_after_another():
    m = np.array([[9, 3, 0], [5, 9, 0], [0, 1, 9]])
    assert next_mistake(m, 0, 0) == (1, 0)
    assert next_mistake(m, 1, 0) == (0, 1)
    assert next_mistake(m, 2, 1) == (1, 0)
    assert next_mistake(np.eye(3, dtype=int), 2, 2) == (2, 2)
    text = cell_finding(look_into(made_up(), *next_mistake(made_up().matrix, 0, 0), 'count'))
    assert 'the most frequent mistake of all' in text


def test_the_sentence_tells_the_direction():
    def said(n, back):
        probs = np.eye(4)[[1] * n + [0] * (10 - n) + [0] * back + [1] * (10 - back)]
        a = Answers(np.zeros((20, 48, 48, 3), np.uint8), np.repeat([0, 1], 10), probs, NAMES)
        return cell_finding(look_into(a, 0, 1, 'count'))
    assert 'It goes mostly one way' in said(6, 1)
    assert 'both ways alike' in said(4, 4)
    assert 'It goes both ways: the two' in said(5, 4)
    assert '6 of 10 pictures of Abyssinian (60%) were taken for Bengal' in said(6, 1)


@pytest.mark.parametrize('size', [(8.6, 4.6), (4.2, 7.6)])
def test_a_click_finds_the_cell_under_it_on_any_page(lab, size):
    fig = new_figure(size)
    draw_cell(fig, lab.result)
    fig.canvas.draw()
    ax = fig.axes[0]
    left, right = ax.get_xlim()
    assert left < -.5 and right > 3.4                            # the words lie outside the cells
    lab.click(0, 2.2, 1.4)
    assert (lab.settings['actual'], lab.settings['predicted']) == ('Bengal', 'saint_bernard')
    before = lab.settings
    for panel, x, y in ((0, -3., 1.), (0, 1., 9.), (1, 1., 1.)): lab.click(panel, x, y)
    assert lab.settings == before


@pytest.mark.parametrize('size', [(8.6, 4.6), (4.2, 7.6)])
def test_the_words_of_the_matrix_arrive_dot_by_dot(lab, monkeypatch, size):
    drawn = []
    monkeypatch.setattr(module, '_matrix_dots', lambda *given, of=module._matrix_dots:
                        drawn.append(of(*given)) or drawn[-1])
    fig = new_figure(size)
    draw_cell(fig, lab.result)
    fig.canvas.draw()
    dots, page = drawn[-1][0], np.asarray(fig.canvas.buffer_rgba())[..., :3]
    height, width = dots.shape[:2]
    here = page[:height] if size[0] < 5 else page[:, :width]
    assert here.shape == dots.shape
    assert (here != dots).any(-1).mean() < .03                   # the frame of the chosen cell


def test_the_updated_picture_shows_the_new_cell(lab):
    before = lab.png
    assert lab.act('Next mistake').png != before
    assert lab.set(numbers='row').png != before
    assert lab.reset().png == before
    assert lab.error is None


def test_the_line_rebuilds_the_lab(lab, monkeypatch):
    lab.set(actual='saint_bernard', predicted='pug', numbers='column')
    again = eval(lab.line)
    assert again.settings == lab.settings and again.text == lab.text
    monkeypatch.setattr(module, 'answers_of', lambda interp: interp)
    interp = made_up(seed=2)
    own = click_a_cell_lab(interp)
    assert own.line.startswith("click_a_cell_lab(interp, actual='")
    assert eval(own.line).text == own.text


def test_without_stored_answers_it_trains_behind_a_progress_line(monkeypatch):
    kept = []
    monkeypatch.setattr(module, 'stored_answers', lambda: kept[0] if kept else None)
    monkeypatch.setattr(module, 'pet_breeds', lambda: NAMES)

    def train():
        yield .5
        kept.append(made_up())
        yield 1.
    monkeypatch.setattr(module, 'train_answers', train)
    lab = click_a_cell_lab()
    assert 'of' in lab.text and lab.error is None
