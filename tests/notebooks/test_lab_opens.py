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

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "utils" / "assets" / "jupyter" / "jupyter_lab_config.py"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    "A running JupyterLab on a folder with one small notebook; gives its address."
    folder = tmp_path_factory.mktemp("lab")
    cells = [new_markdown_cell("# A page of the course"), new_code_cell("print(6 * 7)")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "page.ipynb")
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


def test_the_page_is_told_to_fetch_nothing(lab):
    page = urlopen(f"{lab}/lab").read().decode()
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
    assert config["news"] == {"disabled": True}
    assert not config["extensionManager"]["can_install"]


def test_nobody_is_asked_about_news():
    overrides = json.loads(SETTINGS.with_name("overrides.json").read_text())
    told = overrides["@jupyterlab/apputils-extension:notification"]
    assert told == {"checkForUpdates": False, "fetchNews": "false"}
