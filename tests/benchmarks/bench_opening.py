"""From a link to the first answered move, with a kernel that waits ready and without one.

Where kernels are forks, one in waiting gained nothing: while the browser loads the page's scripts,
the kernel is born and runs it, and the next one in waiting takes the processor from its page.
Prints a table, and the memory that one kernel in waiting holds for itself. Run:
make bench PYTEST_ARGS="-k opening"
"""
import statistics
import time
import urllib.request

import psutil
import pytest

from tests.browser.conftest import APPS, served
from utils.serve.__main__ import WARM

pytestmark = pytest.mark.browser
TIMES, REST = 3, 3          # openings of each page; seconds between them, for a new kernel
OTHERS = 'marble', 'threshold', 'two_judges'
READY, NOT_READY, INDEX = 2.5, 5, 1         # bars, seconds
PUSH = """(e) => { if (e.type !== 'range') return e.click();
  e.stepUp(); e.dispatchEvent(new Event('input')); }"""
ANSWERED = """([root, before]) => root.dataset.asked !== (before ?? undefined)
  && root.dataset.heard === root.dataset.asked"""


def first_answer(page, address) -> float:
    "Seconds from asking for a page until it has answered its first slider, or first button."
    began = time.perf_counter()
    page.goto(address, wait_until='commit')
    page.wait_for_selector('.lab-ready')
    root = page.locator('.lab').first
    before = root.get_attribute('data-asked')
    slider = root.locator('input[type=range]')
    button = root.get_by_role('button', name='Reset').or_(
        root.get_by_role('button', name='Clear everything'))
    (slider if slider.count() else button).first.evaluate(PUSH)
    page.wait_for_function(ANSWERED, arg=[root.element_handle(), before], polling=20)
    return time.perf_counter() - began


def own_memory() -> float:
    "Megabytes of the app server's kernels and of what they are forked from, what is shared once."
    here = psutil.Process().children(recursive=True)
    server = next(p for p in here if 'utils.serve' in p.cmdline())
    return sum(p.memory_full_info().pss for p in server.children(recursive=True)) / 2**20


@pytest.mark.timeout(900)
def test_a_page_is_there_before_its_visitor_loses_patience(browser, tmp_path):
    rows = {}
    for ready in ((), WARM):
        with served(APPS, tmp_path / 'log.txt', *ready) as address:
            time.sleep(3 * REST)                # until those in waiting are ready
            rows[ready] = memory = [own_memory()]
            began = time.perf_counter()
            urllib.request.urlopen(address).read()
            index = time.perf_counter() - began
            for name in (*WARM, *OTHERS):
                times = []
                for _ in range(TIMES):
                    page = browser.new_page(viewport=dict(width=1100, height=900))
                    times.append(first_answer(page, f'{address}voila/render/{name}.ipynb'))
                    page.goto('about:blank')
                    page.close()
                    time.sleep(REST)
                memory.append((name, statistics.median(times), max(times)))
    (cold_memory, *cold), (warm_memory, *warm) = rows[()], rows[WARM]
    print(f'\n{"page":<16} {"median":>7} {"most":>7}   with a kernel in waiting: median  most  (s)')
    for (name, median, most), (_, ready, late) in zip(cold, warm):
        kept = f'{ready:>31.2f} {late:>7.2f}' if name in WARM else ''
        print(f'{name:<16} {median:>7.2f} {most:>7.2f} {kept}')
    print(f'index {index:.3f} s; each kernel in waiting holds '
          f'{(warm_memory - cold_memory) / len(WARM):.0f} MB')
    assert index < INDEX
    for name, median, _ in cold: assert median <= (READY if name in WARM else NOT_READY), name
    for name, median, _ in warm[:len(WARM)]: assert median <= READY, name
