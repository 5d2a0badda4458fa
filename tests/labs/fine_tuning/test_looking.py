"What layers answer, against the net itself and against gradients."
import pytest
import torch
import torch.nn.functional as F

from utils.labs.fine_tuning.at_hand import SUBJECTS, as_tensor, gallery, subject
from utils.labs.fine_tuning.looking import (
    STAGES, as_seen, borrowed_net, class_map, patch_at, stage_maps, strongest)
from utils.models import companion_resnet, create_body
from utils.vision import pretrained_card, pretrained_weights


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(1)
    return companion_resnet(8).eval()


def test_the_maps_are_what_the_stages_give_out(net):
    x = torch.rand(2, 3, 64, 64)
    maps = stage_maps(net, x)
    shapes = {name: tuple(m.shape[1:]) for name, m in maps.items()}
    assert shapes == {'first layer': (16, 32, 32), 'stage 1': (16, 32, 32),
                      'stage 2': (32, 16, 16), 'stage 3': (64, 8, 8), 'stage 4': (128, 4, 4)}
    with torch.no_grad():
        by_hand = F.relu(net.bn1(net.conv1(x)))
        assert torch.equal(maps['first layer'], by_hand)
        assert torch.equal(maps['stage 4'], create_body(net)(x))


def test_no_hook_is_left_behind(net):
    stage_maps(net, torch.rand(1, 3, 64, 64))
    with pytest.raises(RuntimeError): stage_maps(net, torch.rand(1, 5, 64, 64))
    assert not any(m._forward_hooks for m in net.modules())


@pytest.mark.parametrize('stage', STAGES)
def test_a_number_sees_as_many_pixels_as_is_said_and_where(net, stage):
    x = torch.rand(1, 3, 256, 256, requires_grad=True)
    model = companion_resnet(8).eval()
    seen = {}
    model.get_submodule(STAGES[stage].layer).register_forward_hook(
        lambda m, i, out: seen.update(out=out))
    model(x)
    row = column = 128 // STAGES[stage].step
    (slope,) = torch.autograd.grad(seen['out'][0, :, row, column].sum(), x)
    touched = slope[0].abs().sum(0) > 0
    rows, columns = touched.any(1).nonzero()[:, 0], touched.any(0).nonzero()[:, 0]
    half = STAGES[stage].sees // 2
    for found in (rows, columns):
        assert found.min() >= 128 - half and found.max() <= 128 + half
        assert len(found) >= .6 * STAGES[stage].sees     # dead units shorten the view
    if stage in ('first layer', 'stage 1'): assert len(rows) == STAGES[stage].sees


def test_a_patch_is_cut_around_its_place_and_grey_beyond_the_edge():
    picture = torch.arange(64 * 64.).view(1, 64, 64).expand(3, -1, -1) / 4096
    middle = patch_at(picture, 'stage 1', 10, 12)
    assert torch.equal(middle, picture[:, 15:26, 19:30])
    corner = patch_at(picture, 'stage 2', 0, 0)
    assert corner.shape == (3, 23, 23)
    assert torch.equal(corner[:, 11:, 11:], picture[:, :12, :12])
    assert (corner[:, :11] == .93).all()
    assert torch.equal(patch_at(picture, 'stage 4', 2, 1), picture)


def test_the_strongest_answer_is_looked_for_within_the_outermost_ring():
    maps = torch.rand(5, 7, 8, 8)
    value, place = strongest(maps)
    for i, u in ((0, 0), (3, 6)):
        inner = maps[i, u, 1:-1, 1:-1]
        assert value[i, u] == inner.max() == maps[i, u].flatten()[place[i, u]]


def test_the_mean_of_a_class_map_and_the_bias_are_the_score(net):
    x = torch.rand(1, 3, 64, 64)
    features, scores = stage_maps(net, x)['stage 4'][0], net(x)[0]
    for label in range(8):
        found = class_map(features, net.fc.weight[label]).mean() + net.fc.bias[label]
        torch.testing.assert_close(found, scores[label])


def test_the_shipped_net_is_whole_frozen_and_its_pictures_normalised():
    net, (state, (mean, std)) = borrowed_net(), pretrained_weights(companion_resnet)
    assert not net.training and not any(p.requires_grad for p in net.parameters())
    assert torch.equal(net.fc.weight, state['fc.weight'])
    assert len(net.fc.weight) == len(pretrained_card()['classes'])
    x = torch.tensor(mean)[:, None, None].expand(3, 4, 4)[None]
    torch.testing.assert_close(as_seen(x), torch.zeros(1, 3, 4, 4), atol=1e-6, rtol=0)
    torch.testing.assert_close(as_seen(x + torch.tensor(std)[:, None, None]),
                               torch.ones(1, 3, 4, 4))


def test_the_gallery_names_every_picture():
    pictures, words = gallery()
    assert pictures.shape == (len(words), 3, 64, 64) == (246, 3, 64, 64)
    assert 0 <= pictures.min() and pictures.max() <= 1
    assert words.count('a cat') == 10 and words.count('pug') == 8
    flat = pictures.flatten(1)
    assert len(flat.unique(dim=0)) == len(flat)


@pytest.mark.parametrize('name', [*SUBJECTS, 'Siamese', 'beagle'])
def test_every_subject_can_be_asked_about(name):
    assert subject(name).shape == (3, 64, 64) and subject(name).std() > .05


def test_a_picture_becomes_its_middle_square():
    from PIL import Image
    wide = Image.new('RGB', (300, 100), 'red')
    wide.paste('blue', (100, 0, 200, 100))
    assert (as_tensor(wide).mean((1, 2)) - torch.tensor([0., 0, 1])).abs().max() < .01
