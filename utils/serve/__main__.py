"""`python -m utils.serve`: the apps in a browser, for you or for visitors."""
import argparse
import re
import secrets
import socket
import sys
from pathlib import Path

from .index import apps_folder
from .settings import IDLE, prepare_environment, voila_config

__all__ = ['main', 'problem']

WARM = 'read_my_digit', 'teach_it', 'parabola'     # where a kernel takes seconds to start
LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'     # those that nobody mistakes for another


def options(argv: list[str]) -> argparse.Namespace:
    "The command's options."
    say = argparse.ArgumentParser('python -m utils.serve', description=__doc__)
    say.add_argument('--port', type=int, default=8866, help='port to listen on (8866)')
    say.add_argument('--host', default='127.0.0.1', help='address; 127.0.0.1: this machine only')
    say.add_argument('--folder', type=Path, default=apps_folder(), help='folder of the app pages')
    say.add_argument('--base-url', default='/', help='path under which a proxy shows the apps')
    say.add_argument('--warm', nargs='*', default=None, metavar='PAGE',
                     help='pages that keep one kernel ready (none where kernels are forks, as on '
                          f'Linux: it gained nothing there; else {", ".join(WARM)})')
    say.add_argument('--most', type=int, default=None, metavar='N',
                     help='kernels at once, one for each open page (what the memory holds)')
    say.add_argument('--token', default=None, metavar='WORD',
                     help='word that visitors need; "none": everybody may come in (none for this '
                          'machine only, else one made anew at each start)')
    say.add_argument('--idle', type=float, default=IDLE, metavar='MINUTES',
                     help=f'minutes until an open page that nobody uses is ended ({IDLE})')
    say.add_argument('--debug', action='store_true', help='show what server and kernels say')
    say.add_argument('--no-browser', action='store_true', help='open no browser')
    o = say.parse_args(argv)
    if o.most is not None and o.most < 1: say.error(f'--most {o.most}: at least 1 page has to fit')
    if not o.idle > 0: say.error(f'--idle {o.idle:g}: a page needs some minutes, as in --idle 30')
    if not re.fullmatch(r'[\w.~-]*', o.token or '', re.A):
        say.error(f'--token {o.token}: it stands in a link, so use letters, digits, - and _')
    o.token = '' if o.token == 'none' else o.token or word_for(o.host)
    return o


def word_for(host: str) -> str:
    "A new word where others can reach the server; '' where only this machine does."
    if host == 'localhost' or host in ('::1', '127.0.0.1'): return ''
    return ''.join(secrets.choice(LETTERS) for _ in range(8))


def hosts(host: str) -> list[str]:
    "Under which names visitors reach the server, this machine's own first."
    if host not in ('', '0.0.0.0', '::'): return ['localhost' if host == '127.0.0.1' else host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(('192.0.2.1', 9))     # nothing is sent: it asks which way it would go
            return ['localhost', s.getsockname()[0]]
        except OSError:
            return ['localhost']


def problem(host: str, port: int, folder: Path) -> str:
    "Why the apps cannot be served like this and what to do, in one line; '' if they can."
    if not folder.is_dir():
        return f'There is no folder {folder}. Name the folder of the app pages with --folder.'
    if not any(folder.glob('*.ipynb')):
        return f'The folder {folder} holds no notebooks. Name another with --folder.'
    if not 0 < port < 65536: return f'{port} is no port: choose --port from 1024 to 65535.'
    try:
        with socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((host, port))
    except PermissionError:
        return f'Port {port} needs more rights than you have. Choose one above 1023: --port 8867'
    except socket.gaierror:
        return f'{host!r} is no address of this machine. Use --host 127.0.0.1 or 0.0.0.0.'
    except OSError as e:
        if e.errno and 'not avail' not in (e.strerror or '').lower() and 'assign' not in str(e):
            return (f'Port {port} is in use by another program. Choose another one: '
                    f'python -m utils.serve --port {port + 1}')
        return f'{host!r} is no address of this machine. Use --host 127.0.0.1 or 0.0.0.0.'
    return ''


def kept_ready(asked: list, forked: bool) -> tuple:
    "The pages that keep a kernel ready: those asked for, else some where kernels start slowly."
    if asked is not None: return tuple(asked)
    return () if forked else WARM


def main(argv: list[str] = None) -> int:
    "Serve until Ctrl+C."
    o = options(sys.argv[1:] if argv is None else argv)
    folder, base_url = o.folder.resolve(), f'/{o.base_url.strip("/")}/'.replace('//', '/')
    wrong = problem(o.host, o.port, folder)
    if wrong:
        print(wrong, file=sys.stderr)
        return 1
    prepare_environment()
    from .forking import fork_kernels
    from .server import AppServer
    from .status import announced
    with announced(f'http://{reached(o.host)}:{o.port}{base_url}') as key:
        warm = kept_ready(o.warm, fork_kernels())
        config = voila_config(folder, o.host, o.port, warm, base_url, o.most, o.token, o.idle, key)
        if o.debug: config.Voila.log_level = 'INFO'
        server = AppServer(config=config)
        server.initialize([])
        server.open_browser = not o.no_browser
        first, *others = map(server.link, hosts(o.host))
        print(f'The apps are at {first}   (Ctrl+C ends them)', flush=True)
        for link in others: print(f'For others in this network: {link}', flush=True)
        server.start()
    return 0


def reached(host: str) -> str:
    "The address by which this machine itself reaches a server that listens on `host`."
    if host in ('', '0.0.0.0', '::'): return '127.0.0.1'
    return f'[{host}]' if ':' in host else host


if __name__ == '__main__': sys.exit(main())
