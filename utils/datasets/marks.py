"""Markings of a drawn animal: stripes, rosettes, masks, patches."""
import numpy as np

from .pen import mix, oval, smooth

__all__ = ['BODY_MARKS', 'HEAD_MARKS']

DARK, WHITE = (48, 38, 40), (255, 253, 248)


def _stripe(x1, y1, x2, y2, width):
    "A stripe that is thick in the middle and thin at its ends."
    a, b = np.array([x1, y1]), np.array([x2, y2])
    n = np.array([y1 - y2, x2 - x1]) / (np.hypot(x2 - x1, y2 - y1) + 1e-9) * width
    return smooth([a, (a + b) / 2 + n, b, (a + b) / 2 - n], 4)


def _flecks(rng, n, rx, ry, y=0.):
    "Short strokes of ticked fur, all about downwards."
    for _ in range(n):
        a, r = rng.uniform(0, 6.283), rng.random() ** .5
        x0, y0 = rx * r * np.cos(a), y + ry * r * np.sin(a)
        dx, dy = .09 * x0 / rx + rng.uniform(-.02, .02), rng.uniform(.05, .12)
        yield np.array([(x0 - .014, y0), (x0 + .014, y0), (x0 + dx, y0 + dy)])


def _rings(rng, n, rx, ry, y=0., size=.13):
    "Irregular rosettes: outer and inner outlines, evenly spread by a sunflower's rule."
    turn = rng.uniform(0, 6.283)
    for i in range(n):
        a, r = turn + 2.39996 * i, ((i + .5) / n) ** .5
        s = size * rng.uniform(.75, 1.25)
        wave = np.array([rng.uniform(.75, 1.2) for _ in range(6)])[:, None]
        ring = oval(0, 0, s, s * .85)[::6] * wave
        middle = (rx * r * np.cos(a), y + ry * r * np.sin(a))
        yield smooth(ring + middle, 3), smooth(ring * .5 + middle, 3)


def tabby(face, clip, breed, look):
    "The M on the forehead and lines beside the eyes."
    s = look.strength * (.4 if 'ticked' in breed.marks else 1)
    lines = [_stripe(x, -.98, x * 1.15, -.42, .045) for x in (-.3, -.1, .1, .3)]
    lines += [_stripe(k * .62, y, k * 1.05, y + .1, .04) for k in (-1, 1) for y in (0, .22, .42)]
    face.paint(lines, look.coat[2], clip, .75 * s)


def ticked(face, clip, breed, look):
    face.paint(list(_flecks(look.rng(1), 70, .95, .85)), look.coat[2], clip, .4)


def spots(face, clip, breed, look):
    rings = list(_rings(look.rng(2), 12, .95, .8, size=.075))
    face.paint([r[0] for r in rings if abs(r[0][:, 0].mean()) > .55], look.coat[2], clip,
               .75 * look.strength)


def points(face, clip, breed, look):
    face.glow(0, .2, .95, 1.05, look.coat[2], clip, .55 + .4 * look.strength)
    face.glow(0, .35, .6, .6, look.coat[2], clip, .6)


def wrinkles(face, clip, breed, look):
    t = np.linspace(-1, 1, 9)
    color = mix(look.coat[0], look.coat[2], .75)
    for i, w in enumerate((.42, .5, .34)):
        face.line(np.stack([t * w, -.36 - .15 * i + .07 * t * t], 1), color, .035)
    for side in (-1, 1):
        face.line([(side * .1, -.2), (side * .14, -.05), (side * .2, .08)], color, .035)


def bald(face, clip, breed, look):
    for side in (-1, 1):
        face.glow(side * .6, .25, .4, .35, (244, 150, 140), clip, .5)
    if look.rng(5).random() < .4:
        face.paint([smooth([(.1, -1), (.9, -1), (1, -.2), (.6, .1), (.2, -.3)])],
                   look.coat[2], clip, .45)


def flat(face, clip, breed, look):
    "The folded, short face of a Persian."
    color = mix(look.coat[0], look.coat[2], .8)
    face.glow(0, .12, .6, .5, look.coat[2], clip, .55)
    for side in (-1, 1):
        face.line([(side * .14, -.1), (side * .2, .12), (side * .36, .34)], color, .03)
        face.glow(side * .75, .45, .55, .5, look.coat[1], clip, .8)


def blaze(face, clip, breed, look):
    "White from the crown to the muzzle, wide or narrow."
    w = .08 + .16 * look.rng(10).random()
    face.paint([smooth([(-w * .5, -1.1), (w * .5, -1.1), (w * .8, -.4), (w * 2, .2), (.55, .5),
                        (.4, 1), (-.4, 1), (-.55, .5), (-w * 2, .2), (-w * .8, -.4)], 5)],
               look.coat[1], clip)


def shadow(face, clip, breed, look):
    "Dark fur around the eyes and jowls of a Saint Bernard."
    for side in (-1, 1):
        face.glow(side * .5, -.1, .5, .55, look.coat[2], clip, .8 * look.strength)
        face.line([(side * .2, -.36), (side * .36, -.42), (side * .54, -.38)], look.coat[2], .05)


def mask(face, clip, breed, look):
    face.glow(0, .3, 1.05, .95, look.coat[2], clip, .95)
    for side in (-1, 1):
        face.glow(side * .48, -.04, .46, .46, look.coat[2], clip, .9)


