"What every other module needs: the device, seeds, tensors and pictures."
import os
import random
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

__all__ = ['set_seed', 'default_device', 'to_device', 'tensor', 'to_np', 'PILImage']

# Where torch was there before us, the package's own setting came too late.
if 'OMP_NUM_THREADS' not in os.environ: torch.set_num_threads(1)


def set_seed(
    s: int,  # any whole number
):
    "Start the random numbers of Python, NumPy and PyTorch from `s`, so that a run can be repeated."
    random.seed(s)
    np.random.seed(s % 2**32)
    torch.manual_seed(s)


def default_device(
    use: bool | None = None,  # False: the CPU; True: a GPU or an error; None: a GPU if there is one
) -> torch.device:
    "The device that training runs on: a GPU (cuda, else mps) if there is one, else the CPU."
    if use is False: return torch.device('cpu')
    if torch.cuda.is_available(): return torch.device('cuda', torch.cuda.current_device())
    if torch.backends.mps.is_available(): return torch.device('mps')
    if use: raise RuntimeError("default_device(use=True) found neither a CUDA nor an Apple GPU. "
                               "Type default_device() to take the CPU instead.")
    return torch.device('cpu')


def to_device(
    b,            # a tensor, a model, or a tuple, list or dict of them
    device=None,  # where to; `default_device()` if None
):
    "Move `b` and everything in it to `device`."
    device = device or default_device()
    if isinstance(b, (tuple, list)): return type(b)(to_device(o, device) for o in b)
    if isinstance(b, dict): return {k: to_device(v, device) for k, v in b.items()}
    return b.to(device) if hasattr(b, 'to') else b


def tensor(
    x,      # a number, list, array, series, picture or tensor
    *rest,  # more numbers: tensor(1, 2, 3)
) -> torch.Tensor:
    """Make a tensor of numbers, lists, arrays or pictures; 64-bit floats become 32-bit.

    >>> tensor(1, 2, 3)
    tensor([1, 2, 3])
    """
    if rest: x = (x, *rest)
    if isinstance(x, torch.Tensor): return x
    if isinstance(x, (tuple, list)) and len(x) and isinstance(x[0], torch.Tensor):
        return torch.stack(list(x))
    res = torch.as_tensor(np.array(x))
    return res.float() if res.dtype == torch.float64 else res


def as_list(o):
    "A list of what was given: nothing, one thing, or several."
    return [] if o is None else list(o) if isinstance(o, (list, tuple)) else [o]


def to_np(
    t,  # a tensor on any device, with or without gradients
) -> np.ndarray:
    "The values of a tensor as a NumPy array."
    return t.detach().cpu().numpy() if isinstance(t, torch.Tensor) else np.asarray(t)


class PILImage(Image.Image):
    "A picture in RGB that can be made from almost anything and shows itself in a notebook."

    @classmethod
    def create(
        cls,
        fn,  # a path, bytes, an open file, an array or tensor (h,w), (h,w,3) or (3,h,w), a picture
    ) -> 'PILImage':
        "Open `fn` as an RGB picture, turned the way up that its camera noted."
        if isinstance(fn, torch.Tensor): fn = to_np(fn)
        if isinstance(fn, np.ndarray): fn = _from_array(fn)
        if not isinstance(fn, Image.Image): fn = _open(fn)
        return cls._of(_to_rgb(ImageOps.exif_transpose(fn)))

    @classmethod
    def _of(cls, im):
        res = cls()      # Pillow's own way to make one picture from the pixels of another
        res.im, res._mode, res._size = im.im, im.mode, im.size
        return res

    def to_thumb(
        self,
        h: int,         # greatest height in pixels
        w: int = None,  # greatest width; `h` if None
    ) -> 'PILImage':
        "A copy that fits into `h` × `w` pixels and keeps its shape."
        im = self.copy()
        im.thumbnail((w or h, h))
        return type(self)._of(im)


def _open(f):
    "Read a whole picture; say plainly what is wrong with a file that is none."
    if isinstance(f, (str, Path)) and not Path(f).is_file(): raise FileNotFoundError(
        f"There is no file {str(f)!r} in {Path.cwd()}. Check the path, or list what is there with "
        "Path('.').ls().")
    name = Path(f).name if isinstance(f, (str, Path)) else 'What was given'
    if isinstance(f, (bytes, bytearray, memoryview)): f = BytesIO(bytes(f))
    try:
        im = Image.open(f)
        im.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as e:
        raise ValueError(f"{name} is no picture that can be read: {e}. Give a whole JPEG, PNG, "
                         "GIF, BMP or WebP file of a usual size.") from None
    return im


def _from_array(a):
    "A Pillow picture from an array: floats mean 0 to 1, whole numbers 0 to 255."
    if a.ndim == 3 and a.shape[0] in (1, 3) and a.shape[-1] not in (1, 3): a = a.transpose(1, 2, 0)
    if a.dtype.kind == 'f': a = (a * 255).round().clip(0, 255)
    if a.ndim == 3 and a.shape[-1] == 1: a = a[..., 0]
    if a.ndim not in (2, 3): raise ValueError(f"An array of shape {a.shape} is no picture. Give "
                                              "one of shape (h, w), (h, w, 3) or (3, h, w).")
    return Image.fromarray(a.astype(np.uint8))


def _to_rgb(im):
    "RGB: 16-bit greys scaled down rather than cut off, transparent parts on white."
    if im.mode.startswith('I') or im.mode == 'F':
        a = np.asarray(im, dtype=np.float32)
        im = _from_array(a / (65535 if a.max() > 255 else 255))
    if im.has_transparency_data:
        im = im.convert('RGBA')
        im = Image.alpha_composite(Image.new('RGBA', im.size, 'white'), im)
    return im.convert('RGB')
