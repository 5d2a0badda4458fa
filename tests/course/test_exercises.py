"Every chapter's exercises, tested from both sides; the answers to try stand in cases/."
from functools import cache

import pytest

from tests.course.kit import (all_chapters, faults_of_chapter, faults_of_exercise, read_cases,
                              run_chapters)

CHAPTERS = {c.content.stem: c for c in all_chapters()}
EXERCISES = [(name, id) for name, c in CHAPTERS.items() if c.cases.exists()
             for id in read_cases(c.cases)[0]]


FEW = 4        # chapters that share a process: most of its start is loading what all of them need


@cache
def shared(names: tuple) -> dict:
    return dict(zip(names, run_chapters([(CHAPTERS[name], None) for name in names])))


def outcomes(name: str) -> dict:
    names, at = list(CHAPTERS), list(CHAPTERS).index(name) // FEW * FEW
    return shared(tuple(names[at:at + FEW]))[name]


@pytest.mark.parametrize("name", CHAPTERS)
def test_content_notebook_solutions_and_cases_fit_together(name):
    faults = faults_of_chapter(CHAPTERS[name])
    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize("name, id", EXERCISES, ids=[f"{n}-{i}" for n, i in EXERCISES])
def test_exercise_knows_right_from_wrong(name, id):
    result = outcomes(name)
    assert id in result["tried"], result.get("failed", "the notebook has no cell for it")
    faults = faults_of_exercise(result["tried"][id])
    assert not faults, "\n".join(["", *faults])
