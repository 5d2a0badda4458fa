"Answers to the exercises of chapter 08: right another way, wrong in a known way, wrong anyhow."

FLATS = "flats = {'heating': [], 'tariff number': [], 'phone prefix': [], 'rooms': []}\n"
COLUMNS = "new_column = ['rye', 'oats', 'wheat', None, 'barley']\n"
CODES = """def codes_of(train, new):
    names = {names}
    codes = {{name: i for i, name in enumerate(names, {start})}}
    return [codes.get(v, {rest}) for v in new]"""
KNOWN = "sorted({v for v in train if v is not None})"
PREPARE = """def prepare(train, new):
    fill = {fill}
    train = np.where(np.isnan(train), fill, train)
    filled = np.where(np.isnan(new), fill, new)
    return {result}"""
RMSE = """def rmse_of(batches):
    errors = np.concatenate([p - t for p, t in batches])
    return {}"""
IMPORTANCE = """def importance(answer, X, y, column):
    order = np.random.default_rng(0).permutation(len(X))
    mixed = X.copy()
    mixed{where} = X{moved}
    before, after = (answer(X) == y).mean(), (answer(mixed) == y).mean()
    return {result}"""
ONE = dict(where="[:, column]", moved="[order, column]")

CASES = {
    "08.1": dict(
        another=[FLATS + "names = ('phone prefix', 'heating', 'tariff number')",
                 FLATS + "names = [n for n in flats if n != 'rooms']"],
        mistakes={"only-words": FLATS + "names = ['heating']",
                  "whole": FLATS + "names = ['heating', 'tariff number', 'phone prefix', 'rooms']"},
        unforeseen=[FLATS + "names = ['rent']"],
    ),
    "08.2": dict(
        another=[COLUMNS + "known = {'barley': 1, 'rye': 2, 'wheat': 3}\n"
                           "codes = np.array([known.get(v, 0) for v in new_column])"],
        mistakes={"from-zero": COLUMNS + "codes = [1, -1, 2, -1, 0]",
                  "as-they-come": COLUMNS + "codes = [1, 0, 3, 0, 2]",
                  "new-code": COLUMNS + "codes = [2, 4, 3, 0, 1]"},
        unforeseen=[COLUMNS + "codes = [0, 0, 0, 0, 0]"],
    ),
    "08.3": dict(
        another=["def codes_of(train, new):\n"
                 "    names = [None] + sorted(set(train) - {None})\n"
                 "    return [names.index(v) if v in names else 0 for v in new]"],
        mistakes={"order": CODES.format(names="dict.fromkeys(v for v in train if v is not None)",
                                        start=1, rest=0),
                  "from-zero": CODES.format(names=KNOWN, start=0, rest=-1),
                  "own": CODES.format(names=KNOWN.replace("train", "new"), start=1, rest=0)},
        unforeseen=["def codes_of(train, new): return [7 for v in new]"],
    ),
    "08.4": dict(
        another=["def prepare(train, new):\n"
                 "    import pandas as pd\n"
                 "    t, n = pd.Series(train), pd.Series(new)\n"
                 "    full = t.fillna(t.median())\n"
                 "    return (n.fillna(t.median()) - full.mean()) / full.std(ddof=0)"],
        mistakes={"own": PREPARE.format(fill="np.nanmedian(new)",
                                        result="(filled - filled.mean()) / filled.std()"),
                  "mean-fill": PREPARE.format(fill="np.nanmean(train)",
                                              result="(filled - train.mean()) / train.std()"),
                  "gaps": PREPARE.format(fill="np.nanmedian(train)",
                                         result="(new - train.mean()) / train.std()")},
        unforeseen=["def prepare(train, new): return np.zeros(len(new))"],
    ),
    "08.5": dict(
        another=["numbers = nn.Embedding(131, emb_sz_rule(131)).weight.numel()"],
        mistakes={"no-na": "numbers = 130 * emb_sz_rule(130)",
                  "one-row": "numbers = emb_sz_rule(131)", "rows": "numbers = 131"},
        unforeseen=["numbers = 600"],
    ),
    "08.6": dict(
        another=["def rmse_of(batches):\n"
                 "    total = sum(((p - t) ** 2).sum() for p, t in batches)\n"
                 "    return (total / sum(len(p) for p, _ in batches)) ** .5"],
        mistakes={"mean-of-roots": "def rmse_of(batches):\n"
                                   "    return np.mean([((p - t) ** 2).mean() ** .5 "
                                   "for p, t in batches])",
                  "no-root": RMSE.format("(errors ** 2).mean()"),
                  "absolute": RMSE.format("abs(errors).mean()")},
        unforeseen=["def rmse_of(batches): return .5"],
    ),
    "08.7": dict(
        another=["def importance(answer, X, y, column):\n"
                 "    order = np.random.default_rng(0).permutation(len(X))\n"
                 "    mixed = np.column_stack([X[order, i] if i == column else X[:, i]\n"
                 "                             for i in range(X.shape[1])])\n"
                 "    return float(np.mean(answer(X) == y) - np.mean(answer(mixed) == y))"],
        mistakes={"sign": IMPORTANCE.format(**ONE, result="after - before"),
                  "whole-rows": IMPORTANCE.format(where="[:]", moved="[order]",
                                                  result="before - after"),
                  "after": IMPORTANCE.format(**ONE, result="after")},
        unforeseen=["def importance(answer, X, y, column): return .123"],
    ),
}
