"The contest of rule and weights against scikit-learn, plain loops and recounted sentences."
import itertools
import random
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits as sklearn_digits
from sklearn.linear_model import LogisticRegression

from utils.labs.base import Lab
from utils.labs.first_model.rule_or_weights import (CONTROLS, LAST, NAMES, PAIRS, contest_finding,
                                                    learn_weights, measure, hold_contest,
                                                    rule_or_weights_lab)

START = {name: control.value for name, control in CONTROLS.items()}
rng = random.Random(0)


def values(control):
    "Both ends of a control and three values between; all of a choice."
    if control.kind == 'choice': return [v for _, v in control.options]
    if control.kind == 'switch': return [False, True]
    return [control.low, control.high,
            *(control.clean(rng.uniform(control.low, control.high)) for _ in range(3))]


EVERY = [START | {name: value} for name, control in CONTROLS.items() for value in values(control)]
EVERY += [s | dict(steps=steps, new=new) for s, steps, new
          in itertools.product(EVERY, (0, 1, LAST), (False, True))]


@cache
def plain_measures(a, b):
    "Ink in the middle, ink in all and the digit of each picture, from the bunch of sklearn."
    bunch = sklearn_digits()
    return [(100 / 16 * sum(i[r][c] for r in range(2, 6) for c in range(2, 6)) / 16,
             100 / 16 * i.sum() / 64, t)
            for i, t in zip(bunch.images, bunch.target) if t in (a, b)]


def plain_contest(pair, middle, ink, steps, new, seen, seed):
    "How many pictures the rule reads right, told picture by picture."
    (a, b), chosen = PAIRS[pair], plain_measures(*PAIRS[pair])
    order = np.random.default_rng(seed).permutation(len(chosen))
    missed = taken = right = 0
    for k in order[seen:] if new else order[:seen]:
        dark, all_ink, target = chosen[k]
        says_b = dark >= middle and all_ink <= ink
        right += says_b == (target == b)
        missed += target == b and not says_b
        taken += target == a and says_b
    return right, taken, missed


