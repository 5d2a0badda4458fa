"Questions, guesses and exercises of chapter 05."
import torch

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, same_set, yes)

chapter("05", "Data augmentation")

prediction(
    "05.g1", "A net has learnt to read upright digits. Of 100 sixes turned by 180°, how many does "
             "it call 9?", low=0, high=100,
    after="A 6 turned by 180° is a good 9. The net reads what stands there.")

prediction(
    "05.g2", "A net learns four breeds from 20 pictures each. On test pictures that are turned "
             "and darker or brighter, about half of its answers are wrong: error 0.5. With "
             "augmented training it is",
    options=["about 0.45", "about 0.35", "about 0.25, or less"],
    after="It saw copies of its 80 pictures, turned, darker or brighter, others in each of 20 "
          "epochs.")

prediction(
    "05.g3", "Trained nets are asked about nine changed copies of each test picture, and the mean "
             "answer counts. By how much does the error fall?",
    options=["By half",
             "On average a few hundredths at most, and nothing in some nets",
             "As much as by augmentation in training"],
    after="Asking again evens out some chance mistakes. It teaches the net nothing: what was not "
          "in its training it still does not know.")

question(
    "05.c1", "Why does each new pixel look up where it comes from, instead of each old pixel "
             "being sent to its new place?",
    no("It is quicker", "Both go through all pixels once."),
    yes("So that no new pixel is left empty", "Sent pixels are rounded to places: some places get "
                                              "two, others none. Looking up fills every one."),
    no("Because pictures cannot be written to", "They can; a tensor is as easily written as read."))

question(
    "05.c2", "The validation pictures are not changed. What would happen if they were?",
    yes("The error would also measure the dice", "A lucky draw, an unlucky one: epochs could "
                                                 "no longer be compared, nor nets."),
    no("The net would learn from them", "Changed or not, no gradient is taken in validation."),
    no("Nothing, they are of the same breeds", "The breeds stay, but a harder draw gives a "
                                               "higher error for the same net."))

question(
    "05.c3", "A net is to tell the time from clock faces without numerals. Which change keeps the "
             "label?",
    no("Turning by up to 15°", "The hour hand moves 15° in half an hour: the turned clock shows "
                               "another time, or none."),
    yes("A little brighter or darker", "The time lies in where the hands point, and light does "
                                       "not move them."),
    no("Mirroring left to right", "Three o'clock becomes nine o'clock."))

question(
    "05.c4", "Why is it better to join turn, zoom and tilt to one look-up?",
    no("One look-up moves the picture less far", "It moves exactly as far: the moves are joined, "
                                                 "not left out."),
    no("The label stays right only then", "The label is the same. It is the pixels that suffer."),
    yes("Every look-up mixes neighbours, and so blurs", "One blur instead of three. A larger "
                                                        "picture to look into helps besides."))

question(
    "05.c5", "Your test pictures come from a camera that sees in black and white; training "
             "pictures are in colour. Which augmentation would you try?",
    no("Turning by 25°", "It prepares for turned pictures. These are not turned, they are grey."),
    yes("Changing saturation, down to grey", "It shows the net in training what it will meet in "
                                             "the test."),
    no("All there are, as strongly as possible", "What the test does not contain only makes the "
                                                 "task harder, and may break classes."))

question(
    "05.q1", "What is augmentation?",
    no("Collecting more pictures", "That is better still, but another thing: these are new ones."),
    yes("Training on changed copies that keep their label", "Other copies in every epoch, by "
                                                            "dice."),
    no("Enlarging pictures before training", "Zoom may be one of the changes; size is not the "
                                             "point."))

question(
    "05.q2", "Where do the dice act?",
    yes("On the training set only", "Validation and test ask about pictures as they are."),
    no("On training and validation set", "Then each epoch would be measured with another ruler."),
    no("On the validation set only", "Then the net would never see a changed picture."))

question(
    "05.q3", "Turns by up to 180° are harmless for",
    no("handwritten digits", "A turned 6 is a 9."),
    no("road signs", "An arrow to the left becomes one to the right."),
    yes("cells under a microscope", "There is no up under a microscope: every angle occurs."))

