"""A simulated clinic: who is ill, who is measured, and what a model learns from the records.

It is a simulation and says nothing of any real clinic. What it assumes:
1.  There are two groups, A and B. Blood pressure, age and smoking spread the same in both, and
    have the same share in the risk. Both are equally ill, unless `risk` says otherwise.
2.  The illness is silent: nobody goes to the clinic because of it.
3.  How often somebody wants to see a doctor differs from person to person, and has nothing to do
    with the illness. How many of these visits take place depends on the group's access.
4.  The model gets the visits of one year; tests are made in the next, at some of its visits.
5.  Without a test nothing is recorded. A record that is empty counts as "not ill". Who was tested
    stands on the laboratory's list.
6.  A test misses some of the ill and sounds false alarms for some of the healthy, alike in both
    groups.
"""
from dataclasses import dataclass

import numpy as np

__all__ = ['FEATURES', 'EFFECTS', 'People', 'clinic', 'RiskModel', 'fit_risk', 'ranking',
           'wilson', 'Judgement', 'judge']

CAUSES = ('pressure', 'age', 'smoking')
FEATURES = (*CAUSES, 'visits')
EFFECTS = np.array([.6, .5, .4])   # of each cause on the log odds, for one standard deviation


@dataclass
class People:
    "What is known of people, in rows; what only the simulation knows is marked."
    group: np.ndarray     # 0 for A, 1 for B, (n,)
    features: np.ndarray  # causes in standard deviations, visits as log(1 + visits), (n, 4)
    recorded: np.ndarray  # ill by the records, (n,)
    tested: np.ndarray    # tested at least once, (n,)
    ill: np.ndarray       # ill in truth: only the simulation knows, (n,)
    risk: np.ndarray      # true probability of being ill: only the simulation knows, (n,)

    def __len__(self): return len(self.group)

    def __getitem__(self, rows): return People(*(v[rows] for v in vars(self).values()))


def clinic(
    n: int = 40_000,           # people
    seed: int = 0,             # another seed, other people
    share: float = .3,         # of group B among them
    risk: tuple = (-1.4, -1.4),  # of A, B: log(p / (1 - p)); -1.4 is p = 20 %, at average causes
    wish: tuple = (4., 4.),    # of A, B: visits a year that people would like, mean
    spread: float = 1.,        # of these wishes from person to person, on a log scale
    access: tuple = (1., .25),   # of A, B: share of the wished visits that take place
    refer: float = .2,         # chance that a visit leads to a test
    screened: float = 0.,      # share of all people who are tested whatever their visits
    missed: float = .1,        # share of the ill whom a test does not find
    false_alarm: float = .02,  # share of the healthy for whom it sounds
) -> People:
    """Draw people, their illness, their visits, and what gets into the records.

    >>> everybody = clinic(20_000)
    >>> bool(everybody.ill.mean() > 2 * everybody.recorded.mean())
    True
    """
    who, body, fate, wishing, past, coming, testing = np.random.default_rng(seed).spawn(7)
    group = (who.random(n) < share).astype(int)
    causes = body.standard_normal((n, len(CAUSES)))
    p = 1 / (1 + np.exp(-(np.take(risk, group) + causes @ EFFECTS)))
    ill = fate.random(n) < p
    wishes = np.exp(spread * wishing.standard_normal(n) - spread ** 2 / 2)     # mean 1
    rate = wishes * np.take(np.multiply(wish, access), group)
    visits, later = past.poisson(rate), coming.poisson(rate)
    invited, sent, found = testing.random((n, 3)).T
    tested = (invited < screened) | (sent < 1 - (1 - refer) ** later)
    recorded = tested & (found < np.where(ill, 1 - missed, false_alarm))
    return People(group, np.column_stack([causes, np.log1p(visits)]), recorded, tested, ill, p)


@dataclass
class RiskModel:
    "Logistic regression: a weighted sum of the columns, squeezed into a probability."
    bias: float
    weights: np.ndarray  # of each feature, for one standard deviation of it
    mean: np.ndarray     # of each feature in training
    std: np.ndarray

    def __call__(self, features) -> np.ndarray:
        "Predicted probabilities, (n,)."
        total = self.bias + (features - self.mean) @ (self.weights / self.std)
        return 1 / (1 + np.exp(-total))

    @property
    def ranked(self) -> list:
        "Names of the features, the one with the largest weight first."
        return [FEATURES[i] for i in np.argsort(-abs(self.weights))]


