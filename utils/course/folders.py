"A folder that a command makes anew: complete, or as it was before."
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

__all__ = ['made_anew', 'write_text']


def write_text(
    file: Path,
    text: str,
):
    "Write a text the same on every system."
    file.write_bytes(text.encode('utf-8'))


@contextmanager
def made_anew(
    folder: Path,   # missing, empty, or made by the same command before
    kind: str,      # what it holds: "site", "slides"
):
    "An empty folder to fill; at the end of the block it takes the place of `folder`."
    mark = folder / '.companion'
    if folder.exists() and not folder.is_dir():
        raise ValueError(f'{folder} is a file, so nothing can be written into it. Name a folder '
                         f'with --to, such as build/{kind}.')
    mine = mark.is_file() and mark.read_text('utf-8').strip() == kind
    if folder.is_dir() and any(folder.iterdir()) and not mine:
        raise ValueError(f'{folder} holds other files, which would be lost. Name another folder '
                         f'with --to, such as build/{kind}, or move them away.')
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f'.{kind}-', dir=folder.parent))
    try:
        fresh.chmod(0o755)
        write_text(fresh / '.companion', f'{kind}\n')
        yield fresh
        old = fresh.with_name(f'{fresh.name}-old')
        if folder.is_dir(): folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
