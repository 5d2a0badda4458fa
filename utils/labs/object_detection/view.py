"Boxes that a lab moves instead of drawing them anew, and the scenes that both labs show."
from functools import lru_cache

import numpy as np
from matplotlib.collections import LineCollection

from ...datasets.scenes import draw_scene
from ...plots import COLORS

__all__ = ['BoxArtists', 'COUNTED', 'NAMES', 'PAINT', 'counted', 'matched', 'scene', 'told']

NAMES = 'cat', 'dog'
PAINT = dict(cat=COLORS['bad'], dog=COLORS['train'])
COUNTED = 'no one two three four five six seven eight nine ten'.split()
MET = .5              # a box counts as right if it overlaps a pet of its name at least so much


@lru_cache(maxsize=40)
def scene(number: int, size: int = 128) -> tuple:
    "A drawn scene as bytes (size, size, 3), the boxes of its pets (n, 4), and their names."
    picture, found = draw_scene(f'lab/{number}', size)
    boxes = np.array([p['box'] for p in found], np.float32).reshape(-1, 4)
    return np.asarray(picture), boxes, [p['species'] for p in found]


def matched(boxes, names, truth, true_names) -> list:
    "For each box, the best first: does it meet a pet of its name that no better box has met?"
    free, hits = list(range(len(truth))), []
    for box, name in zip(boxes, names):
        overlaps = {i: overlap(box, truth[i]) for i in free if true_names[i] == name}
        best = max(overlaps, key=overlaps.get, default=None)
        hits.append(best is not None and bool(overlaps[best] >= MET))
        if hits[-1]: free.remove(best)
    return hits


def overlap(a, b) -> float:
    "Intersection over union of two boxes."
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(w, 0.) * max(h, 0.)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def counted(n: int, what: str) -> str:
    "A number of things in words: one box, 12 boxes."
    ending = 'es' if what.endswith('x') else 's'
    return f'{COUNTED[n] if n < len(COUNTED) else n} {what}{ending * (n != 1)}'


def told(names) -> str:
    "Cats and dogs counted: two cats and one dog."
    parts = [counted(list(names).count(n), n) for n in NAMES if n in names]
    return ' and '.join(parts) or 'nothing'


class BoxArtists:
    "Up to `most` boxes with words on one picture."

    def __init__(self, ax, most=24, **kwargs):
        self.lines = LineCollection([], linewidths=2., **kwargs)
        ax.add_collection(self.lines, autolim=False)
        self.words = [ax.text(0, 0, '', fontsize=8, color='white', va='bottom', clip_on=True,
                              bbox=dict(fc='k', ec='none', pad=.8)) for _ in range(most)]

    def put(self, boxes, colors, words=()):
        "Move them: boxes (n, 4) in pixels, a colour for each, and words if there are any."
        x1, y1, x2, y2 = (np.asarray(boxes, float).reshape(-1, 4) - .5).T
        self.lines.set_segments(np.stack([np.stack([x1, x2, x2, x1, x1], 1),
                                          np.stack([y1, y1, y2, y2, y1], 1)], 2))
        self.lines.set_color(list(colors) or 'none')
        for i, text in enumerate(self.words):
            text.set_visible(i < len(words))
            if i >= len(words): continue
            text.set(position=(max(x1[i], 0), max(y1[i], 6)), text=words[i])
            text.get_bbox_patch().set_facecolor(colors[i])
