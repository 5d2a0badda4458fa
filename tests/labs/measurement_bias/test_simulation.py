"The simulated clinic: its assumptions hold, its models are right, its claims stand in 20 seeds."
from time import perf_counter

import numpy as np
import pytest

from utils.labs.measurement_bias.simulation import (
    EFFECTS, FEATURES, clinic, fit_risk, judge, ranking, wilson)

SEEDS = range(20)


# the simulation

def test_the_same_seed_gives_the_same_people_and_touches_nothing_outside():
    before = np.random.get_state()[1].copy()
    a, b, c = clinic(3000, seed=3), clinic(3000, seed=3), clinic(3000, seed=4)
    for name, values in vars(a).items():
        assert np.array_equal(values, getattr(b, name))
        assert not np.array_equal(values, getattr(c, name))
    assert np.array_equal(before, np.random.get_state()[1])


def test_more_people_are_the_same_and_others_besides():
    few, many = clinic(2000, seed=5), clinic(9000, seed=5)
    for name, values in vars(few).items(): assert np.array_equal(values, getattr(many, name)[:2000])


def test_twenty_thousand_people_are_drawn_quickly():
    times = []
    for seed in range(7):
        start = perf_counter()
        clinic(20_000, seed)
        times.append(perf_counter() - start)
    assert min(times) < .05


def test_groups_are_equally_ill_and_alike_in_all_but_visits():
    p = clinic(200_000)
    a, b = (p[p.group == g] for g in (0, 1))
    assert abs(len(b) / len(p) - .3) < .01
    assert abs(a.ill.mean() - b.ill.mean()) < .01
    assert abs(a.features[:, :3].mean(0) - b.features[:, :3].mean(0)).max() < .02
    assert a.features[:, 3].mean() > 1.5 * b.features[:, 3].mean()
    assert a.tested.mean() > 2 * b.tested.mean()


def test_illness_follows_the_causes_and_nothing_else():
    p = clinic(200_000)
    truth = fit_risk(p.features, p.ill)
    assert truth.weights / truth.std == pytest.approx([*EFFECTS, 0], abs=.03)
    assert truth.ranked == [*FEATURES[:3], 'visits']
    assert p.ill.mean() == pytest.approx(p.risk.mean(), abs=.005)


def test_the_records_are_what_tests_find():
    p = clinic(200_000, missed=.25, false_alarm=.05)
    assert not p.recorded[~p.tested].any()
    assert p.recorded[p.tested & p.ill].mean() == pytest.approx(.75, abs=.01)
    assert p.recorded[p.tested & ~p.ill].mean() == pytest.approx(.05, abs=.005)
    assert clinic(5000, screened=1.).tested.all()
    sure = clinic(5000, screened=1., missed=0., false_alarm=0.)
    assert np.array_equal(sure.recorded, sure.ill)


def test_visits_are_those_that_are_wished_times_the_access():
    p = clinic(200_000, wish=(4., 2.), access=(1., .5))
    visits = np.expm1(p.features[:, 3])
    for g, mean in ((0, 4.), (1, 1.)):
        assert visits[p.group == g].mean() == pytest.approx(mean, rel=.03)
    same = clinic(50_000, spread=0., access=(1., 1.), refer=1.)
    assert same.tested.mean() == pytest.approx(1 - np.exp(-4), abs=.01)


@pytest.mark.parametrize('settings', [
    dict(share=.05), dict(share=.9), dict(risk=(-2., -1.)), dict(spread=0.), dict(refer=0.),
    dict(refer=1.), dict(missed=1.), dict(access=(1., 0.)), dict(n=50)])
def test_odd_clinics_work_too(settings):
    p = clinic(**dict(n=4000) | settings)
    model, new = fit_risk(p.features, p.recorded), clinic(4000, seed=9)
    j = judge(model(new.features), new)
    assert np.isfinite([*model.weights, *j.predicted, j.gap]).all()


# what learns from it, against libraries

def test_the_model_is_scikit_learns():
    from sklearn.linear_model import LogisticRegression
    p = clinic(5000, seed=1)
    own = fit_risk(p.features, p.recorded)
    z = (p.features - own.mean) / own.std
    other = LogisticRegression(C=1e6, tol=1e-8, max_iter=1000).fit(z, p.recorded)
    assert own.weights == pytest.approx(other.coef_[0], abs=1e-3)
    assert own(p.features) == pytest.approx(other.predict_proba(z)[:, 1], abs=1e-3)


