"A server beside the notebook answers, ends when told, and never outlives the notebook."
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from PIL import Image

from utils.core import PILImage
from utils.labs.notebook_to_app import serving
from utils.labs.notebook_to_app.serving import hand_in, keep_cells, my_folder, terminal

FILES = 'http.server --bind 127.0.0.1 {port}'


def gone(port, seconds=20):
    "Has everybody left this port?"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try: socket.create_connection(('127.0.0.1', port), .5).close()
        except OSError: return True
        time.sleep(.1)
    return False


def test_it_answers_until_it_is_ended(tmp_path):
    (tmp_path / 'words.txt').write_text('some words')
    served = terminal(FILES, tmp_path)
    assert served.running and str(served.port) in served.address and 'running' in repr(served)
    assert served.fetch('/words.txt') == (200, 'some words')
    assert served.fetch('/other.txt')[0] == 404
    served.end()
    served.end()
    assert not served.running and gone(served.port) and 'ended' in repr(served)


def test_two_have_two_ports(tmp_path):
    both = [terminal(FILES, tmp_path) for _ in range(2)]
    assert both[0].port != both[1].port
    for one in both: one.end()


def test_what_does_not_start_says_why(tmp_path):
    with pytest.raises(RuntimeError, match='(?s)did not start.*No module named'):
        terminal('no_such_server --port={port}', tmp_path)


@pytest.mark.skipif(os.name == 'nt', reason='there is no such signal')
def test_a_notebook_that_is_killed_leaves_nothing_behind(tmp_path):
    code = (f'from utils.labs.notebook_to_app.serving import terminal\nimport time\n'
            f'print(terminal({FILES!r}, {str(tmp_path)!r}).port, flush=True)\ntime.sleep(60)')
    notebook = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True)
    port = int(notebook.stdout.readline())
    assert not gone(port, .3)
    notebook.send_signal(signal.SIGKILL)
    notebook.wait(20)
    notebook.stdout.close()
    assert gone(port)


def test_the_folder_is_the_reader_s_own(tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_HOME', str(tmp_path))
    assert my_folder('page') == tmp_path / 'page' and my_folder('page').is_dir()


def test_a_file_handed_in_is_as_one_uploaded(tmp_path):
    from ipywidgets import FileUpload
    Image.new('RGB', (7, 5), 'red').save(tmp_path / 'red.png')
    button = FileUpload()
    hand_in(button, tmp_path / 'red.png')
    assert button.value[-1].name == 'red.png'
    assert PILImage.create(button.value[-1].content.tobytes()).size == (7, 5)


@pytest.mark.parametrize('history', [True, False])
def test_marked_cells_are_kept_as_they_ran_last(history, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell()
    monkeypatch.setattr(serving, 'get_ipython', lambda: shell)
    kept = keep_cells('# page')
    for source in ('# page: a\nx = 1', 'y = 2', '# page: b\nx', '# page: a\nx = 3', 'y'):
        shell.run_cell(source, store_history=history)
    assert list(kept.values()) == ['# page: a\nx = 3', '# page: b\nx']


def test_outside_a_notebook_no_cells_are_kept(monkeypatch):
    monkeypatch.setattr(serving, 'get_ipython', lambda: None)
    assert keep_cells('# page') == {}
