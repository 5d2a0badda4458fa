"A chapter becomes an nbgrader assignment, and its marks are what the checks in the notebook say."
import os

import nbformat
import pytest

from utils.course import shelf
from utils.course.assignment import assignment_of, main
from utils.course.marking import POINTS, NotRight, mark, points_of

NUMBERS = shelf.chapter_numbers()


@pytest.mark.parametrize("number", NUMBERS)
def test_assignment_holds_every_exercise_with_its_points(number):
    book = assignment_of(number)
    nbformat.validate(book)
    home, kinds = shelf.open_chapter(number), {c.id: c for c in book.cells}
    told = {c.id: c.metadata.nbgrader for c in book.cells if "nbgrader" in c.metadata}
    assert len({m.grade_id for m in told.values()}) == len(told)
    for id, task in home.exercises.items():
        cell = f"ex-{id.replace('.', '-')}"
        assert told[cell].solution and not told[cell].grade and "BEGIN SOLUTION" in \
            kinds[cell].source
        test = told[f"{cell}-marks"]
        assert test.grade and test.locked and test.points == POINTS[task.kind]
        assert kinds[f"{cell}-marks"].source.count(f'("{id}", ') == 2


def test_why_questions_of_the_labs_are_answered_in_words():
    asked = {n: [c.id for c in assignment_of(n).cells if c.id.startswith("why-")] for n in NUMBERS}
    assert {n: ids for n, ids in asked.items() if ids} == {
        "00": ["why-step-3-lab"], "08": ["why-knob"], "11": ["why-knob", "why-loop"]}


def test_only_a_right_answer_earns_points(capsys):
    losses = [3., 1., 2.]
    mark("04.1", 1, losses, losses)
    assert "1 of 1 points" in capsys.readouterr().out and points_of("04.8") == 3
    for wrong in (2, ..., "x"):
        with pytest.raises(NotRight): mark("04.1", wrong, losses, losses)
    with pytest.raises(NotRight): mark("04.99", 1)


def test_unknown_chapter_is_told(tmp_path, capsys):
    assert main(["99", "--course", str(tmp_path)]) == 2
    assert "no chapter '99'" in capsys.readouterr().out and not list(tmp_path.iterdir())


def test_marks_equal_the_checks_for_right_wrong_and_blank(tmp_path, monkeypatch):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: make setup")
    from tests.course.marks import expected, marks_of
    for name in ("PATH", "COMPANION_HOME"): monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.chdir(tmp_path)
    most = expected("04")
    got = marks_of("04", tmp_path)
    assert got["right"] == {id: (n, n) for id, n in most.items()}
    assert got["mistakes"] == got["blank"] == {id: (0, n) for id, n in most.items()}
    released = (tmp_path / "release/04_overfitting/04_overfitting.ipynb").read_text()
    assert "SOLUTION" not in released and "utils.course.marking" not in released
    assert len(list(tmp_path.glob("feedback/*/*/*.html"))) == 3
