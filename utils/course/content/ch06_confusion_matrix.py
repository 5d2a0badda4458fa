"Questions, guesses and exercises of chapter 06."
import numpy as np
import torch

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, same_set, yes)

chapter("06", "The confusion matrix")

prediction(
    "06.g1", "A net tells twelve breeds apart, and is wrong for some. Twelve breeds make 132 kinds "
             "of mistake (this breed taken for that one). The 13 most frequent kinds hold which "
             "part of all mistakes?",
    options=["about a tenth, for they are a tenth of the kinds", "about a half to two thirds",
             "nearly all"],
    after="Thrown by dice, the fullest 13 cells would hold roughly a third. So some pairs of "
          "breeds are mixed up more than chance would have it: look at their pictures.")

prediction(
    "06.g2", "120 of 600 training labels are wrong, nobody knows which. Somebody looks only at the "
             "240 pictures with the largest loss. How many of the 120 does she find?",
    low=0, high=120, unit="wrong labels",
    after="In 240 pictures taken in any order she would find 48.")

question(
    "06.c1", "In another net's matrix, the row *beagle* has a 4 in the column *pug*. What "
             "happened?",
    no("4 pugs were called beagles", "That cell lies in the row *pug*: the row is what is true."),
    yes("4 beagles were called pugs", "The row is what it is, the column what was said."),
    no("Beagle and pug were mixed up 4 times, either way round",
       "Both ways have a cell each. Often only one of the two is large."))

question(
    "06.c2", "A picture stands first among the top losses. What do you know?",
    no("Its label is wrong", "It may be. Or the net is wrong, or the picture is odd. You have to "
                             "look."),
    no("The net did not know what to say", "Had it spread its probabilities evenly over twelve "
                                           "breeds, the loss would be 2.5. These are larger."),
    yes("The net gave its label a very small probability",
        "That is what the loss measures. Why it did so, only looking tells."))

question(
    "06.c3", "One letter in a hundred is urgent. A sorter has accuracy 0.99. Is it of use?",
    yes("That cannot be told from this number",
        "Calling nothing urgent has 0.99 as well. Ask for recall and precision."),
    no("Yes, it errs once in a hundred", "It may err on exactly the letters that it is there for."),
    no("No, 0.99 is too little", "It could find all urgent letters, with a few false "
                                 "alarms. The number does not say."))

question(
    "06.c4", "Why did we look for wrong labels before the net had been trained for long?",
    no("A short training makes smaller losses", "It makes larger ones. What counts is which "
                                                "pictures have them."),
    yes("Because in the end it learns the wrong labels too",
        "What is known by heart has a small loss, and hides (chapter 04)."),
    no("Because wrong labels break a long training", "It goes on, and the training loss falls "
                                                     "nicely."))

question(
    "06.q1", "The numbers of one *row* of a confusion matrix add up to …",
    yes("the pictures of that breed", "Each of them got some answer, so it lies somewhere in the "
                                      "row."),
    no("the answers with that breed's name", "Those lie below each other, in its column."),
    no("the mistakes on that breed", "The right ones lie in the row too, on the diagonal."))

question(
    "06.q2", "*Recall* of a class is …",
    no("the share of its answers that are true", "That is precision: it looks down the column."),
    no("the share of all pictures that are right", "That is accuracy, over all classes."),
    yes("the share of its pictures that are found", "It looks along the row."))

question(
    "06.q3", "The threshold of an alarm is lowered. What can *not* happen?",
    no("More false alarms", "That is the usual price."),
    yes("Fewer rare cases are found", "Whoever had an alarm still has it. Recall can only grow or "
                                      "stay."),
    no("Precision rises", "Seldom, but the next case below the threshold may be a true one."))

question(
    "06.q4", "When is accuracy a poor judge?",
    no("When there are many classes", "It is fine there, as long as each is about as frequent and "
                                      "as important."),
    yes("When one class is rare, and is the one that matters",
        "Then always naming the common class looks excellent."),
    no("When the net has been trained for long", "Then its number on new pictures is as good as "
                                                 "any."))

question(
    "06.q5", "A model has marked 240 suspects among 600 labels; 110 of the 120 wrong ones are "
             "among them. What is its precision as a detective?",
    yes("110 of 240", "Of all that was suspected, this share was rightly suspected."),
    no("110 of 120", "That is recall: what was found of all there was to find."),
    no("110 of 600", "Of those 600 nobody claimed anything. Ask what the suspects were worth."))

question(
    "06.q6", "You find wrong labels in the training set and correct them. How do you know that it "
             "helped?",
    no("The training loss is smaller", "It would be, even had you deleted every difficult "
                                       "picture."),
    no("The net agrees with the corrected labels", "It was trained on them."),
    yes("The error on other, clean pictures is smaller",
        "Their labels are right, and they had no part in the cleaning: a fair judge."))


