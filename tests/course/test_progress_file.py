"The reader's progress survives two notebooks at once and every kind of bad file."
import json
import os
import subprocess
import sys

import pytest

from utils.course import check, hint, my_progress, progress_file
from utils.course.progress_file import ProgressFile

pytestmark = pytest.mark.usefixtures("toy_shelf", "shown")


def entry(id: str, **values):
    def change(data): data["exercises"][id] = values
    return change


def test_entries_are_written_and_read_again(progress):
    assert not progress.path.exists()
    progress.update(entry("98.1", state="right"))
    assert ProgressFile().read()["exercises"] == {"98.1": {"state": "right"}}
    assert [f.name for f in progress.path.parent.glob("*.part")] == []
    assert progress.take_notice() == ""


def test_home_is_the_folder_named_in_the_environment(progress):
    assert str(progress.path) == os.path.join(os.environ["COMPANION_HOME"], "progress.json")


def test_tries_mistakes_and_hints_are_counted(progress):
    for answer in (.75, 3, .75, ..., .25, .75): check("98.1", answer)
    hint("98.1")
    assert progress.read()["exercises"]["98.1"] == \
        dict(state="right", tries=4, mistakes={"accuracy": 2}, hints=1)


def test_two_notebooks_at_once_keep_all_entries(progress):
    code = ("import runpy, sys\n"
            f"progress = runpy.run_path({progress_file.__file__!r})['progress']\n"
            "for i in range(15):\n"
            "    def change(d): d['exercises'][sys.argv[1] + '.' + str(i)] = {'state': 'right'}\n"
            "    progress.update(change)\n"
            "assert not progress.notice, progress.notice")
    both = [subprocess.Popen([sys.executable, "-c", code, n]) for n in ("01", "02")]
    assert [p.wait(120) for p in both] == [0, 0]
    assert len(progress.read()["exercises"]) == 30


FOREIGN = [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"exercises": {}}', b"[" * 100_000,
           b'{"companion_progress": "1"}', b" " * 5_000_001]


@pytest.mark.parametrize("content", FOREIGN, ids=range(len(FOREIGN)))
def test_foreign_file_is_kept_aside_and_said_once(progress, shown, content):
    progress.path.parent.mkdir()
    progress.path.write_bytes(content)
    my_progress()
    check("98.1", .25)
    assert (progress.path.parent / "progress-set-aside-1.json").read_bytes() == content
    assert "kept as progress-set-aside-1.json" in shown[-1]["text/plain"]
    check("98.1", .75)
    assert "kept as" not in shown[-1]["text/plain"]
    assert ProgressFile().read()["exercises"]["98.1"]["state"] == "right"


def test_bad_entries_in_a_good_file_do_no_harm(progress):
    progress.path.parent.mkdir()
    progress.path.write_text(json.dumps({
        "companion_progress": 1, "guesses": [], "questions": {"98.c1": 3, "98.q1": {"tries": "x"}},
        "exercises": {"98.1": {"state": 7, "tries": "many", "hints": "all", "mistakes": 3},
                      "98.2": "right"}}))
    check("98.1", .75)
    hint("98.1")
    assert progress.read()["exercises"]["98.1"]["tries"] == 1
    assert "98 Toy chapter" in repr(my_progress())


def test_readonly_file_is_left_as_it_is(progress, shown):
    progress.update(entry("98.2", state="right"))
    before = progress.path.read_bytes()
    progress.path.chmod(0o444)
    check("98.1", .25)
    assert "marked read-only; answers are remembered only until" in shown[-1]["text/plain"]
    assert progress.path.read_bytes() == before
    assert progress.read()["exercises"].keys() == {"98.1", "98.2"}
    progress.path.chmod(0o644)
    check("98.3", ["cat", "dog"], False, ["dog", "cat"])
    assert ProgressFile().read()["exercises"].keys() == {"98.1", "98.2", "98.3"}


def test_file_of_a_newer_version_is_left_as_it_is(progress, shown):
    progress.path.parent.mkdir()
    progress.path.write_text('{"companion_progress": 99}')
    check("98.1", .25)
    assert "newer version" in shown[-1]["text/plain"]
    assert progress.path.read_text() == '{"companion_progress": 99}'


@pytest.mark.parametrize("obstacle", ["file in the folder's place", "folder in the file's place"])
def test_unusable_place_does_not_break_a_cell(progress, shown, obstacle, tmp_path):
    if obstacle.startswith("file"): progress.path.parent.write_text("")
    else: progress.path.mkdir(parents=True)
    assert check("98.1", .25).state == "right"
    hint("98.1")
    assert "The progress file cannot be used" in shown[0]["text/plain"]
    assert "progress file" not in shown[1]["text/plain"]
    assert progress.read()["exercises"]["98.1"]["hints"] == 1


def test_full_disk_leaves_the_old_file_whole(progress, monkeypatch):
    progress.update(entry("98.2", state="right"))
    before = progress.path.read_bytes()

    def full(*args, **kwargs): raise OSError(28, "No space left on device")
    monkeypatch.setattr(json, "dump", full)
    progress.update(entry("98.1", state="right"))
    assert "No space left on device" in progress.take_notice()
    assert progress.path.read_bytes() == before
    assert not list(progress.path.parent.glob("*.part"))


def test_overview_counts_and_says_so_in_words(progress):
    check("98.1", .25)
    check("98.2", lambda p, t: 0)
    row = next(r for r in my_progress().rows if r["chapter"] == "98")
    assert row["states"] == {"98.1": "right", "98.2": "not yet", "98.3": "open", "98.4": "open"}
    assert (row["guesses"], row["checkpoints"], row["quiz"]) == ((0, 2), (0, 1), (0, 5))
    page = my_progress()._repr_html_()
    assert "1 right, 1 tried, 2 open" in page and 'scope="row"' in page
    assert "1 right, 1 tried, 2 open; guesses 0 of 2" in repr(my_progress())
