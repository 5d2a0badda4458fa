"The pretraining script: same seed same weights, goes on after an interruption; the file it made."
import hashlib
import os
import re
from pathlib import Path

import pytest
import torch

from utils import companion_resnet, pretrain, pretrained_card, pretrained_weights
from utils.datasets.cifar import CIFAR_CLASSES, cifar_at_hand, load_cifar

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / 'utils/assets/companion_resnet.safetensors'
CARD = ROOT / 'utils/assets/companion_resnet.md'


def cifar():
    "The archive beside the project, or what COMPANION_DATA holds; None where there is neither."
    beside = ROOT.parent / 'shared/data/cifar10.tgz'
    return beside if beside.is_file() else cifar_at_hand()


needs_cifar = pytest.mark.skipif(cifar() is None, reason='needs CIFAR-10 in COMPANION_DATA')


@pytest.fixture(scope='module')
def toy_cifar(tmp_path_factory):
    "A folder laid out as CIFAR-10 with 12 small pictures a class, each class of its own colour."
    from PIL import Image
    root, rng = tmp_path_factory.mktemp('toy') / 'cifar10', torch.Generator().manual_seed(1)
    for part in ('train', 'test'):
        for i, c in enumerate(CIFAR_CLASSES):
            (root / part / c).mkdir(parents=True)
            for k in range(12):
                noise = torch.randint(60, (32, 32, 3), generator=rng)
                noise[..., i % 3] += 15 * i
                Image.fromarray(noise.byte().numpy()).save(root / part / c / f'{k:04}.png')
    return root


def test_pictures_come_in_the_order_of_class_and_name(toy_cifar, tmp_path):
    import tarfile
    x, y = load_cifar('test', ['dog', 'cat'], n=3, data=toy_cifar)
    assert x.shape == (6, 3, 32, 32) and x.dtype == torch.uint8 and y.tolist() == [0, 0, 0, 1, 1, 1]
    with tarfile.open(tmp_path / 'cifar10.tgz', 'w:gz') as t: t.add(toy_cifar, 'cifar10')
    packed, _ = load_cifar('test', ['dog', 'cat'], n=3, data=tmp_path / 'cifar10.tgz')
    assert torch.equal(packed, x)
    assert not torch.equal(load_cifar('train', ['dog'], n=3, data=toy_cifar)[0], x[:3])


@pytest.mark.parametrize('args, words', [(('valid',), "no 'valid'"),
                                         (('test', ['cow']), "no 'cow'")])
def test_what_cifar_does_not_have_is_named(toy_cifar, args, words):
    with pytest.raises(ValueError, match=words): load_cifar(*args, data=toy_cifar)


def test_a_folder_that_is_not_cifar_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='not CIFAR-10'): load_cifar(data=tmp_path)


def test_cifar_is_looked_for_in_both_places(monkeypatch, tmp_path):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path / 'data'))
    monkeypatch.delenv('COMPANION_MIRROR', raising=False)
    assert cifar_at_hand() is None
    (tmp_path / 'cifar10.tgz').touch()
    monkeypatch.setenv('COMPANION_MIRROR', str(tmp_path))
    assert cifar_at_hand() == tmp_path / 'cifar10.tgz'
    (tmp_path / 'data/cifar10').mkdir(parents=True)
    assert cifar_at_hand() == tmp_path / 'data/cifar10'


def weights_after(folder, toy, **kwargs):
    folder.mkdir(exist_ok=True)
    pretrain.pretrain_backbone(folder, data=toy, **kwargs)
    return hashlib.sha256((folder / FILE.name).read_bytes()).hexdigest()


CYCLES = (2, .05, (32, 48), .1), (1, .02, (32,), 0.)


