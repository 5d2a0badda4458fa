"Teach it as a visitor meets it: pictures in, a training that can be stopped, a net to take home."
import io
import re

import pytest

from utils import load_learner
from utils.datasets.pets import draw_pet
from utils.labs.notebook_to_app.lessons import LINES

from .conftest import SETTLED, serious

pytestmark = pytest.mark.browser
WAIT = f'([root, before]) => {{ {SETTLED} return settled(root, before) }}'


class Album:
    "The page, and hands for it."

    def __init__(self, page):
        self.page, self.root = page, page.locator('.teach')
        self.notes = self.root.locator('.teach-note')
        self.text = lambda: self.root.locator('.lab-sentence').inner_text()

    def button(self, name): return self.root.get_by_role('button', name=name, exact=True)

    def press(self, name):
        "Press, and wait until it is answered and no training runs."
        return self.answered(self.button(name).click)

    def answered(self, act, wait=WAIT):
        before = self.root.get_attribute('data-asked')
        act()
        self.page.evaluate(wait, [self.root.element_handle(), before])
        return self

    def give(self, label, *files):
        "Choose files in the browser's dialogue, each a (name, bytes)."
        chosen = [dict(name=n, mimeType='image/png', buffer=data) for n, data in files]
        return self.answered(lambda: self.root.get_by_label(label).and_(
            self.page.locator('input')).set_input_files(chosen))

    def said(self): return [t for t in self.notes.all_inner_texts() if t]

    def counts(self):
        return [self.root.locator('.teach-class').nth(k).locator('.teach-thumbs li').count()
                for k in range(3)]


def png(k, breed='pug'):
    out = io.BytesIO()
    draw_pet(breed, seed=f'mine/{k}')[0].save(out, 'PNG')
    return f'{breed} {k}.png', out.getvalue()


@pytest.fixture(scope='module')
def album(module_page, app_server):
    module_page.goto(f'{app_server}voila/render/teach_it.ipynb', wait_until='commit')
    module_page.wait_for_selector('.teach.lab-ready')
    return Album(module_page)


def test_nothing_can_be_learned_from_nothing(album):
    assert album.counts() == [0, 0, 0] and not serious(album.page)
    album.press('Train')
    assert album.said() == ['One class alone cannot be told from anything. Give a second one '
                            'pictures too.']
    assert album.button('Stop').is_disabled() and not album.button('Try unseen samples').count()


def test_of_several_files_the_good_one_is_taken_and_the_bad_ones_are_named(album):
    album.give('Add pictures to class 1', png(1), ('words.png', b'only words'))
    note, = album.said()
    assert note.startswith('1 picture was added. words.png: ')
    assert album.counts() == [1, 0, 0] and '1 of the 5' in album.root.inner_text()


def test_a_class_bears_the_visitor_s_name_and_keeps_it_where_a_new_one_cannot_be(album):
    name = album.root.get_by_label('Class 1', exact=True).and_(album.page.locator('input'))
    for words, kept in (('Bello', 'Bello'), ('  ', 'Bello'), ('samoyed', 'Bello'), ('pug', 'pug')):
        album.answered(lambda: [name.fill(words), name.press('Enter')])  # noqa: B023
        assert name.input_value() == kept
        assert ('old one stays' in ''.join(album.said())) == (words != kept)


def test_a_picture_is_removed_by_keyboard_and_the_focus_stays_near(album):
    album.give('Add pictures to class 1', png(2), png(3))
    gone = album.root.get_by_role('button', name='Remove picture 1 of pug')
    gone.focus()
    album.answered(lambda: album.page.keyboard.press('Enter'))
    assert album.counts()[0] == 2
    focused = 'document.activeElement.getAttribute("aria-label")'
    assert album.page.evaluate(focused) == 'Remove picture 1 of pug'


def test_the_camera_gives_pictures(album):
    album.button('Camera for class 2').click()
    album.page.wait_for_function("document.querySelectorAll('.teach video')[1].videoWidth > 0")
    card = album.root.locator('.teach-class').nth(1)
    album.answered(card.get_by_role('button', name='Take one').click)
    assert album.counts()[1] == 1
    shot = card.locator('.teach-thumbs img').first
    album.page.wait_for_function('(image) => image.naturalWidth > 50', arg=shot.element_handle())
    card.get_by_role('button', name='Close camera').click()
    assert not card.locator('video').is_visible()
    album.press('Remove all pictures of class 2')
    assert album.counts()[1] == 0


