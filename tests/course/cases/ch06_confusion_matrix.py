"Answers to the exercises of chapter 06: right another way, wrong in a known way, wrong anyhow."

M = """names = ['ant', 'bee', 'fly', 'wasp']
M = np.array([[20, 0, 9, 1], [1, 15, 0, 6], [0, 1, 28, 1], [0, 5, 1, 12]])
"""
PHOTOS = """photos = {'by day': (70, 7), 'in water': (85, 17), 'at night': (20, 12),
          'wet fur': (60, 12), 'with a fish': (3, 3)}
"""
MATRIX = """def matrix_of(actual, predicted, names):
    counts = np.zeros((len(names), len(names)), int)
    for a, b in zip(actual, predicted): counts[{cell}] += 1
    return counts{end}"""
CELL = "names.index(a), names.index(b)"
RECALL = "def recall_of_1(inp, targ):\n    said = inp.argmax(1)\n    return {}"
COST = """def cheapest(p, rare, miss, alarm):
    costs = [{missed} * ((p < t) & rare).sum() + {cried} * ((p >= t) & ~rare).sum()
             for t in thresholds]
    return {result}"""
THRESHOLDS = "thresholds = [.1, .2, .3, .4, .5, .6, .7, .8, .9]\n"
BEST = "thresholds[int(np.argmin(costs))]"
SHARE = """def share_found(losses, wrong, k):
    hits = wrong[np.argsort({order})[:k]].sum()
    return {result}"""
CURVE = """def pr_points(p, rare):
    points = []
    for t in sorted(set(p.tolist()), reverse={down}):
        hits = (rare & (p >= t)).sum()
        points.append(({point}))
    return points"""
POINT = "hits / rare.sum(), hits / (p >= t).sum()"

CASES = {
    "06.1": dict(
        another=[M + "pair = {'wasp', 'bee'}\nrecall_of_wasp = M[3, 3] / M[3].sum()",
                 M + "both = np.triu(M + M.T, 1)\n"
                     "pair = [names[i] for i in np.unravel_index(both.argmax(), both.shape)]\n"
                     "recall_of_wasp = 12 / 18"],
        mistakes={"one-way": M + "pair = ['ant', 'fly']\nrecall_of_wasp = 12 / 18",
                  "column": M + "pair = ['bee', 'wasp']\nrecall_of_wasp = 12 / 20",
                  "not-a-share": M + "pair = ['bee', 'wasp']\nrecall_of_wasp = 12"},
        unforeseen=[M + "pair = ['ant', 'wasp']\nrecall_of_wasp = .1"],
    ),
    "06.2": dict(
        another=[PHOTOS + "risk = {k: b / a for k, (a, b) in photos.items() if a > 10}\n"
                          "why = max(risk, key=risk.get)"],
        mistakes={"most": PHOTOS + "why = 'in water'", "few": PHOTOS + "why = 'with a fish'"},
        unforeseen=[PHOTOS + "why = 'by day'"],
    ),
    "06.3": dict(
        another=["def matrix_of(actual, predicted, names):\n"
                 "    pairs = list(zip(actual, predicted))\n"
                 "    return [[pairs.count((a, b)) for b in names] for a in names]"],
        mistakes={
            "transposed": MATRIX.format(cell="names.index(b), names.index(a)", end=""),
            "alphabet": MATRIX.format(cell="sorted(names).index(a), sorted(names).index(b)",
                                      end=""),
            "shares": MATRIX.format(cell=CELL, end=" / len(actual)")},
        unforeseen=["def matrix_of(actual, predicted, names): return np.eye(len(names))"],
    ),
    "06.4": dict(
        another=[RECALL.format("((said == 1) & (targ == 1)).sum() / (targ == 1).sum()"),
                 RECALL.format("sum(s == 1 for s, t in zip(said, targ) if t == 1) / "
                               "int((targ == 1).sum())")],
        mistakes={"precision": RECALL.format("(targ[said == 1] == 1).float().mean()"),
                  "accuracy": RECALL.format("(said == targ).float().mean()"),
                  "of-all": RECALL.format("((said == 1) & (targ == 1)).float().mean()")},
        unforeseen=[RECALL.format("tensor(.25)")],
    ),
    "06.5": dict(
        another=[THRESHOLDS + COST.format(missed="miss", cried="alarm", result=BEST)],
        mistakes={"swapped": THRESHOLDS + COST.format(missed="alarm", cried="miss", result=BEST),
                  "count": THRESHOLDS + COST.format(missed="1", cried="1", result=BEST),
                  "the-cost": THRESHOLDS + COST.format(missed="miss", cried="alarm",
                                                       result="min(costs)")},
        unforeseen=[THRESHOLDS + "def cheapest(p, rare, miss, alarm): return .95"],
    ),
    "06.6": dict(
        another=["def share_found(losses, wrong, k):\n"
                 "    worst = torch.tensor(losses).topk(k)[1].numpy()\n"
                 "    return wrong[worst].sum() / wrong.sum()"],
        mistakes={"precision": SHARE.format(order="-losses", result="hits / k"),
                  "smallest": SHARE.format(order="losses", result="hits / wrong.sum()"),
                  "count": SHARE.format(order="-losses", result="hits")},
        unforeseen=["def share_found(losses, wrong, k): return .123"],
    ),
    "06.7": dict(
        another=["def pr_points(p, rare):\n"
                 "    from sklearn.metrics import precision_recall_curve\n"
                 "    precision, recall, _ = precision_recall_curve(rare, p)\n"
                 "    return np.stack([recall, precision], 1)[:-1][::-1]"],
        mistakes={"swapped": CURVE.format(down=True, point="hits / (p >= t).sum(), "
                                                           "hits / rare.sum()"),
                  "rising": CURVE.format(down=False, point=POINT)},
        unforeseen=["def pr_points(p, rare): return [(1., 1.)]"],
    ),
}
