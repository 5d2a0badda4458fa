"""`python -m utils.serve`: the apps in a browser, for you or for visitors."""
import argparse
import socket
import sys
from pathlib import Path

from .index import apps_folder
from .settings import prepare_environment, voila_config

__all__ = ['main', 'problem']

WARM = ('read_my_digit',)


def options(argv: list[str]) -> argparse.Namespace:
    "The command's options."
    say = argparse.ArgumentParser('python -m utils.serve', description=__doc__)
    say.add_argument('--port', type=int, default=8866, help='port to listen on (8866)')
    say.add_argument('--host', default='127.0.0.1', help='address; 127.0.0.1: this machine only')
    say.add_argument('--folder', type=Path, default=apps_folder(), help='folder of the app pages')
    say.add_argument('--base-url', default='/', help='path under which a proxy shows the apps')
    say.add_argument('--warm', nargs='*', default=WARM, metavar='PAGE',
                     help='pages that keep one kernel ready (read_my_digit)')
    say.add_argument('--most', type=int, default=None, metavar='N',
                     help='kernels at once, one for each open page (what the memory holds)')
    say.add_argument('--debug', action='store_true', help='show what server and kernels say')
    say.add_argument('--no-browser', action='store_true', help='open no browser')
    o = say.parse_args(argv)
    if o.most is not None and o.most < 1: say.error(f'--most {o.most}: at least 1 page has to fit')
    return o


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
    fork_kernels()
    config = voila_config(folder, o.host, o.port, tuple(o.warm), base_url, o.most)
    if o.debug: config.Voila.log_level = 'INFO'
    server = AppServer(config=config)
    server.initialize([])
    server.open_browser = not o.no_browser
    print(f'The apps are at {server.address}   (Ctrl+C ends them)', flush=True)
    server.start()
    return 0


if __name__ == '__main__': sys.exit(main())
