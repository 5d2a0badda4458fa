"Three ways to a trained net, trained side by side: from scratch, frozen body, fine-tuned."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...core import PILImage
from ...datasets.pets import draw_pets, pet_breeds
from ...models import companion_resnet, create_vision_model
from ...optimizer import Adam, norm_params, param_groups, set_hyper
from ...schedules import combined_cos
from .looking import as_seen, borrowed_net

__all__ = ['PARTS', 'WAYS', 'Race', 'race', 'pets_at_hand', 'how_far']

WAYS = {'scratch': 'from scratch', 'frozen': 'frozen body', 'tuned': 'fine-tuned'}
PARTS = 'first layer', 'stage 1', 'stage 2', 'stage 3', 'stage 4', 'head'
SIZE, EACH, VALID, BATCH = 48, 40, 20, 24   # pixels; pictures a breed to choose from, to validate
RATE = dict(scratch=1e-2, frozen=6e-2, tuned=3e-2)    # of the head; of those tried, each's best


@dataclass
class Race:
    "How right each way is after each epoch so far, and how far its weights have moved."
    planned: int      # epochs to train
    pictures: int     # training pictures of each class
    classes: int      # how many there are
    right: dict       # way → accuracy on the validation pictures, one number per epoch
    moved: dict       # way → relative change of each of PARTS since the start, (6,)


@lru_cache(1)
def pets_at_hand() -> tuple[Tensor, Tensor]:  # pictures (720, 3, 48, 48) as the body wants them
    "Drawn pets, 60 of each of the twelve breeds in turn, and the numbers of their breeds."
    folder, names = draw_pets(n=1000, size=SIZE, difficulty=.2), pet_breeds()
    files = [folder / f'{name}_{i}.jpg' for name in names for i in range(1, EACH + VALID + 1)]
    x = torch.tensor(np.stack([np.asarray(PILImage.create(f)) for f in files]))
    return (as_seen(x.permute(0, 3, 1, 2) / 255),
            torch.arange(len(names)).repeat_interleave(EACH + VALID))


def _sets(task, pictures, seed):
    "Training and validation pictures with their labels; those for training are drawn by lot."
    x, breed = pets_at_hand()
    y = breed // 6 if task == 'species' else breed      # six breeds of cats, then six of dogs
    number = torch.arange(len(x)) % (EACH + VALID)
    rng = torch.Generator().manual_seed(seed)
    train = [c[torch.randperm(len(c), generator=rng)[:pictures]]
             for c in ((y == k).logical_and(number < EACH).nonzero()[:, 0] for k in y.unique())]
    train, valid = torch.cat(train), number >= EACH
    return (x[train], y[train]), (x[valid], y[valid])


def _new_net(way, classes, seed):
    "A net with a new head, its body borrowed unless it starts from scratch."
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = create_vision_model(companion_resnet, classes, lin_ftrs=128, ps=0.)
    if way != 'scratch': net[0].load_state_dict(
        {k: v for k, v in borrowed_net().state_dict().items() if not k.startswith('fc')})
    return net


def _parts(net):
    "The modules of each of PARTS."
    body = dict(net[0].named_children())
    stem = nn.ModuleList([body['conv1'], body['bn1']])
    return stem, *(body[f'layer{i}'] for i in range(1, 5)), net[1]


def _weights(part): return [p for p in part.parameters() if p.ndim > 1]     # not of batch norm


def how_far(
    before: list,  # tensors
    after: list,   # the same ones later
) -> float:
    """How far weights have moved, as a share of their size at the start.

    >>> round(how_far([tensor([3., 4.])], [tensor([3., 5.])]), 3)
    0.2
    """
    moved = sum(((b - a) ** 2).sum() for a, b in zip(before, after))
    return float((moved / sum((a ** 2).sum() for a in before)) ** .5)


class _Runner:
    "One net on its way: trained an epoch at a time, measured after each."

    def __init__(self, way, classes, epochs, steps, body, seed):
        self.way, self.net = way, _new_net(way, classes, seed)
        self.rng = torch.Generator().manual_seed(seed)
        self.parts, groups = _parts(self.net), [list(m.parameters()) for m in self.net]
        self.start = [[p.detach().clone() for p in _weights(part)] for part in self.parts]
        rate = RATE[way]
        self.rates = np.array([rate * (body if way == 'tuned' else 1.), rate])
        self.opt, self.step = Adam(param_groups(self.net, groups), lr=rate), 0
        self.plan = combined_cos(.25, self.rates / 25, self.rates, self.rates / 1e4)
        self.total = epochs * steps

    def epoch(self, x, y, first):
        "One round through the training pictures; a borrowed body lies still at first, or always."
        norms = norm_params(self.net)
        still = self.way == 'frozen' or self.way == 'tuned' and first
        for p in self.net[0].parameters(): p.requires_grad_(not still or id(p) in norms)
        self.net.train()
        for i in torch.randperm(len(x), generator=self.rng).split(BATCH):
            if len(i) < min(BATCH, len(x)): continue
            set_hyper(self.opt, 'lr', self.plan(min(self.step / self.total, 1.)))
            F.cross_entropy(self.net(x[i]), y[i]).backward()
            self.opt.step()
            self.opt.zero_grad()
            self.step += 1

    def right(self, x, y):
        "The accuracy on other pictures."
        self.net.eval()
        with torch.no_grad(): said = torch.cat([self.net(part).argmax(1) for part in x.split(120)])
        return (said == y).float().mean().item()

    def moved(self):
        "How far each part is from where it began; batch norm is not counted."
        return [how_far(a, [p.detach() for p in _weights(part)])
                for a, part in zip(self.start, self.parts)]


def race(
    pictures: int = 20,     # for training, of each class
    task: str = 'breeds',   # 'breeds', twelve classes, or 'species', cat or dog
    epochs: int = 8,        # rounds through them
    body: float = .1,       # rate of the fine-tuned body, as a share of its head's
    seed: int = 0,          # another seed, other pictures and another head
):
    "Train the same net three ways, epoch by epoch; yield a `Race` after each epoch of each."
    train, valid = _sets(task, pictures, seed)
    classes, steps = int(train[1].max()) + 1, max(len(train[0]) // BATCH, 1)
    runners = {way: _Runner(way, classes, epochs, steps, body, seed) for way in WAYS}
    right, moved = {way: [] for way in WAYS}, {way: [0.] * len(PARTS) for way in WAYS}
    for epoch in range(epochs):
        for way, runner in runners.items():
            runner.epoch(*train, first=epoch == 0)
            right[way] = [*right[way], runner.right(*valid)]
            moved[way] = runner.moved()
            yield Race(epochs, pictures, classes, dict(right), dict(moved))
