"""The base of all labs, without a browser."""
import io
import re
import threading
import time

import numpy as np
import pytest
from PIL import Image

from utils.labs import (
    DrawingPad, Lab, choice, entry, next_seed, slider, state, switch, upload)


def draw(fig, result): fig.subplots().bar([0], [result])


def lab_of(compute=lambda n: n, controls=None, **options):
    controls = controls or dict(n=slider('Number', 3, 1, 9))
    return Lab('a_lab', controls, compute, draw, lambda r: f'The value is {r}.', **options)


def size_of(png): return Image.open(io.BytesIO(png)).size


def count_to(n):
    for i in range(n):
        time.sleep(.02)
        yield i + 1


@pytest.fixture
def rich():
    controls = dict(
        whole=slider('Whole', 3, 1, 9), part=slider('Part', .3, 0., 1., .05),
        log=slider('Log', .1, values=[.01, .1, 1.]),
        pick=choice('Pick', 'b', {'An a': 'a', 'A b': 'b'}), on=switch('On', True),
        name=entry('Name', "O'Brien"), step=state(2, 0, 5), file=upload('File'))

    def compute(**settings): return len(settings)
    return lab_of(compute, controls)


def visit(lab, **sent):
    "Send settings as the page would."
    return say(lab, do='set', values=sent, asked=lab.view.heard + 1)


def say(lab, **message):
    "A message as the page would send it."
    data = dict(method='custom', content=message)
    lab.view._handle_msg(dict(content=dict(data=data), buffers=[]))
    return lab


def test_the_line_rebuilds_every_setting(rich):
    assert rich.line == ("a_lab(whole=3, part=0.3, log=0.1, pick='b', on=True, name=\"O'Brien\", "
                         "step=2)")
    rich.set(whole=9, part=.15, log=1., pick='a', on=False, name='"', step=5)
    found = {}
    eval(rich.line, dict(a_lab=lambda **settings: found.update(settings)))
    assert rich.set(**found).settings == found | dict(file=None)


def test_steps_leave_no_dust_of_binary_fractions():
    part = slider('Part', .3, 0., 1., .05)
    assert [part.clean(i * .05) for i in range(21)] == [i * 5 / 100 for i in range(21)]
    assert isinstance(slider('Whole', 3, 1, 9).clean(4.), int)


@pytest.mark.parametrize('wrong, words', [
    (dict(whole=10), '`whole=10` is not possible here: `whole` is a number from 1 to 9.'),
    (dict(whole=True), 'a number from 1 to 9'), (dict(whole='3'), 'a number from 1 to 9'),
    (dict(part=float('nan')), 'a number from 0 to 1'), (dict(log=.2), 'one of 0.01, 0.1, 1.0'),
    (dict(pick='c'), "one of 'a', 'b'"), (dict(on=1), 'True or False'),
    (dict(name='x' * 81), 'text of at most 80 letters'), (dict(step=6), 'a number from 0 to 5'),
    (dict(file='x'), 'the bytes of one file')])
def test_a_setting_that_is_not_allowed_says_what_is(rich, wrong, words):
    before = rich.settings
    with pytest.raises(ValueError, match=re.escape(words)): rich.set(**wrong)
    assert rich.settings == before


def test_an_unknown_setting_names_those_there_are():
    with pytest.raises(TypeError, match="no setting 'degre'; it has n"): lab_of().set(degre=3)
    with pytest.raises(ValueError, match='n=10'): lab_of(settings=dict(n=10))


@pytest.mark.parametrize('sent, kept', [
    (dict(whole=99), 9), (dict(whole=-99), 1), (dict(whole=4.4), 4), (dict(whole='5'), 3),
    (dict(whole=None), 3), (dict(whole=[4]), 3), (dict(whole=True), 3), (dict(nonsense=1), 3),
    (dict(whole=float('inf')), 3), (dict(whole=1e308), 9)])
def test_what_a_page_sends_is_pulled_into_range(rich, sent, kept):
    assert visit(rich, **sent).settings['whole'] == kept
    assert rich.view.values['whole'] == kept


def test_a_page_cannot_set_what_is_python_s_own(rich):
    text, png, start, script = rich.text, rich.png, rich.settings, rich.view._esm
    rich.view.set_state(dict(text='x', png=b'', line='x', controls=[], _esm='alert(1)', heard=9))
    visit(rich, step=5, file='x', pick=7, log='a', on='yes', name=5)
    assert (rich.text, rich.png, rich.settings) == (text, png, start | dict(pick='b'))
    assert rich.view.controls and rich.view._esm == script != 'alert(1)'


