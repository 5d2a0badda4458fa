"What a class has done, in numbers: by student and exercise, the hardest, the commonest mistakes."
from collections import Counter
from dataclasses import dataclass

from . import shelf
from .exporting import known_hints
from .handed_in import Handed, Student

__all__ = ['Group', 'Hard', 'Mistake', 'STATES', 'UNFORESEEN']

STATES = ('open', 'not yet', 'right later', 'right at once')   # place = code in the heat map
UNFORESEEN = 'Wrong in a way that no hint foresees; have them show it to you.'


@dataclass
class Hard:
    "How one exercise went."
    id: str
    title: str
    tried: int      # students
    at_once: int    # right with the first answer
    later: int      # right after more tries
    tries: float    # mean of those who tried

    @property
    def not_yet(self) -> int:
        "Students who tried and have not got it."
        return self.tried - self.at_once - self.later


@dataclass
class Mistake:
    "One mistake, and how many made it."
    id: str
    hint: str       # its short name
    words: str      # what the hint says
    students: int
    times: int


class Group:
    "A class: its students, the exercises of the chapters they have begun, what went how."

    def __init__(self, handed: Handed):
        self.handed, self.students = handed, handed.students
        self.hints = known_hints()
        begun = {id[:2] for s in self.students for id in s.exercises}
        self.chapters = [shelf.open_chapter(n) for n in sorted(begun)]
        self.ids = [id for home in self.chapters for id in home.exercises]

    def title(self, id: str) -> str:
        "The title of an exercise."
        return shelf.find(id, 'exercises').title

    def code(self, student: Student, id: str) -> int:
        "The place in `STATES` of what a student has done of an exercise."
        entry = student.exercises.get(id)
        if entry is None: return 0
        if entry.state != 'right': return 1
        return 3 if entry.at_once else 2

    def counts(self) -> Counter:
        "How many fields of students by exercises are in each state."
        return Counter(STATES[self.code(s, id)] for s in self.students for id in self.ids)

    def done(self, student: Student, chapter: str) -> int:
        "How many exercises of a chapter a student has got right."
        return sum(e.state == 'right' for id, e in student.exercises.items() if id[:2] == chapter)

    @property
    def enough(self) -> int:
        "By how many an exercise must have been tried to be called hard: a fifth of the class."
        return max(1, round(len(self.students) / 5))

    def hardest(self, most: int = 10) -> list[Hard]:
        "The exercises that fewest get right at once; of equals, those of most tries."
        rows = [h for h in map(self._hard, self.ids) if h.tried >= self.enough]
        rows = [h for h in rows if h.at_once < h.tried]
        return sorted(rows, key=lambda h: (h.at_once / h.tried, -h.tries, h.id))[:most]

    def _hard(self, id: str) -> Hard:
        entries = [s.exercises[id] for s in self.students if id in s.exercises]
        at_once = sum(e.at_once for e in entries)
        right = sum(e.state == 'right' for e in entries)
        mean = sum(e.tries for e in entries) / max(len(entries), 1)
        return Hard(id, self.title(id), len(entries), at_once, right - at_once, mean)

    def mistakes(self, most: int = 10) -> list[Mistake]:
        "The mistakes that most students made, with what the hints say to them."
        students, times = Counter(), Counter()
        for s in self.students:
            for id, entry in s.exercises.items():
                unnamed = entry.tries - sum(entry.hints.values()) - (entry.state == 'right')
                for key, n in (entry.hints | {'': unnamed}).items():
                    if not n: continue
                    students[id, key] += 1
                    times[id, key] += n
        ranked = sorted(students, key=lambda k: (-students[k], -times[k], k))[:most]
        return [Mistake(id, key or 'unforeseen', self.hints[id][key] if key else UNFORESEEN,
                        students[id, key], times[id, key]) for id, key in ranked]
