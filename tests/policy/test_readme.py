"""README.md says what is so: its links lead somewhere, its chapters and commands exist."""
import re
from pathlib import Path

import pytest

from utils.course.chapters import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def dead_links(text):
    "Relative links and pictures that lead nowhere."
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    return [link for link in links if not (ROOT / link).exists()]


def rows(text):
    "The chapter table: number, title, question, minutes, book, state."
    found = re.findall(r"^\| (\d\d) \|(.*)\|$", text, re.M)
    return [[number, *(part.strip() for part in rest.split("|"))] for number, rest in found]


def wrong_rows(text, there):
    "Rows that differ from the map of chapters, or from the notebooks that are there."
    expected = [[c.number, c.title, c.question, f"{c.minutes} + {c.exercises}"] for c in CHAPTERS]
    wrong = [row for row, right in zip(rows(text), expected) if row[:4] != right]
    wrong += [row for row in rows(text) if (row[5] == "here") != (row[0] in there)]
    return wrong if len(rows(text)) == len(expected) else [f"{len(rows(text))} rows"]


def unknown_targets(text, makefile):
    "Targets of make that the text tells to type, but the Makefile does not have."
    typed = re.findall(r"^make ([a-z]+)", text, re.M) + re.findall(r"`make ([a-z]+)", text)
    return sorted(set(typed) - set(re.findall(r"^([a-z]+):", makefile, re.M)))


def test_links_lead_somewhere():
    assert dead_links(README) == []


def test_the_chapter_table_is_true():
    assert wrong_rows(README, {p.name[:2] for p in (ROOT / "notebooks").glob("*.ipynb")}) == []


def test_the_commands_exist():
    assert unknown_targets(README, (ROOT / "Makefile").read_text()) == []


@pytest.mark.parametrize("old, new", [("| 30 + 28 |", "| 60 |"), ("Start here", "Begin"),
                                      ("| here |", "| to come |")])
def test_a_false_table_is_caught(old, new):
    there = {row[0] for row in rows(README) if row[5] == "here"}
    assert wrong_rows(README, there) == []
    assert wrong_rows(README.replace(old, new, 1), there)


def test_a_dead_link_and_a_false_command_are_caught():
    assert dead_links("see [here](no/where.md) and ![a cat](cat.png)") == ["no/where.md", "cat.png"]
    assert unknown_targets("type `make coffee`", "lab: x") == ["coffee"]


def test_it_names_the_settings_file_that_exists():
    path = re.search(r"--config=(\S+)", README)[1]
    assert (ROOT / path).is_file() and path in (ROOT / "Makefile").read_text()
