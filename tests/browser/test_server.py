"""The running app server, spoken to over HTTP."""
import time
import urllib.error
import urllib.request

import pytest


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