def test_ranking_is_scikit_learns_area_under_the_curve():
    from sklearn.metrics import roc_auc_score
    rng = np.random.default_rng(0)
    for _ in range(5):
        labels, scores = rng.random(200) < .3, rng.normal(size=200)
        assert ranking(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    assert np.isnan(ranking(scores, labels & False))


@pytest.mark.parametrize('hits, n', [(0, 10), (3, 10), (10, 10), (7, 400), (399, 400), (1, 1)])
def test_wilsons_interval_is_scipys(hits, n):
    from scipy.stats import binomtest, norm
    own = wilson(hits, n, norm.ppf(.975))
    there = binomtest(hits, n).proportion_ci(.95, method='wilson')
    assert own == pytest.approx((there.low, there.high), abs=1e-9)


def test_wilsons_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    ends = [wilson(k, 60) for k in rng.binomial(60, .1, 2000)]
    assert np.mean([low <= .1 <= high for low, high in ends]) > .93


def test_a_judgement_counts_what_it_says():
    p = clinic(6000, seed=2)
    model = fit_risk(p.features, p.recorded)
    scores = model(p.features)
    j = judge(scores, p, places=.1)
    called = scores >= np.quantile(scores, .9)
    for g in (0, 1):
        rows = p.group == g
        assert j.ill[g] == (p.ill[rows].sum(), rows.sum())
        assert j.recorded[g] == (p.recorded[rows].sum(), rows.sum())
        assert j.missed[g] == ((p.ill & rows & ~called).sum(), (p.ill & rows).sum())
        assert j.missed_seen[g] == ((p.recorded & rows & ~called).sum(), (p.recorded & rows).sum())
        assert j.false_calls[g] == ((~p.ill & rows & called).sum(), (~p.ill & rows).sum())
        assert j.predicted[g] == pytest.approx(scores[rows].mean())
    counted = [k / n for k, n in j.missed]
    assert j.gap == pytest.approx(counted[1] - counted[0])


def test_a_model_in_place_of_its_scores_is_refused_in_plain_words():
    p = clinic(500)
    with pytest.raises(ValueError, match=r'there are 500 people.*judge\(model\(people.features'):
        judge(fit_risk(p.features, p.recorded), p)


# the claims

@pytest.fixture(scope='module')
def trained():
    "For each seed the clinic as it is, cured three ways, and judged on the same new people."
    found = []
    for seed in SEEDS:
        new = clinic(seed=1000 + seed)
        ways = dict(usual={}, more=dict(n=160_000), balance=dict(share=.5),
                    half=dict(screened=.5), all=dict(screened=1.))
        models = {}
        for way, changed in ways.items():
            p = clinic(seed=seed if way == 'usual' else 100 + seed, **changed)
            models[way] = fit_risk(p.features, p.recorded)
        found.append((models, {way: judge(m(new.features), new) for way, m in models.items()}, new))
    return found


def test_care_seeking_outranks_every_cause_in_the_records(trained):
    for models, _, _ in trained:
        assert models['usual'].ranked[0] == 'visits'
        *causes, visits = models['usual'].weights
        assert visits > 1.1 * max(causes)


def test_validation_on_the_records_looks_better_than_the_truth(trained):
    for models, judged, new in trained:
        scores = models['usual'](new.features)
        assert ranking(scores, new.recorded) > ranking(scores, new.ill) + .03
        j = judged['usual']
        assert sum(j.predicted) > 0 and scores.mean() == pytest.approx(new.recorded.mean(), rel=.1)
        assert all(i[0] > 2 * r[0] for i, r in zip(j.ill, j.recorded))


def test_more_data_leaves_the_gap(trained):
    for _, judged, _ in trained:
        assert judged['more'].gap == pytest.approx(judged['usual'].gap, rel=.1)
        assert judged['usual'].gap > .2


def test_balancing_the_groups_leaves_the_gap(trained):
    for _, judged, _ in trained:
        assert judged['balance'].gap == pytest.approx(judged['usual'].gap, rel=.1)


def test_measuring_better_halves_the_gap_at_least(trained):
    for models, judged, _ in trained:
        assert judged['half'].gap < judged['usual'].gap / 2
        assert abs(judged['all'].gap) < judged['usual'].gap / 5
        assert models['half'].ranked[0] != 'visits' and models['all'].ranked[-1] == 'visits'
