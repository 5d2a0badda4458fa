"Answers to the exercises of chapter 12: right another way, wrong in a known way, wrong anyhow."

PART = "def part(n, rank, world): return {}"
LOSS = "def whole_loss(losses, counts): return {}"
CEILING = "shared, fixed = 90, 10\nfour = {}\nceiling = {}"
CLASS = "memory, system, kernel, cores, each = 32000, 2000, 400, 16, 4\nstudents = {}"
BEST = "def best(work, talk): return {}"

CASES = {
    "12.1": dict(
        another=["bs = 96\neach = '12'", "bs = 96\neach = bs // (4 + 4)"],
        mistakes={"one-machine": "bs = 96\neach = bs / 4", "whole": "bs = 96\neach = bs"},
        unforeseen=["bs = 96\neach = 7"],
    ),
    "12.2": dict(
        another=["wanted, fits = 192, 32\nk = '6'"],
        mistakes={"difference": "wanted, fits = 192, 32\nk = wanted - fits",
                  "missing": "wanted, fits = 192, 32\nk = (wanted - fits) / fits"},
        unforeseen=["wanted, fits = 192, 32\nk = 9"],
    ),
    "12.3": dict(
        another=[PART.format("list(range(rank, n, world))"),
                 PART.format("torch.arange(n).tensor_split(world)[rank]")],
        mistakes={"lost": PART.format("range(n // world * rank, n // world * (rank + 1))"),
                  "twice": PART.format("range(n * rank // world, -(-n * (rank + 1) // world))"),
                  "uneven": PART.format("range(n // world * rank, n if rank == world - 1 else "
                                        "n // world * (rank + 1))")},
        unforeseen=[PART.format("7")],
    ),
    "12.4": dict(
        another=["def whole_loss(losses, counts): return np.average(losses, weights=counts)"],
        mistakes={"plain": LOSS.format("np.mean(losses)"),
                  "sum": LOSS.format("sum(a * n for a, n in zip(losses, counts))")},
        unforeseen=[LOSS.format("-3.")],
    ),
    "12.5": dict(
        another=["shared, fixed = 90, 10\nfour, ceiling = 3.08, '10'"],
        mistakes={"ideal": CEILING.format("4", "10"),
                  "upside-down": CEILING.format("(90 / 4 + 10) / 100", ".1")},
        unforeseen=[CEILING.format("2", "20")],
    ),
    "12.6": dict(
        another=[CLASS.format("min(int((memory - system) / kernel), cores * each)")],
        mistakes={"memory": CLASS.format("(memory - system) // kernel"),
                  "system": CLASS.format("memory // kernel")},
        unforeseen=[CLASS.format("3")],
    ),
    "12.7": dict(
        another=["def best(work, talk):\n"
                 "    times = [work / n + talk * (n - 1) for n in range(1, 65)]\n"
                 "    return times.index(min(times)) + 1"],
        mistakes={"most": BEST.format("64"),
                  "the-time": BEST.format("min(work / n + talk * (n - 1) for n in range(1, 65))")},
        unforeseen=[BEST.format("2")],
    ),
}
