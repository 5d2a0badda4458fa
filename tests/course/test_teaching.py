"""TEACHING.md says what is so: its lines run and say what stands beside them, its clocks add up."""
import ast
import functools
import inspect
import os
import re
from pathlib import Path

import nbformat
import pytest

import utils
from utils.course import shelf
from utils.course.chapters import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
NUMBERS = [c.number for c in CHAPTERS]
PARTS = ["Plan", "Experiments", "Ask first", "The lab's tasks, answered", "Where they get stuck",
         "Without a projector, a network, a GPU"]
TARGETS = {"apps", "apps-status", "assignment", "bench", "doctor", "gather", "handout", "lab",
           "reset", "site", "slides", "update"}
LINE = re.compile(r"^\|(?P<before>[^`]*)\| `(?P<line>[^`]+)` \|(?P<says>.*)\|$", re.M)
OWN_NETS = {"bench_lab", "click_a_cell_lab", "night_falls_lab"}     # trained when first opened
TRAINS = "†"        # the line trains a net on this machine: elsewhere its figures differ a little


def sections(text, start="## "):
    "Heading and text of each section of one level."
    parts = re.split(rf"^{start}(.+)\n", text, flags=re.M)[1:]
    return list(zip(parts[::2], parts[1::2]))


def chapters(text):
    "Number, title and text of each chapter's part."
    return [(head[:2], head[3:], body) for head, body in sections(text) if head[:2] in NUMBERS]


def wrong_order(text):
    "Chapters that are missing or misnamed, and parts that are missing or in another place."
    found = chapters(text)
    titles = [(c.number, c.title) for c in CHAPTERS]
    wrong = [] if [c[:2] for c in found] == titles else ["chapters"]
    for number, _, body in found:
        if [head for head, _ in sections(body, "### ")] != \
                [f"{part} · {number}" for part in PARTS]: wrong.append(number)
    questions = {c.number: f"*{c.question}*" for c in CHAPTERS}
    return wrong + [n for n, _, body in found if not body.lstrip().startswith(questions[n])]


def wrong_clocks(text):
    "Plans whose minutes leave a hole, overlap, or end too early or too late."
    wrong = []
    for number, _, body in chapters(text):
        rows = re.findall(r"^\| ([\d–]+) \| ([\d–]+) \| ", dict(sections(body, "### ")).get(
            f"Plan · {number}", ""), re.M)[1:]
        for place, length in ((0, "45"), (1, "90")):
            ends = [row[place].split("–") for row in rows if row[place] != "–"]
            if [e[0] for e in ends] + [length] != ["0"] + [e[-1] for e in ends]:
                wrong.append(f"{number}: {length} minutes")
            wrong += [f"{number}: {a}–{b}" for a, b in ends if not int(a) < int(b)]
    return wrong


def lines(text):
    "Each line to copy, the words it promises, and whether it trains."
    return [(m["line"], re.findall("“([^”]*)”", m["says"]), TRAINS in m["before"])
            for m in LINE.finditer("\n".join(body for _, _, body in chapters(text)))]


@functools.cache
def built(line):
    "What a line gives: a Lab, or the value of plain Python."
    names = {n.id for n in ast.walk(ast.parse(line)) if isinstance(n, ast.Name)}
    return eval(line, {n: getattr(utils, n) for n in names if hasattr(utils, n)})


@functools.cache
def said(line):
    "The sentence of a lab, from its pure function, or the value in words. Nothing is drawn."
    lab = built(line)
    if not isinstance(lab, utils.Lab): return str(lab)
    if lab.prepare and inspect.isgenerator(steps := lab.prepare()): list(steps)
    result = lab.compute(**lab.settings)
    if lab.slow: *_, result = result
    return lab.sentence(result)


def broken_promises(found):
    "Lines whose sentence lacks promised words, or that promise none."
    return [line for line, words, _ in found
            if not words or any(w not in said(line) for w in words)]


def forgetful(found):
    "Lines that do not rebuild the state they name."
    labs = [(line, built(line)) for line, _, _ in found]
    return [line for line, lab in labs if isinstance(lab, utils.Lab)
            and built(lab.line.replace("interp, ", "")).settings != lab.settings]


