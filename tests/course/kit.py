"""Tests exercises from both sides: what is right must pass, what is wrong must be told so.

`faults_of_chapter` reads a chapter's content, notebook, solutions and cases; `run_chapter` runs
every variant of every exercise (see variants.py); `faults_of_exercise` says what came out wrong.
"""
import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from utils.course import shelf
from utils.course.writing import KINDS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WANTED = {"blank": "not answered", "solution": "right", "another": "right"}
LOUD = "!(?!=)|[\U0001F000-\U0001FFFF\u2600-\u26FF]"
LONGEST = 60   # seconds that one variant may take before it is a fault


@dataclass
class Case:
    "Where one chapter's parts are."
    number: str
    content: Path
    notebook: Path
    cases: Path
    folders: list[Path] = field(default_factory=list)   # content folders beside the package's own

    @property
    def solutions(self) -> Path: return self.notebook.parent / "solutions" / self.notebook.name


def chapter_case(content: Path) -> Case:
    "The chapter whose content file is given, in its usual places."
    return Case(content.stem[2:4], content, ROOT / "notebooks" / f"{content.stem[2:]}.ipynb",
                HERE / "cases" / content.name)


def all_chapters() -> list[Case]:
    "Every chapter that has contents."
    folder = ROOT / "utils" / "course" / "content"
    return [chapter_case(f) for f in sorted(folder.glob("ch[0-9][0-9]_*.py"))]


