"""The book's data sets: fetched once, checked, unpacked safely, never taken half-written."""
import errno
import gzip
import hashlib
import os
import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlparse

from .progress_table import ProgressTable

__all__ = ['URLs', 'DownloadError', 'companion_data_folder', 'download_url', 'untar_data',
           'user_folder']

_CHECKS = {}  # url → size in bytes, md5 of the first MiB, as fastai records them
_STAND_INS = {'pet': '`draw_pets()` draws cats and dogs, named as the Oxford pets are',
              'mnist': '`load_digits()` gives 1,797 real handwritten digits',
              'cifar|imagenette|imagewoof': '`draw_pets()` draws colour pictures of 12 classes',
              'adult': '`palmerpenguins.load_penguins()` gives a table of 344 birds'}


def _s3(line):
    path, size, md5 = line.split()
    _CHECKS[url := f'https://s3.amazonaws.com/fast-ai-{path}'] = int(size), md5
    return url


class URLs:
    "Addresses of the book's data sets, each beside the size and hash of a whole download."
    PETS = _s3('imageclas/oxford-iiit-pet.tgz 811706944 e4db5c768afd933bb91f5f594d7417a4')
    CIFAR = _s3('sample/cifar10.tgz 168168549 a5f8c31371b63a406b23368042812d3c')
    MNIST = _s3('imageclas/mnist_png.tgz 15683414 03639f83c4e3d19e0a3a53a8a997c487')
    MNIST_SAMPLE = _s3('sample/mnist_sample.tgz 3214948 2dbc7ec6f9259b583af0072c55816a88')
    MNIST_TINY = _s3('sample/mnist_tiny.tgz 342207 56143e8f24db90d925d82a5a74141875')
    IMAGENETTE = _s3('imageclas/imagenette2.tgz 1557161267 2c774ecb40005b35d7937d50f5d42336')
    IMAGENETTE_160 = _s3('imageclas/imagenette2-160.tgz 99003388 c475f8f7617a200ba35b9facc48443c3')
    IMAGENETTE_320 = _s3('imageclas/imagenette2-320.tgz 341663724 1f1f74f133caff120e575856659b87a2')
    IMAGEWOOF = _s3('imageclas/imagewoof2.tgz 1343715595 2cc1c1e36e20cb6fd24ffb978edcb487')
    IMAGEWOOF_160 = _s3('imageclas/imagewoof2-160.tgz 92612825 3559b194123981a540b87132dbda412f')
    IMAGEWOOF_320 = _s3('imageclas/imagewoof2-320.tgz 328387740 7a1fd92672a559a85de76e4810a20c21')
    ADULT_SAMPLE = _s3('sample/adult_sample.tgz 968212 64eb9d7e23732de0b138f7372d15492f')
    BIWI_HEAD_POSE = _s3('imagelocal/biwi_head_pose.tgz 452316199 00f4ccf66e8cba184bc292fdc08fb237')
    CAMVID_TINY = _s3('sample/camvid_tiny.tgz 2314212 2cf6daf91b7a2083ecfa3e9968e9d915')
    PASCAL_2007 = _s3('imagelocal/pascal_2007.tgz 1637796771 433b4706eb7c42bd74e7f784e3fdf244')


class DownloadError(OSError):
    "A data set could not be fetched or unpacked; the message says why and what to do instead."


def user_folder(
    name: str,        # name of the folder below the user's data folder
    env: str = None,  # environment variable that overrides it
) -> Path:
    "The folder where the course keeps what belongs to the user; made when it is missing."
    from platformdirs import user_data_path
    own = os.environ.get(env or '')
    res = Path(own) if own else user_data_path('companion') / name
    res.mkdir(parents=True, exist_ok=True)
    return res


def companion_data_folder() -> Path:
    "The folder that keeps downloaded data; the environment variable COMPANION_DATA names another."
    return user_folder('data', 'COMPANION_DATA')


def download_url(
    url: str,                    # the file to fetch
    dest=None,                   # file or folder to write to; the current folder if None
    timeout: float = None,       # seconds the server may be silent; 30 if None
    show_progress: bool = True,  # draw a bar
) -> Path:                       # the file
    "Fetch `url` to `dest`, which appears only once it is whole."
    from pooch import HTTPDownloader
    name = Path(urlparse(url).path).name
    dest = Path(dest or '.')
    if dest.is_dir(): dest = dest / name
    dest.parent.mkdir(parents=True, exist_ok=True)
    with (closing(_Bar([])) as bar, _explained(url, dest.parent),
          tempfile.TemporaryDirectory(dir=dest.parent, prefix='.part-') as temp):
        part = Path(temp) / name
        HTTPDownloader(show_progress and bar, 1 << 18, timeout=timeout or 30)(url, part, None)
        _check(url, part)
        return part.replace(dest)


