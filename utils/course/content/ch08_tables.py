"Questions, guesses and exercises of chapter 08."
import numpy as np

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, same_list, same_set, yes)

chapter("08", "Tables")

prediction(
    "08.g1", "A net names the species of a penguin from its island, its sex and two lengths; "
             "its accuracy is about 0.99. Now the bill's length is marked as a *name*, as if "
             "44.5 were a word. What happens to the accuracy?",
    options=["it stays about the same, for the column holds the same facts",
             "it falls, by 0.1 or a little more", "it falls to chance"],
    after="Many birds have a length that no training bird had. As an amount it lies between two "
          "others; as a name it means nothing.")

prediction(
    "08.g2", "A net, a random forest (a hundred trees of yes-or-no questions, averaged) and a "
             "line (a weighted sum of the columns) are to tell a penguin's mass. Which errs least?",
    options=["the net, clearly", "the forest, clearly", "all three are about as good"],
    after="Some 340 birds and a few columns that each mean something: there is not much left for "
          "a net to find.")

question(
    "08.c1", "A table has the column *postcode*: 20095, 80331, 10115 … What is it?",
    no("An amount, for it holds numbers", "Is 80331 four times as much as 20095? The mean of two "
                                          "postcodes is no place."),
    yes("Names, which happen to be made of digits", "Nothing adds up and nothing lies between "
                                                    "them."),
    no("An amount, since there are so many", "Many names are still names. They only make a large "
                                             "table of codes."))

question(
    "08.c2", "Somebody takes the medians for the gaps from all birds, the validation birds too. "
             "What is the harm?",
    yes("The score is no longer that of birds never met", "They had a say in what the net is "
                                                          "given. Tomorrow's bird will have none."),
    no("The fills are wrong", "They may even lie nearer to the truth. But the birds to be tested "
                              "on were asked."),
    no("None, for a median holds no species", "It tells a little of the birds to be tested on. "
                                              "With many columns and few rows, little becomes "
                                              "much."))

question(
    "08.c3", "An app asks for a bird's measurements. Somebody leaves them all blank, and "
             "the net answers *Adelie, 0.97*. What stands behind the 0.97?",
    no("97 of 100 such birds were Adelies", "There was one such bird in training, and no hundred."),
    yes("Medians typed in for it, and marks that one bird had", "Without the marks it is Adelie, "
                                                                "too, less surely. A probability "
                                                                "does not tell how many rows it "
                                                                "rests on."),
    no("Nothing but the marks of one training bird", "With the medians typed in as if measured, "
                                                     "nothing is marked, and the net says Adelie "
                                                     "all the same."))

question(
    "08.c4", "Two names have nearly the same embedding. What does that say?",
    no("They were given neighbouring codes", "Codes only say which row to look up. The net never "
                                             "reckons with them."),
    no("They are spelt alike", "Nobody told the net how they are spelt."),
    yes("For this target they mean about the same", "Training moved them to where they are useful. "
                                                    "Another target, other neighbours."))

question(
    "08.c5", "On a table of rents, in five splits, a net errs by 61 to 66 euros, a forest by 52 to "
             "56. What do you report?",
    no("No difference, as with the penguins", "There another split turned it round. Here the worst "
                                              "forest is better than the best net."),
    yes("The forest is better here, by about 9 euros", "The difference is larger than the spread. "
                                                       "Name the table, the splits and both "
                                                       "ranges."),
    no("Forests are better than nets on tables", "One table says nothing of the next one. Measure "
                                                 "again there."))

question(
    "08.q1", "What does the code 0, `#na#`, stand for?",
    no("The first name of the alphabet", "That has code 1."),
    no("The commonest name", "Codes follow the order of the names, not how often they come."),
    yes("A name that is missing or was never seen in training", "Both are all the same to the net: "
                                                                "it does not know."))

question(
    "08.q2", "`FillMissing` writes the median into a gap. How does the net know that it was a gap?",
    yes("A new column ending in `_na` says so", "It is a column of names with two of them, False "
                                                "and True."),
    no("It recognises the median", "Some bird may really have it."),
    no("It does not", "It would not, with `add_col=False`. As a rule it is told."))

question(
    "08.q3", "Why are amounts normalised?",
    no("So that no value is larger than 1", "Some are: a bird can lie two standard deviations "
                                            "off."),
    yes("So that grams do not drown millimetres", "Weights and steps are of one size for all "
                                                  "columns then."),
    no("So that their histogram becomes a bell", "Its shape stays; only zero and unit change."))

question(
    "08.q4", "A column has 3 names. How many rows has its embedding?",
    no("3", "There must be a row for what is missing or new."),
    yes("4", "Three names and `#na#`."),
    no("As many as the table has birds", "All birds from Dream look up the same row."))

