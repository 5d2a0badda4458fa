"Questions, guesses and exercises of chapter 11."
import numpy as np

from utils.course.writing import (
    calls,
    chapter,
    close,
    exercise,
    no,
    not_yet,
    prediction,
    question,
    right,
    same_list,
    yes,
)

chapter("11", "Measurement bias")

prediction(
    "11.g1", "A model learns from a clinic's records who is ill. It gets blood pressure, age "
             "and smoking, which cause the illness, and the number of visits, which does not. "
             "Which gets the largest weight?",
    options=["blood pressure, the strongest cause", "the visits", "all four about the same"],
    after="Nothing is recorded without a test, and no test is made without a visit.")

prediction(
    "11.g2", "The model misses more of the ill in a group that gets fewer visits. What shrinks "
             "this gap to half, or less?",
    options=["four times as many records", "as many records of that group as of others",
             "testing half of all people, drawn by lot"],
    after="Of these three, only the lot brings in anything new. Two ways without new tests come "
          "later, in *Break it* and in exercise 7: ask of each what it leaves wrong.")

question(
    "11.c1", "By the records 10 of 100 are ill in A, and 3 or 4 in B. What do you know?",
    no("Of 100 people, about three times as many are ill in A", "That would follow if all had been "
                                                                "tested alike."),
    yes("Of 100 people, about three times as many were found ill in A", "The rest is a question of "
                                                                        "who was tested."),
    no("The records are wrong", "Each entry may be right. What fails is taking an empty entry for "
                                "a healthy person."))

question(
    "11.c2", "On new records the model ranks well, and it expects as many as were recorded. What "
             "has been shown?",
    yes("It predicts records well", "New records were made like the old ones, so they share their "
                                    "gaps."),
    no("It predicts illness well", "No illness was ever asked for: only entries."),
    no("It is fair to both groups", "Nothing so far has compared them with what is true."))

question(
    "11.c3", "By the records the model expects *too many* ill in B (5 % against 3 %). Somebody "
             "wants to lower its answers for B. What happens?",
    no("B is treated as it should be", "In truth 23 % are ill there. The answers are too low "
                                       "already."),
    yes("Even more of the ill in B are missed", "The correction follows the records, away from "
                                                "the truth."),
    no("Nothing, since only the order counts", "Lower answers for B move its people down the one "
                                               "list from which people are called."))

question(
    "11.c4", "A hospital gets ten times the records, from hospitals where the same people stay "
             "away. What happens to the gap?",
    no("It shrinks to a tenth", "That holds for chance errors. This error is the same in each "
                                "record."),
    no("It shrinks to about a third", "So does the spread from seed to seed. The gap is no "
                                      "chance."),
    yes("It stays", "More data make the model more certain of what the records say."))

question(
    "11.c5", "Cats were photographed indoors, dogs outdoors. 99 % on new pictures of the same "
             "kind. What would you ask for?",
    no("More such pictures", "They would be indoors and outdoors as before."),
    no("A larger net", "It would learn the background as well."),
    yes("Cats outdoors, dogs indoors", "Only there do animal and background give different "
                                       "answers. A test needs them at least."))

question(
    "11.q1", "What is measurement bias?",
    no("Too few people of one group in the data", "That is representation bias."),
    yes("What was recorded differs from what was meant, and not alike for all", "Here: tests found "
                                                                                "instead of "
                                                                                "illness."),
    no("The noise of an instrument", "Noise alone hits all alike. Then more data do help."))

question(
    "11.q2", "Why did the number of visits get the largest weight?",
    no("Ill people see a doctor more often", "Not here: the illness is silent, by assumption."),
    no("Logistic regression prefers counts", "All columns were put on the same scale."),
    yes("Visits lead to tests, and tests to entries", "The model was asked for entries, and "
                                                      "answered well."))

question(
    "11.q3", "A loop: the model calls people, a call leads to tests, and what they find trains "
             "the next model. When did it narrow the gap in the lab?",
    yes("When a call brought a test by post to everybody called", "Then being measured no longer "
                                                                  "hangs on access."),
    no("When more people were called", "Calls through visits reach those who are reached anyway."),
    no("After enough years", "In the first setting each year left a wider gap, or the same."))

question(
    "11.q4", "Which of these can be found without knowing who is ill in truth?",
    no("How many of the ill are missed in each group", "Those never tested are not in the "
                                                       "records."),
    yes("How many were tested in each group", "The laboratory's list tells. It is the first thing "
                                              "to look at."),
    no("Whether the groups are equally ill", "That takes a measurement which does not hang on "
                                             "visits."))

question(
    "11.q5", "Somebody deletes the column of visits. What is left of the trouble?",
    no("Nothing", "The answers are still far below the truth, and other columns may tell of the "
                  "visits."),
    no("All of it: a deleted column makes no difference", "In this clinic the gap did vanish, as "
                                                          "nothing else told of visits."),
    yes("The records still hold too few ill, and other columns may stand in", "Prescriptions, "
                                                                              "addresses, the time "
                                                                              "of the last letter: "
                                                                              "many columns know "
                                                                              "of visits."))

question(
    "11.q6", "What belongs on a data sheet for these records?",
    no("The accuracy of the model", "That belongs on the model's card."),
    no("Nothing on people who were not tested", "They are the reason for the sheet."),
    yes("What an empty entry means, and who was tested", "Whoever trains on the data cannot see "
                                                         "it in the table."))

KINDS = ("historical", "representation", "measurement", "aggregation")
CASES = ["aggregation", "measurement", "representation", "historical", "measurement",
         "aggregation"]


@exercise(
    "11.1", "Four kinds", kind="warm-up", minutes=5, takes="list",
    nudge="For each case: is the world so, are some missing, does the label say something else, or "
          "are unlike ones thrown together?",
    lines="A label that stands in for what was meant is measurement bias. Who is missing from the "
          "data is representation bias.",
    mistakes={"words": "Use the four words `historical`, `representation`, `measurement`, "
                       "`aggregation`, one for each case.",
              "stand-in": "In two of the cases a label stands in for what was meant, and does so "
                          "unevenly. Which?",
              "one-for-all": "In two of the cases nobody is missing and nothing is mismeasured: "
                             "one rule serves groups that need two."})
def _(kinds):
    said = [str(k).strip().lower() for k in kinds]
    if same_list(said, CASES): return right("Each kind has another cure, so the name matters.")
    if len(said) != len(CASES) or not set(said) <= set(KINDS): return not_yet("words")
    for kind, key in (("measurement", "stand-in"), ("aggregation", "one-for-all")):
        if any((s == kind) != (c == kind) for s, c in zip(said, CASES)): return not_yet(key)


@exercise(
    "11.2", "What gets recorded", kind="warm-up", minutes=4, takes="number",
    nudge="Follow one group of people through: ill, tested, found.",
    lines="Ill times tested times found. The illness is silent, so the ill are tested as often as "
          "the others.",
    mistakes={"all-tested": "You let all of the ill be tested.",
              "perfect": "You let the test find all of the ill.",
              "tested": "That is how many are tested. Most of them are not ill."})
def _(n):
    if close(n, 54): return right("54 of 200: three in four are taken for healthy.")
    if close(n, 180): return not_yet("all-tested")
    if close(n, 60): return not_yet("perfect")
    if close(n, 300) or close(n, 270): return not_yet("tested")


def _missed(ill, called, group):
    ill, called, group = map(np.asarray, (ill, called, group))
    return [float((~called[ill & (group == g)]).mean()) for g in (0, 1)]


def _of(ill, called, group, flip=False, among=None):
    "A share in each group, as one of the usual mistakes has it."
    ill, called, group = map(np.asarray, (ill, called, group))
    hits = ill & (called if flip else ~called)
    return [float(hits[group == g].sum() / among(ill, called)[group == g].sum()) for g in (0, 1)]


@exercise(
    "11.3", "Missed in each group", kind="core", minutes=6, takes="function",
    nudge="Whose share is it? Take only those people first, then count.",
    lines="`~called[ill & (group == g)]` holds True for each of the ill of group g who is not "
          "called; its mean is the share.",
    mistakes={"found": "That is the share who are called. The missed are the others.",
              "of-everybody": "You divided by all people of the group. It is a share of the ill.",
              "of-the-quiet": "You divided by those not called. It is a share of the ill."})
def _(f):
    rng, cases = np.random.default_rng(3), []
    for n in (40, 90):
        ill, called = rng.random(n) < .5, rng.random(n) < .4
        group = (rng.random(n) < .4).astype(int)
        cases.append(((ill, called, group), _missed(ill, called, group)))
    seen = calls(f, cases)
    if seen.right: return right("The gap of this chapter is the second minus the first.")
    if seen.like(lambda *c: _of(*c, flip=True, among=lambda i, c: i)): return not_yet("found")
    if seen.like(lambda *c: _of(*c, among=lambda i, c: i | True)): return not_yet("of-everybody")
    if seen.like(lambda *c: _of(*c, among=lambda i, c: ~c)): return not_yet("of-the-quiet")


def _bins(scores, labels, k, order=np.argsort, of=np.mean):
    parts = np.array_split(order(scores), k)
    return [[float(scores[p].mean()), float(of(labels[p]))] for p in parts]


def _as_they_come(scores): return np.arange(len(scores))


@exercise(
    "11.4", "Is it calibrated?", kind="core", minutes=8, takes="function",
    nudge="First bring the people into the order of their scores, then cut into k parts.",
    lines="`np.array_split(np.argsort(scores), k)` gives the rows of each part; of each take "
          "`scores[rows].mean()` and `labels[rows].mean()`.",
    mistakes={"unsorted": "The people were cut as they came. Then every part has low and high "
                          "scores alike.",
              "falling": "The parts begin with the highest scores. Begin with the lowest.",
              "count": "The second number is a count. It should be a share, to stand beside a "
                       "probability."})
def _(f):
    rng, cases = np.random.default_rng(4), []
    for n, k in ((30, 3), (48, 4)):
        scores = rng.permutation(np.linspace(.02, .9, n))
        labels = rng.random(n) < scores
        cases.append(((scores, labels, k), _bins(scores, labels, k)))

    def tidy(*args): return [[float(a), float(b)] for a, b in f(*args)]
    seen = calls(tidy, cases)
    if seen.right: return right("Equal numbers in each pair: calibrated, for these labels.")
    if seen.like(lambda *c: _bins(*c, order=_as_they_come)): return not_yet("unsorted")
    if seen.like(lambda s, y, k: _bins(s, y, k, order=lambda s: np.argsort(-s))):
        return not_yet("falling")
    if seen.like(lambda *c: _bins(*c, of=np.sum)): return not_yet("count")


def _word(value): return value.strip().lower() if isinstance(value, str) else value


def _shares(people, of, rows=None):
    return [100 * float(of[people.group == g].mean()) for g in (0, 1)]


@exercise(
    "11.5", "A data sheet", kind="core", minutes=8, takes="anything",
    nudge="Four numbers come from `records.tested` and `records.recorded`, by `records.group`. The "
          "two words come from the assumptions.",
    lines="`100 * records.tested[records.group == 0].mean()` is the share of A that was tested. "
          "An entry is empty without a test, and after a test that found nothing.",
    mistakes={"fraction": "The numbers are asked for in per cent, from 0 to 100.",
              "truth": "You took the truth, `records.ill`. No real clinic has that column; the "
                       "sheet is about the records.",
              "swapped": "A and B are the wrong way round: group 0 is A.",
              "label": "Read the first two lines again: what has to happen before something is "
                       "recorded, and what is known where nothing is?"})
def _(sheet, records):
    keys = ["an entry means", "no entry means", "tested in A", "tested in B", "recorded in A",
            "recorded in B"]
    if not isinstance(sheet, dict) or list(sheet) != keys: return
    tested, recorded = (_shares(records, of) for of in (records.tested, records.recorded))
    numbers, wanted = [sheet[k] for k in keys[2:]], [*tested, *recorded]
    if not close(numbers, wanted, 1e-2):
        if close(numbers, [v / 100 for v in wanted], 1e-2): return not_yet("fraction")
        if close(numbers, [*tested, *_shares(records, records.ill)], 1e-2):
            return not_yet("truth")
        if close(numbers, [*tested[::-1], *recorded[::-1]], 1e-2): return not_yet("swapped")
        return
    if [_word(sheet[k]) for k in keys[:2]] == ["found by a test", "not known"]:
        return right("Whoever reads this sheet will not take empty for healthy.")
    return not_yet("label")


