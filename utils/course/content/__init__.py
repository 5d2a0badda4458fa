"""One module per chapter, `chNN_<concept>.py`: its predictions, questions and exercises.

Written with `utils.course.writing`; tests/course/toy holds a whole small chapter as an example.
Ids: 04.1 exercise, 04.g1 prediction, 04.c1 checkpoint, 04.q1 quiz. An exercise's cell has the tag
`exercise`, the cell id `ex-04-1`, and `check("04.1", …)` as its last line; the solved cell in
notebooks/solutions has the same id. Answers that must pass or fail stand in tests/course/cases.
"""
__all__ = []
