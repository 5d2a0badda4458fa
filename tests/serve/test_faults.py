"""What goes wrong on one page stays there: bad uploads, a full disk, and everybody is answered.

All of it on one server whose disk is full, so that no page may count on writing anything.
"""
import asyncio
import os
import re
import struct
from pathlib import Path

import pytest

from tests.browser.conftest import app_folder, free_port, served  # noqa: F401
from tests.serve.bad_files import FILES, GREY_JPEG, MESSAGES, ODD
from tests.serve.full_server import ROOM
from tests.serve.visitor import Visitor
from utils.labs.notebook_to_app import album, teach_it

HERE = Path(__file__).parent
SOON = 2        # seconds within which everybody else has an answer
UPLOADS = [(kind, dict(do='add', k=0, place='0', names=[kind], first=True), [data])
           for kind, files in FILES.items() for data in files] + \
    [(kind, dict(do='add', place='0') | about, files)
     for kind, three in MESSAGES.items() for about, files in three]


# the judge

def words(state):
    "What a page says of the last upload."
    return state['state']['note'].get('text', '') if 'state' in state else state['note']


def held(state):
    "What no bad upload may change: the classes; or a lab's settings, picture and finding."
    names = ('text', 'running', 'done') if 'state' in state else \
        ('values', 'text', 'png', 'line', 'wrong')
    return {k: state[k] for k in names} | dict(classes=state.get('state', {}).get('classes'))


def faults(before, state):
    "What is wrong with a page's answer to a bad upload."
    said, found = words(state), []
    if not said: found.append('it says nothing')
    elif not said.endswith('.') or '\n' in said or len(said) > 260:
        found.append(f'no plain words: {said}')
    if re.search(r'Traceback|Error|\berror\b|could not be done', said): found.append(f'raw: {said}')
    if held(state) != before: found.append('it changed')
    return found


def late(seconds): return [s for s in seconds if s > SOON]


# bad uploads

@pytest.fixture(scope='module')
def place(tmp_path_factory): return tmp_path_factory.mktemp('faults')


@pytest.fixture(scope='module')
def server(app_folder, place):  # noqa: F811
    "A server that can write no larger file, with an empty cache and a count that is at its end."
    pytest.importorskip('resource', reason='this system cannot bound what a process writes')
    with pytest.MonkeyPatch.context() as m:
        for name, folder in ('COMPANION_DATA', 'data'), ('TMPDIR', 'temporary'):
            (place / folder).mkdir()
            m.setenv(name, str(place / folder))
        m.setenv('PYTHONPATH', str(HERE.parent.parent), prepend=os.pathsep)
        with served(app_folder, place / 'log.txt', program=[str(HERE / 'full_server.py')]) as it:
            counted, = (place / 'temporary').glob('companion-*')
            counted.write_bytes(b'.' * ROOM)
            yield it


async def opened(address, *names):
    "Visitors, each on a page of its own."
    visitors = [Visitor(address) for _ in names]
    codes = await asyncio.gather(*(v.open(name) for v, name in zip(visitors, names)))
    assert codes == [200] * len(names)
    return visitors


async def uses(neighbour, seconds):
    "Another visitor, who moves a slider again and again; notes how long each answer took."
    degree = 0
    while True:
        degree = degree % 11 + 1
        seconds.append(await neighbour.do(do='set', values=dict(degree=degree)))
        assert neighbour.state['values']['degree'] == degree
        await asyncio.sleep(.2)


async def upload_all(visitor, uploads):
    found, before = [], held(visitor.state)
    for kind, what, files in uploads:
        await visitor.do(files, **what)
        found += [f'{kind}: {fault}' for fault in faults(before, visitor.state)]
    return found


def test_sixty_uploads_of_twenty_kinds_say_why_and_change_nothing_and_nobody_waits(server, place):
    assert (len({kind for kind, _, _ in UPLOADS}), len(UPLOADS)) == (20, 60)
    to_lab = [(kind, dict(do='upload', name='picture'), [files[0]])
              for kind, files in FILES.items()]

    async def visit():
        seconds, (teacher, reader, neighbour) = [], await opened(
            server, 'teach_it', 'read_my_digit', 'quick')
        user = asyncio.ensure_future(uses(neighbour, seconds))
        found = await upload_all(teacher, UPLOADS) + await upload_all(reader, to_lab)
        user.cancel()
        assert found == [] and len(seconds) > 10 and late(seconds) == []
        await takes_odd_pictures(teacher)
        await is_unmoved_by_nonsense(reader)
        assert not late([await v.do(do='reset') for v in (teacher, reader, neighbour)])
        for v in (teacher, reader, neighbour): await v.leave()
    asyncio.run(visit())
    log = (place / 'log.txt').read_text()
    assert len(re.findall(r' open \d+ s, left$', log, re.M)) == 3
    assert not re.search('Traceback|died', log)


async def takes_odd_pictures(teacher):
    "After all that the page takes each rare picture that is one."
    await teacher.do(list(ODD.values()), do='add', k=2, place='2', names=list(ODD))
    assert words(teacher.state) == f'{len(ODD)} pictures were added.'
    ids = teacher.state['state']['classes'][2]['ids']
    await teacher.tell(dict(method='custom', content=dict(do='thumbs', ids=ids)))
    await teacher.do(do='name', k=2, name='odd ones', place='2')
    thumbs = next(buffers for content, buffers in teacher.sent if 'thumbs' in content)
    assert len(ids) == len(thumbs) == len(ODD) and all(t[:2] == b'\xff\xd8' for t in thumbs)


