"Threshold: from which probability on shall a rare thing count as found?"
from dataclasses import dataclass

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import slider

__all__ = ['Verdicts', 'THRESHOLDS', 'judge_cases', 'draw_verdicts', 'verdicts_finding',
           'threshold_lab']

CASES = 1000
THRESHOLDS = [.01, .02, .03, .05, .07, .1, .15, .2, .25, .3, .35, .4, .45, .5, .55, .6, .65, .7,
              .75, .8, .85, .9, .93, .95, .97, .98, .99]
SHARES = [1, 2, 5, 10, 20, 30, 40, 50]
CONTROLS = dict(
    threshold=slider('Alarm from a probability of', .5, values=THRESHOLDS),
    share=slider('Rare cases', 5, values=SHARES, unit='%'),
    skill=slider('How well the model tells them apart', 2.2, 0., 4., .2),
    seed=slider('Seed', 1, 0, 20))
TICKS = (.001, .01, .1, .5, .9, .99)
GREY = '#5f5f5f'


@dataclass
class Verdicts:
    "A thousand cases, their probabilities, and what an alarm from a threshold on makes of them."
    p: np.ndarray           # the model's probability that the case is a rare one, (1000,)
    rare: np.ndarray        # is it one? (1000,)
    threshold: float        # alarm where p is at least this
    points: np.ndarray      # recall and precision at each of THRESHOLDS; NaN without any alarm

    def _count(self, alarm, rare): return int((((self.p >= self.threshold) == alarm)
                                               & (self.rare == rare)).sum())

    found = property(lambda self: self._count(True, True), doc='Rare cases with an alarm.')
    missed = property(lambda self: self._count(False, True), doc='Rare cases without one.')
    false_alarms = property(lambda self: self._count(True, False), doc='Alarms for nothing.')
    quiet = property(lambda self: self._count(False, False), doc='Rightly no alarm.')

    @property
    def recall(self) -> float:
        "The share of the rare cases that is found."
        return self.found / (self.found + self.missed)

    @property
    def precision(self) -> float:
        "The share of the alarms that is true; NaN if there is no alarm."
        alarms = self.found + self.false_alarms
        return self.found / alarms if alarms else np.nan

    @property
    def accuracy(self) -> float:
        "The share of all cases that is judged right."
        return (self.found + self.quiet) / len(self.p)

    @property
    def always_no(self) -> float:
        "The accuracy of never giving an alarm."
        return float(1 - self.rare.mean())


def judge_cases(
    threshold: float = .5,  # alarm from this probability on
    share: float = 5,       # rare cases, in %
    skill: float = 2.2,     # distance of the two kinds in standard deviations of what is measured
    seed: int = 1,          # another seed, other cases
) -> Verdicts:
    """Draw cases whose probabilities can be trusted, and judge them by a threshold.

    One thing is measured, bell-shaped in both kinds; Bayes' rule turns it into a probability.
    """
    rng = np.random.default_rng(seed)
    rare = np.arange(CASES) < round(CASES * share / 100)
    measured = rng.normal(size=CASES) + skill * (rare - .5)
    odds = np.exp(skill * measured) * share / (100 - share)
    p = odds / (1 + odds)
    points = []
    for t in THRESHOLDS:
        alarms, hits = (p >= t).sum(), ((p >= t) & rare).sum()
        points.append((hits / rare.sum(), hits / alarms if alarms else np.nan))
    return Verdicts(p, rare, threshold, np.array(points))


# the sentence

def verdicts_finding(v: Verdicts) -> str:
    "What is found, what the alarms are worth, and how *always no* would have done."
    n, alarms = int(v.rare.sum()), v.found + v.false_alarms
    no = f'always saying no, which finds none, has {v.always_no:.3f}'
    if not alarms:
        return (f'No alarm at all: none of the {n} rare cases is found, and precision has no '
                f'value. Accuracy {v.accuracy:.3f} is just that of always saying no.')
    text = (f'{v.found} of {n} rare cases are found (recall {v.recall:.2f}); {v.found} of '
            f'{alarms} alarms are true (precision {v.precision:.2f}). ')
    gap = round(1000 * (v.accuracy - v.always_no))
    if gap == 0: return f'{text}Accuracy {v.accuracy:.3f} does not see it: {no} as well.'
    if gap < 0: return f'{text}Judged by accuracy, {v.accuracy:.3f}, it should not exist: {no}.'
    return f'{text}Accuracy {v.accuracy:.3f}; {no}.'


