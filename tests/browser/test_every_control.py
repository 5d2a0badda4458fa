"Every control of every lab, moved in a real browser to its ends and three places between."
import numpy as np
import pytest

import utils

from .conftest import APPS

pytestmark = pytest.mark.browser
# These train for seconds at each move: test_overfitting.py and test_fine_tuning.py move them.
TRAIN = 'memorise_noise', 'scratch_or_transfer', 'column_doctor'   # each has a test of its own
LABS = sorted(f.stem for f in APPS.glob('*.ipynb') if f.stem not in ('index', *TRAIN))

MOVED = """async ([root, places]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const seen = [];
  for (const [name, label, position] of places) {
    const of = [...root.querySelectorAll('label')].find((l) => l.textContent === label);
    const control = root.querySelector('#' + of.htmlFor);
    const asked = root.dataset.asked;
    if (control.type === 'checkbox') control.checked = position; else control.value = position;
    control.dispatchEvent(new Event(control.type === 'range' ? 'input' : 'change'));
    while (root.dataset.asked === asked || root.dataset.heard !== root.dataset.asked
           || root.classList.contains('lab-running')) await frame();
    const image = root.querySelector('.lab-picture img');
    await image.decode();
    seen.push({ name, position, text: root.querySelector('.lab-sentence').textContent,
                alt: image.alt, width: image.naturalWidth });
  }
  return seen;
}"""


def positions(control, rng):
    "What the page calls the ends of a control, and three random places between."
    spec = control.spec('')
    if control.kind == 'switch': return [True, False]
    n = len(spec['options'])
    low, high, step = (0, n - 1, 1) if n else (spec['low'], spec['high'], spec['step'])
    places = low + step * np.arange(round((high - low) / step) + 1)
    return [v.item() for v in (places[0], places[-1], *rng.choice(places, 3))]


@pytest.mark.parametrize('name', LABS)
def test_every_control_s_ends_and_three_places_answer_as_python_does(page, open_app, name):
    lab, rng = getattr(utils, f'{name}_lab')(), np.random.default_rng(len(name))
    moving = {k: c for k, c in lab.controls.items() if c.kind in ('slider', 'choice', 'switch')}
    places = [(k, c.label, p) for k, c in moving.items() for p in positions(c, rng)]
    shown = open_app(page, name)
    page.wait_for_selector('.lab:not(.lab-running)')
    seen = page.evaluate(MOVED, [shown.root.element_handle(), places])
    assert len(seen) == len(places)
    for s in seen:
        lab.set(**{s['name']: moving[s['name']].from_page(s['position'], None)})
        assert lab.error is None, lab.line
        assert s['text'] == s['alt'] == lab.text, lab.line
        assert s['width'] > 300
