"""The page of *Read my digit*: a pad to draw on and a lab's page in one card."""
from ..pad import DrawingPad
from ..widgets_js import FOLDER, LabView

__all__ = ['DigitView', 'strokes_to_text', 'text_to_strokes']

STEPS = 200      # places along each side of the pad that the copyable line can name


def module(name: str) -> str:
    "One of the page's scripts as a JavaScript expression: its `render` function."
    script = (FOLDER / name).read_text('utf-8')
    return f"(() => {{\n{script.replace('export default { render };', 'return render;')}\n}})()"


class DigitView(DrawingPad, LabView):
    "A lab's page with a drawing pad in it."
    _esm = f'''const lab = {module('lab.js')};
const pad = {module('pad.js')};
{(FOLDER / 'digit.js').read_text('utf-8')}'''
    _css = ''.join((FOLDER / f).read_text('utf-8') for f in ('lab.css', 'pad.css', 'digit.css'))


def strokes_to_text(strokes: list) -> str:
    """Strokes of points from 0 to 1 as short text: two numbers a point, a comma between strokes.

    >>> strokes_to_text([[[.5, .1], [.5, .101], [.5, .9]], [[0, 1]]])
    '100 20 100 180, 0 200'
    """
    words = []
    for stroke in strokes:
        points = [(round(x * STEPS), round(y * STEPS)) for x, y in stroke]
        kept = points[:1]
        for p in points[1:]:
            if max(abs(p[0] - kept[-1][0]), abs(p[1] - kept[-1][1])) > 1: kept.append(p)
        if kept[-1] != points[-1]: kept.append(points[-1])
        if len(kept) > 1 and max(abs(a - b) for a, b in zip(*kept[-2:])) < 2 < len(kept):
            del kept[-2]
        words.append(' '.join(f'{x} {y}' for x, y in kept))
    return ', '.join(words)


def text_to_strokes(text: str) -> list:
    """Strokes of points from 0 to 1 from their text, or a ValueError where it is none.

    >>> text_to_strokes('100 20 100 180')
    [[[0.5, 0.1], [0.5, 0.9]]]
    """
    try:
        numbers = [[int(n) for n in stroke.split()] for stroke in text.split(',') if text.strip()]
    except ValueError:
        numbers = [[-1]]
    if any(len(s) < 2 or len(s) % 2 or min(s) < 0 or max(s) > STEPS for s in numbers):
        raise ValueError(f'strokes={text[:40]!r} is no drawing. Copy the line from the pad with '
                         f'"Copy settings": pairs of whole numbers from 0 to {STEPS}, a comma '
                         'between strokes.')
    return [[[s[i] / STEPS, s[i + 1] / STEPS] for i in range(0, len(s), 2)] for s in numbers]
