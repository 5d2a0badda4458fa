"Marks of all chapters: nbgrader's equal the checks in the notebook, for three submissions each."
import os
import time

import pytest

from tests.course.kit import run_chapter
from utils.course import shelf


@pytest.mark.parametrize("number", shelf.chapter_numbers())
def test_marks_equal_the_checks_in_the_notebook(number, tmp_path, monkeypatch):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: make setup")
    from tests.course.marks import case_of, expected, marks_of
    for name in ("PATH", "COMPANION_HOME"): monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.chdir(tmp_path)
    began, most = time.time(), expected(number)
    got = marks_of(number, tmp_path)
    seconds, tried = time.time() - began, run_chapter(case_of(number))["tried"]
    kinds = dict(right="solution", mistakes="mistake", blank="blank")
    for student, kind in kinds.items():
        for id, outcome in tried.items():
            cell = f"ex-{id.replace('.', '-')}-marks"
            state = next(t["state"] for t in outcome["tried"] if t["kind"] == kind)
            wanted = (most[cell] if state == "right" else 0, most[cell])
            assert got[student].pop(cell) == wanted, (student, id, state)
        assert not got[student]
    print(f"chapter {number}: {len(tried)} exercises, 3 submissions marked in {seconds:.0f} s")
