"""The head of a drawn animal: ears, muzzle, eyes, whiskers."""
import numpy as np

from .marks import HEAD_MARKS
from .pen import mix, oval, smooth, tufts

__all__ = ['draw_head']

DARK, WHITE, TONGUE = (48, 38, 40), (255, 255, 255), (236, 120, 128)
# Right ear, in half head widths from the middle of the head; `front` hangs before the head.
EARS = dict(
    point=([(.2, -.6), (.45, -1.05), (.78, -1.42), (.92, -.95), (.93, -.3)], .6),
    tall=([(.16, -.6), (.46, -1.15), (.92, -1.6), (1.02, -1.), (.92, -.2)], .64),
    bat=([(.1, -.6), (.52, -1.22), (1.16, -1.62), (1.22, -.9), (.88, -.05)], .7),
    small=([(.42, -.66), (.58, -.98), (.84, -1.14), (.98, -.82), (1., -.4)], .55),
    tri=([(.26, -.66), (.5, -1.02), (.78, -1.16), (.93, -.9), (.97, -.4)], .58),
    vee=([(.26, -.55), (.48, -1.06), (.78, -1.3), (.92, -.92), (.84, -.3)], .6),
    drop=([(.5, -.72), (.92, -.66), (1.2, -.1), (1.3, .55), (1.08, .88), (.86, .62), (.8, 0)], 0),
    flop=([(.52, -.78), (1., -.76), (1.3, -.34), (1.28, .2), (1.06, .34), (.86, -.1)], 0),
    button=([(.42, -.8), (.92, -.78), (1.14, -.42), (1.02, -.06), (.76, -.34)], 0),
    round=([(.46, -.7), (.56, -1.02), (.82, -1.08), (1.02, -.86), (.96, -.5)], .58),
    button_bear=([(.44, -.64), (.5, -1.04), (.82, -1.18), (1.1, -.9), (1., -.46)], .62),
)


def draw_head(pen, breed, look):
    "The whole head around the origin of `pen`, one unit being about half its width."
    base, light, dark = look.coat
    edge = mix(mix(base, dark, .6), DARK, .35)
    hanging = EARS[breed.ears][1] == 0
    if not hanging: _ears(pen, breed, look, edge)
    w, h, cheek, square = breed.head
    outline = oval(0, 0, w, h, cheek, square)
    if breed.fluff: outline = tufts(outline, 24, breed.fluff)
    pen.fill(outline, base, edge)
    clip = pen.mask(outline)
    pen.glow(-.35 * look.sun, -.5, 1.2, .95, mix(base, WHITE, .5), clip, .7)
    pen.glow(.45 * look.sun, .95, 1.3, .8, edge, clip, .42)
    face = pen.at(look.yaw * .2, look.pitch * .12)
    for mark in breed.marks:
        if mark in HEAD_MARKS: HEAD_MARKS[mark](face, clip, breed, look)
    (_cat_muzzle if breed.species == 'cat' else _dog_muzzle)(face, breed, look, clip)
    _eyes(face, breed, look, clip)
    if hanging: _ears(pen, breed, look, edge)
    if look.bow: _bow(pen, look.bow)


def _ears(pen, breed, look, edge):
    points, inside = EARS[breed.ears]
    points = np.array(points)
    color = dict(zip(('base', 'light', 'dark'), look.coat))[breed.ear_color]
    for side in (-1, 1):
        ear = pen.at(side * .6, -.6, 1, side * look.ears).at(-side * .6, .6)
        shape = smooth(points * (side, 1))
        if breed.fluff > .1: shape = tufts(shape, 8, breed.fluff * .4)
        ear.fill(shape, color, edge)
        clip = ear.mask(shape)
        if inside:
            middle = points.mean(0) + (-.02, .06)
            ear.fill(smooth(((points - middle) * inside + middle) * (side, 1)),
                     mix(breed.inner, color, .2))
            ear.glow(side * .6, -.5, .5, .4, edge, clip, .5)
        else:
            ear.glow(side * points[:, 0].max(), points[:, 1].max(), .6, .7, edge, clip, .6)
            ear.glow(side * .8, -.6, .5, .6, mix(color, WHITE, .4), clip, .5)


def _mouth(face, x, y, width, look, color):
    "Two little arcs under the nose, and a tongue now and then."
    if look.mouth:
        face.fill(oval(x, y + .17, width * .42, .17), TONGUE, mix(color, DARK, .4), .03)
        face.line([(x, y + .1), (x, y + .26)], mix(TONGUE, DARK, .3), .03)
    t = np.linspace(0, np.pi * .8, 9)
    for side in (-1, 1):
        arc = np.stack([x + side * width * .5 * (1 - np.cos(t)), y + .11 * np.sin(t)], 1)
        face.line(arc, color, .042)


