"Architectures: a small convolutional net and the ResNet family, and how to cut and crown them."
from collections import OrderedDict

import torch
from torch import Tensor, nn

__all__ = ['small_cnn', 'ResNet', 'companion_resnet', 'resnet18', 'resnet34', 'resnet50',
           'create_body', 'create_head', 'create_vision_model', 'num_features',
           'AdaptiveConcatPool2d', 'build_model']


def _conv(ni, no, ks=3, stride=1):
    return nn.Conv2d(ni, no, ks, stride, ks // 2, bias=False)


def _with_spec(model, name, **kwargs):
    "Note on the model how it was made, so that an export can make it again."
    model.spec = dict(name=name, **kwargs)
    return model


def small_cnn(
    n_in: int = 1,    # channels of the picture: 1 grey, 3 colour
    n_out: int = 10,  # number of classes
    width: int = 16,  # channels after the first layer; doubled twice
) -> nn.Sequential:
    "A small convolutional net of three layers, for pictures of 8 × 8 pixels and up."
    layers, ni = [], n_in
    for no in (width, width * 2, width * 4):
        layers += [_conv(ni, no), nn.BatchNorm2d(no), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        ni = no
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(ni, n_out))
    return _with_spec(model, 'small_cnn', n_in=n_in, n_out=n_out, width=width)


class BasicBlock(nn.Module):
    "Two 3 × 3 convolutions and a shortcut around them."
    expansion = 1

    def __init__(self, ni, nf, stride=1):
        super().__init__()
        self.conv1, self.bn1 = _conv(ni, nf, 3, stride), nn.BatchNorm2d(nf)
        self.conv2, self.bn2 = _conv(nf, nf), nn.BatchNorm2d(nf)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(ni, nf, stride)

    def forward(self, x: Tensor) -> Tensor:
        "(n, ni, h, w) → (n, nf, h/stride, w/stride)"
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    "1 × 1 down, 3 × 3, 1 × 1 up, and a shortcut around them."
    expansion = 4

    def __init__(self, ni, nf, stride=1):
        super().__init__()
        self.conv1, self.bn1 = _conv(ni, nf, 1), nn.BatchNorm2d(nf)
        self.conv2, self.bn2 = _conv(nf, nf, 3, stride), nn.BatchNorm2d(nf)
        self.conv3, self.bn3 = _conv(nf, nf * 4, 1), nn.BatchNorm2d(nf * 4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(ni, nf * 4, stride)

    def forward(self, x: Tensor) -> Tensor:
        "(n, ni, h, w) → (n, 4·nf, h/stride, w/stride)"
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


def _shortcut(ni, no, stride):
    "Nothing where the shapes agree; else a 1 × 1 convolution."
    if stride == 1 and ni == no: return None
    return nn.Sequential(_conv(ni, no, 1, stride), nn.BatchNorm2d(no))


class ResNet(nn.Module):
    """A residual network: blocks with shortcuts, so that depth does not stop the gradient.

    The parameters bear their published names, so published weights fit.
    Source: He et al., *Deep Residual Learning for Image Recognition*, 2015.
    """

    def __init__(
        self,
        block,                 # BasicBlock or Bottleneck
        layers,                # number of blocks in each stage
        num_classes=1000,      # length of the output
        widths=(64, 128, 256, 512),  # channels of each stage
        small=False,           # a 3 × 3 stem without pooling, for pictures of 32 to 96 pixels
    ):
        super().__init__()
        ni = widths[0]
        self.conv1 = _conv(3, ni, 3 if small else 7, 2)
        self.bn1, self.relu = nn.BatchNorm2d(ni), nn.ReLU(inplace=True)
        self.maxpool = nn.Identity() if small else nn.MaxPool2d(3, 2, 1)
        for i, (n, nf) in enumerate(zip(layers, widths)):
            stage = [block(ni if j == 0 else nf * block.expansion, nf, 2 if i and j == 0 else 1)
                     for j in range(n)]
            setattr(self, f'layer{i + 1}', nn.Sequential(*stage))
            ni = nf * block.expansion
        self.n_stages = len(layers)
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(ni, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d): nn.init.kaiming_normal_(m.weight, mode='fan_out')

    def forward(self, x: Tensor) -> Tensor:
        "Pictures (n, 3, h, w) → scores (n, num_classes)."
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))   # (n, widths[0], h/4, w/4), small h/2
        for i in range(self.n_stages):
            x = getattr(self, f'layer{i + 1}')(x)              # half the size, twice the channels
        return self.fc(self.avgpool(x).flatten(1))


