"""Folders of drawn pictures that are written once and never taken for whole while they are not."""
import csv
import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..download import companion_data_folder

__all__ = ['LABELS', 'read_labels', 'write_once']

LABELS, ABOUT = 'labels.csv', 'about.json'
MANY = 300   # pictures that take seconds to draw, so that one should be told
STYLE = 2    # raised when the drawings change, so that older folders are drawn anew


def write_once(
    name: str,       # of the data set, the first word of the folder's name
    settings: dict,  # all that decides what is in the folder
    defaults: dict,  # settings that the folder's name need not repeat
    draw,            # of an empty folder: functions, each writes a picture, returns its labels
    folder=None,     # where to write instead of the data cache
) -> Path:           # the whole folder
    "The folder with these settings, drawn first where it is missing or not whole."
    given = folder is not None
    if not given:
        named = [f'{k}{v}' for k, v in settings.items() if k not in defaults or v != defaults[k]]
        folder = companion_data_folder() / '-'.join([name, *named])
    folder, about = Path(folder).expanduser(), dict(name=name, style=STYLE, **settings)
    if _whole(folder, about): return folder
    if given: _refuse_a_used(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f'.{name}-') as temp:
        part = Path(temp) / 'new'
        part.mkdir()
        _write_labels(part / LABELS, _together(list(draw(part)), name))
        (part / ABOUT).write_text(json.dumps(about), encoding='utf-8')
        _swap(part, folder, Path(temp) / 'old', about)
    return folder


def _together(jobs, name):
    "Do the jobs, two at a time because Pillow works outside Python's lock; results in order."
    if len(jobs) >= MANY: print(f'Drawing {len(jobs):,} {name}, this once. It may take '
                                f'{len(jobs) / 100:.0f} seconds.', flush=True)
    with ThreadPoolExecutor(2) as pool:
        try: return list(pool.map(lambda job: job(), jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)     # nobody waits for pictures nobody will see
            raise


def _refuse_a_used(folder):
    if folder.exists() and not (folder / ABOUT).exists() and any(folder.iterdir()):
        raise FileExistsError(
            f'{folder} already holds other files, so drawing into it would mix them up. '
            "Pass an empty or a new `folder`, or none to use the course's own data folder.")


def _whole(folder, about):
    "Whether every picture named in the labels is there, and drawn with these settings."
    try:
        if json.loads((folder / ABOUT).read_text(encoding='utf-8')) != about: return False
        names = {row['name'] for row in read_labels(folder)}
    except (OSError, ValueError, KeyError):
        return False
    return names == {p.relative_to(folder).as_posix() for p in folder.rglob('*.jpg')}


def _write_labels(path, rows):
    rows = list(rows)
    with path.open('w', newline='', encoding='utf-8') as f:
        writer = csv.DictWriter(f, rows[0], lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)


def _swap(part, folder, old, about):
    "Move the new folder into place; if another process did so meanwhile, keep theirs."
    if _whole(folder, about): return
    try:
        if folder.exists(): os.replace(folder, old)
        os.replace(part, folder)
    except OSError:
        if old.exists() and not folder.exists(): shutil.move(old, folder)
        if not _whole(folder, about): raise


def read_labels(
    folder,              # made by `draw_pets` or `draw_bears`
) -> list[dict]:         # a row for each picture, all values as text
    "What is known of every picture in the folder."
    with (Path(folder) / LABELS).open(newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))
