"The pictures that a visitor shows, by class: each checked, shrunk at once and counted."
import io
from dataclasses import dataclass, field

from PIL import Image

from ...core import PILImage
from ...datasets.pets import draw_pet, pet_breeds
from ..uploads import FORMATS, open_upload
from .lessons import FEWEST, held_out

__all__ = ['Album', 'Shown', 'MOST', 'SAMPLES', 'clean_name', 'open_picture', 'sample_pictures']

MOST, SAMPLES, UNSEEN = 30, 25, 10   # pictures a class; samples at one press; unseen ones of each
KEPT, LEAST = 160, 16                # pixels of the longer side that are kept; of the shorter side
THUMB = 112                          # pixels a side of a thumbnail
LETTERS = 24
ALONE = 'PNG GIF WEBP TIFF'.split()  # what may hold several pictures, and then is no photograph
KINDS = {b: b.replace('_', ' ').lower() for b in pet_breeds()} | dict(
    Siamese='Siamese cat', Persian='Persian cat', Russian_Blue='Russian Blue', Bengal='Bengal cat',
    Abyssinian='Abyssinian', Sphynx='Sphynx', saint_bernard='Saint Bernard', shiba_inu='shiba inu',
    yorkshire_terrier='Yorkshire terrier')
FIRST = 'pug', 'samoyed', 'Siamese'


@dataclass
class Shown:
    "A picture in hand: shrunk, with the little one that the page shows."
    number: int            # its name between Python and the page
    picture: PILImage
    kind: str = ''         # of a sample: its breed
    truth: str = ''        # of an unseen sample: what it is

    @property
    def thumb(self) -> bytes:
        "A square JPEG, the middle of the picture."
        side = min(self.picture.size)
        left, top = ((v - side) // 2 for v in self.picture.size)
        small = self.picture.resize((THUMB, THUMB), Image.Resampling.BICUBIC,
                                    (left, top, left + side, top + side))
        out = io.BytesIO()
        small.save(out, 'JPEG', quality=82)
        return out.getvalue()


@dataclass
class Class:
    "A name, and pictures of what it names."
    name: str
    kind: str                                   # the breed of its samples
    shown: list = field(default_factory=list)   # of `Shown`
    sampled: dict = field(default_factory=dict)  # breed → how many of its samples were taken


def open_picture(data: bytes) -> PILImage:
    "A visitor's file as a small picture, or a ValueError that says why it is refused."
    picture = open_upload(data, KEPT)
    if holds_several(data): raise ValueError(
        'The file holds several pictures, as an animation does. Save one of them as a JPEG or PNG '
        'and try again.')
    if min(picture.size) < LEAST: raise ValueError(
        f'The picture is too small or too narrow: {picture.width} × {picture.height} pixels are '
        f'left of it, and at least {LEAST} each way are needed. Choose another one.')
    return PILImage.create(picture)


def holds_several(data: bytes) -> bool:
    "Is a file that can be opened no single photograph, but an animation or a pile of pages?"
    with Image.open(io.BytesIO(data), formats=FORMATS) as file:
        if file.format not in ALONE: return False
        try: return getattr(file, 'is_animated', False)
        except Exception: return True       # a second one begins, but it is damaged


def clean_name(text: str, others) -> str:
    "A class's name without needless blanks, or a ValueError that says why it cannot be one."
    name = ' '.join(text.split()) if isinstance(text, str) else ''
    if not name or not name.isprintable(): raise ValueError(
        'A class needs a name of letters that can be seen. The old one stays.')
    if len(name) > LETTERS: raise ValueError(
        f'The name has {len(name)} letters; {LETTERS} are the most. The old one stays.')
    if name.casefold() in [o.casefold() for o in others]: raise ValueError(
        f'Another class is called {name} already, and two classes cannot have the same name. '
        'The old one stays.')
    return name


def sample_pictures(kind: str, first: int, n: int) -> list[PILImage]:
    "Drawn pets of one breed, always the same ones: number `first` and those after it."
    return [PILImage.create(draw_pet(kind, seed=f'teach it/{i}')[0])
            for i in range(first, first + n)]


class Album:
    "Three classes, of which the third may stay empty, and all pictures in them."

    def __init__(self):
        self.classes = [Class(KINDS[k], k) for k in FIRST]
        self._number = 0
        self._unseen = 10**6            # far from all samples that are taken to learn from

    def new(self, picture, **about) -> Shown:
        "A picture with a number of its own."
        self._number += 1
        return Shown(self._number, picture, **about)

    def rename(self, k: int, text: str):
        "Give a class another name."
        self.classes[k].name = clean_name(text, [c.name for c in self.classes if
                                                 c is not self.classes[k]])

    def add(self, k: int, data: bytes):
        "Put a visitor's file into a class."
        self._room(k)
        self.classes[k].shown.append(self.new(open_picture(data)))

    def _room(self, k) -> int:
        c = self.classes[k]
        room = MOST - len(c.shown)
        if not room: raise ValueError(f'{c.name} has {MOST} pictures, and {MOST} are the most. '
                                      'Remove one to make room.')
        return room

    def take_samples(self, k: int, kind: str):
        "Put bundled samples into a class; where its name was a sample's, it follows them."
        c, room = self.classes[k], self._room(k)
        if not c.shown and c.name in KINDS.values():
            c.name = clean_name(KINDS[kind], [o.name for o in self.classes if o is not c])
        c.kind = kind
        n, first = min(SAMPLES, room), c.sampled.get(kind, 0)
        c.shown += [self.new(p, kind=kind) for p in sample_pictures(kind, first, n)]
        c.sampled[kind] = first + n

    def remove(self, number: int):
        "Take one picture out of its class; an unknown number changes nothing."
        for c in self.classes: c.shown = [s for s in c.shown if s.number != number]

    def empty(self, k: int):
        "Take all pictures out of a class."
        self.classes[k].shown.clear()
        self.classes[k].sampled.clear()

    def taught(self) -> tuple[list, list]:  # pictures, names of their classes
        "All pictures with their labels, class by class."
        return ([s for c in self.classes for s in c.shown],
                [c.name for c in self.classes for _ in c.shown])

    def sampled(self) -> list[tuple]:
        "(name, breeds of its samples) of each class that holds some."
        kinds = ((c.name, sorted({s.kind for s in c.shown if s.kind})) for c in self.classes)
        return [(name, found) for name, found in kinds if found]

    def unseen(self, sampled: list) -> list[Shown]:
        "Samples that no class has held, of each that `sampled` names; others at each call."
        self._unseen += UNSEEN
        return [self.new(sample_pictures(kinds[i % len(kinds)], self._unseen + i, 1)[0],
                         kind=kinds[i % len(kinds)], truth=name)
                for name, kinds in sampled for i in range(UNSEEN)]

    def for_page(self) -> list:
        "What the page shows of each class."
        return [dict(name=c.name, kind=list(KINDS).index(c.kind), full=len(c.shown) >= MOST,
                     ids=[s.number for s in c.shown], held=held_out([c.name] * len(c.shown)),
                     few=0 < len(c.shown) < FEWEST)
                for c in self.classes]
