"""A reader's copies: made once, brought up to date without touching an answer, never lost."""
import copy
import datetime
import json
import os
import random
import re
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from utils.course import copies as keeping
from utils.course import work
from utils.course.chapters import NOTEBOOKS
from utils.course.copies import Copies, Trouble, page_names
from utils.course.merging import RECORD, given_cells, merge, record, source_mark

CHAPTER = '04_overfitting.ipynb'
TODAY = datetime.date.today().isoformat()


def text(id, words): return new_markdown_cell(words, id=id)


def code(id, source, said='', tags=()):
    shown = [new_output('stream', name='stdout', text=said)] if said else []
    return new_code_cell(source, id=id, outputs=shown, execution_count=1 if said else None,
                         metadata=dict(tags=list(tags)) if tags else {})


def chapter(**changed):
    "A small chapter of the course; a cell given by name takes another's place, None takes it away."
    cells = dict(title=text('title', '# 04 Overfitting'), setup=code('setup', 'x = 1', 'ready'),
                 look=text('look', 'Look at this: [code](../utils/core.py)'),
                 ex_04_1=code('ex-04-1', 'epoch = ...\ncheck("04.1", epoch)', '–', ['exercise']),
                 end=text('end', 'The end.')) | changed
    about = dict(kernelspec=dict(name='python3', display_name='Python 3', language='python'))
    return new_notebook(cells=[c for c in cells.values() if c], metadata=about)


def save(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)


@pytest.fixture
def copies(tmp_path):
    "Copies of a course with one chapter, one app, one solution and one picture."
    course = tmp_path / 'course' / 'notebooks'
    save(chapter(), course / CHAPTER)
    save(new_notebook(cells=[code('show-it', 'lab', 'a lab')]), course / 'apps' / 'marble.ipynb')
    save(new_notebook(cells=[code('ex-04-1', 'epoch = 3')]), course / 'solutions' / CHAPTER)
    (course / 'images').mkdir()
    (course / 'images' / 'cat.png').write_bytes(b'\x89PNG old')
    save(chapter(), course / 'my_notes.ipynb')
    save(chapter(), course / '.ipynb_checkpoints' / CHAPTER)
    return Copies(tmp_path / 'work', course)


@pytest.fixture
def call(copies, monkeypatch, capsys):
    "`call('update')`: the command on these copies; its exit code, what it said, and its errors."
    monkeypatch.setattr(work, 'Copies', lambda folder: Copies(folder, copies.course))

    def run(*words):
        done = work.main([*words, '--folder', str(copies.home)])
        return done, *capsys.readouterr()
    return run


def mine(copies, page=CHAPTER): return nbformat.read(copies.folder / page, 4)


def ids(notebook): return [c.id for c in notebook.cells]


def cell(notebook, id): return next(c for c in notebook.cells if c.id == id)


def edit(copies, change, page=CHAPTER):
    "What JupyterLab does when the reader saves: the notebook is read, changed, written."
    notebook = mine(copies, page)
    change(notebook)
    nbformat.write(notebook, copies.folder / page)


def answer(notebook, source='epoch = 12\ncheck("04.1", epoch)'):
    cell(notebook, 'ex-04-1').source = source


# opening

def test_opening_makes_what_is_missing_and_prints_the_path(copies, call):
    done, out, said = call('open', '4')
    assert done == 0 and out == f'{(copies.folder / CHAPTER).as_posix()}\n'
    assert 'copies of 4 pages' in said
    assert sorted(p.relative_to(copies.folder).as_posix() for p in copies.folder.rglob('*.*')) == [
        CHAPTER, 'apps/marble.ipynb', 'images/cat.png', f'solutions/{CHAPTER}']
    edit(copies, answer)
    before = (copies.folder / CHAPTER).read_bytes()
    assert call('open', CHAPTER)[1:] == call('open')[1:] == (out, '')
    assert (copies.folder / CHAPTER).read_bytes() == before


def test_a_path_below_the_present_folder_is_short(copies, call, monkeypatch):
    monkeypatch.chdir(copies.home.parent)
    assert call('open', '04')[1] == f'work/notebooks/{CHAPTER}\n'


def test_a_copy_is_the_chapter_with_its_record_and_links_that_lead_on(copies):
    copies.make_missing()
    made, course = mine(copies), nbformat.read(copies.course / CHAPTER, 4)
    assert made.metadata.pop(RECORD)['page'] == CHAPTER
    assert cell(made, 'look').source == 'Look at this: [code](../../course/utils/core.py)'
    cell(made, 'look').source = cell(course, 'look').source
    assert made == course


