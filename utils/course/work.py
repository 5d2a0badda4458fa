"""`python -m utils.course.work`: a reader's own copies of the notebooks, in the folder `work`.

    open [04]    make the copies that are missing, and print the path of the one to open
    update       bring in what the course has changed since; what you wrote stays
    reset 04     put your copy of a chapter aside, under its date, and begin a fresh one
"""
import argparse
import os
import sys
from pathlib import Path

from .copies import WORK, Copies, Trouble

__all__ = ['main']

WORDS = dict(   # what an update says of each kind of change
    replaced='new version of', added='new in the course:', removed='no longer in the course:',
    kept='no longer in the course, but yours, so kept:', shown='new outputs below',
    beside='changed by the course and by you, so yours is kept and the new one stands below it:')


def shown(path: Path) -> str:
    "A path as seen from here."
    path = Path(path).resolve()
    return (path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path).as_posix()


def reset_line(page: str) -> str:
    "What to type to begin a page afresh."
    return f'make reset CHAPTER={page[:2] if page[:2].isdigit() else page.removesuffix(".ipynb")}'


def troubles(copies: Copies, pages: list[str]) -> list[str]:
    "A sentence for each copy that cannot be read or is no copy."
    said = []
    for page in pages:
        try: copies.read(page)
        except Trouble as e: said.append(left_alone(page, e))
    return said


def left_alone(page: str, why) -> str:
    "What is wrong with a copy, that nothing was done to it, and what to type."
    return (f'{page} {why}. It was left as it is; `{reset_line(page)}` puts it aside and begins a '
            'fresh one.')


def open_pages(copies: Copies, chapter: str | None) -> int:
    "Make what is missing, and print the path of the chapter to open."
    page = copies.named(chapter or '')
    with copies.alone():
        made = copies.make_missing()
        wrong = troubles(copies, [page])
    if made: print(f'Your own copies of {len(made)} pages are in {shown(copies.folder)} now; what '
                   'you write there stays yours.', file=sys.stderr)
    for line in wrong: print(line, file=sys.stderr)
    print(shown(copies.folder / page))
    return 0


def update_pages(copies: Copies, chapter: str | None) -> int:
    "Bring in what the course has changed, and say what that was."
    pages, wrong, changed = [copies.named(chapter)] if chapter else copies.pages(), [], 0
    with copies.alone():
        made = copies.make_missing()
        for page in pages:
            try: res = copies.update(page)
            except Trouble as e:
                wrong.append(left_alone(page, e))
                continue
            if res is not None: print(page, *told(res), sep='\n    ')
            changed += res is not None
    for page in made: print(f'{page}\n    new copy')
    if changed: print('What is open in JupyterLab: choose File, Reload Notebook from Disk.')
    own = copies.own_notebooks()
    if own: print(f'Not of the course, and left alone: {", ".join(own)}.')
    print(f'{changed} of {len(pages)} pages had something new. What you wrote is as it was.')
    for line in wrong: print(line)
    return int(bool(wrong))


def told(res) -> list[str]:
    "What an update changed in one page, in words."
    if isinstance(res, str): return [f'new version; the one that was there is {res} now']
    lines = [f'{words} {", ".join(found)}' for kind, words in WORDS.items()
             if (found := getattr(res, kind))]
    return lines or ['small things that do not show']


def reset_page(copies: Copies, chapter: str | None) -> int:
    "Put a copy aside and begin a fresh one."
    if not chapter: raise Trouble('Which chapter? Type, for example: make reset CHAPTER=04')
    page = copies.named(chapter)
    with copies.alone():
        there = os.path.lexists(copies.folder / page)
        aside = copies.set_aside(page) if there else None
        copies.make(page)
    print(f'{page} is fresh.' + (f' The one that was there is {aside} now.' if aside else ''))
    return 0


COMMANDS = dict(open=open_pages, update=update_pages, reset=reset_page)


def main(argv: list[str] = None) -> int:
    "Do what the command line asks."
    say = argparse.ArgumentParser('python -m utils.course.work', description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument('command', choices=COMMANDS)
    say.add_argument('chapter', nargs='?', help='its number, or a page such as apps/marble')
    say.add_argument('--folder', type=Path, default=WORK,
                     help='where the copies are (work)')
    o = say.parse_args(argv)
    try: return COMMANDS[o.command](Copies(o.folder), o.chapter)
    except Trouble as e: print(e, file=sys.stderr)
    except OSError as e:
        print(f'{e.filename or o.folder} cannot be used ({e.strerror or type(e).__name__}). Close '
              'it elsewhere, or see who may write there.', file=sys.stderr)
    return 1


if __name__ == '__main__': sys.exit(main())
