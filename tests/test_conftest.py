"""The ground every test stands on, checked by breaking it."""
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLANTED = '''
import pytest

@pytest.mark.browser
def test_without_a_browser(chromium_path): pass

def test_that_needs_none(): pass
'''
LEAVES = '''
def test_leaves(page): page.set_content("<img src='http://example.org/x.png'>")
'''


def run(tmp_path, text, **env):
    "pytest on one planted file beside a copy of our conftest; returns its exit code and words."
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "offline").mkdir()
    guard = "offline/sitecustomize.py"
    (tmp_path / guard).write_text((ROOT / "tests" / guard).read_text())
    (tmp_path / "test_planted.py").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs Chromium\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:nbval", str(tmp_path)],
                          capture_output=True, text=True, cwd=tmp_path,
                          env={**os.environ, "COMPANION_TESTS": "", **env})
    return done.returncode, done.stdout


@pytest.mark.parametrize("call", [
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=2),
    lambda: socket.socket().connect_ex(("192.0.2.1", 80)),
    lambda: socket.getaddrinfo("example.org", 80),
])
def test_another_machine_is_refused(call):
    with pytest.raises(OSError, match="without a network"): call()


def test_this_machine_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_a_python_started_by_a_test_is_guarded_too():
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "without a network" in done.stderr


def test_environment_is_set_for_tests_and_kernels(tmp_path):
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert Path(os.environ["COMPANION_DATA"]).is_dir()
    assert Path(os.environ["COMPANION_HOME"]).is_relative_to(tmp_path)


def test_a_missing_browser_skips_with_one_line(tmp_path):
    code, words = run(tmp_path, PLANTED, PATH="", COMPANION_REQUIRE_BROWSER="")
    if "2 passed" in words: pytest.skip("a browser outside PATH is installed here")
    assert code == 0 and "1 passed, 1 skipped" in words
    assert words.count("no Chromium was found") == 1


def test_a_missing_browser_fails_when_one_is_required(tmp_path):
    code, words = run(tmp_path, PLANTED, PATH="", COMPANION_REQUIRE_BROWSER="1")
    if "2 passed" in words: pytest.skip("a browser outside PATH is installed here")
    assert code == 1 and "1 passed, 1 error" in words and "COMPANION_REQUIRE" in words


def test_a_page_is_drawn(page):
    page.set_content("<p>hello</p>")
    assert page.inner_text("p") == "hello"


@pytest.mark.browser
def test_a_page_that_asks_another_machine_is_told_on(tmp_path, chromium_path):
    code, words = run(tmp_path, LEAVES)
    assert code == 1 and "1 passed, 1 error" in words and "http://example.org" in words