def test_an_unknown_chapter_is_told_which_there_are(call):
    done, out, said = call('open', '77')
    assert done == 1 and out == '' and "no chapter '77'. There are: 04" in said


def test_without_a_course_or_a_place_to_write_one_sentence_says_so(copies, call, tmp_path):
    copies.home.write_text('in the way')
    assert call('open', '04')[0] == 1
    copies.home.unlink()
    (copies.course / CHAPTER).unlink()
    for name in ('apps/marble.ipynb', f'solutions/{CHAPTER}', 'images/cat.png'):
        (copies.course / name).unlink()
    done, _, said = call('open')
    assert done == 1 and said.startswith('There are no notebooks in')


# updating: each kind of change

def update(copies, new):
    "The course publishes `new`; what an update gives."
    save(new, copies.course / CHAPTER)
    return copies.update(CHAPTER)


@pytest.fixture
def made(copies):
    copies.make_missing()
    return copies


def test_without_news_nothing_is_written(made, call):
    edit(made, answer)
    before = {f: f.stat().st_mtime_ns for f in made.folder.rglob('*.*')}
    done, out, _ = call('update')
    assert done == 0 and '0 of 4 pages had something new' in out
    assert {f: f.stat().st_mtime_ns for f in made.folder.rglob('*.*')} == before


def test_a_changed_cell_is_replaced_and_the_answer_stays(made):
    edit(made, answer)
    res = update(made, chapter(end=text('end', 'The very end.')))
    assert res.replaced == ['“The very end.”'] and res.beside == []
    assert cell(mine(made), 'end').source == 'The very end.'
    assert cell(mine(made), 'ex-04-1').source.startswith('epoch = 12')
    assert copies_is_quiet(made)


def copies_is_quiet(copies): return copies.update(CHAPTER) is None


def test_where_both_changed_the_readers_stays_and_the_new_one_stands_beside_it(made):
    edit(made, answer)
    new = code('ex-04-1', 'best = ...\ncheck("04.1", best)', '–', ['exercise'])
    res = update(made, chapter(ex_04_1=new))
    got = mine(made)
    assert res.beside == ['exercise 04.1'] and res.replaced == []
    assert ids(got) == ['title', 'setup', 'look', 'ex-04-1', 'note-new-ex-04-1', 'new-ex-04-1',
                        'end']
    assert cell(got, 'ex-04-1').source.startswith('epoch = 12')
    assert cell(got, 'new-ex-04-1').source == new.source
    assert cell(got, 'new-ex-04-1').outputs == [] and cell(got, 'ex-04-1').outputs != []
    assert 'yours and was left alone' in cell(got, 'note-new-ex-04-1').source
    nbformat.validate(got)
    assert copies_is_quiet(made)


def test_what_was_put_beside_gives_way_to_the_next_version_unless_it_was_used(made):
    edit(made, answer)
    for name in ('best', 'place'): update(made, chapter(ex_04_1=code('ex-04-1', f'{name} = ...')))
    got = mine(made)
    assert ids(got).count('new-ex-04-1') == 1 and len(got.cells) == 7
    assert cell(got, 'new-ex-04-1').source == 'place = ...'
    edit(made, lambda n: cell(n, 'new-ex-04-1').update(source='place = 3'))
    update(made, chapter(ex_04_1=code('ex-04-1', 'where = ...')))
    sources = [c.source for c in mine(made).cells]
    assert 'place = 3' in sources and 'where = ...' in sources and 'place = ...' not in sources


def test_the_same_change_on_both_sides_is_no_quarrel(made):
    edit(made, answer)
    res = update(made, chapter(ex_04_1=code('ex-04-1', 'epoch = 12\ncheck("04.1", epoch)')))
    assert res.beside == [] and len(mine(made).cells) == 5


def test_cells_of_the_readers_own_stay_where_they_are(made):
    def add(notebook):
        notebook.cells.insert(0, text('top', 'My name'))
        notebook.cells.insert(3, code('mine', 'x + 1', '2'))
        notebook.cells.append(text('last', 'My notes'))
    edit(made, add)
    update(made, chapter(title=text('title', '# 4'), end=text('end', 'Now the end.')))
    assert ids(mine(made)) == ['top', 'title', 'setup', 'mine', 'look', 'ex-04-1', 'end', 'last']
    assert cell(mine(made), 'mine').outputs[0].text == '2'


