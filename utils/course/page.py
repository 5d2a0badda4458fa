"How the course speaks under a cell: short lines as HTML, with the same words as plain text."
import html
import re

__all__ = ['rich', 'bare', 'note', 'show_html']

COLOURS = dict(good='#009E73', near='#E69F00', open='#7f7f7f', told='#0072B2')


def rich(
    text: str,  # with `code`, **bold**, *it*
) -> str:
    "HTML of a sentence with the three marks of Markdown that the course uses."
    parts = re.split(r'(`[^`]+`)', text)
    return ''.join(f'<code>{html.escape(p[1:-1])}</code>' if p[0] == '`' else _emphasis(p)
                   for p in parts if p)


def _emphasis(text: str) -> str:
    text = re.sub(r'\*\*(.+?)\*\*', r'<b>\1</b>', html.escape(text, quote=False))
    return re.sub(r'(?<![\w*])\*([^*\s][^*]*?)\*(?![\w*])', r'<i>\1</i>', text)


def bare(
    text: str,  # with `code`, **bold**, *it*
) -> str:
    "The same sentence without the marks for bold and italic."
    parts = re.split(r'(`[^`]+`)', text)
    return ''.join(p if p[:1] == '`' else re.sub(r'(?<![\w*])\*{1,2}([^*\s][^*]*?)\*{1,2}(?![\w*])',
                                                r'\1', p) for p in parts)


def note(
    tone: str,      # a key of `COLOURS`
    head: str,      # first words, shown bold
    body: str = '', # the sentence, with `code`, **bold**, *it*
):
    "Show one line with a coloured edge; its words say everything that the colour does."
    look = (f'border-left: 4px solid {COLOURS[tone]}; padding: .35em .9em; margin: .3em 0; '
            f'max-width: 46em; box-sizing: border-box; line-height: 1.5; '
            f'background: {COLOURS[tone]}14')
    show_html(f'<div role="status" style="{look}"><b>{html.escape(head)}</b> {rich(body)}</div>',
              f'{head} {bare(body)}'.strip())


def show_html(
    page: str,   # HTML
    words: str,  # the same as plain text
    **more,      # further mime types
):
    "Display HTML with its plain twin; outside a notebook, print the plain one."
    from IPython import get_ipython
    from IPython.display import display
    if get_ipython() is None: return print(words)
    display({'text/plain': words, 'text/html': page, **more}, raw=True)
