"""`python -m utils.course.handout`: the course for students, without outputs and solutions.

Written into build/handout are one folder and the same as a zip. It holds all that the course needs
to run on another computer; the same files of the course give the same bytes.
"""
import argparse
import io
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from .chapters import CHAPTERS, NOTEBOOKS
from .copies import Trouble, page_names, read_notebook
from .student_pages import faults_of_handout, student_page

__all__ = ['handout_files', 'packed', 'write_handout', 'main']

INSTALLED = 'LICENSE', 'Makefile', 'environment.yml', 'pyproject.toml', 'requirements.txt'
MOMENT = (2026, 1, 1, 0, 0, 0)   # the date of every file in the zip, whenever it is made
README = """\
# Companion: {title}

{what} Each cell is still to be run, each exercise still to be solved.

You need Python 3.11 or newer. Open a terminal in this folder and type

```
make lab
```

The first time this installs what the course needs, for which it takes a network and some minutes; \
afterwards it needs none. Without `make`, with conda, also on Windows:

```
conda env create -f environment.yml
conda activate companion
python -m utils.course.work open
jupyter lab --config=utils/assets/jupyter/jupyter_lab_config.py {first}
```

You work in copies of your own, in the folder `work`. Got a newer handout? Unpack it over this one \
and type `make update`: your answers stay. The exercises check themselves, and nothing that you do \
is sent anywhere. Your teacher has the solutions.
"""


def chosen_pages(course: Path, numbers: list[str]) -> tuple[list[str], list[str]]:
    "The pages of these chapters (of all if there are none), and their numbers."
    pages = [p for p in page_names(course) if p.partition('/')[0] != 'solutions']
    have = [p[:2] for p in pages if '/' not in p and p.endswith('.ipynb')]
    wanted = [f'{int(n):02}' if n.isdigit() else n for n in numbers] or have
    unknown = [n for n in wanted if n not in have]
    if unknown: raise Trouble(f'There is no chapter {unknown[0]!r}. There are: {", ".join(have)}.')
    return [p for p in pages if _belongs(course, p, wanted)], sorted(set(wanted))


def _belongs(course: Path, page: str, wanted: list[str]) -> bool:
    "Whether a page is one of these chapters, one of their apps, the index, or a picture."
    if not page.endswith('.ipynb') or page == 'apps/index.ipynb': return True
    if '/' not in page: return page[:2] in wanted
    about = read_notebook(course / page)['metadata'].get('companion', {})
    return about.get('chapter', wanted[0]) in wanted


def package_files(root: Path) -> list[Path]:
    "The files of the package, and those that install it."
    found = [f for f in (root / 'utils').rglob('*') if f.is_file()
             and not any(p[0] == '.' or p == '__pycache__' for p in f.relative_to(root).parts)
             and (f.suffix == '.py' or 'assets' in f.relative_to(root).parts)]
    return [root / name for name in INSTALLED] + found


def handout_files(
    course: Path = NOTEBOOKS,  # the notebooks of the course, beside its package
    numbers: list[str] = (),   # of chapters; all if empty
) -> tuple[dict[str, bytes], list[str]]:
    "Path and bytes of everything in a handout, and the faults that forbid handing it out."
    pages, wanted = chosen_pages(course, list(numbers))
    given, faults = {}, []
    for page in pages:
        if not page.endswith('.ipynb'):
            given[f'notebooks/{page}'] = (course / page).read_bytes()
            continue
        original = read_notebook(course / page)
        given[f'notebooks/{page}'] = student_page(original, page, set(pages))
        solved = course / 'solutions' / page
        answers = read_notebook(solved) if solved.exists() else None
        faults += faults_of_handout(page, given[f'notebooks/{page}'], original, answers, set(pages))
    root = course.parent
    given |= {f.relative_to(root).as_posix(): f.read_bytes() for f in package_files(root)}
    given['README.md'] = read_me(wanted, pages).encode()
    return dict(sorted(given.items())), faults


def read_me(wanted: list[str], pages: list[str]) -> str:
    "The page that says how to begin."
    first = next(p for p in pages if p[:2] == wanted[0])
    titles = {c.number: f'chapter {c.number}, {c.title}' for c in CHAPTERS}
    named = '; '.join(titles.get(n, f'chapter {n}') for n in wanted)
    whole = len(wanted) >= len(CHAPTERS)
    return README.format(
        title='the course' if whole else named, first=f'work/notebooks/{first}',
        what='All chapters of a hands-on course in deep learning.' if whole else
        'From a hands-on course in deep learning.')


def packed(files: dict[str, bytes], top: str) -> bytes:
    "A zip of these files below one folder; the same files always give the same bytes."
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, 'w') as z:     # stored as they are: other versions of zlib would
        for name in sorted(files):             # pack them otherwise
            entry = zipfile.ZipInfo(f'{top}/{name}', MOMENT)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            z.writestr(entry, files[name])
    return whole.getvalue()


def changed_by_hand(folder: Path, archive: Path, files: dict[str, bytes]) -> list[str]:
    "Files of an earlier handout that are as neither its zip nor the new one has them."
    known = {}
    if archive.is_file() and zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as z: known = {n: z.read(n) for n in z.namelist()}
    found = {f.relative_to(folder).as_posix(): f for f in folder.rglob('*') if not f.is_dir()}
    return sorted(n for n, f in found.items() if '__pycache__' not in f.parts
                  and f.read_bytes() not in (known.get(f'{folder.name}/{n}'), files.get(n)))


def write_handout(
    files: dict[str, bytes],  # from `handout_files`
    to: Path,                 # the folder to write into
    name: str,                # of the folder and of the zip
) -> Path:                    # the zip
    "Write a handout as a folder and as a zip; each is there whole, or as it was before."
    folder, archive = to / name, to / f'{name}.zip'
    to.mkdir(parents=True, exist_ok=True)
    changed = changed_by_hand(folder, archive, files) if folder.exists() else []
    if changed: raise Trouble(
        f'In {folder} something was changed since it was written: {", ".join(changed[:3])}. Move '
        'that folder away, or name another place: --to somewhere')
    with tempfile.TemporaryDirectory(dir=to, prefix='.handout-') as held:
        new = Path(held) / name
        for path, data in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_bytes(data)
        (Path(held) / 'zip').write_bytes(packed(files, name))
        if folder.exists(): shutil.move(folder, Path(held) / 'before')
        new.rename(folder)
        (Path(held) / 'zip').replace(archive)
    return archive


def main(argv: list[str] = None) -> int:
    "Write the handout that the command line asks for."
    say = argparse.ArgumentParser('python -m utils.course.handout', description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument('--chapter', nargs='+', default=[], metavar='NN', help='only these (all)')
    say.add_argument('--to', type=Path, default=NOTEBOOKS.parent / 'build' / 'handout',
                     metavar='FOLDER', help='where to write (build/handout)')
    o = say.parse_args(argv)
    try:
        files, faults = handout_files(NOTEBOOKS, o.chapter)
        for fault in faults: print(fault, file=sys.stderr)
        if faults: raise Trouble('So nothing was written. Mend that in the folder `notebooks`.')
        numbers = sorted({f'{int(n):02}' for n in o.chapter})
        archive = write_handout(files, o.to, '-'.join(['companion', *numbers]))
    except (Trouble, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    pages = [n for n in files if n.endswith('.ipynb')]
    print(f'{archive}: {len(pages)} notebooks without outputs and solutions, and what they need, '
          f'{len(archive.read_bytes()) / 1e6:.1f} MB. The same as a folder: {archive.stem}')
    return 0


if __name__ == '__main__': sys.exit(main())
