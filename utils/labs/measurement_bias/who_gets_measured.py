"Who gets measured: a model of records, the truth beside it, and three cures."
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from ...plots import COLORS
from ..base import Lab
from ..controls import next_seed, slider, state
from ..picture import set_limits
from .simulation import FEATURES, Judgement, clinic, fit_risk, judge, wilson

__all__ = ['Measured', 'measure', 'draw_measured', 'measured_finding', 'who_gets_measured_lab']

PEOPLE, SHARE, NEW = 40_000, 30, 1000    # in the records as the clinic stands; seed of new people
AMBER, DARK = '#a86f00', '#5f5f5f'       # orange and grey, dark enough for words
CONTROLS = dict(
    people=slider('More data: people in the records', PEOPLE,
                  values=[5_000, 10_000, 20_000, 40_000, 80_000, 160_000]),
    share=slider('Balance groups: share of B in the records', SHARE, 10, 50, 10, unit='%'),
    screened=slider('Measure better: tested whatever their visits', 0, 0, 100, 10, unit='%'),
    access=slider('Visits that B gets, of those it would like', 25, 10, 100, 15, unit='%'),
    missed=slider('Ill whom a test does not find', 10, 0, 50, 10, unit='%'),
    seed=state(0, 0, 999))


@dataclass
class Measured:
    "A model trained on the records of a clinic, and the same without any cure."
    now: Judgement
    usual: Judgement   # 40,000 people, 30 % of them in B, nobody screened
    weights: dict      # of each feature, for one standard deviation of it

    @property
    def top(self): return max(self.weights, key=lambda name: abs(self.weights[name]))


@lru_cache(4)
def _new(screened, access, missed, seed):
    "The people that a model is judged on: new ones, who live with the same access."
    return clinic(PEOPLE, NEW + seed, access=(1., access), screened=screened, missed=missed)


@lru_cache(64)
def _trained(people, share, screened, access, missed, seed):
    "A model of the records, judged."
    records = clinic(people, seed, share=share, access=(1., access), screened=screened,
                     missed=missed)
    model = fit_risk(records.features, records.recorded)
    new = _new(screened, access, missed, seed)
    return judge(model(new.features), new), dict(zip(FEATURES, map(float, model.weights)))


def measure(
    people: int = 40_000,  # in the records
    share: int = 30,       # of B among them, in %
    screened: int = 0,     # people tested whatever their visits, in %
    access: int = 25,      # share of the wished visits that B gets, in %; A gets all
    missed: int = 10,      # ill whom a test does not find, in %
    seed: int = 0,         # other people
) -> Measured:
    "Train on the records of a clinic, judge on new people, with a cure and without."
    world = access / 100, missed / 100, seed
    now, weights = _trained(people, share / 100, screened / 100, *world)
    return Measured(now, _trained(PEOPLE, SHARE / 100, 0., *world)[0], weights)


# the sentence

def percent(count) -> str:
    "A count (hits, out of) in %."
    return f'{100 * count[0] / max(count[1], 1):.0f} %'


def measured_finding(m: Measured) -> str:
    "What is said, recorded and true of B; who is missed; what the cure has done."
    j, now, usual = m.now, round(100 * m.now.gap), round(100 * m.usual.gap)
    other = f'{abs(now)} points {"more" if now >= 0 else "fewer"}'
    if m.now == m.usual: cure = 'No cure yet.'
    else: cure = f'Without a cure it would be {usual} more.'
    weight = 'Visits have the largest weight' if m.top == 'visits' else \
        f'The largest weight is that of {m.top}'
    return (f'Of B the model expects {100 * j.predicted[1]:.0f} % to be ill, the records say '
            f'{percent(j.recorded[1])}, the truth is {percent(j.ill[1])}. It misses '
            f'{percent(j.missed[0])} of the ill in A and {percent(j.missed[1])} in B, {other}. '
            f'{cure} {weight}.')


# the picture

def draw_measured(fig, m: Measured):
    "How many are ill, by model, records and truth; who is missed; what the model goes by."
    if fig.get_figwidth() < 5: axs = fig.subplots(3, 1)
    else: axs = fig.subplots(1, 3, width_ratios=(1.15, 1, 1))
    updates = _shares(axs[0]), _missed(axs[1]), _weights(axs[2])

    def update(m):
        for move in updates: move(m)
    update(m)
    return update


def interval(bar, x, count):
    "Put a vertical line (a Line2D) from end to end of Wilson's interval, in %."
    bar.set_data([x, x], [100 * v for v in wilson(*count)])


