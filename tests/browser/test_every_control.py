"Every control and button of every lab in a real browser: page, picture and Python agree."
from itertools import groupby

import numpy as np
import pytest

import utils

from .conftest import APPS, SETTLED, serious

pytestmark = pytest.mark.browser
# These train for seconds at each move: their own files move them.
TRAIN = 'memorise_noise', 'scratch_or_transfer', 'column_doctor', 'teach_it'
LABS = sorted(f.stem for f in APPS.glob('*.ipynb') if f.stem not in ('index', *TRAIN))

# Does one thing after the other, and notes after each what the page then shows.
DONE = """async ([root, things]) => {
  SETTLED
  const seen = [];
  for (const [name, label, position] of things) {
    const before = root.dataset.asked;
    const called = (tag) => [...root.querySelectorAll(tag)].find((e) => e.textContent === label);
    if (name === 'press') called('button').click();
    else {
      const of = called('label');
      const control = root.querySelector('#' + of.htmlFor);
      if (control.type === 'checkbox') control.checked = position; else control.value = position;
      control.dispatchEvent(new Event(control.type === 'range' ? 'input' : 'change'));
    }
    await settled(root, before);
    const image = root.querySelector('.lab-picture img');
    await image.decode();
    const bytes = await (await fetch(image.src)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    seen.push({ text: root.querySelector('.lab-sentence').textContent, alt: image.alt,
                width: image.naturalWidth, look: [...digest].join() });
  }
  return seen;
}""".replace('SETTLED', SETTLED)


def positions(control, rng):
    "What the page calls the ends of a control, and a random place between."
    spec = control.spec('')
    if control.kind == 'switch': return [True, False]
    n = len(spec['options'])
    low, high, step = (0, n - 1, 1) if n else (spec['low'], spec['high'], spec['step'])
    places = low + step * np.arange(round((high - low) / step) + 1)
    return [v.item() for v in (places[0], places[-1], rng.choice(places))]


def moves(lab, rng):
    "Each control to its ends and a place between; then each button, from the start."
    for name, c in lab.controls.items():
        if c.kind not in ('slider', 'choice', 'switch'): continue
        for p in positions(c, rng): yield name, c.label, p
    for button in ('Reset', *lab.actions): yield 'press', button, None
    yield 'press', 'Reset', None


def follow(lab, name, label, position):
    "The same in Python."
    if name != 'press': lab.set(**{name: lab.controls[name].from_page(position, None)})
    elif label == 'Reset': lab.reset()
    else: lab.act(label)
    return lab.text


@pytest.mark.parametrize('name', LABS)
def test_every_control_s_ends_and_a_place_between_answer_as_python_does(page, open_app, name):
    lab = getattr(utils, f'{name}_lab')()
    start, lab._picture = lab.text, lambda: b'not drawn here'
    things = list(moves(lab, np.random.default_rng(len(name))))
    shown = open_app(page, name)
    page.wait_for_selector('.lab:not(.lab-running)')
    assert shown.text == start
    seen = page.evaluate(DONE, [shown.root.element_handle(), things])
    assert len(seen) == len(things)
    for s, thing in zip(seen, things):
        assert s['text'] == s['alt'] == follow(lab, *thing), (thing, lab.line)
        assert lab.error is None and s['width'] > 300, lab.line
    for control, places in groupby(zip(things, seen), key=lambda pair: pair[0][:2]):
        texts, looks = zip(*((s['text'], s['look']) for _, s in places))
        assert len(set(looks)) > 1 or len(set(texts)) == 1, f'{control}: one picture for {texts}'
    assert seen[-1]['text'] == start
    assert not serious(page)
    shown.fits_a_phone()
