"Questions, guesses and exercises of chapter 09."
import torch

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, yes)

chapter("09", "Object detection")

prediction(
    "09.g1", "Two equal boxes; one is moved to the right by half its width. Together they cover "
             "some area. What share of it do they have in common?",
    options=["One half", "One third", "One quarter"],
    after="They share half a box, and together cover one and a half.")

prediction(
    "09.g2", "A net that knows cat, dog and nothing looks at a scene with a few pets through a "
             "window of 48 pixels, at 121 places. In how many windows is it at least 80 % sure of "
             "a cat or a dog?", low=0, high=121,
    after="Windows beside each other see nearly the same: one pet makes several of them call.")

prediction(
    "09.g3", "Pictures are mirrored, but the labels, their boxes, stay where they were. A perfect "
             "detector is judged by them, from 0 (all wrong) to 1 (all right). What does it get?",
    options=["Above 0.9: most boxes are near the middle anyway", "About 0.5", "Below 0.3"],
    after="Only a pet that stands near the middle still overlaps its box.")

question(
    "09.c1", "A net with four outputs was trained on pictures with one pet. It is shown two. What "
             "does it answer?",
    no("Two boxes", "It has four numbers to give, and they make one box."),
    yes("One box, on one of them or between them", "It must answer with one box, and each pet "
                                                   "pulls at it."),
    no("Nothing, it has seen that there are two", "Its four outputs always hold four numbers. "
                                                  "There is no fifth one that says: two."))

question(
    "09.c2", "Several boxes overlap on one pet. Why does suppression keep the one with the highest "
             "score, and not the mean of all?",
    no("A mean takes too long to compute", "Four means are quick. They would blur a good box with "
                                           "poor ones."),
    yes("The score says which window sees the pet best", "The others saw the same pet, a little "
                                                         "off."),
    no("To find more pets", "It only takes boxes away. What was not called is not found by it."))

question(
    "09.c3", "A detector with 256 cells is shown a scene with three pets. What should most of its "
             "cells say?",
    no("The name of the nearest pet", "Then every pet would be found dozens of times."),
    yes("No centre here", "Three cells hold a centre. All others should keep quiet, which is why "
                          "the loss must not be flooded by them."),
    no("Each a third of a pet", "A cell answers for the centre that lies in it, and for nothing "
                                "else."))

question(
    "09.c4", "The threshold for the score is lowered from 0.5 to 0.1. What can happen to recall?",
    yes("It rises or stays", "All boxes of before are still there, and some more."),
    no("It falls", "No box is lost, so no pet that was found is lost."),
    no("Nothing, only precision changes", "Among the new boxes there may be pets that were "
                                          "missed."))

question(
    "09.c5", "A training picture is turned by 20°. A label is still `(x1, y1, x2, y2)`. What can "
             "become of a box?",
    no("It turns too, and stands on a corner", "Then it would no longer be upright, and four "
                                               "numbers could not say it."),
    no("It stays as it is", "Then it would hold what is no longer there."),
    yes("The upright box around its turned corners", "It holds the animal still, but more loosely. "
                                                     "So turns are kept small here."))

question(
    "09.q1", "What tells localisation from detection?",
    no("Localisation has no names", "It may have one: what, and one box."),
    yes("Localisation gives one box, detection as many as there are things",
        "How many is a part of the answer."),
    no("Detection needs no boxes in training", "It does: for every thing in every picture."))

question(
    "09.q2", "The overlap (IoU) of two boxes is 0. What is known?",
    yes("They have no area in common", "Near or far, 0 is 0."),
    no("They are far apart", "They may even touch."),
    no("One is inside the other", "Then the overlap is the smaller area through the larger."))

question(
    "09.q3", "Suppression with a limit of 0.1 instead of 0.5 is dangerous where",
    no("pets are small", "Size alone does not matter; overlap is a share."),
    no("scores are low", "Scores only give the order."),
    yes("pets stand close together", "Their true boxes overlap by more than that, so one of "
                                     "them is dropped."))

