"Questions, guesses and exercises of chapter 07."
import numpy as np
import torch
from torch import nn

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, yes)

chapter("07", "Fine-tuning")

prediction(
    "07.g1", "Twelve drawn breeds, 20 pictures of each. One net starts with random weights. "
             "Another begins with the weights of a net trained on 40,000 photographs, none of a "
             "cat or a dog. How many points of accuracy is the second ahead? (0.50 against 0.60 "
             "would be 10.)",
    low=-20, high=60, unit="points",
    after="Drawings are no photographs; and yet edges, colours and patches are the same.")

prediction(
    "07.g2", "The borrowed part of a net is *frozen*: it is told to stay as it is. New last layers "
             "on top of it are trained. After that, what has changed in the frozen part?",
    options=["nothing at all", "what adjusts mean and spread of its numbers",
             "everything, but very little"],
    after="Its convolutions stay as they are, to the last bit. Batch norm goes on.")

question(
    "07.c1", "Why can a net that was trained on lorries and frogs be of use for cats?",
    no("Cats were among its pictures after all", "They were left out on purpose, and dogs too."),
    yes("Its first layers found edges, colours and textures, which every picture has",
        "Only the last layer is about lorries and frogs. That one is replaced."),
    no("Its last layer gives a cat the nearest of its eight words",
       "So it does, and *frog* is of no use to us: that layer is cut off. What helps lies before "
       "it."))

question(
    "07.c2", "The model is frozen, and its loss falls nicely. Which parameters move?",
    yes("Those of the head, and of batch norm in the body",
        "The convolutions of the body have no gradient: they cannot move."),
    no("All, the body's ones slowly", "That is what happens after `unfreeze`, with a `slice` of "
                                      "rates. Frozen convolutions do not move at all."),
    no("None: frozen is frozen", "Only the body is. The head is new and free; if nothing moved, "
                                 "the loss could not fall."))

question(
    "07.c3", "`learn.fit_one_cycle(3, slice(1e-5, 1e-3))`, three layer groups. Which rate do the "
             "first layers get?",
    no("1e-3, the largest", "The largest belongs to the head, which is new and has most to learn."),
    no("1e-4, the middle", "That one is for the later stages of the body."),
    yes("1e-5, the smallest", "What is closest to the picture fits any picture, and should change "
                              "least."))

question(
    "07.c4", "What does `fine_tune(5)` do that `fit_one_cycle(6)` on the unfrozen model does not?",
    no("It trains for longer", "Six epochs both."),
    no("It never changes the body", "It does, after the first epoch, at small rates."),
    yes("It lets the random head settle before the body may move",
        "A random head sends meaningless gradients down into the body. At a large rate they "
        "spoil it."))

question(
    "07.q1", "*Head* and *body*: what is the head?",
    no("The first layers, where the picture comes in",
       "A net is drawn with its input below: the head sits on top, where answers come out."),
    yes("The last layers, made new for your classes",
        "They turn the body's maps into your labels."),
    no("The part that is frozen", "It is the part that is *not* frozen."))

question(
    "07.q2", "A net was trained with pictures of mean 0 and spread 1. Without training it further, "
             "you ask it about pictures of 0 to 255. It …",
    yes("runs without complaint, and answers badly", "No message is printed. Every layer gets "
                                                     "numbers of a size it has never seen."),
    no("stops with an error", "The shapes are right, so nothing stops."),
    no("does as well: batch norm corrects that", "Not when it judges: then batch norm uses the "
                                                 "mean and spread recorded in training."))

question(
    "07.q3", "You have 200,000 labelled pictures of your own kind, and nobody has trained on "
             "anything like them. What is borrowing worth?",
    no("More than ever", "The more you have of your own, the less you need of others'."),
    yes("Less: from scratch, the net can learn its own first layers",
        "It may still save time. Measure both."),
    no("Nothing, it does harm", "It seldom does harm. Edges are edges."))

