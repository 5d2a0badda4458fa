"""What a visitor cannot do. Each probe finds the server safe, and finds a weakened one unsafe."""
import asyncio
import json
import pickle
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

from tests.browser.conftest import app_folder, served  # noqa: F401
from tests.serve.visitor import Visitor, fetch, kernel_of, message, socket_to
from utils.labs.uploads import open_upload
from utils.serve.guard import APPS, HEADERS, is_message

HERE = Path(__file__).parent
WORD = 'plum2345'


@pytest.fixture(scope='module')
def strong(app_folder, tmp_path_factory):  # noqa: F811
    folder = add_secrets(app_folder)
    log = tmp_path_factory.mktemp('strong') / 'log.txt'
    with served(folder, log) as address: yield address


@pytest.fixture(scope='module')
def locked(app_folder, tmp_path_factory):  # noqa: F811
    log = tmp_path_factory.mktemp('locked') / 'log.txt'
    with served(app_folder, log, '--token', WORD) as address: yield address


@pytest.fixture(scope='module')
def weak(app_folder, tmp_path_factory):  # noqa: F811
    folder, log = add_secrets(app_folder), tmp_path_factory.mktemp('weak') / 'log.txt'
    program = [str(HERE / 'weak_server.py')]
    with served(folder, log, '--token', WORD, program=program) as address: yield address


def add_secrets(folder):
    (folder / 'public').mkdir(exist_ok=True)
    for name in 'secret.png', 'secret.txt', 'export.safetensors', 'public/secret.csv':
        (folder / name).write_bytes(b'secret words')
    return folder


async def kernel(address, known={}):
    "A kernel of a page that stays open for all probes."
    if address not in known: known[address] = await new_kernel(address)
    return known[address]


async def new_kernel(address):
    return kernel_of((await fetch(f'{address}voila/render/quick.ipynb')).body.decode())


async def hides(address, *paths):
    answers = [await fetch(address + p) for p in paths]
    assert all(a.code in (403, 404) and b'secret' not in a.body and b'def quick' not in a.body
               for a in answers), [a.code for a in answers]


async def sources_stay_out_of_pages(address):
    page = (await fetch(f'{address}voila/render/quick.ipynb')).body
    assert b'widget-view' in page and b'sample_labs' not in page


async def files_are_out_of_reach(address):
    await hides(address, *(f'voila/files/{name}' for name in (
        'quick.ipynb', 'sample_labs.py', 'secret.png', 'secret.txt', 'export.safetensors',
        'public/secret.csv', '..%2f..%2fpyproject.toml', '%2e%2e/secret.png')))


async def no_folder_is_listed(address):
    await hides(address, 'voila/tree', 'voila/tree/', 'voila/api/contents', 'api/contents',
                'voila/api/contents/quick.ipynb', 'api/kernels', 'lab', 'api/terminals')


async def no_other_template_is_taken(address):
    page = (await fetch(f'{address}voila/render/quick.ipynb?template=lab&theme=dark')).body
    assert b'starting' in page and b'theme-dark' not in page


async def every_answer_has_the_headers(address):
    for path in '', 'voila/render/quick.ipynb', 'voila/static/voila.js', 'nonsense':
        found = (await fetch(address + path)).headers
        policy, key = found.get('Content-Security-Policy', ''), 'Content-Security-Policy'
        assert {**{k: found.get(k) for k in HEADERS}, key: policy.split('; script')[0]} == HEADERS
        assert ('script-src' in policy) == (APPS in f'/{path}') and 'Server' not in found, path


async def another_site_s_page_gets_no_line_to_a_kernel(address):
    with pytest.raises(HTTPClientError, match='403'):
        await socket_to(address, await kernel(address), Origin='https://evil.example')


async def the_old_protocol_is_refused(address):
    with pytest.raises(HTTPClientError, match='400'):
        await socket_to(address, await kernel(address), protocols=())


async def code_is_not_run(address):
    line = await socket_to(address, await kernel(address))
    code = dict(code='raise SystemError(6 * 7)', silent=False, store_history=False,
                user_expressions={}, allow_stdin=False, stop_on_error=False)
    await line.write_message(message('execute_request', code)[0], binary=True)
    await line.write_message(message('kernel_info_request', {})[0], binary=True)
    while b'kernel_info_reply' not in (answer := await asyncio.wait_for(line.read_message(), 30)):
        assert b'execute' not in answer and b'SystemError' not in answer


async def a_kernel_is_asked_whether_it_lives_and_nothing_else(address):
    name = await new_kernel(address)
    assert (await fetch(f'{address}api/kernels/{name}')).code == 200
    both = {'Cookie': '_xsrf=abc', 'X-XSRFToken': 'abc'}
    assert (await fetch(f'{address}api/kernels/{name}', method='DELETE', headers=both)).code == 405
    assert (await fetch(f'{address}api/kernels/{name}')).code == 200


