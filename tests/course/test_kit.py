"The exercise kit finds nothing in a sound chapter, and each planted fault in a broken one."
import copy
import re
import shutil
from pathlib import Path

import pytest

from tests.course import kit
from tests.course.toy import build as toy

TOY = Path(__file__).parent / "toy"

CONTENT = TOY / "content" / "ch98_toy_chapter.py"


def copy_to(folder: Path) -> kit.Case:
    "A copy of the toy chapter to break."
    (folder / "content").mkdir(parents=True)
    content = Path(shutil.copy(CONTENT, folder / "content"))
    cases = Path(shutil.copy(TOY / "cases" / CONTENT.name, folder))
    return kit.Case("98", content, toy.build(folder), cases, [folder / "content"])


@pytest.fixture
def chapter(tmp_path): return copy_to(tmp_path)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict:
    "What each broken judge, a cell that stops, and the sound chapter give; run in one process."
    folder, which = tmp_path_factory.mktemp("judges"), {}
    for i, (fault, (id, old, new, _)) in enumerate(JUDGES.items()):
        which[fault] = copy_to(folder / str(i)), [id]
        edit(which[fault][0].content, old, new)
    which["stops"] = copy_to(folder / "stops"), ["98.1"]
    cells = toy.chapter_cells()
    cells[5].source = "n, wrong = 4, nothing"
    toy.build(folder / "stops", cells)
    which["sound"] = copy_to(folder / "sound"), None
    return dict(zip(which, kit.run_chapters(list(which.values()))))


def edit(file: Path, old: str, new: str):
    "Plant a fault: the text to replace must be there."
    text = file.read_text()
    assert old in text, f"nothing to replace: {old}"
    file.write_text(text.replace(old, new))


def test_sound_chapter_has_no_fault(chapter, results):
    assert kit.faults_of_chapter(chapter) == []
    result = results["sound"]
    assert result.get("failed") is None
    assert {id: kit.faults_of_exercise(o) for id, o in result["tried"].items()} == \
        {id: [] for id in toy.STUBS}
    assert result["cells"] == 5, "imports, setup, n, the loop, animals: nothing else is needed"


JUDGES = {
    "accepts anything":
       ("98.1", "if close(answer, .25): return right", "if True: return right",
         "should be 'not yet'"),
    "accepts every number":
        ("98.1", "if close(answer, .25): return right", "if answer is not None: return right",
         "percent: is 'right'"),
    "knows one spelling only":
        ("98.3", "if same_set(names, known) and sure is False",
         "if names == ['dog', 'cat'] and sure is False", "another way 1: is 'not yet'"),
    "raises on what nobody foresaw":
        ("98.3", "if len(names) == 1: return not_yet(\"one\")", "assert len(names) == 1\n"
         "    return not_yet(\"one\")", "the judge itself failed"),
    "mixes up two mistakes":
        ("98.1", 'return not_yet("accuracy")\n    if close(answer, 25)',
         'return not_yet("percent")\n    if close(answer, 25)',
         "accuracy: got the hint 'percent'"),
    "names a mistake for everything":
        ("98.4", '    if close(seen, 8): return', '    return', "so it is not unforeseen"),
    "tells the answer":
        ("98.1", "A fraction is asked for, not percent.", "It is 0.25, not 25.",
         "gives the answer"),
    "refuses the solution":
        ("98.2", "if seen.right", "if seen.right and False", "the solution: is 'not yet'"),
}


@pytest.mark.parametrize("fault", JUDGES)
def test_planted_fault_of_a_judge_is_found(results, fault):
    id, _, _, message = JUDGES[fault]
    faults = kit.faults_of_exercise(results[fault]["tried"][id])
    assert any(message in f for f in faults), faults


PARTS = {
    "an id that no cell uses": ('\n\n@exercise("98.1"', '\nquestion("98.c2", "?", yes("a", "b"), '
                                'no("c", "d"))\n\n\n@exercise("98.1"',
                                "no cell says checkpoint('98.c2')"),
    "an id that the content lacks": ('prediction("98.g1"', 'prediction("98.g3"',
                                     "guess('98.g1') is in the notebook, not in the content"),
    "too short a quiz": ("range(1, 6)", "range(1, 5)", "the quiz has 4 questions"),
    "right choice always first": ("*(reversed(choices) if n == 3 else choices)", "*choices",
                                  "in the same place"),
    "a loud text": ("Count what went wrong.", "Count what went wrong!", "an exclamation mark"),
    "no stretch": ('kind="stretch"', 'kind="core"', "no exercise is 'stretch'"),
    "a mistake nobody makes": ('mistakes={"one":', 'mistakes={"none": "None.", "one":',
                               "the mistake 'none' is never made"),
}


@pytest.mark.parametrize("fault", PARTS)
def test_planted_fault_of_a_part_is_found(chapter, fault):
    old, new, message = PARTS[fault]
    edit(chapter.content, old, new)
    assert any(message in f for f in kit.faults_of_chapter(chapter)), kit.faults_of_chapter(chapter)


WRITING = {
    "a hint ladder without a step": ('lines="Use `!=` and `mean`."', 'lines=""',
                                     "nothing is said for lines"),
    "a choice without explanation": ('"It counts."', '""', "no explanation for"),
    "two right choices": ('no("The labels"', 'yes("The labels"', "exactly one of them"),
    "an unknown kind": ('kind="warm-up"', 'kind="easy"', "is none of warm-up"),
    "an id twice": ('@exercise("98.2"', '@exercise("98.1"', "is there twice"),
}


@pytest.mark.parametrize("fault", WRITING)
def test_planted_fault_is_refused_where_it_is_written(chapter, fault):
    old, new, message = WRITING[fault]
    edit(chapter.content, old, new)
    with pytest.raises(ValueError, match=re.escape(message)): kit.faults_of_chapter(chapter)


def broken(cells: list, id: str, change) -> list:
    "The cells after `change` was applied to the one with this id."
    cells = copy.deepcopy(cells)
    change(next(c for c in cells if c.id == id))
    return cells


CELLS = {
    "no tag": (lambda c: c.metadata.pop("tags"), "tag the cell"),
    "other id": (lambda c: c.update(id="exercise-1"), "no code cell with the id ex-98-1"),
    "check not last": (lambda c: c.update(source=c.source + "\nprint(rate)"),
                       "last line is not check"),
}


@pytest.mark.parametrize("fault", CELLS)
def test_planted_fault_of_a_cell_is_found(chapter, fault):
    change, message = CELLS[fault]
    toy.build(chapter.notebook.parent, broken(toy.chapter_cells(), "ex-98-1", change))
    assert any(message in f for f in kit.faults_of_chapter(chapter))


def test_missing_solution_and_missing_files_are_found(chapter):
    toy.build(chapter.notebook.parent, solutions=toy.solution_cells()[:-2])
    assert any("the solutions have no cell ex-98-4" in f for f in kit.faults_of_chapter(chapter))
    chapter.solutions.unlink()
    assert kit.faults_of_chapter(chapter) == [f"solutions/{chapter.notebook.name} is missing"]


def test_cell_that_stops_is_named(results): assert "NameError" in results["stops"]["failed"]