@pytest.fixture(scope='module')
def taught(album):
    "The page after a training that was stopped in its tenth epoch or soon after."
    album.press('Fill all with samples')
    assert album.counts() == [2, 25, 25]          # only empty classes were filled
    album.press('Train')
    assert album.said() == ['pug has 2 of the 5 pictures that a class needs at least. Add more.']
    album.press('Take 25 samples for class 1')
    album.answered(album.button('Train').click, 'async () => {}')
    album.page.wait_for_function(
        "/^Epoch \\d\\d /.test(document.querySelector('.teach .lab-sentence').textContent)")
    top = album.root.locator('.teach-step').nth(1).bounding_box()['y']
    assert 0 <= top < 300, 'the visitor must see the training'
    during = album.text(), album.root.locator('.teach-progress').get_attribute('aria-valuenow')
    album.press('Stop')
    return album, during


def test_a_training_shows_its_epochs_and_stops_when_asked_to(taught):
    album, (text, done) = taught
    assert album.counts() == [27, 25, 25]
    epoch, of, loss = re.match(r'Epoch (\d+) of (\d+): training loss ([\d.]+)', text).groups()
    assert 10 <= int(epoch) < int(of) == 30 and 0 < int(done) < 100
    ended, right, held = re.match(r'After (\d+) epochs the net names (all|\d+ of) (\d+) held-out',
                                  album.text()).groups()
    assert int(epoch) <= int(ended) < 30 and held == '15'
    picture = album.root.locator('.lab-picture img')
    assert picture.get_attribute('alt') == album.text()
    assert picture.evaluate('image => image.naturalWidth') > 700


def test_unseen_samples_are_judged_and_their_mistakes_are_shown(taught):
    album, _ = taught
    album.press('Try unseen samples')
    right, share = re.search(r'and (all|\d+ of) 30 unseen samples \((\d+) %\)',
                             album.text()).groups()
    assert int(share) > 50      # after ten of thirty epochs; what all reach is measured elsewhere
    cards = album.root.locator('.teach-right, .teach-wrong')
    assert cards.count() >= 6
    wrong = album.root.get_by_text('taken for', exact=False).and_(album.page.locator('strong'))
    assert (wrong.count() > 0) == ('Most often mistaken' in album.text())


def test_the_downloaded_net_says_to_a_picture_what_the_page_said(taught, tmp_path):
    album, _ = taught
    album.give('Add pictures to test', png(9, 'Siamese'))
    card = album.root.locator('.teach-cards').last.locator('li').first
    said, shares = card.locator('strong').inner_text(), card.locator('.teach-bar').all_inner_texts()
    with album.page.expect_download() as got: album.button('Download export.safetensors').click()
    assert got.value.suggested_filename == 'export.safetensors'
    got.value.save_as(tmp_path / 'export.safetensors')
    (tmp_path / 'picture.jpg').write_bytes(png(9, 'Siamese')[1])
    learn = load_learner(tmp_path / 'export.safetensors')
    name, number, probs = learn.predict(tmp_path / 'picture.jpg')
    assert said.split(',')[0] == name == learn.dls.vocab[number]
    for words, p in zip(shares, probs.tolist()):
        shown = int(re.search(r'(\d+) %', words).group(1))
        assert abs(shown - 100 * p) <= 2, (shares, probs)      # it keeps a picture smaller
    assert album.root.locator('pre').inner_text() == LINES


def test_pictures_added_after_the_training_are_said_to_be_new(taught):
    album, _ = taught
    assert 'changed since' not in album.text()
    album.give('Add pictures to class 2', png(4, 'samoyed'))
    assert album.text().endswith('The pictures have changed since.')


def test_a_phone_shows_all_of_it_and_everybody_can_use_it(taught):
    album, _ = taught
    page = album.page
    assert not serious(page)
    page.set_viewport_size(dict(width=390, height=844))
    picture = album.root.locator('.lab-picture img')
    page.wait_for_function('e => e.naturalWidth < 500', arg=picture.element_handle())
    assert page.evaluate('document.documentElement.scrollWidth') <= 390 and not serious(page)
    for part in album.root.locator('button:visible, input:visible, img:visible').all():
        box = part.bounding_box()
        assert box['x'] >= 0 and box['x'] + box['width'] <= 390, part


def test_start_again_leaves_nothing(taught):
    album, _ = taught
    album.press('Clear everything')
    assert album.counts() == [0, 0, 0] and not album.root.locator('.lab-picture').is_visible()
    assert not album.button('Download export.safetensors').count()
    assert album.text() == 'Give two or three classes at least 5 pictures each.'