question(
    "05.q4", "After augmentation the training loss is higher than before. Why?",
    no("The net has become worse", "On new pictures it is better; look at the validation error."),
    yes("The task is harder: no picture comes twice", "Nothing can be learnt by heart that never "
                                                      "comes back."),
    no("The labels are wrong now", "If the changes keep the meaning, the labels are as right as "
                                   "before."))

question(
    "05.q5", "What does presizing mean?",
    yes("Resize to a larger size first, then all moves in one look-up to the final size",
        "Fine pixels to look into, and one blur only."),
    no("Make all pictures equally large before they are stored", "That saves time, but blurs like "
                                                                 "any other resizing."),
    no("Choose the size of the net before the data", "It is about pictures, not about nets."))

question(
    "05.q6", "The mean accuracy fell from 0.97 to 0.75 after you allowed flips from top to "
             "bottom. What do you look at first?",
    no("The learning rate", "It was fine before. What changed is the data."),
    no("More epochs", "If two classes look alike now, no number of epochs tells them apart."),
    yes("The accuracy of each class", "A class whose meaning broke falls far below the others."))


question(
    "05.q7", "Test-time augmentation changes the errors of four nets by -0.03, +0.02, -0.04 and "
             "+0.01. What do you write?",
    no("It lowers the error by 0.01", "That is the mean, but two of four nets became worse. Chance "
                                      "alone does as much."),
    no("It is useless", "Neither is that shown. It may help a little; four nets cannot tell."),
    yes("No clear gain in four nets, at nine times the work", "That is what was measured, with its "
                                                              "price."))


@exercise(
    "05.1", "Which ones break it?", kind="warm-up", minutes=3, takes="list",
    nudge="Put yourself in the place of a person who sees only the changed picture. Would the old "
          "label be wrong?",
    lines="Ask of each: does the class lie in *left and right*, in *colour*, in *up and down*? If "
          "so, a change of just that is forbidden.",
    mistakes={"the-keepers": "These keep their meaning. Asked for are those that may break it.",
              "above": "From straight above there is no up: such a picture is as likely at one "
                       "angle as at another.",
              "missed": "These do break it, but not only these. Think of letters, and of what "
                        "colour can mean."})
def _(letters):
    letters = {str(s).strip().upper() for s in letters}
    if same_set(letters, "BDF"): return right("The class decides, not the change.")
    if same_set(letters, "ACE"): return not_yet("the-keepers")
    if "C" in letters: return not_yet("above")
    if letters and letters < set("BDF"): return not_yet("missed")


def _batch(n=3, c=3, h=4, w=5):
    return torch.rand(n, c, h, w, generator=torch.Generator().manual_seed(n + h + w))


@exercise(
    "05.2", "Top to bottom", kind="warm-up", minutes=3, takes="function",
    nudge="Mirroring read the columns backwards. What has to be read backwards here?",
    lines="`xb.flip(axis)` reads one axis backwards. The axes are pictures, colours, rows, "
          "columns.",
    mistakes={"sideways": "That is the mirror on the wall: left and right are swapped.",
              "both": "That is a turn by 180°: left and right are swapped, too.",
              "colours": "Now red and blue are swapped, and every pixel is where it was.",
              "pictures": "That puts the last picture of the batch first."})
def _(f):
    seen = calls(f, [((_batch(),), _batch().flip(-2)), ((_batch(2, 3, 6, 6),),
                                                        _batch(2, 3, 6, 6).flip(-2))])
    if seen.right: return right("Rows backwards, everything else as it was.")
    if seen.like(lambda x: x.flip(-1)): return not_yet("sideways")
    if seen.like(lambda x: x.flip(-1, -2)): return not_yet("both")
    if seen.like(lambda x: x.flip(1)): return not_yet("colours")
    if seen.like(lambda x: x.flip(0)): return not_yet("pictures")


@exercise(
    "05.3", "Every picture its own light", kind="core", minutes=5, takes="function",
    nudge="Multiply, then see to it that nothing leaves the range. And whom does each factor meet?",
    lines="`factors[:, None, None, None]` is (n, 1, 1, 1): one factor for the whole of each "
          "picture. `.clamp(0, 1)` at the end.",
    mistakes={"too-bright": "Some values are now above 1. There is nothing whiter than white.",
              "columns": "The factors went to the columns: the last axis of both was matched. "
                         "Each should meet a whole picture.",
              "added": "You add the factors. Light multiplies: black stays black.",
              "squeezed": "You rescale by the largest value, which changes pictures that were "
                          "right."})
