"""`python -m utils.course.doctor --students 30`: is this machine ready for the class?

One line for each thing looked at: `ok`, or `no` and what to do. Without a number of students it
looks at what one reader needs.
"""
import argparse
import importlib
import inspect
import shutil
import socket
import sys
import tempfile
import textwrap
import time
from datetime import date, datetime
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from . import environment
from .copies import WORK
from .environment import BROWSERS, DISK, GB, ROOT, Line, short
from .progress_file import progress

__all__ = ['main', 'lines_for', 'STUDENT']

MB = 2**20
STUDENT = 520 * MB     # of one student on JupyterHub who has run chapter 01; see bench_hub.py
SPARE = .8             # the share of the free memory that may be given away
LAB_PORT, HUB_PORT = 8888, 8000
OTHERS = 'firefox', 'firefox-esr', 'google-chrome-stable', 'microsoft-edge', 'brave-browser'
WITH_BROWSER = 'darwin', 'win32'   # systems that come with one
SIGNS = '→≤≥−×·°–“”…²α'   # what the figures write besides letters
BEGAN = date(2026, 11, 1)          # no clock can be right that is before the course
FIRST = ('python_line', 'utils_line', 'packages_line', 'device_line', 'disk_line')


def served() -> tuple[int, int]:
    "What the app server says of itself: the bytes that a page holds at most, and its port."
    # By name, when asked: a module of course/ is not built on one of serve/, it only looks at it.
    settings = importlib.import_module('utils.serve.settings')
    return settings.KERNEL, inspect.signature(settings.voila_config).parameters['port'].default


def from_environment(
    name: str,   # of a function of `environment`
) -> Line:
    "The same check that chapter 00 makes, in the words of this one."
    try: state, words = getattr(environment, name)()
    except Exception as e: state, words = 'FAIL', f'{name}: {type(e).__name__}: {e}'
    return ('no' if state == 'FAIL' else 'ok'), words


def tried_line(
    wanted: str,                # the text of requirements.txt
    version=metadata.version,   # gives the version of an installed package
    kept: str = '',             # what .venv/ready says: which versions were asked for
) -> Line:
    "Whether the packages are those that were tried together."
    from packaging.requirements import Requirement
    needs = [Requirement(x) for x in wanted.splitlines() if x.strip() and x[0] != '#']
    needs, wrong = [n for n in needs if n.marker is None or n.marker.evaluate()], []
    for need in needs:
        try: found = version(need.name)
        except metadata.PackageNotFoundError: found = 'missing'
        if found == 'missing' or not need.specifier.contains(found.split('+')[0], True):
            wrong.append(f'{need.name} is {found}, tried with {str(need.specifier)[2:]}')
    if not wrong: return 'ok', f'all {len(needs)} packages are in the versions tried together'
    many = f'{len(wrong)} of {len(needs)} packages are not those tried together: '
    many += '; '.join(wrong[:3]) + ' …' * (len(wrong) > 3)
    if kept.startswith('newest'): return 'ok', f'{many}. VERSIONS=newest was asked for'
    return 'no', f'{many}. Type: make setup VERSIONS=tried'


def reader_browser_line(
    which=shutil.which,            # finds a program
    platform: str = sys.platform,  # the system
) -> Line:
    "Whether a browser can show JupyterLab on this machine."
    names = [n for n in (*OTHERS, *BROWSERS) if which(n)]
    if names: return 'ok', f'browser: {names[0]}'
    if platform in WITH_BROWSER: return 'ok', 'browser: the one that came with the system'
    return 'no', ('no browser was found here. Install one (Debian, Ubuntu: sudo apt install '
                  'firefox-esr), or open the address that is printed in a browser elsewhere')


