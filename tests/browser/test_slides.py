"""The decks of slides, shown in a browser without a network."""
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from utils.course import slides

STAGE, PHONE = dict(width=1280, height=720), dict(width=390, height=844)
NAME = '04_overfitting.html'

# What is wrong with the slides of a deck, each looked at with all its parts shown. Walking by
# script spares hundreds of key presses; keys are tried below.
WALK = """async () => {
  await Promise.all([...document.images].map((i) => i.decode().catch(() => 0)));
  const phone = innerWidth < 701, wrong = [];
  const slides = [...document.querySelectorAll('.slide')];
  const now = slides.findIndex((s) => s.classList.contains('now'));
  slides.forEach((s) => s.classList.remove('now'));
  for (const slide of slides) {
    slide.classList.add('now');
    const face = slide.querySelector('.face'), box = face.getBoundingClientRect();
    const say = (words) => wrong.push(`${slide.id}: ${words}`);
    const of = (e) => `${e.tagName}.${e.className}`;
    for (const e of face.querySelectorAll('*')) {
      const r = e.getBoundingClientRect();
      if (!r.width || e.closest('math')) continue;
      if (!phone && (r.bottom > box.bottom + 1 || r.top < box.top - 1)) say(`${of(e)} is cut`);
      if (r.right > box.right + 1 && !e.closest('.table')) say(`${of(e)} is too wide`);
      if (e.matches('pre') && e.scrollWidth > e.clientWidth + 1) say(`${of(e)} is too wide`);
      const size = e.matches('p, li, pre, td') ? parseFloat(getComputedStyle(e).fontSize) : 99;
      if (size < (phone ? 12 : 15.9)) say(`${of(e)} is too small`);
    }
    const parts = [...face.children, ...face.querySelectorAll('.part')]
      .filter((p) => !p.matches('.body')).map((e) => [of(e), e.getBoundingClientRect()]);
    parts.forEach(([a, p], i) => parts.slice(i + 1).forEach(([b, q]) => {
      if (Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1
          && Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1) say(`${a}, ${b} overlap`);
    }));
    for (const image of face.querySelectorAll('img')) {
      const r = image.getBoundingClientRect();
      if (!image.naturalWidth) say('a picture is missing');
      else if (phone ? r.width < 280 && image.naturalWidth > 100 : r.height < 220 && r.width < 560)
        say('a picture is too small');
      if (Math.abs(r.width / r.height * image.naturalHeight / image.naturalWidth - 1) > .02)
        say('a picture is out of shape');
    }
    if (document.documentElement.scrollWidth > innerWidth) say('it scrolls sideways');
    slide.classList.remove('now');
  }
  slides[Math.max(0, now)].classList.add('now');
  return wrong;
}"""
AT = "document.querySelector('.slide.now').id"
SEEN = "document.querySelectorAll('.now .seen').length"


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp('decks') / 'slides'
    assert slides.main(['--to', str(folder)]) == 0
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


def opened(page, file, size=STAGE, anchor=''):
    page.set_viewport_size(size)
    page.goto(file.as_uri() + anchor)
    return page


def walked(page, deck):
    "What is wrong with a deck on the wall, and then on a phone."
    wrong = opened(page, deck).evaluate(WALK)
    page.set_viewport_size(PHONE)
    return wrong + [f'phone: {w}' for w in page.evaluate(WALK)]


@pytest.mark.browser
def test_every_slide_is_whole_and_readable_without_a_network(built, page, heard):
    decks = sorted(built.glob('[01]*.html'))
    assert len(decks) == 13
    assert [f'{deck.stem}, {w}' for deck in decks for w in walked(page, deck)] == []
    for size in (STAGE, PHONE):
        opened(page, built / 'index.html', size)
        assert not page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert page.locator('li a').count() == 13 and not heard


