"Questions, guesses and exercises of chapter 12."
import numpy as np

from utils.course.writing import (attempt, calls, chapter, close, exercise, no, not_yet,
                                  prediction, question, right, yes)

chapter("12", "Scaling out")

prediction(
    "12.g1", "Two processes share each batch of 512 pictures; each has one core of its own. How "
             "many times as fast as one process do they train?",
    low=.5, high=3., unit="times",
    after="Half the pictures each, and then they wait for each other and add up gradients. What "
          "else runs on the machine takes its part, too.")

prediction(
    "12.g2", "One process. Which change alone gives most pictures a second here?",
    options=["numbers of 16 bits instead of 32", "channels last in memory", "larger batches",
             "two threads instead of one"],
    after="It depends on the machine, so it has to be measured. On a processor without 16-bit "
          "arithmetic the order is another one.")

question(
    "12.c1", "On your laptop bf16 made training twice as fast. On a friend's older one it is "
             "slower. Why?",
    no("The friend made a mistake", "Nothing hints at one. The same line can gain here and lose "
                                    "there."),
    yes("Their processor has no arithmetic for it", "Then every number is converted there and "
                                                    "back, which costs and gains nothing."),
    no("bf16 only works on GPUs", "It just worked on a processor. What counts is whether the chip "
                                  "has instructions for it."))

question(
    "12.c2", "Two ranks take the mean of their gradients after each batch. When do their weights "
             "begin to differ?",
    no("From the first batch, for they see different pictures", "Their gradients differ. But both "
                                                               "step by the same mean."),
    no("At the end of the first epoch", "Nothing special happens to weights there."),
    yes("Never", "Same start, same mean gradient, same step: no weights ever have to be sent."))

question(
    "12.c3", "A tenth of a batch's time cannot be shared. You rent 1,000 processes. How many times "
             "as fast is it, at most?",
    yes("10 times", "The tenth stays, however fast the rest becomes."),
    no("900 times", "Nine tenths are shared by 1,000. But the tenth takes as long as ever, and "
                    "everybody waits for it."),
    no("1,000 times", "Only if nothing were left that each has to wait for."))

question(
    "12.c4", "A process dies in epoch 7, and the others with it. What does the last checkpoint "
             "have to hold, so that nothing shows in the result?",
    no("The weights", "Adam's averages, the place in the schedule and the order of the items would "
                      "start anew."),
    no("Weights and the number of the epoch", "Better. But the optimiser would have forgotten its "
                                              "averages, and the items come in another order."),
    yes("Weights, optimiser, schedule, random numbers, epoch", "Then the second attempt takes the "
                                                               "very steps that the first would "
                                                               "have taken."))

question(
    "12.q1", "What is a rank?",
    no("A machine", "A machine with eight GPUs usually runs eight ranks."),
    yes("One of the processes that train together, by its number", "From 0 on. Only rank 0 shows "
                                                                   "and writes."),
    no("The place of a model among others", "That would be a ranking."))

question(
    "12.q2", "One process trained with batches of 64. Now 4 ranks are to take the same steps. How "
             "many pictures of a batch does each get?",
    yes("16", "The whole batch stays 64, so the steps stay the same."),
    no("64", "Then the whole batch is 256: fewer steps an epoch, and another learning rate may be "
             "needed."),
    no("256", "That is four times 64. Sharing makes parts smaller."))

question(
    "12.q3", "What is gradient accumulation for?",
    no("To save time", "All pictures are computed as before. Where it is quicker, small batches "
                       "fit the processor's fast memory; the adding up gains nothing."),
    no("To save disk space", "Gradients are never written."),
    yes("To save memory", "Only a small batch has to fit; the step is that of the large one."))

question(
    "12.q4", "Validation on 3 ranks: accuracies 0.90, 0.90 and 0.60, on 100, 100 and 10 items. "
             "What is the accuracy?",
    no("0.80", "That is the mean of three numbers that stand for different amounts of items."),
    yes("About 0.89", "186 of 210 are right. Ten items count as ten items."),
    no("0.60, the worst", "Nothing makes the worst rank speak for all."))

question(
    "12.q5", "Two processes train a tiny net slower than one. What is the likely reason?",
    yes("Talking takes longer than the computing they save", "Sharing pays where a batch has much "
                                                             "to compute."),
    no("They compute everything twice", "Each computes its own part only."),
    no("The gradients are wrong", "Then the loss would tell. Slow and wrong are two things."))

question(
    "12.q6", "A class of 30 on one hub. What do you count first?",
    no("The size of the notebooks", "Half a megabyte each is nothing here."),
    no("The students' laptops", "They only show a page. The kernels run on the hub."),
    yes("Memory of one kernel, times those that run at once", "A kernel holds its memory even "
                                                              "while its student reads."))


@exercise(
    "12.1", "A part of each batch", kind="warm-up", minutes=3, takes="number",
    nudge="Count all ranks first.",
    lines="Machines times GPUs on each are the ranks; they share the batch evenly.",
    mistakes={"one-machine": "The ranks of both machines share the batch.",
              "whole": "That is the whole batch. `bs` is what all ranks have together."})
def _(answer, bs):
    if close(answer, bs / 8): return right("And the step is that of one process with all of them.")
    if close(answer, bs / 4): return not_yet("one-machine")
    if close(answer, bs): return not_yet("whole")


