"`vision_learner`: whose weights, which frozen, how normalised; the hub at hand and out of reach."
import http.server
import os
import subprocess
import sys
import threading
import time
import warnings

import pytest
import torch

from utils import (ImageDataLoaders, Normalize, add_norm, companion_resnet, create_body,
                   imagenet_stats, pretrained_card, pretrained_weights, resnet18, small_cnn,
                   vision_learner)

nn = torch.nn


@pytest.fixture
def dls():
    x = torch.rand(24, 3, 32, 32)
    return ImageDataLoaders.from_arrays(x, torch.arange(24) % 3, valid_pct=.25, seed=1, bs=8)


def trainable(learn):
    return {n for n, p in learn.model.named_parameters() if p.requires_grad}


def test_the_shipped_body_is_taken_and_frozen_but_for_its_norms_and_the_head(dls):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        learn = vision_learner(dls, companion_resnet)
    state, _ = pretrained_weights(companion_resnet)
    for k, v in learn.model[0].state_dict().items(): torch.testing.assert_close(v, state[k])
    norms = {f'{n}.{p}' for n, m in learn.model.named_modules()
             if isinstance(m, nn.BatchNorm2d) for p in ('weight', 'bias')}
    head = {n for n in dict(learn.model.named_parameters()) if n.startswith('1.')}
    assert trainable(learn) == norms | head
    learn.unfreeze()
    assert len(trainable(learn)) == len(list(learn.model.parameters()))


def test_training_the_head_leaves_the_frozen_body_but_not_its_norms(dls):
    learn = vision_learner(dls, companion_resnet)
    before = {k: v.clone() for k, v in learn.model[0].state_dict().items()}
    with learn.no_bar(): learn.fit(1, 1e-2)
    after = learn.model[0].state_dict()
    convs = [k for k in before if 'conv' in k]
    assert convs and all(torch.equal(before[k], after[k]) for k in convs)
    for k in ('bn1.weight', 'bn1.running_mean'): assert not torch.equal(before[k], after[k])


def test_pictures_are_normalised_with_the_weights_statistics_once(dls):
    card = pretrained_card()
    for _ in range(2): vision_learner(dls, companion_resnet)
    for dl in dls.loaders:
        (norm,) = [t for t in dl.batch_tfms if isinstance(t, Normalize)]
        assert (norm.mean, norm.std) == (card['mean'], card['std'])
    x = dls.valid.dataset.tensors[0][:8]
    mean, std = (torch.tensor(card[k])[:, None, None] for k in ('mean', 'std'))
    want = (x - mean) / std
    torch.testing.assert_close(dls.valid.one_batch()[0].cpu()[:6], want[:6])


def test_ones_own_statistics_stay(dls):
    add_norm(dls, [.5], [.5])
    vision_learner(dls, companion_resnet)
    assert [t.mean for t in dls.valid.batch_tfms] == [[.5]]


def test_without_normalize_or_pretrained_the_pictures_stay(dls):
    vision_learner(dls, companion_resnet, normalize=False)
    learn = vision_learner(dls, companion_resnet, pretrained=False)
    assert not dls.train.batch_tfms
    assert len(trainable(learn)) == len(list(learn.model.parameters()))


def test_an_architecture_without_weights_is_named_and_trains_from_scratch(dls):
    def my_net(num_classes=3):
        net = companion_resnet(num_classes)
        return net
    with pytest.warns(UserWarning, match='No pretrained weights for my_net.*companion_resnet'):
        learn = vision_learner(dls, my_net)
    assert len(trainable(learn)) == len(list(learn.model.parameters()))


def test_the_number_of_outputs_must_be_known(dls):
    with pytest.raises(ValueError, match='n_out=10'):
        vision_learner(object(), small_cnn)


# ---- the hub

class Hub(http.server.BaseHTTPRequestHandler):
    "What the Hugging Face hub answers when a model's file is asked for."
    file, asked = b'', []

    def _head(self):
        Hub.asked.append((self.command, self.path))
        known = self.path == '/timm/resnet18.tv_in1k/resolve/main/model.safetensors'
        self.send_response(200 if known else 404)
        self.send_header('ETag', '"0123456789abcdef0123456789abcdef"')
        self.send_header('X-Repo-Commit', 'a' * 40)
        self.send_header('Content-Length', str(len(self.file) if known else 0))
        self.end_headers()
        return known

    def do_HEAD(self): self._head()

    def do_GET(self):
        if self._head(): self.wfile.write(self.file)

    def log_message(self, *args): pass


@pytest.fixture
def hub(tmp_path):
    from safetensors.torch import save
    torch.manual_seed(3)
    Hub.file, Hub.asked = save(resnet18().state_dict()), []
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()


ASK = '''
import torch, warnings
from utils import *
torch.manual_seed(0)
x = torch.rand(8, 3, 32, 32)
dls = ImageDataLoaders.from_arrays(x, torch.arange(8) % 2, valid_pct=.5, seed=1, bs=4)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter('always')
    learn = vision_learner(dls, resnet18)
print([str(w.message) for w in said])
print(learn.model[0].conv1.weight.sum().item(), [t.mean for t in dls.valid.batch_tfms])
'''


def ask(endpoint, cache):
    env = {**os.environ, 'HF_ENDPOINT': endpoint, 'HF_HOME': str(cache), 'HF_HUB_DISABLE_XET': '1'}
    env.pop('HF_HUB_OFFLINE', None)
    res = subprocess.run([sys.executable, '-c', ASK], capture_output=True, text=True, env=env,
                         timeout=120)
    assert res.returncode == 0, res.stderr
    return res.stdout.splitlines()[-2:]


def test_resnet18_takes_the_hubs_weights_and_needs_the_hub_only_once(hub, tmp_path):
    torch.manual_seed(3)
    want = create_body(resnet18()).conv1.weight.sum().item()
    for endpoint in (hub, 'http://127.0.0.1:9'):           # the second time it is out of reach
        said, got = ask(endpoint, tmp_path)
        assert said == '[]'
        assert float(got.split()[0]) == pytest.approx(want, rel=1e-5)
        assert str(list(imagenet_stats[0])) in got
    assert [c for c, _ in Hub.asked] == ['HEAD', 'HEAD', 'GET']    # there? which? the file


def test_out_of_reach_it_says_so_and_names_the_shipped_weights(tmp_path):
    began = time.monotonic()
    said, got = ask('http://127.0.0.1:9', tmp_path)
    assert time.monotonic() - began < 20                   # tried once, not for half a minute
    assert 'No pretrained weights for resnet18 are at hand' in said
    assert 'vision_learner(dls, companion_resnet' in said and 'pretrained=False' in said
    assert got.endswith('[]')                              # and nothing was normalised
