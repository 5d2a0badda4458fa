"""Ten pages of *Teach it* train at once: do they keep out of each other's way, and of everybody's?

On one running server, over the sockets that pages use (tests/serve/visitor.py): the same ten pages
train the same pictures one after another, and then at once. Meanwhile somebody else moves a slider.
Prints seconds, the answers' median, and the memory of all kernels.
"""
import asyncio
import os
import time

import numpy as np
import psutil
import pytest

from tests.browser.conftest import app_folder, served  # noqa: F401
from tests.serve.visitor import Visitor

PAGES, OTHER = 10, 'parabola'
SHARE, ANSWER = .85, 1.     # bars: of the work a second of one after another; s, the median
MB = 2**20


def kernels(server):
    "The processes of the open pages, without those that wait to be one."
    return [p for p in server.children(recursive=True) if p.name().startswith('kernel-')]


def held(processes):
    "Bytes for themselves alone, and with their share of what is common to several."
    said = [p.memory_full_info() for p in processes]
    return sum(m.uss for m in said), sum(getattr(m, 'pss', m.uss) for m in said)


def worked(processes):
    "Seconds that processors have worked for them; unlike the clock's, free of who else is there."
    return sum(t.user + t.system for t in (p.cpu_times() for p in processes))


async def opened(address):
    "Ten pages full of samples, and one of another lab."
    pages, other = [Visitor(address) for _ in range(PAGES)], Visitor(address)
    for page in pages:
        assert await page.open('teach_it') == 200
        await page.do(do='all', seconds=120)
        assert [len(c['ids']) for c in page.state['state']['classes']] == [25] * 3
    assert await other.open(OTHER) == 200
    return pages, other


async def trained(page):
    "One whole training on a page."
    await page.do(do='train', place='train', seconds=120)
    await page.until(lambda s: not s['running'], 600)
    assert page.state['done'] == 1 and page.state['state']['trained'], page.state['state']['note']


async def moves(other, seconds):
    "Move the slider about once a second, as long as the pages train."
    slider = next(c for c in other.state['controls'] if c['kind'] == 'slider')
    value = slider['low']
    while True:
        value = slider['low'] if value + slider['step'] > slider['high'] else value + slider['step']
        seconds.append(await other.do(do='set', values={slider['name']: value}))
        await asyncio.sleep(.7)


async def both_ways(address, server):
    pages, other = await opened(address)
    fresh, answers, work = held(kernels(server)), [], [worked(kernels(server))]
    began = time.perf_counter()
    for page in pages: await trained(page)
    seconds = [time.perf_counter() - began]
    work.append(worked(kernels(server)))
    user, began = asyncio.ensure_future(moves(other, answers)), time.perf_counter()
    await asyncio.gather(*map(trained, pages))
    seconds.append(time.perf_counter() - began)
    work.append(worked(kernels(server)))
    user.cancel()
    after = held(kernels(server))
    for page in (*pages, other): await page.leave()
    return seconds, np.diff(work), answers, fresh, after


@pytest.mark.timeout(1800)
def test_ten_trainings_at_once_do_at_least_the_share_of_one_after_another(app_folder, tmp_path):  # noqa: F811
    load = os.getloadavg()[0] if hasattr(os, 'getloadavg') else float('nan')
    with served(app_folder, tmp_path / 'log.txt', '--most', str(PAGES + 2)) as address:
        server = next(p for p in psutil.Process().children()
                      if any('utils.serve' in part for part in p.cmdline()))
        seconds, work, answers, fresh, after = asyncio.run(both_ways(address, server))
    share, usual, late = seconds[0] / seconds[1], *np.quantile(answers, [.5, .95])
    print(f'\n\n{os.cpu_count()} cores, load before {load:.1f}, {PAGES} pages')
    for how, clock, processor in zip(('one after another', 'at once'), seconds, work):
        print(f'{how:<18} {clock:6.1f} s   {processor / PAGES:5.1f} s of a processor for each')
    print(f'at once, {share:.2f} of the work a second')
    print(f'{OTHER} meanwhile: {len(answers)} answers, median {usual:.3f} s, 95 % {late:.3f} s')
    for when, (own, shared) in ('before training', fresh), ('after', after):
        print(f'memory of all kernels {when:<15} {own / MB:5.0f} MB of their own, '
              f'{shared / MB:5.0f} MB with their share of what is common')
    assert share >= SHARE
    assert len(answers) >= 10 and usual <= ANSWER
