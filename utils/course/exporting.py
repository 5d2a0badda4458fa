"""`export_progress`: the file a student hands in, written from the progress kept on this computer.

It holds a name of the student's choice and, for each exercise tried, its id, its state, the tries
and which hints came how often. No times, no machine, no user, no answers, no guesses.
"""
import json
import os
import re
import tempfile
from pathlib import Path

from . import progress_file, shelf
from .page import note

__all__ = ['export_progress', 'exported', 'known_hints', 'write_whole', 'can_be_shown', 'FORMAT',
           'LONGEST_NAME', 'GENERAL_HINTS']

FORMAT = 1
LONGEST_NAME = 60
GENERAL_HINTS = {   # what `check` recognises in any exercise
    'kind': 'The answer was of another kind than the one asked for, such as a text for a number.',
    'error': 'Their own code stopped with an error while it was checked.'}


def known_hints() -> dict[str, dict[str, str]]:
    "For each exercise of all chapters: the hints that a wrong answer may get, with their words."
    chapters = map(shelf.open_chapter, shelf.chapter_numbers())
    return {id: task.mistakes | GENERAL_HINTS
            for home in chapters for id, task in home.exercises.items()}


def can_be_shown(name: str) -> bool:
    "Whether all signs of a name have a look of their own, or join two letters as in Persian."
    return name.replace('\u200c', '').replace('\u200d', '').isprintable()


def _name(name) -> str:
    "The chosen name as it is written; a ValueError says what cannot be one."
    if not isinstance(name, str) or not name.strip():
        raise ValueError('A name is missing. Type: my_progress().export("Ada"), with any name that '
                         'your teacher will know you by.')
    name = ' '.join(name.split())
    if len(name) > LONGEST_NAME:
        raise ValueError(f'This name has {len(name)} letters; at most {LONGEST_NAME} fit. '
                         'Choose a shorter one.')
    if not can_be_shown(name):
        raise ValueError(f'{name!a} holds a sign that cannot be shown. Choose a name without it.')
    return name


def _entry(kept: dict, hints: dict) -> dict:
    "State, tries and hints of one exercise, made to fit each other."
    seen = kept.get('mistakes') or {}
    seen = {k: n for k, n in seen.items() if k in hints and isinstance(n, int) and n > 0}
    least = sum(seen.values()) + (kept['state'] == 'right')
    return dict(state=kept['state'], tries=max(kept.get('tries', 0), least, 1), hints=seen)


def exported(
    name: str,   # as the student wants to be called
    data: dict,  # what the progress file holds
) -> dict:
    "What is handed in, and nothing else."
    known, kept = known_hints(), data['exercises']
    tried = {id: _entry(kept[id], hints) for id, hints in known.items()
             if kept.get(id, {}).get('state') in ('right', 'not yet')}
    return dict(companion_export=FORMAT, name=_name(name), exercises=tried)


def write_whole(
    file: Path,
    text: str,
):
    "Write beside the file and move over it: whoever looks sees the old one or the new one, whole."
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f'.{file.stem[:20]}-', suffix='.part')
    try:
        with os.fdopen(handle, 'w', encoding='utf-8', newline='\n') as out: out.write(text)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _file_for(name: str) -> Path:
    "A file name that every system takes: the name's letters and digits."
    letters = re.sub(r'\W+', '-', name.casefold()).strip('-')
    return Path(f'progress-{letters or "export"}.json')


def _is_own(file: Path) -> bool:
    "Whether this file is an earlier export, which may be written anew."
    try: old = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError): return False
    return isinstance(old, dict) and 'companion_export' in old


def export_progress(
    name: str,                       # what the teacher shall read; any name
    file: str | Path | None = None,  # where to; a file in this folder, named after `name`
):
    "Write your progress on the exercises as a small file to hand in; it is not sent anywhere."
    data = exported(name, progress_file.progress.read())
    file = _file_for(data['name']) if file is None else Path(file)
    if file.is_dir():
        raise ValueError(f'{file} is a folder. Give a file in it: file="{file}/ada.json".')
    if file.exists() and not _is_own(file):
        raise ValueError(f'{file} is there already and is no export, so it was left as it is. '
                         'Give another file: file="ada.json".')
    write_whole(file, json.dumps(data, indent=1, ensure_ascii=False) + '\n')
    n = len(data['exercises'])
    said = (f'`{file}` holds the name **{data["name"].translate(_PLAIN)}** and {n} '
            f'exercise{"s" * (n != 1)}: right or not yet, how many tries, which hints. Nothing '
            'else, and it was not sent: hand it in yourself.')
    note('told', 'Exported.', f'{said} {progress_file.progress.take_notice()}'.strip())


_PLAIN = str.maketrans(dict.fromkeys('*`'))   # signs that would change the look of the sentence