async def the_numbers_are_for_the_host(address):
    for key in '', 'None', 'x' * 32:
        answer = await fetch(f'{address}status', headers={'X-Companion-Key': key})
        assert answer.code == 404 and b'kernel_bytes' not in answer.body


async def without_the_word_nothing_opens(address):
    for path in '', 'voila/render/quick.ipynb', 'api/kernels/x', '?token=wrong':
        answer = await fetch(address + path, follow_redirects=True)
        assert b'Which word opens the apps' in answer.body or answer.code in (403, 404), path
        assert b'apps-picture' not in answer.body and b'widget-view' not in answer.body


PROBES = [sources_stay_out_of_pages, files_are_out_of_reach, no_folder_is_listed,
          no_other_template_is_taken, every_answer_has_the_headers, the_old_protocol_is_refused,
          another_site_s_page_gets_no_line_to_a_kernel, code_is_not_run,
          a_kernel_is_asked_whether_it_lives_and_nothing_else, the_numbers_are_for_the_host]


@pytest.mark.parametrize('probe', PROBES, ids=lambda f: f.__name__)
def test_the_server_is_safe_and_the_probe_sees_an_unsafe_one(strong, weak, probe):
    asyncio.run(probe(strong))
    with pytest.raises((AssertionError, pytest.fail.Exception)): asyncio.run(probe(weak))


def test_a_word_is_asked_for_and_the_probe_sees_where_it_is_not(locked, weak):
    asyncio.run(without_the_word_nothing_opens(locked))
    with pytest.raises(AssertionError): asyncio.run(without_the_word_nothing_opens(weak))


def test_the_link_or_the_word_opens_the_apps_and_a_wrong_word_says_so(locked):
    async def visit():
        assert b'apps-picture' in (await fetch(f'{locked}?token={WORD}')).body
        form = await fetch(f'{locked}login')
        cookie = form.headers['Set-Cookie'].split(';')[0]
        xsrf = form.body.decode().partition('name="_xsrf" value="')[2].partition('"')[0]
        for word, status in (WORD, 302), ('plum2346', 401):
            body = urllib.parse.urlencode(dict(_xsrf=xsrf, password=word))
            answer = await fetch(f'{locked}login', method='POST', body=body,
                                 headers={'Cookie': cookie}, follow_redirects=False)
            assert answer.code == status
        assert b'That is not the word' in answer.body
        assert (await fetch(f'{locked}login', method='POST', body='password=' + WORD)).code == 403
    asyncio.run(visit())


def sent(count, parts=()): return b''.join(n.to_bytes(8, 'little') for n in (count, *parts))


@pytest.mark.parametrize('data', [
    sent(2**60), sent(2**63) + bytes(400), sent(3, (32, 33, 34)) + b'{}', sent(6), b'', b'short',
    'text', sent(6, (56, 60, 50, 61, 62, 63)) + bytes(99), sent(6, (56, 57, 58, 59, 60, 2**40)),
    sent(6, (0, 1, 2, 3, 4, 5)) + bytes(99)])
def test_only_what_a_page_sends_is_a_message(data):
    assert not is_message(data)
    assert is_message(message('kernel_info_request', {})[0])
    assert is_message(message('comm_msg', dict(comm_id='x', data={}), [b'bytes', b'more'])[0])


def test_a_message_with_endless_parts_is_refused_and_others_are_served_meanwhile(strong):
    async def visit():
        visitor = Visitor(strong)
        assert await visitor.open('quick') == 200
        line = await socket_to(strong, visitor.kernel)
        await line.write_message(sent(2**60) + bytes(100), binary=True)
        assert await asyncio.wait_for(line.read_message(), 20) is None      # closed
        assert line.close_code == 1003
        assert await visitor.do(do='reset') < 10
        await visitor.leave()
    asyncio.run(visit())


def test_without_the_guard_such_a_message_would_stop_the_server():
    pytest.importorskip('resource', reason='this system cannot bound what a process takes')
    code = ('from jupyter_server.services.kernels.connection.base import '
            'deserialize_msg_from_ws_v1 as read\n'
            'import resource; resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n'
            'read((2**60).to_bytes(8, "little") + bytes(100))')
    try:
        done = subprocess.run([sys.executable, '-c', code], timeout=5, capture_output=True)
        assert b'MemoryError' in done.stderr, done.stderr
    except subprocess.TimeoutExpired:
        pass


@pytest.mark.parametrize('file', [
    pickle.dumps(print), b'\x80\x04\x95', json.dumps({'__metadata__': {}}).encode(),
    (2**62).to_bytes(8, 'little') + b'{"a":{"dtype":"F32"}}', b'PK\x03\x04' + bytes(60)],
    ids=['pickle', 'half a pickle', 'json', 'crafted safetensors', 'archive'])
def test_a_file_that_is_no_picture_is_never_opened_as_anything_else(file, monkeypatch):
    for loader in 'load', 'loads', 'Unpickler':
        monkeypatch.setattr(pickle, loader, lambda *a, **k: pytest.fail('unpickled'))
    with pytest.raises(ValueError, match='not a picture that can be read'): open_upload(file)