def port_line(
    port: int,    # which
    use: str,     # what it is for
    remedy: str,  # what to type to take another one
) -> Line:
    "Whether a port of this machine is free."
    if _is_free(port): return 'ok', f'port {port}, for {use}, is free'
    return 'no', (f'port {port}, for {use}, is in use: is it running already? Otherwise end the '
                  f'program that holds it, or take another: {remedy}')


def _is_free(port: int) -> bool:
    with socket.socket() as s:
        s.settimeout(1)
        if s.connect_ex(('127.0.0.1', port)) == 0: return False     # somebody answers
    with socket.socket() as s:
        if sys.platform != 'win32': s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try: s.bind(('127.0.0.1', port))
        except OSError: return False
    return True


def room_line(
    use: str,        # what for
    students: int,   # how many come
    free: int,       # bytes of memory that are free
    each: int,       # bytes that one of them holds
    remedy: str,     # what to do where that is not enough
) -> Line:
    "Whether the memory holds one kernel for each student."
    room = int(SPARE * free / each)
    words = f'memory, {use}: room for {room} at {each // MB} MB each'
    if room >= students: return 'ok', f'{words}, {students} come'
    return 'no', (f'{words}, but {students} come: {students * each / SPARE / GB:.0f} GB would have '
                  f'to be free, and {free / GB:.1f} GB are. {remedy}')


def hub_line(
    find=find_spec,      # finds a Python package
    which=shutil.which,  # finds a program
) -> Line:
    "Whether what JupyterHub needs is installed."
    lacking = [] if find('jupyterhub') else ["pip install -e '.[hub]'"]
    if not which('configurable-http-proxy'):
        lacking.append('npm install -g configurable-http-proxy')
    if not lacking: return 'ok', 'JupyterHub is installed'
    return 'no', (f'JupyterHub is not all there. Type: {" and ".join(lacking)}. Where the class '
                  'does without it, say: --only apps')


def fonts_line(
    families: list[str],   # that the figures ask for
    find=None,             # gives the file of a font, or raises ValueError
) -> Line:
    "Whether the figures find their font, and their signs in it."
    from matplotlib import font_manager, ft2font
    find = find or (lambda name: font_manager.findfont(name, fallback_to_default=False))
    mend = f'Delete the folder {short(_font_cache())} and try again; then: make setup'
    for name in families:
        try: signs = ft2font.FT2Font(find(name)).get_charmap()
        except (ValueError, OSError, RuntimeError):
            return 'no', f'the font {name} of the figures is not found. {mend}'
        lacking = [s for s in SIGNS if ord(s) not in signs]
        if lacking: return 'no', f'the font {name} has no {" ".join(lacking)}. {mend}'
    return 'ok', f'font of the figures: {", ".join(families)}'


def _font_cache() -> str:
    import matplotlib
    return matplotlib.get_cachedir()


def figure_fonts() -> list[str]:
    "The fonts that the course's style names."
    from matplotlib import rc_params_from_file
    style = ROOT / 'utils' / 'assets' / 'course.mplstyle'
    return rc_params_from_file(style, use_default_template=False)['font.family']


def writable_line(
    folders: dict[str, Path],   # what is kept there, and where
) -> Line:
    "Whether what a reader does can be kept."
    wrong = [f'{use} in {short(f)}' for use, f in folders.items() if not _can_write(_there(f))]
    if not wrong: return 'ok', f'can be written: {", ".join(folders)}'
    return 'no', (f'cannot be written: {"; ".join(wrong)}. Give yourself the right to, or put the '
                  'course where you have it; COMPANION_HOME names another folder for the progress')


def _there(folder: Path) -> Path:
    "A folder, or the first above it that exists."
    return next(p for p in (folder, *folder.parents) if p.exists())


