"""One drawn animal on a transparent layer: its pose, its body, and its head on top."""
import random
from dataclasses import dataclass, replace

import numpy as np

from .head import draw_head
from .marks import BODY_MARKS
from .pen import mix, oval, smooth, tufts

__all__ = ['Look', 'draw_animal', 'draw_ledge_paws', 'random_look']

DARK, WHITE = (48, 38, 40), (255, 255, 255)
CLOTHES = ((214, 69, 65), (58, 124, 190), (240, 180, 50), (76, 154, 100), (150, 98, 170),
           (236, 128, 150), (60, 70, 96))
TAILS = dict(long=([(.7, 2.7), (1.5, 2.75), (1.85, 2.1), (1.7, 1.5)], .3),
             whip=([(.6, 2.8), (1.4, 2.95), (1.9, 2.5), (1.75, 1.8), (2., 1.4)], .17),
             plume=([(.7, 2.6), (1.5, 2.6), (1.9, 1.9), (1.6, 1.3)], .62),
             curl=([(.8, 2.3), (1.4, 2.2), (1.65, 1.6), (1.25, 1.3), (1.05, 1.65)], .34),
             tuft=([(.7, 2.4), (1.25, 2.2), (1.45, 1.7)], .3))
SIT = [(0, .45), (.5, .6), (.82, 1.2), (1., 1.9), (1.22, 2.5), (1.1, 3.02), (.5, 3.15), (0, 3.15)]
ON_THE_CHEST = ('cheeks', 'crescent', 'seams', 'wrinkles')    # hidden when lying
LIE = [(0, .2), (.8, .3), (1.7, .45), (2.35, .95), (2.4, 1.5), (2., 1.85), (0, 1.9), (-.9, 1.85),
       (-1., 1.2), (-.7, .6)]


@dataclass
class Look:
    "Everything about one animal that is left to chance."

    seed: str             # of the finer texture
    x: float              # middle of the head in the picture, 0 to 1
    y: float
    scale: float          # half head width as a share of the picture
    tilt: float           # of the head, in degrees, positive to the right
    mirror: bool          # tail and light on the other side
    yaw: float            # face turned aside, -1 to 1
    pitch: float          # face turned down, -1 to 1
    pose: str             # 'sit', 'lie' or 'peek'
    coat: tuple           # base, light and dark colour
    iris: tuple
    pupil: float          # 0 slit, 1 wide
    ears: float           # degrees, positive lets them hang
    tail: float           # degrees
    strength: float       # of the markings, 0 to 1
    sun: int              # 1: light from the left, -1: from the right
    mouth: bool           # open
    blink: bool           # eyes closed
    collar: tuple | None  # its colour
    bow: tuple | None
    keg: bool = False     # a little barrel at the collar

    def rng(self, n):
        "Chance for the n-th piece of texture, always the same."
        return random.Random(f'{self.seed}/{n}')


def _color(rng, color, spread):
    light = rng.uniform(-spread, spread)
    return tuple(max(0, min(255, round(c + light + rng.uniform(-.4, .4) * spread))) for c in color)


def random_look(
    breed,               # a `Breed`
    seed: str,           # the same seed gives the same animal
    difficulty: float,   # 0 frontal and alike, 1 turned, relit and of many coats
) -> Look:
    "An animal of `breed` left to chance."
    rng, d = random.Random(f'{seed}/look'), difficulty
    coat = breed.coats[0] if rng.random() > .75 * d else rng.choice(breed.coats)
    pose = rng.choices(('sit', 'lie', 'peek'), (5, 2, 2))[0]
    scale = .22 * 2 ** rng.uniform(-.55 * d - .1, .65 * d + .1)
    wide, low = .5 - .33 * d, dict(sit=.3, lie=.46, peek=.48)[pose] + .2 * (scale - .2)
    look = Look(
        bow=None, seed=seed, scale=scale, pose=pose,
        x=.5 + rng.uniform(-1, 1) * (.1 + .26 * d) * (1.25 - scale),
        y=low + rng.uniform(-.045, .05) * (1 + 3 * d), tilt=round(rng.uniform(-1, 1) * 30, 1),
        mirror=rng.random() < .5, yaw=rng.uniform(-1, 1) * (1 - wide), pitch=rng.uniform(-1, 1) * d,
        coat=tuple(_color(rng, c, 8 + 14 * d) for c in coat),
        iris=rng.choice(breed.eyes), pupil=rng.random(), ears=rng.uniform(-8, 12) * (.5 + d),
        tail=rng.uniform(-14, 14), strength=1 - d * rng.random() ** 1.5 * .8,
        sun=rng.choice((-1, 1)), mouth=rng.random() < (.1 if breed.species == 'cat' else .45),
        blink=rng.random() < .07, collar=rng.choice(CLOTHES) if rng.random() < .35 else None)
    return _dressed(look, breed, rng)


