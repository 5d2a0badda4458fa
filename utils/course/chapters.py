"`course_map`: the chapters, each with its question and its times; those that are there are links."
import html
from dataclasses import dataclass
from pathlib import Path

__all__ = ['CHAPTERS', 'Stage', 'CourseMap', 'course_map']

NOTEBOOKS = Path(__file__).resolve().parents[2] / 'notebooks'


@dataclass(frozen=True)
class Stage:
    "One chapter on the map."
    number: str
    title: str
    question: str
    minutes: int    # to read, with its labs and questions
    exercises: int  # minutes for its exercises
    seconds: int    # to run all its cells, on two cores
    book: str       # chapters of the book


CHAPTERS = [Stage(*row) for row in (
    ('00', 'Start here', 'How is a notebook an instrument?', 30, 28, 20, '1, 2'),
    ('01', 'First model', 'What is a model, and how does it differ from a program?', 45, 25, 60,
     '1'),
    ('02', 'The training loop', 'What happens between two epochs?', 45, 44, 60, '1, 4, 19'),
    ('03', 'Data and its three sets', 'Whom may the model see?', 45, 46, 60, '1, 2'),
    ('04', 'Overfitting', 'When does learning become memorising?', 40, 49, 60, '1, 5'),
    ('05', 'Data augmentation', 'Which changes keep the meaning?', 45, 37, 60, '2, 5'),
    ('06', 'The confusion matrix', 'What exactly does it get wrong?', 45, 46, 60, '2, 5'),
    ('07', 'Fine-tuning', 'What can be borrowed?', 45, 46, 60, '1, 5'),
    ('08', 'Tables', 'Which columns are names and which are amounts?', 45, 46, 60, '1, 9'),
    ('09', 'Object detection', 'Where, not only what?', 50, 45, 60, '2'),
    ('10', 'From notebook to app', 'How does someone else use it?', 45, 45, 60, '2'),
    ('11', 'Measurement bias', 'What was really measured?', 45, 51, 60, '3'),
    ('12', 'Scaling out', 'What changes when one machine is too small?', 50, 39, 60,
     'beyond the book'),
)]


class CourseMap:
    "The table of chapters; `rows` pairs each with its notebook, None where that is to come."

    def __init__(
        self,
        folder: Path = NOTEBOOKS,  # where the notebooks are
    ):
        self.rows = [(c, next(folder.glob(f'{c.number}_*.ipynb'), None)) for c in CHAPTERS]

    @property
    def hours(self) -> float:
        "Hours for all chapters together."
        return sum(c.minutes + c.exercises for c, _ in self.rows) / 60

    def __repr__(self):
        return '\n'.join(f'{c.number} {c.title:<24} {c.minutes} + {c.exercises} min  {c.question}'
                         + ('' if file else '  (to come)') for c, file in self.rows)

    def _repr_html_(self):
        left = 'style="text-align:left"'
        head = ''.join(f'<th scope="col" {left}>{h}</th>' for h in
                       ('Chapter', 'Its question', 'To read + exercises, to run', 'Book'))
        body = ''.join(f'<tr>{"".join(f"<td {left}>{c}</td>" for c in _cells(*row))}</tr>'
                       for row in self.rows)
        return (f'<table><caption {left}>{len(self.rows)} chapters, about {self.hours:.0f} hours '
                f'together.</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def _cells(c, file):
    "The cells of one row, as HTML."
    name = f'{c.number} {html.escape(c.title)}'
    name = f'<a href="{file.name}">{name}</a>' if file else f'{name} <small>(to come)</small>'
    bar = (f'<span aria-hidden="true" style="display:inline-block;height:.5em;'
           f'width:{c.minutes + c.exercises}px;'
           'background:#0072B2;opacity:.75;border-radius:2px"></span>')
    times = f'{c.minutes} + {c.exercises} min, ≤ {c.seconds} s<br>{bar}'
    return name, html.escape(c.question), times, c.book


def course_map() -> CourseMap:
    "The chapters with their questions and times; those that are there are links."
    return CourseMap()
