"Questions, guesses and exercises of chapter 10."
import json
import struct
from types import SimpleNamespace

import numpy as np
import torch

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, same_set, yes)

chapter("10", "From notebook to app")

prediction(
    "10.g1", "A notebook with `print(name)` becomes a page; the page does not show the code. Does "
             "a visitor see what `name` holds?",
    options=["no, the code is gone", "yes, it is part of the page", "only if they ask for it"],
    after="The code is taken out, what it shows is not. That is what the page is for.")

prediction(
    "10.g2", "A net tells drawn cats from dogs and is right for 95 of 100 pictures. Then over half "
             "of the light goes, and it is right as often as a coin. How sure is it on average? "
             "(0.5 would mean: it does not know.)",
    options=["about 0.5", "about 0.7", "about 0.9"],
    after="It was never taught to doubt. Its probability says how it weighs the two classes, not "
          "whether it has seen such pictures.")

question(
    "10.c1", "A colleague opens your file on a machine that has never seen a bear. What does she "
             "need besides the file?",
    no("The training pictures", "They have done their work: what was learnt of them is in the "
                                "weights."),
    no("The notebook that trained the model", "`load_learner` builds the same model from the names "
                                              "in the header."),
    yes("The course's package `utils`, and a picture", "The file holds names and numbers. What the "
                                                        "names mean is in the package."))

question(
    "10.c2", "You press *Classify* twice for the same picture. Why are there not two pictures?",
    yes("The callback clears the output first", "`clear_output`, then `display`. Without the "
                                                "first, each press would add a picture."),
    no("An `Output` holds one thing", "It holds as many as are displayed in it, one below the "
                                      "other."),
    no("The second press is ignored", "Each press calls the function. Count them, if you like."))

question(
    "10.c3", "Two visitors open the page at once, each with a picture. What does Voila do?",
    no("Both share one kernel, so one sees the other's picture", "Then a page would be a shared "
                                                                "room. Each visit has its own "
                                                                "kernel."),
    yes("It runs the notebook twice, in two kernels", "So each has a model in memory of its own. "
                                                      "A hundred visitors need a hundred times "
                                                      "the memory."),
    no("It sends the code to both browsers", "Nothing of it leaves the machine that serves. The "
                                             "browser draws widgets and reports presses."))

question(
    "10.c4", "An alarm that watches brightness goes off in 8 % of the unchanged batches. You get "
             "ten batches a day. What will you do?",
    no("Trust it: 92 % of its alarms are right", "The 8 % are of *unchanged* batches. If nothing "
                                                 "ever changes, all alarms are false."),
    no("Nothing, for 8 % is little", "With ten batches a day that is an alarm almost daily. After "
                                     "a week nobody looks."),
    yes("Raise the threshold, and make the batches larger", "A higher threshold cries less and "
                                                            "misses more. Larger batches make up "
                                                            "for that: their mean wobbles less, "
                                                            "though it comes later."))

question(
    "10.q1", "Why is an export of this course no pickle?",
    no("Pickles are larger", "They are about as large. Size is not the trouble."),
    yes("Opening a pickle can run any code", "Whoever sends you a model would then be at home on "
                                             "your machine."),
    no("Pickles cannot hold weights", "They can, and often do."))

question(
    "10.q2", "What is a callback?",
    yes("A function that is called later, when something happens", "You hand it over by its name, "
                                                                    "without brackets."),
    no("A function that calls itself", "That is recursion."),
    no("The answer of a model", "The answer is what the callback writes into the label."))

question(
    "10.q3", "`btn_run.on_click(on_click_classify(btn_run))`, with brackets. What happens?",
    no("The same: brackets do not matter", "With brackets the function is called now, once, and "
                                           "what it returns is handed over."),
    no("Each press classifies twice", "It would not even classify once at a press."),
    yes("It is called at once, and not at a press", "It classifies while the line runs. What it "
                                                    "returns, `None`, is handed over, and no "
                                                    "press can call that. Hand over the "
                                                    "function itself."))

question(
    "10.q4", "Which of these stays on your machine when Voila serves your folder with its usual "
             "settings?",
    no("A photograph in the folder", "Whoever guesses its name gets it."),
    yes("The comments in the code", "As long as no traceback quotes them."),
    no("What a cell prints", "Outputs are the page."))

question(
    "10.q5", "What can an alarm without labels not tell?",
    yes("How often the model is right today", "It tells that something is unlike before. For the "
                                              "accuracy somebody must look at answers."),
    no("That the pictures became darker", "Their mean brightness says it at once."),
    no("That the model became less sure", "Its confidences are at hand, with no label at all."))

question(
    "10.q6", "In which step can a wrong answer of the model do no harm?",
    no("Limited scope, with supervision", "It acts there, in one place; a person can overrule it."),
    no("Gradual expansion", "There it acts in more and more places."),
    yes("Manual process", "Its answers are only written down and compared."))


