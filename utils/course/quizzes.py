"`checkpoint` and `quiz`: questions whose every choice explains itself."
from . import shelf
from .page import bare, note, rich
from .progress_file import progress
from .questions_view import show_questions

__all__ = ['checkpoint', 'quiz']


def checkpoint(
    id: str,  # of the question: "04.c1"
):
    "Ask one question about the step just made; each choice tells why it is right or what misleads."
    try: asked = shelf.find(id, 'questions')
    except LookupError as e: return note('open', '– No such question.', str(e.args[0]))
    _show('question', [asked])


def quiz(
    chapter: str,  # its number: "04"
):
    "Ask the closing questions of a chapter; the first answer to each counts."
    try: asked = shelf.open_chapter(chapter).part('q')
    except LookupError as e: return note('open', '– No such quiz.', str(e.args[0]))
    _show('quiz', asked)


def _item(q: shelf.Question) -> dict:
    choices = [dict(text=rich(c.text), why=rich(c.why), right=c.is_right) for c in q.choices]
    return dict(id=q.id, prompt=rich(q.prompt), choices=choices)


def _verdict(right: bool) -> str: return 'Right.' if right else 'Not this one.'


def _twin(item: dict) -> str:
    "The question for a page without a kernel: each choice opens its explanation."
    choices = ''.join(
        f'<details style="margin: .2em 0 .2em 1em"><summary>{c["text"]}</summary>'
        f'<p style="margin: .2em 1.2em">{_verdict(c["right"])} {c["why"]}</p></details>'
        for c in item['choices'])
    return f'<p style="margin: .6em 0 .2em"><b>{item["prompt"]}</b></p>{choices}'


def _words(q: shelf.Question) -> str:
    choices = [f'  {letter}) {bare(c.text)}' for letter, c in zip('abcde', q.choices)]
    return '\n'.join([bare(q.prompt), *choices])


def _show(kind: str, asked: list[shelf.Question]):
    items = [_item(q) for q in asked]
    by_id = {q.id: q for q in asked}
    show_questions(dict(kind=kind, items=items), {}, lambda id, value: _keep(by_id[id], value),
                   ''.join(map(_twin, items)), '\n\n'.join(map(_words, asked)))


def _keep(q: shelf.Question, value):
    "Keep that a choice was made, and whether the first one was right."
    if isinstance(value, bool) or value not in range(len(q.choices)): return
    is_right = q.choices[int(value)].is_right

    def change(data: dict):
        entry = data['questions'].setdefault(q.id, {'first_right': is_right, 'tries': 0})
        entry['tries'] = entry.get('tries', 0) + 1
        entry['right'] = bool(entry.get('right')) or is_right
    progress.update(change)