def silent_training(found):
    "Lines of labs that compute for long, or prepare nets of their own, without the mark."
    def trains(line):
        lab = built(line)
        return isinstance(lab, utils.Lab) and (lab.slow or lab.name in OWN_NETS)
    return [line for line, _, marked in found if trains(line) and not marked]


def unknown_ids(text):
    "Ids in bold that no chapter has; and parts of a chapter that name too few of their own."
    def known(number):
        c = shelf.open_chapter(number)
        return {*c.exercises, *c.predictions, *c.questions}
    every = set().union(*map(known, NUMBERS))
    wrong = sorted(set(re.findall(r"\*\*(\d\d\.[a-z]?\d+)\*\*", text)) - every)
    for number, _, body in chapters(text):
        stuck = dict(sections(body, "### ")).get(f"Where they get stuck · {number}", "")
        wrong += [id for id in shelf.open_chapter(number).exercises
                  if id not in stuck and f"**{id}**" not in body]
        if len(set(re.findall(rf"\*\*({number}\.\d)\*\*", stuck))) < 4: wrong.append(number)
    return wrong


def targets(text): return set(re.findall(r"`make ([a-z][a-z-]*)", text))


def missing_targets(text, makefile):
    "Commands that the text tells to type and that the Makefile does not have."
    return sorted(targets(text) - set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M)))