question(
    "08.q5", "A row comes with an island that training never saw. What does our learner do?",
    no("It stops with an error", "It does so for a number where words are expected, not for a new "
                                 "word."),
    no("It takes the nearest island", "It knows no distances between words it has not seen."),
    yes("It treats it as `#na#` and answers all the same", "So count the zeros in what comes in: "
                                                           "nobody else will."))

question(
    "08.q6", "When is a net a good choice for a table?",
    yes("Many rows, and columns with hundreds of names", "There embeddings find what the names "
                                                         "have in common."),
    no("Always, if it is large enough", "On a few hundred rows a forest or a line does as well, "
                                        "and is simpler."),
    no("Never: forests are better on tables", "Often, not always. Put both into one table of "
                                              "results."))


@exercise(
    "08.1", "Names or amounts?", kind="warm-up", minutes=3, takes="list",
    nudge="Would the mean of two values mean something?",
    lines="Twice as many rooms is twice as much. Twice a tariff number is another tariff.",
    mistakes={"only-words": "You took the columns with words. Numbers can be names as well: look "
                            "for those that nobody would add up.",
              "whole": "A whole number can be an amount: more of it is more."})
def _(names):
    said = {str(n) for n in names}
    if same_set(names, ["heating", "tariff number", "phone prefix"]):
        return right("Nobody adds tariffs. Pandas saw whole numbers and could not know.")
    if said == {"heating"}: return not_yet("only-words")
    if "rooms" in said: return not_yet("whole")


@exercise(
    "08.2", "Codes by hand", kind="warm-up", minutes=4, takes="list",
    nudge="First the names of the training column, in the order of the alphabet.",
    lines="Training knows three names, with the codes 1 to 3. Whatever else comes has code 0.",
    mistakes={"from-zero": "Your first name has code 0, but that is kept for what is missing.",
              "as-they-come": "The names are sorted before they are numbered.",
              "new-code": "A name that training never saw gets no code of its own."})
def _(codes):
    if same_list(codes, [2, 0, 3, 0, 1]): return right("Both the gap and the new name share 0.")
    if len(codes) != 5: return
    if 4 in codes: return not_yet("new-code")
    if (codes[0], codes[4]) == (1, 0): return not_yet("from-zero")
    if same_list(codes, [1, 0, 3, 0, 2]): return not_yet("as-they-come")


def _codes(train, new, order=sorted, start=1, unknown=0):
    names = order(dict.fromkeys(v for v in train if v is not None))
    return [list(names).index(v) + start if v in names else unknown for v in new]


@exercise(
    "08.3", "Categorify", kind="core", minutes=7, takes="function",
    nudge="Two steps: number the names of `train`; look up the values of `new`.",
    lines="`sorted(set(...))` without `None`; `enumerate(names, 1)` into a dict; `.get(value, 0)`.",
    mistakes={"order": "The names must be sorted, not taken in the order in which they come.",
              "from-zero": "The first name has code 1. What has code 0?",
              "own": "You numbered the names of `new`. Codes are learnt from `train`, or the same "
                     "island gets another number tomorrow."})
def _(f):
    cases = [(["b", "a", None, "c", "a"], ["c", "z", None, "a", "b"]),
             (["sun", "rain"], ["fog", "sun", "rain", "sun"]),
             (["x", "k", "x", "d"], ["d", "k", None])]
    seen = calls(f, [(c, _codes(*c)) for c in cases])
    if seen.right: return right("That is all that `Categorify` does.")
    if seen.like(lambda t, n: _codes(t, n, order=list)): return not_yet("order")
    if seen.like(lambda t, n: _codes(t, n, start=0)) or \
            seen.like(lambda t, n: _codes(t, n, start=0, unknown=-1)): return not_yet("from-zero")
    if seen.like(lambda t, n: _codes(n, n)): return not_yet("own")


def _prepared(train, new, fill=np.nanmedian, own=False):
    train, new = np.asarray(train, float), np.asarray(new, float)
    known = new if own else train
    value = fill(known)
    full = np.where(np.isnan(known), value, known)
    return (np.where(np.isnan(new), value, new) - full.mean()) / full.std()


@exercise(
    "08.4", "Fill and normalise", kind="core", minutes=8, takes="function",
    nudge="Learn three numbers from `train`: the median, then the mean and the standard deviation "
          "of the filled column.",
    lines="`np.nanmedian(train)` passes over the gaps; `np.where(np.isnan(x), median, x)` fills "
          "them, in `train` and in `new`.",
    mistakes={"own": "You learnt the numbers from `new`. One new row alone would always be 0.",
              "mean-fill": "That fills with the mean. The median stands firm when one value is "
                           "absurd.",
              "gaps": "There are gaps left: a net's answer would be nan."})
