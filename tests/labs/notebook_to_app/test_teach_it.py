"Teach it: what is refused and why, what is learned, and what a visitor takes home."
import gc
import io
import math
import threading
import time
import weakref

import numpy as np
import pytest
from PIL import Image

from utils.labs.notebook_to_app import teach_it
from utils.labs.notebook_to_app.album import MOST, clean_name, open_picture, sample_pictures
from utils.labs.notebook_to_app.lessons import FILE, exported, teach
from utils.labs.notebook_to_app.teach_it import Teacher

GOOD = .9       # share of unseen samples that a page's net has to name rightly


def file_of(picture, kind='PNG', **how):
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


GREY = Image.new('RGB', (60, 40), 'gray')


def tell(teacher, files=(), **content):
    "Send what a page sends, as it arrives; the note that it leaves."
    asked = teacher.view.heard + 1
    said = dict(method='custom', content=content | dict(asked=asked))
    teacher.view._handle_msg(dict(content=dict(data=said), buffers=list(files)))
    assert teacher.view.heard == asked, 'the page is still waiting'
    return teacher.view.state['note'].get('text', '')


def filled(n, kinds=('pug', 'samoyed')):
    "A page with n drawn pets in a class."
    teacher = Teacher()
    for c, kind in zip(teacher.album.classes, kinds):
        c.shown = [teacher.album.new(p, kind=kind) for p in sample_pictures(kind, 0, n)]
    return teacher


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, 'it never came to be'
        time.sleep(.005)


def finish(teacher):
    "Wait until a training has ended and its end is shown."
    until(lambda: teacher._worker is None, 120)
    with teacher._lock: return teacher      # held while it is shown


# what is refused

@pytest.mark.parametrize('data, why', [
    (b'', 'empty'), (b'words', 'not a picture'),
    (file_of(Image.effect_noise((300, 300), 90))[:20_000], 'breaks off'),
    (file_of(GREY, 'GIF', save_all=True, append_images=[Image.new('RGB', (60, 40))]), 'several'),
    (file_of(Image.new('RGB', (900, 5))), 'too small')])
def test_what_is_no_single_picture_is_refused(data, why):
    with pytest.raises(ValueError, match=why): open_picture(data)


@pytest.mark.parametrize('kind, allowed', [
    ('GIF', False), ('PNG', False), ('WEBP', False), ('TIFF', False), ('MPO', True)])
def test_of_files_with_several_pictures_only_a_telephone_s_photograph_is_taken(kind, allowed):
    alone = file_of(GREY, kind)
    several = file_of(GREY, kind, save_all=True, append_images=[Image.new('RGB', (60, 40), 'red')])
    assert open_picture(alone).size == (60, 40)
    if allowed: assert np.ptp(np.asarray(open_picture(several))) < 9        # the first one, grey
    else:
        with pytest.raises(ValueError, match='several'): open_picture(several)


def test_an_animation_whose_second_picture_is_damaged_is_refused_too():
    film = file_of(GREY, 'GIF', save_all=True, append_images=[Image.new('RGB', (60, 40))])
    for end in range(len(film) - 40, len(film)):
        with pytest.raises(ValueError): open_picture(film[:end])


def large_pictures():
    "How many are in memory."
    gc.collect()
    return sum(issubclass(type(o), Image.Image) and max(o.size) >= 500    # some o tell lies
               for o in gc.get_objects())


@pytest.mark.filterwarnings('ignore::FutureWarning')
def test_of_large_photographs_only_small_copies_are_kept():
    teacher, before = Teacher(), large_pictures()
    large = file_of(Image.new('RGB', (4000, 3000), 'gray'), 'JPEG')
    tell(teacher, [large] * 3, do='add', k=0)
    assert [s.picture.size for s in teacher.album.classes[0].shown] == [(160, 120)] * 3
    assert large_pictures() == before
    held = Image.open(io.BytesIO(large))        # planted
    assert large_pictures() == before + 1 and held.size == (4000, 3000)


@pytest.mark.parametrize('name', ['', ' \t', 'a' * 25, 'Cat', 3, 'a\x00b'])
def test_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(ValueError, match='old one stays'): clean_name(name, ['cat'])


def test_a_full_class_and_a_single_class_are_refused_and_change_nothing():
    teacher = Teacher()
    for _ in range(MOST): teacher.album.add(0, file_of(GREY))
    for content, files, why in ((dict(do='add', k=0, place='0'), [file_of(GREY)], 'are the most'),
                                (dict(do='train', place='train'), [], 'One class alone')):
        assert why in tell(teacher, files, **content) and teacher.view.state['note']['wrong']
        assert [len(c.shown) for c in teacher.album.classes] == [MOST, 0, 0]


# messages that no page sends

ODD = [None, True, -1, 3, 1.5, math.nan, 10**400, '0', 'x' * 10**5, b'0', [], {}, [[1]],
       {'a': None}]
WRONG = [dict(do=do, **{field: odd}, **more) for odd in ODD for do, field, more in (
    ('add', 'k', {}), ('empty', 'k', {}), ('name', 'k', dict(name='new')), ('remove', 'id', {}),
    ('samples', 'k', dict(kind=0)), ('test', 'names', {}), ('download', 'place', {}),
    ('unseen', 'place', {})) if do != 'remove' or odd != 3]
WRONG += [dict(do='name', k=0, name=odd) for odd in ODD if not isinstance(odd, str)]
WRONG += [dict(do='samples', k=0, kind=odd) for odd in ODD if odd != 3]
WRONG += [dict(do='add', k=0, names=odd, heavy=odd, first=odd, place=odd) for odd in ODD]


def kept(teacher):
    return [(c.name, c.kind, [s.number for s in c.shown]) for c in teacher.album.classes], \
        teacher.view.running, teacher.lesson, teacher.view.text


def moved(teacher, content):
    "What a wrong message does that it must not do."
    before = kept(teacher)
    note = tell(teacher, [b'no picture'], **content)
    raw = 'could not be done (' in note
    return ['it changed'] * (kept(teacher) != before) + ['raw'] * raw


def test_wrong_messages_change_nothing_and_each_is_answered():
    teacher = filled(2)
    assert [c for c in WRONG if moved(teacher, c)] == []
    before, heard = kept(teacher), teacher.view.heard
    assert not teacher._changed
    for do in [*ODD, 'thumbs', 'screen']:
        for odd in ODD:
            for content in odd, dict(do=do, ids=odd, ratio=odd, narrow=odd, asked=heard):
                said = dict(method='custom', content=content)
                teacher.view._handle_msg(dict(content=dict(data=said), buffers=[]))
    assert kept(teacher) == before and teacher.view.heard == heard
    assert tell(teacher, do='name', k=0, name='new') == '' and kept(teacher) != before


def test_planted_a_message_that_moves_something_is_seen(monkeypatch):
    teacher = filled(2)
    assert moved(teacher, dict(do='name', k=0, name='new')) == ['it changed']
    monkeypatch.setitem(teacher._acts, 'name', lambda *a: {}['planted'])
    assert moved(teacher, dict(do='name', k=0, name='newer')) == ['raw']


# a training and its end

class Gate:
    "Lets a training on by one epoch after another."

    def __init__(self, monkeypatch, fails_at=99):
        self.fails_at, self.open, self.learners = fails_at, threading.Semaphore(0), []
        monkeypatch.setattr(teach_it, 'teach', self.teach)

    def teach(self, pictures, labels):
        for lesson in teach(pictures, labels, epochs=3):
            self.open.acquire()
            if lesson.epochs == self.fails_at: raise ZeroDivisionError('planted')
            if lesson.epochs == 1: self.learners.append(weakref.ref(lesson.learn))
            yield lesson

    def let(self, epochs): self.open.release(epochs)


def test_stop_ends_after_the_epoch_and_what_was_learned_can_be_asked(monkeypatch):
    teacher, gate = filled(5), Gate(monkeypatch)
    tell(teacher, do='train')
    gate.let(1)
    until(lambda: teacher.lesson)
    assert teacher.view.running and tell(teacher, do='stop') == ''
    gate.let(2)
    finish(teacher)
    epochs = teacher.lesson.epochs      # the one under way, if it had begun before the stop came
    assert epochs in (1, 2) and not teacher.view.running
    assert teacher.view.state['trained'] and teacher.view.text.startswith(f'After {epochs} epoch')
    assert '1 picture was tested' in tell(teacher, [file_of(GREY)], do='test')
    assert len(exported(teacher.lesson)) > 10**6
    gate.let(3)
    tell(teacher, do='train')       # planted: without a stop it goes on to the end
    finish(teacher)
    assert teacher.lesson.epochs == 3


def test_while_a_net_learns_nothing_else_is_begun(monkeypatch):
    teacher, gate = filled(5), Gate(monkeypatch)
    assert 'Train a net first' in tell(teacher, do='download')
    tell(teacher, do='train')
    worker = teacher._worker
    for do in 'train', 'test', 'unseen', 'download':
        assert 'Wait for its end' in tell(teacher, [file_of(GREY)], do=do)
    assert teacher._worker is worker and teacher.view.state['tests'] == []
    gate.let(3)
    finish(teacher)
    assert tell(teacher, do='unseen') == '' and len(teacher.view.state['tests']) == 4


def test_a_new_beginning_leaves_nothing_of_a_training_under_way(monkeypatch):
    teacher, gate = filled(5), Gate(monkeypatch)
    tell(teacher, do='train')
    gate.let(1)
    until(lambda: teacher.lesson)
    worker = teacher._worker
    gate.let(9)
    tell(teacher, do='reset')
    worker.join(60)
    fresh = Teacher()
    assert kept(teacher) == kept(fresh) and teacher.view.state == fresh.view.state
    assert (teacher.view.png, teacher.view.done, teacher.view.running) == (b'', 0, False)
    del worker
    gc.collect()
    assert [ref() for ref in gate.learners] == [None]


