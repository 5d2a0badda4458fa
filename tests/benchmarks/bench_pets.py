"""How long the pets take to draw, and how hard they are: for a line, for a small net, for is_cat.

Seconds are processor time on one thread, which other programs at work disturb least; on a quiet
machine that is the time on the clock. Nets are trained from scratch by a plain loop, without
augmentation, on four fifths of the pictures at 64 pixels; the figures are for the other fifth.
"""
import statistics
import time
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from utils.datasets.bears import draw_bears
from utils.datasets.pets import draw_pet, draw_pets, pet_breeds, pet_labels
from utils.models import companion_resnet

import torch  # isort: skip  after utils, which sets the thread policy

SEEDS, IS_CAT_EPOCHS = (0, 1, 2), 8


@contextmanager
def measured():
    "Processor seconds of what happens inside, on one thread, as the list's only item."
    threads, seconds, start = torch.get_num_threads(), [], time.process_time()
    torch.set_num_threads(1)
    yield seconds
    seconds.append(time.process_time() - start)
    torch.set_num_threads(threads)


def pixels(files, size=64):
    "Pictures as one tensor, (n, 3, size, size), about -2 to 2."
    images = [Image.open(f).resize((size, size), Image.Resampling.BILINEAR) for f in files]
    return (torch.tensor(np.stack(images)).permute(0, 3, 1, 2) / 255 - .5) / .25


@lru_cache
def pets():
    "All pictures, the number of each one's breed, and whether it is a cat."
    folder = draw_pets()
    table, names = pet_labels(folder), pet_breeds()
    breed = torch.tensor([names.index(b) for b in table.breed])
    return pixels(folder / name for name in table.name), breed, (table.species == 'cat').to_numpy()


def split(n, seed=42):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return order[: n * 4 // 5], order[n * 4 // 5 :]


def accuracy_of_a_net(x, y, epochs, seed, lr=3e-3, bs=64):
    "Train from scratch with Adam and 1cycle; validation accuracy and seconds of training."
    train, valid = split(len(x))
    torch.manual_seed(seed)
    model = companion_resnet(int(y.max()) + 1)
    opt = torch.optim.Adam(model.parameters(), lr)
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, lr, total_steps=epochs * (len(train) // bs))
    with measured() as seconds:
        for _ in range(epochs):
            for i in train[torch.randperm(len(train))].split(bs):
                if len(i) < bs: continue
                loss = torch.nn.functional.cross_entropy(model(x[i]), y[i])
                loss.backward()
                opt.step()
                opt.zero_grad()
                plan.step()
    model.eval()
    with torch.no_grad():
        right = torch.cat([model(x[i]).argmax(1) == y[i] for i in valid.split(bs)])
    return right.float().mean().item(), seconds[0]


def report(what, value, bar):
    print(f'  {what:<58} {value:>12}   bar {bar}')


def of_seeds(results):
    "Mean accuracy, its range as text, and the longest time."
    scores = [score for score, _ in results]
    return (statistics.mean(scores), f'{min(scores):.3f} to {max(scores):.3f}',
            max(seconds for _, seconds in results))


def test_drawing_is_quick(tmp_path):
    with measured() as one:
        for i in range(120): draw_pet(pet_breeds()[i % 12], i)
    start = time.perf_counter()
    draw_pets(folder=tmp_path / 'pets')
    every = time.perf_counter() - start     # on the clock: two threads draw
    with measured() as again: draw_pets(folder=tmp_path / 'pets')
    print()
    report('one pet at 96 pixels', f'{one[0] / 120 * 1e3:.1f} ms', '11 ms')
    report('1,800 pets drawn and written', f'{every:.1f} s', '20 s')
    report('1,800 pets, already there', f'{again[0]:.2f} s', '0.5 s')
    assert every <= 20 and again[0] <= .5


def test_a_line_is_not_enough_for_the_breeds():
    x, breed, _ = pets()
    flat, best = StandardScaler().fit_transform(x.flatten(1).numpy()), []
    for seed in SEEDS:
        train, valid = split(len(x), seed)
        models = [LogisticRegression(C=c, max_iter=100, tol=1e-2).fit(flat[train], breed[train])
                  for c in (1e-4, 1e-3)]
        best.append(max(model.score(flat[valid], breed[valid]) for model in models))
    print()
    what = f'12 breeds, linear on raw pixels ({min(best):.3f} to {max(best):.3f})'
    report(what, f'{statistics.mean(best):.3f}', '.60 at most')
    assert statistics.mean(best) <= .6


def test_a_small_net_learns_the_breeds_but_not_all():
    x, breed, _ = pets()
    mean, spread, seconds = of_seeds([accuracy_of_a_net(x, breed, 10, s) for s in SEEDS])
    print()
    what = f'12 breeds, small net, 10 epochs ({spread}, {seconds:.0f} s)'
    report(what, f'{mean:.3f}', '.90 to .99')
    assert .9 <= mean < .99


def test_a_small_net_tells_cats_from_dogs():
    x, _, cat = pets()
    results = [accuracy_of_a_net(x, torch.tensor(cat).long(), IS_CAT_EPOCHS, s) for s in SEEDS]
    mean, spread, seconds = of_seeds(results)
    print()
    report(f'is_cat error, small net ({spread} right)', f'{1 - mean:.3f}', '0.02 at most')
    report(f'is_cat, {IS_CAT_EPOCHS} epochs', f'{seconds:.0f} s', '30 s')
    assert 1 - mean <= .02 and seconds <= 30


def test_a_small_net_learns_the_bears():
    folder = draw_bears()
    files = sorted(folder.rglob('*.jpg'))
    kind = sorted({f.parent.name for f in files})
    x, y = pixels(files), torch.tensor([kind.index(f.parent.name) for f in files])
    mean, spread, _ = of_seeds([accuracy_of_a_net(x, y, 12, s, bs=16) for s in SEEDS])
    print()
    report(f'3 kinds of bears, small net, 12 epochs ({spread})', f'{mean:.3f}', '.90 to .98')
    assert .9 <= mean <= .98