def companion_resnet(
    num_classes: int = 8,  # length of the output
) -> ResNet:
    "The course's own small ResNet of about 310,000 parameters, quick enough for a laptop."
    net = ResNet(BasicBlock, (1, 1, 1, 1), num_classes, widths=(16, 32, 64, 128), small=True)
    return _with_spec(net, 'companion_resnet', num_classes=num_classes)


def resnet18(
    num_classes: int = 1000,  # length of the output
) -> ResNet:
    "ResNet-18 with the published parameter names."
    net = ResNet(BasicBlock, (2, 2, 2, 2), num_classes)
    return _with_spec(net, 'resnet18', num_classes=num_classes)


def resnet34(
    num_classes: int = 1000,  # length of the output
) -> ResNet:
    "ResNet-34 with the published parameter names."
    net = ResNet(BasicBlock, (3, 4, 6, 3), num_classes)
    return _with_spec(net, 'resnet34', num_classes=num_classes)


def resnet50(
    num_classes: int = 1000,  # length of the output
) -> ResNet:
    "ResNet-50 with the published parameter names."
    net = ResNet(Bottleneck, (3, 4, 6, 3), num_classes)
    return _with_spec(net, 'resnet50', num_classes=num_classes)


class AdaptiveConcatPool2d(nn.Module):
    "The mean and the maximum of every channel, side by side."

    def forward(self, x: Tensor) -> Tensor:
        "(n, c, h, w) → (n, 2c, 1, 1)"
        return torch.cat([x.amax((2, 3), keepdim=True), x.mean((2, 3), keepdim=True)], 1)


def create_body(
    model: nn.Module,  # a ResNet, with weights or without
) -> nn.Sequential:
    "Cut a network off before its pooling: what is left turns pictures into feature maps."
    parts = [(n, m) for n, m in model.named_children() if n not in ('avgpool', 'fc')]
    return nn.Sequential(OrderedDict(parts))


def num_features(
    body: nn.Module,  # a body made by `create_body`
) -> int:
    "The number of channels that come out of `body`."
    return [m for m in body.modules() if isinstance(m, nn.BatchNorm2d)][-1].num_features


def create_head(
    nf: int,              # channels that come out of the body
    n_out: int,           # length of the output
    lin_ftrs: int = 512,  # units of the hidden layer
    ps: float = 0.5,      # dropout before the last layer; half of it before the hidden one
) -> nn.Sequential:
    "A new head: pool, then two linear layers with batch norm and dropout."
    return nn.Sequential(
        AdaptiveConcatPool2d(), nn.Flatten(),                                       # (n, 2·nf)
        nn.BatchNorm1d(nf * 2), nn.Dropout(ps / 2), nn.Linear(nf * 2, lin_ftrs, bias=False),
        nn.ReLU(inplace=True),                                                      # (n, lin_ftrs)
        nn.BatchNorm1d(lin_ftrs), nn.Dropout(ps), nn.Linear(lin_ftrs, n_out, bias=False))


def create_vision_model(
    arch,                 # a function that makes a network: companion_resnet, resnet34 ...
    n_out: int,           # length of the output
    lin_ftrs: int = 512,  # units of the head's hidden layer
    ps: float = 0.5,      # dropout of the head
) -> nn.Sequential:
    "A body of architecture `arch`, with random weights, under a new head."
    body = create_body(arch())
    model = nn.Sequential(body, create_head(num_features(body), n_out, lin_ftrs, ps))
    for m in model[1].modules():
        if isinstance(m, nn.Linear): nn.init.kaiming_normal_(m.weight)
    model = model.to(memory_format=torch.channels_last)    # a third faster on a CPU
    kwargs = dict(arch=arch.__name__, n_out=n_out, lin_ftrs=lin_ftrs, ps=ps)
    return _with_spec(model, 'create_vision_model', **kwargs)


_ARCHS = {f.__name__: f for f in (companion_resnet, resnet18, resnet34, resnet50)}


def build_model(
    spec: dict,  # what a model's `spec` holds: {'name': 'small_cnn', 'n_in': 1, ...}
) -> nn.Module:
    "Make a model of this module again from its `spec`, with random weights."
    kwargs = dict(spec)
    name = kwargs.pop('name', None)
    if 'arch' in kwargs: kwargs['arch'] = _ARCHS[kwargs['arch']]
    makers = {**_ARCHS, 'small_cnn': small_cnn, 'create_vision_model': create_vision_model}
    if name not in makers: raise ValueError(f"The file names a model {name!r}, which this version "
                                            f"does not know. It can build {', '.join(makers)}.")
    return makers[name](**kwargs)
