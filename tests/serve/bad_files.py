"""Sixty uploads of twenty kinds that no app may take, and odd pictures that it has to take."""
import io
import pickle
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

__all__ = ['FILES', 'MESSAGES', 'ODD', 'file_of']


def file_of(picture, kind='PNG', **how):
    "The bytes of a picture's file."
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def part(name, data, length=None):
    "A chunk of a PNG, with its own length or a false one."
    length = len(data) if length is None else length
    return struct.pack('>I', length) + name + data + struct.pack('>I', zlib.crc32(name + data))


def png(width, height, pixels=b'', length=None):
    "A PNG that says how large it is, whatever it then holds."
    head = part(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0))
    return (b'\x89PNG\r\n\x1a\n' + head + part(b'IDAT', zlib.compress(pixels), length)
            + part(b'IEND', b''))


def jpeg_of_size(width, height):
    "A JPEG whose header lies about its size."
    at = GREY_JPEG.index(b'\xff\xc0') + 5
    return GREY_JPEG[:at] + struct.pack('>HH', height, width) + GREY_JPEG[at + 4:]


def with_exif(note):
    "A JPEG with a note of its camera that may be nonsense."
    note = b'Exif\0\0' + note
    return GREY_JPEG[:2] + b'\xff\xe1' + struct.pack('>H', len(note) + 2) + note + GREY_JPEG[2:]


def archive(compression):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', compression) as z: z.writestr('picture.jpg', GREY_JPEG)
    return out.getvalue()


def tiff(*entries):
    "A TIFF that is nothing but a directory, with these (tag, type, count, value)."
    body = b''.join(struct.pack('<HHII', *e) for e in entries)
    return b'II*\0\x08\0\0\0' + struct.pack('<H', len(entries)) + body + b'\x08\0\0\0'


class Poison:
    "What would run a command if anybody unpickled it."
    def __reduce__(self): return exec, ('raise SystemExit(42)',)


GREY = Image.new('RGB', (60, 40), 'gray')
GREY_JPEG = file_of(GREY, 'JPEG')
NOISE = Image.effect_noise((300, 300), 90)
MORE = dict(save_all=True, append_images=[Image.new('RGB', (60, 40), 'silver')])
SIZE = (256, 4, 1, 60), (257, 4, 1, 40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
HEAVY = 8 * 2**20 + 1
FILES = {       # each kind three times; the name that comes with a file is its kind
    'nothing': [b'', b'\0', b' \n'],
    'text': [b'Dear reader, this is no picture.', 'Häßlich'.encode('utf-16'), b'GIF' * 50],
    'half a PNG': [file_of(NOISE)[:n] for n in (20, 2000, 60_000)],
    'half a JPEG': [file_of(NOISE, 'JPEG')[:n] for n in (30, 800, 9000)],
    'bomb': [png(60_000, 60_000), png(9000, 9000, bytes(9000)), jpeg_of_size(50_000, 50_000)],
    'animation': [file_of(GREY, kind, **MORE) for kind in ('GIF', 'PNG', 'WEBP')],
    'thread': [file_of(Image.new('RGB', s)) for s in ((1, 1), (1, 400), (900, 5))],
    'archive': [archive(zipfile.ZIP_STORED), archive(zipfile.ZIP_DEFLATED), b'\x1f\x8b' * 40],
    'pickle': [pickle.dumps(Poison(), n) for n in (0, 2, 5)],
    'PDF': [b'%PDF-1.7\n%\xe2\xe3\n1 0 obj\n', b'%PDF-' + bytes(99), b'%!PS-Adobe-3.0 EPSF-3.0\n'],
    'SVG': [SVG, b'<?xml version="1.0"?>' + SVG, b'\xef\xbb\xbf' + SVG],
    'page': [b'<!doctype html><script>alert(1)</script>', b'<img src=x onerror=alert(1)>',
             b'Content-Type: text/html\r\n\r\n<html>'],
    'false lengths': [png(60, 40, bytes(900), n) for n in (2**32 - 1, 2**31, 0)],
    'odd TIFF': [tiff(*SIZE, (258, 3, 1, 7)), tiff(*SIZE, (277, 3, 1, 2048)), tiff()],
    'film': [b'\0\0\0\x18ftyp' + kind + bytes(60) for kind in (b'mp42', b'heic', b'avif')],
    'false JPEG': [b'\xff\xd8\xff' + bytes(60), b'\xff\xd8' + b'\xff' * 500, b'\xff\xd8\xff\xd9'],
    'too heavy': [bytes(HEAVY), GREY_JPEG + bytes(HEAVY), file_of(GREY) + bytes(HEAVY)],
}
MESSAGES = {    # (what the message holds, its files), for Teach it
    'no such class': [(dict(k=k), [GREY_JPEG]) for k in (3, -1, 1.0)],
    'class of another type': [(dict(k=k), [GREY_JPEG]) for k in (None, '0', True)],
    'no file': [(dict(k=0), []), (dict(k=0, names=['a.png'] * 3), []),
                (dict(k=0, names={'a': [None]}, heavy=7, first='no', place=[['0']]), [])],
}
UPRIGHT = Image.Exif()
UPRIGHT[0x0112] = 6
DEEP = np.arange(2400, dtype=np.uint16).reshape(40, 60) * 27
ODD = {
    'CMYK JPEG': file_of(GREY.convert('CMYK'), 'JPEG'),
    '16-bit PNG': file_of(Image.fromarray(DEEP)),
    'alpha': file_of(Image.new('RGBA', (60, 40), (9, 9, 9, 0))),
    'palette': file_of(GREY.quantize()), 'still GIF': file_of(GREY, 'GIF'),
    'turned JPEG': file_of(GREY, 'JPEG', exif=UPRIGHT),
    'phone': file_of(GREY, 'MPO', save_all=True, append_images=[GREY]),
    'float TIFF': file_of(Image.fromarray(DEEP.astype(np.float32)), 'TIFF'),
    'broken note': with_exif(b'MM\0*\0\0\0\x08\0\xff' + bytes(30)),
    'half a note': with_exif(b'II*\0\x08\0'), 'nonsense note': with_exif(b'\xff' * 40)}
