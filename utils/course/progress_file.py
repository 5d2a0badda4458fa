"""The reader's progress: one small JSON file in the user's own data folder, never sent anywhere.

Whatever is wrong with that file or its folder, a cell of the course goes on: the entries of this
session are kept in memory, and one sentence says so.
"""
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ['ProgressFile', 'progress']

FORMAT = 1
SECTIONS = ('exercises', 'guesses', 'questions')
FIELDS = dict(state=str, tries=int, hints=int, mistakes=dict, value=(int, float), right=bool,
              first_right=bool)
LARGEST = 5_000_000   # bytes; a course's progress is a few thousand


class Foreign(Exception):
    "The file is not one that this module wrote."


class Untouchable(Exception):
    "The file must stay as it is; the message says why."


def _fresh() -> dict: return {'companion_progress': FORMAT} | {s: {} for s in SECTIONS}


def _checked(data) -> dict:
    "The well-formed part of `data`; `Foreign` if it is no progress at all."
    if not isinstance(data, dict) or not isinstance(data.get('companion_progress'), int):
        raise Foreign
    if data['companion_progress'] > FORMAT:
        raise Untouchable('was written by a newer version of the course')
    res = _fresh()
    for s in SECTIONS:
        part = data.get(s)
        if isinstance(part, dict):
            res[s] = {k: _sound(v) for k, v in part.items() if isinstance(v, dict)}
    return res


def _sound(entry: dict) -> dict:
    "The fields of an entry that are of the kind they should be."
    return {k: v for k, v in entry.items() if isinstance(v, FIELDS.get(k, ()))}


class ProgressFile:
    "Reads and writes the file; entries made by two notebooks at once are both kept."
    def __init__(self): self.pending, self.notice, self.said = [], '', set()

    @property
    def path(self) -> Path:
        "Where the file is: `COMPANION_HOME`, or the user's data folder."
        import platformdirs
        home = os.environ.get('COMPANION_HOME') or platformdirs.user_data_dir('companion', False)
        return Path(home) / 'progress.json'

    def read(self) -> dict:
        "All entries: those of the file, and those of this session that could not be written."
        try: data = self._load()
        except Foreign: data = _fresh()
        except (OSError, Untouchable) as e:
            self._say(e)
            data = _fresh()
        for change in self.pending: change(data)
        return data

    def update(
        self,
        change: Callable[[dict], None],  # changes the entries in place; may be called again later
    ):
        "Apply `change` to what the file holds now, under a lock, and write it in one move."
        from filelock import FileLock
        self.pending.append(change)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f'{self.path}.lock', timeout=3): self._write_pending()
        except Exception as e: self._say(e)   # trouble with a file never stops a cell

    def take_notice(self) -> str:
        "The sentence about trouble with the file, once."
        notice, self.notice = self.notice, ''
        return notice

    def _load(self) -> dict:
        if not self.path.exists(): return _fresh()
        if self.path.stat().st_size > LARGEST: raise Foreign
        try: return _checked(json.loads(self.path.read_bytes()))
        except (ValueError, RecursionError): raise Foreign from None

    def _write_pending(self):
        if self.path.exists() and not self.path.stat().st_mode & 0o222:
            raise Untouchable('is marked read-only')
        try: data = self._load()
        except Foreign:
            data = _fresh()
            self._set_aside()
        for change in self.pending: change(data)
        self._write(data)
        self.pending.clear()

    def _write(self, data: dict):
        "Write beside the file and move over it: a reader sees the old one or the new one, whole."
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix='progress-', suffix='.part')
        try:
            with os.fdopen(handle, 'w', encoding='utf-8') as f:
                json.dump(data, f, indent=1, ensure_ascii=False, sort_keys=True)
            os.replace(name, self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _set_aside(self):
        "Keep a file that cannot be read under another name."
        n = 1
        while (aside := self.path.with_name(f'progress-set-aside-{n}.json')).exists(): n += 1
        os.replace(self.path, aside)
        self._note(f'The progress file could not be read; it is kept as {aside.name}, '
                   'and a new one was begun.')

    def _say(self, e: Exception):
        why = str(e) if isinstance(e, Untouchable) else \
            f'cannot be used ({getattr(e, "strerror", None) or type(e).__name__})'
        self._note(f'The progress file {why}; answers are remembered only until this notebook is '
                   'closed.')

    def _note(self, sentence: str):
        if sentence not in self.said: self.notice = sentence
        self.said.add(sentence)


progress = ProgressFile()
