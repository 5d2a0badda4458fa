"A chapter's notebook as plain HTML, read from its stored outputs: for pages and for slides."
import base64
import hashlib
import html
import io
import posixpath
import re
from dataclasses import dataclass, field
from functools import cache

from nbconvert.filters import Highlight2HTML, ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from PIL import Image

__all__ = ['LAB', 'Pictures', 'Page', 'call_in', 'code_html', 'markdown_html', 'output_html']

LAB = 'http://localhost:8888/lab/tree/'   # where `make lab` shows the project
PICTURE = re.compile(r'src="data:image/(png|webp|jpeg|gif);base64,([^"]+)"')
IMAGE = re.compile(r'<img\b[^>]*>')
NO_GUESS = re.compile(r' No guess was kept above; make one and run this again\.')
UNANSWERED = re.compile(r'<div role="status"[^>]*><b>– Not answered yet\.</b>.*?</div>', re.S)
STYLES = re.compile(r'<style\b.*?</style>\s*', re.S)
WIDGET = re.compile(r'[A-Z]\w+\(.*', re.S)
ASKING = ('guess', 'checkpoint', 'quiz')
LONG = 30   # lines of a message or a listing that are shown at once


@dataclass
class Pictures:
    "The pictures met so far: file name, made from what is in it, and bytes."
    files: dict[str, bytes] = field(default_factory=dict)

    def taken_out(
        self,
        page: str,   # HTML with pictures inside
    ) -> str:        # HTML with pictures beside it
        "The same HTML, its pictures as files of `pictures/`, with the size they are drawn at."
        return PICTURE.sub(self._file, page)

    def _file(self, found: re.Match) -> str:
        data = base64.b64decode(found[2])
        name = f'{hashlib.sha256(data).hexdigest()[:16]}.{found[1]}'
        self.files[name] = data
        width, height = Image.open(io.BytesIO(data)).size
        return f'src="pictures/{name}" width="{width}" height="{height}"'


@dataclass
class Page:
    "What belongs to one page: where its links lead, its headings, its pictures."
    pages: dict[str, str]              # notebook name -> page name
    pictures: Pictures
    headings: list[tuple[int, str, str]] = field(default_factory=list)   # level, anchor, HTML

    def link(
        self,
        href: str,   # as it stands in a notebook of `notebooks/`
    ) -> str:
        "Where a notebook's link leads on these pages: to a page, or into the JupyterLab at home."
        if re.match(r'[a-z]+:|#', href): return href
        if href in self.pages: return self.pages[href]
        return LAB + posixpath.normpath(posixpath.join('notebooks', href))

    def anchor(
        self,
        text: str,   # HTML of a heading
    ) -> str:
        "A name for a heading that no other heading of this page has."
        words = re.findall(r'[a-z0-9]+', re.sub(r'<[^>]+>|&\w+;', ' ', text).lower())
        name = '-'.join(words) or 'part'
        taken = {a for _, a, _ in self.headings}
        return next(n for n in (name, *(f'{name}-{i}' for i in range(2, 999))) if n not in taken)

    def finished(
        self,
        page: str,   # HTML as it stands in the notebook
    ) -> str:
        "HTML with its links and pictures put right, free of styles and of what only live pages do."
        page = re.sub(r'href="([^"]*)"', lambda m: f'href="{self.link(m[1])}"', page)
        page = STYLES.sub('', page).replace(' role="status"', '').replace(' border="1"', '')
        return self.pictures.taken_out(re.sub(r'(<table\b.*?</table>)', WIDE, page, flags=re.S))


WIDE = r'<div class="wide">\1</div>'


class _Renderer(IPythonRenderer):
    "Markdown with anchors that are ours and formulas that need no script."
    def __init__(self, page: Page):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.page = page

    def heading(self, text, level, **attrs):
        anchor = self.page.anchor(text)
        self.page.headings.append((level, anchor, text))
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def inline_math(self, text): return _formula(text, 'inline')

    def block_math(self, text): return _formula(text, 'block')

    def latex_environment(self, name, body):
        return _formula(rf'\begin{{{name}}}{body}\end{{{name}}}', 'block')