@exercise(
    "06.1", "Read a matrix", kind="warm-up", minutes=4, takes=("list", "number"),
    nudge="Each pair has two cells, one on each side of the diagonal.",
    lines="The pair: add the cell to its mirror image, `M + M.T`. The recall: the number on the "
          "diagonal, divided by the sum of its row.",
    mistakes={"one-way": "That is the largest single cell. Both directions together, another pair "
                         "is ahead.",
              "column": "The pair is right. The number is the precision: you went down the column.",
              "not-a-share": "The pair is right. Recall is a share of all wasps."})
def _(pair, recall, M):
    M = np.asarray(M)
    if same_set(pair, ["ant", "fly"]): return not_yet("one-way")
    if not same_set(pair, ["bee", "wasp"]): return
    if close(recall, M[3, 3] / M[3].sum()): return right("Row for recall, both cells for a pair.")
    if close(recall, M[3, 3] / M[:, 3].sum()): return not_yet("column")
    if close(recall, M[3, 3]): return not_yet("not-a-share")


@exercise(
    "06.2", "Why these two?", kind="warm-up", minutes=4, takes="text",
    nudge="Most mistakes happen where most pictures are. Ask for the *share* that goes wrong.",
    lines="`{k: wrong / n for k, (n, wrong) in photos.items()}`, and look where it is far above "
          "the others. Then ask: a share of how many pictures?",
    mistakes={"most": "There are most mistakes, because there are most pictures. Which *share* of "
                      "them goes wrong?",
              "few": "The largest share, but of three pictures: so few go wrong together by "
                     "accident. One kind has a large share of many pictures."})
def _(what, photos):
    shares = {k: wrong / n for k, (n, wrong) in photos.items()}
    if what == max((k for k in photos if photos[k][0] >= 10), key=shares.get):
        return right("Compare shares before you believe in a cause. Then test it: change only "
                     "that, and ask again.")
    if what == max(photos, key=lambda k: photos[k][1]): return not_yet("most")
    if what == min(photos, key=lambda k: photos[k][0]): return not_yet("few")


def _matrix_cases():
    "Words, words and names, and the matrix that scikit-learn makes of them."
    rng = np.random.default_rng(3)
    for names in (["no", "yes"], ["wolf", "dog", "fox"], ["c", "a", "d", "b"]):
        actual, said = (rng.choice(names[:3], 30).tolist() for _ in range(2))
        yield actual, said, names


def _matrix(actual, said, names):
    counts = np.zeros((len(names), len(names)), int)
    for a, b in zip(actual, said): counts[names.index(a), names.index(b)] += 1
    return counts


@exercise(
    "06.3", "From words to a matrix", kind="core", minutes=6, takes="function",
    nudge="You know how it goes with numbers. Which number has a word?",
    lines="`names.index(word)` is the word's place. One loop over `zip(actual, predicted)`, one "
          "`+= 1`.",
    mistakes={"transposed": "Rows and columns have changed places: a row is what is true.",
              "alphabet": "The rows must stand in the order of `names`, not of the alphabet.",
              "shares": "Counts are asked for, not shares."})
def _(f):
    cases = list(_matrix_cases())
    seen = calls(f, [(c, _matrix(*c)) for c in cases])
    if seen.right: return right("It works for any names, also for one that never came up.")
    if seen.like(lambda *c: _matrix(*c).T): return not_yet("transposed")
    if seen.like(lambda a, b, n: _matrix(a, b, sorted(n))): return not_yet("alphabet")
    if seen.like(lambda *c: _matrix(*c) / len(c[0])): return not_yet("shares")
    if seen.like(lambda *c: _matrix(*c) / np.maximum(_matrix(*c).sum(1, keepdims=True), 1)):
        return not_yet("shares")


@exercise(
    "06.4", "A metric of your own", kind="core", minutes=6, takes="function",
    nudge="Recall asks only those that *are* of class 1. How many of them got this answer?",
    lines="`said = inp.argmax(1)`, then look at `said[targ == 1]`: which share of it is 1?",
    mistakes={"precision": "That is precision: you asked those that were *called* class 1. Ask "
                           "those that *are*.",
              "accuracy": "That is accuracy, over all classes.",
              "of-all": "The number found is divided by all items. Divide by those of class 1."})
def _(f):
    g = torch.Generator().manual_seed(2)
    cases = [(torch.rand(20, c, generator=g), torch.arange(20) % c) for c in (2, 3, 4)]
    cases = [(inp, t[torch.randperm(20, generator=g)]) for inp, t in cases]

    def share(inp, t, of): return ((inp.argmax(1) == 1) & (t == 1)).sum() / of(inp, t)
    seen = calls(f, [(c, share(*c, lambda i, t: (t == 1).sum())) for c in cases])
    if seen.right:
        return right("As `metrics=recall_of_1` a `Learner` would average it batch by batch, which "
                     "is not quite the recall of all: call it with `*learn.get_preds()`.")
    if seen.like(lambda i, t: share(i, t, lambda i, t: (i.argmax(1) == 1).sum())):
        return not_yet("precision")
    if seen.like(lambda i, t: (i.argmax(1) == t).float().mean()): return not_yet("accuracy")
    if seen.like(lambda i, t: share(i, t, lambda i, t: len(t))): return not_yet("of-all")


