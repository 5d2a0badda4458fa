"How many ranks: the times by hand, the best number by the root, every setting's sentence."
import re

import numpy as np
import pytest

from tests.labs.ranges import over_all_ranges
from utils.labs.scaling_out.how_many_ranks import (
    MOST, batch_time, how_many_ranks_lab, ranks_finding, share_work)

EVERY = list(over_all_ranges(how_many_ranks_lab()))


@pytest.mark.parametrize('ranks, fixed, talk, ms', [
    (1, 5, 2, 100), (2, 0, 0, 50), (4, 20, 0, 40), (5, 50, 1, 64), (19, 5, 0, 10),
    (13, 2.5, 0, 10)])
def test_the_time_of_a_batch_is_added_by_hand(ranks, fixed, talk, ms):
    assert np.isclose(batch_time(ranks, fixed, talk), ms)
    r = share_work(fixed, talk, ranks)
    assert np.isclose(sum(r.parts), ms) and np.isclose(r.here, 100 / ms)


@pytest.mark.parametrize('fixed, talk', [(0, 2), (5, .1), (50, 2), (10, .35)])
def test_the_quickest_number_is_near_the_root_of_work_by_talk(fixed, talk):
    assert abs(share_work(fixed, talk).best - np.sqrt((100 - fixed) / talk)) < 1


@pytest.mark.parametrize('settings', EVERY)
def test_every_setting_has_a_sentence_that_agrees_with_the_times(settings):
    r, text = share_work(**settings), ranks_finding(share_work(**settings))
    assert len(r.faster) == MOST and (r.faster > 0).all()
    if r.ranks > 1:
        ms, times = map(float, re.search(r'need ([\d.]+) ms .*?: ([\d.]+) times', text).groups())
        assert abs(ms - batch_time(r.ranks, r.fixed, r.talk)) <= .051 and abs(times * ms - 100) < 5
        efficiency = int(re.search(r'efficiency of (\d+) %', text).group(1))
        assert abs(efficiency - 100 * r.here / r.ranks) <= .5
    else: assert 'with nobody' in text
    if r.ranks > 1 and r.talk and r.best < MOST:
        assert 'That is the quickest' in text if r.best == r.ranks else \
            f'The quickest number is {r.best},' in text
    if r.ranks > 1 and r.fixed and not r.talk: assert f'below {100 / r.fixed:.1f} times' in text
