"A toy chapter on the shelf, and a progress file of its own, for the tests of the course's parts."
from pathlib import Path

import pytest

from utils.course import checking, guesses, hints, overview, progress_file, quizzes, shelf

TOY = Path(__file__).parent / "toy"
USERS = (checking, guesses, hints, overview, quizzes, progress_file)


@pytest.fixture
def toy_shelf(monkeypatch):
    "Chapter 98 can be opened."
    monkeypatch.setattr(shelf, "FOLDERS", [*shelf.FOLDERS, TOY / "content"])
    shelf.CHAPTERS.pop("98", None)
    yield
    shelf.CHAPTERS.pop("98", None)


@pytest.fixture
def progress(monkeypatch):
    "A fresh progress file, in the test's own home."
    fresh = progress_file.ProgressFile()
    for module in USERS: monkeypatch.setattr(module, "progress", fresh)
    return fresh


@pytest.fixture
def shown(monkeypatch):
    "What the course displays, as dicts of mime types."
    import IPython
    import IPython.display
    bundles = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles
