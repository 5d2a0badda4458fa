"""The app server for browser tests, and hands for the labs on its pages.

A test asks for `page` and `open_app` and writes `lab = open_app(page, 'parabola')`. Served are the
pages of notebooks/apps, and the labs of sample_labs.py under the names quick, failing, slow …
"""
import base64
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook

HERE = Path(__file__).parent
APPS = HERE.parent.parent / 'notebooks' / 'apps'
SAMPLES = 'quick', 'failing', 'slow', 'button', 'prepared', 'crash', 'pad'


def free_port() -> int:
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def sample_page(name):
    sources = f'from sample_labs import {name}_lab', f'lab = {name}_lab()', 'lab'
    about = dict(title=f'Sample {name}', question='Does it work?', chapter='99')
    cells = [new_code_cell(s, id=f'cell-{i}') for i, s in enumerate(sources)]
    return new_notebook(cells=cells, metadata=dict(companion=about, title=about['title']))


@pytest.fixture(scope='session')
def app_folder(tmp_path_factory) -> Path:
    "The app pages of the course beside those that only the tests know."
    folder = tmp_path_factory.mktemp('apps')
    for file in APPS.glob('*.ipynb'): shutil.copy(file, folder)
    shutil.copy(HERE / 'sample_labs.py', folder)
    for name in SAMPLES: nbformat.write(sample_page(name), folder / f'{name}.ipynb')
    return folder


@contextmanager
def served(folder, log, *more, program=('-m', 'utils.serve'), port=None):
    "The address of an app server for a folder, with more arguments; it ends with the block."
    port = port or free_port()
    command = [sys.executable, *program, '--folder', str(folder), '--no-browser',
               '--port', str(port), '--warm', *more]
    own = SERVER_ENV | dict(COMPANION_SERVERS=str(Path(log).parent / 'servers'))
    with open(log, 'w') as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | own)
    address = f'http://127.0.0.1:{port}/'
    try:
        wait_for(address, server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture(scope='session')
def app_server(app_folder, tmp_path_factory):
    "The address of a running app server."
    with served(app_folder, tmp_path_factory.mktemp('log') / 'server.txt') as address: yield address


SERVER_ENV = dict(PYTHONUNBUFFERED='1')


def wait_for(address, server, log, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None: break
        try:
            return urllib.request.urlopen(address, timeout=5).read()
        except (urllib.error.URLError, OSError):
            time.sleep(.2)
    raise RuntimeError(f'The app server did not start:\n{log.read_text()}')


class LabOnPage:
    "One lab as a visitor sees it."

    def __init__(self, page, root):
        self.page, self.root = page, root
        self.picture = root.locator('.lab-picture img')
        self.sentence = root.locator('.lab-sentence')

    def control(self, label):
        "The slider, choice, box or text field called `label`, opening \"More\" if it is in there."
        found = self.root.get_by_label(label, exact=True)
        if not found.is_visible(): self.root.locator('summary').click()
        return found

    def press(self, name):
        "Press a button, and wait for the answer."
        return self.answered(lambda: self.root.get_by_role('button', name=name, exact=True).click())

    def key(self, label, *keys):
        "Press keys on a control, and wait for the answer."
        control = self.control(label)
        return self.answered(lambda: [control.press(k) for k in keys])

    def slide(self, label, position):
        "Put a slider's position (what the browser calls its value), and wait for the answer."
        return self.answered(lambda: self.control(label).fill(str(position)))

    def choose(self, label, words):
        "Choose an option by its words, and wait for the answer."
        return self.answered(lambda: self.control(label).select_option(words))

    def answered(self, act):
        "Do something, and wait until Python has answered."
        before = self.root.get_attribute('data-asked')
        act()
        self.page.evaluate(f'([root, before]) => {{ {SETTLED} return settled(root, before) }}',
                           [self.root.element_handle(), before])
        return self

    def fits_a_phone(self):
        "Narrowed, the picture is drawn anew, nothing sticks out, and everybody can use it."
        self.page.set_viewport_size(dict(width=390, height=844))
        self.page.wait_for_function('e => e.naturalWidth < 500', polling=50,
                                    arg=self.picture.element_handle())
        assert self.page.evaluate('document.documentElement.scrollWidth') <= 390
        assert self.picture.bounding_box()['width'] <= 390
        assert not serious(self.page)

    @property
    def text(self): return self.sentence.inner_text()

    @property
    def values(self) -> list:
        "The positions of all sliders."
        return [s.input_value() for s in self.root.locator('input[type=range]').all()]

    @property
    def is_busy(self): return 'lab-busy' in self.root.get_attribute('class')

    def png(self) -> bytes:
        "The bytes of the picture now shown."
        return base64.b64decode(self.page.evaluate(READ_PICTURE, self.picture.element_handle()))


# Waits until the newest question is answered, without asking again and again: that would keep the
# processor from those who answer.
SETTLED = """
  const settled = (root, before) => new Promise((done, fail) => {
    const is = () => root.dataset.asked !== (before ?? undefined)
      && root.dataset.heard === root.dataset.asked && !root.classList.contains('lab-running');
    if (is()) return done();
    const watch = new MutationObserver(() => { if (is()) end(done); });
    const end = (how) => { watch.disconnect(); clearTimeout(late); how(); };
    const late = setTimeout(() => end(() => fail(new Error(`question ${root.dataset.asked} was not `
      + `answered in a minute; heard: ${root.dataset.heard}; ${root.className}`))), 60000);
    watch.observe(root, { attributes: true });
  });
"""

READ_PICTURE = """async (image) => {
  const file = new FileReader();
  const read = new Promise((done) => { file.onload = done; });
  file.readAsDataURL(await (await fetch(image.src)).blob());
  await read;
  return file.result.split(',')[1];
}"""


def serious(page):
    "What keeps people from using a page, by axe's judgement."
    found = Axe().run(page).response['violations']
    return [(v['id'], v['nodes'][0]['html'][:200]) for v in found
            if v['impact'] in ('serious', 'critical')]


def open_lab(page, address, name, width=None, number=0):
    "Open an app page and wait until its lab (the first, or `number`) can be used."
    if width: page.set_viewport_size(dict(width=width, height=844 if width < 600 else 900))
    page.goto(f'{address}voila/render/{name}.ipynb', wait_until='commit')
    root = page.locator('.lab').nth(number)
    page.wait_for_selector('.lab-ready', timeout=60_000)
    root.locator('.lab-picture img').wait_for()
    return LabOnPage(page, root)


@pytest.fixture(scope='session')
def open_app(app_server):
    "`open_app(page, name)`: the page's lab, ready to be used; `width=390` for a phone."
    return lambda page, name, **how: open_lab(page, app_server, name, **how)