@functools.cache
def words_of(number):
    "The words that a chapter's notebook prints in bold under Words."
    page = next((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    cells = nbformat.read(page, as_version=4).cells
    text = next(c.source for c in cells if "## Words" in c.source).split("## Words")[1]
    return {w.lower() for w in re.findall(r"\*\*([^*]+)\*\*", text)}


def wrong_summaries(text):
    "Summaries that lack one of: question, five sentences, known words, picture, three questions."
    found = {head: body for head, body in sections(text) if head.startswith("Summary")}
    heads = [f"Summary {c.number} · {c.title}" for c in CHAPTERS]
    wrong = [] if list(found) == heads else ["order"]
    if text.count('<div style="page-break-before: always"></div>\n\n## Summary') != len(CHAPTERS):
        wrong.append("page breaks")
    for c, body in zip(CHAPTERS, found.values()):
        lessons = re.findall(r"^\d\. (.+)$", body, re.M)
        asked = re.findall(r"^- (.+\?)", body, re.M)
        named = re.search(r"^\*\*Words:\*\*(.+)$", body, re.M)
        words = re.findall(r"\*\*([^*]+)\*\*", named[1]) if named else []
        if f"**{c.question}**" not in body or len(lessons) != 5 or len(asked) != 3 \
                or "**The picture to remember:**" not in body: wrong.append(c.number)
        wrong += [f"{c.number}: {s}" for s in lessons if not s.endswith(".") or ". " in s]
        if len(words) < 5: wrong.append(f"{c.number}: few words")
        wrong += [f"{c.number}: {w}" for w in words if w.lower() not in words_of(c.number)]
    return wrong


def dead_links(text):
    "Links within the page that lead to no heading, and names of files that are not there."
    heads = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-")
             for h in re.findall(r"^#+ (.+)$", text, re.M)]
    files = re.findall(r"`((?:utils|tests|notebooks)/[\w./]+)`", text)
    return [a for a in re.findall(r"\]\(#([^)]+)\)", text) if a not in heads] + \
           [f for f in files if not (ROOT / f).exists()]


FOUND = lines(TEXT)
QUICK = [row for row in FOUND if not row[2]]


def test_every_chapter_has_its_parts_in_order():
    assert wrong_order(TEXT) == []


def test_every_plan_fills_its_lesson():
    assert wrong_clocks(TEXT) == []


def test_every_chapter_has_lines_to_copy():
    for number, _, body in chapters(TEXT):
        parts = dict(sections(body, "### "))
        assert len(LINE.findall(parts[f"Experiments · {number}"])) >= 4, number
    assert len(FOUND) > 90 and len(QUICK) > 60


def test_the_labs_say_what_is_promised():
    full = os.environ.get("COMPANION_FULL") == "1"      # then those that train, too: a minute or so
    assert broken_promises(FOUND if full else QUICK) == []


def test_every_line_rebuilds_its_state():
    assert forgetful(FOUND) == []


def test_lines_that_train_are_marked():
    assert silent_training(FOUND) == []


def test_every_exercise_exists():
    assert unknown_ids(TEXT) == []


def test_every_command_exists():
    assert targets(TEXT) == TARGETS | {"help"}
    assert missing_targets(TEXT, (ROOT / "Makefile").read_text(encoding="utf-8")) == []


def test_every_summary_is_whole():
    assert wrong_summaries(TEXT) == []


def test_links_lead_somewhere():
    assert dead_links(TEXT) == []


# planted faults

def changed(old, new):
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize("old, new", [
    ("## 04 Overfitting", "## 04 Over"), ("### Ask first · 07", "### Ask · 07"),
    ("### Plan · 02", "### Experiments · 02"), ("*Whom may the model see?*", "*Who may see?*")])
def test_a_part_out_of_place_is_caught(old, new):
    assert wrong_order(changed(old, new))


@pytest.mark.parametrize("old, new", [("| 0–5 | 0–6 |", "| 0–4 | 0–6 |"),
                                      ("| 41–45 |", "| 41–46 |"), ("| 0–4 | 0–5 |", "| – | 0–5 |"),
                                      ("–90 |", "–88 |")])
def test_a_clock_that_is_wrong_is_caught(old, new):
    assert wrong_clocks(changed(old, new))


def test_a_false_promise_is_caught():
    row = "| 1 | `parabola_lab(size=2)` | “{}” |"
    for words, wrong in (("No other size has a smaller loss", 0), ("misses the truth by 7", 1)):
        found = lines(f"## 04 Overfitting\n{row.format(words)}\n")
        assert len(broken_promises(found)) == wrong
    assert broken_promises(lines("## 04 Overfitting\n| 1 | `parabola_lab()` | much |\n"))
    assert broken_promises(lines("## 12 Scaling out\n| 1 | `1 + 1` | “3” |\n"))
    with pytest.raises(ValueError): built("parabola_lab(size=99)")


def test_a_line_that_trains_unmarked_is_caught():
    row = "## 04 Overfitting\n| 6{} | `memorise_noise_lab(share=1.0)` | “heart” |\n"
    assert silent_training(lines(row.format(""))) and not silent_training(lines(row.format(" †")))


def test_a_line_that_forgets_is_caught(monkeypatch):
    monkeypatch.setattr(utils.Lab, "line", property(lambda self: f"{self.name}()"))
    assert forgetful([("parabola_lab(size=2)", [], False)])
    assert not forgetful([("parabola_lab()", [], False)])


@pytest.mark.parametrize("old, new", [("**04.3**", "**04.9**"), ("**02.g1**", "**02.g7**"),
                                      ("**05.c5**", "**05.c9**"), ("**12.7**", "the last")])
def test_a_false_exercise_is_caught(old, new):
    assert unknown_ids(TEXT.replace(old, new))


def test_a_false_command_is_caught():
    assert missing_targets("`make coffee FROM=beans`", "lab: x\ncoffee-pot: y") == ["coffee"]
    assert missing_targets("`make coffee-pot`", "lab: x\ncoffee-pot: y") == []


@pytest.mark.parametrize("old, new", [
    ("## Summary 03", "## Page 03"), ('<div style="page-break-before: always"></div>', ""),
    ("- What does the number in `[7]` count?\n", ""), ("**stale**, comp", "**rotten**, comp"),
    ("1. A program's steps", "A program's steps"), ("**What can be borrowed?**", "**What?**")])
def test_a_poor_summary_is_caught(old, new):
    assert wrong_summaries(changed(old, new))


def test_a_dead_link_is_caught():
    assert dead_links("# A b\n[x](#a-b) [y](#c) `utils/core.py` `utils/none.py`") == \
        ["c", "utils/none.py"]
