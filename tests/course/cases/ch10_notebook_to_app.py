"Answers to the exercises of chapter 10: right another way, wrong in a known way, wrong anyhow."

NEWEST = "def newest_bytes(value):\n    {}"
HEADER = """def classes_in(raw):
    length = int.from_bytes(raw[:8], '{order}')
    header = json.loads(raw[8:8 + length])
    about = json.loads(header['__metadata__']['companion'])
    return {result}"""
VOCAB = "about['dls']['blocks'][1]['vocab']"
LINE = """def answer_line(probs, vocab, least=.7):
    best = int(probs.argmax())
    {doubt}
    return f'{{vocab[best]}} ({shown})'"""
DOUBT = "if probs[best] < {}: return 'not sure'"
ALARM = """def alarm(usual, batch, k=3):
    error = np.std({of}){root}
    return bool({gap} > k * error)"""
GAP = "np.mean(batch) - np.mean(usual)"
ROOT = " / len(batch) ** .5"
PLAN = "plan = dict(manual={}, limited={}, wider={}, never={}, stop_above={})"


def plan(manual="['d']", limited="['a', 'c']", wider="['e']", never="['b', 'f']", stop="4"):
    return PLAN.format(manual, limited, wider, never, stop)


CASES = {
    "10.1": dict(
        another=["inside = {'picture size', 'weights', 'mean and standard deviation', "
                 "'class names'}"],
        mistakes={"training": "inside = ['weights', 'class names', 'picture size', "
                              "'mean and standard deviation', 'optimiser']",
                  "code": "inside = ['weights', 'class names', 'Python code', 'picture size', "
                          "'mean and standard deviation']",
                  "weights-only": "inside = ['weights']"},
        unforeseen=["inside = ['weights', 'class names']"],
    ),
    "10.2": dict(
        another=["leaked = ('floor_plan.svg', 'passport_scan.jpg', 'logo.png')"],
        mistakes={"harmless": "leaked = ['logo.png', 'floor_plan.svg']",
                  "everything": "leaked = ['logo.png', 'passport_scan.jpg', 'visitors.csv']",
                  "drawing": "leaked = ['logo.png', 'passport_scan.jpg']"},
        unforeseen=["leaked = ['passport_scan.jpg', 'floor_plan.svg']"],
    ),
    "10.3": dict(
        another=[NEWEST.format("return bytes(value[-1].content) if len(value) else None")],
        mistakes={"first": NEWEST.format("return value[0].content.tobytes() if value else None"),
                  "empty": NEWEST.format("return value[-1].content.tobytes()"),
                  "view": NEWEST.format("return value[-1].content if value else None")},
        unforeseen=[NEWEST.format("return b'something'")],
    ),
    "10.4": dict(
        another=["def classes_in(raw):\n"
                 "    import struct\n"
                 "    n, = struct.unpack('<Q', raw[:8])\n"
                 "    about = json.loads(raw[8:8 + n].decode())['__metadata__']['companion']\n"
                 "    return tuple(json.loads(about)['dls']['blocks'][1]['vocab'])"],
        mistakes={"big": HEADER.format(order="big", result=VOCAB),
                  "header": HEADER.format(order="little", result="header"),
                  "joined": HEADER.format(order="little", result=f"', '.join({VOCAB})")},
        unforeseen=[HEADER.format(order="little", result="about['dls']['blocks']")],
    ),
    "10.5": dict(
        another=["def answer_line(probs, vocab, least=.7):\n"
                 "    p, name = max(zip(probs.tolist(), vocab))\n"
                 "    return name + ' (%.2f)' % p if p >= least else 'not sure'"],
        mistakes={"never-doubts": LINE.format(doubt="", shown="{probs[best]:.2f}"),
                  "percent": LINE.format(doubt=DOUBT.format("least"),
                                         shown="{100 * probs[best]:.0f} %"),
                  "fixed": LINE.format(doubt=DOUBT.format(".7"), shown="{probs[best]:.2f}")},
        unforeseen=["def answer_line(probs, vocab, least=.7): return 'teddy'"],
    ),
    "10.6": dict(
        another=["def alarm(usual, batch, k=3):\n"
                 "    usual, batch = torch.as_tensor(usual), torch.as_tensor(batch)\n"
                 "    error = usual.std(correction=0) / torch.tensor(len(batch)).sqrt()\n"
                 "    return (batch.mean() - usual.mean()).abs() / error > k"],
        mistakes={"no-root": ALARM.format(of="usual", root="", gap=f"abs({GAP})"),
                  "one-side": ALARM.format(of="usual", root=ROOT, gap=f"-({GAP})"),
                  "own": ALARM.format(of="batch", root=ROOT, gap=f"abs({GAP})")},
        unforeseen=["def alarm(usual, batch, k=3): return True"],
    ),
    "10.7": dict(
        another=[plan(limited="('c', 'a')", never="{'f', 'b'}", stop="4.")],
        mistakes={"all-at-once": plan(wider="['b', 'e']", never="['f']"),
                  "feeds-itself": plan(wider="['e', 'f']", never="['b']"),
                  "acts-too-soon": plan(manual="['c', 'd']", limited="['a']"),
                  "stop": plan(stop="2")},
        unforeseen=[plan(wider="[]", never="['b', 'e', 'f']")],
    ),
}
