"`check_environment`: says, line by line, whether this computer has what the course needs."
import os
import platform
import shutil
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import torch

from ..core import default_device
from ..download import user_folder

__all__ = ['check_environment', 'environment_lines', 'CHECKS', 'Line']

ROOT = Path(__file__).resolve().parents[2]
NAMED = 'torch', 'numpy', 'matplotlib', 'ipywidgets', 'jupyterlab'   # shown with versions
MEMORY, DISK = 1.0, 1.0    # GB that must be free
GB = 2**30
BROWSERS = 'chromium', 'chromium-browser', 'google-chrome', 'chrome', 'msedge'
Line = tuple[str, str]     # 'OK', 'FAIL' or 'note', and what was found


def python_line() -> Line:
    "The version of Python."
    found = platform.python_version()
    if sys.version_info < (3, 11):
        return 'FAIL', f'Python {found}: the course needs 3.11 or newer. Type: make setup'
    return 'OK', f'Python {found} on {platform.system()} ({platform.machine()})'


def utils_line() -> Line:
    "Where the course's own code was loaded from."
    file = Path(sys.modules['utils'].__file__)
    if file.resolve().parent != ROOT / 'utils':
        return 'FAIL', f'utils comes from {short(file)}: another package of that name is in the way'
    try: version = metadata.version('companion-course')
    except metadata.PackageNotFoundError:
        return 'FAIL', f'utils is {short(file)}, but not installed. Type in a terminal: make setup'
    return 'OK', f'utils {version} is {short(file)}'


def short(path) -> str:
    "A path as seen from here, or from the home folder: without the reader's name."
    seen = Path(os.path.relpath(path)) if Path(path).anchor == Path.cwd().anchor else Path(path)
    if seen.parts[:3] != ('..',) * 3: return seen.as_posix()
    home, path = Path.home(), Path(path)
    return f'~/{path.relative_to(home).as_posix()}' if path.is_relative_to(home) else str(path)


def wanted_packages() -> list:
    "What the course needs besides Python, with the range of each version."
    from packaging.requirements import Requirement
    project = ROOT / 'pyproject.toml'
    if project.exists(): all_of_it = tomllib.loads(project.read_text('utf-8'))['project']
    else: all_of_it = dict(dependencies=metadata.requires('companion-course') or ())
    return [Requirement(w) for w in all_of_it['dependencies'] if 'extra ==' not in w]


def packages_line() -> Line:
    "Whether every package is there, in a version that the course was written for."
    faults, found = [], {}
    for need in wanted_packages():
        try: found[need.name] = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            faults.append(f'{need} is missing')
            continue
        if not need.specifier.contains(found[need.name], prereleases=True):
            faults.append(f'{need.name} {found[need.name]} is not {need.specifier}')
    if faults: return 'FAIL', f'{"; ".join(faults)}. Type in a terminal: make setup'
    named = ', '.join(f'{n} {found[n]}' for n in NAMED if n in found)
    return 'OK', f'{len(found)} packages: {named} …'


def device_line() -> Line:
    "What the models will run on, and whether it computes a gradient rightly."
    device = default_device()
    x = torch.tensor([3.], device=device, requires_grad=True)
    (x**2).sum().backward()
    if abs(x.grad.item() - 6) > 1e-5: return 'FAIL', f'{device} computes a wrong gradient: {x.grad}'
    name = f' ({torch.cuda.get_device_name(device)})' if device.type == 'cuda' else ''
    return 'OK', (f'device {device}{name}, {os.cpu_count()} cores, '
                  f'torch uses {torch.get_num_threads()}')


def memory_line() -> Line:
    "The memory that is free."
    try: import psutil
    except ImportError: return 'note', 'memory unknown: the package psutil is not installed'
    seen = psutil.virtual_memory()
    words = f'memory: {seen.available / GB:.1f} of {seen.total / GB:.1f} GB free'
    if seen.available / GB >= MEMORY: return 'OK', words
    return 'FAIL', f'{words}; {MEMORY:g} GB is needed. Shut down other notebooks (menu Kernel)'


def disk_line() -> Line:
    "Whether the course can write its data, and has room for them."
    folder = user_folder('data', env='COMPANION_DATA')
    try:
        (folder / '.written').write_text('x')
        (folder / '.written').unlink()
    except OSError as e:
        return 'FAIL', (f'the data folder cannot be written ({type(e).__name__}). Set the variable '
                        'COMPANION_DATA to another folder')
    free = shutil.disk_usage(folder).free / GB
    if free >= DISK: return 'OK', f'disk: {free:.0f} GB free where data are kept'
    return 'FAIL', f'disk: {free:.1f} GB free where data are kept, {DISK:g} GB is needed'


def notebook_line() -> Line:
    "Whether this runs in a notebook, where labs answer."
    kernel = getattr(sys.modules.get('IPython'), 'get_ipython', lambda: None)()
    if kernel is not None and hasattr(kernel, 'kernel'): return 'OK', 'a notebook kernel is running'
    return 'note', 'not in a notebook: labs show a picture, but do not answer'


CHECKS = (python_line, utils_line, packages_line, device_line, memory_line, disk_line,
          notebook_line)


def environment_lines() -> list[Line]:
    "One line for each check; a check that stops with an error is a FAIL."
    lines = []
    for look in CHECKS:
        try: lines.append(look())
        except Exception as e:
            lines.append(('FAIL', f'{look.__name__.replace("_line", "")}: {type(e).__name__}: {e}'))
    return lines


def check_environment():
    "Print what the course found on this computer; paste it into a report when something fails."
    lines = environment_lines()
    for state, words in lines: print(f'{state:<5} {words}')
    failed = sum(state == 'FAIL' for state, _ in lines)
    print('\nEverything needed is there.' if not failed else
          f'\n{failed} of {len(lines)} lines say FAIL. What to do stands in each.')
