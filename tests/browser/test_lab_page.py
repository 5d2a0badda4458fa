"""Labs as visitors meet them: sliders, buttons and pictures in a real browser."""
import io
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest
from PIL import Image

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def quick(module_page, open_app):
    "One open page for all tests that leave it as they found it."
    module_page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    return open_app(module_page, 'quick')


@pytest.fixture
def lab(quick):
    "The quick lab, reset."
    return quick.press('Reset')


def test_a_slider_moved_by_keyboard_changes_picture_and_sentence(lab):
    before, text = lab.png(), lab.text
    assert text == 'Degree 3 misses the truth by 1.55 beyond the points.'
    assert lab.picture.get_attribute('alt') == text
    lab.key('Degree', 'ArrowRight', 'ArrowRight')
    assert lab.text.startswith('Degree 5 misses')
    assert lab.picture.get_attribute('alt') == lab.text
    assert Image.open(io.BytesIO(lab.png())).size[0] >= 700
    assert lab.png() != before
    lab.press('Reset')
    assert (lab.text, lab.png()) == (text, before)


def test_every_control_can_be_reached_by_tab(lab):
    page = lab.page
    lab.control('Degree').focus()
    names = []
    for _ in range(8):
        names.append(page.evaluate('document.activeElement.labels?.[0]?.textContent'
                                   ' || document.activeElement.textContent'))
        page.keyboard.press('Tab')
    assert names == ['Degree', 'Noise', 'Seed', 'Points', 'Show the truth', 'More', 'Reset',
                     'Copy settings']


def test_keys_pressed_on_a_control_do_not_reach_the_notebook(lab):
    lab.page.evaluate("""() => {
        window.heard = [];
        document.addEventListener("keydown", (e) => window.heard.push(e.key)); }""")
    lab.key('Degree', 'ArrowRight', 'End', 'd')
    lab.control('Degree').press('Escape')
    assert lab.page.evaluate('window.heard') == ['Escape']


def test_settings_are_copied_as_the_line_that_rebuilds_them(lab):
    lab.key('Degree', 'End')
    lab.choose('Seed', '2')
    lab.key('Points', 'ArrowRight')
    lab.root.get_by_role('button', name='Copy settings').click()
    lab.page.get_by_text('Copied').wait_for()
    line = ("quick_lab(degree=11, noise=0.3, seed=2, points=24, truth=True, name='')")
    assert lab.page.evaluate('navigator.clipboard.readText()') == line
    assert lab.root.locator('.lab-line').input_value() == line


def test_without_a_clipboard_the_line_is_shown_selected(lab):
    page = lab.page
    page.evaluate('() => { navigator.clipboard.writeText = () => Promise.reject("no"); }')
    lab.root.get_by_role('button', name='Copy settings').click()
    page.get_by_text('Select and copy').wait_for()
    page.evaluate('() => { delete navigator.clipboard.writeText; }')
    assert page.evaluate('document.activeElement.value').startswith('quick_lab(degree=3')


def send(lab, javascript):
    "Speak to Python as a visitor could who rewrites the page."
    lab.page.evaluate('([e, code]) => new Function("e", "model", code)(e, e.companionModel)',
                      [lab.root.element_handle(), javascript])


HOSTILE = {'{degree: 99}': 11, '{degree: -5, nonsense: 1}': 1, '{degree: "x", noise: null}': 3,
           '[1, 2]': 3, '{degree: 1e400, seed: 99, points: -4, name: 7, truth: 3}': 3}


def test_a_value_out_of_range_is_pulled_back(lab):
    for values, degree in HOSTILE.items():
        lab.press('Reset')
        lab.answered(lambda: send(lab, f"""
            e.dataset.asked = model.get("heard") + 1;
            model.set({{png: null, line: "bad()"}});
            model.save_changes();
            model.send({{do: "set", values: {values}, asked: model.get("heard") + 1}})"""))
        lab.key('Noise', 'Home')
        assert lab.text.startswith(f'Degree {degree} '), values
        assert lab.values[0] == str(degree), values
        assert lab.png()


