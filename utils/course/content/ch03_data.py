"Questions, guesses and exercises of chapter 03."
import random
from pathlib import Path

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, same_list, yes)

chapter("03", "Data and its three sets")

prediction(
    "03.g1", "A hundred models answer by tossing a coin. The best of them on 50 validation "
             "pictures is chosen. How many of these 50 does it have right, on average?",
    low=0, high=50,
    after="Two thirds, and it knows nothing: the best of many is the luckiest.")

prediction(
    "03.g2", "There are four photographs of each animal, and a model names the breed. First a "
             "fifth of the *photographs* is drawn for validation; then, instead, a fifth of the "
             "*animals*. How does the second accuracy compare with the first?",
    options=["About the same", "A tenth lower", "Less than half of it"],
    after="By photographs, nearly each animal of the validation set stands in the training set "
          "too, and to know it again is enough.")

prediction(
    "03.g3", "Two models of four years of sales. One takes the mean of the nearest weeks, the "
             "other knows trend and season. The validation weeks are drawn *at random*: which "
             "model looks better?",
    options=["The nearest weeks", "Trend and season", "Neither"],
    after="Among random weeks the neighbours on both sides are known, so the nearest weeks do very "
          "well. Next year there will be no neighbours.")

question(
    "03.c1", "What is handed to `get_y`, the labelling function?",
    no("The opened picture", "Then every file would have to be decoded to find its label. The "
                             "picture is opened later, by its block."),
    no("The number of the class", "That is what becomes of its answer: the block turns the label "
                                  "into a number."),
    yes("One item, as `get_items` gave it", "Here a path; with a table it would be a row."))

question(
    "03.c2", "`dls.vocab` lists twelve breeds. From which pictures was this list made?",
    yes("From the training set", "Like all that the model is given. A breed that is only in the "
                                 "validation set would be missing."),
    no("From all files", "Then something about the validation set would have got through to the "
                         "model before the first step."),
    no("From the first batch", "A batch of 32 may well lack a breed. The list is made before any "
                               "batch."))

question(
    "03.c3", "Photographs of leaves; the sign of the illness is a spot at the very edge. All must "
             "become squares. Which way do you avoid?",
    no("Squish", "Everything becomes too narrow, but the spot stays, and all pictures are squeezed "
                 "alike."),
    no("Pad", "The filling costs space and nothing else: the edge is still there."),
    yes("Crop", "What is cut away is the edge. The label stays 'ill', though nothing in the square "
                "tells it."))

question(
    "03.c4", "You trained twelve nets and kept the one that is best on the validation set. What "
             "do you make of its validation accuracy?",
    no("It is the true accuracy", "It was true for a net picked beforehand. You picked "
                                  "afterwards, by this very number."),
    yes("It is probably a little too good", "Part of the reason why it was picked is luck, and "
                                            "luck does not repeat."),
    no("It is worthless", "It chose well if the nets truly differ. Only as a promise it is too "
                          "good."))

question(
    "03.c5", "Several X-ray pictures of each patient. The model will be used on new patients. "
             "What does the splitter draw?",
    no("Pictures", "Then it meets its patients again in validation, and may know them by their "
                   "ribs."),
    yes("Patients", "Validation should be to training what the future will be: other people."),
    no("Pictures, but an equal number of each patient", "Then it is sure that it meets all of them "
                                                        "again."))

question(
    "03.q1", "What is the validation set for?",
    no("To train on when the training set is used up", "It is never trained on, or it could no "
                                                       "longer tell how new pictures fare."),
    yes("To choose: the epoch, the learning rate, the model", "It is yours, as the training set is "
                                                              "the machine's."),
    no("To prove to others how good the model is", "It has been used for choosing, so its number "
                                                   "is flattered."))

question(
    "03.q2", "When is the test set looked at?",
    yes("Once, when nothing will be changed any more", "From the second look on it helps to "
                                                       "choose."),
    no("After every epoch", "That is what the validation set does. Whoever looks, chooses."),
    no("Whenever validation looks too good", "And then change something? Then it has become a "
                                             "second validation set."))

