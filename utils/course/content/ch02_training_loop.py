"Questions, guesses and exercises of chapter 02."
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn, tensor

from utils.callbacks import Callback
from utils.course.writing import (attempt, calls, chapter, close, exercise, make, no, not_yet,
                                  prediction, question, right, yes)
from utils.learner import Learner
from utils.optimizer import SGD

chapter("02", "The training loop")

prediction(
    "02.g1", "A net learns from 1,438 pictures, 64 at a time. How many times are its parameters "
             "changed while it sees every picture once?",
    low=1, high=100_000, unit="times",
    after="One change for each batch, not for each picture: 22 batches of 64, and a short last "
          "one of 30. (A `DataBlock`, like fastai, leaves the short one out: then it is 22.)")

prediction(
    "02.g2", "With a learning rate of 0.05 the marble needs about 150 steps to the bottom of its "
             "valley. How many with 0.5, ten times as much?",
    options=["about 15", "about 150 again", "none: it never gets there"],
    after="A step of ten times the length does not only go faster along the valley, it also leaps "
          "across it, and lands higher up on the other side.")

# ---- checkpoints

question(
    "02.c1", "A net has 30 hidden units with ReLUs and one input. What can its curve look like?",
    no("One smooth arc", "Nothing in it is curved: each ReLU is made of two straight pieces."),
    yes("At most 31 straight pieces, joined at bends", "Each ReLU adds one bend, at a place that "
                                                       "is learned."),
    no("30 separate lines", "They are added up, so there is one curve; what is many is its bends."))

question(
    "02.c2", "At some place the slope of the loss for parameter a is −2.2. What does a step do?",
    no("It makes a smaller, because the slope is negative",
       "That would be uphill: a negative slope says that the loss falls as a *grows*."),
    yes("It makes a larger", "A step goes *against* the slope: minus a negative number is plus."),
    no("It makes the loss 2.2 smaller", "A slope is a rate, loss per unit of a. How far to go is "
                                        "decided by the learning rate."))

question(
    "02.c3", "In the nine lines, `opt.zero_grad()` is forgotten. What happens?",
    no("An error is raised", "It is quite legal; that is why this mistake is found so late."),
    no("Nothing, each `backward()` starts afresh", "It does not: torch *adds* new slopes to those "
                                                   "that are there."),
    yes("Each step follows the sum of all gradients so far", "Old slopes, measured at places long "
                                                             "left behind, keep on pushing."))

question(
    "02.c4", "The batch size is doubled, all else stays. What changes within one epoch?",
    no("Each picture is seen twice", "An epoch shows each picture once, in whatever portions."),
    yes("There are half as many steps", "Fewer, larger portions, and one step for each portion."),
    no("The model learns twice as much", "It sees the same pictures, and changes half as often."))

question(
    "02.c5", "Why is the accuracy not used as the loss?",
    no("It is too slow to compute", "Counting is quick. The trouble is its slope."),
    no("It grows when the model gets better, and a loss must fall",
       "The error rate falls, and is no better: turning it round does not give it a slope."),
    yes("Its slope is 0 almost everywhere", "A small change of a parameter moves no answer across "
                                            "the line, so nothing says which way to go."))

# ---- quiz

question(
    "02.q1", "Which of these does training change?",
    no("The architecture", "It says which sums are made. It is chosen before and stays."),
    yes("The parameters", "The numbers in those sums, and nothing else."),
    no("The labels", "They are given: the loss compares the predictions with them."),
    no("The learning rate, by following its slope", "No slope is computed for it. A schedule may "
                                                    "change it, by a curve fixed beforehand."))

question(
    "02.q2", "What is a gradient?",
    yes("One slope for each parameter: how the loss changes with it",
        "Two slopes for a line, a few thousand for a small net; the idea is the same."),
    no("The step that the parameters take", "The step is made *from* it: minus the learning rate "
                                            "times the gradient."),
    no("The difference between prediction and label", "That is the miss. The gradient says what "
                                                      "each parameter has to do with it."))

question(
    "02.q3", "1,000 pictures, batches of 300, nothing is left out. How many steps does "
             "an epoch have?",
    no("3", "Three full batches use 900. What about the last 100?"),
    no("300", "That is how many pictures one batch holds."),
    yes("4", "Three of 300, and a short one of 100."))

question(
    "02.q4", "The loss jumps up and down, then becomes `nan`. What do you try first?",
    no("More epochs", "From `nan` no step leads back: every number made with it is `nan`."),
    yes("A lower learning rate", "Steps that leap across the valley are the usual cause."),
    no("A larger net", "It would leap just as far."))