def test_a_second_training_lets_go_of_the_first_net(monkeypatch):
    teacher, gate = filled(5), Gate(monkeypatch)
    gate.let(6)
    for _ in range(2):
        tell(teacher, do='train')
        finish(teacher)
    gc.collect()
    first, second = gate.learners
    assert first() is None and second() is teacher.lesson.learn


@pytest.mark.parametrize('epoch', [1, 2])
def test_a_training_that_fails_says_so_and_the_page_goes_on(monkeypatch, epoch):
    teacher, gate = filled(5), Gate(monkeypatch, fails_at=epoch)
    gate.let(9)
    tell(teacher, do='train')
    finish(teacher)
    note = teacher.view.state['note']
    assert note['place'] == 'train' and note['wrong'] and 'ZeroDivisionError' in note['text']
    assert 'planted' not in note['text'] and not teacher.view.running
    assert teacher.view.state['trained'] == (epoch == 2)
    gate.fails_at = 99
    assert tell(teacher, do='train') == ''
    finish(teacher)
    assert teacher.lesson.epochs == 3


@pytest.mark.parametrize('name', ['$a_$', r'$\frac$', r'a\b^c_d{', '<b>', '猫'])
@pytest.mark.filterwarnings('ignore:Glyph')
def test_a_class_may_be_called_anything_that_can_be_drawn(monkeypatch, name):
    teacher, gate = filled(5), Gate(monkeypatch)
    gate.let(1)
    assert tell(teacher, do='name', k=0, name=name) == ''
    tell(teacher, do='train')
    tell(teacher, do='stop')
    gate.let(2)
    finish(teacher)
    assert not teacher.view.running and teacher.view.state['note'] == {}
    assert teacher.view.state['names'][0] == name and teacher.view.png[:4] == b'\x89PNG'


def test_where_a_lesson_cannot_be_drawn_the_page_says_so_and_waits_no_longer(monkeypatch):
    def planted(*args): raise ZeroDivisionError('planted')
    teacher, gate = filled(5), Gate(monkeypatch)
    monkeypatch.setattr(teach_it, 'draw_lesson', planted)
    gate.let(9)
    tell(teacher, do='train')
    finish(teacher)
    assert not teacher.view.running and teacher._worker is None
    assert 'The training failed' in teacher.view.state['note']['text']


# the real thing

@pytest.fixture(scope='module')
def taught():
    "A page that was given 20 drawn pets of each of three breeds, and trained them to the end."
    teacher = filled(20, ('pug', 'samoyed', 'Siamese'))
    assert tell(teacher, do='train') == ''
    return finish(teacher)


def right(judged): return float(np.mean([np.argmax(x.probs) == x.truth for x in judged]))


def test_twenty_pictures_of_three_breeds_are_enough_for_nine_in_ten_unseen_ones(taught):
    assert tell(taught, do='unseen') == ''
    assert len(taught._judged) == 30 and right(taught._judged) >= GOOD
    learned = {np.asarray(s.picture).tobytes() for s in taught._learned}
    assert not learned & {np.asarray(x.shown.picture).tobytes() for x in taught._judged}
    assert taught.view.text.startswith('After 30 epochs') and 'unseen samples' in taught.view.text


def test_planted_a_net_that_learned_nothing_does_not_reach_it(taught):
    body = {k: v.clone() for k, v in taught.lesson.learn.model.state_dict().items()}
    try:
        for p in taught.lesson.learn.model[-1].parameters(): p.data.zero_()
        tell(taught, do='unseen')
        assert right(taught._judged) < GOOD
    finally:
        taught.lesson.learn.model.load_state_dict(body)


def test_the_four_lines_of_the_page_read_the_file_it_gives(taught, tmp_path, monkeypatch, capsys):
    sent = []
    monkeypatch.setattr(taught.view, 'send', lambda content, buffers=(): sent.append(
        (content, buffers)))
    assert tell(taught, do='download') == ''
    (content, (data,)), = [s for s in sent if 'file' in s[0]]
    assert content == dict(file=FILE)
    (tmp_path / FILE).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    for kind, name in ('pug', 'pug'), ('samoyed', 'samoyed'), ('Siamese', 'Siamese cat'):
        sample_pictures(kind, 5000, 1)[0].save('picture.jpg', quality=95)
        exec(taught.view.limits['lines'], {})
        said = capsys.readouterr().out
        assert said.startswith(f'{name} ') and said.endswith('%\n')
    (tmp_path / FILE).write_bytes(data[:-100])
    with pytest.raises(ValueError): exec(taught.view.limits['lines'], {})


def test_what_is_told_is_still_so_when_it_is_told(monkeypatch):
    "Else a press would tell of a training that has ended meanwhile, and the page would wait."
    teacher, alone = Teacher(), []
    monkeypatch.setattr(teacher, '_finding',
                        lambda running: alone.append(teacher._lock._is_owned()) or '')
    teacher._tell()
    assert alone == [True]
