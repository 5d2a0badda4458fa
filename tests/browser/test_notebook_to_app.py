"The page of chapter 10, built by the chapter's own cells, served by Voila and used by a visitor."
import asyncio
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from utils.datasets.bears import draw_bears
from utils.labs.notebook_to_app.serving import my_folder, terminal

pytestmark = pytest.mark.browser
CHAPTER = Path(__file__).parents[2] / 'notebooks' / '10_notebook_to_app.ipynb'
NEEDED = ('setup', 'train', 'export', 'load', 'upload', 'answer', 'button', 'layout', 'write')
ICONS = 'cdn.jsdelivr.net'
PRESSED = 'button:has-text("Classify")'


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    "The reader's folder after the cells that make the page; also what the serving cell types."
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('COMPANION_HOME', str(tmp_path_factory.mktemp('home')))
        chapter = nbformat.read(CHAPTER, as_version=4)
        line = re.search(r"terminal\('(voila [^']+)', folder\)",
                         next(c.source for c in chapter.cells if c.id == 'serve')).group(1)
        chapter.cells = [c for c in chapter.cells if c.id in NEEDED]
        assert [c.id for c in chapter.cells] == list(NEEDED)
        client = NotebookClient(chapter, timeout=120, kernel_name='python3',
                                resources=dict(metadata=dict(path=CHAPTER.parent)))
        asyncio.run(client.async_execute())
        yield my_folder('bear_page'), line


@pytest.fixture(scope='module')
def served(built):
    "The address of the page, served as the chapter's cell does it."
    folder, line = built
    server = terminal(line, folder)
    yield f'{server.address}/voila/render/bears.ipynb'
    server.end()


def test_the_page_is_a_notebook_of_its_own(built):
    folder, _ = built
    page = nbformat.read(folder / 'bears.ipynb', as_version=4)
    assert [c.source.splitlines()[0] for c in page.cells][1:] == [
        '# page: model', '# page: upload', '# page: places for picture and answer',
        '# page: button', '# page: all in one column']
    assert page.cells[-1].source.endswith('out_pl, lbl_pred])')
    assert sorted(f.name for f in folder.iterdir()) == ['bears.ipynb', 'bears.safetensors']


@pytest.fixture
def page(browser):
    "A visitor's page; Voila's own template wants icons from elsewhere, as the chapter says."
    context = browser.new_context(viewport=dict(width=1100, height=900))
    asked = []
    context.on('request', lambda request: asked.append(request.url))
    page = context.new_page()
    page.set_default_timeout(90_000)
    yield page
    page.goto('about:blank')
    context.close()
    hosts = {re.split('[:/]+', url)[1] for url in asked if re.match('https?:|wss?:', url)}
    assert hosts <= {'127.0.0.1', ICONS}


def test_a_visitor_uploads_a_picture_presses_and_reads(served, page):
    page.goto(served, wait_until='commit')
    button = page.locator(PRESSED)
    button.wait_for()
    page.get_by_text('Select your bear!').wait_for()
    assert page.get_by_text('No picture yet.').is_visible()
    text = page.content()
    assert 'load_learner' not in text and 'on_click_classify' not in text
    folder = draw_bears(n=240, size=48, difficulty=.2)
    for kind in 'teddy', 'black':
        with page.expect_file_chooser() as chosen:
            page.locator('button:has-text("Upload")').click()
        chosen.value.set_files(folder / kind / f'{kind}_003.jpg')
        page.locator('button:has-text("Upload (1)")').wait_for()
        before = page.locator('.jp-OutputArea img').count()
        button.click()
        page.get_by_text(re.compile(rf'Prediction: {kind}; Probability: [01]\.\d{{4}}')).wait_for()
        page.wait_for_function('document.querySelectorAll(".jp-OutputArea img").length == 1')
        assert before == (kind == 'black'), 'the picture before is replaced'
    shown = page.locator('.jp-OutputArea img')
    assert shown.evaluate('e => e.naturalWidth') in (48, 128)
