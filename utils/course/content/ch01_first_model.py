"Questions, guesses and exercises of chapter 01."
import numpy as np

from utils.course.writing import (calls, chapter, close, exercise, no, not_yet, prediction,
                                  question, right, same_set, yes)

chapter("01", "First model")

prediction(
    "01.g1", "After a few seconds of training, how many of 100 digits that it has never seen will "
             "the model misread?", low=0, high=100, unit="of 100",
    after="The number moves a little from seed to seed.")

prediction(
    "01.g2", "The model of cats and dogs is shown dots, each coloured by dice. How high, mostly, "
             "is the probability of the answer it gives?",
    options=["Near 0.5, it cannot know", "About 0.7", "Above 0.9"],
    after="The model was never taught to say that it does not know.")

question(
    "01.c1", "A program and a trained model both turn inputs into results. What tells them apart?",
    no("A program is always right", "A program does what it was told, right or wrong."),
    no("A model changes each time it is used", "It changes while it is *trained*. In use its "
                                               "weights stay as they are."),
    yes("Nobody wrote down what the model does", "People chose its form. What it does sits in its "
                                                 "weights, and they came from examples."))

question(
    "01.c2", "In a hospital 98 of 100 scans show nothing. A model is right for 98 of 100. "
             "What do you say?",
    no("It is excellent", "So is a stamp that says *nothing found* on every scan."),
    yes("It only equals a baseline", "Always saying the commonest class is right just as often, "
                                     "and finds no one who is ill. Ask what it does with those."),
    no("It misses all who are ill", "It may. Or it finds every one of them, with some false "
                                    "alarms. This one number does not tell."))

question(
    "01.c3", "By mistake a Siamese's file is called `siamese_12.jpg`. What happens in training?",
    no("The model sees that it is a cat, and mends the label", "It is told what is right by the "
                                                               "labels. There is nothing else."),
    yes("The cat is learned as a dog, and nobody is told", "The label comes from the name, and "
                                                           "names come from people."),
    no("`is_cat` stops with an error", "It looks at one letter of a name, never at a picture."))

question(
    "01.c4", "You want to know how old the animal in a picture is, in months. What kind of task "
             "is it?",
    no("Classification, with a class for each month", "Then 11 and 12 would be as different as 11 "
                                                      "and 90: classes have no order."),
    yes("Regression", "An amount, and near misses count as near."),
    no("Neither, age cannot be seen", "Whether it *can* be learned is another matter; labels and "
                                      "a try will tell. The task is to name an amount."))

question(
    "01.c5", "The model says 0.99 for *cat*. What do you know?",
    no("It is a cat in 99 of 100 such cases", "Only if the picture is like those it was trained "
                                              "on. Dots got such numbers too."),
    no("It has seen this cat before", "It keeps weights, not pictures."),
    yes("Of its two answers, *cat* fits far better", "More it cannot say. That the picture shows a "
                                                     "pet at all, it takes for granted."))

question(
    "01.q1", "What is machine learning?",
    no("Programs that think as people do", "A grand word for numbers that are adjusted to "
                                           "examples."),
    yes("Finding a program's numbers from examples", "People choose the form; examples set the "
                                                     "parameters."),
    no("Any use of a neural network", "Average pictures are learned too, and there is no network "
                                      "in them."))

question(
    "01.q2", "What is an architecture?",
    yes("The form of a model, with its parameters left open", "Parameters make it a particular "
                                                              "model."),
    no("The parameters", "They are what the architecture leaves open."),
    no("The computer that it runs on", "Any computer will do; some are faster."))

question(
    "01.q3", "What is the label for in training?",
    no("It is shown to the model beside the picture", "Then it would only need to copy it."),
    yes("The loss compares it with the prediction", "How far off? That is what the parameters are "
                                                    "adjusted by."),
    no("It names the file", "Here the name *holds* the label. It could as well stand in a table."))

question(
    "01.q4", "Why is the error measured on pictures that were not trained on?",
    no("To save time", "It takes time."),
    no("Because their labels are better", "They were drawn by lot from the same pile."),
    yes("Pictures seen can be remembered", "Only new ones show whether what was learned holds "
                                           "beyond them."))

question(
    "01.q5", "Your hand-set rule read 55 of the 60 pictures you looked at. On new ones it will",
    yes("probably do worse", "You moved the thresholds until they suited *these* 60."),
    no("do just as well", "It would, if you had chosen it without looking at the pictures."),
    no("do better, as there are more", "More pictures measure it more exactly. They do not make "
                                       "it better."))

question(
    "01.q6", "A model predicts which goods a customer will buy. The shop then shows only these. "
             "What happens to its next training data?",
    no("They get better, there are more of them", "More of what was shown. What was not shown "
                                                  "could not be bought."),
    no("Nothing, customers choose freely", "They choose among what they see."),
    yes("They echo the model", "A feedback loop: the predictions made the data they are proved "
                               "by."))


TODAY = ['parameters', 'architecture', 'predictions', 'loss']


@exercise(
    "01.1", "Today's words", kind="warm-up", minutes=2, takes="list",
    nudge="Look for *Today's words* in step 2: a table.",
    lines="Four texts in quotes, in the order of the four names on the left.",
    mistakes={"model": "A *model* today is the form together with its numbers. One word names the "
                       "form alone, another the numbers alone.",
              "people": "That is for people to read. Training uses another measure, one that "
                        "notices every small change."})
def _(answer):
    said = [str(word).strip().casefold().rstrip('s') for word in answer]
    wanted = [word.rstrip('s') for word in TODAY]
    if said == wanted: return right("From here on the course speaks so.")
    if len(said) != 4: return None
    if said[:2] == wanted[1::-1] or 'model' in said[:2]: return not_yet("model")
    if said[3] in ('metric', 'accuracy', 'error rate', 'error'): return not_yet("people")


