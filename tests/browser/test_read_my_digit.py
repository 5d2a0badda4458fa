"""*Read my digit* as visitors use it: by mouse, finger and keys, and with files of all kinds."""
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from utils.labs.first_model.read_my_digit import read_digit, reading_finding

pytestmark = pytest.mark.browser
RECORDINGS = json.loads(Path(__file__).with_name('strokes.json').read_text('utf-8'))['recordings']

# Notes at each answer which settings it belongs to: the line comes first, then picture and number.
WATCH = '''(root) => {
    const model = root.companionModel;
    window.shown = model.get("line");
    model.on("change:png change:heard", () => { window.shown = model.get("line"); });
}'''
ANSWERED = '''([root, strokes]) => {
    const line = root.companionModel.get("line");
    const drawn = line.match(/strokes='(.*?)'/)[1];
    return window.shown === line && (drawn ? drawn.split(",").length : 0) === strokes;
}'''


class Digits:
    "The app's page, and hands that draw on it."

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page
        self.root = lab.root.element_handle()
        self.canvas = lab.root.locator('.pad canvas')
        self.page.evaluate(WATCH, self.root)

    def wait(self, strokes):
        self.page.wait_for_function(ANSWERED, arg=[self.root, strokes], polling=20)
        return self

    def clear(self):
        if not self.lab.root.get_by_role('button', name='Clear').is_disabled():
            self.lab.root.get_by_role('button', name='Clear').click()
        return self.wait(0)

    def at(self, points):
        box = self.canvas.bounding_box()
        return [(box['x'] + x * box['width'], box['y'] + y * box['height']) for x, y in points]

    def draw(self, strokes):
        "With the mouse."
        for stroke in strokes:
            first, *rest = self.at(stroke)
            self.page.mouse.move(*first)
            self.page.mouse.down()
            for point in rest: self.page.mouse.move(*point)
            self.page.mouse.up()
        return self.wait(len(strokes))

    def touch(self, strokes):
        "With a finger."
        finger = self.page.context.new_cdp_session(self.page)
        for stroke in strokes:
            for i, (x, y) in enumerate(self.at(stroke)):
                finger.send('Input.dispatchTouchEvent', dict(
                    type='touchMove' if i else 'touchStart', touchPoints=[dict(x=x, y=y)]))
            finger.send('Input.dispatchTouchEvent', dict(type='touchEnd', touchPoints=[]))
        return self.wait(len(strokes))

    def upload(self, data, name='picture.png'):
        file = dict(name=name, mimeType='image/png', buffer=data)
        self.lab.answered(lambda: self.lab.control('Or upload a picture').set_input_files(file))
        return self

    @property
    def digit(self):
        "What the sentence says was read."
        said = re.match(r'I (?:read|am unsure: perhaps) an? (\d)', self.lab.text)
        return int(said[1]) if said else None

    @property
    def drawn(self):
        "The strokes and the pen that the page's answer belongs to, as in its copied line."
        line = self.root.evaluate('root => root.companionModel.get("line")')
        strokes, pen = re.search("strokes='(.*?)'", line)[1], re.search('pen=([0-9.]+)', line)[1]
        return strokes, None, float(pen)

    @property
    def note(self): return self.lab.root.locator('.lab-note').inner_text()


@pytest.fixture(scope='module')
def opened(module_page, open_app): return Digits(open_app(module_page, 'read_my_digit'))


@pytest.fixture
def app(opened):
    "The open page, reset."
    opened.lab.press('Reset')
    return opened.wait(0)


SEVEN = [[(.2, .12), (.5, .1), (.8, .12), (.6, .5), (.4, .9)], [(.35, .5), (.7, .5)]]
FOUR = [[(.55, .1), (.25, .6), (.75, .6)], [(.6, .35), (.55, .9)]]


