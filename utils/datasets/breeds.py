"""What tells the twelve breeds apart: ears, muzzle, coat, markings."""
from dataclasses import dataclass, field

__all__ = ['BREEDS', 'Breed', 'pet_breeds']

CREAM, WHITE, BLACK, PINK = (250, 236, 210), (252, 250, 244), (44, 40, 44), (238, 160, 160)


@dataclass(frozen=True)
class Breed:
    "How one kind of animal looks; lengths in half head widths."

    name: str                   # as in the file names
    species: str                # 'cat', 'dog' or 'bear'
    coats: tuple                # choices of (base, light, dark) colours; the first is the usual one
    ears: str                   # a key of `head.EARS`
    head: tuple = (1., .86, .06, 1.)     # half width, half height, cheek, squareness
    muzzle: tuple = (.5, .38, .38)       # half width, half height, middle below the head's
    eye: tuple = (.36, -.1, .15)         # out, up or down, radius
    eyes: tuple = ((92, 58, 36),)        # choices of iris colours
    nose: tuple = (48, 40, 42)
    ear_color: str = 'base'              # which colour of the coat the ears have
    inner: tuple = PINK                  # inside of the ears
    fluff: float = 0.                    # length of the fur
    body: float = 1.                     # width
    tail: str = 'long'
    marks: tuple = field(default=())     # keys of `marks.HEAD_MARKS` and `marks.BODY_MARKS`