question(
    "09.q4", "A detector finds the same cat twice; both boxes overlap it by 0.8. What counts?",
    no("Two are right", "Then one could gain by repeating oneself."),
    yes("One is right, one is wrong", "Each pet can be found once; the surer box gets it."),
    no("Both are wrong", "The first one did find it."))

question(
    "09.q5", "AP50 is 0.9, the mean AP over the overlaps 0.5 to 0.95 is 0.5. What does that say?",
    yes("Pets are found, but boxes do not fit closely", "At an overlap of 0.5 nearly all count, at "
                                                        "0.9 few."),
    no("Half of the pets are missed", "Then AP50 could not be 0.9."),
    no("The names are mixed up", "That would lower AP50 too."))

question(
    "09.q6", "A robot may step anywhere but on the cat. Which answer tells it most exactly where?",
    no("Recognition", "It would know that there is a cat somewhere."),
    no("Detection", "A box around a cat is half floor, and the floor may be stepped on."),
    yes("Segmentation", "It says of each pixel whether it is cat."))


A, B = (10, 20, 50, 60), (30, 40, 70, 100)


@exercise(
    "09.1", "By hand", kind="warm-up", minutes=4, takes="number",
    nudge="Draw both on paper. What do they share, and what do they cover together?",
    lines="The shared part runs from the larger `x1` to the smaller `x2`, and likewise in y. "
          "Together: both areas minus what was counted twice.",
    mistakes={"sum": "You divide by the sum of both areas. What they share is counted twice "
                     "there.",
              "of-one": "That is the shared part of *one* of the boxes. Divide by what both cover.",
              "hull": "You divide by the box around both. Its corners belong to neither.",
              "corners": "`(x1, y1, x2, y2)` are two corners. You read the last two as width "
                         "and height."})
def _(answer):
    both, a, b = 400., 1600., 2400.
    if close(answer, both / (a + b - both), 2e-3): return right("Not much, though they look close.")
    if close(answer, both / (a + b), 2e-3): return not_yet("sum")
    if close(answer, both / a, 2e-3) or close(answer, both / b, 2e-3): return not_yet("of-one")
    if close(answer, both / (60 * 80), 2e-3): return not_yet("hull")
    wide = (60 - 30) * (80 - 40)
    if close(answer, wide / (50 * 60 + 70 * 100 - wide), 2e-3): return not_yet("corners")


@exercise(
    "09.2", "How many windows?", kind="warm-up", minutes=4, takes="function",
    nudge="How many steps can the window take along one side before it would stick out?",
    lines="It starts at 0 and may go on to `size - window`, in steps of `stride`. Start counts, "
          "too. Rows and columns are alike.",
    mistakes={"no-start": "You count the steps, not the places: where it starts is a place, too.",
              "one-row": "That is one row of windows. The picture has as many rows.",
              "sticks-out": "The last ones stick out of the picture."})