def untar_data(
    url: str,                      # one of `URLs`, or the address of any .tgz or .zip
    data=None,                     # folder to unpack into; `companion_data_folder()` if None
    force_download: bool = False,  # fetch again and replace what is there
) -> Path:                         # the folder of the unpacked set
    """Fetch a data set once, check it, unpack it, and give its folder.

    If COMPANION_MIRROR names a folder with the archive or the unpacked set, no network is used.
    """
    if not (m := re.search(r'([^/]+)\.(tgz|zip|tar\.\w+)$', urlparse(url).path)):
        raise ValueError(f'untar_data was given {url!r}, which is not the address of a .tgz or '
                         '.zip. Type untar_data(URLs.PETS), or another of `URLs`.')
    dest = (Path(data).expanduser() if data else companion_data_folder()) / m[1]
    if dest.exists() and not force_download: return dest
    mirror = _in_mirror(m[0], m[1])
    if mirror and mirror.is_dir(): return mirror
    _install(url, mirror, dest, force_download)
    return dest


def _in_mirror(name, stem):
    if not (mirror := os.environ.get('COMPANION_MIRROR')): return None
    for found in (Path(mirror, stem), Path(mirror, name)):
        if found.exists(): return found
    raise DownloadError(f'COMPANION_MIRROR is {mirror!r}, which holds neither {name} nor a folder '
                        f'{stem}. Put one there, or unset COMPANION_MIRROR to use the network.')


def _install(url, archive, dest, force):
    from filelock import FileLock
    dest.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(dest.with_name(f'.{dest.name}.lock')):  # a second process waits here
        if dest.exists() and not force: return            # and then finds what the first one got
        for old in dest.parent.glob(f'.{dest.name}.part-*'): shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=dest.parent, prefix=f'.{dest.name}.part-') as temp:
            _unpack(archive or _fetch(url, temp), url, dest, Path(temp))


def _fetch(url, folder):
    try:
        return download_url(url, folder)
    except DownloadError as e:
        text = next((t for names, t in _STAND_INS.items() if re.search(names, url)), 'none')
        raise DownloadError(f'{e}\nEmbedded set that serves instead: {text}.\nOr get the file in '
                            'another way and name its folder in COMPANION_MIRROR.') from e


def _unpack(archive, url, dest, temp):
    _check(url, archive)
    whole = temp / 'new'
    with _explained(archive, dest.parent): _extract(archive, whole)
    inside = list(whole.iterdir())
    if len(inside) == 1 and inside[0].is_dir(): whole = inside[0]
    if dest.exists(): dest.replace(temp / 'old')
    whole.replace(dest)


def _extract(archive, folder):
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as z:
            return z.extractall(folder, [n for n in z.namelist() if _inside(n)])
    with tarfile.open(archive) as t:
        t.extraction_filter = getattr(tarfile, 'data_filter', lambda member, path: member)
        t.extractall(folder, (m for m in t if _inside(m.name) and _inside(m.linkname)))
        while t.fileobj.read(1 << 20): pass  # up to the checksum at its end


def _inside(path):
    if not re.search(r'^([\\/]|[A-Za-z]:)|(^|[\\/])\.\.($|[\\/])', path): return True
    raise tarfile.TarError(f'{path!r} would be written outside of the folder')


def _check(url, path):
    size, md5 = _CHECKS.get(url, (path.stat().st_size, None))
    with open(path, 'rb') as f: start = hashlib.md5(f.read(1 << 20)).hexdigest()
    if path.stat().st_size != size or md5 not in (None, start):
        raise DownloadError(f'{path.name} is not the file that {url} should give: {size:,} bytes '
                            'were expected. Delete it where it is kept, and try again later.')


@contextmanager
def _explained(what, folder):
    import requests
    try: yield
    except requests.HTTPError as e:
        raise DownloadError(f'{e}. Check the address, or try later.') from e
    except requests.exceptions.ChunkedEncodingError as e:
        raise DownloadError(f'{what} broke off half way; nothing was kept. Try again.') from e
    except (requests.ConnectionError, requests.Timeout) as e:
        raise DownloadError(f'{what} cannot be reached: no network, or no answer.') from e
    except (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as e:
        raise DownloadError(f'{what} is damaged or unsafe, and was not unpacked: {e}.') from e
    except OSError as e:
        if e.errno != errno.ENOSPC: raise
        raise DownloadError(e.errno, f'The disk is full; {what} does not fit into {folder}. Make '
                            'room, or let COMPANION_DATA name a folder on another disk.') from e


class _Bar(ProgressTable):
    "A bar without a table, moved by what pooch counts."
    done = total = 0

    def update(self, n):
        self.done += n
        super().update(self.done / max(self.total, self.done, 1), f'{self.done / 1e6:.1f} MB')

    def reset(self): self.done = 0
