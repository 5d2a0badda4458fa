"""`make apps-status`: what the app servers of this machine do at this moment."""
import argparse
import json
import os
import secrets
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from tornado.web import HTTPError, RequestHandler

from ..download import user_folder

__all__ = ['StatusHandler', 'announced', 'main', 'report']

KEY = 'X-Companion-Key'
HOME = 'COMPANION_SERVERS'         # folder with one file for each running server
REFUSED = 'COMPANION_REFUSED'     # names a file with one byte for each refused upload


class StatusHandler(RequestHandler):
    "Numbers of the running server, for whoever may read its file on this machine."

    def get(self):
        given, key = self.request.headers.get(KEY, ''), self.settings.get('status_key')
        if not key or not secrets.compare_digest(given.encode(), key.encode()): raise HTTPError(404)
        self.finish(numbers(self.settings['kernel_manager'], self.settings['most_kernels']))


def numbers(kernels, most: int) -> dict:
    "Pages, kernels, memory in bytes, and what has happened since the start."
    import psutil
    pages = Counter(page for page, _ in kernels.met.values())
    held = [bytes_of(kernels.get_kernel(k).provisioner.pid) for k in kernels.list_kernel_ids()]
    file = Path(os.environ.get(REFUSED, ''))
    return dict(
        pages=dict(pages), most=most, ready=len(held) - sum(pages.values()), kernels=len(held),
        kernel_bytes=sum(held), server_bytes=bytes_of(os.getpid()),
        free_bytes=psutil.virtual_memory().available,
        seconds=round(time.time() - psutil.Process().create_time()),
        ended=dict(Counter(kernels.reasons)), full=kernels.full,
        refused=file.stat().st_size if file.is_file() else 0)


def bytes_of(pid: int) -> int:
    "Memory that a process holds for itself alone; 0 for one that has just ended."
    import psutil
    try:
        return psutil.Process(pid).memory_full_info().uss
    except psutil.Error:
        return 0


@contextmanager
def announced(address: str):
    "While the block runs, `make apps-status` finds the server at `address`; yields its key."
    key, file = secrets.token_hex(16), user_folder('apps', HOME) / f'{os.getpid()}.json'
    refused = tempfile.NamedTemporaryFile(prefix='companion-', delete=False)
    refused.close()
    os.environ[REFUSED] = refused.name
    file.touch(mode=0o600)
    file.write_text(json.dumps(dict(address=address, key=key)), 'utf-8')
    try:
        yield key
    finally:
        file.unlink(missing_ok=True)
        Path(refused.name).unlink(missing_ok=True)


def ask(file: Path) -> tuple[str, dict | None]:
    "A server's address and its numbers; None for one that does not answer."
    try:
        said = json.loads(file.read_text('utf-8'))
        request = urllib.request.Request(f'{said["address"]}status', headers={KEY: said['key']})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return said['address'], json.load(answer)
    except (OSError, ValueError, KeyError, TypeError):
        return file.stem, None


def report(address: str, n: dict) -> str:
    "The numbers of one server as a small table."
    mb = 2**20
    pages = ', '.join(f'{k} {v}' for k, v in sorted(n['pages'].items(), key=lambda p: -p[1]))
    ended = ', '.join(f'{k} {v}' for k, v in sorted(n['ended'].items())) or 'none'
    minutes = n['seconds'] // 60
    rows = {
        'running': f'{minutes // 60} h {minutes % 60} min',
        'open pages': f'{sum(n["pages"].values())} of {n["most"]}   {pages}',
        'kept ready': f'{n["ready"]}',
        'memory': f'{n["kernel_bytes"] / mb:.0f} MB in {n["kernels"]} kernels, server '
                  f'{n["server_bytes"] / mb:.0f} MB, free {n["free_bytes"] / mb:.0f} MB',
        'ended pages': ended, 'found it full': f'{n["full"]}', 'refused files': f'{n["refused"]}'}
    return '\n'.join([address, *(f'  {k:<14} {v}' for k, v in rows.items())])


def main(argv: list[str] = None) -> int:
    "Print what each server says; 1 where there is none."
    say = argparse.ArgumentParser('python -m utils.serve.status', description=__doc__)
    say.add_argument('--json', action='store_true', help='the numbers for a program')
    o = say.parse_args(argv)
    found = [(f, *ask(f)) for f in sorted(user_folder('apps', HOME).glob('*.json'))]
    for file, _, n in found:
        if n is None: file.unlink(missing_ok=True)      # its server was killed
    alive = [(address, n) for _, address, n in found if n is not None]
    if not alive:
        print('No app server runs on this machine. Start one with: make apps', file=sys.stderr)
        return 1
    print(json.dumps(dict(alive)) if o.json else '\n\n'.join(report(*a) for a in alive))
    return 0


if __name__ == '__main__': sys.exit(main())
