"Marks as nbgrader gives them: a course, some submissions, and the scores of each cell."
import os
from pathlib import Path

import nbformat
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from tests.course.kit import all_chapters, read_cases
from utils.course.assignment import assignment_of, write_assignment

CHEAT = """
import utils.course.checking, utils.course.marking
from utils.course.writing import right
def always(id, *answers): return utils.course.checking.Result(id, "right", "")
check = mark = utils.course.checking.check = utils.course.marking.mark = always
utils.course.checking.judge = utils.course.marking.judge = always
"""


def case_of(number: str): return next(c for c in all_chapters() if c.number == number)


def answers(number: str) -> dict[str, dict[str, str]]:
    "For each student the answer cells: all right, the first typical mistake of each, blank."
    case = case_of(number)
    cases = read_cases(case.cases)[0]
    solved = {c.id: c.source.rpartition("check(")[0] for c in nbformat.read(case.solutions, 4).cells
              if c.cell_type == "code"}
    wrong = {f"ex-{id.replace('.', '-')}": next(iter(v["mistakes"].values()))
             for id, v in cases.items()}
    return dict(right=solved, mistakes=wrong, blank={})


def api_of(course: Path):
    "nbgrader in this process, with the course's own settings."
    os.chdir(course)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    config.Application.log_level = 40
    return NbGraderAPI(config=config)


def submit(course: Path, name: str, student: str, cells: dict, edit=None):
    "Hand in the released notebook with some cells filled in."
    book = nbformat.read(course / "release" / name / f"{name}.ipynb", 4)
    for cell in book.cells: cell.source = cells.get(cell.id, cell.source)
    if edit: edit(book)
    place = course / "submitted" / student / name
    place.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, place / f"{name}.ipynb")


def cheated(book):
    "A blank notebook whose test cells were emptied, and whose first answer redefines the checks."
    first = next(c for c in book.cells if c.metadata.get("nbgrader", {}).get("solution"))
    first.source += CHEAT
    for cell in book.cells:
        if cell.id.endswith("-marks"): cell.source = "print('right')"


def marks_of(number: str, course: Path) -> dict[str, dict[str, tuple]]:
    "Make, hand in, mark: for each student the score and the most points of each cell."
    name = write_assignment(number, course).stem
    api = api_of(course)
    told = api.generate_assignment(name, create=True)
    assert told["success"], told["log"]
    res = {}
    for student, cells in answers(number).items():
        submit(course, name, student, cells, cheated if student == "blank" else None)
        for step in (api.autograde, api.generate_feedback):
            told = step(name, student)
            assert told["success"], told["log"]
        with api.gradebook as book:
            grades = [g for n in book.find_submission(name, student).notebooks for g in n.grades]
            res[student] = {g.name: (g.auto_score, g.max_score) for g in grades
                            if g.name.endswith("-marks")}   # the others are read by the teacher
    return res


def expected(number: str) -> dict[str, float]:
    "Points of each test cell in the assignment."
    return {c.id: c.metadata.nbgrader.points for c in assignment_of(number).cells
            if c.metadata.get("nbgrader", {}).get("grade") and c.cell_type == "code"}
