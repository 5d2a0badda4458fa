"""Handouts: nothing solved, nothing shown, all that is needed; the same course, the same bytes."""
import os
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, reads, writes

from utils.course import handout
from utils.course.chapters import NOTEBOOKS
from utils.course.copies import Copies, Trouble
from utils.course.handout import handout_files, main, packed, write_handout
from utils.course.student_pages import faults_of_handout, student_page

CHAPTER = '04_overfitting.ipynb'
STUB, SOLVED = 'epoch = ...\ncheck("04.1", epoch)', 'epoch = 3\ncheck("04.1", epoch)'
THERE = {CHAPTER, 'apps/parabola.ipynb', 'images/cat.png'}


def chapter():
    "A chapter as it stands in the course."
    said = new_output('stream', name='stdout', text='– Not answered yet.')
    words = ('Solutions: `solutions/04_overfitting.ipynb`. Try [the app](apps/parabola.ipynb), '
             'then [05 Next](05_augmentation.ipynb#top). ![a cat](images/cat.png) '
             '[book](https://b.org)')
    cells = [new_markdown_cell(words, id='words'),
             new_code_cell(STUB, id='ex-04-1', outputs=[said], execution_count=7,
                           metadata=dict(tags=['exercise'], execution={'at': 'noon'}))]
    return new_notebook(cells=cells, metadata=dict(widgets={'state': {}}))


def answers():
    return new_notebook(cells=[new_code_cell(SOLVED, id='ex-04-1')])


def page(): return reads(student_page(chapter(), CHAPTER, THERE).decode())


def faults(notebook, original=None):
    return faults_of_handout(CHAPTER, writes(notebook).encode(), original or chapter(), answers(),
                             THERE)


def test_a_students_page_is_open_and_empty():
    got = page()
    assert got.cells[0].source == (
        'Your teacher has the solutions. Try [the app](apps/parabola.ipynb), then 05 Next. '
        '![a cat](images/cat.png) [book](https://b.org)')
    assert got.cells[1] == new_code_cell(STUB, id='ex-04-1', metadata=dict(tags=['exercise']))
    assert got.metadata == {} and faults(got) == []


def shown(n): n.cells[1].outputs = chapter().cells[1].outputs


def counted(n): n.cells[1].execution_count = 1


def solved(n): n.cells[1].source = '# mine\n' + SOLVED.replace('= 3', '=  3')


def answered(n): n.cells[1].source = STUB.replace('...', '4  # ...')


def untagged(n): n.cells[1].metadata = {}


def gone(n): del n.cells[1]


def renamed(n): n.cells[0].id = 'other'


def dead_link(n): n.cells[0].source += ' [06](06_confusion_matrix.ipynb)'


def dead_picture(n): n.cells[0].source += ' ![a dog](images/dog.png)'


def dead_tag(n): n.cells[0].source += ' <img alt="a dog" src="images/dog.png">'


def to_solutions(n): n.cells[0].source += ' See solutions/04_overfitting.ipynb.'


def widgets(n): n.metadata['widgets'] = {}


@pytest.mark.parametrize('harm, words', [
    (shown, 'ex-04-1 shows an output'), (counted, 'ex-04-1 has a count'), (solved, 'is solved'),
    (answered, 'holds an answer'), (answered, 'not the stub'), (untagged, 'lost its tag'),
    (gone, 'ex-04-1 is missing'), (renamed, 'not those of the chapter'),
    (dead_link, '06_confusion_matrix.ipynb is not in the handout'),
    (dead_picture, 'images/dog.png is not in'), (dead_tag, 'images/dog.png is not in'),
    (to_solutions, 'names the file of the solutions'), (widgets, 'state of widgets')])
def test_a_planted_fault_is_caught(harm, words):
    planted = page()
    harm(planted)
    assert [f for f in faults(planted) if words in f and f.startswith(CHAPTER)]


