"Answers to the exercises of chapter 11: right another way, wrong in a known way, wrong anyhow."

KIND = "kinds = ['{}', '{}', '{}', '{}', '{}', '{}']"
MISSED = """def missed_in(ill, called, group):
    return [{} for g in (0, 1)]"""
BINS = """def by_bins(scores, labels, k):
    parts = np.array_split({order}, k)
    return [(scores[p].mean(), labels[p].{of}()) for p in parts]"""
SHEET = """def share(of, g): return {factor} * of[records.group == g].mean()
sheet = {{
    'an entry means': {entry!r}, 'no entry means': {none!r},
    'tested in A': share(records.tested, {a}), 'tested in B': share(records.tested, {b}),
    'recorded in A': share(records.{found}, {a}), 'recorded in B': share(records.{found}, {b})}}"""
GOOD = dict(factor=100, entry="found by a test", none="not known", a=0, b=1, found="recorded")
CARD = """a, b = [{factor} * k / n for k, n in judged.{of}]
card = {{'predicts': {predicts!r}, 'missed in A': a, 'missed in B': b,
        'interval in B': [{factor} * v for v in wilson(*judged.{of}[{g}])],
        'must not decide': {never!r}}}"""
SOUND = dict(factor=100, of="missed", g=1, predicts="entries", never="who is tested")
KNOWN = """def train_on_known(people):
    known = people[{rows}]
    return fit_risk(known.features, known.{labels})"""

CASES = {
    "11.1": dict(
        another=["a, m, r, h = 'aggregation', 'measurement', 'representation', 'historical'\n"
                 "kinds = (a, m.upper(), r, h, m, a)"],
        mistakes={"words": "kinds = ['aggregation', 'measurement']",
                  "stand-in": KIND.format("aggregation", "historical", "representation",
                                          "historical", "measurement", "aggregation"),
                  "one-for-all": KIND.format("representation", "measurement", "representation",
                                             "historical", "measurement", "aggregation")},
        unforeseen=[KIND.format("aggregation", "measurement", "historical", "representation",
                                "measurement", "aggregation")],
    ),
    "11.2": dict(
        another=["recorded = torch.tensor(1000 * .2 * .3 * .9)"],
        mistakes={"all-tested": "recorded = 200 * .9", "perfect": "recorded = 200 * .3",
                  "tested": "recorded = 1000 * .3"},
        unforeseen=["recorded = 7"],
    ),
    "11.3": dict(
        another=["def missed_in(ill, called, group):\n"
                 "    shares = []\n"
                 "    for g in (0, 1):\n"
                 "        hits = [not c for i, c, h in zip(ill, called, group) if i and h == g]\n"
                 "        shares.append(sum(hits) / len(hits))\n"
                 "    return np.array(shares)"],
        mistakes={"found": MISSED.format("called[ill & (group == g)].mean()"),
                  "of-everybody": MISSED.format("(ill & ~called)[group == g].mean()"),
                  "of-the-quiet": MISSED.format("ill[~called & (group == g)].mean()")},
        unforeseen=["def missed_in(ill, called, group): return [.123, .456]"],
    ),
    "11.4": dict(
        another=["def by_bins(scores, labels, k):\n"
                 "    pairs = sorted(zip(scores.tolist(), labels.tolist()))\n"
                 "    size = len(pairs) // k\n"
                 "    return [np.array(pairs[i * size:(i + 1) * size]).mean(0) for i in range(k)]"],
        mistakes={"unsorted": BINS.format(order="np.arange(len(scores))", of="mean"),
                  "falling": BINS.format(order="np.argsort(-scores)", of="mean"),
                  "count": BINS.format(order="np.argsort(scores)", of="sum")},
        unforeseen=["def by_bins(scores, labels, k): return [(.5, .5)] * k"],
    ),
    "11.5": dict(
        another=["t, r = ([100 * float(of[records.group == g].mean()) for g in (0, 1)]\n"
                 "        for of in (records.tested, records.recorded))\n"
                 "sheet = dict(zip(['an entry means', 'no entry means', 'tested in A',\n"
                 "                  'tested in B', 'recorded in A', 'recorded in B'],\n"
                 "                 ['Found by a test', 'Not known', *t, *r]))"],
        mistakes={"fraction": SHEET.format(**GOOD | dict(factor=1)),
                  "truth": SHEET.format(**GOOD | dict(found="ill")),
                  "swapped": SHEET.format(**GOOD | dict(a=1, b=0)),
                  "label": SHEET.format(**GOOD | dict(none="healthy"))},
        unforeseen=[SHEET.format(**GOOD | dict(factor=7)), "sheet = {'tested in A': 3}"],
    ),
    "11.6": dict(
        another=["low, high = wilson(*judged.missed[1])\n"
                 "pairs = zip(['predicts', 'missed in A', 'missed in B', 'interval in B',\n"
                 "             'must not decide'],\n"
                 "            ['entries', *(100 * np.divide(*m) for m in judged.missed),\n"
                 "             (100 * low, 100 * high), 'who is tested'])\n"
                 "card = dict(pairs)"],
        mistakes={"seen": CARD.format(**SOUND | dict(of="missed_seen")),
                  "interval-a": CARD.format(**SOUND | dict(g=0)),
                  "fraction": CARD.format(**SOUND | dict(factor=1)),
                  "use": CARD.format(**SOUND | dict(predicts="illness"))},
        unforeseen=[CARD.format(**SOUND | dict(factor=50))],
    ),
    "11.7": dict(
        another=["def train_on_known(people):\n"
                 "    rows = np.flatnonzero(people.tested)\n"
                 "    return fit_risk(people.features[rows], people.recorded[rows])"],
        mistakes={"usual": KNOWN.format(rows="people.group >= 0", labels="recorded"),
                  "cheat": KNOWN.format(rows="people.group >= 0", labels="ill"),
                  "found-only": KNOWN.format(rows="people.recorded", labels="recorded"),
                  "not-a-model": "def train_on_known(people): return people.tested.mean()"},
        unforeseen=[KNOWN.format(rows="people.group == 1", labels="recorded")],
    ),
}
