"""What every tracked file keeps to, whatever its kind."""
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policy.notebook_rules import loud, prose

ROOT = Path(__file__).resolve().parents[2]
TOP = set("""README.md TEACHING.md environment.yml pyproject.toml requirements.txt Makefile
Dockerfile LICENSE .ci .github .gitignore .gitattributes notebooks utils tests""".split())
# Folders of one machine, hosts of package registries. Written so that this file does not match.
PRIVATE = re.compile(r"/w[o]rk/|/ro[o]t/|/f[a]rm/|/tm[p]/c/|/home/[a-z]+/|/opt/(py[p]i|wheels)"
                     r"|p[y]pi\.org|python[h]osted|registry\.n[p]mjs|deb\.d[e]bian\.org")


def tracked():
    "Paths of all files that belong to the project, those not yet committed included."
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                            capture_output=True)
    if listed.returncode: pytest.skip("not a git checkout, so which files belong is not known")
    return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]


def text_of(path):
    "The file's text, or nothing where it is not text."
    data = (ROOT / path).read_bytes()
    if b"\0" in data[:4096]: return ""
    return data.decode("utf-8", errors="replace")


def private(text): return sorted({m.group() for m in PRIVATE.finditer(text)})


def unlisted(paths): return sorted({path.split("/")[0] for path in paths} - TOP)


def test_no_file_names_a_machine_or_a_registry():
    assert {path: found for path in tracked() if (found := private(text_of(path)))} == {}


@pytest.mark.parametrize("text", ["/wo" + "rk/main", "https://py" + "pi.org/simple",
                                  "/ho" + "me/anna/course", "files.python" + "hosted.org"])
def test_a_machine_or_a_registry_is_caught(text):
    assert private(f"see {text} for it")


def test_the_top_level_holds_what_the_design_lists():
    assert unlisted(tracked()) == []


def test_a_stray_file_is_caught():
    assert unlisted(["README.md", "utils/core.py", "notes.txt"]) == ["notes.txt"]


def test_no_file_is_heavy():
    assert [path for path in tracked() if (ROOT / path).stat().st_size > 2_500_000] == []


def test_pages_speak_quietly():
    assert {path: found for path in tracked() if path.endswith(".md")
            if (found := loud(prose(text_of(path))))} == {}


def test_a_loud_page_is_caught():
    assert loud(prose("# Great!")) and not loud(prose("`a != b`, ![a cat](cat.png)"))


def test_the_linter_finds_nothing():
    paths = [path for path in tracked() if path.endswith(".py")]
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", *paths], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_linter_would_find_something():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "-"], cwd=ROOT,
                          input="import os\n", capture_output=True, text=True)
    assert done.returncode == 1 and "F401" in done.stdout
