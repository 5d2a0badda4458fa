"What a net answers for pictures of twelve breeds: trained once, then kept in the data folder."
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from ...core import PILImage
from ...datasets.pets import draw_pets
from ...files import RandomSplitter, get_image_files
from ...models import companion_resnet
from ...optimizer import Adam
from ..kept import keep_arrays, kept_arrays

__all__ = ['Answers', 'answers_of', 'stored_answers', 'train_answers']

RECIPE = dict(n=1000, size=48, difficulty=.2)    # the pictures of the chapter
VALID, SEED, EPOCHS, BATCH, RATE = .4, 42, 8, 32, 1e-2
FILE = 'answers-of-twelve-breeds-1.npz'          # another number when the recipe changes


@dataclass
class Answers:
    "Pictures, what they show, and the probabilities that a net gave."
    images: np.ndarray   # (n, 48, 48, 3) bytes
    truth: np.ndarray    # (n,) numbers of the true classes
    probs: np.ndarray    # (n, c)
    names: list          # of the c classes

    @property
    def said(self) -> np.ndarray:
        "The likeliest class of each picture, (n,)."
        return self.probs.argmax(1)

    @property
    def matrix(self) -> np.ndarray:
        "Counts (c, c): a row for each actual class, a column for each predicted one."
        counts = np.zeros((len(self.names),) * 2, int)
        np.add.at(counts, (self.truth, self.said), 1)
        return counts


def answers_of(
    interp,         # a ClassificationInterpretation of pictures in files
    size: int = 48,  # pixels a side, as shown
) -> Answers:
    "The pictures and answers of an interpretation, as the lab wants them."
    ds = interp.dl.dataset
    images = [ds.x(i).resize((size, size)) for i in range(len(ds))]
    return Answers(np.stack([np.asarray(im) for im in images]), interp.targs.numpy(),
                   interp.preds.numpy(), [str(v) for v in interp.vocab])


def stored_answers():
    "The answers of an earlier training with this recipe, or None."
    kept = kept_arrays(FILE)
    try:
        return kept and Answers(*(kept[k] for k in ('images', 'truth', 'probs')),
                                list(kept['names']))
    except KeyError: return None                     # a file of something else


def _store(answers):
    keep_arrays(FILE, images=answers.images, truth=answers.truth, probs=answers.probs,
                names=np.array(answers.names))


def _pictures():
    "All pictures as bytes, the number of each one's breed, and the names of the breeds."
    files = get_image_files(draw_pets(**RECIPE))
    breeds = [f.name.rpartition('_')[0] for f in files]
    names = sorted(set(breeds))
    images = np.stack([np.asarray(PILImage.create(f)) for f in files])
    return images, torch.tensor([names.index(b) for b in breeds]), names


def _new_net(n_out):
    "A net whose random weights are always the same, without touching the reader's own dice."
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return companion_resnet(n_out).to(memory_format=torch.channels_last)


def train_answers():
    "Train the chapter's net, yield the share done, keep what it answers in the data folder."
    images, y, names = _pictures()
    mean, std = images.mean((0, 1, 2)), images.std((0, 1, 2))
    x = torch.from_numpy((images - mean) / std).float().permute(0, 3, 1, 2)    # (n, 3, 48, 48)
    train, valid = (torch.tensor(list(i)) for i in RandomSplitter(VALID, seed=SEED)(y))
    net, rng = _new_net(len(names)), torch.Generator().manual_seed(SEED)
    opt = Adam(net.parameters(), RATE, wd=0)
    steps = EPOCHS * -(-len(train) // BATCH)
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, RATE, steps)
    for epoch in range(EPOCHS):
        order = train[torch.randperm(len(train), generator=rng)]
        for batch in order.split(BATCH):
            xb = x[batch]
            if torch.rand(1, generator=rng) < .5: xb = xb.flip(3)
            F.cross_entropy(net(xb), y[batch]).backward()
            opt.step()
            opt.zero_grad()
            plan.step()
        yield (epoch + 1) / EPOCHS
    net.eval()
    with torch.no_grad(): probs = torch.cat([F.softmax(net(b), 1) for b in x[valid].split(100)])
    _store(Answers(images[valid.numpy()], y[valid].numpy(), probs.numpy(), names))
