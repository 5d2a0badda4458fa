"""Runs one chapter's exercises in every variant; started by the kit in a process of its own.

The cells that the exercises need are run once, in the notebook's folder. At an exercise each
variant runs on the same names, which are put back afterwards. In: JSON on stdin. Out: a JSON file.
"""
import ast
import contextlib
import io
import json
import os
import random
import sys
import time
from pathlib import Path

import nbformat

from utils.course.needed import needed_cells


class Hostile:
    "Raises whenever it is looked at closely."
    def __eq__(self, other): raise RuntimeError("no comparing")
    def __bool__(self): raise RuntimeError("no truth")
    def __repr__(self): raise RuntimeError("no words")
    def __len__(self): raise RuntimeError("no length")
    __hash__ = None


def raises(*args, **kwargs): raise RuntimeError("on purpose")


FOREIGN = {"a text": "no idea", "a number": -98765.4321, "an empty list": [], "an object": object(),
           "a hostile object": Hostile(), "a function that returns 0": lambda *a, **k: 0,
           "a function that raises": raises}


def start_shell():
    "An IPython shell that shows nothing and remembers no history."
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.display_pub = CapturingDisplayPublisher()
    return shell


def keeper(ns: dict):
    "A function that puts back the names of `ns`, what changed inside them, and the random numbers."
    import numpy as np
    import torch
    before, undo = dict(ns), []
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    for value in before.values():
        if isinstance(value, (list, dict, set)) and value is not ns: undo.append(box_keeper(value))
        elif isinstance(value, np.ndarray): undo.append(array_keeper(value))
        elif isinstance(value, torch.Tensor): undo.append(tensor_keeper(value))
        module = value if isinstance(value, torch.nn.Module) else getattr(value, "model", None)
        if isinstance(module, torch.nn.Module): undo.append(module_keeper(module))

    def put_back():
        ns.clear()
        ns.update(before)
        for f in undo: f()
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
    return put_back


def box_keeper(box):
    saved = box.copy()

    def put_back():
        box.clear()
        box.extend(saved) if isinstance(box, list) else box.update(saved)
    return put_back


def array_keeper(array):
    saved = array.copy()

    def put_back():
        if array.flags.writeable: array[...] = saved
    return put_back


def tensor_keeper(tensor):
    saved = tensor.detach().clone()
    grad = None if not tensor.is_leaf or tensor.grad is None else tensor.grad.clone()

    def put_back():
        tensor.data = saved.clone()
        if tensor.is_leaf: tensor.grad = grad
    return put_back


def module_keeper(module):
    saved = {k: v.clone() for k, v in module.state_dict().items()}
    training, wanted = module.training, [p.requires_grad for p in module.parameters()]

    def put_back():
        module.load_state_dict(saved)
        module.train(training)
        for p, w in zip(module.parameters(), wanted): p.requires_grad_(w)
        module.zero_grad()
    return put_back


def run(shell, source: str) -> str:
    "Run a cell; returns the error's words, or nothing."
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(source, store_history=False)
    shell.display_pub.outputs.clear()
    error = result.error_before_exec or result.error_in_exec
    return f"{type(error).__name__}: {error}" if error else ""


def split(source: str) -> tuple[str, str]:
    "A cell without its last line `check(...)`, and that line."
    at = ("\n" + source).rfind("\ncheck(")
    return (source, "") if at < 0 else (source[:at], source[at:].strip())


def judged(shell, source: str, check_line: str) -> dict:
    "Run an answer and its check; what came of it."
    began = time.perf_counter()
    error = run(shell, f"{source}\n_verdict_ = {check_line}")
    verdict = shell.user_ns.pop("_verdict_", None)
    seconds = time.perf_counter() - began
    if error or verdict is None: return dict(state="error", error=error, seconds=seconds)
    return dict(state=verdict.state, hint=verdict.hint, crash=verdict.crash, text=verdict.text,
                error="", seconds=seconds)


def with_foreign(check_line: str, n: int) -> str:
    "The check line with its first `n` answers replaced."
    call = ast.parse(check_line).body[0].value
    call.args[1:n + 1] = [ast.Name("_foreign_")] * n
    return ast.unparse(call)