question(
    "03.q3", "Which is an *item* transform?",
    no("`aug_transforms()`", "It acts on a whole batch at once, so all pictures must have one size "
                             "already."),
    no("`CategoryBlock`", "It turns labels into numbers. It does not touch a picture."),
    yes("`Resize(64)`", "It takes one picture of whatever size. After it they can be stacked."))

question(
    "03.q4", "`GetAttr` with `_default = 'train'`: what happens at `dls.bs`?",
    no("An error, the class has no `bs`", "That is when the search begins. It goes on elsewhere."),
    yes("`dls.train` is asked for it", "What is not found here is asked of the default."),
    no("It is looked up in the first batch", "No batch is made. An attribute of the loader is "
                                             "asked for."))

question(
    "03.q5", "On two machines you list the same files yourself and split them by "
             "`RandomSplitter(seed=42)`. The validation sets differ. Why?",
    yes("The files came in another order", "The seed draws positions. What stands there depends on "
                                           "the order."),
    no("Seeds differ from machine to machine", "The same seed gives the same positions on all."),
    no("One of them has a GPU", "The split is drawn on the CPU, before anything is trained."))

question(
    "03.q6", "A validation accuracy of 0.99 surprises you. What do you look for first?",
    no("A larger net", "It is good enough already, if it is true."),
    no("A smaller learning rate", "That changes how it trains, not whether the number is true."),
    yes("Pictures in both sets that show the same thing", "Near-copies, the same animal, the next "
                                                          "frame of a film: the common leak."))


@exercise(
    "03.1", "Another camera", kind="warm-up", minutes=4, takes="function",
    nudge="Two things stand before the breed, each with an underscore after it. A breed may have "
          "an underscore itself.",
    lines="`path.stem` is the file's name without `.jpg`. `split('_', 2)` cuts at the first two "
          "underscores only. Or write a `RegexLabeller` for the name.",
    mistakes={"one-word": "Try it on a yorkshire_terrier: its breed has two words.",
              "ending": "The file's ending has come along. `path.stem` is the name without it.",
              "old-pattern": "That is what stood before the number. In these files it is the "
                             "camera's word, not the breed."})
def _(f):
    paths = [Path(p) for p in ("pets/IMG_0012_yorkshire_terrier.jpg", "data/IMG_0003_Siamese.jpg",
                               "a_1/IMG_0140_Russian_Blue.jpg")]
    seen = calls(f, [((p,), p.stem.split("_", 2)[2]) for p in paths])
    if seen.right: return right("A labelling function is no more than this.")
    for one in (lambda p: p.stem.split("_")[-1], lambda p: p.stem.split("_")[2]):
        if seen.like(one): return not_yet("one-word")
    for one in (lambda p: p.name.split("_", 2)[2], lambda p: p.name.split("_")[-1]):
        if seen.like(one): return not_yet("ending")
    if seen.like(lambda p: "IMG"): return not_yet("old-pattern")


@exercise(
    "03.2", "Who may look?", kind="warm-up", minutes=3, takes="list",
    nudge="Does the machine learn from it, do you decide by it, or is it the last word?",
    lines="What the model is computed from belongs to training; whatever you choose by is "
          "validation; the test set is for one number at the end.",
    mistakes={"test-chooses": "One of these is a choice, and the test set must not take part in "
                              "choices.",
              "report": "The number for the others: may it come from the set that you chose by?",
              "vocab": "The list of classes is part of what the model is given. From which set "
                       "may that come?"})
def _(words):
    given = [str(w).strip().lower() for w in words]
    short = ["train" if w.startswith("train") else "valid" if w.startswith("valid") else w
             for w in given]
    want = ["train", "valid", "valid", "test", "train"]
    if same_list(short, want): return right("The machine's, yours, and nobody's until the end.")
    if len(short) != 5: return
    if "test" in (short[1], short[2]): return not_yet("test-chooses")
    if short[:3] + short[4:] == want[:3] + want[4:] and short[3] == "valid":
        return not_yet("report")
    if short[:4] == want[:4]: return not_yet("vocab")


