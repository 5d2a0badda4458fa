"""JupyterLab with the course's settings: a notebook opens, nothing pops up or is fetched."""
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from utils.course.chapters import NOTEBOOKS
from utils.course.copies import Copies
from utils.course.merging import given_cells, record

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "utils" / "assets" / "jupyter" / "jupyter_lab_config.py"
FIRST = "00_start_here.ipynb"    # what `make lab` opens


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    "A folder with one small notebook, and beside it a reader's copies of the course."
    folder = tmp_path_factory.mktemp("lab")
    Copies(folder / "work").make_missing()
    cells = [new_markdown_cell("# A page of the course"), new_code_cell("print(6 * 7)")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "page.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(folder):
    "A running JupyterLab on that folder; gives its address."
    log = folder / "log"
    command = [sys.executable, "-m", "jupyterlab", f"--config={SETTINGS}", "--no-browser",
               "--allow-root", "--port=0", "--IdentityProvider.token=", "--LabApp.dev_mode=False",
               f"--ServerApp.root_dir={folder}"]
    own = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "RUNTIME")}
    with log.open("w") as words:
        server = subprocess.Popen(command, stderr=words, env=os.environ | own)
    try:
        yield _address(log, server)
    finally:
        server.terminate()
        server.wait(20)


def _address(log, server):
    "Where the server says it is, once it answers."
    for _ in range(120):
        found = re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/lab", log.read_text())
        if found: return f"http://127.0.0.1:{found[1]}"
        assert server.poll() is None, log.read_text()[-2000:]
        time.sleep(0.25)
    raise TimeoutError(log.read_text()[-2000:])


def test_a_notebook_opens_and_runs_with_nothing_in_the_way(lab, page):
    page.goto(f"{lab}/lab/tree/page.ipynb")
    page.get_by_role("heading", name="A page of the course").wait_for(timeout=60_000)
    # Before its kernel is there, JupyterLab drops a Shift+Enter without a word.
    page.get_by_text("(ipykernel) | Idle").wait_for()
    page.get_by_text("print(6 * 7)").first.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="42").wait_for()
    page.wait_for_timeout(1500)     # a pop-up would come by itself
    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0


def test_the_readers_copy_opens_leads_on_and_is_saved_apart_from_the_course(lab, folder, page):
    copies, before = Copies(folder / "work"), (NOTEBOOKS / FIRST).read_bytes()
    file = copies.folder / FIRST
    page.goto(f"{lab}/lab/tree/{file.relative_to(folder).as_posix()}")
    page.get_by_role("heading", name="00 Start here").wait_for(timeout=60_000)
    page.get_by_text("(ipykernel) | Idle").wait_for()
    page.get_by_role("heading", name="00 Start here").click()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("6 ** 7")
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="279936").wait_for()
    written = file.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    for _ in range(100):
        if file.stat().st_mtime_ns != written: break
        page.wait_for_timeout(100)
    mine, given = copies.read(FIRST)
    now = given_cells(record(mine, FIRST), FIRST)       # what an update would compare
    assert {id: now[id] for id in given} == given and len(now) == len(given) + 1
    assert "6 ** 7" in [c.source for c in mine.cells]
    page.locator("a", has_text="01 First model").first.click()
    page.get_by_role("heading", name="01 First model").first.wait_for()
    assert (NOTEBOOKS / FIRST).read_bytes() == before


def test_the_page_is_told_to_fetch_nothing(lab):
    page = urlopen(f"{lab}/lab").read().decode()
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
    assert config["news"] == {"disabled": True}
    assert not config["extensionManager"]["can_install"]


def test_nobody_is_asked_about_news():
    overrides = json.loads(SETTINGS.with_name("overrides.json").read_text())
    told = overrides["@jupyterlab/apputils-extension:notification"]
    assert told == {"checkForUpdates": False, "fetchNews": "false"}