def _can_write(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as f: f.write(b'x')
    except OSError: return False
    return True


def space_line(
    folder: Path,             # where the course is
    usage=shutil.disk_usage,  # what a disk holds
) -> Line:
    "Whether there is room on the disk for the copies and handouts."
    free = usage(_there(folder)).free / GB
    words = f'disk: {free:.1f} GB free where the course is'
    if free >= DISK: return 'ok', words
    return 'no', f'{words}, {DISK:g} GB is needed. Empty the bin, or delete what you no longer need'


def clock_line(
    now: float,     # seconds since 1970, by this machine's clock
    newest: float,  # the same, of the newest of the course's files
) -> Line:
    "Whether the clock can be right: `make`, downloads and updates go by it."
    today = datetime.fromtimestamp(now)
    if today.date() < BEGAN or now < newest - 86_400:
        return 'no', (f'the clock says {today:%Y-%m-%d %H:%M}, which is before the course was '
                      "made. Set date and time in the system's settings")
    return 'ok', f'clock: {today:%Y-%m-%d %H:%M}'


def newest_file(root: Path) -> float:
    "When the newest of the files that `make` goes by was written."
    names = 'pyproject.toml', 'requirements.txt', '.venv/ready', 'Makefile'
    return max((f.stat().st_mtime for n in names if (f := root / n).exists()), default=0)


def class_lines(students: int, only: str | None, free: int) -> list[Line]:
    "What a class on this machine needs."
    page, _ = served()
    hub = [room_line('JupyterHub', students, free, STUDENT, 'Take a larger machine, let students '
                     'bring laptops, or work in pairs; the apps need less: --only apps'),
           hub_line(), port_line(HUB_PORT, 'JupyterHub', 'COMPANION_HUB_URL=http://…:8001')]
    apps = [room_line('apps', students, free, page, 'Two students at one page, or a larger '
                      'machine; `make apps` sends away whom the memory cannot hold')]
    return apps * (only != 'hub') + hub * (only != 'apps')


def lines_for(
    students: int | None = None,   # who come; None for one reader
    only: str | None = None,       # 'hub' or 'apps': what the class does not use is left out
) -> list[Line]:
    "All lines for this machine."
    import psutil
    wanted, ready = (ROOT / 'requirements.txt'), (ROOT / '.venv' / 'ready')
    kept = ready.read_text('utf-8') if ready.exists() else ''
    lines = [from_environment(name) for name in FIRST]
    if wanted.exists(): lines.append(tried_line(wanted.read_text('utf-8'), kept=kept))
    lines += [reader_browser_line(), fonts_line(figure_fonts()),
              writable_line({'copies': WORK, 'progress': progress.path.parent}), space_line(WORK),
              clock_line(time.time(), newest_file(ROOT)),
              port_line(LAB_PORT, 'JupyterLab', 'make lab LAB_ARGS=--port=8899'),
              port_line(served()[1], 'the apps', "make apps APPS_ARGS='--port 8867'")]
    if students is None: return [*lines, from_environment('memory_line')]
    return lines + class_lines(students, only, psutil.virtual_memory().available)


def several(text: str) -> int:
    "A number of students."
    if text.isdigit() and 0 < int(text) < 10_000: return int(text)
    raise argparse.ArgumentTypeError(f'{text!r} is no number of students; say --students 30')


def main(argv: list[str] = None) -> int:
    "Print the lines; 1 if something must be done."
    say = argparse.ArgumentParser('python -m utils.course.doctor', description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument('--students', type=several, metavar='N', help='who work on this machine')
    say.add_argument('--only', choices=('apps', 'hub'), help='the class uses only these')
    o = say.parse_args(argv)
    lines = lines_for(o.students, o.only)
    for state, words in lines:
        print(textwrap.fill(words, 92, initial_indent=f'{state}  ', subsequent_indent='    ',
                            break_long_words=False, break_on_hyphens=False))
    wrong = sum(state == 'no' for state, _ in lines)
    print('\nThis machine is ready.' if not wrong else
          f'\n{wrong} of {len(lines)} lines say no. What to do stands in each.')
    return int(bool(wrong))


if __name__ == '__main__': sys.exit(main())