question(
    "02.q5", "From one epoch to the next the loss falls, and the accuracy is the same. "
             "Is something broken?",
    no("Yes, both must move together", "Accuracy moves only when an answer crosses the line."),
    no("Yes, the metric is not connected to the model", "It is computed from the same predictions; "
                                                        "it only looks at them more coarsely."),
    yes("No: answers became surer without changing sides", "The loss feels that, accuracy "
                                                           "cannot."))

question(
    "02.q6", "What does momentum do?",
    yes("It lets a step keep part of the one before", "Slopes that agree add up, slopes that "
                                                      "alternate cancel."),
    no("It raises the learning rate from step to step", "That is a schedule. Momentum works with "
                                                        "a constant rate too."),
    no("It makes every step equally long", "Steps grow where slopes agree and shrink where they "
                                           "do not."))

question(
    "02.q7", "Where does your code go if it is to run after every loss, in every "
             "training?",
    no("Into a copy of `Learner`, changed", "It works, until the next wish, and the next copy."),
    no("Around `learn.fit(1)`, in a loop", "There you are between epochs; hundreds of losses went "
                                           "by inside."),
    yes("Into a callback, as `after_loss`", "The loop calls it at that moment, and stays as it "
                                            "is."))


# ---- exercises

@exercise(
    "02.1", "Count the steps", kind="warm-up", minutes=2, takes="number",
    nudge="First one epoch: how many batches does it take until every picture was used?",
    lines="`math.ceil(pictures / batch_size)` rounds up, for a short last batch. Then the epochs.",
    mistakes={"last-batch": "Nearly: each epoch ends with a short batch, and it makes a step too.",
              "one-epoch": "That is one epoch. There are five.",
              "pictures": "That counts pictures. The parameters change once for a whole batch."})
def _(answer):
    if close(answer, 75): return right("Fifteen batches an epoch, the last of only 38 pictures.")
    if close(answer, 70) or close(answer, 71.9, tol=.02): return not_yet("last-batch")
    if close(answer, 15): return not_yet("one-epoch")
    if close(answer, 7190): return not_yet("pictures")


def relu(x): return x.clamp(min=0)


HATS = [((tensor([-1., 0., .25, .5, 1., 1.25, 1.5, 2., 2.5, 4.]),),
         tensor([0., 0., .25, .5, 1., .75, .5, 0., 0., 0.]))]


@exercise(
    "02.2", "A hat of three ReLUs", kind="warm-up", minutes=5, takes="function",
    nudge="Go along the picture from left to right. At each bend one ReLU begins, and changes the "
          "slope by its factor.",
    lines="The slopes of the pieces are 0, 1, −1, 0. Which change is needed at 0, at 1 and at 2?",
    mistakes={"stays-up": "It rises well, and then stays up like the ramp above. After the top the "
                          "slope must be −1, not 0: what must the second factor be?",
              "falls-on": "Two pieces are right, but the curve falls on below zero. One more ReLU "
                          "makes it flat again.",
              "sunk": "The bends are in the right places. But what is the height far to the left, "
                      "where no ReLU has begun yet?"})
def _(f):
    seen = calls(f, HATS)
    if seen.right: return right("Three changes of slope: +1, −2, +1.")
    if seen.like(lambda x: relu(x) - relu(x - 1)): return not_yet("stays-up")
    if seen.like(lambda x: relu(x) - 2 * relu(x - 1)): return not_yet("falls-on")
    got = seen.got[0] if seen.got else None
    if isinstance(got, torch.Tensor) and got.shape == (10,) and close(got - got[0], HATS[0][1]):
        return not_yet("sunk")


def _batches():
    g = torch.Generator().manual_seed(2)
    xs = torch.randn(4, 8, 3, generator=g)
    return [(x, x @ tensor([[1.], [-2.], [.5]]) + .3) for x in xs]


def _reference(model, epochs, zero=True, uphill=False):
    opt = SGD(model.parameters(), lr=.05)
    for _ in range(epochs):
        for xb, yb in _batches():
            loss = F.mse_loss(model(xb), yb)
            (-loss if uphill else loss).backward()
            opt.step()
            if zero: opt.zero_grad()
    return model


def _small():
    model = nn.Linear(3, 1)
    with torch.no_grad():
        for p in model.parameters(): p.fill_(.1)
    return model


def _same(a, b): return all(close(p, q, 1e-6) for p, q in zip(a.parameters(), b.parameters()))


