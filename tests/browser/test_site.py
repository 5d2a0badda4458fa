"""The course as static pages, walked in a browser without a network."""
import filecmp
import html
import json
import re

import pytest
from playwright.sync_api import expect

from utils.course import site

from .conftest import serious

WIDTHS = 1280, 390
LIMIT = 300 * 1024


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp('site') / 'site'
    assert site.main(['--to', str(folder)]) == 0
    return folder


@pytest.fixture
def heard(page):
    "What a page complains of; the network is cut."
    found = []
    page.context.set_offline(True)
    page.on('console', lambda m: found.append(m.text) if m.type == 'error' else None)
    page.on('pageerror', lambda e: found.append(str(e)))
    page.on('requestfailed', lambda r: found.append(f'failed {r.url}'))
    page.on('request', lambda r: found.append(f'outside {r.url}')
            if not r.url.startswith(('file:', 'data:', 'blob:')) else None)
    yield found
    page.context.set_offline(False)


def too_wide(page): return page.evaluate('document.documentElement.scrollWidth > innerWidth')


def walk(page, file, width):
    page.set_viewport_size(dict(width=width, height=900))
    page.goto(file.as_uri())
    page.wait_for_load_state('load')
    return too_wide(page)


@pytest.mark.browser
@pytest.mark.parametrize('width', WIDTHS)
def test_every_page_is_whole_without_a_network_and_no_wider_than_the_screen(
        built, page, heard, width):
    pages = sorted(built.glob('*.html'))
    assert len(pages) == 14
    assert not [f.name for f in pages if walk(page, f, width)]
    assert not heard


@pytest.mark.browser
def test_the_walk_sees_a_missing_picture_a_script_from_elsewhere_and_a_wide_table(
        built, page, heard, tmp_path):
    bad = tmp_path / 'bad.html'
    bad.write_text('<img src="gone.png"><script src="http://127.0.0.1:9/x.js"></script>'
                   '<div style="width: 3000px">wide</div>', 'utf-8')
    assert walk(page, bad, 390)
    assert any('gone.png' in h for h in heard) and any('outside' in h for h in heard)


@pytest.mark.browser
@pytest.mark.parametrize('name', ['index', '00_start_here', '04_overfitting'])
def test_everybody_can_use_the_pages(built, page, name):
    walk(page, built / f'{name}.html', 1280)
    assert not serious(page)


@pytest.mark.browser
def test_axe_sees_a_picture_without_words(page, tmp_path):
    bad = tmp_path / 'bad.html'
    picture = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    bad.write_text(f'<html lang="en"><title>x</title><img src="{picture}">',
                   'utf-8')
    walk(page, bad, 1280)
    assert [name for name, _ in serious(page)] == ['image-alt']


def test_the_same_course_gives_the_same_bytes(built, tmp_path):
    assert site.main(['--to', str(tmp_path / 'again')]) == 0
    names = sorted(str(f.relative_to(built)) for f in built.rglob('*') if f.is_file())
    equal, unequal, odd = filecmp.cmpfiles(built, tmp_path / 'again', names, shallow=False)
    assert len(equal) == len(names) > 14 and not unequal + odd


def test_a_chapter_weighs_little_beyond_its_pictures(built):
    shared = sum(f.stat().st_size for f in built.rglob('*')
                 if f.suffix in ('.css', '.js') and f.name != 'search.js')
    for page in built.glob('[01]*.html'): assert page.stat().st_size + shared < LIMIT, page.name


def lines(file):
    "The lines of code of a notebook that are long enough to be told apart."
    cells = json.loads(file.read_text('utf-8'))['cells']
    code = [''.join(c['source']) for c in cells if c['cell_type'] == 'code']
    return {line.strip() for c in code for line in c.splitlines() if len(line.strip()) > 30}


def shown(folder):
    page = (folder / '04_overfitting.html').read_text('utf-8')
    return html.unescape(re.sub('<[^>]+>', '', page))


def test_no_solution_is_on_the_pages_unless_it_is_asked_for(built, tmp_path):
    name = '04_overfitting.ipynb'
    solved = lines(site.NOTEBOOKS / 'solutions' / name) - lines(site.NOTEBOOKS / name)
    assert len(solved) > 5 and not [line for line in solved if line in shown(built)]
    assert site.main(['--to', str(tmp_path / 'open'), '--solutions']) == 0
    assert [line for line in solved if line in shown(tmp_path / 'open')]


@pytest.mark.browser
def test_the_search_leads_to_a_heading_and_the_switch_to_the_dark(built, page, heard):
    page.set_viewport_size(dict(width=1280, height=900))
    page.goto((built / 'index.html').as_uri())
    page.get_by_label('Search the course').fill('overfitting')
    first = page.locator('.found a').first
    first.wait_for()
    assert page.locator('.found mark').count() > 1
    first.click()
    page.wait_for_url(re.compile(r'/\d\d_\w+\.html#.+'))
    assert page.locator(f':target, [id="{page.url.partition("#")[2]}"]').count()
    page.get_by_label('Search the course').fill('zyxwv')
    expect(page.locator('.found')).to_contain_text('Nothing found')    # it is sought as one types
    color = 'getComputedStyle(document.body).backgroundColor'
    before = page.evaluate(color)
    page.keyboard.press('Escape')
    page.get_by_label('Change between light and dark').click()
    dark = page.evaluate(color)
    page.reload()
    assert page.evaluate(color) == dark != before and not heard
