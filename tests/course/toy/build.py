"Writes the toy chapter's notebook and its solutions."
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

STUBS = {
    "98.1": ("rate = ...", 'check("98.1", rate)'),
    "98.2": ("def rate_of(p, t):\n    ...", 'check("98.2", rate_of)'),
    "98.3": ("pair = ...\nsure = ...", 'check("98.3", pair, sure, animals)'),
    "98.4": ("class Count:\n    def after_loss(self): ...", 'check("98.4", Count)'),
}
SOLVED = {
    "98.1": "rate = wrong / n",
    "98.2": "def rate_of(p, t):\n    return sum(a != b for a, b in zip(p, t)) / len(p)",
    "98.3": "pair = ['dog', 'cat']\nsure = False",
    "98.4": "class Count:\n    def __init__(self): self.n = 0\n"
            "    def after_loss(self): self.n += 1",
}


def exercise_cell(id: str, source: str):
    "An exercise's cell, as in a chapter."
    cell = new_code_cell(f"{source}\n{STUBS[id][1]}", id=f"ex-{id.replace('.', '-')}")
    cell.metadata["tags"] = ["exercise"]
    return cell


def chapter_cells() -> list:
    "The toy chapter from its title to its quiz."
    steps = [
        "import numpy as np, torch\nfrom utils.course import *",
        "setup(seed=42)",
        'guess("98.g1")',
        'guess("98.g2")',
        "n, wrong = 4, 0",
        "slow = sum(range(10))",
        "for _ in range(1): wrong += 1",
        'reveal("98.g1", wrong)\nreveal("98.g2", "Yes")',
        'checkpoint("98.c1")',
        "animals = ['cat', 'dog']",
        "raise KeyError('shown on purpose')",
    ]
    cells = [new_markdown_cell("# Toy"), *map(new_code_cell, steps)]
    cells[-1].metadata["tags"] = ["raises-exception"]
    for id, (stub, _) in STUBS.items():
        cells += [new_markdown_cell(f'### Exercise {id}\nStuck? `hint("{id}")`'),
                  exercise_cell(id, stub)]
    return [*cells, new_code_cell('quiz("98")'), new_code_cell("my_progress()")]


def solution_cells() -> list:
    "The toy chapter's solutions."
    cells = [new_markdown_cell("# Solutions")]
    for id, source in SOLVED.items():
        cells += [new_markdown_cell(f"### {id} The idea"), exercise_cell(id, source)]
    return cells


def build(folder: Path, cells: list | None = None, solutions: list | None = None) -> Path:
    "Write both notebooks below `folder` and return the chapter's path."
    (folder / "solutions").mkdir(parents=True, exist_ok=True)
    file = folder / "98_toy_chapter.ipynb"
    nbformat.write(new_notebook(cells=cells or chapter_cells()), file)
    solved = new_notebook(cells=solutions or solution_cells())
    nbformat.write(solved, folder / "solutions" / file.name)
    return file
