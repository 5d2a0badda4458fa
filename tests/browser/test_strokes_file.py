"""The file of drawn digits is complete, varied and well formed."""
import copy
import json
from collections import Counter
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("strokes.json")
NAMED_SHAPES = {(7, "barred"), (1, "serif"), (4, "open")}


def faults(data):
    "List what is wrong with `data`, one short code each; empty when all is well."
    recordings = data["recordings"]
    shapes = {(r["digit"], r["shape"]) for r in recordings}
    styles = Counter(digit for digit, _ in shapes)
    points = [point for r in recordings for stroke in r["strokes"] for point in stroke]
    strokes = [stroke for r in recordings for stroke in r["strokes"]]
    checks = {
        "about": len(data["about"]) > 200,
        "hundred": len(recordings) == 100,
        "ten each": Counter(r["digit"] for r in recordings) == dict.fromkeys(range(10), 10),
        "five shapes": all(styles[digit] >= 5 for digit in range(10)),
        "named shapes": NAMED_SHAPES <= shapes,
        "two strokes": all(len(r["strokes"]) == 2 for r in recordings
                           if (r["digit"], r["shape"]) in {(7, "barred"), (4, "open")}),
        "pen": all(0.03 <= r["pen"] <= 0.08 for r in recordings),
        "dense": all(20 <= len(stroke) <= 60 for stroke in strokes),
        "pairs": all(len(point) == 2 for point in points),
        "range": all(0 <= value <= 1 for point in points for value in point),
        "rounded": all(round(value, 3) == value for point in points for value in point),
        "size": all(0.34 <= extent(r) <= 0.86 for r in recordings),
        "distinct": len({json.dumps(r["strokes"]) for r in recordings}) == len(recordings),
        "gaps": all(longest_step(stroke) < 0.12 for stroke in strokes),
    }
    return [name for name, fine in checks.items() if not fine]


def extent(recording):
    "Longer side of the box around a drawing, as a fraction of the pad."
    xs, ys = zip(*(point[:2] for stroke in recording["strokes"] for point in stroke), strict=True)
    return max(max(xs) - min(xs), max(ys) - min(ys))


def longest_step(stroke):
    "Longest way between neighbouring points, along x or y."
    pairs = zip(stroke, stroke[1:], strict=False)
    return max((max(abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in pairs), default=0)


@pytest.fixture(scope="module")
def data():
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_the_file_has_no_fault(data):
    assert faults(data) == []


def test_the_file_is_small():
    assert FILE.stat().st_size < 400_000


def of_digit(data, digit):
    return [r for r in data["recordings"] if r["digit"] == digit]


def same_shapes(data):
    for r in of_digit(data, 3): r["shape"] = "round"


def rename_barred(data):
    for r in of_digit(data, 7): r["shape"] = r["shape"].replace("barred", "crossed")


def shrink(data):
    strokes = data["recordings"][0]["strokes"]
    strokes[:] = [[[round(x / 4, 3), round(y / 4, 3)] for x, y in stroke] for stroke in strokes]


def barred_without_bar(data):
    next(r for r in data["recordings"] if r["shape"] == "barred")["strokes"].pop()


PLANTED = {
    "about": lambda data: data.update(about=""),
    "hundred": lambda data: data["recordings"].pop(),
    "ten each": lambda data: data["recordings"][0].update(digit=5),
    "five shapes": same_shapes,
    "named shapes": rename_barred,
    "two strokes": barred_without_bar,
    "pen": lambda data: data["recordings"][3].update(pen=0.2),
    "dense": lambda data: data["recordings"][4]["strokes"].append([[0.5, 0.5]]),
    "pairs": lambda data: data["recordings"][5]["strokes"][0][0].append(0.5),
    "range": lambda data: data["recordings"][6]["strokes"][0].__setitem__(0, [-0.1, 0.5]),
    "rounded": lambda data: data["recordings"][6]["strokes"][0].__setitem__(0, [0.12345, 0.5]),
    "size": shrink,
    "distinct": lambda data: data["recordings"].__setitem__(0, data["recordings"][1]),
    "gaps": lambda data: data["recordings"][60]["strokes"][0].__setitem__(9, [0.0, 0.0]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(data, name):
    spoiled = copy.deepcopy(data)
    PLANTED[name](spoiled)
    assert name in faults(spoiled)