@exercise(
    "10.1", "What travels?", kind="warm-up", minutes=3, takes="list",
    nudge="What must somebody know who wants an answer for one new picture?",
    lines="Look for `vocab`, `size`, `mean` and `std` in the printed header. The numbers come "
          "behind it.",
    mistakes={"training": "That was needed for training only, and stayed at home.",
              "code": "The header holds the *name* of the architecture. What it means is in the "
                      "package.",
              "weights-only": "Weights alone give three numbers per picture. Which is the teddy's, "
                              "and how was the picture prepared?"})
def _(inside):
    said = {str(n) for n in inside}
    needed = {"weights", "class names", "picture size", "mean and standard deviation"}
    if said == needed: return right("Exactly what a stranger needs for one new picture.")
    if said & {"training pictures", "optimiser"}: return not_yet("training")
    if "Python code" in said: return not_yet("code")
    if said == {"weights"}: return not_yet("weights-only")


@exercise(
    "10.2", "What leaks?", kind="warm-up", minutes=4, takes="list",
    nudge="Voila goes by the end of the name. Which four ends does it hand out?",
    lines="Names that end in `.png`, `.jpg`, `.gif` or `.svg`, whatever they show.",
    mistakes={"harmless": "You left out what looks private. Voila does not look at pictures, only "
                          "at names.",
              "everything": "Notebooks and code are refused. So is whatever is not on the list.",
              "drawing": "An `.svg` is a picture too, though it is text inside."})
def _(leaked):
    said = {str(n) for n in leaked}
    pictures = {"logo.png", "passport_scan.jpg", "floor_plan.svg"}
    if said == pictures: return right("The scan of a passport too. Keep it elsewhere.")
    if said - pictures: return not_yet("everything")
    if said == pictures - {"floor_plan.svg"}: return not_yet("drawing")
    if "passport_scan.jpg" not in said and said: return not_yet("harmless")


def _upload(*texts): return [SimpleNamespace(content=memoryview(t.encode())) for t in texts]


@exercise(
    "10.3", "The newest upload", kind="core", minutes=5, takes="function",
    nudge="Two cases: there is no file yet; there is one or more.",
    lines="`if not value: return None`; otherwise `value[-1].content.tobytes()`.",
    mistakes={"first": "That is the first file. Whoever chooses again means the last one.",
              "empty": "With no file yet it fails, or returns something that is no `None`. On the "
                       "page, the button would seem dead.",
              "view": "That is a memoryview, a window on the bytes. `.tobytes()` copies them out."})
def _(f):
    values = [_upload("one"), _upload("one", "two"), _upload("a", "b", "c")]
    got = [attempt(f, v).value for v in values]
    nothing = attempt(f, ())
    wanted = [v[-1].content.tobytes() for v in values]
    if all(isinstance(g, memoryview) for g in got): return not_yet("view")
    if all(type(g) is bytes for g in got):
        if got == wanted:
            if nothing.error is None and nothing.value is None:
                return right("A page must expect that nothing was chosen.")
            return not_yet("empty")
        if got == [v[0].content.tobytes() for v in values]: return not_yet("first")


def _file(vocab, junk):
    "The bytes of an exported file with these classes."
    dls = dict(blocks=[dict(name="ImageBlock"), dict(name="CategoryBlock", vocab=vocab)])
    header = {"__metadata__": {"companion": json.dumps(dict(version=1, dls=dls))},
              "w": dict(dtype="U8", shape=[len(junk)], data_offsets=[0, len(junk)])}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + junk


FILES = [_file(v, j) for v, j in ((["x", "y"], b"\x93\x00}"), (["ant", "bee", "cat"], b"\xff" * 40),
                                  (["one"] * 40, b"\xfe\x01"))]


@exercise(
    "10.4", "What is in this file?", kind="core", minutes=7, takes="function",
    nudge="Three steps: the length, the header, and in the header a text that is JSON itself.",
    lines="`int.from_bytes(raw[:8], 'little')`; `json.loads(raw[8:8 + length])`; then once more "
          "`json.loads` of `['__metadata__']['companion']`. The names are where step 1 found them.",
    mistakes={"big": "Those eight bytes are read from the wrong end: 'little' means that the "
                     "smallest comes first.",
              "header": "That is the header as it is. Where in it are the names?",
              "joined": "The names should come as a list, each a text of its own."})
def _(f):
    from utils.course.writing import same_list
    wanted = [json.loads(json.loads(r[8:8 + struct.unpack("<Q", r[:8])[0]])
                         ["__metadata__"]["companion"])["dls"]["blocks"][1]["vocab"] for r in FILES]
    seen = [attempt(f, r) for r in FILES]
    got = [s.value for s in seen]
    if all(isinstance(g, (list, tuple)) and same_list(g, w) for g, w in zip(got, wanted)):
        return right("No model was needed for that: a header is read before anything is trusted.")
    if all(isinstance(g, dict) for g in got): return not_yet("header")
    if all(isinstance(g, str) for g in got): return not_yet("joined")
    if all(isinstance(s.error, (ValueError, OverflowError)) for s in seen) and \
            all(attempt(f, r[:8][::-1] + r[8:]).error is None for r in FILES):
        return not_yet("big")


