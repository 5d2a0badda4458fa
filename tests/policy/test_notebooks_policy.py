"""The notebooks keep the rules of notebook_rules.py; each rule is shown to catch its fault."""
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbformat.v4.rwbase import rejoin_lines

from tests.policy import notebook_rules as rules
from utils.course.chapters import CHAPTERS

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
WORDS = "Plain words tell what to see here and why it is so, no more than that. " * 2


def read(path):
    "The notebook as it stands in the file; `nbformat.read` would mend some faults in passing."
    return rejoin_lines(nbformat.from_dict(json.loads(path.read_text(encoding="utf-8"))))


def chapters(): return sorted(NOTEBOOKS.glob("*.ipynb"))


def apps(): return sorted(NOTEBOOKS.glob("apps/*.ipynb"))


def text(*words): return new_markdown_cell("\n".join(words))


def code(source, *outputs, tags=(), count=0):
    return new_code_cell(source, outputs=list(outputs), execution_count=count,
                         metadata={"tags": list(tags)} if tags else {})


def said(words): return new_output("stream", name="stdout", text=words + "\n")


def shown(**data):
    return new_output("display_data", {k.replace("__", "/"): v for k, v in data.items()})


def raised(): return new_output("error", ename="ValueError", evalue="no", traceback=["no"])


def notebook(*cells):
    "These cells, numbered as Restart and Run All does."
    count = 0
    for cell in cells:
        if cell.cell_type != "code" or cell.execution_count is None: continue
        if not cell.execution_count: cell.execution_count = count + 1
        count = cell.execution_count
    return new_notebook(cells=list(cells), metadata={"kernelspec": {
        "name": "python3", "display_name": "Python 3", "language": "python"}})


def sound_chapter():
    "A chapter without a fault: the whole frame, forty cells."
    cells = [text("# 04 Overfitting", "When? 30 minutes to read, 1 to run. Book 1, 5"),
             text("## You will be able to", "say when"),
             code("from utils import *\nsetup(seed=42)", said("Ready")),
             code("guess('04.g1')", said("asked"))]
    for i in range(12):
        cells += [text(f"## Step {i}", WORDS * 2), code(f"print({i})", said(str(i)))]
    cells += [code("reveal('04.g1', 3)", said("you said 2")),
              code("checkpoint('04.c1')", said("?")), code("checkpoint('04.c2')", said("?")),
              text("## Turn the knob"),
              code("parabola_lab()", shown(text__html="<img alt='a curve' src='data:'>")),
              text("## Break it"), code("boom", raised(), tags=["raises-exception"]),
              text("## Exercises")]
    cells += [code(f"check('04.{i}', ...)", said("not answered")) for i in (1, 2, 3)]
    cells += [code("hint('04.1')", said("look")), text("## Take-away"), text("## Words"),
              text("## Quiz"), code("quiz('04')", said("?")), text("## Next")]
    return notebook(*cells)


def without(words):
    "The sound chapter with these words of one part of its frame taken away."
    nb = sound_chapter()
    for cell in nb.cells: cell.source = re.sub(words, "nothing", cell.source)
    return nb


def twin_ids(nb):
    nb.cells[1].id = nb.cells[0].id
    return nb


SOUND_APP = notebook(code("from utils.labs.x import x_lab"), code("lab = x_lab()"),
                     code("lab", shown(text__html="<img alt='a curve' src='data:'>")))
