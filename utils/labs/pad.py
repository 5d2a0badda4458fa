"""A pad to draw on."""
import traitlets as t
from PIL import Image, ImageDraw

from .widgets_js import FOLDER, GuardedWidget, is_number

__all__ = ['DrawingPad']

STROKES, POINTS = 100, 3000    # more than any hand draws; the rest is left out
SHARP = 4                      # drawn this much larger, then made small: soft edges


def strokes_from(value):
    "What a page sent, as lists of points within the pad; anything else is left out."
    if not isinstance(value, list): return []
    kept = [[point_from(p) for p in s[:POINTS] if isinstance(p, list) and len(p) == 2
             and all(map(is_number, p))] for s in value[:STROKES] if isinstance(s, list)]
    return [s for s in kept if s]


def point_from(point): return [min(max(float(v), 0.), 1.) for v in point]


class DrawingPad(GuardedWidget):
    "A square to draw on with mouse, finger, pen or keyboard; `strokes` changes when a stroke ends."
    _esm = FOLDER / 'pad.js'
    _css = FOLDER / 'pad.css'
    label = t.Unicode('Drawing').tag(sync=True)                       # said by a screen reader
    pen = t.Float(.06).tag(sync=True)                                 # width, as a part of the pad
    strokes = t.List().tag(sync=True)                                 # lists of [x, y], 0 to 1
    drawing = t.Int().tag(sync=True)                                  # number of the page's newest

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(self._drawn)

    def _drawn(self, _pad, content, buffers):
        "The reader ended a stroke, or took one back."
        if not isinstance(content, dict) or content.get('do') != 'draw': return
        number = content.get('drawing')
        with self.hold_sync():
            self.drawing = number if isinstance(number, int) else self.drawing
            self.strokes = strokes_from(content.get('strokes'))

    def clear(self): self.strokes = []

    def image(
        self,
        size: int = 280,    # pixels each way
        pen: float = None,  # width of the pen as a part of the pad; as shown if None
    ) -> Image.Image:       # mode L: ink 255 on ground 0
        "The drawing in grey, bright ink on black ground as in the digits."
        big = size * SHARP
        width = max(1, round((self.pen if pen is None else pen) * big))
        picture = Image.new('L', (big, big))
        draw = ImageDraw.Draw(picture)
        for stroke in self.strokes:
            points = [(x * big, y * big) for x, y in stroke]
            draw.line(points, fill=255, width=width)
            for x, y in points: draw.circle((x, y), width / 2, fill=255)
        return picture.resize((size, size), Image.Resampling.BOX)
