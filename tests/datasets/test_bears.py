"""The drawn bears: three folders of pictures, the same for everyone."""
import pytest
from PIL import Image

from utils.datasets.bears import draw_bears


@pytest.fixture(scope='module')
def bears(tmp_path_factory):
    return draw_bears(n=10, size=40, folder=tmp_path_factory.mktemp('bears') / 'a')


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob('*.jpg')}


def test_each_kind_has_a_folder_and_its_share_of_the_pictures(bears):
    counts = {p.name: len(list(p.glob('*.jpg'))) for p in bears.iterdir() if p.is_dir()}
    assert counts == dict(grizzly=4, black=3, teddy=3)
    for p in bears.rglob('*.jpg'):
        with Image.open(p) as image: assert (image.mode, image.size) == ('RGB', (40, 40))


def test_the_same_seed_gives_the_same_bytes(bears, tmp_path):
    assert files(draw_bears(n=10, size=40, folder=tmp_path / 'b')) == files(bears)
    other = files(draw_bears(n=10, size=40, seed=1, folder=tmp_path / 'c'))
    assert not [k for k, v in files(bears).items() if other[k] == v]


def test_a_picture_moved_to_another_kind_comes_back_with_the_next_call(tmp_path):
    bears = draw_bears(n=3, size=16, folder=tmp_path / 'a')
    before = files(bears)
    (bears / 'black' / 'black_001.jpg').rename(bears / 'teddy' / 'black_001.jpg')
    assert files(draw_bears(n=3, size=16, folder=bears)) == before


def test_too_few_bears_are_refused(tmp_path):
    with pytest.raises(ValueError, match='at least 3'):
        draw_bears(n=2, folder=tmp_path / 'a')
