"Architectures: the published names and shapes, and how they are made again from an export."
import pytest
import torch

from utils import (build_model, companion_resnet, create_body, create_vision_model, num_features,
                   resnet18, resnet34, resnet50, small_cnn)
from utils.vision import vision_splitter


@pytest.mark.parametrize('arch, millions', [(resnet18, 11.689512), (resnet34, 21.797672),
                                            (resnet50, 25.557032)])
def test_resnets_have_the_published_number_of_parameters(arch, millions):
    assert sum(p.numel() for p in arch().parameters()) == round(millions * 1e6)


def test_parameters_bear_their_published_names():
    names = set(resnet50().state_dict())
    for name in ('conv1.weight', 'bn1.running_mean', 'layer1.0.downsample.0.weight', 'fc.bias',
                 'layer3.5.conv3.weight', 'layer4.2.bn3.bias'): assert name in names
    assert 'layer1.0.downsample.0.weight' not in resnet18().state_dict()
    assert 'layer2.0.downsample.1.weight' in resnet34().state_dict()


def test_shapes_from_picture_to_scores():
    x = torch.rand(2, 3, 64, 64)
    assert companion_resnet(5)(x).shape == (2, 5)
    body = create_body(companion_resnet())
    assert body(x).shape == (2, num_features(body), 4, 4)
    assert create_body(resnet18())(x).shape == (2, 512, 2, 2)
    assert create_vision_model(companion_resnet, 12)(x).shape == (2, 12)
    assert small_cnn(1, 10)(torch.rand(2, 1, 8, 8)).shape == (2, 10)


def test_the_course_net_is_small():
    assert sum(p.numel() for p in companion_resnet().parameters()) < 1e6


@pytest.mark.parametrize('make', [lambda: small_cnn(3, 4, 8), lambda: companion_resnet(3),
                                  lambda: create_vision_model(companion_resnet, 5, ps=.1)])
def test_a_model_can_be_made_again_from_its_spec(make):
    model = make().eval()
    again = build_model(model.spec).eval()
    again.load_state_dict(model.state_dict())
    x = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(again(x), model(x))


def test_an_unknown_model_is_named():
    with pytest.raises(ValueError, match="'os.system'"): build_model({'name': 'os.system'})


def test_the_splitter_gives_every_parameter_to_one_of_three_groups():
    model = create_vision_model(companion_resnet, 2)
    groups = vision_splitter(model)
    assert len(groups) == 3
    ids = [id(p) for g in groups for p in g]
    assert sorted(ids) == sorted(id(p) for p in model.parameters())
    assert {id(p) for p in model[1].parameters()} == {id(p) for p in groups[2]}
