"""What the students handed in: a folder of exports, read with care.

Whatever lies in that folder, reading goes on: a file that is no export is named with the reason.
"""
import json
import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from .exporting import FORMAT, LONGEST_NAME, can_be_shown, known_hints

__all__ = ['Student', 'Entry', 'Handed', 'LeftOut', 'read_folder', 'read_export']

LARGEST = 200_000   # bytes; an export of the whole course has some 10,000
MOST_TRIES = 100_000
STATES = 'right', 'not yet'


class LeftOut(Exception):
    "The file cannot be used; the message says why, as the end of a sentence that begins with it."


@dataclass
class Entry:
    "One exercise of one student."
    state: str              # 'right' or 'not yet'
    tries: int
    hints: dict[str, int]   # name of the mistake that was recognised -> how often

    @property
    def at_once(self) -> bool:
        "Whether the first answer was right."
        return self.state == 'right' and self.tries == 1


@dataclass
class Student:
    "What one student handed in."
    name: str
    exercises: dict[str, Entry]
    file: str = ''


@dataclass
class Handed:
    "Everybody's exports, in the order of names, and the files that could not be used."
    students: list[Student] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)   # file, reason
    remarks: list[tuple[str, str]] = field(default_factory=list)    # read, but worth a word


def _bytes(file: Path) -> bytes:
    "What the file holds, if it is one that may be opened."
    kind = file.lstat()
    if stat.S_ISLNK(kind.st_mode):
        raise LeftOut('is a link to somewhere else; put the file itself here')
    if stat.S_ISDIR(kind.st_mode):
        raise LeftOut('is a folder; only files directly in the folder are read')
    if not stat.S_ISREG(kind.st_mode): raise LeftOut('is no ordinary file')
    if not kind.st_size: raise LeftOut('is empty')
    if kind.st_size > LARGEST:
        raise LeftOut(f'has {kind.st_size / 1000:,.0f} KB, an export at most {LARGEST // 1000} KB')
    return file.read_bytes()


def _text(data: bytes) -> tuple[str, str]:
    "The bytes as text, and a remark on how they were written."
    if data[:4] == b'PK\3\4': raise LeftOut('is a zip archive; unpack it here')
    if data[:2] in (b'\xff\xfe', b'\xfe\xff'):
        try: return data.decode('utf-16'), 'was saved as UTF-16 by some editor; read all the same'
        except UnicodeDecodeError: raise LeftOut('is not text') from None
    if b'\0' in data: raise LeftOut('is not text')
    try: text = data.decode('utf-8-sig')
    except UnicodeDecodeError as e:
        raise LeftOut(f'is not UTF-8 text (byte {e.start + 1}); hand it in as it was exported') \
            from None
    has_mark = data[:3] == b'\xef\xbb\xbf'
    return text, 'was saved again by some editor (byte order mark); read all the same' * has_mark


def _no_constant(word: str): raise LeftOut(f'holds {word}, which is no count')


def _once(pairs: list) -> dict:
    "A dict in which no key was given twice."
    res = dict(pairs)
    if len(res) == len(pairs): return res
    keys = [k for k, _ in pairs]
    twice = next(k for k in keys if keys.count(k) > 1)
    raise LeftOut(f'says {_short(twice)} twice')


def _json(text: str):
    "What the text says, as Python values."
    if not text.strip(): raise LeftOut('is empty')
    try: return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as e:
        cut = e.pos >= len(text.rstrip()) or e.msg.startswith('Unterminated')
        if cut and text.lstrip()[:1] in ('{', '['):
            raise LeftOut('breaks off in the middle; hand it in once more') from None
        raise LeftOut(f'is not JSON (line {e.lineno}: {e.msg})') from None
    except RecursionError: raise LeftOut('is nested too deeply to be an export') from None
    except ValueError: raise LeftOut('holds a number with thousands of digits') from None


def _short(value) -> str:
    "A value from a foreign file, fit to be shown in a sentence."
    words = ''.join(c if c.isprintable() else '�' for c in str(value)[:41])
    return f'“{words[:40]}…”' if len(words) > 40 else f'“{words}”'


def _kind(value) -> str:
    "What a JSON value is, in words."
    if isinstance(value, bool): return 'true or false'
    return {dict: 'a group of values', list: 'a list', str: 'a text', int: 'a number',
            float: 'a number'}.get(type(value), 'nothing')


def _is_count(n, least: int) -> bool: return type(n) is int and least <= n <= MOST_TRIES