def secrets(shell, check_line: str, n: int) -> list[str]:
    "Right answers that are numbers, as texts that no hint may hold."
    call = ast.parse(check_line).body[0].value
    found = set()
    for arg in call.args[1:n + 1]:
        value = eval(ast.unparse(arg), shell.user_ns)
        if hasattr(value, "item") and getattr(value, "shape", None) == (): value = value.item()
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found |= {f"{value:g}", repr(value), f"{value:.2f}", f"{value:.3f}"}
    return sorted(s for s in found if len(s) >= 3)


def variants_of(task: dict, stub: str, solved: str) -> list[tuple[str, str, str]]:
    "Kind, name and source of everything that is tried on one exercise."
    res = [("blank", "the stub", stub), ("solution", "the solution", solved)]
    res += [("another", f"another way {i}", s) for i, s in enumerate(task.get("another", []), 1)]
    res += [("mistake", name, s) for name, s in task.get("mistakes", {}).items()]
    return res + [("unforeseen", f"unforeseen {i}", s)
                  for i, s in enumerate(task.get("unforeseen", []), 1)]


def try_exercise(shell, id: str, task: dict, stub: str, check_line: str, solved: str) -> dict:
    "Run every variant of one exercise on the names as they are now."
    from utils.course import shelf
    put_back = keeper(shell.user_ns)
    n = len(shelf.find(id, "exercises").takes)
    tried, hidden = [], []
    for kind, name, source in variants_of(task, stub, solved):
        out = judged(shell, source, check_line)
        if kind == "solution" and not out["error"]: hidden = secrets(shell, check_line, n)
        tried.append(dict(kind=kind, name=name, **out))
        put_back()
    run(shell, solved)
    put_solved = keeper(shell.user_ns)      # a solution that trains is slow: it is run once
    for name, foreign in FOREIGN.items():
        shell.user_ns["_foreign_"] = foreign
        out = judged(shell, "", with_foreign(check_line, n))
        tried.append(dict(kind="foreign", name=name, **out))
        put_solved()
    put_back()
    return dict(tried=tried, secrets=hidden)


def read_code(file: str) -> list:
    "The code cells of a notebook."
    return [c for c in nbformat.read(file, 4).cells if c.cell_type == "code"]


def try_chapter(job: dict) -> dict:
    "Run the needed cells in order, and every exercise with its variants where it stands."
    from utils.course import shelf
    shelf.FOLDERS[1:] = map(Path, job["folders"])
    if job["folders"]: shelf.CHAPTERS.clear()
    cells = read_code(job["notebook"])
    solved = {c.id: split(c.source)[0] for c in read_code(job["solutions"])}
    ids = {f"ex-{id.replace('.', '-')}": id for id in job["cases"]}
    places = {i: ids[c.id] for i, c in enumerate(cells) if c.id in ids}
    os.chdir(Path(job["notebook"]).parent)
    shell, sources, out, chosen = start_shell(), [c.source for c in cells], {}, set()
    shell.reset(new_session=False)
    for at, id in places.items():
        seeds = [sources[at], solved.get(cells[at].id, "")]
        seeds += [s for _, _, s in variants_of(job["cases"][id], "", "")]
        chosen |= needed_cells(sources, at, seeds)
    if job["run"] == "all": chosen = set(range(len(cells)))
    for i, cell in enumerate(cells):
        tags = cell.metadata.get("tags", [])
        if i in places:
            stub, check_line = split(cell.source)
            out[places[i]] = try_exercise(shell, places[i], job["cases"][places[i]], stub,
                                          check_line, solved.get(cell.id, ""))
        elif i in chosen and "exercise" not in tags:
            error = run(shell, cell.source)
            if error and "raises-exception" not in tags:
                return dict(failed=f"cell {cell.id}: {error} in: {cell.source[:200]}", tried=out)
    return dict(tried=out, cells=len(chosen))


if __name__ == "__main__":
    results = list(map(try_chapter, json.load(sys.stdin)))
    Path(sys.argv[1]).write_text(json.dumps(results), encoding="utf-8")
