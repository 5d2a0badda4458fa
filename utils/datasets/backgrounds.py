"""Rooms and landscapes behind a drawn animal, and the things that may stand before it."""
import numpy as np
from PIL import Image

from .pen import Pen, mix, oval, smooth

__all__ = ['BACKGROUNDS', 'draw_background', 'draw_front']

BACKGROUNDS = ('indoors', 'outdoors')
DARK, WHITE = (48, 38, 40), (255, 255, 255)
RAMP = Image.linear_gradient('L').resize((1, 256))
WALLS = ((236, 220, 200), (206, 220, 214), (220, 208, 226), (244, 226, 180), (196, 212, 228),
         (232, 200, 190), (214, 214, 206), (150, 172, 168), (176, 128, 110), (104, 118, 142))
FLOORS = ((186, 136, 92), (150, 104, 70), (214, 180, 140), (166, 158, 152), (120, 88, 72))
SOFAS = ((188, 84, 76), (86, 130, 150), (216, 168, 80), (122, 150, 110), (150, 130, 170),
         (222, 200, 176), (104, 92, 96), (236, 170, 160))
SKIES = (((108, 172, 226), (214, 236, 246)), ((150, 192, 222), (240, 240, 228)),
         ((246, 172, 122), (252, 224, 170)), ((176, 188, 200), (226, 230, 232)),
         ((108, 116, 176), (240, 178, 176)))
MEADOWS = ((124, 178, 84), (150, 190, 98), (98, 152, 86), (196, 176, 96), (232, 238, 244),
           (226, 204, 152), (170, 150, 82))
TREES = ((86, 140, 76), (110, 160, 84), (58, 108, 86), (214, 138, 66), (242, 178, 190))
FLOWERS = ((240, 94, 104), (250, 206, 76), (250, 250, 246), (170, 120, 206), (246, 150, 186))


def _box(x1, y1, x2, y2):
    return np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)])


def _fade(pen, top, bottom, y1, y2):
    "A band across the picture whose colour runs from `top` to `bottom`."
    a, b = round(y1 * pen.size), round(y2 * pen.size)
    band = Image.new('RGB', (pen.size, b - a), top)
    ramp = RAMP.resize((1, b - a), Image.Resampling.BOX).resize(band.size, Image.Resampling.NEAREST)
    band.paste(bottom, mask=ramp)
    pen.image.paste(band, (0, a))


def _wall(pen, rng, floor):
    color = rng.choice(WALLS)
    _fade(pen, mix(color, WHITE, .2), mix(color, DARK, .12), 0, floor)
    pattern, step, turn = rng.random(), rng.uniform(.06, .14), rng.random()
    other = mix(color, rng.choice(WALLS + (WHITE,)), .4)
    if pattern < .3:
        for x in np.arange(-turn * step, 1, 2 * step):
            pen.fill(_box(x, 0, x + step, floor), other)
    elif pattern < .55:
        for i in range(int(1 / step) + 2):
            for j in range(int(floor / step) + 1):
                pen.fill(oval((i + turn + j % 2 / 2 - 1) * step, j * step, .018, .018), other)
    elif pattern < .7:
        pen.fill(_box(0, floor * .6, 1, floor), mix(other, WHITE, .3), mix(color, DARK, .2), .006)


def _floor(pen, rng, floor):
    color = rng.choice(FLOORS)
    _fade(pen, mix(color, DARK, .15), mix(color, WHITE, .15), floor, 1.)
    pen.fill(_box(0, floor - .02, 1, floor + .008), mix(color, WHITE, .6))
    dark = mix(color, DARK, .25)
    for x in np.arange(rng.uniform(-1., -.8), 2, .22):
        pen.line([(x * .7 + .15, floor), (x * 1.4 - .2, 1)], dark, .006)
    if rng.random() < .6:
        rug, x = rng.choice(SOFAS), rng.uniform(.3, .7)
        for r, c in ((1., rug), (.84, mix(rug, WHITE, .5)), (.74, rug)):
            pen.fill(oval(x, .93, .5 * r, .17 * r), c)


