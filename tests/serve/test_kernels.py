"""How long a page lives, and what the host sees of it."""
import asyncio
import json
import os
import re
import signal
import time

import pytest

from tests.browser.conftest import app_folder, served  # noqa: F401
from tests.serve.visitor import Visitor, fetch
from utils.serve import status


@pytest.fixture(scope='module')
def log(tmp_path_factory): return tmp_path_factory.mktemp('life') / 'log.txt'


@pytest.fixture(scope='module')
def hasty(app_folder, log):  # noqa: F811
    "A server that ends a page that is not used for six seconds."
    with served(app_folder, log, '--idle', '.1') as address: yield address


async def why(visitor, seconds=30):
    "Why the visitor's kernel ended, as the page itself would ask."
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = await fetch(f'{visitor.address}api/kernels/{visitor.kernel}')
        if answer.code == 404: return json.loads(answer.body)['why']
        await asyncio.sleep(.3)
    return 'alive'


def numbers(monkeypatch, log, capsys):
    monkeypatch.setenv('COMPANION_SERVERS', str(log.parent / 'servers'))
    assert status.main(['--json']) == 0
    return next(iter(json.loads(capsys.readouterr().out).values()))


def test_a_page_that_is_used_lives_one_that_is_not_is_ended_and_says_why(hasty):
    async def visit():
        used, unused = Visitor(hasty), Visitor(hasty)
        assert [await v.open('quick') for v in (used, unused)] == [200, 200]
        asked = asyncio.ensure_future(why(unused))
        while not asked.done():
            await used.do(do='reset')
            await asyncio.sleep(1)
        assert asked.result() == 'idle' and await why(used, 1) == 'alive'
        await used.leave()
        assert await why(used) == 'left'
    asyncio.run(visit())


def test_the_host_sees_pages_memory_and_refused_files(hasty, log, monkeypatch, capsys):
    async def visit():
        visitor = Visitor(hasty)
        await visitor.open('bench')
        before = numbers(monkeypatch, log, capsys)
        await visitor.do(do='upload', name='own', buffers=[b'no picture'])
        assert 'not a picture' in visitor.state['note']
        after = numbers(monkeypatch, log, capsys)
        assert before['pages'] == {'bench': 1} and after['refused'] == before['refused'] + 1
        assert after['kernels'] == 1 and after['kernel_bytes'] > 2**20 and after['most'] > 1
        assert status.main([]) == 0
        assert re.search(r'open pages +1 of \d+ +bench 1', capsys.readouterr().out)
        await visitor.leave()
    asyncio.run(visit())


def test_a_page_whose_kernel_was_killed_says_so_at_once(hasty, log):
    async def visit():
        visitor = Visitor(hasty)
        await visitor.open('quick')
        os.kill(pid_of(visitor.kernel), signal.SIGKILL)
        assert await why(visitor, 10) == 'died'
    asyncio.run(visit())


def pid_of(kernel):
    import psutil
    found = [p.pid for p in psutil.process_iter(['name']) if p.info['name'] and
             p.info['name'].startswith(f'kernel-{kernel}'[:15])]
    pid, = found or [p.pid for p in psutil.process_iter(['cmdline'])
                     if kernel in ' '.join(p.info['cmdline'] or ())]
    return pid


def test_the_log_has_a_line_a_visit_and_nothing_of_the_visitor(hasty, log):
    words = log.read_text()
    assert re.search(r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d quick open \d+ s, idle$', words, re.M)
    assert re.search(r' quick open \d+ s, died$', words, re.M)
    assert '127.0.0.1' not in words and 'Traceback' not in words


def test_without_a_server_the_status_says_what_to_type(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('COMPANION_SERVERS', str(tmp_path))
    (tmp_path / '1.json').write_text('{"address": "http://127.0.0.1:9/", "key": "x"}')
    (tmp_path / '2.json').write_text('half')
    assert status.main([]) == 1 and 'make apps' in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
