"How the course's own detector, and the recogniser behind its sliding window, are trained."
from pathlib import Path

import torch
import torch.nn.functional as F

from ...augment import Normalize, aug_transforms, imagenet_stats
from ...blocks import BBoxBlock, CategoryBlock, ImageBlock, TensorImageBlock
from ...core import set_seed
from ...data import DataBlock
from ...datasets.scenes import draw_scenes, scene_labels
from ...detection import box_iou, detector_learner
from ...files import IndexSplitter, get_image_files
from ...learner import Learner
from ...loaders import ArraySet, DataLoaders
from ...metrics import accuracy
from ...models import small_cnn

__all__ = ['ASSETS', 'CROP', 'cut_windows', 'pretrain_detector', 'scene_loaders', 'train_detector',
           'window_loaders']

ASSETS = Path(__file__).parents[2] / 'assets'
CROP = 32               # pixels a side, as the recogniser sees a window


def scene_loaders(
    n: int = 400,        # scenes to train on
    valid: int = 100,    # scenes held out
    seed: int = 42,      # another seed, other scenes
    names='species',     # 'species' or 'breed'
    bs: int = 16,        # scenes in a batch
) -> DataLoaders:
    "Loaders of drawn scenes with boxes; training scenes are mirrored, zoomed and lit at random."
    folder = draw_scenes(n + valid, seed=seed)
    labels = scene_labels(folder, names)
    tfms = aug_transforms(max_rotate=0, max_warp=0, min_zoom=.85, max_zoom=1.2, pad_mode='zeros')
    block = DataBlock((ImageBlock, BBoxBlock), get_image_files, IndexSplitter(range(n, n + valid)),
                      get_y=lambda f: labels[f.name],
                      batch_tfms=[*tfms, Normalize.from_stats(*imagenet_stats)])
    return block.dataloaders(folder, bs=bs)


def train_detector(
    dls,              # as of `scene_loaders`
    epochs: int = 20, # rounds through the scenes
    seed: int = 0,    # of the weights and the dice
    lr: float = 5e-3,
) -> Learner:
    "Train a detector from scratch."
    set_seed(seed)
    learn = detector_learner(dls)
    learn.fit_one_cycle(epochs, lr)
    return learn


def cut_windows(
    pictures,       # (n, 3, h, w), 0 to 1
    truth,          # (n, k, 5): boxes and numbers of names, -1 where there is none
    each: int = 4,  # windows for each pet, and twice as many of nothing for each picture
    seed: int = 0,
) -> tuple:         # windows (m, 3, 32, 32), their names (m,): 0 cat, 1 dog, 2 nothing
    "Square windows around pets, not quite in the middle, and windows that hold none."
    rng, crops, names = torch.Generator().manual_seed(seed), [], []
    size = pictures.shape[-1]

    def rand(*shape): return torch.rand(*shape, generator=rng)

    def cut(picture, corner, side, name):
        x, y = (int(v) for v in corner)
        part = picture[None, :, y:y + side, x:x + side]
        crops.append(F.interpolate(part, size=CROP, mode='area')[0])
        names.append(name)
    for picture, rows in zip(pictures, truth):
        rows = rows[rows[:, 4] >= 0]
        for box in rows:
            low, high = box[:2], box[2:4]
            for _ in range(each):
                side = int(min(float((high - low).mean()) * (.9 + .3 * rand(())), size))
                corner = (low + high - side) / 2 + (rand(2) - .5) * .25 * side
                cut(picture, corner.clamp(0, size - side), side, int(box[4]))
        for _ in range(2 * each):
            side = int(24 + 60 * rand(()))
            corner = (rand(2) * (size - side)).floor()
            window = torch.cat([corner, corner + side])[None]
            if box_iou(window, rows[:, :4]).max() < .3: cut(picture, corner, side, 2)
    return torch.stack(crops), torch.tensor(names)


def window_loaders(
    dls,            # as of `scene_loaders`
    bs: int = 128,  # windows in a batch
) -> DataLoaders:
    "Loaders of windows, cut from the scenes of `dls`: cat, dog or nothing, in 32 × 32 pixels."
    block, sets = CategoryBlock(['cat', 'dog', 'nothing']), []
    block.setup([])
    for ds in (dls.train_ds, dls.valid_ds):
        pictures, truth = (b.collate(column) for b, column in zip(
            ds.blocks, zip(*(ds[i] for i in range(len(ds))))))
        sets.append(ArraySet(*cut_windows(pictures.float() / 255, truth),
                             (TensorImageBlock(), block)))
    return DataLoaders.from_dsets(*sets, bs=bs)


def pretrain_detector(
    folder: Path = ASSETS,  # where to write scene_detector and window_reader
    n: int = 1000,          # scenes to train on; chapter and labs show others
    epochs: int = 16,       # of the detector
    seed: int = 7,          # of the scenes, the weights and the dice
    valid: int = 200,       # scenes held out
) -> Learner:
    "Train the detector that comes along, and the window's recogniser; write both files."
    dls = scene_loaders(n, valid, seed)
    set_seed(seed)
    reader = Learner(window_loaders(dls), small_cnn(3, 3), metrics=accuracy)
    reader.fit_one_cycle(4, 1e-2)
    learn = train_detector(dls, epochs, seed)
    for one, name in ((reader, 'window_reader'), (learn, 'scene_detector')):
        one.path = Path(folder)
        one.model.half()
        one.export(f'{name}.safetensors')
        one.model.float()
    return learn