@pytest.mark.parametrize('message', [
    None, [], {}, {'do': 3}, {'do': 'action', 'name': 'none'}, {'do': 'click', 'x': 'a', 'y': None},
    {'do': 'upload', 'name': 'n'}, {'do': 'upload', 'name': []}, {'do': 'action', 'name': {}},
    {'do': 'stop', 'asked': 'x'}, {'do': 'set'}, {'do': 'set', 'values': 3, 'asked': 1},
    {'do': 'set', 'values': []}, {'do': 'set', 'values': {'n': 'x'}}, {'do': 'screen'}])
def test_a_message_that_makes_no_sense_changes_nothing(message):
    lab = lab_of(actions={'Go': lambda s: dict(n=9)}, on_click=lambda s, panel, x, y: dict(n=9))
    assert lab.text == 'The value is 3.'
    for state_ in ([], 'text', None, dict(values=3, asked=1), dict(values=[], asked='x')):
        data = dict(method='update', state=state_, buffer_paths=[])
        lab.view._handle_msg(dict(content=dict(data=data), buffers=[]))
    custom = dict(method='custom', content=message)
    lab.view._handle_msg(dict(content=dict(data=custom), buffers=[]))
    assert lab.text == 'The value is 3.'
    assert visit(lab, n=4).text == 'The value is 4.'


def test_the_sentence_and_the_picture_follow_the_settings():
    lab = lab_of()
    text, png = lab.text, lab.png
    assert text == 'The value is 3.'
    assert lab.set(n=5).text == 'The value is 5.'
    assert lab.png != png
    assert (lab.reset().text, lab.png) == (text, png)


def test_the_newest_question_is_named_in_the_answer():
    lab = lab_of()
    assert lab.text and lab.view.heard == 0
    assert visit(lab, n=4).view.heard == 1
    visit(lab, n=4)
    assert lab.view.heard == 2                      # answered even where nothing changed


def test_drawn_anew_and_updated_in_place_look_the_same():
    def update_in_place(fig, result):
        bar, = (ax := fig.subplots()).bar([0], [result])
        ax.set_ylim(0, 9)
        return lambda result: bar.set_height(result)

    def anew(fig, result): update_in_place(fig, result)
    labs = [Lab('a_lab', dict(n=slider('N', 3, 1, 9)), lambda n: n, how, str)
            for how in (update_in_place, anew)]
    for n in (3, 8, 1):
        assert labs[0].set(n=n).png == labs[1].set(n=n).png


def test_an_error_becomes_a_sentence_and_the_lab_lives_on():
    lab = lab_of(lambda n: 1 / (n - 3))
    assert lab.text == ('This setting could not be computed (ZeroDivisionError). '
                        'Move a control, or press Reset.')
    assert isinstance(lab.error, ZeroDivisionError)
    assert lab.view.wrong and lab.png
    assert lab.set(n=4).text == 'The value is 1.0.'
    assert lab.error is None and not lab.view.wrong


def test_an_error_in_plain_words_is_shown_as_it_is():
    def compute(n): raise ValueError('Nothing fits here.')
    assert lab_of(compute).text == 'Nothing fits here. Move a control, or press Reset.'


@pytest.mark.parametrize('part', ['draw', 'update', 'sentence'])
def test_an_error_in_any_part_becomes_a_sentence(part):
    def fail(*_): raise KeyError('planted')
    def draw_(fig, result): return fail if part == 'update' else fail() if part == 'draw' else None
    lab = Lab('a_lab', dict(n=slider('N', 3, 1, 9)), lambda n: n, draw_,
              fail if part == 'sentence' else str)
    assert ('(KeyError)' in lab.text) == (part != 'update')
    assert '(KeyError)' in lab.set(n=4).text


def test_an_error_is_logged(caplog):
    assert lab_of(lambda n: 1 / 0).text
    assert 'a_lab(n=3) failed' in caplog.text and 'ZeroDivisionError' in caplog.text


def test_a_slow_lab_ends_with_its_last_step():
    lab = lab_of(count_to)
    assert lab.text == 'The value is 3.' and not lab.view.running
    assert lab.view.stoppable and not lab_of().view.stoppable


def test_a_stopped_run_keeps_its_last_step():
    lab = lab_of(count_to, dict(n=slider('N', 500, 1, 500)))
    lab.wait(.3)
    step = int(lab.stop().text.split()[-1].rstrip('.'))
    assert 1 <= step < 100 and not lab.view.running