DOT = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
FAULTS = {
    'is cut': '<div class="part"><p>' + 'many words ' * 400 + '</p></div>',
    'too wide': '<div class="part" style="width: 2000px">wide</div>',
    'too small': '<div class="part"><p style="font-size: 8px">x</p></div>',
    'overlap': '<div class="part" style="margin-top: -90px">over the title</div>',
    'missing': '<img src="pictures/gone.png" alt="gone">',
    'picture is too small': f'<img style="width: 90px; height: 90px" alt="" src="{DOT}">',
    'out of shape': f'<img style="width: 300px; height: 90px" alt="" src="{DOT}">'}
PLANT = """(bad) => {
  const all = [...document.querySelectorAll('.slide')];
  all.slice(2).forEach((slide) => slide.remove());
  all[0].querySelector('.body').insertAdjacentHTML('beforeend', bad);
}"""


@pytest.mark.browser
@pytest.mark.parametrize('words', FAULTS)
def test_the_walk_sees_what_is_cut_hidden_small_missing_or_squeezed(built, page, heard, words):
    opened(page, built / NAME).evaluate(PLANT, FAULTS[words])
    assert any(words in w for w in page.evaluate(WALK)) and not any(
        w.startswith('04-g1') for w in page.evaluate(WALK))
    assert any('gone.png' in h for h in heard) == (words == 'missing')
    page.set_viewport_size(PHONE)
    assert any('sideways' in w for w in page.evaluate(WALK)) == (words == 'too wide')


@pytest.mark.browser
def test_the_walk_sees_a_picture_that_is_nothing_on_a_phone(built, page):
    opened(page, built / NAME, PHONE)
    page.add_style_tag(content='.face img { width: 0 !important }')
    assert any('too small' in w for w in page.evaluate(WALK))


@pytest.mark.browser
def test_keys_go_on_part_by_part_and_the_address_brings_one_back(built, page, heard):
    opened(page, built / NAME)
    assert page.evaluate(AT) == '04' and page.locator('.slide:visible').count() == 1
    for key in ('ArrowRight', ' ', 'PageDown', 'ArrowDown'): page.keyboard.press(key)
    assert page.evaluate(AT) == 'step-1-a-curve-through-points' and page.evaluate(SEEN) == 0
    assert page.locator('.now img').is_hidden()
    page.keyboard.press('ArrowRight')
    assert page.locator('.now img').is_visible() and page.evaluate(SEEN) == 1
    page.keyboard.press('ArrowRight')
    page.keyboard.press('ArrowRight')
    assert page.evaluate(AT).startswith('step-2')
    page.keyboard.press('ArrowLeft')
    assert page.evaluate(SEEN) == 2       # back to a slide with all that was shown
    page.reload()
    assert page.evaluate(AT) == 'step-1-a-curve-through-points'
    page.keyboard.press('End')
    assert page.evaluate(AT) == 'take-away'
    page.keyboard.press('ArrowRight')
    assert page.evaluate(AT) == 'take-away'
    page.keyboard.press('Home')
    page.keyboard.press('ArrowLeft')
    assert page.evaluate(AT) == '04' and page.evaluate('document.activeElement.id') == '04'
    page.evaluate('location.hash = "04-c2"')
    page.wait_for_function(f'{AT} === "04-c2"')
    page.keyboard.press('b')
    assert page.locator('main').is_hidden()
    page.keyboard.press('ArrowRight')
    assert page.locator('main').is_visible()
    page.keyboard.press('?')
    assert page.get_by_role('dialog').is_visible()
    page.keyboard.press('ArrowRight')
    page.keyboard.press('Escape')
    assert page.get_by_role('dialog').is_hidden() and page.evaluate(AT) == '04-c2'
    page.keyboard.press('f')
    page.wait_for_function('!!document.fullscreenElement')
    assert not heard


SWIPE = """(by) => ['touchstart', 'touchend'].forEach((kind, i) => {
  const target = document.body, clientX = 200 + i * by;
  const touch = new Touch({ identifier: 1, target, clientX, clientY: 300 });
  target.dispatchEvent(new TouchEvent(kind, {
    bubbles: true, touches: i ? [] : [touch], changedTouches: [touch] }));
})"""


