"""Slides: the marks of the chapters, the rule that sets them, and the decks made by them."""
import html
import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from utils.course import slide_marks, slides
from utils.course.chapters import CHAPTERS, NOTEBOOKS
from utils.course.slide_deck import deck_of
from utils.course.slide_marks import MARKS, mark_chapter, mark_of, suggested_marks
from utils.course.slide_text import lead, pieces
from utils.course.static import Page, Pictures

FILES = sorted(NOTEBOOKS.glob('[01][0-9]_*.ipynb'))
DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='
PICTURE = f'<img alt="a dot" src="data:image/png;base64,{DOT}">'


@pytest.fixture(scope='module')
def built(): return slides.build_slides()


def cells_of(file): return nbformat.read(file, as_version=4).cells


def bad_marks(cells):
    "Cells whose mark is missing or none of Jupyter's."
    return [c.id for c in cells if mark_of(c) not in MARKS]


@pytest.mark.parametrize('file', FILES, ids=lambda f: f.stem)
def test_every_cell_of_a_chapter_carries_a_mark_and_the_first_begins_a_slide(file):
    cells = cells_of(file)
    assert bad_marks(cells) == [] and mark_of(cells[0]) == 'slide'


def test_a_missing_and_a_misspelt_mark_are_seen():
    cells = [shown('a', 'slide'), new_markdown_cell('b'), shown('c', 'slides')]
    assert bad_marks(cells) == [c.id for c in cells[1:]]


def shown(source, mark, *outputs, kind=new_markdown_cell):
    more = dict(outputs=list(outputs)) if outputs else {}
    return kind(source, metadata=dict(slideshow=dict(slide_type=mark)), **more)


def code(source, mark, page='', said=''):
    outputs = [new_output('display_data', {'text/html': page})] if page else []
    outputs += [new_output('stream', name='stdout', text=said)] if said else []
    return shown(source, mark, *outputs, kind=new_code_cell)


def deck(*cells, apps=()):
    return deck_of(list(cells), CHAPTERS[4], Page({}, Pictures()), dict(apps))


def kinds(slide): return [p.kind for p in slide.parts]


def calls(file, name):
    "The ids in the calls of a chapter's cells, in order."
    return [found[1] for c in cells_of(file)
            if (found := re.match(rf'{name}\("([^"]+)"\)$', c.source))]


@pytest.mark.parametrize('file', FILES, ids=lambda f: f.stem)
def test_a_deck_holds_title_guesses_labs_questions_and_takeaway(built, file):
    made = built.slides[f'{file.stem}.html']
    stage = next(c for c in CHAPTERS if c.number == file.name[:2])
    assert made[0].kind == 'title' and html.escape(stage.question) in made[0].parts[0].html
    assert f'{stage.minutes} minutes' in made[0].parts[1].html
    assert [s.anchor.replace('-', '.') for s in made if s.kind == 'guess'] == calls(file, 'guess')
    assert [s.anchor.replace('-', '.') for s in made if s.kind == 'checkpoint'] \
        == calls(file, 'checkpoint')
    assert all('answer' in kinds(s) for s in made if s.kind == 'checkpoint')
    labs = [c.source for c in cells_of(file) if re.match(r'\w+_lab\([^\n]*\)$', c.source)]
    parts = [{p.kind: p.html for p in s.parts} for s in made if s.kind == 'lab']
    assert [html.unescape(re.search('<code>(.*?)</code>', p['live'])[1]) for p in parts] == labs
    assert all('localhost:8866' in p['live'] and '<img' in p['pictures'] and p['finding']
               for p in parts)
    assert made[-1].kind == 'take-away' and made[-1].parts[0].html.count('<li>') >= 3
    steps = {h for c in cells_of(file) for _, h, _ in pieces(c.source)
             if c.cell_type == 'markdown' and h.startswith(('Step', 'Turn the knob', 'Break'))}
    assert len(steps) >= 5 and not {h.rpartition(' · ')[2] for h in steps} - {
        html.unescape(s.about) for s in made}


@pytest.mark.parametrize('file', FILES, ids=lambda f: f.stem)
def test_no_picture_stands_without_a_word(built, file):
    assert all(kinds(s) != ['pictures'] for s in built.slides[f'{file.stem}.html'])


def test_a_picture_without_words_is_told_by_its_alternative_text():
    alt = 'A &lt;b&gt; falls. ' + 'It then rises for a while. ' * 20
    picture = f'<img src="data:image/png;base64,{DOT}" alt="{alt}">'
    made = deck(code('show(ax)', 'subslide', picture))
    told = made[0].parts[-1].html
    assert made[0].beside and told.startswith('<p>A &lt;b&gt; falls. It then rises for')
    assert 200 < len(told) < 330