GRID = [.1, .2, .3, .4, .5, .6, .7, .8, .9]


def _costs(p, rare, miss, alarm):
    return [float(miss * (rare & (p < t)).sum() + alarm * (~rare & (p >= t)).sum()) for t in GRID]


def _cost_cases():
    "Cases in which one threshold is cheapest, with costs either way round."
    for seed, miss, alarm in ((1, 20, 1), (2, 1, 5), (3, 5, 2), (8, 50, 1), (5, 1, 1)):
        rng = np.random.default_rng(seed)
        rare = rng.random(300) < .3
        p = np.clip(rng.normal(.35 + .3 * rare, .18), 0, 1)
        yield p, rare, miss, alarm


@exercise(
    "06.5", "What mistakes cost", kind="core", minutes=8, takes="function",
    nudge="Two counts for each threshold: the missed, and the false alarms. What do they cost "
          "together?",
    lines="`((p < t) & rare).sum()` are missed, `((p >= t) & ~rare).sum()` are false alarms. "
          "`min(thresholds, key=…)` returns the threshold itself.",
    mistakes={"swapped": "You let each missed case cost what a false alarm costs, and the other "
                         "way round.",
              "count": "That threshold makes the fewest mistakes. They do not all cost the same.",
              "the-cost": "That is the cost. Which threshold has it?"})
def _(f):
    cases = list(_cost_cases())
    seen = calls(f, [(c, GRID[int(np.argmin(_costs(*c)))]) for c in cases])
    if seen.right: return right("The model gives probabilities; what to do with them is priced by "
                                "you.")
    if seen.like(lambda p, r, m, a: GRID[int(np.argmin(_costs(p, r, a, m)))]):
        return not_yet("swapped")
    if seen.like(lambda p, r, m, a: GRID[int(np.argmin(_costs(p, r, 1, 1)))]):
        return not_yet("count")
    if seen.like(lambda *c: min(_costs(*c))): return not_yet("the-cost")


def _found(losses, wrong, k): return np.asarray(wrong)[np.argsort(-np.asarray(losses))[:k]].sum()


@exercise(
    "06.6", "A detective's record", kind="core", minutes=6, takes="function",
    nudge="Sort the pictures, the largest loss first, and count wrong labels among the first `k`.",
    lines="`np.argsort(-losses)[:k]` are the places of the k largest. Divide what is wrong there "
          "by everything that is wrong.",
    mistakes={"precision": "That is precision, the share of the suspects that is guilty. Asked is "
                           "how much of all there is to find was found.",
              "smallest": "You looked at the *smallest* losses.",
              "count": "That is how many. Asked is the share."})
def _(f):
    rng = np.random.default_rng(4)
    cases = []
    for n, k in ((30, 8), (50, 20), (12, 5)):
        wrong = rng.random(n) < .4
        cases.append((rng.random(n) + .5 * wrong, wrong, k))
    seen = calls(f, [(c, _found(*c) / c[1].sum()) for c in cases])
    if seen.right: return right("The recall of the hunt at k.")
    if seen.like(lambda lo, w, k: _found(lo, w, k) / k): return not_yet("precision")
    if seen.like(lambda lo, w, k: _found(-lo, w, k) / w.sum()): return not_yet("smallest")
    if seen.like(_found): return not_yet("count")


def _curve(p, rare, order=-1):
    "(recall, precision) with each probability as the threshold, the highest first."
    points = []
    for t in np.sort(np.unique(p))[::order]:
        hits = (rare & (p >= t)).sum()
        points.append((hits / rare.sum(), hits / (p >= t).sum()))
    return np.array(points)


@exercise(
    "06.7", "The whole curve", kind="stretch", minutes=12, takes="function",
    nudge="Every probability that occurs is a threshold. For each, alarm where `p >= t`.",
    lines="Loop over `sorted(set(p.tolist()), reverse=True)`; count the hits, divide once by all "
          "that are rare, once by all alarms.",
    mistakes={"swapped": "Recall comes first in each pair, then precision.",
              "rising": "Begin with the highest threshold, where only one or few have an alarm."})
def _(f):
    cases = []
    for seed, n in ((1, 8), (2, 15), (6, 40)):
        rng = np.random.default_rng(seed)
        rare = np.arange(n) % 4 == 0
        cases.append((np.round(np.clip(rng.normal(.4 + .25 * rare, .2), 0, 1), 2), rare))

    def tidy(p, rare):
        got = attempt(f, p, rare)
        return None if got.value is None else np.asarray(got.value, float)
    seen = calls(tidy, [(c, _curve(*c)) for c in cases])
    if seen.right: return right("scikit-learn's `precision_recall_curve` gives the same points.")
    if seen.like(lambda *c: _curve(*c)[:, ::-1]): return not_yet("swapped")
    if seen.like(lambda *c: _curve(*c, order=1)): return not_yet("rising")