# the picture

def draw_verdicts(fig, v: Verdicts):
    "Left every case at its probability, cut by the threshold; right recall against precision."
    axs = fig.subplots(2, 1) if fig.get_figwidth() < 5 else \
        fig.subplots(1, 2, width_ratios=(1.35, 1))
    update_cases, update_points = _cases(axs[0]), _points(axs[1])

    def update(v):
        update_cases(v)
        update_points(v)
    update(v)
    return update


def _at(p): return np.log(p / (1 - p))


def _cases(ax):
    "Two bands of dots, the rare cases above; those judged wrong are orange."
    height = np.random.default_rng(0).uniform(.12, .72, CASES)
    dots = {right: ax.plot([], [], 'o', ms=ms, mew=0, alpha=alpha, color=COLORS[color])[0]
            for right, ms, alpha, color in ((True, 3, .45, 'good'), (False, 4.5, .9, 'bad'))}
    line = ax.axvline(0, color=COLORS['ink'], lw=1.6)
    words = {(alarm, rare): ax.text(.98 if alarm else .02, .93 if rare else .45, '', fontsize=10,
                                    transform=ax.transAxes, va='center', color=COLORS['ink'],
                                    ha='right' if alarm else 'left', weight='bold')
             for alarm in (False, True) for rare in (False, True)}
    ax.axhline(1, color=COLORS['line'], lw=1)
    ax.set(xlim=(_at(.0003), _at(.9995)), ylim=(0, 2), yticks=(.42, 1.42),
           yticklabels=('other', 'rare'),
           xlabel='probability given to "rare" (the ends are stretched)')
    ax.set_xticks([_at(t) for t in TICKS], [f'{t:g}' for t in TICKS])

    def update(v):
        wrong = (v.p >= v.threshold) != v.rare
        x = _at(np.clip(v.p, .0004, .9994))
        for right, artist in dots.items():
            chosen = wrong != right
            artist.set_data(x[chosen], (height + v.rare)[chosen])
        line.set_xdata([_at(v.threshold)] * 2)
        for key, what, n in (((True, True), 'found', v.found), ((False, True), 'missed', v.missed),
                             ((True, False), 'false alarms', v.false_alarms),
                             ((False, False), 'quiet', v.quiet)):
            words[key].set_text(f'{what} {n}')
        ax.set_title(f'{int(wrong.sum())} of {CASES:,} judged wrong')
    return update


def _points(ax):
    "Recall and precision at every threshold, and where we stand."
    curve, = ax.plot([], [], 'o-', ms=4, lw=1.2, color=COLORS['train'])
    here, = ax.plot([], [], 'o', ms=11, color=COLORS['valid'], mec='white', clip_on=False)
    base = ax.axhline(0, color=COLORS['truth'], ls='--', lw=1.2)
    label = ax.text(.01, 0, 'alarm for everybody', color=GREY, fontsize=9, va='bottom')
    ax.set(xlim=(-.02, 1.03), ylim=(-.02, 1.05), xlabel='recall: share of the rare that is found',
           ylabel='precision: share of true alarms')
    ax.grid()

    def update(v):
        curve.set_data(*v.points.T)
        there = not np.isnan(v.precision)
        here.set_data([v.recall], [v.precision if there else 0])
        here.set_visible(there)
        base.set_ydata([v.rare.mean()] * 2)
        label.set_y(v.rare.mean() + .01)
        ax.set_title(f'recall {v.recall:.2f}, precision {v.precision:.2f}' if there else
                     'no alarm, no precision')
    return update


# the lab

def _clicked(settings, panel, x, y):
    "A click on the cases puts the threshold there; on the curve, to the nearest point."
    if panel == 0: gaps = [abs(_at(t) - x) for t in THRESHOLDS]
    else:
        points = judge_cases(**settings).points
        gaps = np.nan_to_num(((points - (x, y)) ** 2).sum(1), nan=9).tolist()
    return dict(threshold=THRESHOLDS[int(np.argmin(gaps))])


def threshold_lab(**settings) -> Lab:
    "Move the threshold of an alarm and weigh what is found against what is cried for nothing."
    return Lab('threshold_lab', CONTROLS, judge_cases, draw_verdicts, verdicts_finding,
               settings=settings, figsize=(8.2, 4.), narrow=(4.2, 6.8), on_click=_clicked,
               more=('seed',), title='Threshold',
               about='A thousand cases, few of them rare. From which probability on should the '
                     'model raise an alarm?')