PROBS = [([.05, .93, .02], ["black", "grizzly", "teddy"]), ([.4, .35, .25], ["a", "b", "c"]),
         ([.7, .3], ["cat", "dog"]), ([.1, .15, .75], ["x", "y", "z"]), ([.31, .69], ["u", "v"])]


def _line(probs, vocab, least=.7, first=False, percent=False, always=False):
    best = 0 if first else int(torch.as_tensor(probs).argmax())
    p = float(probs[best])
    if p < least and not always: return "not sure"
    return f"{vocab[best]} ({100 * p:.0f} %)" if percent else f"{vocab[best]} ({p:.2f})"


@exercise(
    "10.5", "A page that may doubt", kind="core", minutes=6, takes="function",
    nudge="First find which probability is largest, then ask whether it is large enough.",
    lines="`best = int(probs.argmax())`; `if probs[best] < least: return 'not sure'`; `:.2f` gives "
          "two digits.",
    mistakes={"never-doubts": "It never says `not sure`.",
              "percent": "The probability should stand there as a fraction with two digits.",
              "fixed": "It does not look at `least`: with another one the answers must change."})
def _(f):
    def tidy(probs, vocab, **kw): return f(torch.tensor(probs, dtype=torch.double), vocab, **kw)
    got = [attempt(tidy, *c).value for c in PROBS]
    strict = [attempt(tidy, *c, least=.9).value for c in PROBS]

    def like(**kw): return got == [_line(*c, **kw) for c in PROBS]
    if like():
        if strict == [_line(*c, least=.9) for c in PROBS]:
            return right("Where to put `least` is a question for chapter 06: what does a wrong "
                         "answer cost, what none?")
        return not_yet("fixed")
    if like(always=True): return not_yet("never-doubts")
    if like(percent=True): return not_yet("percent")


def _alarm(usual, batch, k=3, n=True, both=True, own=False):
    usual, batch = np.asarray(usual, float), np.asarray(batch, float)
    error = (batch if own else usual).std() / (len(batch) ** .5 if n else 1)
    gap = batch.mean() - usual.mean()
    return bool((abs(gap) if both else gap) > k * error)


def _batches():
    rng = np.random.default_rng(3)
    usual = rng.normal(.6, .1, 200)
    cases = [(usual, rng.normal(m, s, size), k) for m in (.35, .5, .56, .6, .64, .7, .9)
             for s, size in ((.1, 4), (.02, 16), (.2, 64)) for k in (1.5, 3)]
    return cases


@exercise(
    "10.6", "An alarm", kind="core", minutes=8, takes="function",
    nudge="One distance and one unit: how far apart are the means, and how large is a standard "
          "error?",
    lines="`np.std(usual) / len(batch) ** .5` is the standard error; `abs` of the difference of "
          "the means, compared with `k` of them.",
    mistakes={"no-root": "A mean of n pictures wobbles less than one picture: where is the √n?",
              "one-side": "It hears only one side. Night makes pictures darker, snow makes them "
                          "brighter.",
              "own": "You measured today's batch by its own spread. What is usual comes from "
                     "`usual`."})
def _(f):
    seen = calls(lambda u, b, k: float(bool(f(u.copy(), b.copy(), k))),
                 [(c, float(_alarm(*c))) for c in _batches()])
    if seen.right: return right("The lab's alarm is this one.")
    if seen.like(lambda *c: float(_alarm(*c, n=False))): return not_yet("no-root")
    for sign in (1, -1):
        if seen.like(lambda u, b, k: float(_alarm(sign * u, sign * b, k, both=False))):
            return not_yet("one-side")
    if seen.like(lambda *c: float(_alarm(*c, own=True))): return not_yet("own")


@exercise(
    "10.7", "Let it out carefully", kind="stretch", minutes=12, takes="anything",
    nudge="For each letter: who decides, and how many animals could be harmed before somebody "
          "notices?",
    lines="Nobody acts on the answers: manual. One door and a keeper: limited. More doors and "
          "reports: wider. What cannot be overruled or feeds on itself: never. Then count how "
          "often keepers err among 200.",
    mistakes={"all-at-once": "One letter changes everything at once and waits for complaints. That "
                             "is no step.",
              "feeds-itself": "One letter trains on its own answers: its errors would become its "
                              "truth, as in a feedback loop.",
              "acts-too-soon": "In the first step nobody acts on the model's answers.",
              "stop": "The steps are right. For the number: the keepers' share of errors, of 200 "
                      "animals."})
def _(plan):
    if not isinstance(plan, dict): return
    wanted = dict(manual="d", limited="ac", wider="e", never="bf")

    def has(key, letters): return same_set([str(v) for v in plan.get(key, ())], list(letters))
    if all(has(k, v) for k, v in wanted.items()):
        if close(plan.get("stop_above"), 4):
            return right("Each step has a person who notices, and a number that stops it.")
        return not_yet("stop")
    allowed = {k: {str(v) for v in plan.get(k, ())} for k in ("manual", "limited", "wider")}
    if any("b" in v for v in allowed.values()): return not_yet("all-at-once")
    if any("f" in v for v in allowed.values()): return not_yet("feeds-itself")
    if allowed["manual"] & set("ace"): return not_yet("acts-too-soon")