def photo(kind='PNG', strokes=SEVEN, mode='L', size=240, before=lambda im: im, **how):
    "A picture file of a digit in dark ink."
    picture = Image.new('L', (size, size), 250)
    for stroke in strokes:
        ImageDraw.Draw(picture).line([(x * size, y * size) for x, y in stroke], 20, size // 14)
    out = io.BytesIO()
    before(picture.convert(mode)).save(out, kind, **how)
    return out.getvalue()


def quick(stroke):
    "As a quick hand draws it: a third of the points, its ends among them."
    return [*stroke[:-1:3], stroke[-1]]


def replayed(app, recordings):
    "Drawn with the mouse, one after the other: (digit, what the page read, was it sure) of each."
    said = []
    for r in sorted(recordings, key=lambda r: r['pen']):
        pen = str(round(200 * r['pen']) / 2).removesuffix('.0')
        if app.lab.control('Pen').input_value() != pen: app.lab.slide('Pen', pen)
        app.draw(list(map(quick, r['strokes'])))
        sure = app.lab.text.startswith(f'I read a{"n" * (r["digit"] == 8)} {r["digit"]}')
        assert app.lab.text == reading_finding(read_digit(*app.drawn))     # as Python reads it
        said.append((r['digit'], app.digit, sure))
        app.clear()
    return said


def test_two_recorded_drawings_of_each_digit_are_read(app):
    "All hundred: read from their points in tests/labs/first_model, by mouse in the benchmark."
    some = [r for i, r in enumerate(RECORDINGS) if i % 5 == 0]
    assert Counter(r['digit'] for r in some) == dict.fromkeys(range(10), 2)
    said = replayed(app, some)
    assert sum(digit == read for digit, read, _ in said) >= 18, said


def test_a_drawing_changes_picture_words_and_alt_text(app):
    before, text = app.lab.png(), app.lab.text
    app.draw(FOUR)
    assert app.lab.text.startswith('I read a 4, with ')
    assert app.lab.picture.get_attribute('alt') == app.lab.text != text
    assert app.lab.png() != before
    app.clear()
    assert (app.lab.png(), app.lab.text) == (before, text)


def test_undo_takes_back_the_last_stroke(app):
    app.draw(FOUR)
    app.lab.root.get_by_role('button', name='Undo').click()
    app.wait(1)
    assert app.canvas.get_attribute('aria-label') == 'Pad for one digit: 1 strokes drawn'


def test_a_finger_draws(app):
    assert app.touch(SEVEN).digit == 7


def test_the_keyboard_draws(app):
    app.canvas.focus()
    for key in ['ArrowUp'] * 9 + [' '] + ['ArrowDown'] * 18 + [' ']: app.page.keyboard.press(key)
    assert app.wait(1).digit == 1


def test_all_can_be_reached_by_tab(app):
    app.draw(FOUR)
    app.canvas.focus()
    names = []
    for _ in range(8):
        names.append(app.page.evaluate(
            'document.activeElement.labels?.[0]?.textContent || document.activeElement.ariaLabel'
            ' || document.activeElement.textContent'))
        app.page.keyboard.press('Tab')
    assert names == ['Pad for one digit: 2 strokes drawn', 'Undo', 'Clear', 'Or upload a picture',
                     'Pen', 'Or a digit of the set', 'Reset', 'Copy settings']


EXIF = Image.Exif()
EXIF[0x0112] = 6
TURNED = dict(before=lambda im: im.transpose(Image.Transpose.ROTATE_90), exif=EXIF)
READ = {
    'png': photo(), 'cmyk': photo('JPEG', mode='CMYK'), 'turned': photo('JPEG', **TURNED),
    '16-bit': photo(before=lambda im: Image.fromarray(np.asarray(im).astype(np.uint16) * 257)),
    'alpha': photo(before=lambda im: Image.merge(
        'LA', (Image.new('L', im.size), im.point(lambda v: 255 - v)))),
    'light on dark': photo(before=lambda im: im.point(lambda v: 255 - v)),
    'twelve megapixels': photo('JPEG', size=3500)}


@pytest.mark.parametrize('kind', READ)
def test_an_uploaded_picture_is_read(app, kind):
    app.draw(FOUR).upload(READ[kind]).wait(0)
    assert app.digit == 7 and app.note == ''


def noise(kind): return photo(kind, before=lambda im: Image.effect_noise((400, 400), 90))


REFUSED = {
    'empty': (b'', 'The file is empty.'), 'words': (b'no picture at all', 'is not a picture'),
    'half a png': (noise('PNG')[:30_000], 'breaks off before its end'),
    'half a jpeg': (noise('JPEG')[:20_000], 'breaks off before its end'),
    'huge': (photo(before=lambda im: Image.new('1', (9000, 9000))), '81 megapixels; at most 50'),
    'blank': (photo(strokes=[]), 'it is blank')}


@pytest.mark.parametrize('kind', REFUSED)
def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(app, kind):
    data, why = REFUSED[kind]
    before = app.draw(FOUR).lab.png(), app.lab.text
    app.upload(data)
    assert why in app.note and app.note.endswith('Nothing was changed.')
    assert (app.lab.png(), app.lab.text) == before
    assert app.upload(photo()).wait(0).digit == 7 and app.note == ''


def test_a_file_that_is_too_heavy_is_not_even_sent(app):
    before = app.lab.text
    file = dict(name='heavy.png', mimeType='image/png', buffer=bytes(9 * 2**20))
    app.lab.control('Or upload a picture').set_input_files(file)
    app.page.get_by_text('That file is larger than 8 MB.').wait_for()
    assert app.lab.text == before


def test_drawing_after_an_upload_reads_the_drawing(app):
    assert app.upload(photo()).digit == 7
    assert app.draw(FOUR).digit == 4


def test_a_phone_shows_the_pad_first_and_nothing_sticks_out(page, open_app):
    app = Digits(open_app(page, 'read_my_digit', width=390))
    assert app.page.evaluate('document.documentElement.scrollWidth') <= 390
    box = app.canvas.bounding_box()
    assert box['width'] >= 300 and box['y'] + box['height'] < 700
    assert app.touch(SEVEN).digit == 7
    assert app.lab.sentence.bounding_box()['y'] < app.lab.picture.bounding_box()['y'] < 1100
