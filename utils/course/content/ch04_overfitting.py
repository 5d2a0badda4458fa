"Questions, guesses and exercises of chapter 04."
import numpy as np
import torch

from utils.course.writing import (attempt, calls, chapter, close, exercise, make, no, not_yet,
                                  prediction, question, right, same_set, yes)

chapter("04", "Overfitting")

prediction(
    "04.g1", "Twelve noisy points of a parabola, and through them polynomials whose highest power "
             "of x (the *degree*) is 1 to 11. For which degree is the loss on *new* points "
             "smallest?",
    low=1, high=11,
    after="The truth is a parabola. Every degree beyond that is free to follow the noise.")

prediction(
    "04.g2", "300 pictures of digits get their labels at random, and a net is trained on them. "
             "What accuracy can it reach on these same 300?",
    options=["about 0.1, as by guessing", "about 0.5", "1.0, all of them"],
    after="There is nothing to understand in these labels, so it learnt every one by heart.")

REMEDIES = ["more data", "augmentation (pictures a little turned and stretched)", "smaller net",
            "weight decay (weights held small)", "dropout (units silenced at random)",
            "best epoch kept"]
prediction(
    "04.g3", "Few pictures, a tenth of their labels shuffled. Which of these remedies, to be met "
             "in step 6, lowers the error on new pictures most?", options=REMEDIES,
    after="Five times the data beats what any trick gets out of a fifth of it. Look at the dots, "
          "too: where they overlap, one training cannot tell two remedies apart.")

question(
    "04.c1", "The curve of degree 11 has loss 0 on its twelve points. What does this tell about "
             "its answers elsewhere?",
    no("They are right, because the curve is right everywhere it was tested",
       "It was tested on nothing but what it was fitted to."),
    yes("Nothing", "Twelve free numbers can always be bent through twelve points, whatever the "
                   "points mean."),
    no("They are wrong everywhere", "Near many of its points it is not far off. The loss on its "
                                    "own points just cannot tell."))

question(
    "04.c2", "A net was trained and validated on birds photographed by day, with accuracy 0.97. It "
             "is to watch at night. How can you find out how good it will be?",
    no("Validate it on many more pictures taken by day",
       "They say more exactly how good it is by day. Degree 5, too, was fine on any number of "
       "points between −2 and 2."),
    no("Look at its training loss", "That speaks for its own pictures only, which is less still."),
    yes("Have some night pictures labelled, and validate it on these",
        "A validation set speaks only for places like its own, so it must come from where the net "
        "is going to be used."))

question(
    "04.c3", "A net has accuracy 1.0 on its training pictures. What do you know?",
    yes("That it has room enough to learn them by heart", "It reached the same on labels that mean "
                                                          "nothing."),
    no("That it has understood digits", "On shuffled labels it has 1.0 as well, and there is "
                                        "nothing to understand."),
    no("That it overfits and is useless", "A useful net often gets there too. Only other pictures "
                                          "can tell the two apart."))

question(
    "04.c4", "Validation loss has risen for ten epochs, validation accuracy still climbs a "
             "little. You are paid for accuracy. What now?",
    no("Stop at the lowest loss", "Then you give accuracy away. The loss is there for the "
                                  "machine, the metric for you."),
    yes("Train on, and watch the accuracy", "The few wrong answers are given ever more surely: the "
                                            "loss punishes this, the accuracy does not see it."),
    no("Raise the learning rate", "Nothing is stuck here. The net grows too sure of itself, and "
                                  "larger steps do not cure that."))

question(
    "04.c5", "Your net overfits. What do you try first, if you can get it?",
    no("A smaller net", "It takes away room for the truth as well, and here it did no better than "
                        "the rest."),
    no("All the remedies at once", "Then you cannot tell what helped, and some may hurt together."),
    yes("More data, or else augmentation, which makes more out of the data you have",
        "More data was far ahead of the rest. Augmentation tells the net something too: which "
        "changes do not matter. The others only hold it back."))

question(
    "04.q1", "What is *overfitting*?",
    no("Training for many epochs", "Long training may lead there, but need not."),
    yes("Learning what holds for the training data only", "Its noise, its accidents: things that "
                                                          "new data does not share."),
    no("A model with more parameters than pictures", "Such a model can overfit; many such models "
                                                     "do well."))

