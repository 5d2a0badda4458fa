"""A class of two on JupyterHub: each signs in, runs chapter 01 in the browser, and leaves. Twice.

Needs `pip install -e '.[hub]'` and `npm install -g configurable-http-proxy`.
"""
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec

import nbformat
import psutil
import pytest

from tests.browser.conftest import free_port
from utils.serve.index import apps_folder

ROOT = apps_folder().parents[1]
CONFIG = ROOT / 'utils' / 'assets' / 'jupyter' / 'jupyterhub_config.py'
needs_hub = pytest.mark.skipif(
    not find_spec('jupyterhub') or not shutil.which('configurable-http-proxy'),
    reason="needs pip install -e '.[hub]' and npm install -g configurable-http-proxy")
PASSWORD = 'gradient-descent'
CHAPTER = '01_first_model.ipynb'


def start(folder, **env):
    "A hub for the students below a folder, and what it says."
    env = os.environ | dict(COMPANION_STUDENTS=str(folder), COMPANION_CLASS_PASSWORD=PASSWORD,
                            COMPANION_HUB_AS_ROOT='1') | env
    log = open(folder / 'log.txt', 'w')
    return subprocess.Popen([sys.executable, '-m', 'jupyterhub', '-f', str(CONFIG)], cwd=folder,
                            env=env, stdout=log, stderr=subprocess.STDOUT)


@pytest.fixture
def hub(tmp_path):
    "The address of a running hub; at the end nothing of it is left."
    address = f'http://127.0.0.1:{free_port()}'
    proxy = {'CONFIGPROXY_AUTH_TOKEN': 'x' * 32}
    running = start(tmp_path, COMPANION_HUB_URL=address, **proxy)
    for _ in range(240):
        try: urllib.request.urlopen(f'{address}/hub/login', timeout=5)
        except OSError:
            assert running.poll() is None, (tmp_path / 'log.txt').read_text()[-3000:]
            time.sleep(.25)
        else: break
    family = [running.pid]
    yield address
    family = psutil.Process(running.pid).children(recursive=True)
    running.terminate()
    running.wait(60)
    assert psutil.wait_procs(family, 20)[1] == []


def sign_in(browser, address, name):
    "The page of somebody who has signed in and opened chapter 01."
    page = browser.new_context(viewport=dict(width=1200, height=900)).new_page()
    page.set_default_timeout(180_000)
    page.goto(f'{address}/hub/login?next=/hub/user-redirect/lab/tree/notebooks/{CHAPTER}')
    page.get_by_label('Username').fill(name)
    page.get_by_label('Password').fill(PASSWORD)
    page.get_by_role('button', name='Sign in').click()
    page.get_by_text('(ipykernel) | Idle').wait_for()
    return page


def until_it_ran(page, file):
    "Save the page until its last cell has run; its cells with code."
    late = time.monotonic() + 600
    while time.monotonic() < late:
        page.keyboard.press('Control+s')
        page.wait_for_timeout(3000)
        cells = [c for c in nbformat.read(file, 4).cells
                 if c.cell_type == 'code' and c.source.strip()]
        if cells[-1].execution_count: return cells
    raise TimeoutError(f'{file.name} did not come to its end.')


@needs_hub
@pytest.mark.timeout(1200)
@pytest.mark.parametrize('round', [1, 2])
def test_two_students_run_a_chapter_each_and_leave(browser, hub, tmp_path, round):
    pages = {name: sign_in(browser, hub, name) for name in ('ada', 'grace')}
    for page in pages.values():
        page.get_by_role('menuitem', name='Run').click()
        page.get_by_text('Run All Cells', exact=True).click()
    for name, page in pages.items():
        cells = until_it_ran(page, tmp_path / name / 'notebooks' / CHAPTER)
        wrong = [o for c in cells for o in c.outputs if o.output_type == 'error'
                 and 'raises-exception' not in c.metadata.get('tags', ())]
        assert wrong == []
        assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    own = [psutil.Process(p.pid).memory_full_info().uss / 2**20 for p in psutil.process_iter()
           if 'ipykernel_launcher' in ' '.join(p.cmdline()) and str(tmp_path) in p.cwd()]
    print('\nmemory of each kernel after chapter 01:', *(f'{m:.0f} MB' for m in own))
    assert len(own) == 2
    for page in pages.values(): page.context.close()


@needs_hub
@pytest.mark.parametrize('env, words', [
    (dict(COMPANION_CLASS_PASSWORD='short'), 'has no password yet'),
    (dict(COMPANION_HUB_AS_ROOT=''), 'would be root')])
def test_planted_a_careless_start_is_refused(tmp_path, env, words):
    if 'root' in words and os.geteuid(): pytest.skip('only root is refused')
    assert start(tmp_path, **env).wait(60)
    assert words in (tmp_path / 'log.txt').read_text()