def _pictures():
    "Three pictures, each with four averages."
    rng = np.random.default_rng(1)
    return [(rng.random((8, 8)), rng.random((4, 8, 8))) for _ in range(3)]


def _distances(picture, averages): return ((averages - picture) ** 2).sum((1, 2))


@exercise(
    "01.2", "The nearest average", kind="core", minutes=5, takes="function",
    nudge="How far apart are two pictures? Subtract, square, add up. Step 2 does it for all at "
          "once.",
    lines="`((averages - picture) ** 2).sum((1, 2))` holds one distance for each average; `argmin` "
          "says where the smallest stands.",
    mistakes={"farthest": "This is the average that is *least* like the picture.",
              "distance": "This is how far away the nearest one is. Which one is it?",
              "unsquared": "Differences above and below zero cancel out unless they are squared."})
def _(f):
    cases = [(case, int(_distances(*case).argmin())) for case in _pictures()]
    cases.append(((np.zeros((8, 8)), np.stack([np.full((8, 8), v) for v in (-.5, .2, .3)])), 1))
    seen = calls(f, cases)
    if seen.right: return right("A model in one line: its parameters are the average pictures.")
    if seen.like(lambda p, a: int(_distances(p, a).argmax())): return not_yet("farthest")
    if seen.like(lambda p, a: _distances(p, a).min()): return not_yet("distance")
    if seen.like(lambda p, a: int((a - p).sum((1, 2)).argmin())): return not_yet("unsquared")


FILES = {'Siamese_12.jpg': 'Siamese', 'beagle_3.jpg': 'beagle', 'Russian_Blue_140.jpg':
         'Russian_Blue', 'saint_bernard_7.jpg': 'saint_bernard'}


@exercise(
    "01.3", "A label function", kind="core", minutes=4, takes="function",
    nudge="The number stands after the *last* underscore; a breed may hold one too.",
    lines="`name.rsplit('_', 1)` cuts at the last underscore only.",
    mistakes={"first": "Try it on `saint_bernard_7.jpg`: the breed has an underscore of its own.",
              "number": "The number is still there.",
              "pieces": "These are the pieces. Which of them is the breed?"})
def _(f):
    seen = calls(f, [((name,), breed) for name, breed in FILES.items()])
    if seen.right: return right("Labels are made by a person's agreement, here by names of files.")
    if seen.like(lambda name: name.split('_')[0]): return not_yet("first")
    if seen.like(lambda name: name.split('.')[0]): return not_yet("number")
    if seen.like(lambda name: name.rsplit('_', 1)): return not_yet("pieces")


@exercise(
    "01.4", "Which or how much", kind="core", minutes=3, takes="list",
    nudge="Ask of each answer: is 4 nearer to 5 than to 9?",
    lines="Leave out those whose answer is a name, even if the name is a numeral.",
    mistakes={"others": "These are the classifications.",
              "numeral": "The numeral 8 on an envelope is a name: a 9 is not a near miss.",
              "missing": "There is one more whose answer is an amount."})
def _(answer):
    said = {str(letter).strip().upper() for letter in answer}
    if same_set(said, 'BD'): return right("The kind of answer decides on the loss and the metric.")
    if same_set(said, 'ACE'): return not_yet("others")
    if same_set(said, 'BDE'): return not_yet("numeral")
    if said and said < set('BD'): return not_yet("missing")


@exercise(
    "01.5", "A rule by hand", kind="core", minutes=5, takes=("number", "number"),
    nudge="Set the lab to its start with Reset, then move one slider at a time.",
    lines="Give the two numbers at the sliders: `middle`, then `ink`. Look which digits stand in "
          "frames: are there more zeros or more eights?",
    mistakes={"start": "These are the thresholds that the lab starts with. Move them.",
              "loose": "It takes too many zeros for an eight: ask for more ink in the middle.",
              "strict": "The rule misses too many eights: it asks for too much."})
def _(middle, ink):
    from utils.labs.first_model.rule_or_weights import CONTROLS, hold_contest
    settings = {name: control.value for name, control in CONTROLS.items()}
    if not (0 <= middle <= 100 and 0 <= ink <= 100): return None
    contest = hold_contest(**settings | dict(middle=middle, ink=ink))
    if contest.right[0] >= 54: return right("You have trained a model of two parameters, by hand.")
    if (middle, ink) == (settings['middle'], settings['ink']): return not_yet("start")
    taken = int((contest.by_rule & ~contest.y).sum())
    missed = int((contest.y & ~contest.by_rule).sum())
    return not_yet("loose" if taken > missed else "strict")


@exercise(
    "01.6", "The class it never saw", kind="stretch", minutes=6, takes="number",
    nudge="Find the nearest of the *first nine* averages for each nine, then count the answers.",
    lines="Step 2's line for `distance`, with `nines` and `averages[:9]`; then `np.bincount` of "
          "`argmin(1)`.",
    mistakes={"nine": "It has no such answer: only the averages 0 to 8 take part.",
              "count": "That is how many went there. Which digit was it?",
              "farthest": "That digit is the one least like a nine."})
def _(answer, nines, averages):
    distance = np.stack([_distances(nine, averages[:9]) for nine in nines])     # (n, 9)
    votes, against = (np.bincount(d, minlength=9) for d in (distance.argmin(1), distance.argmax(1)))
    if close(answer, votes.argmax()): return right("Every nine gets an answer, and all are wrong.")
    if close(answer, 9): return not_yet("nine")
    if close(answer, votes.max()): return not_yet("count")
    if close(answer, against.argmax()): return not_yet("farthest")