def _(f):
    cases = [(_batch(4, 3, 4, 4), torch.tensor([.5, 1., 1.6, 2.5])),
             (_batch(3, 3, 3, 3), torch.tensor([0., 1.2, .9]))]

    def relit(x, k): return x * k[:, None, None, None]
    seen = calls(f, [(case, relit(*case).clamp(0, 1)) for case in cases])
    if seen.right: return right("One factor a picture, and nothing beyond white.")
    if seen.like(relit): return not_yet("too-bright")
    if seen.like(lambda x, k: (x * k).clamp(0, 1)) or seen.like(lambda x, k: x * k):
        return not_yet("columns")
    if seen.like(lambda x, k: (x + k[:, None, None, None]).clamp(0, 1)): return not_yet("added")
    if seen.like(lambda x, k: relit(x, k) / relit(x, k).max()): return not_yet("squeezed")


def _arrows():
    "Arrows that point left, right, up and down, (4, 1, 21, 21)."
    left = torch.zeros(21, 21)
    left[9:12, 4:18] = 1
    for i in range(6): left[10 - i:11 + i, 3 + i] = 1
    return torch.stack([left, left.flip(1), left.T, left.T.flip(0)])[:, None]


def _points(tfms):
    "Where the arrows point after 60 draws each, as sets of 0 left, 1 right, 2 up, 3 down."
    from utils.augment import BatchTransforms
    arrows, dice = _arrows(), torch.Generator().manual_seed(0)
    changed = BatchTransforms(tfms)
    found = []
    for arrow in arrows:
        draws = changed(arrow.expand(60, -1, -1, -1), generator=dice)
        likeness = (draws.flatten(1) - draws.mean((1, 2, 3))[:, None]) @ arrows.flatten(1).T
        found.append(set(likeness.argmax(1).tolist()))
    return found


@exercise(
    "05.4", "Break one pair", kind="core", minutes=7, takes="anything",
    nudge="Which change makes an arrow to the left one to the right, and leaves an arrow that "
          "points up as it is?",
    lines="Look at an arrow ↑ in a mirror, and at an arrow ←. One of the listed transforms is a "
          "mirror.",
    mistakes={"nothing-broken": "After these changes all four still point as before.",
              "all-broken": "← and → are mixed up, but ↑ and ↓ do not keep their meaning either.",
              "other-pair": "This breaks ↑ and ↓, and leaves ← and → as they were.",
              "a-class": "Give a transform with its arguments, for instance `Rotate(10)`."})
def _(answer):
    if isinstance(answer, type): return not_yet("a-class")
    tfms = list(answer) if isinstance(answer, (list, tuple)) else [answer]
    tried = attempt(_points, tfms)
    if tried.error: return
    left, to_right, up, down = tried.value
    kept = [found == {i} for i, found in enumerate(tried.value)]
    if all(kept): return not_yet("nothing-broken")
    if kept[2] and kept[3] and 1 in left and 0 in to_right:
        return right("A mirror: harmless for pugs, ruinous for arrows.")
    if kept[0] and kept[1]: return not_yet("other-pair")
    if 1 in left or 0 in to_right: return not_yet("all-broken")


class _Loader:
    "A loader whose pictures, labels or neither change from call to call."

    def __init__(self, pictures, labels=False, at=None):
        self.pictures, self.labels, self.at, self.n = pictures, labels, at, 0

    def one_batch(self):
        self.n += 1
        x, y = _batch(4), torch.arange(4)
        if self.pictures and self.at is None: x = x * (1 - .1 * self.n)
        if self.pictures and self.at is not None: x[self.at] += .01 * self.n
        return x, y + self.n * self.labels


@exercise(
    "05.5", "Is it changed by dice?", kind="core", minutes=5, takes="function",
    nudge="Ask twice, and compare what came first with what came second.",
    lines="`dl.one_batch()[0]` are the pictures. Call it twice. `torch.equal(a, b)` is True when "
          "all numbers are the same.",
    mistakes={"not-pixels": "Labels, sizes and shapes stay as they are under the dice. Compare "
                            "the pictures themselves.",
              "inverted": "The other way round: True should mean that the pictures differ.",
              "asked-once": "You compare a batch with itself. Call `one_batch()` twice.",
              "first-only": "You look at one picture only. The dice may leave it as it is and "
                            "change another one."})
