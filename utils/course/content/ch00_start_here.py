"Questions, guesses and exercises of chapter 00."
from utils.course.writing import (calls, chapter, close, exercise, no, not_yet, prediction,
                                  question, right, same_set, yes)

chapter("00", "Start here")

prediction(
    "00.g1", "The five cells are run in the order 1, 3, 4, 2, 5. What stands under cell 5?",
    options=["20", "25", "30", "An error"],
    after="Cell 4 computed `total` while `price` was still 10. Cell 2 raised `price` afterwards, "
          "and nobody told `total`.")

prediction(
    "00.g2", "One `!` line goes into `apps`. A second `!` line then asks: which folder? "
             "What does the second line answer?",
    options=["apps", "notebooks", "An error"],
    after="Each line with `!` gets a shell of its own, and that shell is gone when the line ends.")

question(
    "00.c1", "You run the first cell once, the second four times, then the first again. "
             "What stands under the second cell now?",
    no("0, because `count` is 0 again", "The memory does hold 0 again. But nobody has run the "
                                        "second cell since, so its output stayed."),
    yes("4", "That was the answer of its latest run. The memory holds 0 by now: the page does not "
             "follow it."),
    no("1, every run begins anew", "That would be so if each run began from nothing. The kernel "
                                   "keeps `count` from run to run."))

question(
    "00.c2", "The page reads well from top to bottom, yet a number on it cannot be right. "
             "What is the quickest honest test?",
    no("Read the code once more", "The code may be fine. What was run, and when, cannot be read "
                                  "off it."),
    no("Run the last cell again", "It would show the same memory again, stale names included."),
    yes("Restart the kernel and run all cells", "An empty memory and the order of the page: what "
                                                "stands there then, the page alone has made."))

question(
    "00.c3", "You want to see how `show_image` does its work. What do you type?",
    no("`show_image?`", "One question mark tells what it is for, not how it works."),
    yes("`show_image??`", "Two question marks show the code itself."),
    no("`show_image()`", "That runs it. It stops with an error, because no picture is given."))

question(
    "00.c4", "An error is raised deep in torch's code. Where was the mistake made, most often?",
    no("In torch", "It can happen, but many people use that line every day, and yours only you."),
    no("In the line that the error names last", "That is where it shows itself. The line did what "
                                                "it was told, with what it was given."),
    yes("In code of yours, some frames further up", "So go up until a value is not what you "
                                                    "meant it to be."))

question(
    "00.c5", "In the kernel `price` is 15. A cell runs `!python -c \"price = 99\"`, so that "
             "another Python makes this name. What does `price` show in the next cell?",
    no("99", "Both are Python, but two processes, and each has a memory of its own."),
    yes("15", "The other Python came and went with its line, and its names with it."),
    no("An error, because the name was made twice", "Names clash only within one memory, and even "
                                                    "there the later simply replaces the other."))

question(
    "00.q1", "What does the number in `[7]` to the left of a cell say?",
    no("It is the seventh cell of the page", "In a page run from top to bottom both agree, so it "
                                             "looks like that. Run it again, and it becomes 8."),
    yes("This run was the seventh since the kernel started", "It counts runs, not places."),
    no("It took seven seconds", "Nothing on the page counts seconds unless you ask for it."))

question(
    "00.q2", "A name is *stale*. What does that mean?",
    yes("It was computed from a value that has changed since",
        "The name still holds the old result: nothing recomputes it."),
    no("It has not been used for a long time", "Age does no harm in a memory."),
    no("Its cell stopped with an error", "Then it has no new value at all: another matter."))

question(
    "00.q3", "You close the browser tab and open the notebook again an hour later. "
             "The kernel was not stopped. Are the names still there?",
    no("No, they were on the page", "The page holds code and outputs. Names live elsewhere."),
    no("Only those that were shown", "Showing a value copies it onto the page; the memory holds "
                                     "all of them, shown or not."),
    yes("Yes, all of them", "The tab is only a window on the kernel, which has been running on."))

question(
    "00.q4", "You have typed `show_im` and do not know the rest. Which key helps?",
    no("Shift-Enter", "That runs the cell. It would stop with a NameError."),
    yes("Tab", "It completes the name, or lists all names that begin so."),
    no("Esc", "That leaves the cell without running it."))

question(
    "00.q5", "The error says `mat1 and mat2 shapes cannot be multiplied (32x64 and 784x10)`. "
             "What do you look for first?",
    no("The line in torch that multiplies", "That line is right. It was handed two things "
                                            "that do not fit."),
    no("A newer version of torch", "It would refuse as well: 64 columns want 64 rows."),
    yes("Where 64 and 784 come from", "One of the two is not what you meant. Go up the frames till "
                                      "you see who made it."))

question(
    "00.q6", "You put `!echo hello` into a cell. Who runs it?",
    no("The kernel, as Python", "`echo hello` is no Python. The mark hands the line on."),
    yes("A shell, in a process of its own, in the kernel's folder", "It ends with its line; what "
                                                                    "it printed stays."),
    no("The browser", "The browser shows the page. It can be on another computer altogether."))


@exercise(
    "00.1", "Your first answer", kind="warm-up", minutes=2, takes="number",
    nudge="Python has `sum`, and `range` gives the numbers. Ask both for help.",
    lines="`range(1, n)` stops before `n`. So which `n` makes 100 the last number?",
    mistakes={"stops-early": "Close: the last number is missing. `range` stops before its end.",
              "how-many": "That is how many numbers there are. What is their sum?"})