CATS = (
    Breed('Abyssinian', 'cat', (((196, 126, 74), (238, 200, 150), (128, 74, 44)),
                                ((214, 152, 96), (244, 214, 170), (158, 98, 58)),
                                ((164, 116, 84), (222, 190, 156), (104, 70, 52))),
          'tall', (.96, .86, .02, 1.), (.36, .22, .38), (.38, -.06, .21),
          ((128, 166, 70), (214, 160, 50)), (196, 108, 92), body=.86, marks=('ticked', 'tabby')),
    Breed('Bengal', 'cat', (((222, 164, 92), (248, 222, 172), (92, 56, 34)),
                            ((204, 138, 70), (240, 206, 150), (74, 44, 28)),
                            ((206, 196, 180), (240, 236, 226), (78, 70, 66))),
          'point', (1., .84, .05, 1.), (.38, .24, .38), (.4, -.06, .2),
          ((112, 170, 84), (220, 180, 60)), (190, 104, 88), body=.96, marks=('rosettes', 'tabby')),
    Breed('Persian', 'cat', (((244, 226, 198), (254, 248, 236), (214, 182, 142)),
                             ((250, 248, 244), (255, 255, 252), (214, 208, 204)),
                             ((150, 156, 170), (188, 194, 206), (108, 112, 126)),
                             ((226, 160, 96), (250, 216, 170), (186, 118, 62))),
          'small', (1.08, .9, .1, .94), (.34, .22, .34), (.42, .02, .24),
          ((226, 138, 40), (214, 112, 36)), (224, 140, 134), fluff=.16, body=1.2, tail='plume',
          marks=('flat',)),
    Breed('Siamese', 'cat', (((242, 228, 204), (252, 244, 230), (86, 62, 54)),
                             ((236, 228, 220), (250, 246, 242), (104, 100, 112)),
                             ((246, 226, 196), (254, 244, 224), (150, 96, 62))),
          'tall', (.92, .86, -.03, 1.), (.34, .24, .4), (.37, -.06, .2),
          ((74, 148, 222), (98, 170, 230)), (70, 52, 50), ear_color='dark', inner=(150, 108, 104),
          body=.84, marks=('points',)),
    Breed('Sphynx', 'cat', (((240, 194, 172), (250, 218, 200), (206, 150, 134)),
                            ((196, 160, 156), (222, 192, 186), (150, 114, 116)),
                            ((232, 204, 190), (248, 228, 216), (122, 104, 108))),
          'bat', (.9, .88, -.08, 1.), (.38, .25, .4), (.38, -.06, .24),
          ((150, 190, 120), (120, 176, 200), (224, 190, 80)), (216, 130, 124),
          inner=(244, 164, 154), body=.8, tail='whip', marks=('wrinkles', 'bald')),
    Breed('Russian_Blue', 'cat', (((122, 134, 154), (150, 162, 180), (88, 98, 118)),
                                  ((138, 148, 164), (166, 176, 190), (102, 110, 126)),
                                  ((104, 114, 134), (132, 144, 162), (74, 82, 100))),
          'point', (1., .85, .02, 1.), (.38, .23, .38), (.4, -.06, .2),
          ((110, 190, 90), (140, 200, 96)), (98, 92, 112), inner=(178, 150, 164), body=.92),
)
DOGS = (
    Breed('beagle', 'dog', (((196, 126, 70), WHITE, (62, 50, 46)),
                            ((214, 152, 92), WHITE, (98, 70, 52)),
                            ((176, 104, 58), WHITE, BLACK)),
          'drop', (.92, .9, -.02, 1.), (.46, .38, .42), marks=('blaze', 'saddle')),
    Breed('pug', 'dog', (((232, 200, 156), (240, 214, 176), (62, 52, 50)),
                         ((222, 186, 138), (234, 202, 160), (54, 46, 46)),
                         ((78, 72, 76), (98, 92, 96), (40, 36, 40))),
          'button', (1.04, .9, .08, .9), (.56, .36, .36), (.46, -.04, .21), ((66, 42, 30),),
          ear_color='dark', body=1.1, tail='curl', marks=('mask', 'wrinkles')),
    Breed('saint_bernard', 'dog', (((178, 96, 52), WHITE, (84, 52, 40)),
                                   ((196, 118, 66), WHITE, (110, 66, 46)),
                                   ((146, 78, 46), WHITE, (62, 42, 36))),
          'flop', (1.06, .96, .08, .92), (.64, .46, .46), (.4, -.14, .13), ear_color='dark',
          fluff=.07, body=1.3, marks=('blaze', 'shadow', 'patches')),
    Breed('samoyed', 'dog', (((250, 248, 242), (255, 254, 250), (216, 210, 204)),
                             ((248, 236, 214), (254, 248, 236), (216, 198, 170))),
          'tri', (1.1, .92, .12, .96), (.46, .36, .4), (.36, -.08, .135), fluff=.18, body=1.22,
          tail='plume', inner=(240, 206, 196), marks=('smile',)),
    Breed('shiba_inu', 'dog', (((226, 140, 70), CREAM, (186, 100, 46)),
                               ((238, 170, 98), (253, 242, 222), (204, 128, 66)),
                               ((70, 60, 60), (236, 206, 170), BLACK),
                               ((240, 216, 178), (254, 246, 230), (214, 178, 130))),
          'tri', (1.04, .88, .1, .98), (.44, .35, .4), (.38, -.1, .135), inner=(250, 220, 196),
          fluff=.04, tail='curl', marks=('cheeks', 'smile')),
    Breed('yorkshire_terrier', 'dog', (((208, 150, 92), (232, 188, 134), (96, 100, 116)),
                                       ((222, 172, 116), (240, 206, 156), (122, 122, 132)),
                                       ((186, 122, 72), (216, 164, 112), (72, 74, 90))),
          'vee', (.9, .84, .04, 1.), (.38, .3, .36), (.34, -.1, .145), fluff=.1, body=.9,
          tail='tuft', marks=('silk',)),
)
BEARS = (
    Breed('grizzly', 'bear', (((146, 98, 62), (196, 150, 104), (96, 62, 42)),
                              ((170, 120, 76), (214, 172, 124), (112, 74, 48)),
                              ((112, 76, 54), (166, 122, 86), (72, 48, 38))),
          'round', (1.08, .92, .08, .96), (.48, .4, .4), (.38, -.1, .105), inner=(110, 74, 54),
          fluff=.1, body=1.35, tail='none', marks=('hump',)),
    Breed('black', 'bear', (((58, 54, 60), (190, 144, 100), (36, 34, 40)),
                            ((76, 66, 64), (206, 164, 122), (48, 42, 44)),
                            ((96, 68, 54), (196, 150, 106), (60, 44, 38))),
          'round', (1., .92, .02, 1.), (.44, .38, .42), (.35, -.1, .1), inner=(84, 72, 72),
          fluff=.04, body=1.2, tail='none', marks=('crescent',)),
    Breed('teddy', 'bear', (((206, 154, 96), (244, 218, 172), (150, 104, 62)),
                            ((170, 116, 74), (232, 196, 148), (116, 76, 50)),
                            ((236, 196, 190), (252, 234, 226), (196, 142, 140)),
                            ((126, 94, 76), (216, 182, 150), (86, 62, 52))),
          'button_bear', (1.06, .92, .06, .94), (.46, .36, .36), (.38, -.1, .12),
          inner=(244, 218, 172), nose=(92, 60, 48), body=1.05, tail='none', marks=('seams',)),
)
BREEDS = {b.name: b for b in CATS + DOGS + BEARS}


def pet_breeds(
    species: str = None,   # 'cat' or 'dog'; both if not given
) -> list[str]:            # capital initial: a cat
    "Names of the six cat and six dog breeds, as the file names have them."
    kinds = dict(cat=CATS, dog=DOGS)
    if species is not None and species not in kinds:
        raise ValueError(f'`species={species!r}` is not drawn here: there are cats and dogs. '
                         "Pass 'cat' or 'dog', or nothing for both.")
    return [b.name for b in (kinds[species] if species else CATS + DOGS)]
