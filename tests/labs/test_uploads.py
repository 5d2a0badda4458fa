"""Files from anywhere: pictures of every make are opened, all else is refused in one sentence."""
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from utils.core import PILImage
from utils.labs.uploads import MEGABYTES, open_upload


def file_of(picture, kind='PNG', **how):
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def corner(mode='L', size=(120, 80)):
    "A light picture with one dark corner, top left: it tells which way up it is."
    picture = Image.new('L', size, 250)
    picture.paste(10, (0, 0, 30, 20))
    return picture.convert(mode)


def png_of_size(width, height):
    "The beginning of a PNG that says how large it is, and no pixels."
    def part(name, data):
        return (struct.pack('>I', len(data)) + name + data
                + struct.pack('>I', zlib.crc32(name + data)))
    head = struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + part(b'IHDR', head) + part(b'IDAT', b'') + part(b'IEND', b'')


def looks_right(picture):
    a = np.asarray(picture.convert('L')).astype(float)
    return (picture.mode, picture.size) == ('RGB', (120, 80)) and a[5:15, 5:25].mean() < 60 \
        and a[40:].mean() > 200


EXIF = Image.Exif()
EXIF[0x0112] = 6         # the camera was held upright: turn a quarter
DEEP = Image.fromarray(np.asarray(corner()).astype(np.uint16) * 257)
SEE_THROUGH = Image.merge('LA', (Image.new('L', (120, 80), 0), corner().point(lambda v: 255 - v)))
KINDS = {
    'grey PNG': file_of(corner()), 'colour PNG': file_of(corner('RGB')),
    'palette PNG': file_of(corner('P')), 'black and white': file_of(corner('1')),
    '16-bit PNG': file_of(DEEP), 'alpha': file_of(SEE_THROUGH), 'GIF': file_of(corner(), 'GIF'),
    'JPEG': file_of(corner(), 'JPEG'), 'CMYK JPEG': file_of(corner('CMYK'), 'JPEG'),
    'turned JPEG': file_of(corner().transpose(Image.Transpose.ROTATE_90), 'JPEG', exif=EXIF),
    'WebP': file_of(corner('RGB'), 'WEBP'), 'BMP': file_of(corner(), 'BMP'),
    'TIFF': file_of(corner(), 'TIFF')}
REFUSED = {
    'empty': (b'', 'The file is empty'),
    'text': (b'Dear reader, this is no picture.' * 9, 'not a picture'),
    'page': (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'not a picture'),
    'half a PNG': (file_of(Image.effect_noise((300, 300), 90))[:20_000], 'breaks off'),
    'half a JPEG': (file_of(Image.effect_noise((300, 300), 90), 'JPEG')[:9000], 'breaks off'),
    'first bytes': (file_of(corner())[:12], 'not a picture'),
    'huge': (png_of_size(9000, 9000), '81 megapixels; at most 50'),
    'bomb': (png_of_size(60_000, 60_000), 'more than 170 megapixels'),
    'heavy': (b'x' * (MEGABYTES * 2**20 + 1), 'has 8.1 MB; at most 8')}


@pytest.mark.parametrize('kind', KINDS)
def test_every_kind_of_picture_is_opened_the_right_way_up(kind):
    assert looks_right(open_upload(KINDS[kind]))


@pytest.mark.filterwarnings('ignore:.*EXIF')
@pytest.mark.parametrize('note', [
    b'MM\0*\0\0\0\x08\0\xff' + bytes(30), b'II*\0\x08\0', b'\xff' * 40],
    ids=['broken', 'half', 'nonsense'])
@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP'])
def test_a_camera_s_note_that_cannot_be_read_turns_nothing(note, kind):
    data = file_of(corner('RGB'), kind, exif=b'Exif\0\0' + note)
    assert looks_right(open_upload(data))


def test_whatever_pillow_raises_is_a_refusal(monkeypatch):
    def broken(*args, **kwargs): raise struct.error('planted')
    for owner, name in (Image, 'open'), (ImageFile.ImageFile, 'load'), (PILImage, 'create'):
        with monkeypatch.context() as m:
            m.setattr(owner, name, broken)
            with pytest.raises(ValueError, match='try again'): open_upload(KINDS['colour PNG'])


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='this system has no disk always full')
def test_on_a_full_disk_a_refusal_is_told_though_it_cannot_be_counted(monkeypatch):
    with pytest.raises(OSError, match='No space'), open('/dev/full', 'ab') as f: f.write(b'.')
    monkeypatch.setenv('COMPANION_REFUSED', '/dev/full')
    with pytest.raises(ValueError, match='The file is empty'): open_upload(b'')


@pytest.mark.parametrize('kind', REFUSED)
def test_what_is_no_picture_is_refused_with_a_reason_and_a_way_out(kind):
    data, why = REFUSED[kind]
    with pytest.raises(ValueError, match=why) as caught: open_upload(data)
    assert str(caught.value).endswith(('try again.', 'Choose another one.'))


def test_the_pixels_of_a_huge_picture_are_never_decoded(monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, 'load', lambda self: pytest.fail('was decoded'))
    with pytest.raises(ValueError, match='megapixels'): open_upload(png_of_size(9000, 9000))


def test_a_large_picture_comes_back_small():
    assert max(open_upload(file_of(Image.new('L', (4000, 3000), 200), 'JPEG')).size) == 1000


def test_half_pictures_are_never_taken_for_whole(monkeypatch):
    monkeypatch.setattr(ImageFile, 'LOAD_TRUNCATED_IMAGES', True)
    with pytest.raises(RuntimeError, match='LOAD_TRUNCATED_IMAGES'): open_upload(KINDS['JPEG'])
