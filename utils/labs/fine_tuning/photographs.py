"Real photographs of cats and dogs where CIFAR-10 is at hand; where not, what was measured."
import json
from functools import lru_cache

import torch.nn.functional as F

from ...augment import Normalize
from ...blocks import CategoryBlock, TensorImageBlock
from ...datasets.cifar import cifar_at_hand, load_cifar
from ...loaders import ArraySet, DataLoader, DataLoaders
from ...models import companion_resnet
from ...spatial import Flip
from ...vision import ASSETS, pretrained_weights

__all__ = ['recorded_scores', 'real_pets']

CLASSES = ['cat', 'dog']
LEARN, JUDGE = 60, 250     # photographs of each class to draw lessons from, and to judge by
SIDE = 64                  # pixels a side, enlarged from 32 as the backbone's own were
HOW_TO_GET = ('CIFAR-10 is not on this machine, so these numbers were recorded before. To measure '
              'them yourself, type untar_data(URLs.CIFAR) once (168 MB), or put cifar10.tgz into '
              'the folder that COMPANION_DATA names; then run this part again.')


@lru_cache(1)
def _photographs(source):
    "The first 310 cats and as many dogs, (620, 3, 32, 32), and their labels."
    return load_cifar('train', CLASSES, LEARN + JUDGE, source)


def real_pets(
    which: int = 0,   # 0, 1 or 2: three sets to learn from that share no picture
    each: int = 20,   # photographs of each class to learn from, at most 20
    bs: int = 10,     # photographs in a batch
) -> DataLoaders:     # or None, where CIFAR-10 is not at hand
    "Normalised loaders of real cats and dogs: a few to learn from, always the same 500 to judge."
    if not (source := cifar_at_hand()): return None
    x, y = _photographs(source)
    number = (y.new_ones(len(y)).cumsum(0) - 1) % (LEARN + JUDGE)
    train = (number >= 20 * which) & (number < 20 * which + each)
    loaders, tfms = [], [Flip(), Normalize.from_stats(*pretrained_weights(companion_resnet)[1])]
    for chosen in (train, number >= LEARN):
        photos = F.interpolate(x[chosen].float() / 255, size=(SIDE, SIDE), mode='bilinear')
        cats = CategoryBlock(CLASSES)
        cats.setup([])
        data = ArraySet(photos, y[chosen], (TensorImageBlock(), cats))
        learns = not loaders
        loaders.append(DataLoader(data, bs if learns else 100, learns, batch_tfms=tfms))
    return DataLoaders(*loaders)


def recorded_scores() -> dict:  # {'from scratch': three accuracies, 'borrowed': three}
    "What was measured on these photographs before; it says how to get them to measure again."
    print(HOW_TO_GET)
    card = json.loads((ASSETS / 'companion_resnet.json').read_text(encoding='utf-8'))
    return card['cats_and_dogs']
