"A chapter's notebook as slides: what stands on each, and what the speaker says to it."
import html
import re

from .chapters import Stage
from .slide_layout import Part, Slide, groups, in_order
from .slide_marks import is_small_table, mark_of, suggested_marks
from .slide_text import lead, pieces, plain_prints, said_at_the_end
from .static import IMAGE, Page, call_in, code_html, markdown_html, output_html

__all__ = ['deck_of']

APPS = 'localhost:8866/voila/render/'   # where `make apps` shows the labs
ALT = re.compile(r'\balt="([^"]*)"')
TABLE = re.compile(r'<table\b.*?</table>', re.S)
ANSWER = re.compile(r'<b>What came out\.</b>(.*?)</div>', re.S)
CHOICE = re.compile(r'<details[^>]*><summary>(.*?)</summary>\s*<p[^>]*>(.*?)</p>', re.S)
SILENT = ('Predict', 'You will', 'Your first', 'Where you', 'Words', 'Quiz', 'Next')
CODE_LINES, SHORT_CODE = 12, 5     # more cannot be read from the last row
LINES = 9           # of what a cell says
BELOW, BESIDE = 150, 300   # signs of what a picture shows, for a slide without words


class Deck:
    "The slides of a chapter while its cells are read."

    def __init__(self, stage: Stage, page: Page, apps: dict[str, str]):
        self.stage, self.page, self.apps, self.slides = stage, page, apps, []
        self.step = '', html.escape(stage.title)   # label and title of the step under way
        self.joins = False      # whether the next picture belongs to the heading just put

    @property
    def now(self) -> Slide: return self.slides[-1]

    def add(self, kind: str, title: str, label: str = '', name: str = ''):
        anchor = self.page.anchor(name or f'{label} {title}')
        self.page.headings.append((2, anchor, title))
        self.slides.append(Slide(kind, anchor, title, label))
        self.joins = False

    def put(self, kind: str, page: str = '', later: bool = False, text: str = ''):
        self.now.parts.append(Part(kind, page, later, text))

    def html(self, text: str) -> str:
        "HTML of some Markdown whose headings are not those of the deck."
        return markdown_html(text, Page(self.page.pages, self.page.pictures, [])).strip()

    def note(self, text: str):
        if text.strip() and self.slides: self.now.notes.append(self.html(text))

    def text(self, source: str, mark: str):
        "Put a text cell where its mark says, its headings each on a slide."
        for level, title, body in pieces(source):
            if level == 1: self.title(title, body)
            elif mark == 'notes' or title.startswith(SILENT): self.aside(body)
            elif title.startswith('Take-away'): self.take_away(title, body)
            elif title: self.heading(title, body)
            else: self.reading(body, mark)

    def title(self, title: str, body: str):
        number, _, words = title.partition(' ')
        self.add('title', html.escape(words or title), number if words else '', number)
        self.put('question', html.escape(self.stage.question))
        self.put('minutes', f'{self.stage.minutes} minutes')
        self.now.notes.append(
            '<p>What to ask first, and the wrong answers to expect: '
            f'<code>TEACHING.md</code>, part {self.stage.number} {self.stage.title}.</p>')
        self.note(body)

    def aside(self, body: str):
        self.note(body)
        self.joins = False

    def take_away(self, title: str, body: str):
        self.add('take-away', title)
        self.put('points', self.html(body))

    def heading(self, title: str, body: str):
        label, _, words = title.rpartition(' · ')
        self.step = label, self.html(words).removeprefix('<p>').removesuffix('</p>')
        self.add('step', self.step[1], label)
        if body: self.put('text', text=body)
        self.note(body)
        self.joins = True

    def reading(self, body: str, mark: str):
        "What to see in the picture above; a text without a heading above a new step is spoken."
        if mark == 'fragment' and self.slides and 'live' not in self.now.kinds:
            self.put('text', later=True, text=body)
        elif mark in ('', 'subslide') or not self.slides:
            if mark or not self.slides: self.add('step', *self.step[::-1])
            self.put('text', text=body)
        self.note(body)

    def code(self, cell: dict, mark: str):
        "Put a code cell where its mark says."
        kind = call_in(cell['source'])
        shown = ''.join(output_html(o, self.page) for o in cell['outputs'])
        if mark == 'notes': return self.now.notes.append(shown) if self.slides else None
        if kind == 'guess' and shown: return self.guess(cell, shown)
        if kind == 'checkpoint' and shown: return self.checkpoint(cell, shown)
        if not self.slides or mark in ('slide', 'subslide') and not self.joins:
            self.add('step', *self.step[::-1])
        self.joins = False
        if kind == 'lab' and '<img' in shown: return self.lab(cell, shown)
        self.outcome(cell, shown, later=mark == 'fragment' or bool(self.now.parts))

    def outcome(self, cell: dict, shown: str, later: bool):
        "The pictures of a cell; a table, or short code and what it says, where there is none."
        images, answers = IMAGE.findall(shown), ANSWER.findall(shown)
        table = TABLE.search(ANSWER.sub('', shown))
        if images:
            *before, last = groups(images)
            for one in before:
                self.put('pictures', in_order(one), later)
                self.add('step', *self.step[::-1])
            self.put('pictures', in_order(last), later and not before)
            if said := plain_prints(cell): self.now.notes.append(said)
        elif table and is_small_table(table[0]):
            columns = table[0].partition('</tr>')[0].count('<th')
            self.put('table' if columns < 8 else 'table wide', table[0], later)
        else: self.words(cell, bool(answers))
        for answer in answers: self.put('answer', f'<p>{answer.strip()}</p>', True)

    def words(self, cell: dict, has_answer: bool):
        "Short code, and what it says; the rest is for the speaker."
        code, said = cell['source'].strip(), said_at_the_end(cell, LINES)
        told = '\n'.join(line for line in code.splitlines()
                         if not line.startswith(('reveal(', 'assert ')))
        most = SHORT_CODE if has_answer and said else CODE_LINES - said.count('\n')
        if told.count('\n') < most:
            self.put('code', code_html(told.strip()))
            said = said_at_the_end(cell, LINES - 3)
        self.now.notes.append(code_html(code))
        if said: self.put('said', said, bool(self.now.parts))

    def lab(self, cell: dict, shown: str):
        "The still picture of a lab, its finding, and how to open the live one."
        self.now.kind = 'lab'
        name, line = cell['source'].split('(')[0], html.escape(cell['source'].strip())
        self.put('pictures', in_order([IMAGE.search(shown)[0]]))
        if finding := re.search(r'<p>(?!<code>)(.*?)</p>', shown, re.S):
            self.put('finding', f'<p>{finding[1]}</p>')
        where = f'<code>{line}</code>'
        if name in self.apps:
            page = self.apps[name]
            where += (f' or <a href="http://{APPS}{page}">{page.removesuffix(".ipynb")}</a> '
                      'in <code>make apps</code>')
        self.put('live', f'<p>Live: {where}</p>')

    def guess(self, cell: dict, shown: str):
        "A guess to be made before the answer is shown."
        question = re.search(r'<b>Before you read on:</b>(.*?)</p>', shown, re.S)
        choices = re.findall(r'<li[^>]*>(.*?)</li>', shown, re.S)
        asked = re.search(r'"([^"]+)"', cell['source'])[1]
        block = re.findall(r'<pre>.*?</pre>', ''.join(self.slides[-1].notes[-1:]), re.S) \
            if self.slides else []
        self.add('guess', 'What do you expect?', f'Predict · {asked}', asked)
        self.put('asked', f'<p>{question[1].strip()}</p>')
        if block: self.put('said', block[-1])
        if choices: self.put('choices', _lettered(choices))
        self.now.notes.append('<p>Let everybody commit, on paper or by a show of hands, before '
                              'the slide with the answer.</p>')

    def checkpoint(self, cell: dict, shown: str):
        "A checkpoint: the question, its choices, and then the right one with the reason."
        asked = re.search(r'"([^"]+)"', cell['source'])[1]
        words = re.search(r'<p[^>]*><b>(.*?)</b></p>', shown, re.S)[1]
        choices = [(a, b.strip()) for a, b in CHOICE.findall(shown)]
        self.add('checkpoint', 'Checkpoint', f'Ask · {asked}', asked)
        self.put('asked', f'<p>{words}</p>')
        self.put('choices', _lettered([choice for choice, _ in choices]))
        for letter, (_, why) in zip('abcdefgh', choices):
            if why.startswith('Right.'):
                reason = why.removeprefix('Right.').strip()
                self.put('answer', f'<p><b>{letter})</b> {reason}</p>', True)
        self.now.notes.append(''.join(f'<p><b>{c}</b> {why}</p>' for c, why in choices))

    def finished(self) -> list[Slide]:
        "The slides, each text cut to what its slide has room for."
        for slide in self.slides:
            for part in slide.parts:
                if part.text:
                    room = slide.room(part)
                    few = lead(part.text, room, slide.kinds <= {'text'})
                    fits = len(few) < room + 5 or not part.later and slide.kind != 'lab'
                    part.html = self.html(few) if fits else ''
            slide.parts = [p for p in slide.parts if p.html]
            if slide.kinds == {'pictures'}: self.tell(slide)
        return self.slides

    def tell(self, slide: Slide):
        "Say what the last picture shows on a slide that has no words of its own."
        said = html.unescape(ALT.findall(slide.parts[-1].html)[-1])
        told = Part('finding', f'<p>{html.escape(lead(said, BELOW))}</p>')
        slide.parts.append(told)
        if slide.beside: told.html = f'<p>{html.escape(lead(said, BESIDE))}</p>'


def _lettered(choices: list[str]) -> str:
    inside = ''.join(f'<li><span>{c}</span></li>' for c in choices)
    return f'<ol>{inside}</ol>'


def deck_of(
    cells: list,            # of the chapter
    stage: Stage,
    page: Page,
    apps: dict[str, str],   # name of a lab's function -> its page among the apps
) -> list[Slide]:
    "The slides of one chapter, by its marks; where it has none, by those that would be set."
    marks = [mark_of(c) for c in cells]
    if not any(marks): marks = suggested_marks(cells)
    deck = Deck(stage, page, apps)
    for cell, mark in zip(cells, marks):
        if mark == 'skip' or cell['cell_type'] not in ('markdown', 'code'): continue
        try:
            if cell['cell_type'] == 'markdown': deck.text(cell['source'], mark)
            else: deck.code(cell, mark)
        except ValueError as e: raise ValueError(f'cell {cell.get("id")}: {e}') from e
    return deck.finished()
