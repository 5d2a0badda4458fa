"Pets on tied and swapped backgrounds: the same animals, and what a net trained on them answers."
import numpy as np
import pytest
import torch

from utils.datasets.pets import draw_pets, pet_labels
from utils.labs.measurement_bias.swapped import pets_behind, swap_backgrounds


def test_backgrounds_are_tied_swapped_or_free():
    for tie, cats in ((1., 'indoors'), (-1., 'outdoors')):
        told = pet_labels(draw_pets(120, size=48, seed=2, bias=tie))
        indoors = told.background == 'indoors'
        assert ((told.species == 'cat') == (indoors if cats == 'indoors' else ~indoors)).all()
    free = pet_labels(draw_pets(300, size=48, seed=1, bias=0.))
    for kind in 'cat', 'dog':
        assert .35 < (free.background[free.species == kind] == 'indoors').mean() < .65


def test_both_tests_show_the_same_animals():
    (a, cats), (b, same) = pets_behind(120, 1., 2), pets_behind(120, -1., 2)
    assert torch.equal(cats, same) and cats.sum() == 60 and a.shape == (120, 3, 32, 32)
    apart = (a - b).abs().mean((0, 1))
    assert apart[12:20, 12:20].mean() < .5 * apart[:6].mean()      # the animal is in the middle


def test_tied_backgrounds_are_learnt_and_free_ones_are_not():    # three seeds: in the chapter
    before = torch.get_rng_state()
    tied, free = (swap_backgrounds(tie) for tie in (1., 0.))
    assert torch.equal(before, torch.get_rng_state())
    assert tied.usual > .95 and tied.swapped < .8
    assert free.usual > .95 and free.swapped > .95
    _, cats = pets_behind(120, -1., 2)
    assert (tied.answers == np.asarray(cats)).mean() == pytest.approx(tied.swapped)