question(
    "07.q4", "Which comparison of *scratch* with *transfer* is fair?",
    no("The same learning rate for both", "A rate that suits one may be far off for the other. "
                                          "Each has a right to its own best one."),
    no("One run of each, with the same seed", "With few pictures, seeds differ by several points. "
                                              "One run is a coin toss."),
    yes("The same pictures and epochs, each at its best rate, several seeds",
        "Then what is left is the difference between the ways."))

question(
    "07.q5", "One number of the map of stage 3 sees 47 × 47 pixels. Why so many, when each filter "
             "is 3 × 3?",
    yes("It reads numbers that have each read numbers of their own",
        "And each halving of the map doubles the distance between them."),
    no("The filters of stage 3 are larger", "They are all 3 × 3."),
    no("The picture was enlarged", "It was not. The view grows from layer to layer."))

question(
    "07.q6", "After fine-tuning with `slice(1e-4, 1e-2)` the first stages have moved by 0.3 %, the "
             "last by 9 %. What does that show?",
    no("That the first stages were perfect", "They were hardly allowed to move: their rate was "
                                             "smaller by factors."),
    yes("Mostly which rates were set", "To learn what the layers need, try other rates and compare "
                                       "accuracies."),
    no("That the last stages were useless", "They kept nine tenths of what they were."))

question(
    "07.q7", "You found weights on the web that suit your pictures. What do you look up before you "
             "build on them?",
    no("Nothing: weights are only numbers", "They carry what they learnt from, gaps included, and "
                                            "somebody's terms."),
    no("The loss of their last epoch", "A loss on others' data tells little about yours."),
    yes("Which pictures they learnt from, and their licence",
        "Both stand on the card: what they cannot know, and what they may be used for."))


@exercise(
    "07.1", "What is left to train", kind="warm-up", minutes=4, takes="number",
    nudge="Which of the four are frozen? And which part of a frozen body goes on training?",
    lines="Add the new head and the body's batch norm. The old head is thrown away: it is no part "
          "of the new model.",
    mistakes={"no-norms": "Nearly. In a frozen body batch norm goes on training.",
              "all": "That is everything. The body's convolutions are frozen.",
              "old-head": "The old head is not in the new model at all."})
def _(answer, parts):
    new, norms = parts["new head"], parts["batch norm of the body"]
    if close(answer, new + norms): return right("A small part of all. That is why few pictures "
                                                "are enough.")
    if close(answer, new): return not_yet("no-norms")
    body = parts["convolutions of the body"]
    if close(answer, body + norms + new) or close(answer, sum(parts.values())):
        return not_yet("all")
    if close(answer, parts["old head"] + norms): return not_yet("old-head")
    if close(answer, new + norms + parts["old head"]): return not_yet("old-head")


@exercise(
    "07.2", "Rates between", kind="warm-up", minutes=4, takes="list",
    nudge="Each rate is the one before times the same number. Three steps lead from the first to "
          "the last.",
    lines="The factor is `(8e-3 / 1e-6) ** (1 / 3)`, which is 20.",
    mistakes={"even": "Those are even steps. Rates are spaced by even *factors*.",
              "backwards": "The right numbers, the wrong way round: the first layers get the "
                           "smallest.",
              "tens": "Those are factors of ten. The last must be 8e-3."})
def _(rates):
    want = [1e-6, 2e-5, 4e-4, 8e-3]

    def like(these): return len(rates) == 4 and close([v / w for v, w in zip(rates, these)],
                                                      [1.] * 4, tol=2e-2)
    if not all(isinstance(v, (int, float)) for v in rates): return
    if like(want): return right("`layer_lrs(slice(1e-6, 8e-3), 4)` says the same.")
    if like(want[::-1]): return not_yet("backwards")
    if like(np.linspace(1e-6, 8e-3, 4).tolist()): return not_yet("even")
    if like([1e-6, 1e-5, 1e-4, 1e-3]): return not_yet("tens")