def _in_per_cent(count): return 100 * count[0] / count[1]


@exercise(
    "11.6", "A model card", kind="core", minutes=8, takes="anything",
    nudge="`judged.missed[1]` is a pair: how many of the ill of B are missed, out of how many.",
    lines="`wilson(*judged.missed[1])` gives the ends of the interval as fractions; the card asks "
          "for per cent.",
    mistakes={"seen": "That is from `missed_seen`, what the records show. The card should tell "
                      "the truth where it is known.",
              "interval-a": "The interval is that of A; the card asks for B.",
              "fraction": "The numbers are asked for in per cent, from 0 to 100.",
              "use": "The numbers are right. Now the two words: what has the model learnt to "
                     "predict, and what must it not decide?"})
def _(card, judged):
    keys = ["predicts", "missed in A", "missed in B", "interval in B", "must not decide"]
    if not isinstance(card, dict) or list(card) != keys: return

    def numbers(counts, interval_of=1):
        ends = [100 * v for v in _wilson(*counts[interval_of])]
        return [*map(_in_per_cent, counts), ends]
    said, wanted = [card[k] for k in keys[1:4]], numbers(judged.missed)
    if not close(said, wanted, 5e-3):
        if close(said, numbers(judged.missed_seen), 5e-3): return not_yet("seen")
        if close(said, numbers(judged.missed, 0), 5e-3): return not_yet("interval-a")
        low, high = wanted[2]
        if close(said, [wanted[0] / 100, wanted[1] / 100, [low / 100, high / 100]], 5e-3):
            return not_yet("fraction")
        return
    if (_word(card["predicts"]), _word(card["must not decide"])) == ("entries", "who is tested"):
        return right("With its errors on the card, nobody needs to find them out by harm.")
    return not_yet("use")


def _wilson(hits, n):
    from utils.labs.measurement_bias.simulation import wilson
    return wilson(hits, n)


@exercise(
    "11.7", "Empty is not healthy", kind="stretch", minutes=12, takes="function",
    nudge="For whom is it known whether they are ill, but for the errors of the test?",
    lines="`people[rows]` keeps some of the people; `people.tested` tells which. Then "
          "`fit_risk(known.features, known.recorded)`.",
    mistakes={"usual": "That is the model of this chapter: it still takes the untested for "
                       "healthy.",
              "cheat": "That was trained on the truth, which no clinic has. Use `recorded` only.",
              "found-only": "You kept only those with an entry. A model that never sees a healthy "
                            "person says *ill* of everybody.",
              "not-a-model": "Return what `fit_risk` returns."})
def _(f):
    from utils.labs.measurement_bias.simulation import clinic, fit_risk, judge
    new, told = clinic(40_000, 1000), []

    def gap(people):
        model = f(people)
        if not hasattr(model, "weights"): return None
        told.append(model)
        return True
    records = clinic(40_000, 0)
    seen = calls(gap, [((records,), True)])
    if not told: return None if seen.error else not_yet("not-a-model")
    model, known = told[0], records[records.tested]

    def same(other): return close(model.weights, other.weights, .02)
    if same(fit_risk(known.features, known.recorded)):
        gaps = judge(model(new.features), new).gap
        return right(f"The gap is down to {abs(100 * gaps):.0f} points, and the model expects "
                     f"{100 * model(new.features).mean():.0f} % ill, near the truth. It works as "
                     "nobody here is tested for seeming ill; where doctors choose, it does not.")
    if same(fit_risk(records.features, records.recorded)): return not_yet("usual")
    if same(fit_risk(records.features, records.ill)) or \
            same(fit_risk(known.features, known.ill)): return not_yet("cheat")
    if model.bias > 3: return not_yet("found-only")