@pytest.mark.parametrize('file', FILES, ids=lambda f: f.stem)
def test_an_answer_stands_behind_its_guess_and_comes_at_a_press(built, file):
    made = built.slides[f'{file.stem}.html']
    answers = [n for n, s in enumerate(made) for p in s.parts
               if p.kind == 'answer' and s.kind != 'checkpoint']
    asked = [n for n, s in enumerate(made) if s.kind == 'guess']
    assert len(answers) == len(asked) and min(answers) > min(asked)
    assert all(p.later for s in made for p in s.parts if p.kind == 'answer')
    assert all(a > q for q, a in zip(asked, sorted(answers)))


def words(page): return ' '.join(html.unescape(re.sub('<[^>]+>', ' ', page)).split())


def unspoken(file, made):
    "Sentences of a chapter's marked texts that no note and no slide holds."
    told = words(' '.join(note for s in made for note in s.notes)
                 + ' '.join(p.html for s in made for p in s.parts))
    told = re.sub(r'\W+', '', told)
    marked = [c.source for c in cells_of(file) if c.cell_type == 'markdown'
              and mark_of(c) in ('slide', 'notes', 'fragment')]
    texts = [body for source in marked for level, title, body in pieces(source)
             if level != 1 and not title.startswith(('Words', 'Quiz'))]
    plain = [re.sub(r'^\d\. ', '', p, flags=re.M) for t in texts for p in t.split('\n\n')
             if not re.search(r'[`$|<\[]', p)]
    return [p for p in plain if re.sub(r'\W+', '', p) not in told]


@pytest.mark.parametrize('file', FILES, ids=lambda f: f.stem)
def test_the_speaker_has_the_text_of_the_chapter(built, file):
    made = built.slides[f'{file.stem}.html']
    assert unspoken(file, made) == []


def test_a_text_that_went_missing_is_seen(built):
    assert unspoken(FILES[4], built.slides[f'{FILES[4].stem}.html'][:-3]) != []


def test_exercises_and_solutions_are_on_no_deck(built):
    for file in FILES:
        page = words(built.files[f'{file.stem}.html'].decode())
        tasks = [c.source.splitlines()[0] for c in cells_of(file)
                 if 'exercise' in c.metadata.get('tags', [])]
        assert 'check("' not in page and tasks
        solved = {line.strip() for c in cells_of(NOTEBOOKS / 'solutions' / file.name)
                  for line in c.source.splitlines() if len(line.strip()) > 30}
        own = {line.strip() for c in cells_of(file) for line in c.source.splitlines()}
        assert not [line for line in solved - own if ' '.join(line.split()) in page]


def test_the_same_chapters_give_the_same_bytes(built):
    again = slides.build_slides()
    assert list(again.files) == list(built.files) and again.files == built.files


def test_nothing_on_a_deck_is_fetched(built):
    for name, data in built.files.items():
        if not name.endswith(('.html', '.css', '.js')): continue
        loads = re.findall(r'(?:src|srcset|poster)="([^"]+)"|url\(([^)]+)\)|@import',
                           data.decode())
        assert not [u for u in loads if re.match('(https?:)?//', ''.join(u))], name
        for picture in re.findall(r'src="(pictures/[^"]+)"', data.decode()):
            assert picture in built.files


def test_marks_decide_what_is_shown_spoken_and_left_out():
    made = deck(shown('# 04 T\n\nHello.', 'slide'), shown('## Step 1 · One\n\nLook.', 'slide'),
                code('draw()', 'subslide', PICTURE, 'printed'),
                shown('This is to be seen. Here is more.', 'fragment'),
                shown('A word to the speaker.', 'notes'), shown('Not for class.', 'skip'),
                code('x = 1', ''), shown('## Step 2 · Two', 'slide'))
    title, one, two = made
    assert [s.kind for s in made] == ['title', 'step', 'step']
    assert (one.label, one.title, two.label) == ('Step 1', 'One', 'Step 2')
    assert kinds(one) == ['text', 'pictures', 'text', 'code']
    assert [p.later for p in one.parts] == [False, True, True, False]
    notes = ' '.join(one.notes)
    assert 'A word to the speaker' in notes and 'printed' in notes and 'Here is more' in notes
    assert 'Not for class' not in ''.join([*one.notes, *(p.html for p in one.parts)])
    assert 'TEACHING.md' in title.notes[0]


