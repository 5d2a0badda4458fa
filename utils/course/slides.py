"`python -m utils.course.slides`: the chapters as decks of slides, made from their stored outputs."
import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .chapters import NOTEBOOKS, CourseMap, Stage
from .folders import made_anew
from .slide_deck import deck_of
from .slide_layout import Slide
from .static import Page, Pictures

__all__ = ['Built', 'build_slides', 'main']

ASSETS = Path(__file__).resolve().parent.parent / 'assets' / 'slides'


@dataclass
class Built:
    "What was built: files by their path in the folder, in order."
    files: dict[str, bytes]
    slides: dict[str, list[Slide]]   # of each deck, by its page


@dataclass
class Deck:
    "One chapter's deck on its way to a page."
    stage: Stage
    name: str            # of the page
    slides: list[Slide]

    @property
    def cover(self) -> str:
        "The picture that stands for it: its first lab, or else its first picture."
        ordered = sorted(self.slides, key=lambda s: s.kind != 'lab')
        found = re.search(r'src="(pictures/[^"]+)"',
                          ''.join(p.html for s in ordered for p in s.parts))
        return found[1] if found else ''


def build_slides(
    folder: Path = NOTEBOOKS,     # the notebooks
    numbers: list[str] = (),      # of chapters; all if empty
) -> Built:
    "The decks of these chapters, their pictures, and what they need."
    rows = [(stage, file) for stage, file in CourseMap(folder).rows if file]
    wanted = [f'{int(n):02}' if n.isdigit() else n for n in numbers] or [s.number for s, _ in rows]
    unknown = [n for n in wanted if n not in [s.number for s, _ in rows]]
    if unknown or not rows:
        there = ', '.join(s.number for s, _ in rows) or 'none'
        raise ValueError(f'There is no chapter {", ".join(unknown) or "at all"} in {folder}; there '
                         f'are: {there}. Name one of them, or take the course anew.')
    pages = {file.name: f'{file.stem}.html' for stage, file in rows if stage.number in wanted}
    pictures, apps = Pictures(), _apps(folder)
    decks = [_deck(stage, file, Page(pages, pictures), apps)
             for stage, file in rows if stage.number in wanted]
    files = {d.name: _page('deck.html', deck=d) for d in decks}
    files['index.html'] = _page('index.html', decks=decks)
    files |= {f: (ASSETS / f).read_text('utf-8') for f in ('slides.css', 'slides.js')}
    done = {name: text.encode() for name, text in files.items()}
    done |= {f'pictures/{n}': data for n, data in sorted(_used(pictures, files.values()).items())}
    return Built(done, {d.name: d.slides for d in decks})


def _deck(stage: Stage, file: Path, page: Page, apps: dict[str, str]) -> Deck:
    try: cells = nbformat.read(file, as_version=4).cells
    except Exception as e:
        raise ValueError(f'{file} is no notebook that can be read ({type(e).__name__}). '
                         'Take it anew from the course, or mend it in JupyterLab.') from e
    try: slides = deck_of(cells, stage, page, apps)
    except ValueError as e: raise ValueError(f'{file.name}, {e}') from e
    if not slides:
        raise ValueError(f'{file.name} has no cell that begins a slide. Mark one in JupyterLab: '
                         'Property Inspector, Slide Type.')
    return Deck(stage, page.pages[file.name], slides)


def _apps(folder: Path) -> dict[str, str]:
    "The page of each lab among the apps, by the name of the lab's function."
    found = {}
    for file in sorted((folder / 'apps').glob('*.ipynb')):
        cells = nbformat.read(file, as_version=4).cells
        for name in re.findall(r'\b(\w+_lab)\(', '\n'.join(c.source for c in cells)):
            found.setdefault(name, file.name)
    return found


def _used(pictures: Pictures, pages) -> dict[str, bytes]:
    "The pictures that stand on a page; outputs that are not shown may hold others."
    names = set(re.findall(r'src="pictures/([^"]+)"', ''.join(pages)))
    return {name: data for name, data in pictures.files.items() if name in names}


def _page(template: str, **what) -> str:
    known = Environment(loader=FileSystemLoader(ASSETS), autoescape=True, trim_blocks=True,
                        lstrip_blocks=True, undefined=StrictUndefined)
    return known.get_template(template).render(**what)


def main(
    argv: list[str] | None = None,   # the words after the command; those of the shell if None
) -> int:                            # 0 if all went well
    "Build the chapters as decks of slides into a folder."
    parser = argparse.ArgumentParser('python -m utils.course.slides', description=main.__doc__)
    parser.add_argument('--chapter', nargs='+', default=[], metavar='NN', help='only these (all)')
    parser.add_argument('--to', type=Path, default=Path('build/slides'), help='folder to write')
    args = parser.parse_args(argv)
    try:
        built = build_slides(numbers=args.chapter)
        with made_anew(args.to, 'slides') as fresh:
            (fresh / 'pictures').mkdir()
            for name, data in built.files.items(): (fresh / name).write_bytes(data)
    except (ValueError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    size, count = sum(map(len, built.files.values())) / 1e6, sum(map(len, built.slides.values()))
    print(f'{len(built.slides)} decks, {count} slides, {size:.1f} MB, in {args.to}. '
          f'Open {args.to / "index.html"}')
    return 0


if __name__ == '__main__': sys.exit(main())
