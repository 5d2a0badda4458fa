"Answers to the exercises of chapter 00."
WORDS = "words = 'start here'\n"
CASES = {
    "00.1": dict(
        another=["total = 100 * 101 / 2", "total = torch.arange(1, 101).sum()", "total = '5050'",
                 "total = 0\nfor n in range(101): total += n"],
        mistakes={"stops-early": "total = sum(range(1, 100))", "how-many": "total = 100"},
        unforeseen=["total = 5000", "total = sum(range(101, 200))"]),
    "00.2": dict(
        another=[WORDS + "answer = words[0].upper() + words[1:]", WORDS + "answer = 'Start here'"],
        mistakes={"every-word": WORDS + "answer = words.title()",
                  "all-large": WORDS + "answer = words.upper()",
                  "not-called": WORDS + "answer = words.capitalize"},
        unforeseen=[WORDS + "answer = words", WORDS + "answer = words.capitalize().split()"]),
    "00.3": dict(
        another=["import inspect\nparameter = list(inspect.signature(show_image).parameters)[4]",
                 "parameter = ' CMAP '"],
        mistakes={"its-value": "parameter = 'Greys'", "another": "parameter = 'title'"},
        unforeseen=["parameter = 'color'"]),
    "00.4": dict(
        another=["order = (3, 1, 2, 4, 2, 5)", "order = np.array([1, 2, 3, 4, 5, 2, 5])",
                 "order = ['1', '2', '3', '4', '2', '5']", "order = [5, 1, 3, 2, 4, 1, 2, 2, 5]",
                 "order = [1, 2, 3, 4, 2, 5, 1, 2, 2]"],
        mistakes={"fresh": "order = [1, 2, 3, 4, 5]", "other-numbers": "order = [1, 3, 4, 2, 5]",
                  "not-shown": "order = [1, 2, 3, 4, 2]", "after": "order = [1, 2, 3, 4, 5, 2]"},
        unforeseen=["order = [1, 2, 3, 4, 2, 6]"]),
    "00.5": dict(
        another=["position = [i for i, line in enumerate(lines) if ',' in line][0]",
                 "position = torch.tensor([',' in line for line in lines]).nonzero()",
                 "position = float(next(i for i in range(len(lines)) if ',' in lines[i]))"],
        mistakes={"from-one": "position = [',' in line for line in lines].index(True) + 1",
                  "how-many": "position = len(lines)"},
        unforeseen=["position = 0"]),
    "00.6": dict(
        another=["moving = {'c', 'b'}", "moving = ('C', 'B')", "moving = list('BC')"],
        mistakes={"shell": "moving = ['A', 'B', 'C']", "one-missing": "moving = ['B']"},
        unforeseen=["moving = ['E']"]),
    "00.7": dict(
        another=["def price_after(order):\n    after = order[order.index(1):]\n"
                 "    last = len(after) - after[::-1].index(1)\n"
                 "    return 10 + 5 * after[last:].count(2)",
                 "price_after = lambda order: float(run_in_order(order).memory['price'])"],
        mistakes={"counts-all": "def price_after(order): return 10 + 5 * order.count(2)",
                  "counts-once": "def price_after(order): return 15 if 2 in order else 10",
                  "as-written": "def price_after(order): return 15"},
        unforeseen=["def price_after(order): return 5 * len(order)",
                    "def price_after(order): return order.price"]),
}
