"What layers see: every setting against the maps themselves, and the sentence against the numbers."
from collections import Counter

import numpy as np
import pytest
import torch

from utils.labs.fine_tuning.at_hand import gallery, subject
from utils.labs.fine_tuning.looking import (
    STAGES, as_seen, borrowed_net, patch_at, stage_maps, strongest)
from utils.labs.fine_tuning.what_layers_see import (
    ALIKE, CONTROLS, WORDS, _clicked, _counted, draw_sight, look, sight_finding,
    what_layers_see_lab)
from utils.labs.picture import new_figure
from utils.vision import pretrained_card

UNITS = 1, 16, 2, 7, 11


@pytest.mark.parametrize('stage', STAGES)
@pytest.mark.parametrize('unit', UNITS)
def test_a_unit_s_patches_excite_it_most_and_differ(stage, unit):
    s = look(stage=stage, unit=unit)
    assert len(s.shown) == len(set(s.shown)) == 16 and s.chosen == unit - 1
    u = s.shown[s.chosen]
    pictures, words = gallery()
    with torch.no_grad(): maps = stage_maps(borrowed_net(), as_seen(pictures))[stage][:, u]
    peaks = maps[:, 1:-1, 1:-1].amax((1, 2))
    best = peaks.topk(9)
    assert peaks[[i for i, w in enumerate(words) if w in s.sources]].max() == best.values[0]
    assert len(s.sources) == len(s.patches) == 9
    kept, where = [], strongest(maps)[1]
    for i in peaks.argsort(descending=True, stable=True).tolist():
        patch = patch_at(pictures[i], stage, *divmod(int(where[i]), maps.shape[-1]))
        if all((patch - p).abs().mean() >= ALIKE for p, _ in kept): kept.append((patch, words[i]))
    assert s.sources == [word for _, word in kept[:9]]       # no two show the same
    assert all(torch.equal(a, b) for a, (b, _) in zip(s.patches, kept))
    here = stage_maps(borrowed_net(), as_seen(s.picture[None]))[stage][0, u]
    peak = here[1:-1, 1:-1].max()
    assert s.beaten == (peaks < peak).float().mean().item()
    assert here[s.place] == peak
    assert 0 <= s.maps.min() and s.maps.max() <= 1


@pytest.mark.parametrize('picture', WORDS.values())
def test_the_answer_is_the_net_s_and_the_sentence_says_so(picture):
    s = look(picture)
    with torch.no_grad(): probs = borrowed_net()(as_seen(subject(picture)[None])).softmax(1)[0]
    assert s.answer == pretrained_card()['classes'][probs.argmax()]
    assert abs(s.sure - probs.max().item()) < 1e-4
    text = sight_finding(s)
    assert f'“{s.answer}” ({min(100 * s.sure, 99):.0f} %)' in text
    assert f'Unit {s.shown[0]} of stage 2 sees 23 × 23 pixels' in text
    top, n = Counter(s.sources).most_common()[0]
    assert f'show {top.replace("_", " ")}' + (f' ({n})' if n > 1 else '') in text


def test_most_excited_units_come_first():
    s = look('a rocket', 'stage 3')
    with torch.no_grad():
        every = stage_maps(borrowed_net(), as_seen(gallery()[0]))['stage 3']
        here = stage_maps(borrowed_net(), as_seen(s.picture[None]))['stage 3'][0]
    peaks, now = (m[..., 1:-1, 1:-1].amax((-2, -1)) for m in (every, here))
    unusual = (now - peaks.mean(0)) / (peaks.std(0) + 1e-3)
    shown = unusual[s.shown]
    assert (shown.diff() <= 0).all() and shown[0] == unusual.max()


@pytest.mark.parametrize('words, said', [
    (['a'] * 9, 'a (9)'), (['a'] * 5 + ['b'] * 4, 'a (5) and b (4)'),
    (['b', 'a', 'a', 'c'], 'a (2), b and c'), (['a', 'a', 'b', 'c', 'd'], 'a (2), b and others')])
def test_sources_are_counted_in_words(words, said): assert _counted(words) == said


def test_a_click_on_a_map_chooses_its_unit():
    assert _clicked({}, 2, 0, 0) == dict(unit=1)
    assert _clicked({}, 2, 3 * 36 + 5, 3 * 36 + 5) == dict(unit=16)
    assert _clicked({}, 2, 40, 10) == dict(unit=2)
    assert _clicked({}, 0, 10, 10) is None


def test_an_upload_takes_the_place_of_the_picture():
    import io

    from PIL import Image
    file = io.BytesIO()
    Image.new('RGB', (90, 70), 'green').save(file, 'png')
    assert torch.allclose(look(own=file.getvalue()).picture[0], torch.zeros(64, 64))
    with pytest.raises(ValueError, match='not a picture'): look(own=b'no picture')


@pytest.mark.parametrize('size', [(8.4, 3.75), (4.2, 4.75)])
def test_an_updated_picture_shows_the_new_result(size):
    fig = new_figure(size)
    update = draw_sight(fig, look())
    s = look('beagle', 'stage 3', 6)
    update(s)
    one, two, maps, patches = fig.axes
    assert np.array_equal(one.images[0].get_array(), s.picture.permute(1, 2, 0))
    assert maps.get_title('left') == 'Stage 3: 16 of 64 units'
    assert patches.get_title('left') == f'What excites unit {s.shown[5]} most'
    sheet = np.asarray(maps.images[0].get_array())
    assert np.allclose(sheet[36:68:4, 36:68:4], s.maps[5])
    assert np.allclose(np.asarray(patches.images[0].get_array())[:96:24, :96:24],
                       np.asarray(torch.nn.functional.interpolate(s.patches[0][None], size=96)
                                  [0].permute(1, 2, 0))[::24, ::24])


def test_the_line_rebuilds_the_lab_and_the_picture_follows():
    lab = what_layers_see_lab(stage='stage 1', unit=3)
    again = eval(lab.line.replace('own=None, ', '').replace(', own=None', ''))
    assert again.settings == lab.settings and again.text == lab.text
    before = lab.png
    lab.click(2, 5, 5)
    assert lab.settings['unit'] == 1 and lab.png != before
    assert lab.reset().png == before
    assert set(lab.settings) == set(CONTROLS)
    assert lab.error is None
