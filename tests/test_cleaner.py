"The cleaner keeps its marks, sorts by loss and never touches a file."
import pytest
from PIL import Image

from utils import (ImageClassifierCleaner, ImageDataLoaders, Resize, companion_resnet, set_seed,
                   vision_learner)


@pytest.fixture(scope='module')
def cleaner(tmp_path_factory):
    path = tmp_path_factory.mktemp('pictures')
    for i in range(20):
        im = Image.new('RGB', (20, 20), (i * 10, 0, 200 - i * 10))
        im.save(path / f'{"ab"[i % 2]}_{i}.png')
    set_seed(1)
    dls = ImageDataLoaders.from_name_func(path, sorted(path.iterdir()), lambda n: n[0], seed=1,
                                          item_tfms=Resize(32), bs=8)
    return ImageClassifierCleaner(vision_learner(dls, companion_resnet, pretrained=False))


def menus(cleaner): return [card.children[1] for card in cleaner._row.children]


def test_pictures_come_with_the_largest_loss_first(cleaner):
    for rows in cleaner.sets.values():
        losses = [loss for _, _, loss in rows]
        assert losses == sorted(losses, reverse=True)
    assert len(cleaner.fns) == 20


def test_marks_stay_when_the_category_or_the_set_changes(cleaner):
    menus(cleaner)[0].value = '<Delete>'
    first = cleaner.delete()
    cleaner._category.value = 'b'
    menus(cleaner)[0].value = 'a'
    cleaner._set.value = 'Valid'
    cleaner._set.value, cleaner._category.value = 'Train', 'a'
    assert menus(cleaner)[0].value == '<Delete>'
    assert cleaner.delete() == first and len(first) == 1
    (i, label), = cleaner.change()
    assert label == 'a' and cleaner.fns[i].name.startswith('b')
    assert all(f.exists() for f in cleaner.fns)


def test_every_picture_has_words(cleaner):
    html = cleaner._row.children[0].children[0].value
    assert 'alt="' in html and 'loss' in html


def test_small_pictures_are_enlarged_in_boxes_of_one_width(cleaner):
    html = cleaner._repr_mimebundle_()['text/html']
    n = len(menus(cleaner))
    assert html.count('width:120px;background') == html.count('width:150px;') == n   # 20 × 6


def test_a_reader_without_kernel_sees_the_pictures_of_the_first_category(cleaner):
    cleaner._set.value, cleaner._category.value = 'Train', 'a'
    bundle = cleaner._repr_mimebundle_()
    assert bundle['text/plain'] == 'a, Train: the largest loss first'
    assert bundle['text/html'].count('<img alt="') == len(menus(cleaner))
    assert any('widget-view' in kind for kind in bundle)
