"Answers to the exercises of chapter 01."
NINES = "nines = images[labels == 9]\n"
SQUARES = NINES + "squares = ((nines[:, None] - averages[:9]) ** 2).sum((2, 3))\n"
FAR = "def nearest(picture, averages): return ((averages - picture) ** 2).sum((1, 2))"
CASES = {
    "01.1": dict(
        another=["weights, model, results, performance = 'Parameters architecture prediction "
                 "loss'.split()"],
        mistakes={"model": "weights, model, results, performance = 'architecture', 'parameters', "
                           "'predictions', 'loss'",
                  "people": "weights, model, results, performance = 'parameters', 'architecture', "
                            "'predictions', 'metric'"},
        unforeseen=["weights, model, results, performance = 'parameters', 'architecture', "
                    "'labels', 'loss'"]),
    "01.2": dict(
        another=["def nearest(picture, averages):\n"
                 "    far = [((a - picture) ** 2).sum() for a in averages]\n"
                 "    return far.index(min(far))",
                 "nearest = lambda p, a: np.linalg.norm((a - p).reshape(len(a), -1), "
                 "axis=1).argmin()"],
        mistakes={"farthest": FAR + ".argmax()", "distance": FAR + ".min()",
                  "unsquared": "def nearest(p, a): return (a - p).sum((1, 2)).argmin()"},
        unforeseen=["def nearest(picture, averages): return 0",
                    "def nearest(picture, averages): return averages - 'picture'"]),
    "01.3": dict(
        another=["import re\ndef breed_of(name): return re.match(r'(.+)_\\d+', name)[1]",
                 "breed_of = RegexLabeller(r'(.+)_\\d+.jpg$')",
                 "def breed_of(name): return '_'.join(name.split('_')[:-1])"],
        mistakes={"first": "def breed_of(name): return name.split('_')[0]",
                  "number": "def breed_of(name): return name[:-4]",
                  "pieces": "def breed_of(name): return name.rsplit('_', 1)"},
        unforeseen=["def breed_of(name): return name.upper()"]),
    "01.4": dict(
        another=["amounts = {'d', 'b'}", "amounts = list('DB')"],
        mistakes={"others": "amounts = ['A', 'C', 'E']", "numeral": "amounts = ['B', 'D', 'E']",
                  "missing": "amounts = ['B']"},
        unforeseen=["amounts = ['A', 'B']"]),
    "01.5": dict(
        another=["middle, ink = 47, 43", "middle, ink = tensor(48.), '42'"],
        mistakes={"start": "middle, ink = 40, 40", "loose": "middle, ink = 22, 43",
                  "strict": "middle, ink = 70, 43"},
        unforeseen=["middle, ink = -7, 400"]),
    "01.6": dict(
        another=[NINES + "picks = [int(((averages[:9] - n) ** 2).sum((1, 2)).argmin()) for n in "
                 "nines]\nfavourite = max(set(picks), key=picks.count)",
                 NINES + "favourite = '3'"],
        mistakes={"nine": NINES + "favourite = 9",
                  "count": SQUARES + "favourite = np.bincount(squares.argmin(1)).max()",
                  "farthest": SQUARES + "favourite = np.bincount(squares.argmax(1)).argmax()"},
        unforeseen=[NINES + "favourite = 11"]),
}
