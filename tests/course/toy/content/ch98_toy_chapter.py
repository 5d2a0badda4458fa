"A chapter that exists only to test the course's own parts."
from utils.course.writing import (attempt, calls, chapter, close, exercise, make, no, not_yet,
                                  prediction, question, right, same_set, yes)

chapter("98", "Toy chapter")

prediction("98.g1", "How many of `n` points are wrong?", low=0, high=100, unit="points")
prediction("98.g2", "Does the loss fall?", options=["Yes", "No"], after="It was made to fall.")

question(
    "98.c1", "What does training change?",
    no("The labels", "Labels are *given*; changing them would change the task."),
    yes("The parameters", "Nothing else may move: see `step`."),
    no("The architecture", "It stays as chosen while the parameters < 1 move & settle."))
for n in range(1, 6):
    choices = yes("Yes", "It counts."), no("No", "A numeral is a sign; what it means is a number.")
    question(f"98.q{n}", f"Is {n} a number?", *(reversed(choices) if n == 3 else choices))


@exercise("98.1", "Error rate", kind="warm-up", minutes=2, takes="number",
          nudge="Count what went wrong.", lines="Use `!=` and `mean`.",
          mistakes={"accuracy": "This is the share that is right.",
                    "percent": "A fraction is asked for, not percent."})
def _(answer):
    if close(answer, .25): return right("One of four.")
    if close(answer, .75): return not_yet("accuracy")
    if close(answer, 25): return not_yet("percent")


@exercise("98.2", "A function", kind="core", minutes=4, takes="function",
          nudge="Compare, then average.", lines="`(p != t)` holds True where wrong.",
          mistakes={"accuracy": "This grows when the model gets better.",
                    "count": "A number of pictures; divide by how many there are."})
def _(f):
    seen = calls(f, [(([1, 2, 3], [1, 0, 3]), 1 / 3), (([1, 1], [0, 0]), 1.)])
    if seen.right: return right("One comparison, one mean.")
    wrong = lambda p, t: sum(a != b for a, b in zip(p, t))
    if seen.like(lambda p, t: 1 - wrong(p, t) / len(p)): return not_yet("accuracy")
    if seen.like(wrong): return not_yet("count")


@exercise("98.3", "Two answers", kind="core", minutes=3, takes=("list", "yes or no"),
          nudge="Which two?", lines="Read the matrix off the diagonal.",
          mistakes={"one": "There are two of them.", "sure": "Look at the second part again."})
def _(names, sure, known):
    if same_set(names, known) and sure is False: return right("These two, and never surely.")
    if same_set(names, known): return not_yet("sure")
    if len(names) == 1: return not_yet("one")


@exercise("98.4", "A class", kind="stretch", minutes=5, takes="class",
          nudge="Which event comes after the loss?", lines="`after_loss` is called once a batch.",
          mistakes={"never": "Your counter never counts.", "twice": "It counts each batch twice."})
def _(answer):
    counter = make(answer)
    for _ in range(4): attempt(getattr(counter, 'after_loss', lambda: None))
    seen = getattr(counter, 'n', 0)
    if close(seen, 4): return right("Once for each batch.")
    if close(seen, 0) and hasattr(counter, 'after_loss'): return not_yet("never")
    if close(seen, 8): return not_yet("twice")