def test_new_and_removed_cells_of_the_course_come_and_go(made):
    edit(made, lambda n: cell(n, 'setup').update(source='x = 2'))
    new = chapter(setup=None, look=None)
    new.cells.insert(1, text('more', '## More'))
    res = update(made, new)
    assert res.added == ['“More”'] and res.removed[0].startswith('“Look at this: [code](')
    assert len(res.removed) == 1 and res.kept == ['“x = 2”']
    assert ids(mine(made)) == ['title', 'setup', 'more', 'ex-04-1', 'end']


def test_what_the_reader_deleted_stays_deleted_unless_the_course_changed_it(made):
    def delete(notebook): del notebook.cells[4], notebook.cells[2]
    edit(made, delete)
    res = update(made, chapter(end=text('end', 'New end.')))
    assert ids(mine(made)) == ['title', 'setup', 'ex-04-1', 'note-new-end', 'new-end']
    assert res.beside == ['“New end.”']
    assert 'had deleted' in cell(mine(made), 'note-new-end').source


def test_new_outputs_replace_those_the_reader_never_made(made):
    edit(made, lambda n: cell(n, 'setup').outputs[0].update(text='ready here'))
    res = update(made, chapter(setup=code('setup', 'x = 1', 'ready now'),
                               ex_04_1=code('ex-04-1', 'epoch = ...\ncheck("04.1", epoch)', '-')))
    assert res.shown == ['exercise 04.1']
    assert cell(mine(made), 'setup').outputs[0].text == 'ready here'
    assert cell(mine(made), 'ex-04-1').outputs[0].text == '-'


def test_an_order_that_the_course_changed_is_followed_and_one_of_the_readers_is_kept(made):
    turned = chapter()
    turned.cells.reverse()
    update(made, turned)
    assert ids(mine(made)) == ['end', 'ex-04-1', 'look', 'setup', 'title']
    edit(made, lambda n: n.cells.append(n.cells.pop(1)))
    new = chapter()
    new.cells.insert(1, text('more', 'More.'))
    update(made, new)
    assert ids(mine(made)) == ['end', 'look', 'setup', 'title', 'more', 'ex-04-1']


def test_a_cell_of_ones_own_with_a_name_that_the_course_takes_later_is_kept(made):
    edit(made, lambda n: n.cells.append(text('extra', 'Mine.')))
    assert update(made, chapter(extra=text('extra', 'Ours.'))).beside == ['“Ours.”']
    found = [c.source for c in mine(made).cells if 'extra' in c.id]
    assert found[0] == 'Mine.' and found[2] == 'Ours.' and len(found) == 3


def test_the_readers_kernel_is_kept(made):
    edit(made, lambda n: n.metadata.kernelspec.update(name='companion'))
    update(made, chapter(end=text('end', 'End')))
    assert mine(made).metadata.kernelspec.name == 'companion'


def test_a_picture_that_differs_is_put_aside(made, call):
    (made.course / 'images' / 'cat.png').write_bytes(b'\x89PNG new')
    out = call('update')[1]
    assert f'the one that was there is old_{TODAY}_cat.png' in out
    assert (made.folder / 'images' / 'cat.png').read_bytes() == b'\x89PNG new'
    assert (made.folder / 'images' / f'old_{TODAY}_cat.png').read_bytes() == b'\x89PNG old'


def test_an_update_says_in_words_what_changed(made, call):
    edit(made, answer)
    (made.folder / 'apps' / 'marble.ipynb').unlink()
    save(chapter(), made.folder / 'scratch.ipynb')
    save(chapter(look=None, ex_04_1=code('ex-04-1', 'best = ...'), end=text('end', '## At last')),
         made.course / CHAPTER)
    done, out, _ = call('update')
    assert done == 0
    for line in (CHAPTER, '    new version of “At last”',
                 '    no longer in the course: “Look at this', '    changed by the course and by',
                 'exercise 04.1', 'apps/marble.ipynb\n    new copy', 'Reload Notebook from Disk',
                 'left alone: scratch.ipynb', '1 of 4 pages had something new'): assert line in out


@pytest.mark.parametrize('seed', range(20))
def test_whatever_is_changed_nothing_of_the_readers_is_lost(seed):
    draw = random.Random(seed)
    given = record(new_notebook(cells=[code(f'c{i}', f'x = {i}') for i in range(12)]), CHAPTER)
    reader, course = changed(given, draw, 'mine'), changed(given, draw, 'theirs')
    res = merge(reader, course, given_cells(given, CHAPTER), CHAPTER)
    got = [c.source for c in res.notebook.cells]
    assert res.lost == [] and set(sources_of(reader, 'mine')) <= set(got)
    assert set(sources_of(course, 'theirs')) <= set(got)
    nbformat.validate(res.notebook)
    again = merge(res.notebook, course, given_cells(res.notebook, CHAPTER), CHAPTER)
    assert [c.source for c in again.notebook.cells] == got


