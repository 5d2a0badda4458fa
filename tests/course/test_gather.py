"A class's files become page and notebook; what is no export is named with the reason."
import json
import os
import random
import time
from html.parser import HTMLParser

import nbformat
import pytest

from tests.course.students import export_of, write_class
from utils.course import check, export_progress, gather, my_progress
from utils.course.exporting import LONGEST_NAME, known_hints
from utils.course.gather import main, read_class

GOOD = dict(companion_export=1, name="Ada", exercises={
    "04.1": dict(state="right", tries=3, hints={"last-epoch": 2}),
    "04.2": dict(state="not yet", tries=1, hints={})})


def changed(**new) -> str: return json.dumps(GOOD | new)


def one(**new) -> str: return changed(exercises={"04.1": GOOD["exercises"]["04.1"] | new})


BROKEN = {   # what the file holds, and words of the reason
    "not JSON": ("Dear teacher", "is not JSON"), "truncated": (changed()[:90], "breaks off"),
    "a list": ("[1]", "holds a list"), "null": ("null", "holds nothing"),
    "newer": (changed(companion_export=2), "newer version"),
    "odd version": (changed(companion_export="1"), "unknown format"),
    "true as version": (changed(companion_export=True), "unknown format"),
    "foreign": ('{"cells": []}', "no export of this course"),
    "progress itself": ('{"companion_progress": 1}', "progress file itself"),
    "unknown exercise": (changed(exercises={"04.99": {}}), "“04.99”"),
    "huge": ("[" + " " * 300_000 + "]", "300 KB"), "deep": ("[" * 90_000, "nested too deeply"),
    "NaN": (one(tries=float("nan")), "holds NaN"), "no name": (changed(name=" "), "gives no name"),
    "name missing": ('{"companion_export": 1, "exercises": {}}', "gives no name"),
    "long name": (changed(name="a" * 61), "61 letters"),
    "odd name": (changed(name="A\u202eb"), "cannot be shown"),
    "half a letter": (changed(name="A\ud800"), "cannot be shown"),
    "binary": (b"\x89PNG\0\0\0", "is not text"), "empty": (b"", "is empty"),
    "blank": ("  \n", "is empty"), "latin-1": (
              '{"name": "Zo\u00eb"}'.encode("latin-1"), "not UTF-8"),
    "negative": (one(tries=-1), "“-1” tries"), "half a try": (one(tries=1.5), "“1.5” tries"),
    "endless number": ('{"companion_export": ' + "9" * 5000 + "}", "thousands of digits"),
    "true tries": (one(tries=True), "“True” tries"), "odd state": (one(state="done"), "“done”"),
    "state of a list": (one(state=["right"]), "unknown state"),
    "unknown hint": (one(hints={"<b>": 1}), "“<b>”"), "too many hints": (
        one(hints={"last-epoch": 3}), "more hints than tries"),
    "no hints": (one(hints=[]), "a list in place of hints"),
    "exercises a list": (changed(exercises=[]), "a list in place of exercises"),
    "an entry a text": (changed(exercises={"04.1": "right"}), "does not give"),
    "more than asked": (changed(user="x"), "more than an export"),
    "twice": ('{"name": "a", "name": "b"}', "“name” twice"), "zip": (b"PK\3\4rest", "zip archive"),
}


@pytest.fixture
def folder(tmp_path):
    "A folder with one good file."
    where = tmp_path / "in"
    where.mkdir()
    (where / "good.json").write_text(changed())
    return where


def reasons(folder) -> dict:
    report = read_class(folder)
    assert [s.name for s in report.students][:1] == ["Ada"]
    return dict(report.handed.left_out)


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_file_is_named_and_the_rest_is_read(folder, kind):
    content, words = BROKEN[kind]
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "other.json").write_bytes(data)
    assert words in reasons(folder)["other.json"]


def test_what_is_no_file_is_named(folder):
    (folder / "sub").mkdir()
    (folder / "link.json").symlink_to(folder / "good.json")
    if hasattr(os, "mkfifo"): os.mkfifo(folder / "pipe")
    found = reasons(folder)
    assert "is a folder" in found["sub"] and "is a link" in found["link.json"]
    assert "no ordinary file" in found.get("pipe", "no ordinary file")


