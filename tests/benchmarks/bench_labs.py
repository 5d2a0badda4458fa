"""From a moved slider to the new picture, for every lab, in a real browser: a table.

Each lab's app page is opened as a visitor does; its first slider (or choice, where there is none)
is moved to one place after the other, over its whole range. The clock runs in the page, from the
move until the browser has decoded the picture that answers it. A lab whose picture comes in steps
(it has a Stop button) is timed to its first step and has no bar.
"""

import numpy as np
import pytest

from tests.browser.conftest import APPS, app_folder, app_server, open_app  # noqa: F401

MOVES, MEDIAN, LATE = 40, 100, 250      # moves; bars in milliseconds

TIMED = """async ([root, slider, positions]) => {
  const image = root.querySelector('.lab-picture img');
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (const position of positions) {
    await new Promise((r) => setTimeout(r, 60));
    const picture = image.src;
    const start = performance.now();
    slider.value = position;
    slider.dispatchEvent(new Event(slider.type === 'range' ? 'input' : 'change'));
    while (image.src === picture && root.dataset.heard !== root.dataset.asked) await frame();
    await image.decode().catch(() => {});
    times.push(performance.now() - start);
  }
  return times;
}"""


def labs():
    "The app pages that show a lab with controls."
    return sorted(f.stem for f in APPS.glob('*.ipynb') if f.stem not in ('index', 'teach_it'))


def places(control):
    "All positions of a slider or a choice."
    if control.get_attribute('type') != 'range': return range(control.locator('option').count())
    low, high, step = (float(control.get_attribute(k)) for k in ('min', 'max', 'step'))
    return low + step * np.arange(round((high - low) / step) + 1)


@pytest.fixture(scope='module')
def rows():
    "One line for each lab, printed together at the end."
    found = []
    yield found
    print(f'\n\n{"lab":<22} {"control":<28} {"median":>8} {"95 %":>8}   (ms, {MOVES} moves)')
    for name, label, median, late, steps in sorted(found, key=lambda r: -r[2]):
        print(f'{name:<22} {label:<28} {median:>8.0f} {late:>8.0f}   {"in steps" if steps else ""}')


@pytest.mark.parametrize('name', labs())
def test_a_moved_slider_is_answered_at_once(page, open_app, rows, name):  # noqa: F811
    lab = open_app(page, name)
    page.wait_for_selector('.lab:not(.lab-running)')
    found = lab.root.locator('input[type=range]').all() + lab.root.locator('select').all()
    slider = next((s for s in found if s.is_visible()), None)
    if slider is None: pytest.skip('this lab has neither slider nor choice')
    positions = np.resize(np.random.default_rng(0).permutation(places(slider)), MOVES + 3).tolist()
    label = page.evaluate('e => e.labels[0].textContent', slider.element_handle())
    times = page.evaluate(TIMED, [lab.root.element_handle(), slider.element_handle(), positions])
    median, late = np.percentile(times[3:], [50, 95])
    steps = lab.root.locator('.lab-stop').is_visible()
    rows.append((name, label, median, late, steps))
    assert steps or (median <= MEDIAN and late <= LATE)