def test_a_chapter_that_the_teacher_has_solved_is_not_handed_out():
    original = chapter()
    original.cells[1].source = SOLVED
    got = reads(student_page(original, CHAPTER, THERE).decode())
    assert [f for f in faults(got, original) if 'is solved' in f]


# the course itself

@pytest.fixture(scope='module')
def whole():
    "Everything in the handout of the whole course, and its faults."
    return handout_files()


def test_the_whole_course_can_be_handed_out(whole):
    files, wrong = whole
    assert wrong == []
    chapters = [n for n in files if n.startswith('notebooks/') and n.count('/') == 1]
    assert [n[10:] for n in chapters] == [p.name for p in sorted(NOTEBOOKS.glob('*_*.ipynb'))]
    assert not [n for n in files if 'solutions' in n or n.startswith(('tests', '.git'))]
    assert {'README.md', 'LICENSE', 'Makefile', 'pyproject.toml', 'utils/__init__.py',
            'utils/assets/companion_resnet.safetensors'} <= files.keys()
    assert b'work/notebooks/00_start_here.ipynb' in files['README.md']


@pytest.mark.parametrize('file', sorted((NOTEBOOKS / 'solutions').glob('*.ipynb')),
                         ids=lambda f: f.stem)
def test_each_solution_of_the_course_would_be_caught(file):
    original, solved = nbformat.read(NOTEBOOKS / file.name, 4), nbformat.read(file, 4)
    answers, planted = {c.id: c.source for c in solved.cells}, []
    for cell in original.cells:
        if 'exercise' not in cell.metadata.get('tags', []): continue
        cell.source = '# my answer\n' + answers[cell.id]
        planted.append(cell.id)
    given = student_page(original, file.name, set())
    found = faults_of_handout(file.name, given, original, solved, set())
    assert len(planted) > 5
    assert [id for id in planted if f'{file.name}: {id} is solved' not in found] == []


def test_one_chapter_comes_with_its_apps_and_no_link_to_others():
    files, wrong = handout_files(numbers=['4'])
    assert wrong == []
    assert [n for n in files if n.startswith('notebooks/')] == [
        'notebooks/04_overfitting.ipynb', 'notebooks/apps/index.ipynb',
        'notebooks/apps/memorise_noise.ipynb', 'notebooks/apps/parabola.ipynb']
    assert b'05_augmentation.ipynb' not in files['notebooks/04_overfitting.ipynb']
    assert b'chapter 04, Overfitting' in files['README.md']


def test_an_unknown_chapter_is_told_which_there_are(tmp_path, capsys):
    assert main(['--chapter', '77', '--to', str(tmp_path)]) == 1
    assert "no chapter '77'. There are: 00, 01" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_same_course_gives_the_same_bytes_wherever_and_whenever(tmp_path, monkeypatch):
    copied = tmp_path / 'elsewhere'
    shutil.copytree(NOTEBOOKS, copied / 'notebooks')
    shutil.copytree(NOTEBOOKS.parent / 'utils', copied / 'utils')
    for name in handout.INSTALLED: shutil.copyfile(NOTEBOOKS.parent / name, copied / name)
    for place in ('utils', 'utils/assets/jupyter'):
        (copied / place / '__pycache__').mkdir(exist_ok=True)
        (copied / place / '__pycache__' / 'late.pyc').write_bytes(b'x')
    for file in copied.rglob('*.py'): os.utime(file, (0, 86400 * 4000))
    first = write_handout(handout_files(numbers=['04'])[0], tmp_path / 'a', 'companion-04')
    files = handout_files(copied / 'notebooks', ['04'])[0]
    second = write_handout(dict(reversed(files.items())), tmp_path / 'b' / 'c', 'companion-04')
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as z:
        assert {e.date_time for e in z.infolist()} == {handout.MOMENT}
        assert {e.external_attr >> 16 for e in z.infolist()} == {0o100644}
        assert z.namelist() == sorted(z.namelist()) and z.testzip() is None
        for name in z.namelist(): assert z.read(name) == (tmp_path / 'a' / name).read_bytes()