@pytest.mark.parametrize('after', [1, 2, 3])
def test_the_same_seed_gives_the_same_file_even_after_an_interruption(
        toy_cifar, tmp_path, monkeypatch, capsys, after):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path / 'a'))
    whole = weights_after(tmp_path / 'whole', toy_cifar, cycles=CYCLES)
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path / 'b'))
    write, done = pretrain.atomic_write, []

    def pulled_plug(path, how):
        write(path, how)
        done.append(path)
        if len(done) == after: raise KeyboardInterrupt
    monkeypatch.setattr(pretrain, 'atomic_write', pulled_plug)
    with pytest.raises(KeyboardInterrupt): weights_after(tmp_path / 'cut', toy_cifar, cycles=CYCLES)
    assert not (tmp_path / 'cut' / FILE.name).exists()
    monkeypatch.setattr(pretrain, 'atomic_write', write)
    capsys.readouterr()
    assert weights_after(tmp_path / 'cut', toy_cifar, cycles=CYCLES) == whole
    assert f'{min(after, 2)} of 2 epochs were done before' in capsys.readouterr().out


def test_another_seed_gives_another_file(toy_cifar, tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    files = [weights_after(tmp_path / str(seed), toy_cifar, cycles=CYCLES[1:], seed=seed)
             for seed in (1, 2)]
    assert files[0] != files[1]


def test_cats_and_dogs_were_never_seen():
    assert sorted(pretrain.SEEN + ['cat', 'dog']) == CIFAR_CLASSES
    assert pretrained_card()['classes'] == pretrain.SEEN


def test_the_file_is_the_one_of_the_card():
    sums = re.findall(r'[0-9a-f]{64}', CARD.read_text(encoding='utf-8'))
    assert sums == [hashlib.sha256(FILE.read_bytes()).hexdigest()]
    assert FILE.stat().st_size <= 2_000_000 and sum(
        p.numel() for p in companion_resnet().parameters()) <= 1_000_000


def test_the_card_tells_the_recorded_accuracies():
    text, card = CARD.read_text(encoding='utf-8'), pretrained_card()
    assert card['accuracy'] >= .91 and f"{card['accuracy']:.3f}" in text
    for name, acc in card['by_class'].items(): assert re.search(rf'{name}\b.*{acc:.3f}', text), name
    for word in ('CIFAR-10', 'Licence', 'python -m utils.pretrain backbone', 'seed', 'commit',
                 'must not'): assert word in text


def shipped():
    model = companion_resnet(8)
    model.load_state_dict(pretrained_weights(companion_resnet)[0])
    return model.eval()


def picture():
    "A picture made of waves, the same everywhere."
    r = torch.arange(64.) / 64
    return torch.stack([torch.sin(6.28 * (k + 1) * r)[:, None] * torch.cos(6.28 * k * r)[None]
                        for k in range(3)])[None]


def test_a_generated_picture_gets_exactly_the_scores_it_got_when_the_card_was_written():
    with torch.no_grad(): scores = shipped()(picture())[0]
    want = re.search(r'scores: ([-0-9., ]+)', CARD.read_text(encoding='utf-8'))[1]
    want = torch.tensor([float(v) for v in want.split(',')])
    torch.testing.assert_close(scores, want, atol=2e-4, rtol=0)


def test_one_changed_weight_would_be_noticed():
    model = shipped()
    with torch.no_grad():
        before = model(picture())
        model.layer2[0].conv1.weight[0, 0, 0, 0] += .5
        assert (model(picture()) - before).abs().max() > 2e-4


def test_it_loads_on_the_cpu_without_a_pickle(monkeypatch):
    def refuse(*args, **kwargs): raise AssertionError('a pickle was opened')
    monkeypatch.setattr(torch, 'load', refuse)
    import pickle
    monkeypatch.setattr(pickle, 'load', refuse)
    state, _ = pretrained_weights(companion_resnet)
    assert {t.device.type for t in state.values()} == {'cpu'}
    assert {t.dtype for k, t in state.items() if 'num_batches' not in k} == {torch.float32}


@needs_cifar
def test_its_accuracy_on_the_test_photographs_is_the_recorded_one():
    x, y = load_cifar('test', pretrain.SEEN, data=cifar())
    card, model = pretrained_card(), shipped()
    dl = pretrain._Photographs(x, y, (card['mean'], card['std']), (64,), bs=500)
    with torch.no_grad(): right = torch.cat([model(xb).argmax(1) == yb for xb, yb in dl])
    assert right.float().mean().item() == pytest.approx(card['accuracy'], abs=.001)


def test_where_the_data_lies_is_not_written_into_the_weights():
    assert os.sep + 'cifar' not in str(pretrained_card())