question(
    "04.q2", "Net A has accuracy 1.00 in training and 0.93 in validation, net B 0.90 and 0.89. "
             "Which do you use?",
    yes("A", "It is right more often on new pictures, and that is what it is for."),
    no("B, whose gap is smaller", "A gap is normal. It tells where there may be more to gain, not "
                                  "which net is better."),
    no("Neither: A overfits, and B underfits", "Perhaps both could be better still. But of these "
                                               "two one is better on new pictures."))

question(
    "04.q3", "A curve is fitted between −2 and 2 and is asked at 3. When can its answer be "
             "trusted?",
    no("When its validation loss between −2 and 2 is small", "Degree 5 had that too, and went "
                                                             "astray half a step outside."),
    no("When it passes through all its points", "Then least of all."),
    yes("When there is other evidence for it",
        "These points say nothing about 3. A law of physics may, or a measurement at 3."))

question(
    "04.q4", "You kept the epoch with the best validation accuracy. Why was the error measured on "
             "a third set?",
    yes("The validation set was used to choose, so its best number is flattered",
        "The best of many numbers is partly luck."),
    no("The validation set was too small", "A larger one would be flattered less, but still."),
    no("The validation labels were shuffled", "They were true. Only training labels were not."))

question(
    "04.q5", "Training loss and validation loss are both high and equal. What helps?",
    no("More weight decay", "It holds the net back even more."),
    no("Early stopping", "It has not learnt enough yet. Stopping earlier makes it worse."),
    yes("A larger net, or longer training", "It underfits: it lacks room or time."))

question(
    "04.q6", "What does dropout do in training?",
    no("It leaves out pictures", "All pictures are shown. Something inside the net is left out."),
    yes("It silences some hidden units at random in each step",
        "No unit can rely on one other, so learning by heart gets harder."),
    no("It takes small weights away for good", "After training all units answer, each time."))


@exercise(
    "04.1", "Where it turns", kind="warm-up", minutes=2, takes="number",
    nudge="The training loss always falls. Which of the two lists can turn?",
    lines="Find the smallest number of `valid_loss`, and its place. Places are counted from 0.",
    mistakes={"last-epoch": "There the *training* loss is smallest. Look at the other list.",
              "the-value": "That is the loss itself. At which place does it stand?",
              "from-one": "One too many: epochs are counted from 0 here."})
def _(epoch, train_loss, valid_loss):
    turn = int(np.argmin(valid_loss))
    if close(epoch, turn): return right("From there on it learns what only its own data share.")
    if close(epoch, np.argmin(train_loss)): return not_yet("last-epoch")
    if close(epoch, min(valid_loss)): return not_yet("the-value")
    if close(epoch, turn + 1): return not_yet("from-one")


@exercise(
    "04.2", "Who memorises?", kind="warm-up", minutes=3, takes="list",
    nudge="Not the height of a number tells it, but the gap between the two.",
    lines="Go through the four nets: is training much better than validation?",
    mistakes={"underfit": "A net that is poor on *both* has learnt too little, not by heart.",
              "no-gap": "A high training accuracy is no fault when validation keeps up with it.",
              "missed": "That is one of them. A net need not be perfect in training to memorise."})
def _(names):
    names = {str(n).strip().upper() for n in names}
    if same_set(names, "BD"): return right("A gap between the two is the sign.")
    if "C" in names: return not_yet("underfit")
    if "A" in names: return not_yet("no-gap")
    if names in ({"B"}, {"D"}): return not_yet("missed")


@exercise(
    "04.3", "Can points tame it?", kind="core", minutes=6, takes=("number", "yes or no"),
    nudge="Move *Points* upwards one by one and read the sentence under the picture.",
    lines="The first question is about *between them*, the second about *beyond them*, at the "
          "right end of the slider. `fit_parabola` from the lab's module gives both as numbers.",
    mistakes={"not-near": "With that many points it is still too far off between them.",
              "fewer-do": "It is near enough there, but fewer points do as well.",
              "outside": "The number is right. But read what the sentence says of the curve "
                         "*beyond* its points, with all the points there are."})
