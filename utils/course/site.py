"`python -m utils.course.site`: the course as static pages, made from its stored outputs."
import argparse
import json
import re
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .chapters import NOTEBOOKS, CourseMap, Stage
from .folders import made_anew
from .static import (LAB, Page, Pictures, call_in, code_html, markdown_html, output_html)

__all__ = ['Built', 'build_site', 'main']

ASSETS = Path(__file__).resolve().parent.parent / 'assets' / 'site'
CARDS = {'guess': 'A guess', 'checkpoint': 'Check yourself', 'quiz': 'Quiz'}
IDENTIFIER = re.compile(r'[A-Za-z_]\w{4,}')
NAMES = re.compile(r'<names>(.*?)</names>', re.S)   # code on its way to the search


@dataclass
class Built:
    "What was built: files by their path in the folder, in order."
    files: dict[str, bytes]


@dataclass
class Chapter:
    "One chapter on its way to a page."
    stage: Stage
    file: Path      # the notebook
    name: str       # of the page
    page: Page
    body: str = ''
    found: list = None   # for the search: [anchor, heading, text]
    cover: str = ''      # the picture that stands for it


def build_site(
    folder: Path = NOTEBOOKS,   # the notebooks
    solutions: bool = False,    # with the solutions, folded
) -> Built:
    "Every page of the course, its pictures, and what they need."
    rows = [(stage, file) for stage, file in CourseMap(folder).rows if file]
    if not rows:
        raise ValueError(f'{folder} holds no chapter such as 00_start_here.ipynb, so there is '
                         'nothing to build. Run this in the folder of the course.')
    pages = {file.name: f'{file.stem}.html' for _, file in rows}
    pictures = Pictures()
    chapters = [Chapter(stage, file, pages[file.name], Page(pages, pictures))
                for stage, file in rows]
    for c in chapters: _fill(c, solutions)
    files = {name: _page(name, chapters, i) for i, name in enumerate([c.name for c in chapters])}
    files['index.html'] = _contents(chapters, CourseMap(folder).hours)
    files['search.js'] = _search(chapters)
    files |= {f: (ASSETS / f).read_text('utf-8') for f in ('site.css', 'site.js')}
    done = {name: text.encode() for name, text in files.items()}
    return Built(done | {f'pictures/{n}': data for n, data in sorted(pictures.files.items())})


def _fill(chapter: Chapter, solutions: bool):
    "Turn a notebook into the body of its page, and into what the search finds."
    try: cells = nbformat.read(chapter.file, as_version=4).cells
    except Exception as e:
        raise ValueError(f'{chapter.file} is no notebook that can be read ({type(e).__name__}). '
                         'Take it anew from the course, or mend it in JupyterLab.') from e
    solved = _solutions(chapter.file) if solutions else {}
    parts, words = [], []
    for cell in cells:
        try: shown = _cell(cell, chapter, solved)
        except ValueError as e:
            raise ValueError(f'{chapter.file.name}, cell {cell.get("id")}: {e}') from e
        parts.append(shown)
        is_text = cell.cell_type == 'markdown' or call_in(cell.source)
        words.append(shown if is_text else f'<names>{cell.source}</names>')
    chapter.body = ''.join(parts)
    chapter.found = _sections(words)
    labs = re.search(r'<figure class="lab">.*?src="([^"]+)"', chapter.body, re.S)
    cover = labs or re.search(r'src="(pictures/[^"]+)"', chapter.body)
    chapter.cover = cover[1] if cover else ''


def _solutions(file: Path) -> dict[str, str]:
    "The solved cells of a chapter, by cell id."
    solved = file.parent / 'solutions' / file.name
    cells = nbformat.read(solved, as_version=4).cells if solved.is_file() else []
    return {c.id: c.source for c in cells if c.cell_type == 'code'}


