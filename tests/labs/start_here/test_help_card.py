"The help card against Python's own inspection; nothing that is typed is ever run."
import inspect

import pytest

import utils
from utils.labs.start_here.help_card import (BUILTINS, PANES, all_names, card_finding,
                                             help_card_lab, look_up, make_card)

OWN = [n for n in utils.__all__ if getattr(getattr(utils, n), '__module__', '').startswith('utils.')
       and callable(getattr(utils, n))]


def check_card(name, card):
    "The card of a name against what Python itself says of it."
    thing, words = getattr(utils, name), card_finding(card)
    assert card.quick[1].startswith('Docstring: ')
    assert card.source == inspect.getsource(thing).rstrip('\n').split('\n')
    assert f'its {len(card.source)} lines' in words and card.chapter in words
    assert [line for line in card.quick if line.startswith('File: utils/')]
    if issubclass(thing, Exception) if inspect.isclass(thing) else False: return
    count = len([p for p in inspect.signature(thing).parameters if p != 'self'])
    assert f'takes {count or "no"} parameter' in words


def test_every_name_of_the_course_has_a_card():
    assert len(OWN) > 50
    for name in OWN: check_card(name, make_card(name))


def test_planted_the_card_of_another_name_is_caught():
    with pytest.raises(AssertionError): check_card('show_images', make_card('show_image'))


@pytest.mark.parametrize('name', BUILTINS)
def test_pythons_own_have_a_purpose_and_no_code(name):
    card = make_card(name)
    assert card.found
    assert not card.source and 'not written in Python' in card_finding(card)


@pytest.mark.parametrize('typed', ['show_image?', 'show_image??', 'doc(show_image)', ' show_image'])
def test_it_may_be_typed_as_in_a_cell(typed):
    assert make_card(typed).name == 'show_image'
    assert make_card(typed).found


def test_methods_are_found_by_their_dot():
    assert look_up('Learner.fit') is utils.Learner.fit
    assert make_card('Learner.fit').source[0] == 'def fit('
    assert inspect.isfunction(look_up('PILImage.create'))


@pytest.mark.parametrize('name', [
    'os', 'os.system', '__import__', '__import__("os")', 'eval', 'open', 'exec', '', '.', '..',
    'Learner.__init__', 'Learner.__class__', 'Learner.fit.__globals__', 'torch.load', 'np.load',
    'show_image()', 'Learner.', '.fit', 'a' * 40, 'Learner.fit.fit', 'plt', 'É', 'show image',
    '\n', '$HOME$'])
def test_nothing_else_is_looked_up(name):
    assert look_up(name) is None
    card = make_card(name)
    assert not card.found and card_finding(card).endswith(('.', '?'))


def test_looking_up_runs_no_property_and_no_getattr():
    class Trap(type):
        def __getattr__(cls, name): raise RuntimeError('was run')
    planted = Trap('Planted', (), {'__module__': 'utils.planted'})
    utils.__all__.append('Planted')
    utils.Planted = planted
    try: assert look_up('Planted.anything') is None
    finally:
        utils.__all__.remove('Planted')
        del utils.Planted


def test_half_a_name_shows_what_tab_offers():
    card = make_card('show_')
    assert card.offers == sorted(n for n in utils.__all__ if n.startswith('show_'))
    assert f'Tab would offer {", ".join(card.offers)}.' in card_finding(card)
    assert 'Learner.fit_one_cycle' in make_card('Learner.fi').offers
    assert not any('._' in n for n in make_card('Learner.').offers)


def test_a_misspelt_name_gets_its_neighbour():
    assert 'Did you mean show_image' in card_finding(make_card('shwo_image'))


def test_a_foreign_name_is_said_to_be_foreign():
    assert 'another library' in card_finding(make_card('np'))


@pytest.mark.parametrize('show', PANES.values())
@pytest.mark.parametrize('name', ['show_image', 'show_', 'Learner', 'len', ''])
def test_its_line_rebuilds_it_and_each_pane_is_drawn(name, show):
    lab = help_card_lab(name=name, show=show)
    assert eval(lab.line).settings == lab.settings
    assert lab.png.startswith(b'\x89PNG') and lab.error is None
    lab.view.screen = dict(narrow=True, ratio=1)
    assert lab.error is None


def test_no_name_of_the_list_is_missing():
    assert set(utils.__all__) | set(BUILTINS) == set(all_names())