def test_a_changed_byte_or_name_changes_the_zip():
    assert packed({'a': b'1'}, 'x') != packed({'a': b'2'}, 'x') != packed({'b': b'2'}, 'x')


# writing

FILES = {'README.md': b'old', 'notebooks/a.ipynb': b'{}'}


def test_a_newer_handout_replaces_an_older_one(tmp_path):
    write_handout(FILES, tmp_path, 'companion')
    write_handout({'README.md': b'new'}, tmp_path, 'companion')
    assert (tmp_path / 'companion' / 'README.md').read_bytes() == b'new'
    found = sorted(p.name for p in tmp_path.rglob('*'))
    assert found == ['README.md', 'companion', 'companion.zip']


@pytest.mark.parametrize('harm', [
    lambda d: (d / 'companion' / 'README.md').write_text('my own words'),
    lambda d: (d / 'companion' / 'answers.txt').write_text('from Ada'),
    lambda d: (d / 'companion.zip').unlink(),
    lambda d: (d / 'companion.zip').write_bytes(b'half')])
def test_what_was_changed_by_hand_is_left_alone(tmp_path, harm):
    write_handout(FILES, tmp_path, 'companion')
    harm(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
    with pytest.raises(Trouble, match='something was changed.*--to'):
        write_handout({'README.md': b'new'}, tmp_path, 'companion')
    assert {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()} == before


def test_a_write_that_fails_leaves_the_older_one(tmp_path, monkeypatch):
    write_handout(FILES, tmp_path, 'companion')

    def full(files, top): raise OSError(28, 'No space left on device')
    monkeypatch.setattr(handout, 'packed', full)
    with pytest.raises(OSError): write_handout({'README.md': b'new'}, tmp_path, 'companion')
    assert (tmp_path / 'companion' / 'README.md').read_bytes() == b'old'
    assert sorted(p.name for p in tmp_path.iterdir()) == ['companion', 'companion.zip']


def test_the_command_writes_nothing_where_a_rule_is_broken(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(handout, 'faults_of_handout', lambda *given: [f'{given[0]}: is solved'])
    assert main(['--chapter', '04', '--to', str(tmp_path / 'out')]) == 1
    assert 'So nothing was written' in capsys.readouterr().err and not (tmp_path / 'out').exists()


# a student's computer

def test_a_student_unpacks_it_elsewhere_and_runs_a_chapter(tmp_path, monkeypatch, capsys):
    assert main(['--chapter', '00', '--to', str(tmp_path / 'given')]) == 0
    assert 'companion-00.zip: 5 notebooks without' in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / 'given' / 'companion-00.zip') as z: z.extractall(tmp_path)
    home = tmp_path / 'companion-00'
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join([str(home), os.environ.get('PYTHONPATH', '')]))
    folder = Copies(home / 'work', home / 'notebooks').folder
    Copies(home / 'work', home / 'notebooks').make_missing()
    notebook = nbformat.read(folder / '00_start_here.ipynb', 4)
    notebook.cells.append(new_code_cell('import utils; print(utils.__file__)\n'
                                        'from utils.course.work import main; main(["open"])'))
    where = dict(metadata=dict(path=str(folder)))
    done = NotebookClient(notebook, timeout=120, resources=where).execute()
    file, opened = ''.join(o.get('text', '') for o in done.cells[-1].outputs).split()
    assert Path(file) == home / 'utils' / '__init__.py' and opened == '00_start_here.ipynb'
    tried = [c for c in done.cells if 'exercise' in c.metadata.get('tags', [])]
    assert len(tried) == 7
    assert all('Not answered yet' in str(c.outputs) for c in tried)
    assert sorted(p.name for p in folder.iterdir()) == ['00_start_here.ipynb', 'apps']
