"The map of the course fits the notebooks and the contents; the README is held to it elsewhere."
from pathlib import Path

import nbformat
import pytest

from utils.course import shelf
from utils.course.chapters import CHAPTERS, CourseMap, course_map

ROOT = Path(__file__).resolve().parents[2]
BY_NUMBER = {c.number: c for c in CHAPTERS}


def test_chapters_are_numbered_in_order():
    assert [c.number for c in CHAPTERS] == [f'{i:02d}' for i in range(13)]


@pytest.mark.parametrize('number', shelf.chapter_numbers())
def test_contents_have_the_title_of_the_map(number):
    assert shelf.open_chapter(number).title == BY_NUMBER[number].title


@pytest.mark.parametrize('number', shelf.chapter_numbers())
def test_the_map_adds_up_the_minutes_of_the_exercises(number):
    exercises = shelf.open_chapter(number).exercises.values()
    assert BY_NUMBER[number].exercises == sum(e.minutes for e in exercises)


NOTEBOOKS = sorted((ROOT / 'notebooks').glob('[0-9]*.ipynb'))


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda f: f.stem)
def test_a_notebook_begins_with_what_the_map_says(file):
    first, c = nbformat.read(file, 4).cells[0].source, BY_NUMBER[file.name[:2]]
    assert first.startswith(f'# {c.number} {c.title}')
    assert c.question in first
    assert f'{c.minutes} minutes to read, {c.exercises} for the exercises, ' in first


def test_what_is_there_is_a_link_and_the_rest_is_to_come(tmp_path):
    (tmp_path / '03_some_name.ipynb').write_text('{}')
    page = CourseMap(tmp_path)
    assert page._repr_html_().count('<a href="03_some_name.ipynb">03 Data') == 1
    assert page._repr_html_().count('to come') == repr(page).count('to come') == 12


def test_hours_are_the_sum_of_the_minutes():
    assert course_map().hours * 60 == sum(c.minutes + c.exercises for c in CHAPTERS)


def stored_map(notebook):
    cell, = [c for c in notebook.cells if c.id == 'map']
    return ''.join(cell.outputs[0].data['text/plain'])


def test_the_map_stored_in_the_first_chapter_is_the_course_of_today():
    notebook = nbformat.read(NOTEBOOKS[0], 4)
    assert stored_map(notebook) == repr(course_map())
    old = notebook.cells[[c.id for c in notebook.cells].index('map')]
    old.outputs[0].data['text/plain'] += '  (to come)'
    assert stored_map(notebook) != repr(course_map())
