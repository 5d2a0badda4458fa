"Cats indoors, dogs outdoors: what a net has learnt shows when the backgrounds are swapped."
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from ...datasets.pets import draw_pets
from ...files import get_image_files
from ...optimizer import Adam

__all__ = ['Swapped', 'pets_behind', 'background_net', 'swap_backgrounds']

SIDE, TRAIN, TEST, EPOCHS, BATCH, RATE = 32, 300, 120, 10, 25, 1e-2


@dataclass
class Swapped:
    "Accuracy of a net on animals it never met; the animals of both tests are the same."
    usual: float     # cats indoors, dogs outdoors
    swapped: float   # cats outdoors, dogs indoors
    answers: np.ndarray  # on the swapped pictures, True is cat, (120,)


@lru_cache(8)
def pets_behind(
    n: int,       # pictures
    tie: float,   # share of cats put indoors and dogs outdoors; negative: the reverse
    seed: int,    # the same animals for every `tie`
) -> tuple:       # pictures (n, 3, 32, 32) in [0, 1], labels: True for a cat
    "Drawn cats and dogs, as tensors, with backgrounds tied to the class or not."
    files = get_image_files(draw_pets(n, size=48, seed=seed, bias=tie))
    small = [np.asarray(Image.open(f).resize((SIDE, SIDE))) for f in files]
    pictures = torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 255
    return pictures, torch.tensor([f.name[0].isupper() for f in files])


def background_net() -> nn.Module:
    "A small net of four convolutions."
    layers = []
    for n_in, n_out in ((3, 16), (16, 32), (32, 64), (64, 64)):
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU(),
                   nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2))


def swap_backgrounds(
    tie: float = 1.,  # share of the training cats put indoors and dogs outdoors
    seed: int = 0,    # of the net's first weights and the order of its batches
) -> Swapped:
    "Train a net on tied backgrounds; test it on usual ones and on swapped ones."
    pictures, cats = pets_behind(TRAIN, tie, 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = background_net()
        opt = Adam(net.parameters(), RATE, sqr_mom=.999, eps=1e-8)
        steps = EPOCHS * -(-len(pictures) // BATCH)
        rate = torch.optim.lr_scheduler.OneCycleLR(opt, RATE, total_steps=steps)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(pictures)).split(BATCH):
                x = pictures[rows]
                mirrored = torch.rand(len(x), 1, 1, 1) < .5
                said = net(torch.where(mirrored, x.flip(3), x))
                F.cross_entropy(said, cats[rows].long()).backward()
                opt.step()
                opt.zero_grad()
                rate.step()
    right = []
    with torch.no_grad():
        for other in (1., -1.):
            x, y = pets_behind(TEST, other, 2)
            said = net.eval()(x).argmax(1).bool()
            right.append((said == y).float().mean().item())
    return Swapped(*right, said.numpy())