def _(points, tamed):
    from utils.labs.overfitting.parabola import fit_parabola

    def between(n): return fit_parabola("polynomial", 9, n, .5, .3, 4).between
    first = next(n for n in range(10, 61) if between(n) < .5)
    if close(points, first):
        if tamed: return not_yet("outside")
        return right("More points help where points are. Outside, nothing holds the curve.")
    if points in range(10, 61):
        return not_yet("not-near" if between(int(points)) >= .5 else "fewer-do")


def _samples():
    "Three times points and new points, with the loss of each degree on both."
    for seed in (0, 3, 7):
        rng = np.random.default_rng(seed)
        x, new_x = np.linspace(-2, 2, 14), rng.uniform(-2, 2, 100)
        truth = [lambda x: x ** 2, lambda x: x ** 3 - 2 * x, lambda x: 1 + x][seed % 3]
        y, new_y = (truth(v) + .4 * rng.normal(size=len(v)) for v in (x, new_x))
        fits = [np.polynomial.Polynomial.fit(x, y, d) for d in range(1, 11)]
        old, new = (np.array([((f(a) - b) ** 2).mean() for f in fits])
                    for a, b in ((x, y), (new_x, new_y)))
        yield (x, y, new_x, new_y), old, new


@exercise(
    "04.4", "Let new points choose", kind="core", minutes=7, takes="function",
    nudge="Fit ten curves to the points, and let the *new* points say which is nearest to them.",
    lines="A list of ten losses, `mse(fit(x, y, d)(new_x), new_y)` for d from 1 to 10, then the "
          "place of the smallest. Which degree stands at place 0?",
    mistakes={"own-points": "That is the degree that its own points like best, always the highest. "
                            "Whom should you ask?",
              "off-by-one": "Nearly: at place 0 of your list stands degree 1.",
              "the-loss": "That is the smallest loss. Which degree has it?"})
def _(f):
    cases = list(_samples())
    by_args = {a[1].tobytes(): (old, new) for a, old, new in cases}
    seen = calls(f, [(args, int(new.argmin()) + 1) for args, _, new in cases])
    if seen.right: return right("Chosen by points it never saw.")

    def of(which, pick): return lambda x, y, *_: pick(by_args[y.tobytes()][which])
    if seen.like(of(0, lambda v: int(v.argmin()) + 1)): return not_yet("own-points")
    if seen.like(of(1, lambda v: int(v.argmin()))): return not_yet("off-by-one")
    if seen.like(of(1, lambda v: v.min())): return not_yet("the-loss")


def _stop(losses, patience, reset=True, previous=False):
    best, wait = float("inf"), 0
    for epoch, loss in enumerate(losses):
        if loss < best: wait = 0 if reset else wait
        else: wait += 1
        best = loss if previous else min(best, loss)
        if wait == patience: return epoch
    return len(losses) - 1


@exercise(
    "04.5", "When to stop", kind="core", minutes=7, takes="function",
    nudge="Go through the losses and keep two things: the best so far, and how long ago it was.",
    lines="Better than the best: it is the new best, and the count starts at 0 again. Otherwise "
          "the count grows by 1; when it reaches `patience`, return the epoch.",
    mistakes={"no-reset": "You count all epochs that were no better. Only those *in a row* count.",
              "previous": "You compare with the epoch before. Compare with the best so far.",
              "best-epoch": "That is the epoch with the best loss. At which epoch is it noticed?"})
def _(f):
    lists = [[5., 4, 3, 3.5, 3.6, 3.7, 3.8], [5., 6, 4, 5, 3, 4, 2, 3, 1, 1.5, 1.4, 1.3],
             [3., 2, 1, .5], [1., 3, 2, 1.5, .9, .8]]
    cases = [((ls, p), _stop(ls, p)) for ls in lists for p in (1, 2, 3)]
    seen = calls(f, cases)
    if seen.right: return right("Patience, counted from the best.")
    if seen.like(lambda ls, p: _stop(ls, p, reset=False)): return not_yet("no-reset")
    if seen.like(lambda ls, p: _stop(ls, p, previous=True)): return not_yet("previous")
    if seen.like(lambda ls, p: int(np.argmin(ls))): return not_yet("best-epoch")


