"""A visitor's picture file, opened with care: what is no picture is refused in plain words."""
import os
import warnings
from io import BytesIO
from math import ceil

from PIL import Image, ImageFile

from ..core import PILImage
from .widgets_js import log

__all__ = ['open_upload', 'MEGABYTES', 'MEGAPIXELS']

MEGABYTES, MEGAPIXELS = 8, 50
FORMATS = ('JPEG', 'PNG', 'GIF', 'BMP', 'WEBP', 'TIFF')
UNREADABLE = ('The file is not a picture that can be read here. Save it as a JPEG or PNG and try '
              'again.')


def open_upload(
    data: bytes,            # the whole file
    side: int = 1000,       # longest side of what is returned, in pixels
) -> Image.Image:           # RGB, the right way up
    "The picture in a file from somewhere else, or a ValueError that says why it is refused."
    try:
        return opened(data, side)
    except ValueError:
        count_refusal()
        raise


def count_refusal():
    "One byte more in the file in which an app server counts the refused uploads of all its pages."
    file = os.environ.get('COMPANION_REFUSED')
    if not file or not os.path.exists(file): return
    try:
        with open(file, 'ab') as counted: counted.write(b'.')
    except OSError as e: log.warning('a refused upload was not counted: %s', e)    # a full disk


def opened(data: bytes, side: int) -> Image.Image:
    "The picture in a file, after all that can be asked before it is decoded."
    if not data: raise ValueError('The file is empty. Choose another one.')
    if len(data) > MEGABYTES * 2**20: raise ValueError(
        f'The file has {ceil(len(data) / 2**20 * 10) / 10:g} MB; at most {MEGABYTES} can be read. '
        'Save a smaller copy and try again.')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise ValueError(too_many('more than 170')) from None
    except Exception:        # what Pillow raises at a crafted file is of any kind, here and below
        raise ValueError(UNREADABLE) from None
    pixels = picture.width * picture.height / 1e6             # known before anything is decoded
    if pixels > MEGAPIXELS: raise ValueError(too_many(f'{pixels:.0f}'))
    return decoded(picture, side)


def decoded(picture: Image.Image, side: int) -> Image.Image:
    "The pixels; a file that breaks off is refused."
    if ImageFile.LOAD_TRUNCATED_IMAGES: raise RuntimeError(
        'PIL.ImageFile.LOAD_TRUNCATED_IMAGES is on, so half a picture would pass for a whole one. '
        'Set it to False.')
    try:
        picture.draft('RGB', (side, side))                    # a large JPEG is decoded smaller
        picture.load()
    except Exception:
        raise ValueError('The picture is damaged: the file breaks off before its end. '
                         'Copy or save it once more and try again.') from None
    try:
        return upright(picture).to_thumb(side)
    except Exception:
        raise ValueError(UNREADABLE) from None


def upright(picture: Image.Image) -> PILImage:
    "In RGB, turned as its camera noted; notes that cannot be read turn nothing."
    try:
        return PILImage.create(picture)
    except Exception:
        bare = picture.copy()
        bare.info = {k: v for k, v in bare.info.items() if k == 'transparency'}
        return PILImage.create(bare)


def too_many(pixels: str) -> str:
    "Why a huge picture is refused."
    return (f'The picture has {pixels} megapixels; at most {MEGAPIXELS} can be read. '
            'Save a smaller copy and try again.')
