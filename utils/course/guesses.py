"`guess` and `reveal`: predict before you run, compare afterwards."
from . import shelf
from .page import bare, note, rich
from .progress_file import progress
from .questions_view import show_questions

__all__ = ['guess', 'reveal']


def guess(
    id: str,  # of the prediction: "04.g1"
):
    "Ask what you expect before the cell is run; kept for `reveal`, never graded."
    try: asked = shelf.find(id, 'predictions')
    except LookupError as e: return note('open', '– No such question.', str(e.args[0]))
    item = dict(id=id, prompt=rich(asked.prompt), options=[rich(o) for o in asked.options or []],
                low=asked.low, high=asked.high, unit=asked.unit)
    options = ''.join(f'<li>{o}</li>' for o in item['options'])
    twin = f'<p><b>Before you run it:</b> {item["prompt"]}</p>'
    if options: twin += f'<ul>{options}</ul>'
    words = [f'Before you run it: {bare(asked.prompt)}']
    words += [f'- {bare(o)}' for o in asked.options or []]
    kept = _kept(asked)
    show_questions(dict(kind='guess', items=[item]), {} if kept is None else {id: kept},
                   lambda id, value: _keep(asked, value), twin, '\n'.join(words))


def _sensible(asked: shelf.Prediction, value):
    "The guess as it is kept: an option's place or a number; None for anything else."
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value: return None
    if asked.options is None: return value if abs(value) < 1e15 else None
    return int(value) if value in range(len(asked.options)) else None


def _keep(asked: shelf.Prediction, value):
    value = _sensible(asked, value)
    if value is None: return

    def change(data: dict): data['guesses'][asked.id] = {'value': value}
    progress.update(change)


def _kept(asked: shelf.Prediction):
    return _sensible(asked, progress.read()['guesses'].get(asked.id, {}).get('value'))


def reveal(
    id: str,  # of the prediction: "04.g1"
    actual,   # what came out: a number, or the option's words or place (from 0)
):
    "Compare what came out with what you guessed."
    try: asked = shelf.find(id, 'predictions')
    except LookupError as e: return note('open', '– No such question.', str(e.args[0]))
    try: said = _in_words(asked, actual)
    except Exception: said = f'**{type(actual).__name__}**'
    kept = _kept(asked)
    if kept is None: text = f'It is {said}. No guess was kept above; make one and run this again.'
    else: text = _compared(asked, kept, actual, said)
    note('told', 'What came out.', f'{text} {asked.after} {progress.take_notice()}'.strip())


def _place(asked: shelf.Prediction, actual) -> int | None:
    "Which option `actual` is."
    if not isinstance(actual, str): return int(actual)
    folded = [o.casefold() for o in asked.options]
    return folded.index(actual.casefold()) if actual.casefold() in folded else None


def _in_words(asked: shelf.Prediction, actual) -> str:
    if asked.options is None: return f'**{float(actual):g}**{" " if asked.unit else ""}{asked.unit}'
    place = _place(asked, actual)
    return f'**{actual if place is None else asked.options[place]}**'


def _compared(asked: shelf.Prediction, kept, actual, said: str) -> str:
    "One sentence on guess and outcome, without a mark."
    try:
        if asked.options is not None:
            same = _place(asked, actual) == kept
            return f'It is {said}, as you guessed.' if same else \
                f'It is {said}; your guess was “{asked.options[kept]}”. Where do the two part?'
        off = float(actual) - kept
    except Exception: return f'It is {said}.'
    has_ends = None not in (asked.low, asked.high)
    span = asked.high - asked.low if has_ends else abs(float(actual))
    if off == 0: return f'It is {said}, exactly as you guessed.'
    side = 'above' if off > 0 else 'below'
    if abs(off) <= .1 * span: return f'It is {said}, close to your {kept:g}.'
    return f'It is {said}, {abs(off):g} {side} your {kept:g}. What did the guess leave out?'