def read_cases(file: Path) -> tuple[dict, str]:
    "The `CASES` of a file, and how much of the chapter is run for them ('needed' or 'all')."
    spec = importlib.util.spec_from_file_location(f"cases_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASES, getattr(module, "RUN", "needed")


def run_chapter(case: Case, only: list[str] | None = None) -> dict:
    "Run the variants of all exercises (or only some) in a process of its own."
    return run_chapters([(case, only)])[0]


def run_chapters(which: list[tuple], seconds: int = 280) -> list[dict]:
    "The same for several chapters, one after the other in one process."
    jobs = [_job(case, only) for case, only in which]
    with tempfile.TemporaryDirectory() as home:
        out = Path(home) / "out.json"
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        env = os.environ | dict(COMPANION_HOME=home, OMP_NUM_THREADS="1", MPLBACKEND="Agg",
                                PYTHONPATH=os.pathsep.join(filter(None, paths)))
        done = subprocess.run([sys.executable, str(HERE / "variants.py"), str(out)], env=env,
                              input=json.dumps(jobs), text=True, capture_output=True,
                              timeout=seconds)
        if out.exists(): return json.loads(out.read_text(encoding="utf-8"))
        return [dict(failed=(done.stderr or done.stdout)[-3000:], tried={})] * len(jobs)


def _job(case: Case, only: list[str] | None) -> dict:
    "What the process is told about one chapter."
    cases, how = read_cases(case.cases)
    return dict(notebook=str(case.notebook.resolve()), solutions=str(case.solutions.resolve()),
                run=how, folders=[str(f.resolve()) for f in case.folders],
                cases={k: v for k, v in cases.items() if only is None or k in only})


def faults_of_exercise(outcome: dict) -> list[str]:
    "What is wrong with an exercise, from what its variants gave."
    faults = [f for t in outcome["tried"] for f in _faults_of_variant(t)]
    for t in outcome["tried"]:
        if t["state"] != "not yet": continue
        told = [s for s in outcome["secrets"] if _holds(t["text"], s)]
        if told: faults.append(f"{t['name']}: gives the answer {told[0]} away: {t['text']}")
    return faults


def _holds(text: str, number: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(number)}(?!\w|\.\d)", text))


def _faults_of_variant(t: dict) -> list[str]:
    "What is wrong with the verdict on one variant."
    name, state = t["name"], t["state"]
    if state == "error": return [f"{name}: the cell stopped: {t['error'] or 'no verdict'}"]
    if t["crash"]: return [f"{name}: the judge itself failed: {t['text']}"]
    if t["seconds"] > LONGEST: return [f"{name}: took {t['seconds']:.0f} s"]
    want = WANTED.get(t["kind"], "not yet")
    if t["kind"] == "foreign" and state == "not answered": return []
    if state != want: return [f"{name}: is {state!r}, should be {want!r}: {t['text']}"]
    if t["kind"] == "mistake" and t["hint"] != name:
        return [f"{name}: got the hint {t['hint']!r} instead of its own: {t['text']}"]
    if t["kind"] == "unforeseen" and t["hint"] not in (None, "kind", "error"):
        return [f"{name}: got the hint {t['hint']!r}, so it is not unforeseen"]
    return []


# ---- what can be seen without running anything

def faults_of_chapter(case: Case) -> list[str]:
    "What does not fit together in a chapter's content, notebook, solutions and cases."
    missing = [f for f in (case.notebook, case.solutions, case.cases) if not f.exists()]
    if missing: return [f"{f.parent.name}/{f.name} is missing" for f in missing]
    home = _open(case)
    notebook = nbformat.read(case.notebook, 4)
    solutions = nbformat.read(case.solutions, 4)
    faults = _faults_of_use(home, notebook) + _faults_of_words(home) + _faults_of_quiz(home)
    for id in home.exercises:
        faults += _faults_of_cells(id, notebook, solutions)
    return faults + _faults_of_cases(home, read_cases(case.cases)[0])


def _open(case: Case):
    new = [f for f in case.folders if f not in shelf.FOLDERS]
    shelf.FOLDERS.extend(new)
    shelf.CHAPTERS.pop(case.number, None)
    for name in [m for m in sys.modules if m == f"utils.course.content.{case.content.stem}"]:
        del sys.modules[name]
    try: return shelf.open_chapter(case.number)
    finally:
        for f in new: shelf.FOLDERS.remove(f)


def _calls(notebook) -> dict[str, list[str]]:
    "First arguments of the course's calls in code cells (and of hint in the prose)."
    seen = {n: [] for n in ("guess", "reveal", "checkpoint", "check", "hint", "quiz")}
    for cell in notebook.cells:
        code = cell.cell_type == "code"
        for name, id in re.findall(rf"\b({'|'.join(seen)})\(\s*['\"]([^'\"]*)", cell.source):
            if code or name == "hint": seen[name].append(id)
    return seen


def _faults_of_use(home, notebook) -> list[str]:
    "Ids that only the notebook or only the content knows."
    seen = _calls(notebook)
    points = {q.id for q in home.part("c")}
    pairs = [("guess", home.predictions), ("reveal", home.predictions), ("checkpoint", points),
             ("check", home.exercises)]
    faults = []
    for name, known in pairs:
        faults += [f"{name}({id!r}) is in the notebook, not in the content" for id in seen[name]
                   if id not in known]
        faults += [f"{id} is in the content, but no cell says {name}({id!r})" for id in known
                   if id not in seen[name]]
        faults += [f"{name}({id!r}) is there twice" for id in set(seen[name])
                   if seen[name].count(id) > 1 and name != "reveal"]
    faults += [f"hint({id!r}) leads nowhere" for id in seen["hint"] if id not in home.exercises]
    if seen["quiz"] != [home.number]: faults.append(f"one cell must say quiz({home.number!r})")
    return faults


def _texts(home) -> list[tuple[str, str]]:
    "Every text of the content with where it stands."
    res = [(q.id, t) for q in home.questions.values()
           for t in (q.prompt, *(x for c in q.choices for x in (c.text, c.why)))]
    res += [(p.id, t) for p in home.predictions.values()
            for t in (p.prompt, p.after, *(p.options or []))]
    return res + [(e.id, t) for e in home.exercises.values()
                  for t in (e.title, e.nudge, e.lines, *e.mistakes.values())]


def _faults_of_words(home) -> list[str]:
    faults = [f"{id}: an exclamation mark or an emoji in: {t}" for id, t in _texts(home)
              if re.search(LOUD, re.sub("`[^`]*`", "", t))]
    faults += [f"{id}: unpaired ` in: {t}" for id, t in _texts(home) if t.count("`") % 2]
    for e in home.exercises.values():
        if len(e.mistakes) < 2: faults.append(f"{e.id}: name two typical mistakes at least")
    if not home.predictions: faults.append("no prediction (NN.g1)")
    if not home.part("c"): faults.append("no checkpoint (NN.c1)")
    kinds = {e.kind for e in home.exercises.values()}
    return faults + [f"no exercise is {k!r}" for k in KINDS if k not in kinds]


def _faults_of_quiz(home) -> list[str]:
    quiz = home.part("q")
    faults = [f"{q.id}: no explanation for {c.text!r}" for q in home.questions.values()
              for c in q.choices if not c.why.strip()]
    faults += [f"{q.id}: exactly one choice must be right" for q in home.questions.values()
               if sum(c.is_right for c in q.choices) != 1]
    if not 5 <= len(quiz) <= 8:
        faults.append(f"the quiz has {len(quiz)} questions; 5 to 8 are wanted")
    places = {[c.is_right for c in q.choices].index(True) for q in quiz
              if any(c.is_right for c in q.choices)}
    if len(quiz) > 1 and len(places) == 1:
        faults.append("the right choice stands in the same place in every quiz question")
    return faults


def _faults_of_cells(id: str, notebook, solutions) -> list[str]:
    "How an exercise stands in the chapter and in the solutions."
    wanted = f"ex-{id.replace('.', '-')}"
    here = [c for c in notebook.cells if c.get("id") == wanted]
    there = [c for c in solutions.cells if c.get("id") == wanted]
    if len(here) != 1: return [f"{id}: no code cell with the id {wanted}"]
    faults, line = [], _last_line(here[0].source)
    if "exercise" not in here[0].metadata.get("tags", []):
        faults.append(f"{id}: tag the cell `exercise`")
    if not line.startswith(f'check("{id}", '):
        faults.append(f'{id}: last line is not check("{id}", …)')
    before = notebook.cells[max(notebook.cells.index(here[0]) - 1, 0)]
    if id not in before.source: faults.append(f"{id}: the cell above does not name the exercise")
    if len(there) != 1: return [*faults, f"{id}: the solutions have no cell {wanted}"]
    if _last_line(there[0].source) != line:
        faults.append(f"{id}: the solution's check line differs from the chapter's")
    if not any(id in c.source for c in solutions.cells if c.cell_type == "markdown"):
        faults.append(f"{id}: no heading in the solutions names it")
    return faults


def _last_line(source: str) -> str:
    "Source of a cell's last statement."
    try: return ast.get_source_segment(source, ast.parse(source).body[-1])
    except (SyntaxError, IndexError): return source.strip().rpartition("\n")[2]


def _faults_of_cases(home, cases: dict) -> list[str]:
    faults = [f"cases: {id} is no exercise" for id in cases if id not in home.exercises]
    for id, task in home.exercises.items():
        if id not in cases:
            faults.append(f"{id}: no cases")
            continue
        case = cases[id]
        if not case.get("another"): faults.append(f"{id}: no right answer reached another way")
        if not case.get("unforeseen"): faults.append(f"{id}: no unforeseen mistake")
        tested, named = set(case.get("mistakes", {})), set(task.mistakes)
        faults += [f"{id}: the mistake {n!r} is never made" for n in sorted(named - tested)]
        faults += [f"{id}: {n!r} is no mistake of this exercise" for n in sorted(tested - named)]
    return faults