def cheeks(face, clip, breed, look):
    "Cream cheeks, chin and eyebrow dots of a Shiba."
    for side in (-1, 1):
        face.paint([oval(side * .62, .42, .5, .42)], look.coat[1], clip)
        face.paint([oval(side * .3, -.4, .1, .075)], look.coat[1], clip, .95)
    face.paint([oval(0, .62, .6, .4)], look.coat[1], clip)


def silk(face, clip, breed, look):
    "Long hair that falls to both sides of the face."
    rng, (base, light) = look.rng(3), look.coat[:2]
    edge = mix(base, DARK, .3)
    for side in (-1, 1):
        lock = [(.08, -.84), (.6, -.72), (1.02, -.2), (1.1, .5), (.98, 1.12), (.74, .82), (.62, .2),
                (.5, -.36)]
        face.fill(smooth(np.array(lock) * (side, 1)), mix(base, light, .25), edge, .03)
        for _ in range(6):
            x = rng.uniform(.56, .98)
            hair = [(side * .3, -.7), (side * (x - .02), -.1), (side * x, .5 + rng.random() * .3)]
            face.line(hair, mix(base, rng.choice((light, edge)), .6), .03)


def hump(face, clip, breed, look):
    face.glow(0, .1, .9, .9, look.coat[1], clip, .75)
    face.paint(list(_flecks(look.rng(4), 40, .95, .85)), look.coat[2], clip, .4)


def seams(face, clip, breed, look):
    "Stitches of a toy."
    color = mix(look.coat[2], DARK, .3)
    for i in range(5):
        y = -.82 + i * .12
        face.line([(0, y), (0, y + .06)], color, .03)



def body_rosettes(pen, clip, breed, look):
    rings = list(_rings(look.rng(6), 26, 1.15, 1.35, 1.85))
    pen.paint([r[0] for r in rings], look.coat[2], clip, .85 * look.strength)
    pen.paint([r[1] for r in rings], mix(look.coat[0], look.coat[2], .3), clip, .9 * look.strength)


def body_ticked(pen, clip, breed, look):
    pen.paint(list(_flecks(look.rng(7), 90, 1.1, 1.4, 1.8)), look.coat[2], clip, .4)


def body_saddle(pen, clip, breed, look):
    "A beagle's dark back, white chest and feet."
    for side in (-1, 1):
        pen.paint([oval(side * 1.02, 1.6, .5, .9)], look.coat[2], clip, .95)
    pen.paint([oval(0, 1.5, .52, 1.), oval(0, 2.9, 1., .45)], look.coat[1], clip)


def body_patches(pen, clip, breed, look):
    pen.paint([oval(0, 1.6, .62, 1.2), oval(0, 3., 1.2, .4)], look.coat[1], clip)


def body_cheeks(pen, clip, breed, look):
    pen.paint([oval(0, 1.55, .5, .95)], look.coat[1], clip, .95)


def body_points(pen, clip, breed, look):
    pen.glow(0, 3.1, 1.4, .9, look.coat[2], clip, .8)


def body_silk(pen, clip, breed, look):
    pen.paint([oval(0, 2.2, 1.6, 1.8)], look.coat[2], clip, .95)
    pen.paint([oval(0, 1.2, .55, .75), oval(0, 3.1, 1., .4)], look.coat[0], clip, .95)
    rng = look.rng(8)
    hair = [_stripe(x, 1 + rng.random(), x * 1.2, 2.6 + rng.random() * .5, .02)
            for x in (rng.uniform(-1.1, 1.1) for _ in range(22))]
    pen.paint(hair, mix(look.coat[2], WHITE, .45), clip, .6)


def body_wrinkles(pen, clip, breed, look):
    t = np.linspace(-1, 1, 7)
    for i in range(3):
        line = np.stack([t * .5, 1.1 + i * .28 + .12 * (1 - t * t)], 1)
        pen.line(line, mix(look.coat[0], look.coat[2], .5), .03)


def body_crescent(pen, clip, breed, look):
    if look.strength > .75:
        pen.paint([smooth([(-.5, 1.1), (0, 1.4), (.5, 1.1), (.3, 1.5), (0, 1.62), (-.3, 1.5)])],
                  look.coat[1], clip, .8)


def body_seams(pen, clip, breed, look):
    pen.paint([oval(0, 1.95, .62, .75)], look.coat[1], clip)
    seams(pen.at(0, 2.2), clip, breed, look)


def body_hump(pen, clip, breed, look):
    for side in (-1, 1):
        pen.glow(side * .8, 1., .7, .6, look.coat[1], clip, .7)
    pen.paint(list(_flecks(look.rng(9), 80, 1.3, 1.4, 1.8)), look.coat[2], clip, .4)


HEAD_MARKS = dict(tabby=tabby, ticked=ticked, rosettes=spots, points=points, wrinkles=wrinkles,
                  bald=bald, flat=flat, blaze=blaze, shadow=shadow, mask=mask, cheeks=cheeks,
                  silk=silk, hump=hump, seams=seams)
BODY_MARKS = dict(rosettes=body_rosettes, ticked=body_ticked, saddle=body_saddle,
                  patches=body_patches, cheeks=body_cheeks, points=body_points, silk=body_silk,
                  wrinkles=body_wrinkles, crescent=body_crescent, seams=body_seams, hump=body_hump)