def _formula(text: str, display: str) -> str:
    "A formula as MathML, which browsers draw by themselves."
    from latex2mathml.converter import convert
    try: return convert(html.unescape(text).strip(), display=display)
    except Exception as e:
        raise ValueError(f'The formula {text!r} cannot be drawn ({type(e).__name__}). Write it '
                         'with plain LaTeX, such as \\frac{a}{b}, or in words.') from e


def markdown_html(
    text: str,
    page: Page,
) -> str:
    "HTML of a text cell."
    rendered = MarkdownWithMath(renderer=_Renderer(page)).render(text)
    return page.finished(rendered)


@cache
def _highlighter(language: str): return Highlight2HTML(pygments_lexer=language)


def code_html(
    source: str,
    language: str = 'ipython3',
) -> str:
    "HTML of some code, coloured by classes."
    return _highlighter(language)(source)


def call_in(
    source: str,   # of a code cell
) -> str:
    "What a cell is for, if it is one call only: `guess`, `checkpoint`, `quiz`, `lab`, else ''."
    found = re.fullmatch(r'(\w+)\([^\n]*\)', source.strip())
    if not found: return ''
    if found[1].endswith('_lab'): return 'lab'
    return found[1] if found[1] in ASKING else ''


def output_html(
    output: dict,
    page: Page,
) -> str:
    "HTML of one stored output; '' where it says something only while a kernel runs."
    if output['output_type'] == 'stream': return _listing(''.join(output['text']))
    if output['output_type'] == 'error': return _message(output)
    data = {kind: ''.join(words) for kind, words in output['data'].items()
            if isinstance(words, (str, list))}
    if 'text/html' in data:
        shown = NO_GUESS.sub('', UNANSWERED.sub('', data['text/html']))
        shown = shown.replace('<b>Before you run it:</b>', '<b>Before you read on:</b>')
        return f'<div class="shown">{_framed(page.finished(shown))}</div>\n' if shown else ''
    if 'text/markdown' in data:
        return f'<div class="shown sheet">{_quiet_markdown(data["text/markdown"], page)}</div>\n'
    words = data.get('text/plain', '')
    if WIDGET.fullmatch(words) and words.split('(')[0] in WIDGETS:
        return ('<p class="shown aside">A widget stands here while the cell is live: '
                f'<code>{words.split("(")[0]}</code>.</p>\n')
    return _listing(words)


WIDGETS = ('FileUpload', 'VBox', 'HBox', 'Button', 'Output', 'Label', 'Dropdown')


def _quiet_markdown(text: str, page: Page) -> str:
    "A sheet that a cell has made: its headings are not those of the page."
    return markdown_html(text, Page(page.pages, page.pictures, list(page.headings)))


def _framed(shown: str) -> str:
    "Pictures too wide for a phone can be opened by themselves."
    def link(found):
        width, file = (re.search(rf'\b{key}="([^"]*)"', found[0]) for key in ('width', 'src'))
        if not width or int(width[1]) < 390: return found[0]
        return f'<a class="picture" href="{file[1]}">{found[0]}</a>'
    return IMAGE.sub(link, shown)


def _listing(text: str) -> str:
    "What a cell printed; a long list opens on demand."
    inside = f'<pre>{html.escape(strip_ansi(text).rstrip())}</pre>'
    lines = text.count('\n') + 1
    if lines > LONG:
        inside = f'<details><summary>{lines} printed lines</summary>{inside}</details>'
    return f'<div class="shown printed">{inside}</div>\n'


def _message(output: dict) -> str:
    "An error: a long way to it opens on demand, its last lines are always there."
    text = '\n'.join(output['traceback'])
    coloured = re.sub(r' style="color: [^"]*"', '', ansi2html(text))
    way = f'<pre>{coloured}</pre>'
    if text.count('\n') >= LONG:
        said = html.escape(f"{output['ename']}: {output['evalue']}")
        way = (f'<pre>{said}</pre><details><summary>The way to it, {text.count(chr(10))} lines'
               f'</summary>{way}</details>')
    return f'<div class="shown error">{way}</div>\n'
