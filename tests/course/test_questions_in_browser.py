"A reader with a browser: answers a guess, a checkpoint and a quiz, and reads without a kernel too."
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.browser
CONTENT = Path(__file__).parent / "toy" / "content"
CELLS = [
    f"from pathlib import Path\nfrom utils.course import *\nfrom utils.course import shelf\n"
    f"shelf.FOLDERS.append(Path({str(CONTENT)!r}))",
    'guess("98.g1")', 'guess("98.g2")', 'checkpoint("98.c1")', 'quiz("98")',
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    "A Voila page with the toy chapter's questions, and the progress file behind it."
    folder = tmp_path_factory.mktemp("served")
    file = folder / "questions.ipynb"
    cells = [new_code_cell(s, id=f"cell-{i}") for i, s in enumerate(CELLS)]
    kernel = dict(name="python3", display_name="Python 3", language="python")
    about = dict(kernelspec=kernel, companion=dict(title="Questions"), title="Questions")
    nbformat.write(new_notebook(cells=cells, metadata=about), file)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    env = os.environ | dict(COMPANION_HOME=str(folder / "home"), PYTHONPATH=os.pathsep.join(paths))
    server = subprocess.Popen(
        [sys.executable, "-m", "utils.serve", "--folder", str(folder), "--no-browser",
         "--port", str(port)], env=env, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    wait_for(lambda: urllib.request.urlopen(address, timeout=2), 90)
    yield f"{address}voila/render/questions.ipynb", folder / "home" / "progress.json"
    server.terminate()
    server.wait(20)


def wait_for(fact, seconds: float):
    "Until `fact()` gives something true without an error."
    end = time.monotonic() + seconds
    while True:
        try:
            if res := fact(): return res
        except Exception:
            if time.monotonic() > end: raise
        assert time.monotonic() < end, "waited in vain"
        time.sleep(.2)


def kept(file: Path, section: str, id: str) -> dict:
    return json.loads(file.read_text())[section][id]


@pytest.fixture(scope="module")
def questions(browser, served):
    "One open page; each test answers other questions of it."
    context = browser.new_context(viewport=dict(width=1100, height=900))
    page = context.new_page()
    page.goto(served[0], timeout=90_000)
    page.locator("[data-id='98.q5']").wait_for(timeout=90_000)
    yield page
    context.close()


def test_checkpoint_explains_each_choice_and_keeps_the_first(questions, served):
    box = questions.locator("[data-id='98.c1']")
    said = box.get_by_role("status")
    box.get_by_role("button", name="Check").click()
    assert said.inner_text() == "Choose an answer first."
    box.get_by_role("radio", name="The labels").check()
    assert said.inner_text() == "Choose an answer first.", "nothing is judged before Check"
    box.get_by_role("button", name="Check").click()
    assert said.inner_text().startswith("○ Not this one. Labels are given;")
    box.get_by_role("radio", name="The parameters").check()
    box.get_by_role("button", name="Check").click()
    assert said.inner_text() == "✓ Right. Nothing else may move: see step."
    wait_for(lambda: kept(served[1], "questions", "98.c1")["tries"] >= 2, 20)
    assert kept(served[1], "questions", "98.c1")["first_right"] is False


def test_guess_is_kept_and_senseless_numbers_are_not(questions, served):
    box = questions.locator("[data-id='98.g1']")
    box.get_by_role("spinbutton", name="Your guess in points").fill("12.5")
    box.get_by_role("button", name="Keep my guess").click()
    assert box.get_by_role("status").inner_text() == "Kept. Now run on and compare."
    wait_for(lambda: kept(served[1], "guesses", "98.g1") == {"value": 12.5}, 20)


def test_quiz_counts_first_choices(questions, served):
    for n, choice in ((1, "No"), (1, "Yes"), (2, "Yes")):
        box = questions.locator(f"[data-id='98.q{n}']")
        box.get_by_role("radio", name=choice).check()
        box.get_by_role("button", name="Check").click()
    assert questions.get_by_text("1 right at the first choice, 2 of 5 answered.").is_visible()
    wait_for(lambda: kept(served[1], "questions", "98.q2")["right"], 20)


def test_keyboard_alone_answers_a_question(questions, served):
    box = questions.locator("[data-id='98.g2']")
    assert box.locator("legend").inner_text().endswith("Does the loss fall?")
    box.get_by_role("radio", name="Yes").focus()
    questions.keyboard.press("ArrowDown")
    questions.keyboard.press("Tab")
    questions.keyboard.press("Enter")
    assert box.get_by_role("status").inner_text().startswith("Kept.")
    wait_for(lambda: kept(served[1], "guesses", "98.g2") == {"value": 1}, 20)


def test_nothing_is_wider_than_a_phone(questions):
    questions.set_viewport_size(dict(width=390, height=800))
    wide = questions.evaluate("""[...document.querySelectorAll('.cq *')]
        .filter(e => e.getBoundingClientRect().right > 390).map(e => e.textContent)""")
    assert wide == []