@exercise(
    "03.3", "What a crop costs", kind="core", minutes=6, takes="function",
    nudge="The largest square has the shorter side. Compare two areas.",
    lines="`side = min(w, h)` is the square's side, and `w * h` the whole area. The share that "
          "stays is a quotient of areas; asked for is the rest.",
    mistakes={"kept": "That is the share that stays.",
              "percent": "That is in percent. Give a fraction, from 0 to 1.",
              "wide-only": "Right for wide pictures. Try a tall one, 300 × 400."})
def _(f):
    sizes = [(640, 480), (300, 400), (500, 500), (1000, 250), (240, 427)]
    seen = calls(f, [(s, 1 - min(s) / max(s)) for s in sizes])
    if seen.right: return right("Padding to a square fills the same share: short side to long.")
    if seen.like(lambda w, h: min(w, h) / max(w, h)): return not_yet("kept")
    if seen.like(lambda w, h: 100 * (1 - min(w, h) / max(w, h))): return not_yet("percent")
    if seen.like(lambda w, h: 1 - h / w): return not_yet("wide-only")


def _numbers(split):
    "What a split function returned, as two lists of whole numbers; None if it is no such thing."
    try:
        train, valid = split
        return [int(i) for i in train], [int(i) for i in valid]
    except (TypeError, ValueError):
        return None


@exercise(
    "03.4", "Keep animals together", kind="core", minutes=9, takes="function",
    nudge="Draw animals, not pictures. Each picture then goes where its animal goes.",
    lines="`names = sorted(set(animals))`, shuffled by `random.Random(seed).shuffle(names)`, the "
          "first of them for validation. Then go through `enumerate(animals)` once.",
    mistakes={"both-sets": "There is an animal with a picture in each of the two sets.",
              "lost": "Some picture is in neither set, or in both.",
              "not-animals": "Positions are asked for, the places of pictures in the list.",
              "no-seed": "Another seed should give another split, the same seed the same one.",
              "share": "About that share of the *animals* should be in validation."})
def _(f):
    dice = random.Random(3)
    animals = [f"pet{i:02}" for i in range(40) for _ in range(dice.randint(1, 6))]
    dice.shuffle(animals)
    tries = [attempt(f, list(animals), share, seed)
             for share, seed in ((.25, 1), (.25, 1), (.25, 2), (.5, 1), (.25, 3))]
    if any(t.error or t.value is None for t in tries): return
    splits = [_numbers(t.value) for t in tries]
    if None in splits: return not_yet("not-animals")
    everyone = list(range(len(animals)))
    for train, valid in splits:
        if sorted(train + valid) != everyone: return not_yet("lost")
        if {animals[i] for i in train} & {animals[i] for i in valid}: return not_yet("both-sets")
    sets = [frozenset(v) for _, v in splits]
    if sets[0] != sets[1] or len({sets[0], sets[2], sets[4]}) == 1: return not_yet("no-seed")
    drawn = [len({animals[i] for i in v}) for v in sets]
    if abs(drawn[0] - 10) > 2 or abs(drawn[3] - 20) > 2: return not_yet("share")
    return right("No animal stands on both sides, whatever the seed.")


@exercise(
    "03.5", "Could it be luck?", kind="core", minutes=5, takes=("number", "yes or no"),
    nudge="What would the best of so many coin tossers reach? The lab *Best of k* has the sliders "
          "for it.",
    lines="Set 200 models and 100 pictures, true accuracy 0.5. The sentence names the gap to be "
          "expected; add it to 0.5. Or `expected_best` from the lab's module.",
    mistakes={"test-score": "So much they have on *new* pictures. Asked is the best score on the "
                            "set by which it is chosen.",
              "gap": "That is the gap. Above what does it stand?",
              "proof": "The number is right. Now compare: is the colleague's best above what coin "
                       "tossers would reach?"})
