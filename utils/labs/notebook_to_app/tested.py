"Pictures that a taught net was asked about, and what became of a visitor's files, in words."
from dataclasses import dataclass

import numpy as np

__all__ = ['Tested', 'confused', 'listed', 'mistakes', 'took']

MISTAKES, FILES = 12, 40        # mistakes shown; files in one message


@dataclass
class Tested:
    "A picture that the net was asked about."
    shown: object        # `Shown`
    probs: list          # of each class
    truth: int = -1      # the class it is of, where that is known

    def for_page(self, names) -> dict:
        "What the page shows of it."
        said = int(np.argmax(self.probs))
        return dict(id=self.shown.number, said=names[said], probs=[round(p, 4) for p in self.probs],
                    truth=names[self.truth] if self.truth >= 0 else '', right=said == self.truth)


def confused(lesson, judged):
    "The confusion matrix of pictures that were tested besides those held out, or None."
    if not judged: return None
    res = np.zeros((len(lesson.names),) * 2, int)
    for x in judged: res[x.truth, int(np.argmax(x.probs))] += 1
    return res


def mistakes(lesson, learned: list, judged: list) -> list[Tested]:
    "Held-out pictures and unseen samples that are named wrongly, the surest first."
    if lesson is None: return []
    held = [Tested(learned[i], p.tolist(), int(y))
            for i, p, y in zip(lesson.items, lesson.probs, lesson.truth)]
    wrong = [x for x in held + judged if int(np.argmax(x.probs)) != x.truth]
    return sorted(wrong, key=lambda x: -max(x.probs))[:MISTAKES]


def listed(value, most: int = FILES) -> list:
    "What a page sent, as far as it is a list, and no longer than is asked for."
    return value[:most] if isinstance(value, list) else []


def took(taken: int, refused: list, done: str) -> dict:
    "What became of some files, in a sentence."
    good = f'{taken} picture{"s were" if taken != 1 else " was"} {done}.' if taken else ''
    if not taken and not refused:
        return dict(text='No picture has arrived. Choose it once more.', wrong=True)
    if not refused: return dict(text=good, wrong=False)
    (name, why), more = refused[0], len(refused) - 1
    also = f' {more} more {"were" if more > 1 else "was"} refused too.' if more else ''
    text = f'{good} {name}: {why}{also}' if good else f'{name}: {why}{also} Nothing was changed.'
    return dict(text=text, wrong=True)