def _small_model():
    "A body with batch norm, and a head, both with random weights."
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(),
                         nn.Sequential(nn.Conv2d(4, 5, 3), nn.BatchNorm2d(5)))
    return nn.Sequential(body, nn.Sequential(nn.Flatten(), nn.BatchNorm1d(5), nn.Linear(5, 2)))


@exercise(
    "07.3", "Freeze it yourself", kind="core", minutes=8, takes="function",
    nudge="Go through the *modules* of the body, for a parameter does not know whose it is.",
    lines="`for m in model[0].modules()`; for its own parameters, `m.parameters(recurse=False)`, "
          "set `p.requires_grad_(isinstance(m, nn.BatchNorm2d))`.",
    mistakes={"norms-too": "The convolutions are frozen, and batch norm as well. It should go on "
                           "training.",
              "head-too": "Now the head is frozen too: nothing could learn your classes.",
              "nothing": "After your function, the body's convolutions still train."})
def _(f):
    with torch.random.fork_rng(): model = _small_model()
    if attempt(f, model).error: return
    norms = [p for m in model[0].modules() if isinstance(m, nn.BatchNorm2d)
             for p in m.parameters()]
    convs = [p for m in model[0].modules() if isinstance(m, nn.Conv2d) for p in m.parameters()]
    head = list(model[1].parameters())
    trains = [[p.requires_grad for p in ps] for ps in (convs, norms, head)]
    if any(trains[0]): return not_yet("nothing") if all(trains[0] + trains[2]) else None
    if not any(trains[2]): return not_yet("head-too")
    if not any(trains[1]): return not_yet("norms-too")
    if all(trains[1] + trains[2]): return right("This is all that `learn.freeze()` does.")


def _length(t): return float((torch.as_tensor(t).double() ** 2).sum() ** .5)


@exercise(
    "07.4", "How far did it move?", kind="core", minutes=6, takes="function",
    nudge="The size of a tensor is the root of the sum of its squares. You need two sizes.",
    lines="`(after - before).norm()` is how far; divide it by `before.norm()`.",
    mistakes={"absolute": "That is how far, not as a share: divide by the size before.",
              "each": "Mean of each weight's own share: one weight near zero then outweighs all "
                      "others. Compare the sizes of the whole tensors.",
              "growth": "That is how much longer it has become. A tensor can move and keep its "
                        "length."})
def _(f):
    g = torch.Generator().manual_seed(5)
    cases = []
    for size in ((6,), (4, 3), (2, 3, 3, 3)):
        before = torch.randn(size, generator=g)
        cases.append((before, before + .3 * torch.randn(size, generator=g)))
    seen = calls(f, [((a, b), _length(b - a) / _length(a)) for a, b in cases], tol=1e-3)
    if seen.right: return right("In the lab, that number is drawn for each part of the net.")
    if seen.like(lambda a, b: _length(b - a)): return not_yet("absolute")
    if seen.like(lambda a, b: float(((b - a) / a).abs().mean())): return not_yet("each")
    if seen.like(lambda a, b: (_length(b) - _length(a)) / _length(a)): return not_yet("growth")
    if seen.like(lambda a, b: abs(_length(b) - _length(a)) / _length(a)): return not_yet("growth")


def _gain(scratch, transfer, pick=np.mean):
    def best(rates): return max(pick(v) for v in rates.values())
    return 100 * (best(transfer) - best(scratch))


@exercise(
    "07.5", "A fair race", kind="core", minutes=6, takes="function",
    nudge="Each way may choose its own rate. A rate is judged by its mean over the seeds.",
    lines="`max(np.mean(v) for v in scratch.values())`, the same for `transfer`, and the "
          "difference times 100.",
    mistakes={"same-rate": "Both at the same rate. Let each way have its own best one.",
              "luckiest": "That compares the luckiest seeds. Take means first, then the best rate.",
              "backwards": "The sign is turned: how far is *transfer* ahead?",
              "not-points": "A share. Points are hundredths."})
