"From files to batches: DataBlock, DataLoader, the book's DataLoaders, and what an error says."
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from fastcore.basics import GetAttr, add_props
from PIL import Image

from utils import (CategoryBlock, DataBlock, DataLoader, DataLoaders, ImageBlock, ImageDataLoaders,
                   Normalize, RandomSplitter, RegressionBlock, Resize, aug_transforms,
                   get_image_files, parent_label, set_seed)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp('pictures')
    for i in range(20):
        label, color = ('red', (200, i, 0)) if i % 2 else ('blue', (0, i, 200))
        (path / label).mkdir(exist_ok=True)
        Image.new('RGB', (30 + i, 24), color).save(path / label / f'{label}_{i}.png')
    return path


def block(**kw):
    return DataBlock((ImageBlock, CategoryBlock), get_image_files, RandomSplitter(seed=42),
                     get_y=parent_label, **{'item_tfms': Resize(16), **kw})


def test_a_data_block_makes_batches_of_pictures_and_labels(folder):
    dls = block().dataloaders(folder, bs=8)
    x, y = dls.one_batch()
    assert x.shape == (8, 3, 16, 16) and x.dtype == torch.float32 and 0 <= x.min() <= x.max() <= 1
    assert list(dls.vocab) == ['blue', 'red'] and dls.c == 2
    assert torch.equal((x[:, 0].mean((1, 2)) > .5).long(), y), 'red pictures bear the label red'
    assert len(dls.train_ds) == 16 and len(dls.valid_ds) == 4


def test_new_returns_a_copy(folder):
    one = block()
    two = one.new(item_tfms=Resize(8), batch_tfms=aug_transforms())
    assert two.dataloaders(folder, bs=4).one_batch()[0].shape[-1] == 8
    assert one.item_tfms[0] is not two.item_tfms[0] and one.batch_tfms == []


def test_only_the_training_set_is_shuffled_and_augmented(folder):
    dls = block(batch_tfms=aug_transforms(mult=3)).dataloaders(folder, bs=4)
    a, b = ([xb for xb, _ in dls.valid] for _ in range(2))
    assert all(torch.equal(p, q) for p, q in zip(a, b))
    plain = block().dataloaders(folder, bs=4).valid.one_batch()[0]
    torch.testing.assert_close(a[0], plain)
    first, second = ([y for _, y in dls.train] for _ in range(2))
    assert not torch.equal(torch.cat(first), torch.cat(second))


def test_every_item_comes_once_an_epoch_and_the_last_batch_may_be_short():
    dl = DataLoader(list(zip(torch.arange(10), torch.arange(10))), bs=4, shuffle=True)
    xs = [xb for xb, _ in dl]
    assert [len(x) for x in xs] == [4, 4, 2] and len(dl) == 3
    assert sorted(torch.cat(xs).tolist()) == list(range(10))
    assert [len(x) for x, _ in dl.new(drop_last=True)] == [4, 4]


def test_the_same_seed_gives_the_same_order():
    def order():
        set_seed(9)
        return [xb.tolist() for xb, _ in DataLoader(list(zip(range(9), range(9))), 4, shuffle=True)]
    assert order() == order()


def test_threads_prepare_the_same_batches_in_the_same_order(folder):
    def batches(n):
        set_seed(2)
        dls = block(item_tfms=Resize(16), batch_tfms=aug_transforms()).dataloaders(
            folder, bs=4, num_workers=n)
        return [xb for xb, _ in dls.train]
    for a, b in zip(batches(0), batches(2)): assert torch.equal(a, b)


def test_looking_twice_shows_different_augmentations_of_one_picture(folder):
    dls = block(batch_tfms=aug_transforms(mult=2)).dataloaders(folder, bs=4)
    x = dls.train.one_batch(unique=True)[0]
    assert not torch.allclose(x[0], x[1])
    assert not torch.allclose(dls.train.one_batch(unique=True)[0], x)


def test_normalize_is_undone_for_looking(folder):
    dls = block(batch_tfms=Normalize.from_stats([.5] * 3, [.25] * 3)).dataloaders(folder, bs=4)
    x = dls.valid.one_batch()[0]
    assert x.min() < 0
    plain = block().dataloaders(folder, bs=4).valid.one_batch()[0]
    torch.testing.assert_close(dls.valid.undo(x), plain)


def test_show_batch_draws_titles_and_the_asked_grid(folder):
    axs = block().dataloaders(folder, bs=8).train.show_batch(max_n=4, nrows=1)
    place = plt.rcParams['axes.titlelocation']
    assert len(axs) == 4 and {ax.get_title(place) for ax in axs} <= {'red', 'blue'}
    assert axs[0].figure.get_size_inches().tolist() == [12, 3]
    with pytest.raises(TypeError, match='needs blocks'): DataLoader([(1, 2)]).show_batch()