@exercise(
    "12.2", "Too large for the memory", kind="warm-up", minutes=3, takes="number",
    nudge="How many small batches have as many pictures as the large one?",
    lines="Divide the batch that you want by the one that fits.",
    mistakes={"difference": "So many pictures are missing. How many batches is that, with the "
                            "first one?",
              "missing": "So many more are needed after the first. Count the first one, too."})
def _(answer, wanted, fits):
    if close(answer, wanted / fits): return right("`Accumulate` with this number does it.")
    if close(answer, wanted - fits): return not_yet("difference")
    if close(answer, wanted / fits - 1): return not_yet("missing")


def _faults(part):
    "Does a rule lose items or give them twice, over many sizes? And does it share evenly?"
    lost = twice = uneven = 0
    for n in (1, 7, 8, 64, 100):
        for world in (1, 2, 3, 8):
            parts = [[int(i) for i in part(n, rank, world)] for rank in range(world)]
            every = [i for p in parts for i in p]
            lost += not set(range(n)) <= set(every)
            twice += len(set(every)) < len(every) or not set(every) <= set(range(n))
            uneven += max(map(len, parts)) - min(map(len, parts)) > 1
    return lost, twice, uneven


@exercise(
    "12.3", "None lost, none twice", kind="core", minutes=8, takes="function",
    nudge="Try 7 items on 2 ranks by hand. Where does the seventh go?",
    lines="Rank r may take every `world`-th item from r on; or from `n * r // world` up to where "
          "the next rank begins.",
    mistakes={"lost": "Some items are taken by no rank. What becomes of the rest where `n` cannot "
                      "be divided?",
              "twice": "Some items are taken twice, or are not there at all. Where does the next "
                       "rank begin?",
              "uneven": "None lost and none twice. But one rank has two items more than another, "
                        "and the others would wait for it."})
def _(part):
    calls(part, [((8, 1, 2), None)])
    seen = attempt(_faults, part)
    if seen.error: return None
    lost, twice, uneven = seen.value
    if twice: return not_yet("twice")
    if lost: return not_yet("lost")
    if uneven: return not_yet("uneven")
    return right("Whatever the size, together they are one process.")


LOSSES = [(([2., 1.], [3, 1]), 1.75), (([1., 1., 4.], [8, 8, 0]), 1.), (([.5], [7]), .5)]


@exercise(
    "12.4", "One loss of many", kind="core", minutes=5, takes="function",
    nudge="What would the loss be if one process had seen all items?",
    lines="A mean times its count is a sum. Add up the sums, then divide by all items.",
    mistakes={"plain": "A rank with one item counts here as much as one with many.",
              "sum": "That is the sum over all items. The loss of a batch is their mean."})
def _(f):
    seen = calls(f, LOSSES)
    if seen.right: return right("A rank without items has no say, as it should be.")
    if seen.like(lambda losses, counts: float(np.mean(losses))): return not_yet("plain")
    if seen.like(lambda losses, counts: float(np.dot(losses, counts))): return not_yet("sum")


@exercise(
    "12.5", "A ceiling", kind="core", minutes=5, takes=("number", "number"),
    nudge="Write down how long a batch takes with four processes.",
    lines="Only `shared` is divided. With very many processes nothing is left of it.",
    mistakes={"ideal": "That would be so if all of it could be shared.",
              "upside-down": "A speed-up is the old time divided by the new one."})
def _(four, ceiling, shared, fixed):
    one = shared + fixed
    if close((four, ceiling), (one / (shared / 4 + fixed), one / fixed), 1e-2):
        return right("Amdahl's law, 1967. Four processes already reach half of the ceiling.")
    if close(four, 4): return not_yet("ideal")
    if close(four, (shared / 4 + fixed) / one, 1e-2): return not_yet("upside-down")


@exercise(
    "12.6", "A class on one machine", kind="core", minutes=5, takes="number",
    nudge="Two things can run out. Which is the first?",
    lines="Take the system's share off the memory and divide by a kernel. Then how many the cores "
          "serve together. The smaller number counts.",
    mistakes={"memory": "So many kernels fit into memory. Can the cores serve them?",
              "system": "The system needs memory of its own. And look at the cores, too."})
def _(answer, memory, system, kernel, cores, each):
    by_memory = (memory - system) // kernel
    if close(answer, min(by_memory, cores * each)):
        return right("And leave some room: some chapters hold more than others.")
    if close(answer, memory // kernel): return not_yet("system")
    if close(answer, by_memory): return not_yet("memory")


def _best(work, talk):
    return min(range(1, 65), key=lambda n: work / n + talk * (n - 1))


@exercise(
    "12.7", "Where more is less", kind="stretch", minutes=10, takes="function",
    nudge="Compute the time for each number of processes from 1 to 64, then choose.",
    lines="`min(range(1, 65), key=…)` gives the number whose time is smallest.",
    mistakes={"most": "With so many processes the talking takes longer than the computing.",
              "the-time": "That is the time. The question asks for how many processes it is."})
def _(f):
    cases = [((100., 1.), 10), ((90., 10.), 3), ((5., 50.), 1), ((640., .1), 64)]
    seen = calls(f, cases)
    if seen.right: return right("Where talking grows with each process, there is a best number.")
    if seen.like(lambda work, talk: 64): return not_yet("most")
    if seen.like(lambda work, talk: work / _best(work, talk) + talk * (_best(work, talk) - 1)):
        return not_yet("the-time")
