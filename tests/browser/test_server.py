"""The running app server, spoken to over HTTP."""
import json
import re
import time
import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import serious, served


def get(address):
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode('utf-8', 'replace')
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode('utf-8', 'replace')


def test_the_index_opens_without_a_kernel(app_server):
    get(app_server)
    began = time.monotonic()
    status, page = get(app_server)
    assert status == 200 and 'Sample quick' in page
    assert time.monotonic() - began < 1


@pytest.mark.parametrize('path', ['', 'nonsense', 'login'])
def test_everybody_can_use_the_pages_around_the_apps(page, app_server, path):
    for width in 1280, 390:
        page.set_viewport_size(dict(width=width, height=900))
        page.goto(app_server + path)
        assert not serious(page)
        assert page.evaluate('document.documentElement.scrollWidth') <= width


@pytest.mark.parametrize('path', [
    'voila/files/quick.ipynb', 'voila/files/sample_labs.py', 'voila/files/picture.png',
    'voila/files/..%2f..%2fpyproject.toml', 'voila/tree', 'voila/tree/', 'voila/api/contents',
    'voila/api/contents/quick.ipynb', 'api/kernels', 'api/contents', 'lab', 'terminals', 'nonsense',
    'voila/render/nothing.ipynb', 'voila/render/sample_labs.py', 'voila/render/'])
def test_nothing_but_pages_is_shown(app_server, app_folder, path):
    (app_folder / 'picture.png').write_bytes(b'secret')
    status, page = get(app_server + path)
    assert status in (403, 404), page
    assert 'def quick_lab' not in page and 'secret' not in page and 'Traceback' not in page


def test_an_unknown_page_leads_back_to_the_index(app_server):
    for path in 'nonsense', 'voila/render/nothing.ipynb':
        status, page = get(app_server + path)
        assert status == 404 and 'There is no such page' in page and '<a href="/">' in page


def test_a_page_shows_no_source_and_takes_no_other_template(app_server):
    status, page = get(app_server + 'voila/render/quick.ipynb?template=classic&theme=dark')
    assert status == 200 and 'starting…' in page and 'theme-light' in page
    assert 'from sample_labs' not in page and 'lab = quick_lab()' not in page
    assert 'widget-view' in page and 'cdn.jsdelivr' not in page


def kernel_of(page):
    "The kernel of a page, as the page's own script finds it."
    data = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1]
    return json.loads(data)['kernelId']


def test_a_full_server_says_when_to_try_again_and_takes_the_next_when_one_has_left(
        app_folder, tmp_path):
    with served(app_folder, tmp_path / 'log.txt', '--most', '1') as address:
        status, first = get(address + 'voila/render/quick.ipynb')
        assert status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address + 'voila/render/button.ipynb', timeout=60)
        page = refused.value.read().decode()
        assert refused.value.code == 503 and refused.value.headers['Retry-After'] == '60'
        assert 'All places are taken' in page and '<a href="/">' in page
        assert get(address)[0] == 200                     # the list needs no place
        urllib.request.urlopen(f'{address}voila/api/shutdown/{kernel_of(first)}', b'')
        assert get(address + 'voila/render/button.ipynb')[0] == 200