def _(total):
    if close(total, sum(range(1, 101))): return right("You ran a cell, and the answer came back.")
    if close(total, sum(range(1, 100))): return not_yet("stops-early")
    if close(total, 100): return not_yet("how-many")


@exercise(
    "00.2", "Let Tab find it", kind="warm-up", minutes=2, takes="anything",
    nudge="Type `words.` with its dot in a cell, press Tab, and choose from the list.",
    lines="The name begins with `cap`. A method is called with brackets, even when nothing "
          "stands in them.",
    mistakes={"every-word": "Every word has a capital now. Only the first letter is asked for.",
              "all-large": "All letters are capitals now. Only the first is asked for.",
              "not-called": "That is the method itself. With brackets after it, it does its work."})
def _(answer):
    words = "start here"
    if isinstance(answer, str):
        if answer == words.capitalize(): return right("Tab has read the manual for you.")
        if answer == words.title(): return not_yet("every-word")
        if answer == words.upper(): return not_yet("all-large")
    elif isinstance(getattr(answer, "__self__", None), str): return not_yet("not-called")


@exercise(
    "00.3", "Ask a function", kind="core", minutes=3, takes="text",
    nudge="Run `doc(show_image)`, or type the name into the help card.",
    lines="Read the comments: one of them speaks of the colours of a grey picture.",
    mistakes={"its-value": "That is the value it has by default. What is the parameter called?",
              "another": "That is a parameter too. Its comment speaks of something else."})
def _(name):
    if name == "cmap": return right("Short for *colour map*. The comment said so.")
    if name == "greys": return not_yet("its-value")
    if name in ("im", "ax", "figsize", "title", "kwargs"): return not_yet("another")


@exercise(
    "00.4", "Make it stale", kind="core", minutes=5, takes="list",
    nudge="`total` is computed from one `price` and shown beside a later one. Try it in the lab.",
    lines="Cell 4 runs when `price` is 15. Then cell 2 runs once more, and cell 5 comes last.",
    mistakes={"fresh": "Here `total` fits `price`: nothing is stale. Which cell came too early, or "
                       "ran too seldom?",
              "other-numbers": "`total` is stale, but with other numbers. What must `price` be "
                               "when cell 4 runs, and what at the end?",
              "not-shown": "Cell 5 has not shown a number. What does it need before it runs?",
              "after": "The number under cell 5 is older than the last rise. Show it afterwards."})
def _(order, run_in_order):
    try: session = run_in_order(order)
    except ValueError: return not_yet("Write the numbers of cells, 1 to 5, in a list.")
    if session.shown is None: return not_yet("not-shown")
    if not session.stale: return not_yet("fresh")
    if (session.shown, session.memory["price"]) != (30, 20): return not_yet("other-numbers")
    until_shown = run_in_order(session.order[:session.counts[5]])
    if until_shown.memory["price"] != 20: return not_yet("after")
    return right("The page looks fine, and the number is wrong.")


@exercise(
    "00.5", "The broken line", kind="core", minutes=5, takes="number",
    nudge="The message tells what could not be read, not where. Which frame knows where?",
    lines="Run the red cell again. In a new cell under it run `%debug`, type `p number`, then `q`.",
    mistakes={"from-one": "One too many: positions are counted from 0.",
              "how-many": "That is how many lines there are. At which one did it stop?"})
def _(position, lines):
    broken = [i for i, line in enumerate(lines) if "," in line][0]
    if close(position, broken): return right("The frame held the place all along.")
    if close(position, broken + 1): return not_yet("from-one")
    if close(position, len(lines)): return not_yet("how-many")


@exercise(
    "00.6", "Who moves?", kind="core", minutes=3, takes="list",
    nudge="Ask of each line: who runs it, and does that one still exist when the line has ended?",
    lines="`!` starts a shell that ends with the line. `%`, and plain Python, act in the kernel.",
    mistakes={"shell": "A line with `!` is among them. Its shell moves, and then it ends.",
              "one-missing": "Those do move the kernel, but one more does. Not only lines with `%` "
                             "are run by the kernel."})
def _(letters):
    letters = [str(s).strip().upper() for s in letters]
    if same_set(letters, "BC"): return right("Both are run by the kernel, and the kernel stays.")
    if set(letters) & set("AD"): return not_yet("shell")
    if set(letters) in ({"B"}, {"C"}): return not_yet("one-missing")


@exercise(
    "00.7", "Be the kernel", kind="stretch", minutes=8, takes="function",
    nudge="Go through the order cell by cell, as the kernel does, and keep `price` in a name.",
    lines="`for cell in order:` with two `if`s: cell 1 sets `price` anew, cell 2 raises it if "
          "there is one.",
    mistakes={"counts-all": "You count every run of cell 2. What does a later run of cell 1 do?",
              "counts-once": "Cell 2 may run more than once, and each run raises the price.",
              "as-written": "That is the price from top to bottom, whatever the order was."})
def _(f):
    seen = calls(f, [(([1, 2, 3, 4, 5],), 15), (([1, 3, 4, 5],), 10), (([1, 2, 2],), 20),
                     (([1, 2, 1],), 10), (([2, 1, 2, 2, 2],), 25), (([3, 1, 4, 2, 5],), 15)])
    if seen.right: return right("A kernel is a memory and a list of what was run.")
    if seen.like(lambda order: 10 + 5 * order.count(2)): return not_yet("counts-all")
    if seen.like(lambda order: 15 if 2 in order else 10): return not_yet("counts-once")
    if seen.like(lambda order: 15): return not_yet("as-written")
