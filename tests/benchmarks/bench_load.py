"""A class at once: 40 visitors in two minutes, each opens a page, moves a control, uploads, leaves.

Without browsers, over the sockets that pages use (tests/serve/visitor.py). Prints a table. The time
of an answer runs from the sent move until the lab's picture for it is here.
"""
import asyncio
import io
import random
import time

import numpy as np
import psutil
import pytest
from PIL import Image

from tests.browser.conftest import app_folder, served  # noqa: F401
from tests.serve.visitor import Visitor

VISITORS, SECONDS, MOVES = 40, 120, 10
PAGES = 'bench', 'each_loses_something', 'find_the_pets'     # those that take an upload
ANSWER, LATER, WITHIN = .3, 180, .10     # bars: s, s, share of memory that may stay taken


def photograph():
    packed = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert('RGB').save(packed, 'jpeg')
    return packed.getvalue()


def family(server):
    "Bytes held by the server and all kernels, each counted for what is its own."
    everyone = [server, *server.children(recursive=True)]
    return sum(p.memory_full_info().uss for p in everyone if p.is_running())


async def visit(address, page, rng, seen):
    visitor = Visitor(address)
    try:
        assert await visitor.open(page) == 200
        seen['open'].append(visitor.opened)
        slider = next(c for c in visitor.state['controls'] if c['kind'] == 'slider')
        steps = round((slider['high'] - slider['low']) / slider['step'])
        for _ in range(MOVES):
            await asyncio.sleep(rng.uniform(.5, 2))
            value = slider['low'] + slider['step'] * rng.randint(0, steps)
            seen['answer'].append(await visitor.do(do='set', values={slider['name']: value}))
            kept = visitor.state['values'][slider['name']]
            if abs(kept - value) > 1e-6: seen['lost'].append((page, value, kept))
        name = next(c['name'] for c in visitor.state['controls'] if c['kind'] == 'upload')
        seen['upload'].append(await visitor.do(do='upload', name=name, buffers=[photograph()]))
        if visitor.state.get('wrong'): seen['error'].append(visitor.state['text'])
    except Exception as e:
        seen['error'].append(f'{page}: {type(e).__name__} {e}')
    finally:
        await visitor.leave()


async def crowd(address, seen):
    rng = random.Random(0)

    async def later(i):
        await asyncio.sleep(i * SECONDS / VISITORS)
        await visit(address, PAGES[i % len(PAGES)], rng, seen)
    await asyncio.gather(*map(later, range(VISITORS)))


def nothing(): return {k: [] for k in ('open', 'answer', 'upload', 'lost', 'error')}


async def warm_up(address):
    "One visit of each page: what the server keeps from then on is not the crowd's."
    for page in PAGES: await visit(address, page, random.Random(0), nothing())
    await asyncio.sleep(5)


@pytest.mark.timeout(1200)
def test_a_class_is_served(app_folder, tmp_path):  # noqa: F811
    with served(app_folder, tmp_path / 'log.txt') as address:
        server = next(p for p in psutil.Process().children()
                      if any('utils.serve' in part for part in p.cmdline()))
        asyncio.run(warm_up(address))
        before, seen = family(server), nothing()
        asyncio.run(crowd(address, seen))
        end = time.monotonic() + LATER
        while family(server) > before * (1 + WITHIN) and time.monotonic() < end: time.sleep(5)
        after = family(server)
    print(f'\n\n{"":<10} {"number":>7} {"median":>8} {"95 %":>8}   (s)')
    for name in 'open', 'answer', 'upload':
        usual, late = np.quantile(seen[name], [.5, .95])
        print(f'{name:<10} {len(seen[name]):>7} {usual:>8.2f} {late:>8.2f}')
    print(f'errors {len(seen["error"])}, lost updates {len(seen["lost"])}, '
          f'memory {before / 2**20:.0f} -> {after / 2**20:.0f} MB')
    assert not seen['error'] and not seen['lost'], (seen['error'][:3], seen['lost'][:3])
    assert len(seen['answer']) == VISITORS * MOVES and len(seen['upload']) == VISITORS
    assert np.median(seen['answer']) <= ANSWER
    assert after <= before * (1 + WITHIN)