def _(f):
    makers = [(lambda: _Loader(True), True), (lambda: _Loader(False), False),
              (lambda: _Loader(False, labels=True), False),
              (lambda: _Loader(True, at=(2, 1, 1, 1)), True)]
    tried = [attempt(f, make()) for make, _ in makers]
    if any(t.error or t.value is None for t in tried): return
    if not all(isinstance(t.value, bool) or getattr(t.value, "dtype", None) == torch.bool
               for t in tried): return
    got = [bool(t.value) for t in tried]
    if got == [changed for _, changed in makers]: return right("A test worth keeping for your own "
                                                               "loaders.")
    if got == [not changed for _, changed in makers]: return not_yet("inverted")
    if got == [False, False, True, False]: return not_yet("not-pixels")
    if got == [False] * 4: return not_yet("asked-once")
    if got == [True, False, False, False]: return not_yet("first-only")


@exercise(
    "05.6", "What did it buy?", kind="core", minutes=4, takes=("number", "yes or no"),
    nudge="Two means. What is missing from the first, seen as a share of the first?",
    lines="`1 - mean(augmented) / mean(without)`. For the second: the *worst* seed with, against "
          "the *best* one without.",
    mistakes={"absolute": "That is the difference itself. Relative means: as a share of the mean "
                          "*without*.",
              "of-the-new": "You divide by the mean *with* augmentation. The start is the error "
                            "without.",
              "percent": "That is in percent. Asked for is a fraction.",
              "best-seeds": "You compare the best seeds only. Chance picks those; take the means.",
              "overlap": "The number is right. Look at the two lists again: which is the worst "
                         "seed of one, which the best of the other?"})
def _(lowered, always, without, augmented):
    before, after = sum(without) / len(without), sum(augmented) / len(augmented)
    share = 1 - after / before
    if close(lowered, share, 5e-3):
        if not always: return not_yet("overlap")
        return right("And the two lists do not even overlap.")
    if close(lowered, before - after, 5e-3): return not_yet("absolute")
    if close(lowered, before / after - 1, 5e-3): return not_yet("of-the-new")
    if close(lowered, 100 * share, 5e-3): return not_yet("percent")
    if close(lowered, 1 - min(augmented) / min(without), 5e-3): return not_yet("best-seeds")


def _eight(x):
    return [torch.rot90(z, k, (-2, -1)) for z in (x, x.flip(-1)) for k in range(4)]


def _found(got, x):
    "Which of the eight ways are there, as a set."
    return {i for i, way in enumerate(_eight(x)) if any(torch.equal(way, g) for g in got)}


@exercise(
    "05.7", "Eight ways", kind="stretch", minutes=10, takes="function",
    nudge="How many ways are there without a mirror? Then do the same with the mirror image.",
    lines="`torch.rot90(x, k, (-2, -1))` turns by k quarters. Four of `x`, four of `x.flip(-1)`, "
          "and `torch.stack` of the list.",
    mistakes={"quarters-only": "These are the four quarter turns. Where are the mirrored ones?",
              "flips-only": "Mirrored both ways, but never laid on its side.",
              "twice": "Eight pictures, but some are there twice. A mirror on the wall and one on "
                       "the floor differ by a half turn only.",
              "colours": "A turn in the wrong plane: the axes of colour and of rows got mixed."})
def _(f):
    x = _batch(1, 3, 3, 3)[0]
    tried = attempt(f, x.clone())
    if tried.error or tried.value is None: return
    got = list(tried.value) if isinstance(tried.value, (list, tuple, torch.Tensor)) else []
    if not got or not all(isinstance(g, torch.Tensor) and g.shape == x.shape for g in got): return
    found = _found(got, x)
    if len(found) == 8 and len(got) == 8:
        if isinstance(tried.value, torch.Tensor): return right("What `Dihedral` draws from.")
        return
    if any(not any(torch.equal(g, way) for way in _eight(x)) for g in got):
        return not_yet("colours") if any(torch.equal(g, torch.rot90(x, k, (0, 1))) for g in got
                                         for k in (1, 2, 3)) else None
    if found == {0, 1, 2, 3}: return not_yet("quarters-only")
    if found == {0, 2, 4, 6}: return not_yet("flips-only")
    if len(got) == 8: return not_yet("twice")