@pytest.mark.browser
def test_fingers_and_buttons_turn_the_slides(built, page):
    opened(page, built / NAME, PHONE)
    page.evaluate(SWIPE, -120)
    assert page.evaluate(AT) == '04-g1'
    page.evaluate(SWIPE, 20)
    assert page.evaluate(AT) == '04-g1'
    page.evaluate(SWIPE, 120)
    assert page.evaluate(AT) == '04'
    page.get_by_role('button', name='On', exact=True).click()
    assert page.evaluate(AT) == '04-g1'


def until(page, words): page.wait_for_function(words, polling=50, timeout=8000)


@pytest.mark.browser
def test_the_speakers_window_shows_notes_and_the_next_slide_and_keeps_step(built, page, heard):
    opened(page, built / NAME, anchor='#04-g3')
    with page.expect_popup() as found: page.keyboard.press('s')
    notes = found.value
    until(notes, f'{AT} === "04-g3"')
    assert 'Let everybody commit' in notes.locator('.spoken').inner_text()
    notes.keyboard.press('ArrowRight')
    until(page, f'{AT} === "step-1-a-curve-through-points"')
    page.keyboard.press('ArrowRight')
    until(notes, f'{SEEN} === 1')
    assert 'overfitting' in notes.locator('.spoken').inner_text()
    assert notes.locator('.slide.next h2').inner_text() == 'Ask points it has not seen'
    assert re.search(r'\d:\d\d.*0:0\d spoken', notes.locator('.time').inner_text())
    notes.keyboard.press('b')
    until(page, "document.body.classList.contains('black')")
    page.reload()                                  # it forgets the other window, which says hello
    until(page, 'other !== null')
    notes.keyboard.press('End')
    until(page, f'{AT} === "take-away"')
    with notes.expect_event('close'): page.keyboard.press('s')
    assert not heard


@pytest.mark.browser
def test_without_a_script_the_deck_is_a_page_and_printed_a_slide_is_a_sheet(built, page, browser):
    plain = browser.new_context(java_script_enabled=False, viewport=STAGE)
    read = plain.new_page()
    read.goto((built / NAME).as_uri())
    count = read.locator('.slide').count()
    assert read.locator('.slide:visible').count() == count > 15
    assert read.locator('.later:visible').count() == read.locator('.later').count() > 10
    read.locator('.notes summary').first.click()
    assert read.get_by_text('TEACHING.md').is_visible()
    plain.close()
    opened(page, built / NAME)
    sheets = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb'/Type\s*/Page\b', sheets)) == count
    page.emulate_media(media='print')
    assert page.locator('.slide:visible').count() == count
    assert page.locator('.notes:visible, nav:visible').count() == 0
    assert page.locator('.later:visible').count() == page.locator('.later').count()
    page.emulate_media(media='screen')


def serious(page, *rules):
    "What keeps people from using a page, by axe's judgement (by some of its rules only)."
    found = Axe().run(page, options=dict(runOnly=list(rules)) if rules else None).response
    return [(v['id'], v['nodes'][0]['html'][:200]) for v in found['violations']
            if v['impact'] in ('serious', 'critical')]


ALL = """document.querySelectorAll('.slide').forEach((s) => s.classList.add('now'));
document.querySelectorAll('.later').forEach((s) => s.classList.add('seen'))"""


@pytest.mark.browser
def test_everybody_can_use_the_slides(built, page):
    page.emulate_media(reduced_motion='reduce')
    opened(page, built / NAME).evaluate(ALL)
    assert serious(page) == []
    page.emulate_media(color_scheme='dark', reduced_motion='reduce')
    assert serious(page, 'color-contrast') == []
    page.emulate_media(color_scheme='light', reduced_motion='reduce')
    page.evaluate("document.querySelector('.asked p').style.color = '#ccc'")
    assert [name for name, _ in serious(page, 'color-contrast')] == ['color-contrast']
    opened(page, built / 'index.html')
    assert serious(page) == []
    opened(page, built / NAME, anchor='?speaker')
    assert serious(page) == []
    page.emulate_media(color_scheme=None, reduced_motion=None)
