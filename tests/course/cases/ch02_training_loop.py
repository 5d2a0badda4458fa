"What readers of chapter 02 may write: right in other ways, and wrong."
TRAIN = """def train(model, batches, loss_func, opt, epochs):
    {first}
        for xb, yb in batches:
            loss = loss_func(model(xb), yb)
            {lines}"""


def train(*lines, first="for epoch in range(epochs):"):
    return TRAIN.format(first=first, lines="\n            ".join(lines))


def callback(event, *lines):
    body = "\n        ".join(lines)
    return f"class StopAtNan(Callback):\n    def {event}(self):\n        {body}"


STOP = "raise CancelFitException"
CASES = {
    "02.1": dict(
        another=["steps = 5 * math.ceil(1438 / 100)", "steps = '75'"],
        mistakes={"last-batch": "steps = 5 * (1438 // 100)", "one-epoch": "steps = 15",
                  "pictures": "steps = 5 * 1438"},
        unforeseen=["steps = 12"]),
    "02.2": dict(
        another=["def hat(x): return (1 - (x - 1).abs()).clamp(min=0)",
                 "hat = lambda x: relu(x) - relu(x - 1) - relu(x - 1) + relu(x - 2)"],
        mistakes={"stays-up": "def hat(x): return relu(x) - relu(x - 1)",
                  "falls-on": "def hat(x): return relu(x) - 2 * relu(x - 1)",
                  "sunk": "def hat(x): return relu(x) - 2 * relu(x - 1) + relu(x - 2) - 1"},
        unforeseen=["def hat(x): return x", "def hat(x): return 3"]),
    "02.3": dict(
        another=[train("opt.zero_grad()", "loss.backward()", "opt.step()"),
                 train("loss.backward()", "opt.step()", "model.zero_grad()")],
        mistakes={"no-zero": train("loss.backward()", "opt.step()"),
                  "unchanged": train("loss.backward()", "opt.zero_grad()", "opt.step()"),
                  "one-epoch": train("loss.backward()", "opt.step()", "opt.zero_grad()",
                                     first="if epochs:"),
                  "uphill": train("(-loss).backward()", "opt.step()", "opt.zero_grad()")},
        unforeseen=[train("(2 * loss).backward()", "opt.step()", "opt.zero_grad()"),
                    "def train(model, batches, loss_func, opt, epochs): model.fit(batches)"]),
    "02.4": dict(
        another=[callback("before_step", "if not math.isfinite(self.loss.item()): " + STOP),
                 callback("after_loss", "if self.loss != self.loss: " + STOP + "()")],
        mistakes={"never": callback("after_loss", "if self.loss == float('nan'): " + STOP),
                  "too-late": callback("after_batch", "if self.loss.isnan(): " + STOP),
                  "skips": callback("after_loss",
                                    "if self.loss.isnan(): raise CancelBatchException"),
                  "healthy": callback("after_loss", STOP),
                  "raises": callback("after_loss",
                                     "if self.loss.isnan(): raise ValueError('nan')")},
        unforeseen=[callback("after_loss", "self.iter.nothing"),
                    callback("before_batch", "if self.iter == 3 and self.xb[0].isnan().any(): "
                                             + STOP)]),
    "02.5": dict(
        another=["first = [.9, .9, .4, .1, .1, .6]\nsecond = tensor([.9, .9, .01, .1, .1, .99])",
                 "first, second = (.99,) * 3 + (.01,) * 3, (.51,) * 3 + (.49,) * 3"],
        mistakes={"not-six": "first, second = [.9, .1], [.6, .4]",
                  "not-probabilities": "first = [.9, .9, .9, .1, .1, .6]\n"
                                       "second = [.9, .9, .9, .1, .1, 1.2]",
                  "accuracy": "first = [.9, .9, .9, .1, .1, .1]\n"
                              "second = [.9, .9, .9, .1, .1, .99]",
                  "too-close": "first = [.9, .9, .9, .1, .1, .6]\n"
                               "second = [.9, .9, .9, .1, .1, .65]",
                  "other-way": "first = [.9, .9, .9, .1, .1, .99]\n"
                               "second = [.9, .9, .9, .1, .1, .6]"},
        unforeseen=["first, second = ['cat'] * 6, ['dog'] * 6"]),
    "02.6": dict(
        another=["def top2(preds, targs):\n"
                 "    best = preds.argsort(1, descending=True)[:, :2].tolist()\n"
                 "    return sum(t in b for t, b in zip(targs.tolist(), best)) / len(targs)"],
        mistakes={"top-1": "def top2(preds, targs): return accuracy(preds, targs)",
                  "second": "def top2(preds, targs):\n"
                            "    return (preds.argsort(1)[:, -2] == targs).float().mean()",
                  "count": "def top2(preds, targs):\n"
                           "    return (preds.topk(2).indices == targs[:, None]).any(1).sum()",
                  "half": "def top2(preds, targs):\n"
                          "    return (preds.topk(2).indices == targs[:, None]).float().mean()"},
        unforeseen=["def top2(preds, targs): return .123", "def top2(p, t): return p @ t"]),
    "02.7": dict(
        another=["def momentum_step(p, v, grad, lr, mom):\n    v = mom * v + lr * grad\n"
                 "    return p - v, v"],
        mistakes={"no-memory": "def momentum_step(p, v, grad, lr, mom): return p - lr * grad, grad",
                  "averaged": "def momentum_step(p, v, grad, lr, mom):\n"
                              "    v = mom * v + (1 - mom) * grad\n    return p - lr * v, v",
                  "uphill": "def momentum_step(p, v, grad, lr, mom):\n    v = mom * v + grad\n"
                            "    return p + lr * v, v",
                  "old-speed": "def momentum_step(p, v, grad, lr, mom):\n"
                               "    return p - lr * v, mom * v + grad"},
        unforeseen=["def momentum_step(p, v, grad, lr, mom): return p, v + 1",
                    "def momentum_step(p, v, grad, lr, mom): return p"]),
}
