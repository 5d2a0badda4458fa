"What night does to the pictures, what the net says then, and whom the alarm wakes."

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter

from tests.labs.ranges import places
from utils.labs.base import Lab
from utils.labs.notebook_to_app import daylight as module
from utils.labs.notebook_to_app import night_falls as lab_module
from utils.labs.notebook_to_app import night_falls_lab
from utils.labs.notebook_to_app.daylight import CHANGES, ask, by_day, change
from utils.labs.notebook_to_app.night_falls import (
    CONTROLS, distance, draw_night, let_night_fall, night_finding)

@pytest.fixture(scope='module')
def day(): return by_day()


SETTINGS = [{k: v} for k, c in CONTROLS.items() for v in places(c)]
SETTINGS += [{k: places(c, seed)[-1] for k, c in CONTROLS.items()} for seed in range(4)]


@pytest.mark.parametrize('settings', SETTINGS, ids=str)
def test_sentence_and_numbers_agree_over_the_whole_range(settings, day):
    r = let_night_fall(**settings)
    assert 0 <= r.accuracy <= 1 and len(r.said) == 6 and r.pictures.shape == (6, 96, 96, 3)
    x = change(day.test, day.away, **r.place)
    assert x.shape == day.test.shape and x.min() >= 0 and x.max() <= 1
    with torch.no_grad(): probs = F.softmax(day.net((x - .5) / .25), 1)
    assert r.accuracy == pytest.approx((probs.argmax(1) == day.dogs).float().mean().item(),
                                      abs=1e-6)
    assert r.sure == pytest.approx(probs.max(1)[0].numpy(), abs=1e-4)
    text = night_finding(r)
    cries, misses = (sum(z > r.threshold for z in r.quiet) / 400,
                     sum(z <= r.threshold for z in r.strange) / 400)
    assert (r.false_alarms, r.misses) == (pytest.approx(cries), pytest.approx(misses))
    assert f'ccuracy {r.accuracy:.2f}' in text and f'confidence {r.sure.mean():.2f}' in text
    assert f'goes off in {100 * cries:.0f} %' in text
    if any(r.place.values()): assert f'misses {100 * misses:.0f} % of the changed' in text
    else: assert text.startswith('Nothing is changed')


def test_the_dark_scales_and_noise_is_as_strong_as_said(day):
    plain = day.test / 255
    assert torch.allclose(change(day.test, day.away, dark=30), plain * .7)
    assert torch.equal(change(day.test, day.away), plain)
    grey = torch.full((96, 3, 32, 32), 128, dtype=torch.uint8)
    noisy = change(grey, grey, noise=10)
    assert abs(noisy.std() - .1) < .002 and abs(noisy.mean() - .5) < .01


@pytest.mark.parametrize('blur', [2, 5, 12])
def test_blur_is_scipys_gaussian(day, blur):
    blurred = change(day.test[:4], day.away[:4], blur=blur)
    sigma = blur / 100 * 32
    expected = gaussian_filter(day.test[:4].numpy() / 255, (0, 0, sigma, sigma), mode='nearest',
                               truncate=6)
    assert blurred.numpy() == pytest.approx(expected, abs=.004)


@pytest.mark.parametrize('share', [0, 5, 50, 95, 100])
def test_the_background_moves_that_share_of_the_animals(day, share):
    x = change(day.test, day.away, elsewhere=share)
    moved = (x != day.test / 255).flatten(1).any(1)
    assert abs(moved.float().mean() - share / 100) < .02
    assert torch.equal(x[moved], day.away[moved] / 255)


def test_more_night_moves_more_animals_and_never_takes_one_back(day):
    few, many = (change(day.test, day.away, elsewhere=s) != day.test / 255 for s in (20, 60))
    assert (many.flatten(1).any(1) | ~few.flatten(1).any(1)).all()


def test_a_batch_is_as_far_as_the_textbook_says():
    usual, new = np.array([1., 3., 5., 7.]), np.array([9., 11.])
    rows = np.array([[0, 1], [0, 0]])
    error = np.std(usual) / np.sqrt(2)
    assert distance(new, usual, rows) == pytest.approx([6 / error, 5 / error])