def _(f):
    cases = [(128, 48, 8), (128, 64, 32), (100, 30, 20), (64, 64, 4), (50, 20, 7)]

    def places(size, window, stride): return (size - window) // stride + 1
    seen = calls(f, [(c, places(*c) ** 2) for c in cases])
    if seen.right: return right("And each of them asks the net once.")
    if seen.like(lambda s, w, d: ((s - w) // d) ** 2): return not_yet("no-start")
    if seen.like(places): return not_yet("one-row")
    if seen.like(lambda s, w, d: (s // d) ** 2) or seen.like(lambda s, w, d: -(-s // d) ** 2):
        return not_yet("sticks-out")


def _rows(n=4, seed=0):
    "Boxes with room to all sides, (n, 4)."
    g = torch.Generator().manual_seed(seed)
    corner = torch.randint(1, 40, (n, 2), generator=g).float()
    return torch.cat([corner, corner + torch.randint(3, 40, (n, 2), generator=g)], 1)


@exercise(
    "09.3", "Another way to write it", kind="core", minutes=5, takes="function",
    nudge="The first two numbers are fine as they are. What do the last two lack?",
    lines="`xywh[:, :2]` is the corner, `xywh[:, 2:]` the size. Their sum is the other corner. "
          "`torch.cat([..., ...], 1)` puts columns side by side.",
    mistakes={"as-it-was": "The last two are still width and height.",
              "middle": "You treat (x, y) as the middle of the box. Here it is the upper left "
                        "corner.",
              "backwards": "That goes the other way: from corners to sizes."})
def _(f):
    def given(seed):
        rows = _rows(5, seed)
        return torch.cat([rows[:, :2], rows[:, 2:] - rows[:, :2]], 1)
    seen = calls(f, [((given(s),), _rows(5, s)) for s in (1, 2)])
    if seen.right: return right("COCO's files are written like that; most nets want corners.")
    if seen.like(lambda b: b): return not_yet("as-it-was")
    if seen.like(lambda b: torch.cat([b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2], 1)):
        return not_yet("middle")
    if seen.like(lambda b: torch.cat([b[:, :2], b[:, 2:] - b[:, :2]], 1)):
        return not_yet("backwards")


@exercise(
    "09.4", "In the mirror", kind="core", minutes=6, takes="function",
    nudge="A pet that touches the left edge touches the right one afterwards. Which of its numbers "
          "changes, and to what?",
    lines="A point at x comes to `width - x`. What was the left edge of a box becomes its right "
          "one: mind the order.",
    mistakes={"inside-out": "Each left edge is now right of its right edge: the two have changed "
                            "places.",
              "upside-down": "You mirrored top and bottom.",
              "one-off": "One pixel off. Edges lie between pixels: the picture's box is "
                         "`(0, 0, width, height)`.",
              "as-it-was": "The boxes are as they were."})
def _(f):
    def mirrored(b, w): return torch.stack([w - b[:, 2], b[:, 1], w - b[:, 0], b[:, 3]], 1)
    seen = calls(f, [((_rows(4, s), w), mirrored(_rows(4, s), w)) for s, w in ((1, 128), (2, 100))])
    if seen.right: return right("The picture mirrored without the boxes is the bug of step 5.")
    if seen.like(lambda b, w: torch.stack([w - b[:, 0], b[:, 1], w - b[:, 2], b[:, 3]], 1)):
        return not_yet("inside-out")
    if seen.like(lambda b, w: torch.stack([b[:, 0], w - b[:, 3], b[:, 2], w - b[:, 1]], 1)):
        return not_yet("upside-down")
    if seen.like(lambda b, w: mirrored(b, w - 1)): return not_yet("one-off")
    if seen.like(lambda b, w: b): return not_yet("as-it-was")


def _crowd(seed):
    "Boxes that overlap, names and scores."
    g = torch.Generator().manual_seed(seed)
    corner = torch.randint(0, 12, (14, 2), generator=g).float()
    boxes = torch.cat([corner, corner + torch.randint(10, 20, (14, 2), generator=g)], 1)
    return boxes, torch.rand(14, generator=g), torch.randint(0, 2, (14,), generator=g)


@exercise(
    "09.5", "A cat before a dog", kind="core", minutes=8, takes="function",
    nudge="For each name alone you have everything you need. What remains is to put the parts "
          "together.",
    lines="`(names == n).nonzero()[:, 0]` are the places of one name. `nms` gives numbers *among "
          "those*: use them as an index into the places. Join with `torch.cat`, then `.tolist()` "
          "and `sorted`.",
    mistakes={"names-ignored": "A dog is dropped because a cat overlaps it. Suppress within each "
                               "name only.",
              "local-numbers": "These are numbers among the boxes of one name. Look up which boxes "
                               "of all they are.",
              "first-name": "Only one of the names is treated."})
def _(f):
    from utils.detection import nms

    def places(names, n): return (names == n).nonzero()[:, 0]

    def by_name(boxes, scores, names):
        kept = [places(names, n)[nms(boxes[names == n], scores[names == n], .5)] for n in (0, 1)]
        return sorted(torch.cat(kept).tolist())

    def local(boxes, scores, names):
        return sorted(torch.cat([nms(boxes[names == n], scores[names == n], .5)
                                 for n in (0, 1)]).tolist())

    tried = [attempt(lambda *case: sorted(int(i) for i in f(*case)), *_crowd(s)) for s in range(4)]
    if any(t.error or t.value is None for t in tried):
        for s in range(4): attempt(f, *_crowd(s))
        return

    def like(g): return all(t.value == g(*_crowd(s)) for s, t in enumerate(tried))
    if like(by_name): return right("Otherwise a cat that sits before a dog would hide it.")
    if like(lambda b, s, n: sorted(nms(b, s, .5).tolist())): return not_yet("names-ignored")
    if like(local): return not_yet("local-numbers")
    if any(like(lambda b, s, n, k=k: sorted(places(n, k)[nms(b[n == k], s[n == k], .5)].tolist()))
           for k in (0, 1)): return not_yet("first-name")


@exercise(
    "09.6", "From hits to a curve", kind="core", minutes=6, takes="function",
    nudge="After the third box: how many were right so far? That is one number of both lists, "
          "divided by different things.",
    lines="`np.cumsum(hits)` counts the right ones so far. Recall divides by `there`, precision by "
          "1, 2, 3 …",
    mistakes={"swapped": "Recall and precision have changed places.",
              "found-only": "You divide recall by the pets that were found. Those that were missed "
                            "count, too: divide by `there`.",
              "not-summed": "These are single boxes. Each point of the curve counts all boxes so "
                            "far."})
def _(f):
    cases = [([1, 0, 1, 1, 0], 5), ([0, 1, 1, 0, 0, 1, 1], 6)]

    def points(hits, there, by=None):
        so_far = torch.tensor(hits).cumsum(0).float()
        return so_far / (by or there), so_far / torch.arange(1, len(hits) + 1)
    seen = calls(f, [(c, tuple(p.tolist() for p in points(*c))) for c in cases])
    if seen.right: return right("And the area under this curve is what remains to be taken.")
    if seen.like(lambda h, t: points(h, t)[::-1]): return not_yet("swapped")
    if seen.like(lambda h, t: points(h, t, sum(h))): return not_yet("found-only")
    if seen.like(lambda h, t: (torch.tensor(h) / t, torch.tensor(h) /
                               torch.arange(1, len(h) + 1))): return not_yet("not-summed")


@exercise(
    "09.7", "The area", kind="stretch", minutes=12, takes="function",
    nudge="Each time recall takes a step, a strip of that width is added. How high is it?",
    lines="First the best precision from each point on (`np.maximum.accumulate` of the reversed "
          "list, reversed again), then the steps of recall (`np.diff` with a 0 put before), then "
          "the sum of their products.",
    mistakes={"no-best": "You take the precision as it is. At each recall the best one *from there "
                         "on* counts.",
              "mean": "That is the mean precision. Strips are as wide as the step in recall.",
              "first-step": "The first step, from recall 0, is missing.",
              "best-before": "You take the best precision *so far*. Counted is the best from there "
                             "on."})
def _(f):
    cases = []
    for hits, there in (([1, 0, 1, 1, 0, 1], 5), ([0, 1, 1, 0, 1], 4), ([0, 0, 1, 1, 1, 0, 1], 4)):
        so_far = torch.tensor(hits).cumsum(0).float()
        precision = so_far / torch.arange(1, len(hits) + 1)
        cases.append(((so_far / there).numpy().copy(), precision.numpy().copy()))

    def area(r, p, best=True, start=True, before=False):
        r, p = torch.tensor(r), torch.tensor(p)
        if before: p = p.cummax(0)[0]
        elif best: p = p.flip(0).cummax(0)[0].flip(0)
        steps = r.diff(prepend=r.new_zeros(1)) if start else torch.cat([r[:1] * 0, r.diff()])
        return float((steps * p).sum())
    seen = calls(f, [(c, area(*c)) for c in cases])
    if seen.right: return right("That is AP, as `average_precision` has it.")
    if seen.like(lambda r, p: area(r, p, best=False)): return not_yet("no-best")
    if seen.like(lambda r, p: float(p.mean())): return not_yet("mean")
    if seen.like(lambda r, p: area(r, p, start=False)): return not_yet("first-step")
    if seen.like(lambda r, p: area(r, p, before=True)): return not_yet("best-before")