def test_a_chapter_without_marks_gets_those_of_the_rule():
    bare = [new_markdown_cell('# 04 T\n\nHello.'), new_markdown_cell('## Step 1 · One\n\nLook.'),
            new_code_cell('d()', outputs=[new_output('display_data', {'text/html': PICTURE})]),
            new_markdown_cell('See.'), new_markdown_cell('## Exercises'), new_code_cell('...')]
    assert suggested_marks(bare) == ['slide', 'slide', 'subslide', 'fragment', 'skip', 'skip']
    assert [kinds(s) for s in deck(*bare)] == [['question', 'minutes'],
                                               ['text', 'pictures', 'text']]


def test_formulas_are_drawn_without_a_script_on_the_slide_and_in_the_notes():
    made = deck(shown('# 04 T', 'slide'), shown(
        '## Step 1 · One\n\nWith $x^2$:\n\n$$\\frac{a}{b}$$\n\nMore.', 'slide'))
    face = ''.join(p.html for p in made[1].parts)
    assert face.count('<math') == 2 and '<mfrac>' in face and face.count('$') == 0
    assert '<mfrac>' in ''.join(made[1].notes)


def test_an_error_shows_its_last_words_and_a_long_listing_its_end():
    failed = new_output('error', ename='ValueError', evalue='not this', traceback=['way'])
    made = deck(shown('# 04 T', 'slide'), shown('f()', 'subslide', failed, kind=new_code_cell),
                code('\n'.join(['x'] * 30), 'subslide', said='\n'.join(map(str, range(40)))))
    assert 'ValueError: not this' in made[1].parts[1].html and 'failed' in made[1].parts[1].html
    said = made[2].parts[0].html
    assert kinds(made[2]) == ['said'] and '39' in said and '30' not in said and '…' in said


@pytest.mark.parametrize('text, told', [
    ('One here. Two `a. B` there. ' + 'Long ' * 60, 'One here. Two `a. B` there.'),
    ('**Bold ends.** ' + 'x' * 30 + '. ' + 'Long ' * 60, '**Bold ends.** ' + 'x' * 30 + '.'),
    ('It (so. Or so) is enough to be said and seen. ' + 'Long ' * 60,
     'It (so. Or so) is enough to be said and seen.'),
    ('Run the next cell. It draws what we need to see and to understand here.',
     'It draws what we need to see and to understand here.'),
    ('Try this:\n\n' + '- ' + 'x' * 500, 'Try this.'),
    ('Try this:\n\n- a\n- b', 'Try this:\n\n- a\n- b'),
    ('', '')])
def test_a_slide_has_the_first_sentences_whole(text, told): assert lead(text) == told


def test_headings_inside_code_divide_nothing():
    assert pieces('a\n\n## H\n\n```\n## no\n```') == [(0, '', 'a'), (2, 'H', '```\n## no\n```')]


def written(notebook):
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + '\n'


def test_marking_changes_the_marks_that_are_missing_and_nothing_else(tmp_path, capsys):
    notebook = new_notebook(cells=[new_markdown_cell('# T'), shown('a', 'skip'),
                                   new_markdown_cell('## Step 1 · One')])
    file = tmp_path / '04_t.ipynb'
    file.write_bytes(written(notebook).encode())
    assert slide_marks.main([str(file)]) == 0 and '2 cells' in capsys.readouterr().out
    after = json.loads(file.read_text('utf-8'))
    assert [mark_of(c) for c in after['cells']] == ['slide', 'skip', 'slide']
    for old, new in zip(notebook['cells'], after['cells']):
        assert {**new, 'metadata': 0} == {**old, 'metadata': 0}
    assert mark_chapter(file) == 0 and written(after).encode() == file.read_bytes()
    strange = json.dumps(notebook).encode()
    file.write_bytes(strange)
    assert slide_marks.main([str(file)]) == 1 and 'JupyterLab' in capsys.readouterr().err
    assert file.read_bytes() == strange


def test_a_wrong_wish_is_answered_and_nothing_is_lost(tmp_path, capsys):
    assert slides.main(['--chapter', '44', '--to', str(tmp_path / 'new')]) == 1
    assert '44' in (said := capsys.readouterr().err) and '00, 01' in said
    (tmp_path / 'mine.txt').write_text('mine')
    assert slides.main(['--chapter', '4', '--to', str(tmp_path)]) == 1
    assert 'Name another folder' in capsys.readouterr().err
    assert [f.name for f in tmp_path.iterdir()] == ['mine.txt']