def _(f):
    cases = [([1., np.nan, 2., 9.], [np.nan, 4., 1.]), ([3., 5., np.nan, 20.], [7., np.nan]),
             ([2., 4., 9.], [2., 3., 4., np.nan])]

    def tidy(train, new):
        got = attempt(f, np.array(train), np.array(new))
        return None if got.value is None else np.asarray(got.value, float)
    seen = calls(tidy, [(c, _prepared(*c)) for c in cases], tol=1e-3)
    if seen.right: return right("`FillMissing` and `Normalize`, in this order.")
    if seen.like(lambda t, n: _prepared(t, n, own=True)): return not_yet("own")
    if seen.like(lambda t, n: _prepared(t, n, fill=np.nanmean)): return not_yet("mean-fill")
    if any(isinstance(g, np.ndarray) and np.isnan(g).any() for g in seen.got):
        return not_yet("gaps")


@exercise(
    "08.5", "How many numbers?", kind="core", minutes=5, takes="number",
    nudge="An embedding is a table: a row for each code, some numbers in each row.",
    lines="Rows: the names, and one more. Columns: `emb_sz_rule(rows)`.",
    mistakes={"no-na": "There is a row missing: which code has no name?",
              "one-row": "That is the length of one row. How many rows are there?",
              "rows": "Those are the rows. How many numbers does each have?"})
def _(n):
    rows = 131
    size = min(600, round(1.6 * rows ** .56))
    if close(n, rows * size): return right("All of them are parameters, and are learnt.")
    if close(n, 130 * round(1.6 * 130 ** .56)) or close(n, 130 * size): return not_yet("no-na")
    if close(n, size): return not_yet("one-row")
    if close(n, rows): return not_yet("rows")


def _errors(batches): return [np.asarray(p, float) - np.asarray(t, float) for p, t in batches]


@exercise(
    "08.6", "RMSE over batches", kind="core", minutes=7, takes="function",
    nudge="Which comes last, the mean or the root?",
    lines="Collect the squared differences of *all* batches, take one mean, then one root.",
    mistakes={"mean-of-roots": "You took a root in each batch and then the mean. A small batch "
                               "counts as much as a large one so, and roots do not add up.",
              "no-root": "That is the mean squared error, in square grams.",
              "absolute": "That is the mean absolute error. Large errors should count more."})
def _(f):
    rng = np.random.default_rng(1)
    cases = []
    for sizes in ((4, 2), (3,), (1, 5, 2)):
        cases.append(([(rng.normal(0, 3, n), rng.normal(0, 1, n)) for n in sizes],))

    def rms(e): return np.sqrt((e ** 2).mean())
    seen = calls(f, [(c, rms(np.concatenate(_errors(*c)))) for c in cases])
    if seen.right: return right("`rmse` does it in this way: its root comes last.")
    if seen.like(lambda b: np.mean([rms(e) for e in _errors(b)])): return not_yet("mean-of-roots")
    if seen.like(lambda b: (np.concatenate(_errors(b)) ** 2).mean()): return not_yet("no-root")
    if seen.like(lambda b: abs(np.concatenate(_errors(b))).mean()): return not_yet("absolute")


def _importance(answer, X, y, column, sign=1, whole=False):
    order = np.random.default_rng(0).permutation(len(X))
    mixed = X[order].copy() if whole else X.copy()
    if not whole: mixed[:, column] = X[order, column]
    return sign * float(np.mean(answer(X) == y) - np.mean(answer(mixed) == y))


@exercise(
    "08.7", "What does the model look at?", kind="stretch", minutes=12, takes="function",
    nudge="Spoil one column only, ask again, and see how much accuracy is gone.",
    lines="`mixed = X.copy()`; `mixed[:, column] = X[order, column]`; the accuracy before minus "
          "the accuracy after.",
    mistakes={"sign": "The difference is the wrong way round: losing much should be a large "
                      "number.",
              "whole-rows": "You shuffled whole rows, so the answers no longer belong to their "
                            "labels. Only one column may move.",
              "after": "That is the accuracy afterwards. How much was lost?"})
def _(f):
    rng = np.random.default_rng(5)
    models = (lambda X: (X[:, 0] > 0).astype(int),
              lambda X: (X[:, 0] + 2 * X[:, 1] > 0).astype(int))
    cases = []
    for model in models:
        X = rng.normal(size=(60, 3))
        y = np.where(rng.random(60) < .1, 1 - model(X), model(X))
        cases += [(model, X, y, column) for column in (0, 1)]

    def tidy(model, X, y, column): return f(model, X.copy(), y.copy(), column)
    seen = calls(tidy, [(c, _importance(*c)) for c in cases])
    if seen.right:
        return right("This *permutation importance* works for any model, nets and forests alike.")
    if seen.like(lambda *c: _importance(*c, sign=-1)): return not_yet("sign")
    if seen.like(lambda *c: _importance(*c, whole=True)): return not_yet("whole-rows")
    if seen.like(lambda m, X, y, c: np.mean(m(X) == y) - _importance(m, X, y, c)):
        return not_yet("after")
