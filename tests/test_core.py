"Seeds, devices, tensors and pictures of every kind."
import os
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from utils import PILImage, default_device, set_seed, tensor, to_device, to_np


def test_a_seed_repeats_the_numbers_of_torch_numpy_and_python():
    import random

    def draw():
        set_seed(5)
        return random.random(), np.random.rand(), torch.rand(1).item()
    assert draw() == draw()


def test_tensor_takes_numbers_lists_arrays_and_pictures():
    assert torch.equal(tensor(1, 2), torch.tensor([1, 2]))
    assert tensor([1., 2.]).dtype == tensor(np.zeros(2)).dtype == torch.float32
    assert tensor(Image.new('RGB', (3, 2))).shape == (2, 3, 3)
    assert tensor([torch.zeros(2), torch.ones(2)]).shape == (2, 2)
    assert isinstance(to_np(torch.zeros(2, requires_grad=True)), np.ndarray)


def test_to_device_keeps_the_shape_of_what_it_moves():
    b = (torch.zeros(1), [torch.zeros(1)], {'a': torch.zeros(1)}, 'word')
    moved = to_device(b, 'cpu')
    assert isinstance(moved, tuple) and isinstance(moved[1], list) and moved[3] == 'word'
    assert default_device(False).type == 'cpu'


def saved(im, kind='PNG', **kw):
    out = BytesIO()
    im.save(out, kind, **kw)
    return out.getvalue()


@pytest.mark.parametrize('mode', ['RGB', 'L', '1', 'P', 'RGBA', 'LA', 'I;16'])
def test_png_pictures_of_every_mode_become_rgb(mode):
    im = PILImage.create(saved(Image.new('RGB', (6, 4), 'white').convert('L').convert(mode)))
    assert im.mode == 'RGB' and im.size == (6, 4) and isinstance(im, PILImage)


def test_a_16_bit_picture_is_scaled_down_not_cut_off():
    a = np.linspace(0, 65535, 12, dtype=np.uint16).reshape(3, 4)
    grey = np.asarray(PILImage.create(saved(Image.fromarray(a))))[..., 0]
    np.testing.assert_allclose(grey, a / 65535 * 255, atol=1)


def test_cmyk_and_transparency_and_exif_rotation():
    assert PILImage.create(saved(Image.new('CMYK', (5, 5)), 'JPEG')).mode == 'RGB'
    clear = Image.new('RGBA', (2, 2), (0, 0, 0, 0))
    assert PILImage.create(saved(clear)).getpixel((0, 0)) == (255, 255, 255)
    exif = Image.Exif()
    exif[0x112] = 6
    assert PILImage.create(saved(Image.new('RGB', (8, 4)), 'JPEG', exif=exif)).size == (4, 8)


def test_arrays_and_tensors_become_pictures():
    x = torch.rand(3, 5, 7)
    im = PILImage.create(x)
    assert im.size == (7, 5)
    np.testing.assert_allclose(np.asarray(im) / 255, x.permute(1, 2, 0), atol=.003)
    assert PILImage.create(np.zeros((4, 4), np.uint8)).size == (4, 4)
    with pytest.raises(ValueError, match='is no picture'): PILImage.create(np.zeros(3))


@pytest.mark.parametrize('data', [b'', b'hello', saved(Image.new('RGB', (50, 50)))[:60]])
def test_bytes_that_are_no_whole_picture_are_refused_in_words(data):
    with pytest.raises(ValueError, match='is no picture that can be read'): PILImage.create(data)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='nothing.png'):
        PILImage.create(tmp_path / 'nothing.png')


def test_a_thumbnail_fits_and_leaves_the_picture_as_it_was():
    im = PILImage.create(Image.new('RGB', (100, 50)))
    assert im.to_thumb(20).size == (20, 10) and im.to_thumb(10, 80).size == (20, 10)
    assert im.size == (100, 50) and isinstance(im.to_thumb(9), PILImage)


def run(code, **env):
    env = {k: v for k, v in {**os.environ, **env}.items() if v is not None}
    return subprocess.run([sys.executable, '-W', 'always', '-c', code], env=env, check=True,
                          capture_output=True, text=True)


def test_importing_utils_sets_the_thread_policy_before_torch():
    code = ("import utils, os, torch; print(os.environ['OMP_WAIT_POLICY'], "
            "torch.get_num_threads())")
    assert run(code, OMP_WAIT_POLICY=None, OMP_NUM_THREADS=None).stdout.split() == ['passive', '1']
    res = run(code, OMP_WAIT_POLICY='active', OMP_NUM_THREADS='2')
    assert res.stdout.split() == ['active', '2']


def test_torch_loaded_first_is_said_once():
    res = run('import torch, utils, utils.core', OMP_WAIT_POLICY=None)
    assert res.stderr.count('torch was loaded before utils') == 1
