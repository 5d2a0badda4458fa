"Answers to the exercises of chapter 03: right another way, wrong in a known way, wrong anyhow."

BREED = "def breed_of(path): return {}"
ACTS = "answers = {!r}"
CUT = "def share_cut(w, h): return {}"
GROUPS = """import random

def split_by_animal(animals, share, seed):
    names = sorted(set(animals))
    random.Random({seed}).shuffle(names)
    chosen = set(names[:round({share} * len(names))])
    valid = [{what} for i, a in enumerate(animals) if a in chosen]
    train = [i for i, a in enumerate(animals) if {rest}]
    return train, valid"""
GROUP = dict(seed="seed", share="share", what="i", rest="a not in chosen")
LAST = """def last_part(dates, share):
    order = {order}
    cut = len(dates) - round(share * len(dates))
    return {result}"""
BY_DATE = "sorted(range(len(dates)), key=lambda i: dates[i])"
STAY = """import zlib
def valid_names(names, share):
    return [n for n in names if {}]"""

CASES = {
    "03.1": dict(
        another=[BREED.format("'_'.join(path.stem.split('_')[2:])"),
                 "breed_of = using_attr(RegexLabeller(r'\\d_(.+)\\.jpg'), 'name')"],
        mistakes={"one-word": BREED.format("path.stem.rpartition('_')[-1]"),
                  "ending": BREED.format("path.name.split('_', 2)[-1]"),
                  "old-pattern": BREED.format("path.name.split('_')[0]")},
        unforeseen=[BREED.format("'pug'")],
    ),
    "03.2": dict(
        another=["answers = ('Training', 'validation', 'validation', 'test', 'train')",
                 "answers = ['train', 'valid', 'valid', 'test', 'train']"],
        mistakes={"test-chooses": ACTS.format(["train", "valid", "test", "test", "train"]),
                  "report": ACTS.format(["train", "valid", "valid", "valid", "train"]),
                  "vocab": ACTS.format(["train", "valid", "valid", "test", "valid"])},
        unforeseen=[ACTS.format(["valid", "train", "valid", "test", "train"])],
    ),
    "03.3": dict(
        another=[CUT.format("1 - min(w, h) ** 2 / (w * h)"),
                 CUT.format("abs(w - h) / max(w, h)")],
        mistakes={"kept": CUT.format("min(w, h) ** 2 / (w * h)"),
                  "percent": CUT.format("100 * (1 - min(w, h) / max(w, h))"),
                  "wide-only": CUT.format("(w - h) / w")},
        unforeseen=[CUT.format("w * h - min(w, h) ** 2")],
    ),
    "03.4": dict(
        another=["import numpy\n"
                 "def split_by_animal(animals, share, seed):\n"
                 "    pets = numpy.unique(animals)\n"
                 "    numpy.random.default_rng(seed).shuffle(pets)\n"
                 "    valid = numpy.isin(animals, pets[:int(share * len(pets))])\n"
                 "    return numpy.flatnonzero(~valid), numpy.flatnonzero(valid)"],
        mistakes={
            "both-sets": "def split_by_animal(animals, share, seed):\n"
                         "    return RandomSplitter(share, seed)(animals)",
            "lost": GROUPS.format(**GROUP | dict(rest="a not in chosen and i")),
            "not-animals": GROUPS.format(**GROUP | dict(what="a")),
            "no-seed": GROUPS.format(**GROUP | dict(seed="0")),
            "share": GROUPS.format(**GROUP | dict(share="(1 - share)"))},
        unforeseen=["def split_by_animal(animals, share, seed): return animals[0] / 2"],
    ),
    "03.5": dict(
        another=["from utils.labs.data.best_of_k import expected_best\n"
                 "expected = expected_best(200, 100)[0]\nproves_skill = 'no'",
                 "import numpy\n"
                 "rng = numpy.random.default_rng(0)\n"
                 "expected = rng.binomial(100, .5, (500, 200)).max(1).mean() / 100\n"
                 "proves_skill = False"],
        mistakes={"test-score": "expected = .5\nproves_skill = False",
                  "gap": "expected = .14\nproves_skill = False",
                  "proof": "expected = .64\nproves_skill = True"},
        unforeseen=["expected = .9\nproves_skill = False"],
    ),
    "03.6": dict(
        another=["import numpy\n"
                 "def last_part(dates, share):\n"
                 "    order = numpy.argsort(numpy.array(dates))\n"
                 "    cut = int((1 - share) * len(dates))\n"
                 "    return order[:cut], order[cut:]"],
        mistakes={
            "by-place": "def last_part(dates, share): return EndSplitter(share)(dates)",
            "oldest": LAST.format(order=BY_DATE + "[::-1]", result="order[:cut], order[cut:]"),
            "dates": LAST.format(order="sorted(dates)", result="order[:cut], order[cut:]")},
        unforeseen=[LAST.format(order=BY_DATE, result="order[cut:], order[:cut]")],
    ),
    "03.7": dict(
        another=["import hashlib\n"
                 "def valid_names(names, share):\n"
                 "    def luck(n): return int(hashlib.md5(n.encode()).hexdigest(), 16) % 10_000\n"
                 "    return {n for n in names if luck(n) < 10_000 * share}",
                 "import zlib\n"
                 "def valid_names(names, share):\n"
                 "    return [n for n in names if zlib.crc32(n.encode()) % 1000 < 1000 * share]"],
        mistakes={
            "order": "def valid_names(names, share):\n"
                     "    return [names[i] for i in RandomSplitter(share, 42)(names)[1]]",
            "moves": "def valid_names(names, share):\n"
                     "    names = sorted(names)\n"
                     "    return [names[i] for i in RandomSplitter(share, 42)(names)[1]]",
            "share": STAY.format("zlib.crc32(n.encode()) % 2 < share"),
            "salted": STAY.format("hash(n) % 1000 < 1000 * share")},
        unforeseen=["def valid_names(names, share): return ['nobody.jpg']"],
    ),
}