def _window(pen, rng, x, floor):
    sky = rng.choice(SKIES)
    pen.fill(_box(x, .06, x + .36, .5), (246, 240, 230), (150, 120, 96), .01)
    for i in range(4):
        a, b = x + .02 + .17 * (i % 2), .08 + .21 * (i // 2)
        pen.fill(_box(a, b, a + .15, b + .19), mix(*sky, rng.uniform(.2, .6) + i // 2 * .3))
    cloth = rng.choice(SOFAS)
    for side, at in ((1, x - .05), (-1, x + .41)):
        pen.fill(smooth([(at, .02), (at + side * .14, .02), (at + side * .07, .3),
                         (at + side * .09, .56), (at, .56)]), cloth, mix(cloth, DARK, .3), .006)


def _picture(pen, rng, x, floor):
    w, h, y = rng.uniform(.09, .15), rng.uniform(.09, .14), rng.uniform(.16, .24)
    pen.fill(_box(x - w, y - h, x + w, y + h), rng.choice(FLOORS), DARK, .004)
    pen.fill(_box(x - w * .82, y - h * .8, x + w * .82, y + h * .8), rng.choice(SKIES)[1])
    pen.fill(smooth([(x - w * .8, y + h * .78), (x - w * .3, y - h * .1), (x + w * .2, y + h * .4),
                     (x + w * .8, y + h * .78)]), rng.choice(MEADOWS))
    pen.fill(oval(x + w * .4, y - h * .35, .02, .02), rng.choice(FLOWERS))


def _sofa(pen, rng, x, floor):
    color = rng.choice(SOFAS)
    edge = mix(color, DARK, .35)
    pen.fill(oval(x, floor - .1, .46, .24, 0, .45), color, edge, .008)
    pen.fill(oval(x, floor + .06, .5, .13, 0, .4), mix(color, WHITE, .15), edge, .008)
    for side in (-1, 1):
        pen.fill(oval(x + side * .48, floor + .03, .08, .18, 0, .5), color, edge, .008)
    pillow = rng.choice(SOFAS)
    pen.fill(oval(x + rng.choice((-.25, .25)), floor - .08, .11, .1, 0, .5), pillow,
             mix(pillow, DARK, .35), .006)


def _lamp(pen, rng, x, floor):
    pen.line([(x, .3), (x, floor + .05)], (90, 70, 60), .016)
    pen.glow(x, .3, .4, .4, (255, 236, 170), strength=.7)
    pen.fill([(x - .07, .12), (x + .07, .12), (x + .12, .32), (x - .12, .32)],
             mix((250, 226, 170), rng.choice(SOFAS), .25), (150, 110, 80), .006)


def _plant(pen, rng, x, floor):
    color = rng.choice(((84, 140, 84), (110, 156, 90), (64, 116, 92)))
    for i in range(7):
        a = -1.57 + (i - 3) * .36
        tip = (x + .24 * np.cos(a), floor - .12 + .32 * np.sin(a))
        mid = (x + .16 * np.cos(a + .25), floor - .12 + .2 * np.sin(a + .25))
        low = (x + .16 * np.cos(a - .25), floor - .12 + .2 * np.sin(a - .25))
        pen.fill(smooth([(x, floor - .1), low, tip, mid], 4), mix(color, DARK, i % 2 * .2))
    pot = rng.choice(FLOORS + SOFAS)
    pen.fill([(x - .09, floor - .12), (x + .09, floor - .12), (x + .06, floor + .06),
              (x - .06, floor + .06)], pot, mix(pot, DARK, .35), .006)


def _shelf(pen, rng, x, floor):
    wood = rng.choice(FLOORS)
    pen.fill(_box(x - .2, .04, x + .2, floor), mix(wood, DARK, .3), mix(wood, DARK, .5), .008)
    for row in range(3):
        y, at = .06 + row * (floor - .06) / 3, x - .19
        pen.fill(_box(x - .2, y + (floor - .06) / 3 - .02, x + .2, y + (floor - .06) / 3), wood)
        while at < x + .13:
            w, h = rng.uniform(.025, .055), rng.uniform(.09, .14)
            pen.fill(_box(at, y + (floor - .06) / 3 - .02 - h, at + w, y + (floor - .06) / 3 - .02),
                     rng.choice(SOFAS))
            at += w + .004


def _indoors(pen, rng):
    floor = rng.uniform(.55, .74)
    _wall(pen, rng, floor)
    _floor(pen, rng, floor)
    things = rng.sample((_window, _picture, _lamp, _plant, _shelf), rng.choice((1, 2)))
    for i, thing in enumerate(things):
        thing(pen, rng, (.04, .62)[i] + rng.uniform(0, .3), floor)
    if rng.random() < .45: _sofa(pen, rng, rng.uniform(.2, .8), floor)


def _cloud(pen, rng):
    x, y, s = rng.random(), rng.uniform(.05, .25), rng.uniform(.05, .1)
    for dx, dy, r in ((-1, .2, .7), (0, -.1, 1), (1, .15, .8), (.4, .35, .9)):
        pen.fill(oval(x + dx * s, y + dy * s, r * s, r * s * .7), (250, 250, 250))


def _tree(pen, rng, x, ground):
    color = rng.choice(TREES)
    s = rng.uniform(.13, .24)
    pen.fill(_box(x - s * .13, ground - s, x + s * .13, ground + .03), (120, 88, 66))
    if rng.random() < .45:
        for i in range(3):
            y, w = ground - s * (.4 + .55 * i), s * (.75 - .18 * i)
            pen.fill([(x - w, y), (x + w, y), (x, y - s * .95)], mix(color, DARK, .12 * (2 - i)))
    else:
        for dx, dy, r in ((-.45, -1.1, .6), (.45, -1.1, .6), (0, -1.55, .75)):
            pen.fill(oval(x + dx * s, ground + dy * s, r * s, r * s), mix(color, DARK, r - .6))


def _fence(pen, rng, ground):
    color = rng.choice(((246, 242, 234), (186, 146, 106), (160, 130, 116)))
    edge = mix(color, DARK, .3)
    for y in (ground - .1, ground - .02):
        pen.fill(_box(0, y, 1, y + .025), mix(color, DARK, .12))
    for x in np.arange(rng.random() * .1 - .1, 1, .1):
        pen.fill([(x, ground + .04), (x, ground - .15), (x + .028, ground - .19),
                  (x + .056, ground - .15), (x + .056, ground + .04)], color, edge, .004)


def _outdoors(pen, rng):
    ground, green = rng.uniform(.5, .72), rng.choice(MEADOWS)
    top, low = rng.choice(SKIES)
    _fade(pen, top, low, 0, ground + .02)
    if rng.random() < .4:
        x, y = rng.random(), rng.uniform(.06, .25)
        pen.glow(x, y, .25, .25, (255, 246, 200), strength=.8)
        pen.fill(oval(x, y, .06, .06), (255, 238, 150))
    for _ in range(rng.choice((0, 1, 2, 3))): _cloud(pen, rng)
    for i in range(rng.choice((1, 2))):
        x, h = rng.uniform(-.1, 1.1), rng.uniform(.06, .2)
        color = mix(mix(green, low, .5 - .2 * i), DARK, .05)
        pen.fill(oval(x, ground + .04, rng.uniform(.4, .7), h), color)
    for _ in range(rng.choice((0, 1, 2, 3))): _tree(pen, rng, rng.random(), ground + .02)
    _fade(pen, mix(green, DARK, .1), mix(green, WHITE, .12), ground, 1.)
    if rng.random() < .3: _fence(pen, rng, ground + .03)
    for _ in range(rng.choice((0, 12, 26))):
        x, y = rng.random(), rng.uniform(ground + .04, 1)
        c, r = rng.choice(FLOWERS), .008 + .02 * (y - ground)
        pen.fill(oval(x, y, r, r)[::4], c)
    for _ in range(24):
        x, y = rng.random(), rng.uniform(ground + .03, 1)
        pen.line([(x, y), (x + rng.uniform(-.01, .01), y - .03)], mix(green, DARK, .25), .006)


def draw_background(
    pen: Pen,     # its unit square is the picture
    kind: str,    # 'indoors' or 'outdoors'
    rng,          # a `random.Random`
):
    "Fill the picture with a room or a landscape left to chance."
    (_indoors if kind == 'indoors' else _outdoors)(pen, rng)


def draw_front(
    pen: Pen,            # its unit square is the picture
    kind: str,           # 'indoors' or 'outdoors'
    rng,                 # a `random.Random`
    edge: float = None,  # height of a box, wall or table that hides everything below it
    share: float = .3,   # chance of something that stands in the way
):
    "Things between the camera and the animal."
    if edge is not None: _ledge(pen, kind, rng, edge)
    if rng.random() > share: return
    thing = rng.choice((_ball, _leaf, _cushion) if kind == 'indoors' else (_ball, _leaf, _grass))
    thing(pen, rng)


def _ledge(pen, kind, rng, y):
    color = rng.choice(SOFAS + FLOORS) if kind == 'indoors' else rng.choice(FLOORS + MEADOWS[:3])
    x1, x2 = rng.uniform(-.1, .12), rng.uniform(.88, 1.1)
    pen.fill(_box(x1, y, x2, 1.1), color, mix(color, DARK, .35), .008)
    pen.fill(_box(x1, y, x2, y + .05), mix(color, WHITE, .3))
    pattern, dark = rng.random(), mix(color, DARK, .2)
    for i in range(1, 8):
        if pattern < .4: pen.line([(x1 + i * .13, y + .07), (x1 + i * .13, 1.)], dark, .008)
        elif pattern < .7: pen.line([(x1, y + i * .09), (x2, y + i * .09)], dark, .008)


def _ball(pen, rng):
    x, r, color = rng.uniform(.1, .9), rng.uniform(.07, .13), rng.choice(SOFAS + FLOWERS)
    y = 1 - r * rng.uniform(.4, 1.1)
    shape = oval(x, y, r, r)
    pen.fill(shape, color, mix(color, DARK, .4), .008)
    clip = pen.mask(shape)
    for i in range(-2, 3):
        pen.paint([oval(x + i * r * .5, y, r * .1, r)], mix(color, WHITE, .55), clip, .8)
    pen.glow(x - r * .3, y - r * .4, r * .7, r * .6, WHITE, clip, .7)


def _leaf(pen, rng):
    "Leaves that hang into the picture from a corner."
    x, y = rng.choice(((0, 0), (1, 0), (0, 1), (1, 1)))
    color = rng.choice(((84, 140, 84), (126, 164, 84), (60, 112, 92)))
    for i in range(4):
        a = np.arctan2(.5 - y, .5 - x) + (i - 1.5) * .42 + rng.uniform(-.1, .1)
        leaf = pen.at(x, y, rng.uniform(.26, .42), np.degrees(a))
        c = mix(color, DARK, rng.random() * .3)
        leaf.fill(smooth([(0, 0), (.5, -.2), (1, 0), (.5, .2)]), c, mix(c, DARK, .3), .02)
        leaf.line([(.1, 0), (.9, 0)], mix(c, WHITE, .3), .02)


def _cushion(pen, rng):
    x, color = rng.choice((.05, .2, .8, .95)), rng.choice(SOFAS)
    cushion = pen.at(x, rng.uniform(.9, 1), rng.uniform(.16, .24), rng.uniform(-20, 20))
    shape = oval(0, 0, 1, .8, 0, .5)
    cushion.fill(shape, color, mix(color, DARK, .4), .05)
    cushion.glow(-.3, -.4, .8, .6, WHITE, cushion.mask(shape), .4)
    cushion.fill(oval(0, 0, .1, .08), mix(color, DARK, .4))


def _grass(pen, rng):
    color = rng.choice(MEADOWS[:4])
    for i in range(26):
        x, h = i / 25 + rng.uniform(-.03, .03), rng.uniform(.06, .22)
        c = mix(color, DARK, rng.random() * .35)
        pen.fill([(x - .014, 1.02), (x + .014, 1.02), (x + rng.uniform(-.05, .05), 1 - h)], c)
        if i % 7 == 3: pen.fill(oval(x, 1 - h, .02, .02)[::4], rng.choice(FLOWERS))