def test_the_rule_reads_what_a_plain_loop_reads_at_every_setting():
    for settings in EVERY[:len(EVERY) // 7]:
        contest = hold_contest(**settings)
        assert contest.right[0] == plain_contest(**settings)[0], settings


def test_weights_come_to_those_of_scikit_learn():
    for pair in PAIRS:
        c = hold_contest(**START | dict(pair=pair, seen=120))
        weights = learn_weights(c.x, c.y, 20_000)
        z = (c.x - [50, 31]) / [15, 4]
        fit = LogisticRegression(C=1e9, tol=1e-8, max_iter=10_000).fit(z, c.y)
        assert np.allclose(weights[:2] * [15, 4], fit.coef_[0], rtol=.01)
        assert np.allclose(weights[2] + weights[:2] @ [50, 31], fit.intercept_, rtol=.01, atol=.02)


def test_one_step_goes_down_the_slope_that_is_measured():
    c = hold_contest(**START)
    z = np.c_[(c.x - [50, 31]) / [15, 4], np.ones(len(c.y))]

    def standard(w): return np.r_[w[:2] * [15, 4], w[2] + w[:2] @ [50, 31]]

    def loss(w): return np.logaddexp(0, np.where(c.y, -1, 1) * (z @ w)).mean()
    before, after = (standard(learn_weights(c.x, c.y, n)) for n in (4, 5))
    slope = [(loss(before + e) - loss(before - e)) / 2e-5 for e in np.eye(3) * 1e-5]
    assert np.allclose(after - before, -2 * np.array(slope), atol=1e-6)
    assert loss(after) < loss(before)


def test_weights_say_what_their_numbers_give():
    for settings in EVERY:
        c = hold_contest(**settings)
        a, b, constant = c.weights
        assert [a * m + b * k + constant > 0 for m, k in c.x] == c.by_weights.tolist()
        assert np.isfinite(c.weights).all()


def test_seen_and_new_pictures_are_all_of_them_and_never_the_same():
    for pair, seen in itertools.product(PAIRS, (10, 60, 120)):
        old, new = (hold_contest(**START | dict(pair=pair, seen=seen, new=n))
                    for n in (False, True))
        assert len(old.y) == seen
        both = np.concatenate([old.pictures, new.pictures]).reshape(-1, 64)
        assert len(both) == np.isin(sklearn_digits().target, PAIRS[pair]).sum()
        assert (old.weights == new.weights).all() and old.on_seen == new.on_seen


def test_measure_counts_the_ink():
    picture = np.zeros((1, 8, 8))
    picture[0, 2:6, 2] = 1
    assert measure(picture).tolist() == [[25., 6.25]]


@pytest.mark.parametrize('pair', PAIRS)
def test_weights_beat_every_rule_on_new_pictures(pair):
    "What the chapter says: also the best rule for the pictures seen reads fewer of the new ones."
    settings = START | dict(pair=pair)
    best = max(itertools.product(range(20, 81, 2), range(22, 44)), key=lambda t: hold_contest(
        **settings | dict(middle=t[0], ink=t[1])).on_seen[0])
    c = hold_contest(**settings | dict(middle=best[0], ink=best[1], new=True, steps=LAST))
    assert c.right[1] - c.right[0] >= .04 * len(c.y)


def check_sentence(settings, text):
    c, (right, taken, missed) = hold_contest(**settings), plain_contest(**settings)
    n, weights = len(c.y), sum(a == b for a, b in zip(c.by_weights, c.y))
    if settings['new']:
        assert f'{n} new pictures your rule reads {right / n:.0%} right' in text
        assert f'weights {weights / n:.0%}' in text
        lead = round(100 * weights / n) - round(100 * right / n)
        if not settings['steps']: return
        assert ('draw' in text) == (lead == 0)
        assert ('weights lead' in text) == (lead > 0)
        assert lead == 0 or f'by {abs(lead)} point' in text
        return
    assert f'is right on {right} of the {n} pictures seen.' in text
    one, two = (NAMES[d] for d in PAIRS[settings['pair']])
    for count, name in ((taken, one), (missed, two)): assert f'{count or "no"} {name}' in text
    if settings['steps']: assert re.search(rf'(read|read only) {weights} right|just as many', text)
    assert ('just as many' in text) == (settings['steps'] > 0 and weights == right)
    assert ('more.' in text) == (settings['steps'] > 0 and weights > right)


def test_the_sentence_tells_the_counts():
    for settings in rng.sample(EVERY, 60) + EVERY[:20]:
        check_sentence(settings, contest_finding(hold_contest(**settings)))


def test_the_sentence_speaks_plain_english():
    said = {contest_finding(hold_contest(**s)) for s in EVERY}
    assert any('zeros for an eight' in s for s in said)
    assert not any(re.search(r'zeroes|sixs|\b1 (zeros|eights|sixes|threes)\b|!', s)
                   for s in said)


def test_the_line_rebuilds_the_lab():
    lab = rule_or_weights_lab(pair='3 or 6', middle=47, ink=39, steps=12, new=True, seen=40, seed=3)
    again = eval(lab.line, dict(rule_or_weights_lab=rule_or_weights_lab))
    assert isinstance(again, Lab) and again.settings == lab.settings and again.text == lab.text


def test_buttons_clicks_and_reset():
    lab = rule_or_weights_lab()
    before = lab.png
    lab.act('Learn 1 step')
    assert lab.settings['steps'] == 1
    lab.act('Learn to the end')
    assert lab.settings['steps'] == LAST and lab.png != before
    lab.click(0, 55.2, 36.4)
    assert (lab.settings['middle'], lab.settings['ink']) == (55, 36)
    lab.click(1, 20., 30.).click(0, 999., -5.)
    assert (lab.settings['middle'], lab.settings['ink']) == (80, 22) and lab.error is None
    assert lab.reset().png == before


def test_every_setting_is_drawn_wide_and_narrow():
    lab = rule_or_weights_lab()
    for narrow in (False, True):
        lab.view.screen = dict(narrow=narrow, ratio=1.)
        for settings in EVERY[:len(EVERY) // 7:3]:
            assert lab.set(**settings).png and lab.error is None, settings


def test_the_app_page_is_there():
    page = Path(__file__).parents[3] / 'notebooks' / 'apps' / 'rule_or_weights.ipynb'
    assert 'utils.labs.first_model.rule_or_weights' in page.read_text(encoding='utf-8')