def _cell(cell, chapter: Chapter, solved: dict) -> str:
    "One cell as a part of the page."
    if cell.cell_type == 'markdown':
        return f'<div class="text">\n{markdown_html(cell.source, chapter.page)}</div>\n'
    if cell.cell_type != 'code': return ''
    shown = ''.join(output_html(o, chapter.page) for o in cell.outputs)
    kind = call_in(cell.source)
    if kind == 'lab' and '<img' in shown:
        live = f'<a href="{LAB}notebooks/{chapter.file.name}">live in JupyterLab</a>'
        return (f'<figure class="lab">\n<p class="label">A lab, {live}</p>\n{shown}</figure>\n')
    if kind in CARDS and shown:
        return f'<div class="card {kind}">\n<p class="label">{CARDS[kind]}</p>\n{shown}</div>\n'
    extra = ''
    if cell.id in solved:
        extra = f'<details class="solution"><summary>Solution</summary>\n' \
                f'{code_html(solved[cell.id])}</details>\n'
    look = 'cell exercise' if 'exercise' in cell.metadata.get('tags', []) else 'cell'
    return f'<div class="{look}">\n{code_html(cell.source)}{shown}{extra}</div>\n'


def _sections(words: list[str]) -> list:
    "What stands under each heading, as plain words."
    whole = ' '.join(words)
    pieces = re.split(r'<h[1-3] id="([^"]+)">(.*?)</h[1-3]>', whole, flags=re.S)
    return [[anchor, _plain(title), _plain(text)]
            for anchor, title, text in zip(pieces[1::3], pieces[2::3], pieces[3::3])]


def _plain(page: str) -> str:
    "The words of some HTML, and behind them the names in its code that are not among them."
    prose, names = NAMES.sub('', page), ' '.join(NAMES.findall(page))
    prose = ' '.join(unescape(re.sub(r'<[^>]+>', ' ', prose)).split())
    new = dict.fromkeys(n for n in IDENTIFIER.findall(names) if n not in prose)
    return ' '.join([prose, *new]).strip()


def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(ASSETS), autoescape=True, trim_blocks=True,
                       lstrip_blocks=True, undefined=StrictUndefined)


def _page(name: str, chapters: list[Chapter], i: int) -> str:
    c = chapters[i]
    headings = [(anchor, text) for level, anchor, text in c.page.headings if level == 2]
    return _templates().get_template('chapter.html').render(
        chapter=c, stage=c.stage, headings=headings, lab=f'{LAB}notebooks/{c.file.name}',
        before=chapters[i - 1] if i else None,
        after=chapters[i + 1] if i + 1 < len(chapters) else None)


def _contents(chapters: list[Chapter], hours: float) -> str:
    return _templates().get_template('contents.html').render(chapters=chapters, hours=hours)


def _search(chapters: list[Chapter]) -> str:
    "What the search looks through: a script, because a page opened as a file may load no data."
    rows = [[c.name, f'{c.stage.number} {c.stage.title}', c.found] for c in chapters]
    return f'window.COMPANION_SEARCH = {json.dumps(rows, ensure_ascii=False)}\n'


def main(
    argv: list[str] | None = None,   # the words after the command; those of the shell if None
) -> int:                            # 0 if all went well
    "Build the course as static pages into a folder."
    parser = argparse.ArgumentParser(prog='python -m utils.course.site', description=main.__doc__)
    parser.add_argument('--to', type=Path, default=Path('build/site'), help='folder to write')
    parser.add_argument('--solutions', action='store_true',
                        help='with the solutions, folded under their exercises')
    args = parser.parse_args(argv)
    try:
        built = build_site(solutions=args.solutions)
        with made_anew(args.to, 'site') as fresh:
            (fresh / 'pictures').mkdir()
            for name, data in built.files.items(): (fresh / name).write_bytes(data)
    except (ValueError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    size = sum(map(len, built.files.values())) / 1e6
    n_pages = sum(name.endswith('.html') for name in built.files)
    print(f'{n_pages} pages, {size:.1f} MB, in {args.to}. Open {args.to / "index.html"}')
    return 0


if __name__ == '__main__': sys.exit(main())
