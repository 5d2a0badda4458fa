"The widget that shows guesses, checkpoints and quizzes; its answers arrive as messages."
from collections.abc import Callable
from functools import cache
from pathlib import Path

from .page import show_html

__all__ = ['show_questions', 'questions_widget']

ASSETS = Path(__file__).parent.parent / 'assets'


@cache
def _widget_class() -> type:
    "Made when first needed: importing widgets costs time that `import utils` should not take."
    import anywidget
    import traitlets

    class QuestionsWidget(anywidget.AnyWidget):
        "Questions with radio buttons or a number, a button and a spoken answer."
        _esm = (ASSETS / 'questions.js').read_text(encoding='utf-8')
        _css = (ASSETS / 'questions.css').read_text(encoding='utf-8')
        spec = traitlets.Dict().tag(sync=True)     # kind, and the items with all they may say
        picked = traitlets.Dict().tag(sync=True)   # id -> place of the choice, or the number
    return QuestionsWidget


def questions_widget(
    spec: dict,
    picked: dict,
    keep: Callable,  # called with id and value for each answer
):
    "The live form of some questions."
    res = _widget_class()(spec=spec, picked=picked)
    known = {item['id'] for item in spec['items']}

    def receive(_, message, buffers):
        if not isinstance(message, dict) or message.get('id') not in known: return
        keep(message['id'], message.get('value'))
    res.on_msg(receive)
    return res


def show_questions(
    spec: dict,
    picked: dict,
    keep: Callable,
    page: str,   # HTML for readers without a kernel
    words: str,  # plain text for the rest
):
    "Display questions: live where a kernel runs, readable everywhere else."
    bundle = questions_widget(spec, picked, keep)._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    view = 'application/vnd.jupyter.widget-view+json'
    show_html(page, words, **{view: bundle[view]})