def _cat_muzzle(face, breed, look, clip):
    w, h, y = breed.muzzle
    base, light, dark = look.coat
    pale = mix(base, light, .8) if 'points' not in breed.marks else mix(base, dark, .62)
    face.glow(0, y + .1, w * 1.8, h * 2, pale, clip, .8)
    face.fill(oval(0, y + .22, w * .4, h * .6), mix(pale, DARK, .06))
    for side in (-1, 1):
        face.fill(oval(side * w * .46, y + .06, w * .56, h * .76), pale)
        for i in range(3):
            face.fill(oval(side * w * (.36 + .18 * i), y + .06 + .05 * (i % 2), .017, .017),
                      mix(pale, DARK, .35))
    top = y - .15 - .1 * ('flat' in breed.marks)
    nose = smooth([(-.13, top - .04), (0, top - .06), (.13, top - .04), (.03, top + .09),
                   (-.03, top + .09)])
    face.fill(nose, breed.nose, mix(breed.nose, DARK, .35), .02)
    face.line([(0, top + .08), (0, y + .04)], mix(breed.nose, DARK, .5), .035)
    _mouth(face, 0, y + .03, .2, look, mix(breed.nose, DARK, .55))
    if 'bald' not in breed.marks: _whiskers(face, w, y, mix(base, WHITE, .75))


def _whiskers(face, w, y, color):
    for side in (-1, 1):
        for i in (-1, 0, 1):
            t = np.linspace(0, 1, 6)
            x = side * (w * .7 + t * .78)
            hair = y + .06 + i * .09 * (1 + t) + .1 * (t - .5) ** 2
            face.line(np.stack([x, hair], 1), color, .024)


def _dog_muzzle(face, breed, look, clip):
    w, h, y = breed.muzzle
    base, light, dark = look.coat
    color = look.coat[2] if 'mask' in breed.marks else light
    edge = mix(mix(color, base, .55), DARK, .18)
    if 'silk' in breed.marks:
        face.fill(tufts(oval(0, y + .08, w * 1.3, h * 1.2, .1), 13, .13), color, edge, .03)
    else:
        face.glow(0, y + .08, w * 1.6, h * 1.6, mix(color, DARK, .2), clip, .35)
        if look.mouth: face.fill(oval(0, y + h * .82, w * .5, .2), mix(color, DARK, .25), edge, .03)
        if 'shadow' in breed.marks:                       # hanging lips
            for side in (-1, 1):
                face.fill(oval(side * w * .56, y + .2, w * .52, h * .9, .1), color, edge, .03)
        face.fill(oval(0, y, w, h, .14, .92), color, edge, .03)
    soft = face.mask(oval(0, y, w, h))
    face.glow(0, y - h * .45, w * .9, h * .8, mix(color, WHITE, .5), soft, .6)
    top = y - h * .52
    nose = oval(0, top, .23, .155, -.2, .85)
    _mouth(face, 0, y + .14, w * .62 + .1 * ('smile' in breed.marks), look, mix(color, DARK, .85))
    face.line([(0, top), (0, y + .16)], mix(color, DARK, .85), .035)
    face.fill(nose, breed.nose, mix(breed.nose, (0, 0, 0), .4), .02)
    face.fill(oval(-.06 * look.sun, top - .06, .07, .035), mix(breed.nose, WHITE, .65))
    if breed.ears != 'button_bear': _whisker_dots(face, w, y, mix(color, DARK, .4))


def _whisker_dots(face, w, y, color):
    for side in (-1, 1):
        for i in range(3):
            face.fill(oval(side * w * (.46 + .14 * i), y + .1 + .05 * (i % 2), .018, .018), color)


def _eyes(face, breed, look, clip):
    out, up, r = breed.eye
    cat = breed.species == 'cat'
    for side in (-1, 1):
        eye = face.at(side * out, up, 1, side * (-12 if cat else 4))
        if look.blink:
            t = np.linspace(0, np.pi, 9)
            eye.line(np.stack([r * np.cos(t), -.07 + r * .55 * np.sin(t)], 1), DARK, .065)
            continue
        eye.glow(0, 0, r * 1.9, r * 1.8, mix(look.coat[1 if cat else 2], DARK, .1), clip, .35)
        _open_eye(eye, r, look, cat)


def _open_eye(eye, r, look, cat):
    iris, dx = look.iris, look.yaw * r * .22
    if cat:
        eye.fill(oval(0, 0, r * 1.06, r * .94), iris, mix(iris, DARK, .85), .045)
        eye.fill(oval(0, r * .25, r * .7, r * .5), mix(iris, (255, 250, 190), .35))
        eye.fill(oval(dx, 0, r * (.3 + .35 * look.pupil), r * .82), (26, 22, 28))
    else:
        eye.fill(oval(0, 0, r, r * 1.04), mix(iris, DARK, .3), DARK, .035)
        eye.fill(oval(dx, .01, r * .74, r * .78), (30, 22, 22))
        eye.fill(oval(dx, r * .5, r * .4, r * .22), mix(iris, WHITE, .15))
    eye.fill(oval(-r * .3 * look.sun, -r * .36, r * .3, r * .28), WHITE)
    eye.fill(oval(r * .34 * look.sun, r * .34, r * .13, r * .13), (235, 235, 240))


def _bow(pen, color):
    bow = pen.at(.0, -.86, .8)
    edge = mix(color, DARK, .45)
    for side in (-1, 1):
        wing = [(0, 0), (.3, -.26), (.48, -.14), (.46, .12), (.28, .22)]
        bow.fill(smooth(np.array(wing) * (side, 1)), color, edge, .035)
        bow.line([(side * .1, 0), (side * .3, 0)], edge, .03)
    bow.fill(oval(0, 0, .11, .12), mix(color, WHITE, .25), edge, .035)