def test_the_books_data_loaders_class_and_its_plain_twin_agree(folder):
    class Books(GetAttr):
        def __init__(self, *loaders): self.loaders = loaders
        def __getitem__(self, i): return self.loaders[i]
        train, valid = add_props(lambda i, self: self[i])

    class Plain:
        def __init__(self, *loaders): self.loaders = loaders
        def __getitem__(self, i): return self.loaders[i]
        @property
        def train(self): return self[0]
        @property
        def valid(self): return self[1]

    ours = block().dataloaders(folder)
    for cls in (Books, Plain, DataLoaders):
        d = cls(*ours.loaders)
        assert d.train is ours[0] and d.valid is ours.loaders[1]
        with pytest.raises(AttributeError): d.nope
        with pytest.raises(IndexError): cls(ours.train).valid


@pytest.mark.parametrize('way', ['name', 'path', 'folder', 're'])
def test_the_ready_ways_give_the_same_data(folder, way):
    files, kw = get_image_files(folder), dict(valid_pct=.2, seed=42, item_tfms=Resize(16), bs=4)
    dls = dict(
        name=lambda: ImageDataLoaders.from_name_func(folder, files, lambda n: n.split('_')[0],
                                                     **kw),
        path=lambda: ImageDataLoaders.from_path_func(folder, files, parent_label, **kw),
        folder=lambda: ImageDataLoaders.from_folder(folder, **kw),
        re=lambda: ImageDataLoaders.from_name_re(folder, files, r'^(.+)_\d+', **kw))[way]()
    want = block().dataloaders(folder, bs=4)
    for a, b in zip(dls.valid.one_batch(), want.valid.one_batch()): assert torch.equal(a, b)


def test_arrays_are_batched_by_one_index():
    x, y = np.random.rand(50, 8, 8).astype('f'), np.arange(50) % 10
    dls = ImageDataLoaders.from_arrays(x, y, seed=1, bs=16)
    assert dls.one_batch()[0].shape == (16, 1, 8, 8) and dls.c == 10
    seen = torch.cat([xb for xb, _ in dls.valid])
    train, valid = RandomSplitter(seed=1)(range(50))
    np.testing.assert_array_equal(seen[:, 0], x[list(valid)])
    with pytest.raises(ValueError, match='50 pictures cannot have 49 labels'):
        ImageDataLoaders.from_arrays(x, y[:-1])


def test_regression_targets_are_floats(folder):
    b = DataBlock((ImageBlock, RegressionBlock), get_image_files, RandomSplitter(seed=42),
                  get_y=lambda o: float(o.stem.split('_')[1]), item_tfms=Resize(16))
    dls = b.dataloaders(folder, bs=4)
    assert dls.one_batch()[1].dtype == torch.float32 and dls.c == 1
    assert dls.train.blocks[1].words(torch.tensor(3.5)) == '3.5'


def test_summary_tells_each_step(folder, capsys):
    block(batch_tfms=aug_transforms()).summary(folder)
    out = capsys.readouterr().out
    for words in ('Setting-up type transforms pipelines', f'Collecting items from {folder}',
                  'Found 20 items', '2 datasets of sizes 16,4', "vocab: ['blue', 'red']",
                  'Collated: tensor (4, 3, 16, 16) uint8',
                  'After batch_tfms: tensor (4, 3, 16, 16) float32'):
        assert words in out


def test_pictures_of_different_sizes_need_a_resize(folder):
    with pytest.raises(ValueError, match='Pass item_tfms=Resize'):
        block(item_tfms=None).dataloaders(folder).one_batch()


def test_an_unseen_label_an_empty_folder_and_a_missing_get_y_are_explained(folder, tmp_path):
    with pytest.raises(KeyError, match='not among those of the training set'):
        CategoryBlock(vocab=['a']).encode('b')
    with pytest.raises(ValueError, match='found nothing'): block().dataloaders(tmp_path)
    with pytest.raises(ValueError, match='no get_y'): DataBlock((ImageBlock, CategoryBlock))
    with pytest.raises(ValueError, match='empty'): DataLoader([])
    with pytest.raises(ValueError, match='bs=0'): DataLoader([1], bs=0)


def test_a_list_of_pairs_is_a_data_set_as_in_chapter_4():
    x, y = torch.randn(10, 3), torch.arange(10)[:, None]
    xb, yb = next(iter(DataLoader(list(zip(x, y)), batch_size=4)))
    assert torch.equal(xb, x[:4]) and yb.shape == (4, 1)
