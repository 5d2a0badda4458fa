"Files, labels and splits."
import json
from pathlib import Path

import pytest
from PIL import Image

from utils import (EndSplitter, FileSplitter, FuncSplitter, GrandparentSplitter, IndexSplitter,
                   MaskSplitter, RandomSplitter, RegexLabeller, get_image_files, parent_label,
                   using_attr, verify_images)

VECTORS = json.loads((Path(__file__).parent / 'parity' / 'learner.json').read_text())


@pytest.fixture
def tree(tmp_path):
    for name in 'train/cat/b.jpg train/cat/a.JPG valid/dog/c.png notes/d.txt .h/e.jpg'.split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('x')
    Image.new('RGB', (4, 4)).save(tmp_path / 'valid/dog/c.png')
    return tmp_path


def test_image_files_are_sorted_and_hidden_ones_left_out(tree):
    names = [f.relative_to(tree).as_posix() for f in get_image_files(tree)]
    assert names == ['train/cat/a.JPG', 'train/cat/b.jpg', 'valid/dog/c.png']
    assert len(get_image_files(tree, folders=['valid'])) == 1
    assert len(get_image_files(tree / 'train', recurse=False)) == 0
    with pytest.raises(FileNotFoundError, match='no folder'): get_image_files(tree / 'none')


def test_pictures_that_cannot_be_opened_are_found(tree):
    assert [f.name for f in verify_images(get_image_files(tree))] == ['a.JPG', 'b.jpg']


def test_labels_come_from_the_folder_or_the_name():
    assert parent_label(Path('bears/grizzly/1.jpg')) == 'grizzly'
    label = using_attr(RegexLabeller(r'(.+)_\d+.jpg$'), 'name')
    assert label(Path('x/Russian_Blue_12.jpg')) == 'Russian_Blue'
    with pytest.raises(ValueError, match='finds nothing in'): RegexLabeller(r'(\d+)')('none')
    with pytest.raises(ValueError): RegexLabeller(r'(\d+)', match=True)('a1')


@pytest.mark.parametrize('n', [20, 100])
def test_a_seeded_split_equals_fastais(n):
    train, valid = RandomSplitter(seed=42)(range(n))
    v = VECTORS['random_splitter'][str(n)]
    assert list(train) == v['train'] and list(valid) == v['valid']


def test_every_splitter_gives_each_item_to_one_set(tree, tmp_path):
    items = list(get_image_files(tree))
    (tmp_path / 'valid.txt').write_text('c.png\n')
    for s in (IndexSplitter([2]), EndSplitter(1 / 3), GrandparentSplitter(),
              MaskSplitter([0, 0, 1]), FuncSplitter(lambda o: o.suffix == '.png'),
              FileSplitter(tmp_path / 'valid.txt')):
        train, valid = s(items)
        assert (list(train), list(valid)) == ([0, 1], [2])
    train, valid = EndSplitter(.2, valid_last=False)(range(10))
    assert (list(train), list(valid)) == (list(range(2, 10)), [0, 1])


def test_wrong_splits_say_why():
    with pytest.raises(ValueError, match='is no share'): RandomSplitter(20)
    with pytest.raises(IndexError, match='no item 9'): IndexSplitter([9])(range(3))
    with pytest.raises(ValueError, match='give one for each'): MaskSplitter([True])(range(3))
