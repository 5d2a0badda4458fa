"Which words of a chapter stand on a slide: few, and the rest is for the speaker."
import html
import re

from nbconvert.filters import strip_ansi

__all__ = ['lead', 'pieces', 'plain_prints', 'said_at_the_end']

FENCED = re.compile(r'^```', re.M)
END = re.compile(r'(?:(?<=[.?])|(?<=[.?]["”)*])|(?<=[.?]\*\*))\s+(?=[A-Z0-9*`"“(])')
AT_THE_KEYBOARD = re.compile(
    r'\b(next cell|cells? below|line below|cell above|Run (it|them|the|this)\b|Shift-Enter)')
LITTLE = 40      # signs that say too little by themselves
ENOUGH = 210     # signs that are read from a slide, not listened to
LIST = 430       # signs of a list that is shown whole


def pieces(
    source: str,   # of a text cell
) -> list[tuple[int, str, str]]:
    "Level, title and text of each part of a text cell; level 0 is what stands above a heading."
    found, inside = [[0, '', []]], False
    for line in source.splitlines():
        if FENCED.match(line): inside = not inside
        head = None if inside else re.match(r'(##?) (.+)', line)
        if head: found.append([len(head[1]), head[2].strip(), []])
        else: found[-1][2].append(line)
    parts = [(level, title, '\n'.join(lines).strip()) for level, title, lines in found]
    return [p for p in parts if p[1] or p[2]]


def lead(
    text: str,              # Markdown
    enough: int = ENOUGH,   # signs; one sentence may have more
    lists: bool = True,     # whether a list may follow the sentence that announces it
) -> str:
    "The first sentences of a text, as many as are read at a glance; a formula that follows."
    blocks = [b for b in re.split(r'\n\s*\n', text.strip()) if not b.startswith(('#', '**Your'))]
    if not blocks: return ''
    first, rest = blocks[0], blocks[1:2]
    if first.startswith(('- ', '1. ', '```', '$$', '|')): return first
    chosen, whole = _sentences(first, enough)
    follows = rest[0] if whole and rest else ''
    if follows.startswith('$$'): return f'{chosen}\n\n{follows}'
    if not chosen.endswith(':'): return chosen
    if lists and follows.startswith(('- ', '1. ')) and len(follows) < LIST:
        return f'{chosen}\n\n{follows}'
    return _without_colon(chosen)


def _without_colon(text: str) -> str:
    "A text that announces nothing: its last sentence left out, or ended with a full stop."
    *before, last = _split(text)
    return ' '.join(before) or f'{last[:-1]}.'


def _sentences(text: str, enough: int) -> tuple[str, bool]:
    "As many sentences from the start as are enough, at least one, and whether these are all."
    found, chosen = _split(' '.join(text.split())), ''
    heard = [s for s in found if not AT_THE_KEYBOARD.search(s)] or found[:1]
    for sentence in heard:
        room = enough + (80 if len(chosen) < LITTLE else 0)
        if chosen and len(chosen) + len(sentence) > room: return chosen, False
        chosen = f'{chosen} {sentence}'.strip()
    return chosen, True


def _split(text: str) -> list[str]:
    "The sentences of a text, none ending inside code, a formula, emphasis or brackets."
    found = ['']
    for part in END.split(text):
        found[-1] = f'{found[-1]} {part}'.strip()
        so_far = found[-1]
        open_marks = any(so_far.count(m) % 2 for m in ('`', '$', '**'))
        if not open_marks and so_far.count('(') <= so_far.count(')'): found.append('')
    return [s for s in found if s]


def said_at_the_end(
    cell: dict,
    most: int,   # lines
) -> str:
    "The last lines that a cell says, or how it fails, as HTML; '' if it says nothing."
    errors = [o for o in cell['outputs'] if o['output_type'] == 'error']
    if errors:
        said = f"{errors[0]['ename']}: {strip_ansi(errors[0]['evalue'])}"
        return f'<pre class="failed">{html.escape(_few(said, most, first=True))}</pre>'
    said = _printed(cell)
    return f'<pre>{html.escape(_few(said, most))}</pre>' if said else ''


def _few(text: str, most: int, first: bool = False) -> str:
    lines = text.rstrip().splitlines()
    if len(lines) <= most: return '\n'.join(lines)
    return '\n'.join([*lines[:most - 1], '…'] if first else ['…', *lines[1 - most:]])


def _printed(cell: dict) -> str:
    texts = [''.join(o.get('text', '')) or _plain(o.get('data', {})) for o in cell['outputs']]
    return strip_ansi('\n'.join(t.rstrip() for t in texts if t.strip()))


def _plain(data: dict) -> str:
    return '' if 'text/html' in data else ''.join(data.get('text/plain', ''))


def plain_prints(
    cell: dict,
) -> str:
    "What a cell prints beside its pictures, as HTML for the speaker; '' if nothing."
    said = _printed(cell)
    return f'<pre>{html.escape(said)}</pre>' if said else ''