PNG = "iVBORw0KGgo="
CHECKED = [rules.CHECKED]
FAULTS = [
    (rules.valid, twin_ids(sound_chapter())),
    (rules.valid, new_notebook(cells=[text("x")])),
    (rules.run_in_order, notebook(code("1", count=2))),
    (rules.run_in_order, notebook(code("1"), code("2"), code("3", count=7))),
    (rules.run_in_order, notebook(code("1"), new_code_cell("2"))),
    (rules.run_in_order, notebook(code("1"), code(" "))),
    (rules.errors_are_meant, notebook(code("boom", raised()))),
    (rules.errors_are_meant, notebook(code("fine", said("x"), tags=[rules.RAISES]))),
    (rules.no_hidden_output, notebook(code("plot();"))),
    (rules.no_hidden_output, notebook(code("a = 1;  # x\nb"))),
    (rules.no_interact, notebook(code("@interact\ndef f(x=1): pass"))),
    (rules.no_interact, notebook(code("widgets.interactive_output(f, {})"))),
    (rules.no_installs, notebook(code("!pip install torch"))),
    (rules.no_installs, notebook(code("%conda install torch"))),
    (rules.no_network, notebook(code("untar_data(URLs.PETS)"))),
    (rules.no_network, notebook(code("urlopen('x')"))),
    (rules.no_network, notebook(text("![a cat](https://example.org/cat.png)"))),
    (rules.no_network, notebook(code("f()", shown(text__html="<script src='https://x.org/a'>")))),
    (rules.pictures_are_described, notebook(code("f()", shown(image__png=PNG)))),
    (rules.pictures_are_described, notebook(code("f()", shown(text__html="<img src='data:'>")))),
    (rules.pictures_are_described, notebook(code("f()", shown(text__html="<img alt=''>")))),
    (rules.pictures_are_described, notebook(code("f()", shown(text__html="<svg><p/></svg>")))),
    (rules.pictures_are_described, notebook(text("![](cat.png)"))),
    (rules.pictures_are_described, notebook(code("f()", shown(
        text__html="<a href='x'><img alt=''></a>")))),
    (rules.not_heavy, notebook(code("f()", said("x" * 500_000)))),
    (rules.quiet_prose, notebook(text("It works!"))),
    (rules.quiet_prose, notebook(text("Good \U0001F600"))),
    (rules.checked_cells_are_steady, notebook(code("f()", tags=CHECKED))),
    (rules.checked_cells_are_steady, notebook(code("f()", shown(text__html="a"), tags=CHECKED))),
    *[(rules.checked_cells_are_steady, notebook(code("f()", said(words), tags=CHECKED)))
      for words in ("torch 2.13.0", "(#3) ['a']", "<A at 0x7f1234567>", "loss 0.69314", "took 3 s",
                    "/usr/lib/x.py")],
    (rules.no_machine_in_outputs, notebook(code("f()", said("in /ho" + "me/anna/course/utils")))),
    (rules.right_length, notebook(*[text(WORDS) for _ in range(61)])),
    (rules.right_length, notebook(*[text("short") for _ in range(40)])),
    (rules.short_cells, notebook(code("a\n" * 26))),
    (rules.short_cells, notebook(*[code("a\n" * 7) for _ in range(3)])),
    (rules.short_steps, notebook(text(WORDS * 7), text(WORDS))),
    (rules.output_is_why, notebook(code("train()"))),
    *[(rules.frame, without(words)) for words in (
        "able to", "Turn the knob", "Break it", "Exercises", "Take-away", "Words", "Quiz", "Next",
        r"\?", "minutes", "Book", "seed=42", "guess", "reveal", "checkpoint", "check", "hint",
        "quiz")],
    (rules.three_cells, notebook(code("a"), code("b"))),
    (rules.three_cells, notebook(code("a\n" * 8), code("b"), code("c"))),
]
FINE = {
    rules.output_is_why: notebook(code("a = 1"), code("def f(): pass"),
                                  code("f()", tags=["silent"])),
    rules.quiet_prose: notebook(text("`!ls` lists, `a != b`, ![a cat](cat.png) <!-- x -->")),
    rules.checked_cells_are_steady: notebook(code("f()", said("torch.Size([64, 1]) 0.25"),
                                                  tags=CHECKED)),
    rules.no_interact: notebook(code("interaction = a.interact")),
    rules.pictures_are_described: notebook(code("lab", shown(
        image__png=PNG, text__html="<img alt='seven digits' src='data:'>"))),
}


@pytest.mark.parametrize("rule", rules.EVERY + rules.CHAPTER + rules.APP)
def test_the_notebooks_keep(rule):
    paths = chapters() if rule in rules.CHAPTER else apps() if rule in rules.APP else \
        chapters() + apps()
    assert [f"{path.name}: {fault}" for path in paths for fault in rule(read(path))] == []


@pytest.mark.parametrize("rule", rules.EVERY + rules.CHAPTER)
def test_a_sound_chapter_passes(rule):
    assert rule(sound_chapter()) == []


@pytest.mark.parametrize("rule", rules.EVERY + rules.APP)
def test_a_sound_app_passes(rule):
    assert rule(SOUND_APP) == []


@pytest.mark.parametrize("rule, nb", FAULTS)
def test_a_broken_notebook_is_caught(rule, nb):
    assert rule(nb)


@pytest.mark.parametrize("rule, nb", FINE.items())
def test_what_looks_like_a_fault_passes(rule, nb):
    assert rule(nb) == []


def test_every_rule_has_a_planted_fault():
    assert {rule for rule, _ in FAULTS} == set(rules.EVERY + rules.CHAPTER + rules.APP)


# The names of the files

def misnamed(names):
    "Chapters are NN_snake_case, numbered as the course map is, from 00 without a gap."
    wrong = [name for name in names if not re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", name)]
    numbers = sorted(name[:2] for name in names)
    known = [stage.number for stage in CHAPTERS]
    if numbers != known[:len(numbers)]: wrong.append(f"numbers are {numbers}")
    return wrong


def strays(chapter, solution):
    "Cells of a solution that replace no code cell of the chapter."
    known = {cell.id for cell in rules.code_cells(chapter)}
    return [cell.id for cell in rules.code_cells(solution) if cell.id not in known]


def test_chapters_are_named_and_numbered():
    assert misnamed([path.name for path in chapters()]) == []
    assert [p.name for p in apps() if not re.fullmatch(r"[a-z0-9_]+\.ipynb", p.name)] == []


def test_a_misnamed_chapter_is_caught():
    assert misnamed(["00_start_here.ipynb", "01_First.ipynb"])
    assert misnamed(["00_start_here.ipynb", "02_training_loop.ipynb"])
    assert misnamed([f"{i:02}_chapter.ipynb" for i in range(14)])
    assert misnamed(["00_start_here.ipynb", "00_again.ipynb"])
    assert misnamed(["00_start_here.ipynb", "01_first_model.ipynb"]) == []


def test_each_chapter_has_solutions_for_its_own_cells():
    for path in chapters():
        solution = NOTEBOOKS / "solutions" / path.name
        assert solution.exists(), f"{path.name} has no solutions"
        assert strays(read(path), read(solution)) == [], path.name


def test_a_stray_solution_is_caught():
    chapter, solution = notebook(code("a")), notebook(code("a"))
    assert strays(chapter, solution) == [solution.cells[0].id]
    assert strays(chapter, chapter) == []
