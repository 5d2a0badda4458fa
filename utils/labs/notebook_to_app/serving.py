"A line run in the background as a terminal would, and a visitor's hand for an upload button."
import atexit
import http.client
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from IPython import get_ipython
from traitlets import Bunch

from ...download import user_folder

__all__ = ['Terminal', 'terminal', 'my_folder', 'keep_cells', 'hand_in']

# Runs a command until its standard input ends: that is when the notebook says so or is gone.
WATCH = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
threading.Thread(target=lambda: os._exit(child.wait() or 1), daemon=True).start()
sys.stdin.read()
child.terminate()
child.wait()
os._exit(0)
"""


def free_port() -> int:
    "A port of this machine that nobody listens on."
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Terminal:
    "A server that runs beside the notebook: ask it by `fetch`, end it by `end`."

    def __init__(
        self,
        line: str,        # a module and its arguments; {port} stands for a free port
        folder: Path,     # where it runs
        seconds: float = 60,  # how long it may take until it answers
    ):
        self.port = free_port()
        self.line = line.format(port=self.port)
        self._log = tempfile.TemporaryFile()
        self._watch = subprocess.Popen(
            [sys.executable, '-c', WATCH, sys.executable, '-m', *shlex.split(self.line)],
            cwd=folder, stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT)
        atexit.register(self.end)
        self._until_it_answers(time.monotonic() + seconds)

    @property
    def running(self) -> bool:
        "Does it run?"
        return self._watch.poll() is None

    @property
    def address(self) -> str:
        "What to type into the browser's address line."
        return f'http://127.0.0.1:{self.port}'

    def fetch(
        self,
        path: str = '/',  # what stands behind the address
    ) -> tuple:           # (status, text): 200 for there you are, 403 for no, 404 for unknown
        "Ask for a page or file as a browser would."
        asked = http.client.HTTPConnection('127.0.0.1', self.port, timeout=90)
        try:
            asked.request('GET', path)
            answer = asked.getresponse()
            return answer.status, answer.read().decode('utf-8', 'replace')
        finally: asked.close()

    def end(self):
        "End it and all that it has started; a second call does nothing."
        atexit.unregister(self.end)
        if self._watch.stdin: self._watch.stdin.close()
        try: self._watch.wait(30)
        except subprocess.TimeoutExpired: self._watch.kill()

    def _until_it_answers(self, late):
        while self.running and time.monotonic() < late:
            try:
                socket.create_connection(('127.0.0.1', self.port), .2).close()
                return
            except OSError: time.sleep(.05)
        self.end()
        self._log.seek(0)
        words = self._log.read().decode('utf-8', 'replace').strip()
        raise RuntimeError(f'`{self.line}` did not start. It said: {words[-600:] or "nothing"}')

    def __repr__(self): return f'{self.line}   ({"running" if self.running else "ended"})'


def terminal(
    line: str,     # as typed in a terminal; {port} stands for a free port
    folder='.',    # where the terminal stands
) -> Terminal:     # ends with the notebook at the latest
    "Start a server as a line in a terminal would, in the background, and wait until it answers."
    return Terminal(line, Path(folder))


def my_folder(
    name: str,  # of the folder
) -> Path:
    "A folder of the reader's own, beside what the course keeps of their progress; made if missing."
    folder = user_folder('course', 'COMPANION_HOME') / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep_cells(
    mark: str,  # how the first line of such a cell begins
) -> dict:      # first line -> source of the cell; filled as cells run
    "From now on, keep the sources of the cells that begin with a mark, each as it ran last."
    kept, shell = {}, get_ipython()

    def note(info):
        source = info.raw_cell.strip()
        if source.startswith(mark): kept[source.splitlines()[0]] = source
    if shell is not None: shell.events.register('pre_run_cell', note)
    return kept


def hand_in(
    button,  # a FileUpload
    file,    # path of a file
):
    "Put a file into an upload button, as a visitor's hand does in the browser."
    data = Path(file).read_bytes()
    button.value = [Bunch(name=Path(file).name, type='image/jpeg', size=len(data),
                          content=memoryview(data), last_modified=datetime.now(timezone.utc))]