@exercise(
    "02.3", "Finish the loop", kind="core", minutes=8, takes="function",
    nudge="Say the four parts aloud: predict, loss, gradient, step. And one line so that the next "
          "gradient starts from nothing.",
    lines="`loss_func(model(xb), yb).backward()`, then two calls of `opt`: first `step`, then "
          "`zero_grad`.",
    mistakes={"no-zero": "The weights move, but each step follows the sum of all gradients so far. "
                         "Which line is missing?",
              "unchanged": "After the training the weights are what they were. Is there a "
                           "`backward`, then a `step`, and are the gradients still there when it "
                           "comes?",
              "one-epoch": "One round is right. It should go over all batches `epochs` times.",
              "uphill": "The weights moved the wrong way. Leave the sign to `opt`."})
def _(train):
    model = _small()
    opt = SGD(model.parameters(), lr=.05)
    ran = attempt(train, model, _batches(), F.mse_loss, opt, 3)
    if ran.error: return None
    if _same(model, _reference(_small(), 3)): return right("The same weights as torch's own lines.")
    if _same(model, _small()): return not_yet("unchanged")
    if _same(model, _reference(_small(), 3, zero=False)): return not_yet("no-zero")
    if _same(model, _reference(_small(), 1)): return not_yet("one-epoch")
    if _same(model, _reference(_small(), 3, uphill=True)): return not_yet("uphill")


class _Count(Callback):
    order = -100

    def __init__(self): self.n = 0

    def after_pred(self): self.n += self.training


def _trained_with(answer, ill):
    "Two epochs of six batches, the fourth with a `nan` in it if `ill`."
    xs = torch.linspace(-1, 1, 24).reshape(6, 4, 1)
    if ill: xs[3, 0] = float('nan')
    batches, count = [(x, 2 * torch.linspace(-1, 1, 4)[:, None]) for x in xs], _Count()
    torch_state = torch.random.get_rng_state()
    learn = Learner(SimpleNamespace(train=batches, valid=[], device=torch.device('cpu')),
                    nn.Linear(1, 1), F.mse_loss, opt_func=SGD, lr=.01)
    torch.random.set_rng_state(torch_state)

    def fit():
        with learn.no_bar(): learn.fit(2, cbs=[count, make(answer)])
    return learn, count, attempt(fit)


@exercise(
    "02.4", "Stop at nan", kind="core", minutes=8, takes="class",
    nudge="When is the loss known, and the step not yet made? That is the event to write.",
    lines="`torch.isfinite(self.loss)` tells a number from `nan` and infinity. "
          "`raise CancelFitException` ends the training in good order.",
    mistakes={"never": "The training went through to its end. Note that `nan == nan` is False: "
                       "nothing equals `nan`, not even itself.",
              "too-late": "It stops, but the step with the bad loss has been made, and the weights "
                          "are `nan` for good. Which event comes before the step?",
              "skips": "It leaves out the bad batch and goes on. Here the whole training is to "
                       "end.",
              "healthy": "It stops a healthy training too. Look at the condition.",
              "raises": "It stops with an error. One of the three Cancel exceptions ends the "
                        "training quietly, so that the rest can still be cleaned up."})
def _(answer):
    learn, count, ran = _trained_with(answer, ill=True)
    if ran.error:
        return not_yet("raises") if count.n == 4 else None
    finite = all(torch.isfinite(p).all() for p in learn.model.parameters())
    healthy = _trained_with(answer, ill=False)
    if healthy[2].error: return None
    if healthy[1].n < 12: return not_yet("healthy")
    if count.n == 12: return not_yet("skips" if finite else "never")
    if not finite: return not_yet("too-late")
    if count.n == 4: return right("It stops before the step, so the weights are still good.")


LABELS = [1, 1, 1, 0, 0, 0]


def _judged(ps):
    "Accuracy and loss of six probabilities."
    p, y = tensor(ps, dtype=torch.float64), tensor(LABELS)
    sure = torch.where(y == 1, p, 1 - p)
    return float((sure > .5).double().mean()), float(-sure.log().mean())


@exercise(
    "02.5", "Same accuracy, other loss", kind="core", minutes=5, takes=("list", "list"),
    nudge="Accuracy asks only on which side of 0.5 a prediction is. So stay on the same sides, and "
          "change how sure the model is.",
    lines="Begin with two equal lists of six. What makes the loss large is a wrong answer given "
          "with great certainty, 0.95 for a dog, say.",
    mistakes={"not-six": "Six numbers are needed in each list, one for each picture.",
              "not-probabilities": "A probability lies between 0 and 1; leave out the ends, where "
                                   "the loss of a mistake is infinite.",
              "accuracy": "The two do not have the same accuracy. In one of them a prediction has "
                          "changed sides.",
              "too-close": "The accuracy is the same, and the losses are still too close: the "
                           "second must be at least twice the first.",
              "other-way": "You have it, the other way round: `second` is to have the larger "
                           "loss."})