def _dressed(look, breed, rng):
    "A bow, a keg; and nothing at all for a wild animal."
    if rng.random() < (.4 if breed.name == 'yorkshire_terrier' else .04):
        look = replace(look, bow=rng.choice(CLOTHES))
    if breed.name in ('grizzly', 'black'):     # nobody dresses these
        look = replace(look, bow=None, collar=None)
    if breed.name == 'saint_bernard' and rng.random() < .3:
        look = replace(look, collar=CLOTHES[0], keg=True)
    return look


def draw_animal(
    pen,          # its unit square is the picture
    breed,        # a `Breed`
    look: Look,
) -> np.ndarray:  # where the two eyes are in the picture, left one first, (2, 2), 0 to 1
    "Draw one animal; only the layer of `pen` changes."
    axes = pen.at(look.x, look.y, look.scale, mirror=look.mirror)
    draw = dict(sit=_sit, lie=_lie, peek=_peek)[look.pose]
    tilt = -look.tilt if look.mirror else look.tilt       # as seen, also when mirrored
    head = axes.at(0, .75, 1, tilt).at(0, -.75)           # turns about the throat
    draw(axes, breed, look, lambda: draw_head(head, breed, look))
    out, up, _ = breed.eye
    eyes = head.at(look.yaw * .2, look.pitch * .12).pixels([(-out, up), (out, up)]) / pen.size
    return eyes[eyes[:, 0].argsort()]


def _edge(look):
    return mix(mix(look.coat[0], look.coat[2], .6), DARK, .35)


def _body_shape(pen, breed, look, half, both=True):
    "Fill the body, shade it, put its markings on, and return its mask."
    base, light, dark = look.coat
    shape = np.array(half + [(-x, y) for x, y in half[-2:0:-1]] if both else half)
    shape = smooth(shape * (breed.body, 1))
    if breed.fluff > .05: shape = tufts(shape, 26, breed.fluff)
    pen.fill(shape, base, _edge(look))
    clip = pen.mask(shape)
    coat = pen if both else pen.at(.75, -.8, 1.1)      # lying, the body is beside the head
    for mark in breed.marks:
        if mark in BODY_MARKS and (both or mark not in ON_THE_CHEST):
            BODY_MARKS[mark](coat, clip, breed, look)
    pen.glow(-.6 * look.sun, 1.5, 1.1, 1.5, mix(base, WHITE, .5), clip, .35)
    pen.glow(.9 * look.sun, 2.6, 1.5, 1.6, _edge(look), clip, .45)
    pen.glow(0, .75, 1.1, .6, _edge(look), clip, .6)      # the head's shadow
    return clip


def _tail(pen, breed, look):
    if breed.tail not in TAILS: return
    points, width = TAILS[breed.tail]
    tail = pen.at(.8, 2.6, 1, look.tail).at(-.8, -2.6)
    color = look.coat[2] if 'points' in breed.marks else look.coat[0]
    p = np.array(points)
    t = np.linspace(0, 1, 16)[:, None]
    k = np.linspace(0, len(p) - 1, 16)
    line = np.stack([np.interp(k, range(len(p)), p[:, i]) for i in (0, 1)], 1)
    line[1:-1] = (line[:-2] + line[1:-1] * 2 + line[2:]) / 4
    n = np.gradient(line, axis=0)[:, ::-1] * (1, -1)
    n = n / np.linalg.norm(n, axis=1, keepdims=True) * width / 2
    n = n * (.75 + .5 * np.sin(np.pi * t) if width > .4 else np.minimum(1, 2.2 - 1.6 * t))
    shape = np.concatenate([line + n, (line - n)[::-1]])
    if width > .4: shape = tufts(shape, 14, .14)
    tail.fill(shape, color, _edge(look))
    clip = tail.mask(shape)
    if 'rosettes' in breed.marks:
        bands = [line[i:i + 2].mean(0) + oval(0, 0, .2, .09) for i in range(6, 16, 3)]
        tail.paint(bands, look.coat[2], clip, .8 * look.strength)
    if breed.marks and breed.marks[0] in ('blaze', 'cheeks'):
        tail.glow(*line[-1], .5, .5, look.coat[1], clip)