def _shares(ax):
    "Three dots for each group."
    looks = (('predicted', COLORS['train'], -.22), ('recorded', COLORS['valid'], 0),
             ('ill', COLORS['truth'], .22))
    dots = {k: ax.plot([], [], 'o', ms=8, color=c)[0] for k, c, _ in looks}
    bars = {(k, g): ax.plot([], [], lw=2, color=c)[0] for k, c, _ in looks[1:] for g in (0, 1)}
    for y, word, color in ((.97, 'the model says', COLORS['train']),
                           (.9, 'the records say', AMBER), (.83, 'the truth', DARK)):
        ax.text(.03, y, word, transform=ax.transAxes, color=color, va='top', fontsize=10)
    ax.set(xlim=(-.5, 1.5), xticks=(0, 1), xticklabels=('group A', 'group B'), ylim=(0, 42),
           yticks=range(0, 31, 10), ylabel='ill, in % of the group')
    ax.grid(axis='y')
    ax.set_title('Who is ill?')

    def update(m):
        for key, _, shift in looks:
            x, values = np.array([0, 1]) + shift, getattr(m.now, key)
            if key == 'predicted': y = 100 * np.array(values)
            else:
                y = [100 * k / max(n, 1) for k, n in values]
                for g in (0, 1): interval(bars[key, g], x[g], values[g])
            dots[key].set_data(x, y)
    return update


def _missed(ax):
    "A bar for each group by the truth, a dot by the records, and the gap."
    bars = ax.bar((0, 1), (0, 0), .55, color='#b5b5b5')
    lines = [ax.plot([], [], lw=2, color=DARK)[0] for _ in bars]
    seen, = ax.plot([], [], 'o', ms=8, color=COLORS['valid'])
    words = [ax.text(g, 4, '', ha='center', color=COLORS['ink']) for g in (0, 1)]
    ax.set(xlim=(-.5, 1.5), xticks=(0, 1), xticklabels=('group A', 'group B'), ylim=(0, 100),
           xlabel='bar: truth, dot: records', ylabel='missed, in % of the ill')
    ax.grid(axis='y')
    ax.set_title('')
    return partial(_show_missed, ax, bars, lines, seen, words)


def _show_missed(ax, bars, lines, seen, words, m):
    j = m.now
    for g in (0, 1):
        height = 100 * j.missed[g][0] / max(j.missed[g][1], 1)
        bars[g].set_height(height)
        words[g].set_text(percent(j.missed[g]))
        interval(lines[g], g, j.missed[g])
    seen.set_data((0, 1), [100 * k / max(n, 1) for k, n in j.missed_seen])
    now = round(100 * j.gap)
    ax.set_title('Missed alike in A and B' if abs(now) < 3 else
                 f'{abs(now)} points {"more" if now > 0 else "fewer"} in B')


def _weights(ax):
    "Bars in the order of their length."
    at = np.arange(len(FEATURES))
    bars = ax.barh(at, at * 0., .46)
    words = [ax.text(0, y - .27, '', fontsize=10, va='bottom', color=COLORS['ink']) for y in at]
    ax.axvline(0, color=COLORS['line'], lw=1)
    ax.set(ylim=(len(at) - .5, -.75), yticks=(), xlabel='weight (per std. dev.)')
    ax.set_title('')

    def update(m):
        ranked = sorted(m.weights.items(), key=lambda kv: -abs(kv[1]))
        for bar, word, (name, w) in zip(bars, words, ranked):
            bar.set(width=w, color=COLORS['bad' if name == 'visits' else 'sky'])
            word.set(text=f'{name} {w:.2f}'.replace('-', '−'), x=.02)
        low = min(0, *m.weights.values())
        set_limits(ax, x=(1.15 * low - .02 if low < -.03 else -.04, 1.05))
        ax.set_title('It goes by visits first' if m.top == 'visits' else
                     f'It goes by {m.top} first')
    return update


def who_gets_measured_lab(
    **settings,  # people=40000, share=30, screened=0, access=25, missed=10, seed=0
) -> Lab:
    "Try three cures on a model that learns from the records of a simulated clinic."
    return Lab('who_gets_measured_lab', CONTROLS, measure, draw_measured, measured_finding,
               settings=settings, figsize=(7.8, 4.5), narrow=(4.2, 9.), title='Who gets measured',
               about='A simulated clinic, two groups, equally ill. One gets fewer visits. What '
                     'does a model learn from the records, and what cures it?',
               actions={'Other people': next_seed()})