def test_file_that_may_not_be_read_is_named(folder, monkeypatch):
    from pathlib import Path
    real = Path.read_bytes

    def locked(self):
        if self.name == "shut.json": raise PermissionError(13, "Permission denied")
        return real(self)
    (folder / "shut.json").write_text(changed(name="Bo"))
    monkeypatch.setattr(Path, "read_bytes", locked)
    assert reasons(folder) == {"shut.json": "cannot be read (Permission denied)"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_file_saved_again_by_an_editor_is_read_with_a_remark(folder, encoding):
    (folder / "z.json").write_bytes(changed(name="Zoë").encode(encoding))
    report = read_class(folder)
    assert [s.name for s in report.students] == ["Ada", "Zoë"] and not report.handed.left_out
    assert [f for f, _ in report.handed.remarks] == ["z.json"]


def test_of_two_files_of_a_student_the_fuller_one_counts(folder):
    (folder / "old.json").write_text(changed(name="ADA", exercises={}))
    assert "second file of “ADA”; good.json" in reasons(folder)["old.json"]
    assert len(read_class(folder).students[0].exercises) == 2


def test_hidden_files_are_passed_over_and_odd_file_names_shown_safely(folder):
    (folder / ".DS_Store").write_bytes(b"\0")
    if os.name != "nt": (folder / "a\n\x1b[31m.txt").write_text("x")
    found = reasons(folder)
    assert all(name.isprintable() for name in found) and ".DS_Store" not in found


class Page(HTMLParser):
    "Tags and addresses of a page."
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.alts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [v for k, v in attrs if k in ("src", "href", "srcset")]
        if tag == "img": self.alts.append(dict(attrs).get("alt", ""))


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


EVIL = "<script>alert(1)</script> $x^{ & \"'"


def test_page_holds_everything_and_runs_nothing_of_a_student(folder, capsys):
    (folder / "evil.json").write_text(changed(name=EVIL))
    (folder / "<img src=x onerror=alert(1)>").write_text("x")
    page, book = folder.parent / "out" / "c.html", folder.parent / "out" / "c.ipynb"
    assert main([str(folder), "--page", str(page), "--notebook", str(book)]) == 0
    text = page.read_text(encoding="utf-8")
    seen = parsed(text)
    assert seen.tags.count("script") == 1 and "alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)" in text and "<img src=x" not in text
    assert seen.links and all(link.startswith("data:image/png;base64,") for link in seen.links)
    assert len(seen.alts) == 3 and all(len(a) > 30 for a in seen.alts)
    assert seen.tags.count("table") == 3
    assert "prefers" not in text and "@media print" in text and "http" not in text
    assert "left out: <img src=x" in capsys.readouterr().out


def test_notebook_runs_and_shows_the_same(folder, shown, monkeypatch):
    page, file = folder.parent / "c.html", folder.parent / "c.ipynb"
    assert main([str(folder), "--page", str(page), "--notebook", str(file)]) == 0
    book = nbformat.read(file, 4)
    nbformat.validate(book)
    monkeypatch.chdir(file.parent)
    names = {}
    for cell in book.cells:
        if cell.cell_type == "code": exec(cell.source, names)
    pages = [b["text/html"] for b in shown]
    assert [parsed(p).alts != [] for p in pages] == [True] * 3
    assert "Where was the *validation*" not in pages[2] and "last-epoch" in pages[2]
    assert "Ada: 04 1 of 8" in shown[0]["text/plain"]
    assert "1 student" in repr(names["report"])


@pytest.mark.parametrize("state", ["missing", "a file", "empty", "only bad"])
def test_folder_without_students_is_told_and_nothing_is_written(tmp_path, state, capsys):
    where = tmp_path / "in"
    if state == "a file": where.write_text("x")
    elif state != "missing": where.mkdir()
    if state == "only bad": (where / "x.json").write_text("x")
    page, book = tmp_path / "c.html", tmp_path / "c.ipynb"
    assert main([str(where), "--page", str(page), "--notebook", str(book)]) in (1, 2)
    assert not page.exists() and capsys.readouterr().out.strip()


def test_place_that_cannot_be_written_is_told(folder, capsys):
    assert main([str(folder), "--page", str(folder / "good.json" / "x.html")]) == 2
    assert "cannot be written" in capsys.readouterr().out


def test_numbers_are_those_counted_another_way(tmp_path):
    report = read_class(write_class(tmp_path / "in", 12))
    raw = [json.loads(f.read_text()) for f in (tmp_path / "in").iterdir()]
    for h in report.hardest():
        mine = [d["exercises"][h.id] for d in raw if h.id in d["exercises"]]
        assert h.tried == len(mine) and h.tries == sum(e["tries"] for e in mine) / len(mine)
        assert h.at_once == sum(e["state"] == "right" and e["tries"] == 1 for e in mine)
        assert h.not_yet == sum(e["state"] == "not yet" for e in mine)
    shares = [h.at_once / h.tried for h in report.hardest()]
    assert shares == sorted(shares) and len(shares) == 10
    for m in report.mistakes():
        if m.hint == "unforeseen": continue
        times = [d["exercises"].get(m.id, {}).get("hints", {}).get(m.hint, 0) for d in raw]
        assert (m.students, m.times) == (sum(map(bool, times)), sum(times))
        assert m.words == known_hints()[m.id][m.hint]


def test_names_that_the_font_lacks_and_a_class_that_did_nothing_are_drawn(folder):
    (folder / "li.json").write_text(changed(name="李雷"))
    assert gather.page_of(read_class(folder))
    for file in folder.iterdir(): file.write_text(changed(exercises={}))
    assert "nobody has tried" in gather.page_of(read_class(folder))


def test_two_hundred_files_are_read_within_seconds(tmp_path):
    write_class(tmp_path / "in", 200, most=91)
    began = time.process_time()
    assert len(read_class(tmp_path / "in").students) == 200
    assert time.process_time() - began < 2


@pytest.mark.usefixtures("toy_shelf", "shown")
class TestExport:
    def test_what_check_kept_is_exported_and_read_again(self, progress, tmp_path):
        for answer in (.75, 3, .75, .25): check("98.1", answer)
        my_progress().export("  Ada   L ", tmp_path / "in" / "a.json")
        data = json.loads((tmp_path / "in" / "a.json").read_text(encoding="utf-8"))
        assert data == dict(companion_export=1, name="Ada L", exercises={
            "98.1": dict(state="right", tries=4, hints={"accuracy": 2})})
        assert not read_class(tmp_path / "in").handed.left_out

    def test_old_and_odd_entries_make_a_sound_file(self, progress, tmp_path):
        def change(d):
            d["exercises"] |= {"98.1": {"state": "right"}, "98.2": {"hints": 2}, "77.1": {
                "state": "right"}, "98.3": {"state": "not yet", "mistakes": {"gone": 3}}}
        progress.update(change)
        export_progress("Bo", tmp_path / "in" / "b.json")
        report = read_class(tmp_path / "in")
        assert not report.handed.left_out
        assert {k: e.tries for k, e in report.students[0].exercises.items()} == \
            {"98.1": 1, "98.3": 1}

    @pytest.mark.parametrize("name", ["", " ", None, "x" * (LONGEST_NAME + 1), "a\x00b", 7])
    def test_name_that_cannot_be_is_refused(self, progress, tmp_path, name):
        with pytest.raises(ValueError): export_progress(name, tmp_path / "a.json")
        assert list(tmp_path.glob("*.json")) == []

    def test_foreign_file_is_not_overwritten_and_an_export_is(self, progress, tmp_path, shown):
        file = tmp_path / "a.json"
        file.write_text("mine")
        with pytest.raises(ValueError, match="left as it is|left as it was"):
            export_progress("Ada", file)
        assert file.read_text() == "mine"
        with pytest.raises(ValueError, match="is a folder"): export_progress("Ada", tmp_path)
        export_progress("Ada", tmp_path / "b.json")
        export_progress("Ada B", tmp_path / "b.json")
        assert "Ada B" in (tmp_path / "b.json").read_text()
        assert "it was not sent" in shown[-1]["text/plain"]

    def test_the_file_is_named_after_the_student(self, progress, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        export_progress("../Zoë / <b>")
        assert [f.name for f in tmp_path.glob("*.json")] == ["progress-zoë-b.json"]


def test_made_up_students_are_sound():
    data = export_of("x", .5, 91, random.Random(0))
    assert 60 < len(data["exercises"]) <= 91