def _(f):
    cases = [({.01: [.40, .46, .43], .001: [.30, .52, .20]}, {.01: [.55, .50, .48],
                                                             .001: [.60, .58, .62]}),
             ({.1: [.70, .60], .01: [.66, .66]}, {.1: [.50, .80], .01: [.68, .60]})]
    seen = calls(f, [(c, _gain(*c)) for c in cases], tol=1e-3)
    if seen.right: return right("With its spread beside it, this number may be told to others.")
    if seen.like(lambda s, t: -_gain(s, t)): return not_yet("backwards")
    if seen.like(lambda s, t: _gain(s, t) / 100): return not_yet("not-points")
    if seen.like(lambda s, t: _gain(s, t, np.max)): return not_yet("luckiest")
    if seen.like(lambda s, t: max(_gain({k: s[k]}, {k: t[k]}) for k in s)):
        return not_yet("same-rate")
    if seen.like(lambda s, t: 100 * (np.mean(list(t.values())) - np.mean(list(s.values())))):
        return not_yet("same-rate")


@exercise(
    "07.6", "Listen to a layer", kind="core", minutes=8, takes="function",
    nudge="A hook is a function that a layer calls with itself, what came in and what goes out.",
    lines="`hook = layer.register_forward_hook(f)`, where `f(module, given, out)` puts `out` into "
          "a list. Then `model(x)`, `hook.remove()`, and return what lies in the list.",
    mistakes={"left": "The right numbers, but the hook is still there. From now on it would be "
                      "called each time: remove it.",
              "end": "That is what the whole model gives out. Asked is one layer in the middle.",
              "alone": "You called the layer itself on `x`. In the model it gets what the layers "
                       "before it made."})
def _(f):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4), nn.Tanh()).eval()
        x = torch.randn(3, 4)
    layer = model[2]
    seen = attempt(f, model, layer, x)
    left = len(layer._forward_hooks)
    layer._forward_hooks.clear()
    with torch.no_grad():
        want, end = layer(model[1](model[0](x))), model(x)
        if close(seen.value, want): return not_yet("left") if left else right(
            "Every picture in *What layers see* was made this way.")
        if close(seen.value, end): return not_yet("end")
        if close(seen.value, layer(x)): return not_yet("alone")


@exercise(
    "07.7", "Where the evidence stands", kind="stretch", minutes=10, takes="function",
    nudge="Each unit has a map, and counts so much for the class. Add up the maps, each times its "
          "weight.",
    lines="`(weight[label][:, None, None] * maps).sum(0)`; then nothing below 0 (`clamp(min=0)`), "
          "and divide by the greatest.",
    mistakes={"all-classes": "That mixes the evidence for all classes. Use the row of the one "
                             "asked for.",
              "negative": "Evidence *against* the class is still in it: cut off what is below 0.",
              "not-scaled": "Right up to a factor: the greatest number should be 1."})
def _(f):
    g = torch.Generator().manual_seed(8)
    weight = torch.tensor([[1., -1, .5, 0, 2, -.5], [-1, 2, 0, .5, -1, 1], [.3, .3, -1, 1, -2, 2]])
    cases = [(torch.rand(6, 4, 5, generator=g), weight, label) for label in (0, 1, 2)]

    def raw(maps, weight, label): return torch.einsum("u,uhw->hw", weight[label], maps)

    def shown(m): return m.clamp(min=0) / m.max()
    seen = calls(f, [(c, shown(raw(*c))) for c in cases], tol=1e-3)
    if seen.right: return right("Drawn over the picture, this is a class activation map.")
    if seen.like(lambda m, w, k: shown(torch.einsum("ku,uhw->hw", w, m))):
        return not_yet("all-classes")
    if seen.like(lambda m, w, k: raw(m, w, k) / raw(m, w, k).max()): return not_yet("negative")
    if seen.like(raw): return not_yet("negative")
    if seen.like(lambda m, w, k: raw(m, w, k).clamp(min=0)): return not_yet("not-scaled")