def test_a_question_that_was_lost_on_the_way_is_asked_again(lab):
    send(lab, 'const send = model.send; model.send = () => { model.send = send; }')
    lab.slide('Degree', 7)
    assert lab.text.startswith('Degree 7 ')


def test_what_is_moved_while_python_thinks_is_told_last(lab):
    send(lab, """for (const n of [1, 5, 8, 11]) {
        const slider = e.querySelector('input[type=range]');
        slider.value = n;
        slider.dispatchEvent(new Event('input'));
    }""")
    lab.key('Noise', 'ArrowRight')
    assert lab.text.startswith('Degree 11 ') and lab.values[0] == '11'


def test_a_failing_setting_ends_in_a_sentence_and_the_lab_lives_on(page, open_app):
    lab = open_app(page, 'failing')
    assert lab.text == ('This setting could not be computed (ZeroDivisionError). '
                        'Move a control, or press Reset.')
    lab.key('Sheep', 'ArrowRight')
    assert lab.text == 'The value is 1.00.'
    good = lab.png()
    lab.key('Sheep', 'End')
    assert lab.text.startswith('9 sheep do not fit on the meadow.')
    assert lab.png() == good
    assert 'Traceback' not in page.content()
    lab.slide('Sheep', 4)
    assert lab.text == 'The value is 1.00.'


def test_a_slow_lab_shows_its_steps_and_stops(page, open_app):
    lab = open_app(page, 'slow')
    page.wait_for_function(
        '/^[1-9]\\d* steps/.test(document.querySelector(".lab-sentence").textContent)')
    lab.press('Stop')
    steps = int(lab.text.split()[0])
    assert 1 <= steps < 100
    time.sleep(.4)
    assert lab.text == f'{steps} steps are done.'


def test_a_control_moved_during_a_run_wins(page, open_app):
    lab = open_app(page, 'slow')
    began = time.monotonic()
    for n in (90, 80, 5): lab.control('Steps').fill(str(n))
    page.get_by_text('5 steps are done.', exact=True).wait_for(timeout=10_000)
    page.wait_for_selector('.lab:not(.lab-running)')
    assert time.monotonic() - began < 4                # 90 steps alone take 4.5 s
    assert lab.text == '5 steps are done.'


def test_a_prepared_lab_says_how_far_it_is(page, open_app):
    lab = open_app(page, 'prepared')
    lab.page.get_by_text('Ready with 3.').wait_for()
    lab.key('Number', 'End')
    assert lab.text == 'Ready with 9.'


def test_buttons_clicks_and_files_change_the_settings(page, open_app):
    lab = open_app(page, 'button')
    lab.press('Step').press('Step')
    assert lab.text == 'The bar is 2 high.'
    box = lab.picture.bounding_box()
    lab.answered(lambda: lab.picture.click(position=dict(x=box['width'] / 2, y=box['height'] / 2)))
    assert lab.text == 'The bar is 10 high.'
    lab.answered(lambda: lab.control('Picture').set_input_files(
        [dict(name='a.png', mimeType='image/png', buffer=b'x' * 50)]))
    assert lab.text == 'The bar is 60 high.'
    lab.press('Crash')
    assert lab.text.startswith('This setting could not be computed (RuntimeError).')
    lab.press('Reset')
    assert lab.text == 'The bar is 0 high.'


def test_on_a_phone_nothing_is_cut_off(page, open_app):
    lab = open_app(page, 'quick', width=390)
    lab.key('Degree', 'ArrowRight')
    assert page.evaluate('document.documentElement.scrollWidth') <= 390
    picture, slider = lab.picture.bounding_box(), lab.control('Degree').bounding_box()
    sentence = lab.sentence.bounding_box()
    assert picture['y'] + picture['height'] <= sentence['y'] < slider['y']
    size = Image.open(io.BytesIO(lab.png())).size
    assert size[0] / size[1] < 1.2                     # drawn for a narrow page, not shrunk