def _(expected, proves):
    from utils.labs.data.best_of_k import expected_best
    best = expected_best(200, 100)[0]
    if abs(expected - best) < .013:
        if proves: return not_yet("proof")
        return right("Coin tossers would reach as much. Ask for a test set.")
    if close(expected, .5): return not_yet("test-score")
    if abs(expected - (best - .5)) < .013: return not_yet("gap")


def _newest(dates, share):
    "Positions of all but the newest, and of the newest dates."
    order = sorted(range(len(dates)), key=lambda i: dates[i])
    cut = len(dates) - round(share * len(dates))
    return order[:cut], order[cut:]


@exercise(
    "03.6", "The last weeks", kind="core", minutes=7, takes="function",
    nudge="The list is in no order. Which positions hold the newest dates?",
    lines="`sorted(range(len(dates)), key=lambda i: dates[i])` gives positions from the oldest to "
          "the newest date. Cut this list in two.",
    mistakes={"by-place": "Those are the last of the *list*. The newest dates stand anywhere in "
                          "it.",
              "oldest": "Validation has the oldest dates. The future is on the other side.",
              "dates": "Those are dates. Asked are their positions in the list."})
def _(f):
    cases = []
    for seed in range(3):
        dates = [f"20{y}-{m:02}-15" for y in (23, 24) for m in range(1, 11)]
        random.Random(seed).shuffle(dates)
        cases += [(dates, .2), (dates, .5)]
    tries = [attempt(f, list(d), s) for d, s in cases]
    if any(t.error or t.value is None for t in tries): return
    try: raw = [[list(part) for part in t.value] for t in tries]
    except TypeError: return
    if any(isinstance(i, str) for split in raw for part in split for i in part):
        return not_yet("dates")
    got = [_numbers(t.value) for t in tries]
    if None in got: return

    def like(g):
        return all([sorted(a), sorted(b)] == [sorted(x) for x in g(*case)]
                   for (a, b), case in zip(got, cases))
    if like(_newest): return right("Positions in the order of time, cut once.")
    if like(lambda d, s: _newest(range(len(d)), s)): return not_yet("by-place")
    if like(lambda d, s: _newest(d, 1 - s)[::-1]): return not_yet("oldest")


@exercise(
    "03.7", "A split that stays", kind="stretch", minutes=12, takes="function",
    nudge="No name may need to know of the others. Could the name itself decide?",
    lines="`random.Random(name).random()` is a number between 0 and 1, always the same for a name. "
          "Which numbers belong to validation, if it is to have `share` of them?",
    mistakes={"order": "The same files in another order give another validation set.",
              "moves": "When new files come, old ones change sides. A model that trained on them "
                       "would be asked about them.",
              "share": "The share of validation files is not the one asked for.",
              "salted": "`hash` of a text is another number in each run of Python. Restart the "
                        "kernel and the split is gone."})
def _(f):
    names = [f"{breed}_{i}.jpg" for breed in ("beagle", "pug", "Siamese") for i in range(700)]
    mixed = random.Random(5).sample(names, len(names))
    some = sorted(names)[::2]
    tries = [attempt(f, list(n), s) for n, s in ((names, .2), (mixed, .2), (some, .2), (names, .5))]
    if any(t.error or t.value is None for t in tries): return
    try: sets = [{str(n) for n in t.value} for t in tries]
    except TypeError: return
    if not sets[0] <= set(names): return
    salted = [{n for n in names if hash(n) % m < .2 * m} for m in (5, 10, 100, 1000, 10_000)]
    if sets[0] in salted: return not_yet("salted")
    if abs(len(sets[0]) / 2100 - .2) > .04 or abs(len(sets[3]) / 2100 - .5) > .05:
        return not_yet("share")
    if sets[0] != sets[1]: return not_yet("order")
    if sets[2] != sets[0] & set(some): return not_yet("moves")
    return right("Each file decides for itself, today and when a thousand more have come.")
