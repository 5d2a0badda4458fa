"A slide, and how it is laid out: what stands beside what, how large, and how much text it holds."
import re
from dataclasses import dataclass, field
from html import unescape
from math import ceil

__all__ = ['Part', 'Slide', 'groups', 'in_order']

# A slide is 1280 × 720 units, as in slides.css.
WIDE, HIGH, COLUMN = 1168, 545, 690   # for a picture: all there is, and with words beside it
LINE, GAP = 40, 16                    # a line of text, and what lies between two parts
SIGNS = 76                            # in such a line
TINY, GROWTH = 100, 6   # a picture of few pixels grows so much, and keeps its squares
LEAST, STRIP = 280, 5   # height of two pictures side by side; a wider one is low anyway
SHAPE = re.compile(r'--shape: ([\d.]+)')


@dataclass
class Part:
    "One thing on a slide."
    kind: str
    html: str = ''
    later: bool = False   # whether it appears at a press
    text: str = ''        # Markdown of which the first sentences are shown


@dataclass
class Slide:
    "One slide: parts in order, and what the speaker says to it."
    kind: str                # title, step, guess, checkpoint, lab, take-away
    anchor: str
    title: str               # HTML
    label: str = ''          # small words above the title
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        "What stands on it."
        return {p.kind for p in self.parts}

    @property
    def look(self) -> str:
        "The classes of the slide, by what stands on it."
        words = sum(map(_words, self.parts))
        choices = ''.join(p.html for p in self.parts if p.kind == 'choices').count('<li>')
        lines = unescape(re.sub(r'<[^>]+>', '', ''.join(
            p.html for p in self.parts if p.kind in ('code', 'said')))).splitlines()
        plain = self.kinds <= {'text', 'asked'}
        most = 300 if plain else 420 if self.beside else 520
        looks = dict(beside=self.beside, plain=plain, many=choices > 4,
                     roomy=words < 330 and 'pictures' not in self.kinds, dense=words > most,
                     large=max(map(len, lines), default=0) <= SIGNS and len(lines) < 12)
        return ' '.join([self.kind, *(name for name, holds in looks.items() if holds)])

    @property
    def beside(self) -> bool:
        "Whether the picture is larger with the words beside it than with words above and below."
        shapes = [float(w) for p in self.parts for w in SHAPE.findall(p.html)]
        if len(shapes) != 1 or len(self.parts) < 2: return False
        lines = sum(ceil((_words(p) or 150) / SIGNS) for p in self.parts if p.kind != 'pictures')
        below = min(WIDE / shapes[0], HIGH - LINE * lines - GAP * len(self.parts))
        return below < min(COLUMN / shapes[0], HIGH)

    @property
    def about(self) -> str:
        "The title in plain words."
        return re.sub(r'<[^>]+>', '', self.title)

    def room(
        self,
        part: Part,   # a text of this slide
    ) -> int:
        "How many signs of a text the slide has room for beside its other parts."
        if self.kinds <= {'text'}: return 210
        taken = sum(_words(p) for p in self.parts if p.kind in ('text', 'answer', 'finding'))
        if not part.later and self.kind != 'lab': return 130
        code = sum(p.html.count('\n') + 1 for p in self.parts if p.kind in ('code', 'said'))
        free = (400 if self.beside else 800 - 55 * code if code else 330) - taken
        return min(free, 130 if not part.later else 240 if self.beside else 170)


def _words(part: Part) -> int: return len(re.sub(r'<[^>]+>', '', part.html))


def _picture(image: str) -> str:
    "A picture that knows its shape; one of few pixels grows only so far."
    width, height = (int(re.search(rf'\b{k}="(\d+)"', image)[1]) for k in ('width', 'height'))
    style = f'--shape: {width / height:.3f}'
    if height < TINY:
        style += f'; max-width: calc({GROWTH * width} * var(--u)); image-rendering: pixelated'
    return re.sub(r' style="[^"]*"', '', image).replace('<img ', f'<img style="{style}" ')


def groups(
    images: list[str],   # HTML
) -> list[list[str]]:
    "Which pictures of a cell stand on one slide: all, or each by itself where they grew too small."
    shapes = [float(SHAPE.search(i)[1]) for i in map(_picture, images)]
    if len(images) < 2: return [images]
    small = WIDE / sum(shapes) < LEAST and max(shapes) < STRIP
    return [[i] for i in images] if small or len(images) > 2 else [images]


def in_order(
    images: list[str],   # HTML
) -> str:
    "Pictures in a row, or one below the other where each is larger so."
    images = list(map(_picture, images))
    shapes = [float(SHAPE.search(i)[1]) for i in images]
    row, high = WIDE / sum(shapes), 400 / len(images)
    below = len(images) > 1 and min(high, WIDE / max(shapes)) > row
    return (f'<div class="{"column" if below else "row"}" style="--sum: {sum(shapes):.3f}; '
            f'--n: {len(images)}">{"".join(images)}</div>')
