"The broken programs break as told, their frames are Python's, and the debugger shows the same."
import inspect
import io
import sys
import traceback

import pytest
import torch

from utils.labs.start_here import broken
from utils.labs.start_here.broken_on_purpose import (BUGS, broken_on_purpose_lab, look_at,
                                                     run_broken, stop_finding)
from utils.labs.start_here.frames import debug_script, frames_of, value_in_words

ERRORS = dict(shape='RuntimeError: mat1 and mat2 shapes cannot be multiplied (1797x64 and 784x10)',
              label='IndexError: Target 10 is out of bounds.',
              nan='FloatingPointError: the loss is nan')


@pytest.mark.parametrize('bug', BUGS.values())
def test_each_bug_gives_its_error_and_its_frames(bug):
    s = run_broken(bug)
    assert s.error == ERRORS[bug]
    own = [f.function for f in s.frames if f.function != 'train_digits']
    assert own[:3] == ['your cell', 'train', 'one_step']
    assert s.at == len(s.frames) - 1
    own = [f.own for f in s.frames]
    assert own == sorted(own, reverse=True)          # the reader's code above, the library's below


@pytest.mark.parametrize('bug', BUGS.values())
def test_every_frame_has_something_to_say(bug):
    s = run_broken(bug)
    said = [stop_finding(run_broken(bug, up)) for up in range(len(s.frames))][::-1]
    assert all(words.endswith('.') for words in said)
    made_in = {'label': 'train_digits'}.get(bug, 'your cell')
    found = [f.function for f, words in zip(s.frames, said) if words.startswith('Found')]
    assert found == [made_in]
    assert len(set(said)) == len(said)


def test_going_up_ends_at_the_cell():
    assert run_broken('nan', 99) == run_broken('nan', 3)


def test_the_sentences_tell_what_the_variables_hold():
    cell = run_broken('shape', 9).frame.variables
    assert '64' in cell['pixels'] and '784' in cell['model']
    labels = [f.variables['labels'] for f in run_broken('label').frames[:3]]
    assert labels == ['tensor 1797, 0 to 9', 'tensor 1797, 1 to 10', 'tensor 1797, 1 to 10']
    train = run_broken('nan', 2).frame
    assert train.function == 'train'
    assert (train.variables['step'], train.variables['loss']) == ('2', 'tensor(inf)')
    scores = run_broken('nan', 1).frame.variables['scores']
    assert scores == 'tensor 1797 × 10, 17970 of them nan or inf'


@pytest.mark.parametrize('bug, mend', [
    ('shape', ('784', '64')), ('nan', ('1000', '0.1'))])
def test_mending_the_line_that_was_found_mends_the_program(bug, mend):
    program = broken.PROGRAMS[bug].replace(*mend)
    assert program != broken.PROGRAMS[bug]
    assert torch.isfinite(outcome(program))


def test_mending_the_function_that_was_found_mends_the_label(monkeypatch):
    mended = {'train': broken.train}
    source = inspect.getsource(broken.train_digits)
    exec(source.replace(' + 1', ''), mended)
    monkeypatch.setattr(broken, 'train_digits', mended['train_digits'])
    assert ' + 1' in source and torch.isfinite(outcome(broken.PROGRAMS['label']))


def outcome(program):
    "The loss at the end of a program."
    from utils import load_digits, tensor
    names = dict(nn=torch.nn, tensor=tensor, load_digits=load_digits, train=broken.train,
                 train_digits=broken.train_digits, log_loss=broken.log_loss)
    exec(program.replace('\ntrain', '\nloss = train'), names)
    return names['loss']


def test_the_lab_leaves_the_random_numbers_alone():
    from utils.labs.start_here import broken_on_purpose
    broken_on_purpose._stopped.cache_clear()
    torch.manual_seed(5)
    want = torch.rand(3)
    torch.manual_seed(5)
    run_broken('shape')
    assert torch.equal(torch.rand(3), want)


def test_by_hand_and_by_torch_the_loss_is_the_same():
    scores, labels = torch.randn(6, 4), torch.tensor([0, 1, 2, 3, 0, 1])
    torch.testing.assert_close(broken.log_loss(scores, labels),
                               torch.nn.functional.cross_entropy(scores, labels))


@pytest.mark.parametrize('bug', BUGS.values())
@pytest.mark.parametrize('up', [0, 1, 4, 9])
def test_its_line_rebuilds_it(bug, up):
    lab = broken_on_purpose_lab(bug=bug, frame=f'{bug} {up}')
    assert eval(lab.line).settings == lab.settings == dict(bug=bug, frame=f'{bug} {up}')
    assert lab.png.startswith(b'\x89PNG') and lab.text == stop_finding(run_broken(bug, up))