def test_the_newest_settings_win_and_no_stale_run_follows():
    began = []

    def compute(n):
        began.append(n)
        for i in range(n):
            time.sleep(.02)
            yield i + 1
    lab = lab_of(compute, dict(n=slider('N', 500, 1, 500)))
    lab.wait(.1)
    for n in (400, 300, 200, 5): lab.set(n=n)
    assert lab.text == 'The value is 5.'
    assert began[0] == 500 and began[-1] == 5 and len(began) <= 3
    assert [t for t in threading.enumerate() if t is lab._worker] == []


def test_an_error_in_a_thread_becomes_a_sentence():
    def compute(n):
        yield 1
        raise RuntimeError('planted')
    lab = lab_of(compute)
    assert '(RuntimeError)' in lab.text and not lab.view.running


def test_steps_are_drawn_at_most_ten_times_a_second():
    shown = []

    def compute(n):
        for i in range(100):
            time.sleep(.004)
            yield i
    lab = lab_of(compute)
    lab.view.observe(lambda change: shown.append(change['new']), 'png')
    assert lab.text == 'The value is 99.'
    assert len(shown) <= 8


def test_preparing_runs_once_and_says_how_far_it_is():
    notes, runs = [], []

    def prepare():
        runs.append(1)
        yield .25
        yield .5
    lab = lab_of(prepare=prepare)
    lab.view.observe(lambda change: notes.append(change['new']), 'note')
    assert lab.text == 'The value is 3.' and lab.set(n=4).text == 'The value is 4.'
    assert notes == ['Preparing: 25 %', 'Preparing: 50 %', ''] and runs == [1]


def test_a_failing_preparation_is_tried_again():
    runs = []

    def prepare():
        runs.append(1)
        if len(runs) == 1: raise OSError('no disk')
    lab = lab_of(prepare=prepare)
    assert '(OSError)' in lab.text
    assert lab.set(n=4).text == 'The value is 4.'


def test_actions_and_clicks_change_settings_within_their_range():
    controls = dict(n=slider('N', 3, 1, 9), step=state(0, 0, 2))
    lab = lab_of(lambda n, step: n + 10 * step, controls,
                 actions={'Step': lambda s: dict(step=s['step'] + 1)},
                 on_click=lambda s, panel, x, y: dict(n=round(y)))
    assert [lab.act('Step').text for _ in range(4)] == [
        f'The value is {v}.' for v in (13, 23, 23, 23)]
    assert lab.line == 'a_lab(n=3, step=2)'
    assert lab.click(0, 0, 77).settings['n'] == 9
    with pytest.raises(ValueError, match="no button 'Jump': press one of"): lab.act('Jump')


def test_a_click_arrives_in_the_units_of_its_panel():
    seen = []

    def panels(fig, result):
        for ax in fig.subplots(1, 2): ax.set(xlim=(0, 10), ylim=(20, 30))
    lab = Lab('a_lab', dict(n=slider('N', 3, 1, 9)), lambda n: n, panels, str,
              on_click=lambda s, panel, x, y: seen.append((panel, x, y)))
    assert lab.text
    box = lab._fig.axes[1].get_position()
    lab.view._handle_custom_msg(dict(do='click', x=box.x0 + .3 * box.width,
                                     y=1 - box.y0 - .6 * box.height), [])
    assert seen == [(1, pytest.approx(3), pytest.approx(26))]
    lab.view._handle_custom_msg(dict(do='click', x=.001, y=.001), [])
    assert len(seen) == 1


def short(data):
    if len(data) > 60: raise ValueError('The file is long.')


def lab_with_a_file():
    controls = dict(file=upload('File', short, instead_of='number'), number=slider('N', 3, 1, 9))
    return lab_of(lambda file, number: len(file) if file else number, controls)


def send_file(lab, data):
    lab.view._handle_custom_msg(dict(do='upload', name='file'), [memoryview(data)])


def test_an_upload_reaches_compute_and_a_refused_one_changes_nothing_and_says_why():
    lab = lab_with_a_file()
    send_file(lab, b'x' * 50)
    assert lab.text == 'The value is 50.' and lab.line == 'a_lab(number=3)' and lab.view.note == ''
    send_file(lab, b'x' * 61)
    assert lab.view.note == 'The file is long. Nothing was changed.'
    assert lab.text == 'The value is 50.' and lab.error is None
    send_file(lab, b'x' * 20)
    assert lab.text == 'The value is 20.' and lab.view.note == ''