def test_in_unchanged_normal_batches_one_in_twenty_is_beyond_two():
    rng = np.random.default_rng(0)
    values, rows = rng.normal(size=20_000), rng.integers(0, 20_000, (4000, 16))
    assert (distance(values, values, rows) > 1.96).mean() == pytest.approx(.05, abs=.012)


def test_what_the_chapter_says_of_night_holds():
    day, dusk, dark = (let_night_fall(dark=d) for d in (0, 20, 60))
    assert day.accuracy > .88 and dark.accuracy < .6 < dusk.accuracy < day.accuracy
    assert dark.sure.mean() > .8, 'wrong and sure of it'
    swapped = let_night_fall(dark=0, elsewhere=100)
    assert swapped.accuracy < .45
    light = let_night_fall(dark=20, watch='brightness')
    assert light.misses < .05 and light.false_alarms < .15
    place = let_night_fall(dark=0, elsewhere=100, watch='brightness')
    assert place.misses > .8, 'the mean brightness knows nothing of places'


def test_a_higher_threshold_misses_more_and_cries_less():
    rs = [let_night_fall(threshold=t) for t in (1., 2., 4., 8.)]
    for a, b in zip(rs, rs[1:]): assert a.false_alarms >= b.false_alarms and a.misses <= b.misses


def test_any_watches_the_farthest():
    one = [let_night_fall(blur=3, watch=w) for w in ('confidence', 'brightness', 'contrast')]
    both = let_night_fall(blur=3, watch='any')
    assert np.array_equal(both.strange, np.max([r.strange for r in one], 0))
    assert np.array_equal(both.quiet, np.max([r.quiet for r in one], 0))


def test_the_training_and_the_test_animals_are_others():
    train = module._pictures(range(2))
    assert not any(torch.equal(a, b) for a in train for b in by_day().test)
    both = by_day().dogs.float().mean()
    assert both == .5 and ask(by_day(), by_day().large / 255).shape == (6, 2)


def test_what_is_stored_answers_as_what_was_trained(day, tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    assert module._stored() is None
    module._store(day)
    kept = module._stored()
    kept.net.eval()
    assert ask(kept, day.test / 255) == pytest.approx(ask(day, day.test / 255), abs=1e-5)
    (tmp_path / module.FILE).write_bytes(b'half a file')
    assert module._stored() is None


def test_nothing_outside_is_touched():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    a = let_night_fall(noise=15, seed=3)
    torch.rand(3)
    lab_module._seen.cache_clear()
    b = let_night_fall(noise=15, seed=3)
    torch.manual_seed(5)
    assert torch.equal(before, torch.get_rng_state()) and a.accuracy == b.accuracy
    assert np.array_equal(a.strange, b.strange)


@pytest.mark.parametrize('settings', [{}, dict(dark=60, watch='any', batch=64, threshold=5.25)])
def test_the_line_brings_the_lab_back(settings):
    lab = night_falls_lab(**settings)
    assert isinstance(lab, Lab) and eval(lab.line).settings == lab.settings
    assert set(lab.settings) == set(CONTROLS)


def test_a_click_on_the_alarm_moves_its_threshold():
    lab = night_falls_lab()
    lab.wait()
    lab.click(3, 5.1, 20)
    assert lab.settings['threshold'] == 5.
    lab.click(1, 5.1, .5)
    assert lab.settings['threshold'] == 5.


def test_it_is_drawn_wide_and_narrow_and_moves_in_place():
    from matplotlib.figure import Figure
    for size in (9.6, 5.6), (4.2, 11.4):
        fig = Figure(figsize=size, layout='constrained')
        update = draw_night(fig, let_night_fall())
        assert len(fig.axes) == 4
        r = let_night_fall(dark=75, threshold=5.)
        update(r)
        dots = {line.get_color(): line.get_xdata()[0] for line in fig.axes[1].lines
                if line.get_marker() == 'o'}
        assert sorted(dots.values()) == pytest.approx([0, 0, 0, 100 * 75 / CHANGES['dark'][-1]])
        assert f'{100 * r.misses:.0f} % missed' in fig.axes[3].get_title(loc='left')
        assert fig.axes[3].lines[0].get_xdata()[0] == 5.
