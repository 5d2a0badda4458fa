"CIFAR-10: 60,000 real photographs of 32 × 32 pixels, read where they are at hand."
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..download import URLs, companion_data_folder, untar_data

__all__ = ['CIFAR_CLASSES', 'cifar_at_hand', 'load_cifar']

CIFAR_CLASSES = 'airplane automobile bird cat deer dog frog horse ship truck'.split()


def cifar_at_hand() -> Path:
    """The folder or archive of CIFAR-10 on this machine, or None; never uses the network.

    Looked for are `cifar10/` and `cifar10.tgz` below COMPANION_DATA, then below COMPANION_MIRROR.
    """
    places = [companion_data_folder(), Path(os.environ.get('COMPANION_MIRROR') or os.devnull)]
    found = (p / name for p in places for name in ('cifar10', 'cifar10.tgz'))
    return next((p for p in found if p.exists()), None)


def load_cifar(
    part: str = 'train',  # 'train', 5,000 pictures a class, or 'test', 1,000 a class
    classes=None,         # names of classes, in the order of their labels; all ten if None
    n: int = None,        # take only the first n pictures of each class
    data=None,            # folder or .tgz; what is at hand if None, else it is downloaded
) -> tuple[Tensor, Tensor]:
    """Photographs, uint8 (n, 3, 32, 32), and labels, int64 (n,), of CIFAR-10.

    Source: A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009.
    """
    classes = list(classes or CIFAR_CLASSES)
    odd = [c for c in classes if c not in CIFAR_CLASSES] or [part] * (part not in ('train', 'test'))
    if odd: raise ValueError(f"CIFAR-10 has no {odd[0]!r}. Its parts are 'train' and 'test', its "
                             f"classes {', '.join(CIFAR_CLASSES)}.")
    source = Path(data or cifar_at_hand() or untar_data(URLs.CIFAR))
    read = _from_archive if source.is_file() else _from_folder
    found = {c: [] for c in classes}
    for name, file in read(source, part, found): found[name].append(file)
    empty = [c for c in classes if not found[c]]
    if empty: raise FileNotFoundError(
        f"{source} holds no pictures {part}/{empty[0]}/…, so it is not CIFAR-10 as "
        "untar_data(URLs.CIFAR) gives it. Name another folder or archive: load_cifar(data=…).")
    chosen = [[data for _, data in sorted(found[c])][:n] for c in classes]
    y = torch.tensor([i for i, files in enumerate(chosen) for _ in files])
    return torch.stack([_opened(f) for files in chosen for f in files]), y


def _opened(file):
    "The bytes of a picture as a tensor, uint8 (3, h, w)."
    pixels = np.array(Image.open(io.BytesIO(file)).convert('RGB'))
    return torch.from_numpy(pixels).permute(2, 0, 1)


def _from_archive(source, part, classes):
    "Class and (name, bytes) of each picture wanted, from a .tgz, without unpacking it."
    with tarfile.open(source) as archive:
        for m in archive:
            where = m.name.split('/')
            if m.isfile() and where[-3:-2] == [part] and where[-2] in classes:
                yield where[-2], (where[-1], archive.extractfile(m).read())


def _from_folder(source, part, classes):
    "Class and (name, bytes) of each picture wanted, from a folder."
    for c in classes:
        for path in (source / part / c).glob('*.*'): yield c, (path.name, path.read_bytes())
