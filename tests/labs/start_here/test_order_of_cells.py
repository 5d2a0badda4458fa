"The lab of cell orders against Python itself, and its sentence against the numbers."
import itertools
import random

import pytest

from utils.labs.start_here.order_of_cells import (CELLS, LONGEST, order_of_cells_lab, run_in_order,
                                                  session_finding)

rng = random.Random(0)
ORDERS = ['', *'12345', *map(''.join, itertools.permutations('12345'))]
ORDERS += [''.join(rng.choices('12345', k=rng.randint(2, LONGEST))) for _ in range(300)]


def plainly(order):
    "What Python does with the cells: its memory, and what the last of cell 5 showed."
    memory, shown = {}, None
    for cell in map(int, order):
        try:
            exec(compile(CELLS[cell - 1], 'cell', 'exec'), {}, memory)
            if cell == 5: shown = memory['total']
        except NameError:
            pass
    return memory, shown


def stale_plainly(order):
    "Whether computing `total` anew would change it, found by running cell 4 once more."
    memory, _ = plainly(order)
    return 'total' in memory and plainly(f'{order}4')[0]['total'] != memory['total']


def test_memory_output_and_staleness_are_those_of_python():
    for order in ORDERS:
        s = run_in_order(order)
        assert (s.memory, s.shown) == plainly(order), order
        assert set(s.stale) == ({'total'} if stale_plainly(order) else set()), order
        assert s.counts == {c: order.rindex(str(c)) + 1 for c in set(s.order)}


def test_the_sentence_tells_the_numbers():
    for order in ORDERS: check_sentence(order, session_finding(run_in_order(order)))


def check_sentence(order, words):
    s = run_in_order(order)
    memory, shown = plainly(order)
    if order and int(order[-1]) in s.errors: assert 'NameError' in words
    elif shown is not None: assert words.startswith(f'Cell 5 shows {shown}')
    old = shown is not None and shown != memory['total']
    if old and 'NameError' not in words: assert f'total is {memory["total"]} now' in words
    elif stale_plainly(order) and 'NameError' not in words: assert 'total is stale' in words
    if shown == 30 == memory['total'] and not stale_plainly(order) and 'NameError' not in words:
        assert 'top to bottom' in words
    elif 'NameError' not in words: assert 'top to bottom' not in words
    if 'is stale' in words: assert stale_plainly(order)


def test_the_three_orders_of_the_chapter():
    found = [run_in_order(order).shown for order in ('12345', '13425', '122345')]
    assert found == [30, 20, 40]
    assert run_in_order([1, 3, 4, 2, 5]).stale == {'total': ('price', 10)}


def test_a_cell_run_again_loses_its_error():
    s = run_in_order('21')
    assert s.errors == {2}
    assert run_in_order('212').errors == set()


@pytest.mark.parametrize('order', ['6', '1a', '-1', [1.5], '__import__'])
def test_anything_but_the_five_cells_is_refused_in_words(order):
    with pytest.raises(ValueError, match='There is no cell .*numbered 1 to 5'): run_in_order(order)


@pytest.mark.parametrize('order', ['', '1', '13425', '2' * LONGEST])
def test_its_line_rebuilds_it(order):
    lab = order_of_cells_lab(order=order)
    assert eval(lab.line).settings == lab.settings == dict(order=order)
    assert lab.png.startswith(b'\x89PNG') and lab.text == session_finding(run_in_order(order))


def test_buttons_and_clicks_run_cells():
    lab = order_of_cells_lab(order='')
    lab.act('Run 1').act('Run 3').click(0, .5, 3.3)
    assert lab.settings['order'] == '134'
    lab.click(1, .5, 3.3).click(0, .5, 7.)
    assert lab.settings['order'] == '134'
    assert lab.act('Run all').text.startswith('Cell 5 shows 30')
    assert lab.act('Restart').text == 'The kernel has just started: its memory is empty.'


def test_a_full_lab_says_so():
    lab = order_of_cells_lab(order='1' * LONGEST).wait().act('Run 2')
    assert 'restart first' in lab.text
    assert lab.act('Restart').settings == dict(order='')


def test_a_mistyped_order_ends_in_a_sentence():
    lab = order_of_cells_lab().set(order='1x')
    assert lab.text.startswith("There is no cell 'x'")
    assert lab.set(order='1').text.startswith('The memory holds price = 10')


@pytest.mark.parametrize('order, words', [
    ('13425', 'Cell 5 shows 30, as it does when they run from top to bottom.'),
    ('13425', 'Cell 5 shows 20, not 30: since cell 1 set price, cell 2 has never raised it.'),
    ('12345', 'Cell 5 shows 30, and total is stale.'), ('5', 'Cell 5 shows 30.')])
def test_planted_a_wrong_sentence_is_caught(order, words):
    with pytest.raises(AssertionError): check_sentence(order, words)