def test_the_index_lists_every_app_and_opens_it(page, app_server):
    for width in 1100, 390:
        page.set_viewport_size(dict(width=width, height=800))
        page.goto(app_server)
        assert page.evaluate('document.documentElement.scrollWidth') <= width
    page.get_by_role('link', name='Sample quick').click()
    page.get_by_text('Sample quick: starting…').wait_for()
    page.wait_for_selector('.lab-ready')
    assert page.title() == 'Sample quick'
    page.get_by_role('link', name='All apps').click()
    page.get_by_role('heading', name='Try it').wait_for()


def kernels(name):
    "The running kernels of that name: it is on their command line, or what a fork is called."
    return [p for p in psutil.process_iter(['name', 'cmdline'])
            if p.info['name'] == f'kernel-{name}'[:15] or
            f'kernel-{name}.json' in ' '.join(p.info['cmdline'] or [])]


def test_a_page_that_is_left_ends_its_kernel_at_once(page, open_app, app_server):
    open_app(page, 'quick')
    name = page.evaluate(
        'JSON.parse(document.getElementById("jupyter-config-data").textContent).kernelId')
    assert len(kernels(name)) == 1
    page.goto(app_server)
    end = time.monotonic() + 10
    while kernels(name) and time.monotonic() < end: time.sleep(.2)
    assert not kernels(name)


@pytest.mark.skipif(sys.platform != 'linux', reason='finds the kernel by its name')
def test_a_page_whose_kernel_has_died_says_so_and_a_living_one_does_not(page, open_app):
    page.clock.install()
    lab = open_app(page, 'quick')
    lab.key('Degree', 'End')
    page.clock.fast_forward(21_000)
    assert not page.get_by_role('alert').is_visible()
    name = page.evaluate(
        'JSON.parse(document.getElementById("jupyter-config-data").textContent).kernelId')
    for kernel in kernels(name): kernel.kill()
    lab.control('Degree').press('Home')
    page.clock.fast_forward(21_000)
    page.get_by_role('alert').get_by_text('reload the page').wait_for()


def test_planted_a_page_of_another_site_cannot_end_a_kernel(page, open_app, app_server):
    lab = open_app(page, 'quick')
    name = page.evaluate(
        'JSON.parse(document.getElementById("jupyter-config-data").textContent).kernelId')
    address = f'{app_server}voila/api/shutdown/'
    for id, origin in ((name, 'http://elsewhere.example'), ('unknown', app_server.rstrip('/'))):
        asked = urllib.request.Request(address + id, b'', dict(Origin=origin))
        with pytest.raises(urllib.error.HTTPError, match='40[34]'): urllib.request.urlopen(asked)
    lab.key('Degree', 'End')
    assert lab.text.startswith('Degree 11 ')


def test_a_page_whose_cell_fails_says_so_without_a_traceback(page, app_server):
    page.goto(f'{app_server}voila/render/crash.ipynb')
    page.get_by_text('This page could not be started.').wait_for()
    assert 'planted' not in page.content()
    assert 'Traceback' not in page.content()


def test_the_pad_takes_mouse_finger_and_keyboard(page, app_server):
    page.goto(f'{app_server}voila/render/pad.ipynb')
    canvas = page.get_by_label('Your digit')
    box = canvas.bounding_box()

    def at(x, y): return box['x'] + x * box['width'], box['y'] + y * box['height']
    page.mouse.move(*at(.2, .5))
    page.mouse.down()
    page.mouse.move(*at(.8, .5), steps=5)
    page.get_by_text('nothing yet').wait_for()         # told at the end of the stroke only
    page.mouse.up()
    page.get_by_text('1 strokes from 17 47 to 84 54').wait_for()
    page.touchscreen.tap(*at(.5, .9))
    page.get_by_text('2 strokes from 17 47 to 84 94').wait_for()
    canvas.focus()
    for key in ' ', *['ArrowUp'] * 10, ' ': page.keyboard.press(key)
    page.get_by_text('3 strokes from 17 7 to 84 94').wait_for()
    page.get_by_role('button', name='Undo').click()
    page.get_by_text('2 strokes from 17 47 to 84 94').wait_for()
    page.get_by_role('button', name='Clear').click()
    page.get_by_text('0 strokes from 0 0 to 0 0').wait_for()
    assert page.get_by_role('button', name='Undo').is_disabled()
