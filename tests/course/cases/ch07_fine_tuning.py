"Answers to the exercises of chapter 07: right another way, wrong in a known way, wrong anyhow."

PARTS = """parts = {'convolutions of the body': 11_166_912, 'batch norm of the body': 9_600,
         'old head': 513_000, 'new head': 5_130}
"""
FREEZE = "def freeze_body(model):\n    for m in {}:\n        for p in m.parameters({}): {}"
MOVED = "def moved(before, after):\n    return {}"
GAIN = "def gain(scratch, transfer):\n    {}"
HEAR = """def hear(model, layer, x):
    seen = []
    hook = layer.register_forward_hook(lambda module, given, out: seen.append(out))
    {}
    return {}"""
MAP = """def evidence(maps, weight, label):
    found = {}
    return {}"""
ONE = "torch.einsum('u,uhw->hw', weight[label], maps)"

CASES = {
    "07.1": dict(
        another=[PARTS + "left = sum(parts.values()) - 11_166_912 - 513_000",
                 PARTS + "left = '14730'"],
        mistakes={"no-norms": PARTS + "left = parts['new head']",
                  "all": PARTS + "left = sum(parts.values())",
                  "old-head": PARTS + "left = 9_600 + 513_000"},
        unforeseen=[PARTS + "left = 12"],
    ),
    "07.2": dict(
        another=["rates = layer_lrs(slice(1e-6, 8e-3), 4)",
                 "rates = np.geomspace(1e-6, 8e-3, 4)"],
        mistakes={"even": "rates = np.linspace(1e-6, 8e-3, 4)",
                  "backwards": "rates = [8e-3, 4e-4, 2e-5, 1e-6]",
                  "tens": "rates = [1e-6, 1e-5, 1e-4, 1e-3]"},
        unforeseen=["rates = [1., 2., 3., 4.]"],
    ),
    "07.3": dict(
        another=["def freeze_body(model):\n    model[0].requires_grad_(False)\n"
                 "    for m in model[0].modules():\n"
                 "        if isinstance(m, nn.BatchNorm2d): m.requires_grad_(True)",
                 "def freeze_body(model):\n    for p in model[0].parameters():\n"
                 "        p.requires_grad = p.ndim == 1\n"
                 "    for m in model[0].modules():\n"
                 "        if isinstance(m, nn.Conv2d) and m.bias is not None:\n"
                 "            m.bias.requires_grad = False"],
        mistakes={"norms-too": FREEZE.format("[model[0]]", "", "p.requires_grad_(False)"),
                  "head-too": FREEZE.format("[model]", "", "p.requires_grad_(False)"),
                  "nothing": FREEZE.format("[model]", "", "p.requires_grad_(True)")},
        unforeseen=[FREEZE.format("[model[0][0]]", "", "p.requires_grad_(False)")],
    ),
    "07.4": dict(
        another=[MOVED.format("(((after - before) ** 2).sum() / (before ** 2).sum()) ** .5"),
                 MOVED.format("float(np.linalg.norm(after - before) / np.linalg.norm(before))")],
        mistakes={"absolute": MOVED.format("(after - before).norm()"),
                  "each": MOVED.format("((after - before) / before).abs().mean()"),
                  "growth": MOVED.format("after.norm() / before.norm() - 1")},
        unforeseen=[MOVED.format("tensor(.5)")],
    ),
    "07.5": dict(
        another=[GAIN.format("best = [max(sum(v) / len(v) for v in way.values())\n"
                             "            for way in (scratch, transfer)]\n"
                             "    return 100 * best[1] - 100 * best[0]")],
        mistakes={
            "same-rate": GAIN.format("return 100 * max(np.mean(transfer[r]) - np.mean(scratch[r]) "
                                     "for r in scratch)"),
            "luckiest": GAIN.format("return 100 * (max(map(max, transfer.values())) "
                                    "- max(map(max, scratch.values())))"),
            "backwards": GAIN.format("return 100 * (max(map(np.mean, scratch.values())) "
                                     "- max(map(np.mean, transfer.values())))"),
            "not-points": GAIN.format("return max(map(np.mean, transfer.values())) "
                                      "- max(map(np.mean, scratch.values()))")},
        unforeseen=[GAIN.format("return 77.")],
    ),
    "07.6": dict(
        another=[HEAR.format("try: model(x)\n    finally: hook.remove()", "seen[0].detach()"),
                 "def hear(model, layer, x):\n    kept = {}\n"
                 "    def f(module, given, out): kept['out'] = out\n"
                 "    with layer.register_forward_hook(f): model(x)\n    return kept['out']"],
        mistakes={"left": HEAR.format("model(x)", "seen[0]"),
                  "end": HEAR.format("out = model(x)\n    hook.remove()", "out"),
                  "alone": HEAR.format("hook.remove()", "layer(x)")},
        unforeseen=["def hear(model, layer, x): return x"],
    ),
    "07.7": dict(
        another=[MAP.format("sum(w * m for w, m in zip(weight[label], maps))",
                            "torch.where(found > 0, found, 0) / found.max()"),
                 MAP.format("(weight[label] @ maps.flatten(1)).view(maps.shape[1:])",
                            "F.relu(found / found.max())")],
        mistakes={"all-classes": MAP.format("torch.einsum('ku,uhw->hw', weight, maps)",
                                            "found.clamp(min=0) / found.max()"),
                  "negative": MAP.format(ONE, "found / found.max()"),
                  "not-scaled": MAP.format(ONE, "found.clamp(min=0)")},
        unforeseen=[MAP.format("maps[0]", "found")],
    ),
}