def test_an_upload_stays_until_what_it_replaced_is_chosen_anew():
    lab = lab_with_a_file()
    send_file(lab, b'x' * 50)
    assert lab.set(number=3).text == 'The value is 50.'     # the same as before: nothing chosen
    assert lab.set(number=4).text == 'The value is 4.' and lab.settings['file'] is None


def test_a_file_that_no_upload_can_read_is_told_by_the_usual_reader():
    lab = lab_of(lambda file: 1, dict(file=upload('File')))
    for data, why in (b'', 'is empty'), (b'words', 'not a picture'):
        send_file(lab, data)
        assert why in lab.view.note and lab.text == 'The value is 1.'


def test_the_next_seed_goes_round():
    lab = lab_of(lambda seed: seed, dict(seed=state(19, 0, 20)), actions={'New': next_seed(21)})
    assert [lab.act('New').result for _ in range(3)] == [20, 0, 1]


def test_only_five_controls_are_shown_at_once():
    controls = {f'n{i}': slider('N', 3, 1, 9) for i in range(7)}
    lab = lab_of(lambda **settings: 1, controls, more=('n0',))
    assert [c['name'] for c in lab.view.controls if c['more']] == ['n0', 'n6']


def test_a_phone_gets_a_narrow_picture():
    lab = lab_of()
    wide = size_of(lab.png)
    say(lab, do='screen', narrow=True, ratio=3)
    narrow = size_of(lab.png)
    assert (wide, narrow) == ((700, 420), (630, 585)) and lab.view.width == 420
    for nonsense in ({}, dict(ratio='x'), dict(ratio=float('nan')), dict(narrow=[])):
        say(lab, do='screen', **nonsense)
        assert lab.png


def test_readers_without_a_kernel_get_a_picture_with_words():
    lab = Lab('a_lab', dict(n=slider('N', 3, 1, 9)), lambda n: n, draw, lambda r: 'A "b" < <c>.')
    shown = lab._repr_mimebundle_()
    assert shown['text/plain'] == 'A "b" < <c>.'
    assert 'alt="A &quot;b&quot; &lt; &lt;c&gt;."' in shown['text/html']
    assert '<code>a_lab(n=3)</code>' in shown['text/html']
    view = shown['application/vnd.jupyter.widget-view+json']
    assert view['model_id'] == lab.view.model_id


def test_a_quick_lab_answers_within_a_tenth_of_a_second():
    def curve(fig, result):
        line, = (ax := fig.subplots()).plot(range(200), np.sin(np.arange(200) / result))
        ax.set_ylim(-1, 1)
        return lambda result: line.set_ydata(np.sin(np.arange(200) / result))
    lab = Lab('a_lab', dict(n=slider('N', 3, 1, 9)), lambda n: n, curve, str)
    assert lab.png
    times = []
    for n in list(range(1, 10)) * 2:
        began = time.thread_time()
        lab.set(n=n)
        times.append(time.thread_time() - began)
    assert np.median(times) < .1


def draw_on(pad, strokes, **more):
    "A drawing as the page would send it."
    data = dict(method='custom', content=dict(do='draw', strokes=strokes, drawing=1, **more))
    pad._handle_msg(dict(content=dict(data=data), buffers=[]))


def test_strokes_become_a_picture():
    pad = DrawingPad(pen=.1)
    assert np.asarray(pad.image(40)).max() == 0
    draw_on(pad, [[[.5, .1], [.5, .9]]], pen=9, label='x')
    ink = np.asarray(pad.image(40)) / 255
    assert ink[20, 20] == 1 and ink[20, 5] == 0
    assert ink.sum() == pytest.approx(40 * 40 * (.8 * .1 + np.pi * .05**2), rel=.03)
    assert pad.pen == .1 and pad.label == 'Drawing'
    pad.clear()
    assert pad.strokes == [] and np.asarray(pad.image()).max() == 0


@pytest.mark.parametrize('sent, kept', [
    ('x', []), (None, []), ([[]], []), ([[1, 2]], []), ([[['a', 1]]], []), ([[[.5]]], []),
    ([[[9, -9]]], [[[1., 0.]]]), ([[[float('nan'), 0], [.5, .5]]], [[[.5, .5]]]),
    ([[[.1, .1]]] * 500, [[[.1, .1]]] * 100)])
def test_strokes_of_a_page_are_pulled_onto_the_pad(sent, kept):
    pad = DrawingPad()
    draw_on(pad, sent)
    assert pad.strokes == kept
    pad.image(20)


def test_a_dot_leaves_ink():
    pad = DrawingPad(strokes=[[[.5, .5]]])
    assert np.asarray(pad.image(40)).max() == 255
