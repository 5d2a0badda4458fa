"What the recogniser learns from, and that the script writes files that can be opened."
import torch

from utils.detection import box_iou, load_detector
from utils.export import load_learner
from utils.labs.object_detection.figures import draw_curves, draw_three_answers
from utils.labs.object_detection.training import (ASSETS, cut_windows, pretrain_detector,
                                                  scene_loaders, window_loaders)


def test_windows_around_pets_show_pets_and_the_others_none():
    pictures, truth = torch.zeros(2, 3, 128, 128), torch.full((2, 3, 5), -1.)
    for i, (x, y, name) in enumerate(((20, 30, 0), (70, 60, 1))):
        pictures[i, :, y:y + 40, x:x + 40] = 1
        truth[i, 0] = torch.tensor([x, y, x + 40, y + 40, name])
    crops, names = cut_windows(pictures, truth, each=6)
    light = crops.mean((1, 2, 3))
    assert crops.shape[1:] == (3, 32, 32) and len(crops) == len(names)
    assert (names == 0).sum() == (names == 1).sum() == 6 and (names == 2).sum() > 6
    assert light[names < 2].min() > .5 and light[names == 2].max() < .65
    assert cut_windows(pictures, truth, each=6)[0].equal(crops)


def test_windows_come_as_loaders_with_three_answers(tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    dls = scene_loaders(8, 4, seed=3, bs=4)
    assert len(dls.train_ds) == 8 and len(dls.valid_ds) == 4
    windows = window_loaders(dls)
    assert list(windows.vocab) == ['cat', 'dog', 'nothing']
    assert windows.train.one_batch()[0].shape[1:] == (3, 32, 32)


def test_the_script_writes_both_files(tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    learn = pretrain_detector(tmp_path / 'assets', n=16, epochs=1, valid=4)
    again = load_detector(tmp_path / 'assets' / 'scene_detector.safetensors')
    for a, b in zip(learn.model.parameters(), again.model.parameters()):
        assert torch.allclose(a, b, atol=2e-3)
    reader = load_learner(tmp_path / 'assets' / 'window_reader.safetensors')
    assert list(reader.dls.vocab) == ['cat', 'dog', 'nothing']


def test_the_shipped_files_are_small_and_said_to_be_what_they_are():
    for name, limit in (('scene_detector', 1e6), ('window_reader', 1e5)):
        file = ASSETS / f'{name}.safetensors'
        assert file.stat().st_size <= limit and file.with_suffix('.md').exists()
        assert '`python -m utils.pretrain detector`' in file.with_suffix('.md').read_text('utf-8')


def test_the_shipped_detector_finds_two_pets_where_they_are():
    from utils.datasets.scenes import draw_scene
    learn = load_detector()
    right = there = 0
    for seed in range(12):
        picture, found = draw_scene(f'test {seed}')
        rows = learn.predict(picture)[1]
        rows = rows[rows[:, 4] >= 0]
        overlaps = box_iou(rows[:, :4], torch.tensor([p['box'] for p in found]).float())
        right += int((overlaps >= .5).any(0).sum())
        there += len(found)
    assert right / there > .75


def test_figures_show_what_they_are_given():
    axes = draw_three_answers('three')
    assert len(axes) == 3 and axes[1].patches and len(axes[2].images) == 2
    ax = draw_curves({'cat': ([.5, .5, 1.], [1., .5, 2 / 3])})
    x, y = ax.lines[1].get_data()
    assert list(x) == [0, .5, .5, 1.] and y.round(2).tolist() == [1., 1., .67, .67]