def fit_risk(
    features: np.ndarray,  # (n, columns)
    labels: np.ndarray,    # recorded or true illness, (n,)
) -> RiskModel:
    "Train logistic regression by Newton's steps until they stand still."
    columns = np.ascontiguousarray(features.T)
    mean, std = columns.mean(1), columns.std(1)
    x = np.vstack([np.ones(len(labels)), (columns - mean[:, None]) / std[:, None]])
    share = min(max(labels.mean(), 1 / len(labels)), 1 - 1 / len(labels))
    w = np.zeros(len(x))
    w[0] = np.log(share / (1 - share))
    for _ in range(20):
        p = 1 / (1 + np.exp(-(w @ x)))
        curvature = (x * (p * (1 - p) + 1e-9)) @ x.T
        step = np.linalg.solve(curvature, x @ (labels - p))
        w += np.clip(step, -2, 2)
        if abs(step).max() < 1e-4: break
    return RiskModel(float(w[0]), w[1:], mean, std)


def ranking(
    scores: np.ndarray,  # (n,)
    labels: np.ndarray,  # True for the ill, (n,)
) -> float:              # 0.5 is chance, 1 perfect; the field says AUC
    """How often an ill person gets a higher score than a healthy one.

    >>> ranking(np.array([.1, .4, .3, .8]), np.array([False, False, True, True]))
    0.75
    """
    places, n = np.empty(len(scores)), int(labels.sum())
    places[np.argsort(scores, kind='stable')] = np.arange(1, len(scores) + 1)
    above = places[labels].sum() - n * (n + 1) / 2
    return float(above / (n * (len(scores) - n))) if 0 < n < len(scores) else float('nan')


def wilson(
    hits: int,        # how often it happened
    n: int,           # out of how many
    z: float = 1.96,  # 1.96 for an interval of 95 %
) -> tuple:           # lower and upper end
    """Interval for a share that was counted.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22, 1927.
    >>> low, high = wilson(8, 10)
    >>> f'{low:.2f} to {high:.2f}'
    '0.49 to 0.94'
    """
    if not n: return 0., 1.
    share, square = hits / n, z ** 2 / n
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * (share * (1 - share) / n + square / (4 * n)) ** .5
    return middle - half, middle + half


@dataclass
class Judgement:
    "A model judged on new people, group by group; a count is a pair (hits, out of)."
    predicted: list     # mean of the predicted probabilities in A, B
    recorded: list      # counts: ill by the records
    ill: list           # counts: ill in truth
    missed: list        # counts: the ill who are not called, by the truth
    missed_seen: list   # counts: the same by the records
    false_calls: list   # counts: the healthy who are called, by the truth

    @property
    def gap(self) -> float:
        "How many more of the ill are missed in B than in A, as a difference of shares."
        (a, of_a), (b, of_b) = self.missed
        return b / max(of_b, 1) - a / max(of_a, 1)


def judge(
    scores: np.ndarray,  # a model's probabilities, (n,)
    people: People,      # whom they belong to
    places: float = .2,  # share of all people who are called: those with the highest scores
) -> Judgement:
    "Compare what a model says with the records and with the truth, in each group."
    if np.shape(scores) != (len(people),):
        raise ValueError(f'`scores` has shape {np.shape(scores)}, but there are {len(people)} '
                         'people. Pass one score each: judge(model(people.features), people).')
    called = scores >= np.quantile(scores, 1 - places)
    counts = dict(recorded=[], ill=[], missed=[], missed_seen=[], false_calls=[])
    predicted = []
    for g in (0, 1):
        rows = people.group == g
        call, ill, seen = called[rows], people.ill[rows], people.recorded[rows]
        for name, hits, among in (
                ('recorded', seen, None), ('ill', ill, None), ('missed', ~call, ill),
                ('missed_seen', ~call, seen), ('false_calls', call, ~ill)):
            hits = hits if among is None else hits[among]
            counts[name].append((int(hits.sum()), len(hits)))
        predicted.append(float(scores[rows].mean()))
    return Judgement(predicted, **counts)