async def is_unmoved_by_nonsense(reader):
    "Messages that no page sends: nothing of it sticks."
    before = held(reader.state)
    for files in [], [GREY_JPEG] * 2, [GREY_JPEG] * 50:
        await reader.do(files, do='upload', name='picture')
        assert faults(before, reader.state) == []
    for what in (7, None, [], dict(do='upload', name=['picture']), dict(do='upload', name='pen'),
                 dict(do=dict(do='upload')), dict(do='set', values=dict(picture='x', pen=None))):
        await reader.tell(dict(method='custom', content=what), [GREY_JPEG])
    await reader.do(do='set', values={})
    assert held(reader.state) == before


def grey(_): return album.PILImage.create(GREY_JPEG)
def raises(_): raise struct.error('unpack requires a buffer of 4 bytes')


@pytest.mark.parametrize('module, name, planted, complaint', [
    (album, 'open_picture', grey, 'it changed'), (album, 'open_picture', raises, 'raw: This could'),
    (teach_it, 'took', lambda *a: dict(text='', wrong=True), 'it says nothing'),
    (teach_it, 'took', lambda *a: dict(text='Traceback:\n  File x', wrong=True), 'no plain words'),
    (teach_it, 'took', lambda *a: dict(text='3 of 4', wrong=True), 'no plain words')])
def test_the_judge_sees_a_guard_that_is_off(monkeypatch, module, name, planted, complaint):
    teacher = teach_it.Teacher()
    before, (_, what, files) = held(state_of(teacher)), UPLOADS[0]
    teacher._message(None, what, files)
    assert faults(before, state_of(teacher)) == []
    monkeypatch.setattr(module, name, planted)
    teacher._message(None, what, files)
    assert complaint in ' '.join(faults(before, state_of(teacher)))
    assert late([.1, 2.5, .2]) == [2.5]


def state_of(teacher):
    return {k: getattr(teacher.view, k) for k in ('state', 'text', 'running', 'done')}


# a full disk

async def five_pictures_of_two(teacher):
    for k, place in (0, '0'), (1, '1'):
        await teacher.do([GREY_JPEG] * 5, do='add', k=k, place=place, names=['x'] * 5)


async def trained_a_little(teacher):
    await five_pictures_of_two(teacher)
    await teacher.do(do='train', place='train')
    await teacher.until(lambda s: s['done'] > 0)
    await teacher.do(do='stop')
    await teacher.until(lambda s: not s['running'] and s['state']['trained'])


def test_on_a_full_disk_pages_open_and_answer_and_say_what_cannot_be_done(server, place):
    async def visit():
        teacher, layers = await opened(server, 'teach_it', 'what_layers_see')
        assert layers.state['wrong'] and 'which is full' in layers.state['text']
        await layers.leave()
        await trained_a_little(teacher)
        before = held(teacher.state)
        await teacher.do(do='download', place='take')
        assert faults(before, teacher.state) == [] and 'is full' in words(teacher.state)
        await teacher.do([GREY_JPEG], do='test', place='test', names=['x'])
        assert len(teacher.state['state']['tests']) == 1 and teacher.sent == []
        assert not late([await teacher.do(do='reset')])
        await teacher.leave()
    asyncio.run(visit())
    assert list((place / 'data').iterdir()) == []
    assert not re.search('Traceback|died', (place / 'log.txt').read_text())


# a server that was started anew, or does not answer

def test_a_page_of_a_server_that_was_started_anew_or_is_silent_says_so(server, page):
    "A new server knows no kernel of the old one: as this one knows none that it never started."
    page.goto(f'{server}voila/render/quick.ipynb', wait_until='commit')
    page.wait_for_selector('.lab-ready')
    bar = page.locator('#companion-gone')

    def said(looks=1):
        for _ in range(looks): page.evaluate('companionLook()')
        return bar.inner_text() if bar.is_visible() else ''
    assert said() == ''
    page.context.set_offline(True)
    assert 'The server does not answer' in said(2)
    page.context.set_offline(False)
    assert said() == ''
    page.evaluate("""() => {
        const data = document.getElementById('jupyter-config-data');
        const was = JSON.parse(data.textContent);
        data.textContent = JSON.stringify({ ...was, kernelId: crypto.randomUUID() }); }""")
    assert 'The server was started anew' in said()
    bar.get_by_role('button', name='Reload').click()
    page.wait_for_selector('.lab-ready')
    assert said() == ''


def test_a_visitor_goes_on_after_the_server_was_stopped_and_started_again(
        app_folder, tmp_path, page):  # noqa: F811
    port, bar = free_port(), page.locator('#companion-gone')

    def said(looks=1):
        for _ in range(looks): page.evaluate('companionLook()')
        return bar.inner_text() if bar.is_visible() else ''
    with served(app_folder, tmp_path / 'first.txt', port=port) as address:
        page.goto(f'{address}voila/render/quick.ipynb', wait_until='commit')
        page.wait_for_selector('.lab-ready')
        assert said() == ''
    assert 'The server does not answer' in said(2)
    with served(app_folder, tmp_path / 'second.txt', port=port):
        assert 'The server was started anew' in said()
        bar.get_by_role('button', name='Reload').click()
        page.wait_for_selector('.lab-ready')
        assert said() == ''
        before = page.locator('.lab-picture img').get_attribute('alt')
        page.get_by_role('slider').first.press('End')
        page.wait_for_function("was => document.querySelector('.lab-picture img').alt !== was",
                               arg=before)
