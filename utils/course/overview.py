"`my_progress`: what has been tried and what is right, chapter by chapter."
import html
from pathlib import Path

from . import shelf
from .exporting import export_progress
from .page import COLOURS
from .progress_file import progress

__all__ = ['my_progress', 'Overview']

STATES = {'right': ('good', '■', 'right'), 'not yet': ('near', '◧', 'tried'),
          'open': ('open', '□', 'open')}   # colour, sign, word


class Overview:
    "The table of progress; `rows` holds its numbers, one dict per chapter."
    def __init__(self, rows: list[dict], notice: str = ''): self.rows, self.notice = rows, notice

    def export(
        self,
        name: str,                       # what the teacher shall read; any name
        file: str | Path | None = None,  # where to; a file in this folder, named after `name`
    ):
        "Write the exercises' part of it as a small file to hand in; it is not sent anywhere."
        export_progress(name, file)

    def __repr__(self):
        if not self.rows: return 'No chapter has questions yet.'
        lines = [f"{r['chapter']} {r['title']:<28} {_strip(r)}  {_exercises(r)}; {_rest(r)}"
                 for r in self.rows]
        return '\n'.join([*lines, self.notice]).strip()

    def _repr_html_(self):
        if not self.rows: return '<p>No chapter has questions yet.</p>'
        head = ''.join(f'<th scope="col" style="text-align: left">{h}</th>'
                       for h in ('Chapter', 'Exercises', '', 'Guesses', 'Checkpoints', 'Quiz'))
        body = ''.join(map(_html_row, self.rows))
        legend = '■ right &nbsp; ◧ tried &nbsp; □ open. Kept on this computer only.'
        return (f'<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
                f'<p style="opacity: .8">{legend} {html.escape(self.notice)}</p>')


def _strip(r: dict) -> str: return ''.join(STATES[s][1] for s in r['states'].values())


def _exercises(r: dict) -> str:
    counts = {word: sum(s == k for s in r['states'].values()) for k, (_, _, word) in STATES.items()}
    return ', '.join(f'{n} {word}' for word, n in counts.items())


def _rest(r: dict) -> str:
    return (f"guesses {r['guesses'][0]} of {r['guesses'][1]}, checkpoints {r['checkpoints'][0]} of "
            f"{r['checkpoints'][1]}, quiz {r['quiz'][0]} of {r['quiz'][1]}")


def _html_row(r: dict) -> str:
    squares = ''.join(f'<span title="{id}: {STATES[s][2]}" style="color: {COLOURS[STATES[s][0]]}; '
                      f'font-size: 1.3em">{STATES[s][1]}</span>' for id, s in r['states'].items())
    cells = [f'<span aria-hidden="true">{squares}</span>', _exercises(r),
             *(f'{a} of {b}' for a, b in (r['guesses'], r['checkpoints'], r['quiz']))]
    look = 'style="text-align: left"'
    return (f"<tr><th scope=\"row\" {look}>{r['chapter']} {html.escape(r['title'])}</th>"
            + ''.join(f'<td {look}>{c}</td>' for c in cells) + '</tr>')


def _share(ids, kept: dict, key: str | None = None) -> tuple[int, int]:
    "How many of `ids` are kept (with a true `key`, if one is named), and how many there are."
    return sum(i in kept and (key is None or bool(kept[i].get(key))) for i in ids), len(ids)


def _row(home: shelf.Chapter, data: dict) -> dict:
    "The numbers of one chapter."
    kept = {i: data['exercises'].get(i, {}).get('state') for i in home.exercises}
    points, closing = ([q.id for q in home.part(letter)] for letter in 'cq')
    return dict(chapter=home.number, title=home.title,
                states={i: s if s in ('right', 'not yet') else 'open' for i, s in kept.items()},
                guesses=_share(home.predictions, data['guesses']),
                checkpoints=_share(points, data['questions'], 'right'),
                quiz=_share(closing, data['questions'], 'first_right'))


def my_progress() -> Overview:
    "Show which exercises are right, tried and open, the guesses made and the quiz scores."
    data, rows = progress.read(), []
    for number in shelf.chapter_numbers():
        try: rows.append(_row(shelf.open_chapter(number), data))
        except Exception as e:
            return Overview(rows, f'Chapter {number} could not be read ({type(e).__name__}).')
    return Overview(rows, progress.take_notice())