def _paw_color(breed, look):
    if 'points' in breed.marks: return look.coat[2]
    return look.coat[1] if {'blaze', 'cheeks'} & set(breed.marks) else look.coat[0]


def _paw(pen, x, y, breed, look, size=1.):
    color, edge = _paw_color(breed, look), _edge(look)
    pen.fill(oval(x, y, .33 * size, .21 * size, .1), color, edge)
    for dx in (-.1, .1):
        pen.line([(x + dx * size, y + .04 * size), (x + dx * size, y + .15 * size)], edge, .035)


def _sit(pen, breed, look, head):
    _tail(pen, breed, look)
    base, edge = look.coat[0], _edge(look)
    width = breed.body
    for side in (-1, 1):
        pen.fill(oval(side * .92 * width, 2.62, .5, .56), mix(base, edge, .12), edge)
        _paw(pen, side * 1.02 * width, 3.08, breed, look, .95)
    clip = _body_shape(pen, breed, look, SIT)
    for side in (-1, 1):
        leg = mix(base, _paw_color(breed, look), .35)
        x = side * .36 * width
        pen.line([(x * 1.7, 1.7), (x * 1.55, 2.7)], mix(leg, edge, .75), .045)
        pen.glow(x, 2.3, .4, .9, mix(_paw_color(breed, look), WHITE, .2), clip, .55)
        _paw(pen, x, 3.06, breed, look)
    pen.line([(0, 2.1), (0, 3.)], mix(base, edge, .7), .045)
    _collar(pen, look, width)
    head()


def _lie(pen, breed, look, head):
    _tail(pen.at(.75, -1.0), breed, look)
    _body_shape(pen, replace_width(breed), look, LIE, both=False)
    edge = _edge(look)
    pen.line(smooth([(1.1, 1.75), (1.2, 1.1), (1.75, .95), (2.1, 1.4)])[:21], edge, .04)
    _paw(pen, 1.5, 1.82, breed, look, 1.1)
    for side in (-1, 1):
        pen.fill(oval(side * .42, 1.45, .34, .45), _paw_color(breed, look), edge)
        _paw(pen, side * .46, 1.78, breed, look, 1.1)
    _collar(pen, look, breed.body)
    head()


def replace_width(breed):
    "The same breed with a body that is not widened twice when it lies on its side."
    return replace(breed, body=.85 + .15 * breed.body)


def _peek(pen, breed, look, head):
    "Head and shoulders behind an edge, the paws upon it; the edge itself comes later."
    _body_shape(pen, breed, look, [(x, min(y, 1.25)) for x, y in SIT[:5]] + [(1., 1.25), (0, 1.25)])
    _collar(pen, look, breed.body)
    head()
    draw_ledge_paws(pen, breed, look, on=pen)


def draw_ledge_paws(
    pen,          # its unit square is the picture
    breed,        # a `Breed`
    look: Look,
    on=None,      # axes at the animal's head, where they are known
):
    "The paws of a peeking animal, to be drawn once more upon the ledge before it."
    axes = on or pen.at(look.x, look.y, look.scale, mirror=look.mirror)
    for side in (-1, 1):
        _paw(axes, side * .85, 1.16, breed, look, 1.05)


def _collar(pen, look, width):
    if look.collar is None: return
    t = np.linspace(-1, 1, 11)
    band = np.stack([t * .62 * width ** .5, 1.02 - .2 * t * t], 1)
    pen.line(band, mix(look.collar, DARK, .4), .2)
    pen.line(band, look.collar, .14)
    if not look.keg:
        pen.fill(oval(0, 1.18, .12, .12), (248, 208, 92), (170, 120, 40), .03)
        return
    pen.fill(oval(0, 1.28, .36, .24, 0, .6), (176, 116, 66), (100, 62, 40), .035)
    for x in (-.2, .2):
        pen.line([(x, 1.08), (x, 1.48)], (232, 196, 110), .06)