@exercise(
    "04.6", "Two columns disagree", kind="core", minutes=4, takes=("number", "yes or no"),
    nudge="Which of the two columns is for people? What does *better* mean for it?",
    lines="The error rate is smallest at one epoch: that is the one to keep. Did this column get "
          "worse towards the end?",
    mistakes={"by-loss": "There the *loss* is smallest. The metric goes on getting better.",
              "largest": "This is an error rate: small is good.",
              "worry": "The epoch is right. But does anything that people care about get worse?"})
def _(keep, worry, valid_loss, error):
    if close(keep, np.argmin(error)):
        return not_yet("worry") if worry else right("The loss may rise; the metric decides.")
    if close(keep, np.argmin(valid_loss)): return not_yet("by-loss")
    if close(keep, np.argmax(error)): return not_yet("largest")


@exercise(
    "04.7", "The shuffle test", kind="core", minutes=8, takes="function",
    nudge="Choose the places first, then shuffle the labels that stand at these places.",
    lines="`places = torch.randperm(n)[:k]` are k random places, and `torch.randperm(k)` an order "
          "for them. Work on `labels.clone()`.",
    mistakes={"in-place": "The labels that were handed in have changed. Work on a copy.",
              "all": "More labels moved than the share allows.",
              "redrawn": "Now some digits are more frequent than before. Labels should change "
                         "places, not be drawn anew.",
              "none": "No label has moved.",
              "one-end": "All the labels that moved stand together at one end. The places "
                         "should be anywhere."})
def _(f):
    labels = torch.arange(200) % 10
    given = labels.clone()
    tried = attempt(f, given, .4)
    if tried.error or tried.value is None: return
    if not torch.equal(given, labels): return not_yet("in-place")
    new = torch.as_tensor(tried.value)
    if new.shape != labels.shape: return
    whole = attempt(f, given, 1.).value
    moved = int((new != labels).sum())
    if moved > 80: return not_yet("all")
    if not torch.equal(new.bincount(minlength=10), labels.bincount()): return not_yet("redrawn")
    if not moved: return not_yet("none")
    where = torch.nonzero(new != labels)
    if where.max() < 80 or where.min() >= 120: return not_yet("one-end")
    if moved > 40 and int((torch.as_tensor(whole) != labels).sum()) > 120:
        return right("The counts stay, the meaning goes: a net that learns these learns by heart.")


def _trained_with(keeper):
    "The one weight that is left after six epochs: it grows by 1 in each, and is best at 4."
    from utils.learner import Learner
    from utils.loaders import DataLoader, DataLoaders
    from utils.optimizer import SGD

    class Line(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.zeros(1))

        def forward(self, x): return x * self.w

    def loss(pred, y): return torch.where(y == 0, -pred, (pred - 2) ** 2).mean()
    def score(pred, y): return -((pred - 4) ** 2).mean()
    one = torch.ones(1)
    dls = DataLoaders(DataLoader([(one, 0 * one)], 1), DataLoader([(one, one)], 1))
    learn = Learner(dls, Line(), loss, SGD, lr=1., metrics=score)
    with learn.no_bar(): learn.fit(6, cbs=keeper)
    return learn.model.w.item()


@exercise(
    "04.8", "Keep the best", kind="stretch", minutes=12, takes="class",
    nudge="The last column of the newest row is the metric. When it is the best so far, remember "
          "it, and the weights as they are now.",
    lines="`after_epoch`: `now = self.recorder.values[-1][-1]`, compare, then "
          "`copy.deepcopy(self.model.state_dict())`. `after_fit`: `self.model.load_state_dict(…)`.",
    mistakes={"last-weights": "At the end stand the weights of the last epoch. Are they loaded "
                              "back? And is what you kept a copy? `state_dict()` hands out the "
                              "living weights, which train on.",
              "worst": "You keep the epoch with the smallest metric. Here large is good.",
              "by-loss": "You watch the validation loss. Asked for is the metric, the last "
                         "column."})
def _(answer):
    tried = attempt(lambda: _trained_with(make(answer)))
    if tried.error or not isinstance(tried.value, float): return
    if close(tried.value, 4): return right("Your own SaveModelCallback, without a file.")
    if close(tried.value, 6): return not_yet("last-weights")
    if close(tried.value, 1): return not_yet("worst")
    if close(tried.value, 2): return not_yet("by-loss")
