"Answers to the exercises of chapter 04: right another way, wrong in a known way, wrong anyhow."

LOSSES = """train_loss = [1.9, 1.2, .8, .5, .3, .2, .1, .05]
valid_loss = [1.9, 1.3, 1., .9, .95, 1.1, 1.3, 1.6]
"""
NETS = "nets = {'A': (.99, .98), 'B': (1., .62), 'C': (.61, .6), 'D': (.93, .7)}\n"
COLUMNS = """valid_loss = [.92, .60, .48, .52, .58, .66, .75]
error = [.30, .21, .17, .16, .15, .14, .13]
"""
BEST = """def best_degree(x, y, new_x, new_y):
    losses = [mse(fit(x, y, d)({x}), {y}) for d in range(1, 11)]
    return {result}"""
STOP = """def stopping_epoch(losses, patience):
    best, wait = 1e9, 0
    for epoch, loss in enumerate(losses):
        if loss < best: {better}
        else: wait += 1
        best = {best}
        if wait == patience: return epoch
    return len(losses) - 1"""
KEEP = """import copy
class KeepBest(Callback):
    order = 65
    def before_fit(self): self.best = None
    def after_epoch(self):
        now = self.recorder.values[-1][{column}]
        if self.best is None or now {sign} self.best:
            self.best, self.kept = now, {kept}
    def after_fit(self): {end}"""
COPY, LOAD = "copy.deepcopy(self.model.state_dict())", "self.model.load_state_dict(self.kept)"

CASES = {
    "04.1": dict(
        another=[LOSSES + "epoch = valid_loss.index(min(valid_loss))",
                 LOSSES + "epoch = tensor(valid_loss).argmin()"],
        mistakes={"last-epoch": LOSSES + "epoch = len(train_loss) - 1",
                  "the-value": LOSSES + "epoch = min(valid_loss)",
                  "from-one": LOSSES + "epoch = np.argmin(valid_loss) + 1"},
        unforeseen=[LOSSES + "epoch = -7"],
    ),
    "04.2": dict(
        another=["memorisers = {'D', 'B'}", NETS + "memorisers = [k for k in nets if k in 'BD']"],
        mistakes={"underfit": "memorisers = ['B', 'C']", "no-gap": "memorisers = ['A', 'B']",
                  "missed": "memorisers = ['B']"},
        unforeseen=["memorisers = ['E']"],
    ),
    "04.3": dict(
        another=["from utils.labs.overfitting.parabola import fit_parabola\n"
                 "near = [fit_parabola(size=9, points=n).between < .5 for n in range(10, 61)]\n"
                 "fewest = 10 + near.index(True)\ntamed = 'no'"],
        mistakes={"not-near": "fewest = 12\ntamed = False", "fewer-do": "fewest = 60\ntamed = True",
                  "outside": "fewest = 18\ntamed = True"},
        unforeseen=["fewest = 3\ntamed = False"],
    ),
    "04.4": dict(
        another=["def best_degree(x, y, new_x, new_y):\n"
                 "    return min(range(1, 11), key=lambda d: mse(fit(x, y, d)(new_x), new_y))"],
        mistakes={
            "own-points": BEST.format(x="x", y="y", result="int(np.argmin(losses)) + 1"),
            "off-by-one": BEST.format(x="new_x", y="new_y", result="int(np.argmin(losses))"),
            "the-loss": BEST.format(x="new_x", y="new_y", result="min(losses)")},
        unforeseen=["def best_degree(x, y, new_x, new_y): return 99"],
    ),
    "04.5": dict(
        another=["def stopping_epoch(losses, patience):\n"
                 "    for e in range(len(losses)):\n"
                 "        if e - int(np.argmin(losses[:e + 1])) == patience: return e\n"
                 "    return e"],
        mistakes={
            "no-reset": STOP.format(better="pass", best="min(best, loss)"),
            "previous": STOP.format(better="wait = 0", best="loss"),
            "best-epoch": "def stopping_epoch(losses, patience): return int(np.argmin(losses))"},
        unforeseen=["def stopping_epoch(losses, patience): return 99"],
    ),
    "04.6": dict(
        another=[COLUMNS + "keep = tensor(error).argmin()\nworry = 'no'"],
        mistakes={"by-loss": COLUMNS + "keep = 2\nworry = True",
                  "largest": COLUMNS + "keep = 0\nworry = False",
                  "worry": COLUMNS + "keep = 6\nworry = True"},
        unforeseen=[COLUMNS + "keep = 4\nworry = False"],
    ),
    "04.7": dict(
        another=["def shuffle_some(labels, share):\n"
                 "    new = labels.numpy().copy()\n"
                 "    places = np.random.permutation(len(new))[:int(share * len(new))]\n"
                 "    new[places] = new[np.random.permutation(places)]\n"
                 "    return torch.from_numpy(new)"],
        mistakes={
            "in-place": "def shuffle_some(labels, share):\n"
                        "    labels[:] = labels[torch.randperm(len(labels))]\n"
                        "    return labels",
            "all": "def shuffle_some(labels, share): return labels[torch.randperm(len(labels))]",
            "redrawn": "def shuffle_some(labels, share):\n"
                       "    new = labels.clone()\n"
                       "    new[:int(share * len(new))] = 3\n"
                       "    return new",
            "none": "def shuffle_some(labels, share): return labels.clone()",
            "one-end": "def shuffle_some(labels, share):\n"
                       "    new, k = labels.clone(), int(share * len(labels))\n"
                       "    new[:k] = new[:k][torch.randperm(k)]\n"
                       "    return new"},
        unforeseen=["def shuffle_some(labels, share): return labels[:5].clone()"],
    ),
    "04.8": dict(
        another=[KEEP.format(column=-1, sign=">", end=LOAD, kept="{k: v.clone() for k, v in "
                             "self.model.state_dict().items()}")],
        mistakes={
            "last-weights": KEEP.format(column=-1, sign=">", kept="self.model.state_dict()",
                                        end=LOAD),
            "worst": KEEP.format(column=-1, sign="<", kept=COPY, end=LOAD),
            "by-loss": KEEP.format(column=1, sign="<", kept=COPY, end=LOAD)},
        unforeseen=[KEEP.format(column=-1, sign=">", kept=COPY, end="self.model.w.data.zero_()")],
    ),
}