def _entry(id: str, value, hints: dict) -> Entry:
    "One exercise, looked at closely."
    if not isinstance(value, dict) or set(value) != {'state', 'tries', 'hints'}:
        raise LeftOut(f'does not give state, tries and hints for {id}')
    state, tries, seen = value['state'], value['tries'], value['hints']
    if state not in STATES: raise LeftOut(f'gives {id} the unknown state {_short(state)}')
    if not _is_count(tries, 1): raise LeftOut(f'counts {_short(tries)} tries for {id}')
    if not isinstance(seen, dict): raise LeftOut(f'has {_kind(seen)} in place of hints for {id}')
    for key, n in seen.items():
        if key not in hints:
            raise LeftOut(f'names the hint {_short(key)}, which {id} does not have: it was made '
                          'with another version of the course')
        if not _is_count(n, 1): raise LeftOut(f'counts the hint {key} of {id} {_short(n)} times')
    if sum(seen.values()) + (state == 'right') > tries:
        raise LeftOut(f'counts more hints than tries for {id}')
    return Entry(state, tries, seen)


def _head(data):
    "Is it an export, of a format that is known? `LeftOut` says what else it is."
    if not isinstance(data, dict): raise LeftOut(f'holds {_kind(data)}, not an export')
    if 'companion_progress' in data:
        raise LeftOut('is the progress file itself; hand in what my_progress().export("your name") '
                      'writes')
    if 'companion_export' not in data: raise LeftOut('is no export of this course')
    version = data['companion_export']
    if type(version) is int and version > FORMAT:
        raise LeftOut(f'was written by a newer version of the course (format {_short(version)}); '
                      'update this one')
    if type(version) is not int or version != FORMAT:
        raise LeftOut(f'has the unknown format {_short(version)}')
    more = sorted(set(data) - {'companion_export', 'name', 'exercises'})
    if more: raise LeftOut(f'holds more than an export does: {_short(more[0])}')


def _name(data: dict) -> str:
    "The student's name."
    name = data.get('name')
    if not isinstance(name, str) or not name.strip(): raise LeftOut('gives no name')
    if len(name) > LONGEST_NAME:
        raise LeftOut(f'gives a name of {len(name):,} letters; at most {LONGEST_NAME} are allowed')
    if not can_be_shown(name): raise LeftOut('has signs in the name that cannot be shown')
    return ' '.join(name.split())


def read_export(
    file: Path,
    known: dict[str, dict[str, str]],  # hints of each exercise: `known_hints()`
) -> tuple[Student, str]:
    "The student whose export this is, and a remark; `LeftOut` if the file cannot be used."
    try: text, remark = _text(_bytes(file))
    except OSError as e: raise LeftOut(f'cannot be read ({e.strerror or type(e).__name__})') \
        from None
    data = _json(text)
    _head(data)
    name, exercises = _name(data), data.get('exercises')
    if not isinstance(exercises, dict):
        raise LeftOut(f'has {_kind(exercises)} in place of exercises')
    for id in exercises:
        if id not in known:
            raise LeftOut(f'names the exercise {_short(id)}, which this course does not have: it '
                          'was made with another version')
    entries = {id: _entry(id, exercises[id], known[id]) for id in known if id in exercises}
    return Student(name, entries, shown(file)), remark


def shown(file: Path) -> str:
    "A file's name, fit to be shown."
    return ''.join(c if c.isprintable() else '�' for c in file.name)[:80]


def _sortable(name: str) -> str: return unicodedata.normalize('NFKC', name).casefold()


def _amount(s: Student) -> tuple:
    "How far a student has come: of two files of one student the later one is not behind."
    right = sum(e.state == 'right' for e in s.exercises.values())
    return right, len(s.exercises), sum(e.tries for e in s.exercises.values())


def _without_doubles(found: list[Student], handed: Handed) -> list[Student]:
    "One file for each name: the one with most in it."
    best = {}
    for s in sorted(found, key=_amount, reverse=True):
        first = best.setdefault(_sortable(s.name), s)
        if first is s: continue
        handed.left_out.append((s.file, (
            f'is a second file of {_short(s.name)}; {first.file} has as much in it or more and was '
            'taken. If these are two students, one of them exports again under another name')))
    return [best[k] for k in sorted(best)]


def read_folder(
    folder: str | Path,  # holds one export of each student; hidden files are passed over
) -> Handed:
    "Read what everybody handed in; what cannot be used is named with the reason."
    folder = Path(folder)
    if not folder.is_dir():
        what = 'is a file' if folder.exists() else 'is not there'
        raise ValueError(f'{folder} {what}. Name a folder that holds the files of your students.')
    known, handed, found = known_hints(), Handed(), []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith('.'): continue
        file = Path(entry.path)
        try: student, remark = read_export(file, known)
        except LeftOut as e:
            handed.left_out.append((shown(file), str(e)))
            continue
        found.append(student)
        if remark: handed.remarks.append((student.file, remark))
    handed.students = _without_doubles(found, handed)
    return handed
