"Made-up classes, for the tests: what students of different strength hand in."
import json
import random
from pathlib import Path

from utils.course.exporting import known_hints

NAMES = ("Ada Bo Chi Dee Eli Fay Gus Hao Ida Jo Kai Lea Mo Nia Ole Pia Qi Ray Sam Tom Una Vic Wim "
         "Xu Yan Zoe").split()


def name_of(i: int) -> str:
    return NAMES[i % len(NAMES)] + (f" {i // len(NAMES)}" if i >= 26 else "")


def export_of(name: str, skill: float, reach: int, dice: random.Random) -> dict:
    "A student who got as far as the exercise `reach`, and knows it with the chance `skill`."
    exercises = {}
    for place, (id, hints) in enumerate(known_hints().items()):
        hard = .25 * (place % 7) / 6
        if place >= reach or dice.random() < .08: continue
        wrong = 0
        while wrong < 6 and dice.random() > skill - hard: wrong += 1
        keys = [k for k in [*hints, None] for _ in range(3 if k == next(iter(hints)) else 1)]
        picks = [dice.choice(keys) for _ in range(wrong)]
        seen = {k: picks.count(k) for k in picks if k}
        right = wrong < 6 and dice.random() < .93 or not wrong
        exercises[id] = dict(state="right" if right else "not yet", tries=wrong + right, hints=seen)
    return dict(companion_export=1, name=name, exercises=exercises)


def write_class(folder: Path, n: int, seed: int = 3, most: int = 40) -> Path:
    "`n` files of students in a folder."
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        data = export_of(name_of(i), dice.uniform(.55, .95), dice.randrange(5, most), dice)
        (folder / f"{i:03}.json").write_text(json.dumps(data), encoding="utf-8")
    return folder