def _(first, second):
    both = [first, second]
    if any(len(ps) != 6 for ps in both): return not_yet("not-six")
    numbers = [p for ps in both for p in ps]
    if any(isinstance(p, bool) or not isinstance(p, (int, float)) for p in numbers): return None
    if any(not 0 < p < 1 for p in numbers): return not_yet("not-probabilities")
    (acc1, loss1), (acc2, loss2) = _judged(first), _judged(second)
    if not close(acc1, acc2): return not_yet("accuracy")
    if loss2 >= 2 * loss1: return right("One judge counts, the other weighs.")
    return not_yet("other-way" if loss1 >= 2 * loss2 else "too-close")


SCORES = tensor([[.1, .7, .2], [.5, .4, .1], [.3, .1, .6], [.2, .3, .5], [.6, .3, .1]])
TOP2 = [((SCORES, tensor([1, 1, 1, 0, 2])), 2 / 5), ((SCORES[:2], tensor([2, 2])), 1 / 2),
        ((SCORES, tensor([1, 0, 2, 2, 0])), 1.), ((SCORES[3:], tensor([0, 2])), 0.),
        ((tensor([[4., -1, 2, 0], [1, 2, 3, 4]]), tensor([2, 1])), 1 / 2)]


@exercise(
    "02.6", "A metric of your own", kind="core", minutes=6, takes="function",
    nudge="`accuracy` asks whether the highest score is at the right class. Here the two highest "
          "may speak.",
    lines="`preds.topk(2).indices` is (n, 2); `targs[:, None]` is (n, 1). Compare, then `any` over "
          "the columns, then the mean.",
    mistakes={"top-1": "That is accuracy: it looks only at the highest score.",
              "second": "That looks only at the second highest. The highest counts as well.",
              "count": "That is how many are right. A metric here is a fraction: divide by how "
                       "many there are.",
              "half": "The mean runs over both columns, so each hit counts as a half. First ask, "
                      "for each row, whether `any` of the two is right."})
def _(f):
    seen = calls(f, TOP2)

    def hits(p, t): return p.topk(2).indices == t[:, None]
    if seen.right: return right("Give it to a Learner as `metrics=top2`, and it has its column.")
    if seen.like(lambda p, t: hits(p, t)[:, 0].float().mean()): return not_yet("top-1")
    if seen.like(lambda p, t: hits(p, t)[:, 1].float().mean()): return not_yet("second")
    if seen.like(lambda p, t: hits(p, t).any(1).sum()): return not_yet("count")
    if seen.like(lambda p, t: hits(p, t).float().mean()): return not_yet("half")


def _rolled(step, lr, mom):
    "Places on the bowl 2·p² when `step` makes the steps."
    p, v, places = 1., 0., []
    for _ in range(8):
        p, v = step(p, v, 4 * p, lr, mom)
        places.append(float(p))
    return places


@exercise(
    "02.7", "Momentum", kind="stretch", minutes=10, takes="function",
    nudge="Two lines: first the new speed, from the old one and the slope; then the new place, "
          "from the new speed.",
    lines="The speed is `mom * v + grad`; the place loses `lr` times the speed. Return both.",
    mistakes={"no-memory": "It goes downhill, but without memory: the old speed `v` must have its "
                           "part in the new one.",
              "averaged": "That is an average: the slope counts only `1 − mom`. torch's SGD, and "
                          "this exercise, add the whole slope.",
              "uphill": "It climbs. A step goes against the slope.",
              "old-speed": "The place moves with the *old* speed, so it is always a step behind. "
                           "Use the new one."})
def _(f):
    ran = attempt(_rolled, f, .1, .8)
    if ran.error: return None

    def like(step): return close(ran.value, _rolled(step, .1, .8), 1e-6)
    if like(lambda p, v, g, lr, m: (p - lr * (m * v + g), m * v + g)):
        return right("The path is that of torch's SGD with momentum.")
    if like(lambda p, v, g, lr, m: (p - lr * g, v)): return not_yet("no-memory")
    if like(lambda p, v, g, lr, m: (p - lr * (m * v + (1 - m) * g), m * v + (1 - m) * g)):
        return not_yet("averaged")
    if like(lambda p, v, g, lr, m: (p + lr * (m * v + g), m * v + g)): return not_yet("uphill")
    if like(lambda p, v, g, lr, m: (p - lr * v, m * v + g)): return not_yet("old-speed")