def changed(notebook, draw, who):
    "A version in which some cells were changed, deleted, added, and one moved."
    new = copy.deepcopy(notebook)
    for c in draw.sample(new.cells, 4): c.source = f'{who} {c.id}'
    for c in draw.sample(new.cells, 2): new.cells.remove(c)
    for i in range(2): new.cells.insert(draw.randrange(10), code(f'{who}-{i}', f'{who} new {i}'))
    new.cells.insert(draw.randrange(10), new.cells.pop(draw.randrange(10)))
    return new


def sources_of(notebook, who): return [c.source for c in notebook.cells if who in c.source]


# what is broken, half written or foreign

def cut(data): return data[:len(data) // 2]


def without_record(data): return json.dumps(json.loads(data) | dict(metadata={})).encode()


def stripped(data):
    notebook = json.loads(data)
    for c in notebook['cells']: del c['id']
    return json.dumps(notebook).encode()


def of_another_page(data): return data.replace(b'"page": "04_', b'"page": "05_')


FAULTS = [(cut, 'is broken off'), (lambda d: b'', 'is empty'),
          (lambda d: b'\xff\xfe\x00', 'holds no text'),
          (lambda d: b'[1, 2]', 'no notebook'), (lambda d: b'{"cells": 3}', 'no notebook'),
          (lambda d: b'{"cells": [{}], "metadata": {}, "nbformat": 4}', 'no notebook'),
          (lambda d: d.replace(b'"nbformat": 4', b'"nbformat": 3'), 'no notebook'),
          (without_record, 'is not a copy'), (of_another_page, 'is not a copy'),
          (stripped, 'none of the cells')]


@pytest.mark.parametrize('harm, words', FAULTS)
def test_a_harmed_copy_is_named_and_left_as_it_is(made, call, harm, words):
    file = made.folder / CHAPTER
    file.write_bytes(harm(file.read_bytes()))
    harmed = file.read_bytes()
    save(chapter(end=text('end', 'New end.')), made.course / CHAPTER)
    done, out, _ = call('update')
    assert done == 1 and re.search(rf'{CHAPTER} .*{words}.*make reset CHAPTER=04', out)
    done, path, said = call('open', '04')
    assert done == 0 and words in said and path.strip().endswith(CHAPTER)
    assert file.read_bytes() == harmed
    done, out, _ = call('reset', '04')
    assert done == 0 and (made.folder / f'04_old_{TODAY}_overfitting.ipynb').read_bytes() == harmed
    assert cell(mine(made), 'end').source == 'New end.'


def test_a_folder_in_the_place_of_a_copy_is_named_and_put_aside(made, call):
    (made.folder / CHAPTER).unlink()
    (made.folder / CHAPTER).mkdir()
    (made.folder / CHAPTER / 'inside.txt').write_text('kept')
    assert call('update')[0] == 1
    assert call('reset', '04')[0] == 0
    assert (made.folder / f'04_old_{TODAY}_overfitting.ipynb' / 'inside.txt').read_text() == 'kept'
    assert cell(mine(made), 'title')


def test_a_merge_that_would_lose_something_is_not_written(made, call, monkeypatch):
    edit(made, answer)
    before = (made.folder / CHAPTER).read_bytes()

    def careless(mine, new, given, page):
        res = merge(mine, new, given, page)
        res.lost.append('exercise 04.1')
        return res
    monkeypatch.setattr(keeping, 'merge', careless)
    save(chapter(end=None), made.course / CHAPTER)
    done, out, _ = call('update')
    assert done == 1 and 'without losing exercise 04.1' in out
    assert (made.folder / CHAPTER).read_bytes() == before


def test_the_guard_sees_what_is_lost(monkeypatch):
    from utils.course import merging
    given = record(chapter(), CHAPTER)
    reader = copy.deepcopy(given)
    answer(reader)
    monkeypatch.setattr(merging, '_order', lambda have, given, now: ['title'])
    assert merge(reader, chapter(), given_cells(given, CHAPTER), CHAPTER).lost == ['exercise 04.1']


@pytest.mark.parametrize('command', ['update', 'reset'])
def test_a_write_that_fails_leaves_the_old_copy(made, call, monkeypatch, command):
    edit(made, answer)
    before = (made.folder / CHAPTER).read_bytes()
    save(chapter(end=text('end', 'New end.')), made.course / CHAPTER)

    def full(self, *words, **more): raise OSError(28, 'No space left on device', str(self))
    monkeypatch.setattr(os, 'replace', full)
    done, _, said = call(command, '04')
    assert done == 1 and 'No space left' in said
    assert (made.folder / CHAPTER).read_bytes() == before
    assert [f.name for f in made.folder.iterdir() if '.part' in f.name or TODAY in f.name] == []


def test_what_a_killed_command_left_half_written_is_cleared_away(made, call):
    (made.folder / '.04_overfitting.ipynb-x.part').write_text('{"cel')
    assert call('open')[0] == 0
    assert list(made.folder.glob('.*.part')) == []


def test_two_commands_at_once_take_turns(made, monkeypatch):
    monkeypatch.setattr(keeping, 'PATIENCE', .1)
    with FileLock(made.home / '.lock'), pytest.raises(Trouble, match='at work'):
        with made.alone(): pass


# starting afresh

def test_a_reset_keeps_every_old_copy_under_a_name_of_its_own(made, call):
    for n in range(3):
        edit(made, lambda notebook: answer(notebook, f'epoch = {n}'))
        name = f'04_old_{TODAY}{f"-{n + 1}" * (n > 0)}_overfitting.ipynb'
        assert call('reset', '4')[:2] == (
            0, f'{CHAPTER} is fresh. The one that was there is {name} now.\n')
        assert cell(mine(made), 'ex-04-1').source.startswith('epoch = ...')
    for n, name in enumerate((TODAY, f'{TODAY}-2', f'{TODAY}-3')):
        kept = mine(made, f'04_old_{name}_overfitting.ipynb')
        assert cell(kept, 'ex-04-1').source == f'epoch = {n}'


def test_a_reset_needs_a_chapter_and_takes_other_pages_too(made, call):
    assert call('reset') == (1, '', 'Which chapter? Type, for example: make reset CHAPTER=04\n')
    assert call('reset', 'apps/marble')[0] == 0
    assert (made.folder / 'apps' / f'old_{TODAY}_marble.ipynb').exists()
    assert work.reset_line('apps/marble.ipynb') == 'make reset CHAPTER=apps/marble'


# the course itself

def targets(page, notebook):
    "Relative links of a page, as paths below the folder of the notebooks."
    said = '\n'.join(c.source for c in notebook.cells if c.cell_type == 'markdown')
    said += '\n'.join(str(o.get('data', {}).get('text/html', '')) for c in notebook.cells
                      for o in c.get('outputs', []))
    links = re.findall(r'\]\(([^)#\s]+)', said) + re.findall(r'href="([^"#]+)', said)
    links += re.findall(r'`(solutions/[^`]+)`', said)
    return [os.path.normpath(Path(page).parent / x) for x in links if not re.match(r'\w+:', x)]


def test_every_link_of_the_course_leads_somewhere_from_a_copy(tmp_path):
    copies, seen = Copies(NOTEBOOKS.parent / 'work-of-a-test'), 0
    pages = {Path(p).as_posix() for p in copies.pages()}
    assert len([p for p in pages if re.match(r'\d\d_', p)]) >= 13
    for page in pages:
        for target in targets(page, copies.of_course(page)):
            seen += 1
            there = target.replace('\\', '/') in pages
            assert there or (copies.folder / target).resolve().exists(), f'{page}: {target}'
    assert seen > 40


def test_a_dead_link_would_be_seen():
    page = new_notebook(cells=[text('a', '[a](gone.ipynb) [b](https://x.y)')])
    found = targets('apps/x.ipynb', page)
    assert found == [os.path.join('apps', 'gone.ipynb')]


def test_chapter_00_finds_itself_in_a_folder_called_as_it_says():
    from utils.course.shelf import find
    assert Copies().folder.name in find('00.g2', 'predictions').options
    assert Copies().folder.parent.parent == NOTEBOOKS.parent


def test_copies_are_ignored_by_git_and_spared_by_clean():
    root = NOTEBOOKS.parent
    assert 'work/' in (root / '.gitignore').read_text().splitlines()
    recipe = re.search(r'^clean:.*\n\t(.*)', (root / 'Makefile').read_text(), re.M)[1]
    assert 'rm -rf' in recipe and not re.search(r'\bwork\b', recipe)


def test_the_course_keeps_apart_what_is_not_its_own(copies):
    assert page_names(copies.course) == [CHAPTER, 'apps/marble.ipynb', 'images/cat.png',
                                         f'solutions/{CHAPTER}']
    same = source_mark(text('a', 'x\n')), source_mark(text('b', 'x'))
    assert same[0] == same[1] != source_mark(code('a', 'x'))
