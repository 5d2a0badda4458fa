"""The progress table, drawn in a plain console, a notebook and a Voila app."""
import io
import sys
import threading
import time
import timeit
from types import SimpleNamespace

import IPython
import pytest

import utils.progress_table as module
from utils.progress_table import ProgressTable


class Screen:
    "Stands for the notebook: keeps every state that was drawn, and which display it went to."
    def __init__(self): self.states, self.displays = [], 0

    def display(self, obj, display_id=None):
        self.displays += 1
        self.first = obj
        if display_id: self.update(obj)
        return self

    def update(self, obj): self.states.append((obj._repr_html_(), repr(obj)))


@pytest.fixture
def notebook(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(IPython, 'get_ipython', lambda: SimpleNamespace(kernel=1))
    monkeypatch.setattr('IPython.display.display', screen.display)
    monkeypatch.delenv('VOILA_KERNEL_ID', raising=False)
    monkeypatch.delenv('SERVER_SOFTWARE', raising=False)
    return screen


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(t=100.)
    monkeypatch.setattr(module.time, 'monotonic', lambda: now.t)
    return now


def train(table):
    for epoch in range(2):
        for batch in range(3):
            table.update(batch / 3, f'batch {batch}')
            time.sleep(.01)
        table.row([epoch, .25 / (epoch + 1), None, '00:01'])
    table.close()


COLUMNS = ['epoch', 'train_loss', 'accuracy', 'time']
TEXT = '''epoch     train_loss  accuracy  time
0         0.250000              00:01
1         0.125000              00:01'''


def test_plain_console_prints_the_header_then_a_line_per_row(capsys):
    train(ProgressTable(COLUMNS))
    assert capsys.readouterr().out == TEXT + '\n'


def test_a_watched_terminal_shows_the_bar_and_the_rows_stay(monkeypatch):
    out = io.StringIO()
    out.isatty = lambda: True
    monkeypatch.setattr(sys, 'stdout', out)
    train(ProgressTable(COLUMNS))
    assert '0% batch 0' in out.getvalue()
    lines = [line.split('\r')[-1] for line in out.getvalue().split('\n')]
    assert '\n'.join(lines).strip() == TEXT


def test_notebook_ends_without_bar_and_with_a_text_twin(notebook):
    train(ProgressTable(COLUMNS))
    html, text = notebook.states[-1]
    assert notebook.displays == 1
    assert text == TEXT
    assert '<progress' not in html and any('<progress' in h for h, _ in notebook.states)
    assert html.count('<th scope="col">') == 4 and html.count('<tr>') == 3
    assert '<td>0.125000</td>' in html


def test_bar_is_labelled_and_in_the_text_twin_too(notebook):
    ProgressTable(['epoch']).update(.5, 'loss 0.1')
    html, text = notebook.states[-1]
    assert 'value="0.500"' in html and 'aria-label="progress"' in html
    assert text.splitlines()[-1] == '50% loss 0.1'


def test_text_cannot_become_html(notebook):
    table = ProgressTable(['<b>'])
    table.update(.1, '<i>')
    table.row(['<script>'])
    assert not any(tag in html for html, _ in notebook.states for tag in ('<b>', '<i>', '<script>'))


def test_numbers_keep_their_kind(notebook):
    import numpy as np
    ProgressTable('abcde').row([1, 2.5, np.float32(.5), np.int64(3), True])
    assert notebook.states[-1][1].split()[5:] == ['1', '2.500000', '0.500000', '3', 'True']


def test_only_numbers_from_a_million_on_are_written_with_an_exponent(notebook):
    ProgressTable('abcde').row([999_999.5, 1e6, -3.66e26, float('inf'), 10 ** 7])
    assert notebook.states[-1][1].split()[5:] == ['999999.500000', '1.0e+06', '-3.7e+26', 'inf',
                                                  '10000000']


def test_bar_is_redrawn_at_most_five_times_a_second(notebook, clock):
    table = ProgressTable(['epoch'])
    for _ in range(1000):
        table.update(.5)
        clock.t += .003                        # three seconds in all
    assert 14 <= len(notebook.states) <= 16


def test_rows_are_drawn_however_fast_they_come(notebook, clock):
    table = ProgressTable(['epoch'])
    for i in range(20): table.row([i])
    table.close()
    assert len(notebook.states) == 21


def test_comment_function_is_called_only_when_drawn(notebook, clock):
    calls = []
    table = ProgressTable([])
    for _ in range(10): table.update(.1, lambda: calls.append(1) or 'now')
    assert len(calls) == 1 and notebook.states[-1][1].endswith('10% now')


def test_throttled_update_costs_next_to_nothing(notebook):
    table = ProgressTable(['epoch'])
    table.update(0)
    table._next += 3600
    cost = min(timeit.repeat(lambda: table.update(.5, 'x'), number=10_000, repeat=5)) / 10_000
    assert cost < 2e-6


def test_after_close_no_update_brings_the_bar_back(notebook, clock):
    table = ProgressTable(['epoch'])
    table.row([0])
    table.close()
    clock.t += 10
    table.update(.5)
    table.close()
    assert '<progress' not in notebook.states[-1][0] and len(notebook.states) == 2


def test_a_table_never_begun_shows_nothing(notebook, capsys):
    ProgressTable(['epoch']).close()
    assert not notebook.states and capsys.readouterr().out == ''


def test_updates_from_a_thread_leave_every_row(notebook, monkeypatch):
    monkeypatch.setattr(module, 'PAUSE', 0)
    table = ProgressTable(['epoch'])
    stop = threading.Event()

    def keep_updating():
        while not stop.is_set(): table.update(.5)
    thread = threading.Thread(target=keep_updating)
    thread.start()
    for i in range(50): table.row([i])
    table.close()
    stop.set()
    thread.join()
    assert notebook.displays == 1
    assert notebook.states[-1][1].split() == ['epoch', *map(str, range(50))]


@pytest.mark.parametrize('name, value', [('VOILA_KERNEL_ID', 'abc'),
                                         ('SERVER_SOFTWARE', 'voila/0.5.13')])
def test_voila_gets_a_widget_with_the_same_rows(notebook, monkeypatch, name, value):
    train(ProgressTable(COLUMNS))
    in_notebook = notebook.states[-1][0]
    monkeypatch.setenv(name, value)
    train(ProgressTable(COLUMNS))
    assert type(notebook.first).__name__ == 'HTML'
    assert notebook.first.value == in_notebook


def test_other_servers_are_not_taken_for_voila(notebook, monkeypatch):
    monkeypatch.setenv('SERVER_SOFTWARE', 'jupyter/2')
    ProgressTable(['epoch']).row([0])
    assert len(notebook.states) == 1


def test_a_real_kernel_stores_the_final_table_also_from_a_thread():
    import nbformat
    from nbclient import NotebookClient
    source = '''
import threading, time
from utils.progress_table import ProgressTable
table = ProgressTable(['epoch', 'loss'])
def train():
    for epoch in range(2):
        table.update(.5, 'busy')
        time.sleep(.21)
        table.row([epoch, .5])
    table.close()
thread = threading.Thread(target=train)
thread.start()
thread.join()
'''
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(nb, timeout=60, kernel_name='python3').execute()
    [output] = [o for o in nb.cells[0].outputs if o.output_type == 'display_data']
    assert output.data['text/plain'] == 'epoch     loss\n0         0.500000\n1         0.500000'
    assert '<progress' not in output.data['text/html']