@pytest.mark.parametrize('frame', ['', 'nan 3', 'label 0'])
def test_a_frame_of_another_bug_is_void(frame):
    assert look_at('shape', frame) == run_broken('shape')


@pytest.mark.parametrize('frame', ['5', 'nan', 'shape', 'shape x', 'shape -1', ' 2', 'shape 1 2',
                                   'shape ²', 'Shape 2'])
def test_what_names_no_frame_is_answered_in_a_sentence(frame):
    with pytest.raises(ValueError, match="names no frame: .* as in 'shape 2'"):
        look_at('shape', frame)
    lab = broken_on_purpose_lab(frame=frame)
    assert lab.text.startswith(f'frame={frame!r} names no frame')
    assert lab.act('Up').settings['frame'] == 'shape 1' and lab.error is None


def test_buttons_and_clicks_step_through_the_frames():
    lab = broken_on_purpose_lab(bug='nan')
    last = len(run_broken('nan').frames) - 1
    assert lab.act('Down').settings['frame'] == 'nan 0'
    for up in range(1, last + 3): assert lab.act('Up').settings['frame'] == f'nan {min(up, last)}'
    assert lab.text.startswith('Found')
    assert lab.act('Down').text.startswith('step is 2')
    assert lab.click(0, .5, last + .5).settings['frame'] == 'nan 0'
    assert lab.click(1, .5, .5).settings['frame'] == 'nan 0'
    assert lab.click(0, .5, .5).text.startswith('Found')
    assert 'belongs to torch' in lab.set(bug='shape').text


def fail():
    def inner(small, text='x' * 100): return small / 0
    numbers = torch.arange(6.).reshape(2, 3)
    return inner(numbers.numel())


def caught():
    try: fail()
    except ZeroDivisionError as e: return e


def test_frames_are_those_of_the_traceback():
    error = caught()
    want = traceback.extract_tb(error.__traceback__)
    frames = frames_of(error)
    assert [(f.function, f.line) for f in frames] == [(w.name, w.lineno) for w in want]
    for f, w in zip(frames, want):
        assert dict(f.code)[f.line].strip() == w.line
    assert frames[1].variables['numbers'] == 'tensor 2 × 3, 0.00 to 5.00'
    assert len(frames[2].variables['text']) == 44


@pytest.mark.parametrize('value, words', [
    (torch.tensor(3), 'tensor(3)'), (torch.zeros(0, 4), 'tensor 0 × 4'), (3.5, '3.5'),
    (torch.tensor([1, 5]), 'tensor 2, 1 to 5'), (len, 'function len'), ('a\nb', r"'a\nb'"),
    (torch.tensor([1., torch.inf]), 'tensor 2, 1 of them nan or inf'),
    ((1, torch.tensor([1, 2])), '(1, tensor 2, 1 to 2)'),
    (torch.nn.Linear(2, 3), 'Linear(in_features=2, out_features=3)'), (None, 'None')])
def test_values_are_told_in_few_words(value, words):
    assert value_in_words(value) == words


def script(monkeypatch, *commands):
    "What the scripted debugger prints."
    monkeypatch.setattr(sys, 'last_value', caught(), raising=False)
    monkeypatch.setattr(sys, 'stdout', io.StringIO())
    debug_script(*commands)
    return sys.stdout.getvalue()


def test_the_scripted_debugger_steps_up_and_down(monkeypatch):
    said = script(monkeypatch, 'p small', 'up', 'p numbers.shape', 'down', 'p small')
    assert said.count('(Pdb) p small\n6\n') == 2
    assert '(Pdb) p numbers.shape\ntorch.Size([2, 3])\n' in said
    assert '-> return inner(numbers.numel())' in said


def test_the_scripted_debugger_always_ends(monkeypatch):
    assert 'NameError' in script(monkeypatch, 'p no_such_name')
    assert 'inner' in script(monkeypatch)


def test_the_scripted_debugger_shows_no_folder_of_this_machine(monkeypatch):
    said = script(monkeypatch, 'where', 'up', 'up')
    assert '/' not in said.replace('small / 0', '')


def test_without_an_error_the_debugger_says_what_to_do(monkeypatch):
    monkeypatch.delattr(sys, 'last_value', raising=False)
    with pytest.raises(ValueError, match='run one that does first'): debug_script('up')
