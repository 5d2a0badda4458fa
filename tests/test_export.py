"An export is one file without code; it predicts the same numbers; what is no export is refused."
import json
import pickle

import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from utils import (ImageDataLoaders, Learner, Normalize, Resize, aug_transforms, companion_resnet,
                   load_learner, set_seed, small_cnn, vision_learner)


@pytest.fixture(scope='module')
def pictures(tmp_path_factory):
    path = tmp_path_factory.mktemp('pictures')
    for i in range(12):
        im = Image.new('RGB', (20 + i, 20), (i * 20, 0, 255 - i * 20))
        im.save(path / f'{"ab"[i > 5]}_{i}.png')
    return path


@pytest.fixture
def learn(pictures, tmp_path):
    set_seed(1)
    tfms = [*aug_transforms(), Normalize.from_stats([.5] * 3, [.2] * 3)]
    dls = ImageDataLoaders.from_name_func(
        tmp_path, sorted(pictures.iterdir()), lambda n: n[0], seed=1, bs=4,
        item_tfms=Resize(32, 'squish'), batch_tfms=tfms)
    res = vision_learner(dls, companion_resnet, pretrained=False)
    with res.no_bar(): res.fit(1)
    return res


def test_the_loaded_learner_predicts_the_same_numbers(learn, pictures):
    path = learn.export()
    assert path.name == 'export.safetensors'
    again = load_learner(path)
    for f in sorted(pictures.iterdir())[::5]:
        a, b = learn.predict(f), again.predict(f.read_bytes())
        assert a[0] == b[0] and isinstance(b[0], str) and torch.equal(a[1], b[1])
        torch.testing.assert_close(a[2], b[2])
    assert list(again.dls.vocab) == ['a', 'b']


def test_the_file_holds_only_numbers_and_json(learn):
    with safe_open(learn.export('model.safetensors'), 'pt') as f:
        about = json.loads(f.metadata()['companion'])
        assert set(f.keys()) == set(learn.model.state_dict())
    assert about['dls']['blocks'][1] == {'name': 'CategoryBlock', 'vocab': ['a', 'b']}


def test_an_array_learner_exports_too(tmp_path):
    dls = ImageDataLoaders.from_arrays(torch.rand(20, 8, 8), torch.arange(20) % 2, path=tmp_path)
    learn = Learner(dls, small_cnn(1, 2))
    x = torch.rand(8, 8)
    torch.testing.assert_close(load_learner(learn.export()).predict(x)[2], learn.predict(x)[2])


def test_a_model_of_ones_own_comes_back_into_a_model_of_its_kind(tmp_path):
    def own(): return nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    dls = ImageDataLoaders.from_arrays(torch.rand(20, 8, 8), torch.arange(20) % 2, path=tmp_path)
    learn = Learner(dls, own())
    path = learn.export()
    with pytest.raises(ValueError, match='load_learner\\(fname, model='): load_learner(path)
    x = torch.rand(8, 8)
    again = load_learner(path, model=own())
    torch.testing.assert_close(again.predict(x)[2], learn.predict(x)[2])


def test_a_pickle_is_refused_with_the_reason_and_never_opened(tmp_path):
    class Bomb:
        def __reduce__(self): return (open, (str(tmp_path / 'ran'), 'w'))
    (tmp_path / 'export.pkl').write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match='can run any code'): load_learner(tmp_path / 'export.pkl')
    (tmp_path / 'x.safetensors').write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match='no whole safetensors'):
        load_learner(tmp_path / 'x.safetensors')
    assert not (tmp_path / 'ran').exists()


def crafted(path, **changes):
    about = dict(version=1, model_class='x',
                 model={'name': 'small_cnn', 'n_in': 1, 'n_out': 2, 'width': 4},
                 dls=dict(blocks=[{'name': 'TensorImageBlock'}], item_tfms=[], batch_tfms=[]),
                 loss='cross_entropy')
    header = {'companion': json.dumps({**about, **changes})}
    save_file(small_cnn(1, 2, 4).state_dict(), path, header)
    return path


@pytest.mark.parametrize('changes, words', [
    (dict(model={'name': 'eval', 'source': '1'}), 'does not know'),
    (dict(dls=dict(blocks=[{'name': 'os.system'}], item_tfms=[], batch_tfms=[])), 'os.system'),
    (dict(dls=dict(blocks=[], item_tfms=[{'name': 'exec'}], batch_tfms=[])), 'exec'),
    (dict(version=9), 'newer version')])
def test_a_crafted_header_builds_nothing_but_known_parts(tmp_path, changes, words):
    load_learner(crafted(tmp_path / 'fine.safetensors'))
    with pytest.raises(ValueError, match=words):
        load_learner(crafted(tmp_path / 'bad.safetensors', **changes))


def test_other_faults_say_what_to_type(learn, tmp_path):
    with pytest.raises(ValueError, match="learn.export\\('name.safetensors'\\)"):
        learn.export('export.pkl')
    with pytest.raises(FileNotFoundError, match='learn.export'):
        load_learner(tmp_path / 'none.safetensors')
    save_file({'a': torch.zeros(1)}, tmp_path / 'w.safetensors')
    with pytest.raises(ValueError, match='not written by learn.export'):
        load_learner(tmp_path / 'w.safetensors')
    whole = learn.export().read_bytes()
    (tmp_path / 'half.safetensors').write_bytes(whole[:len(whole) // 2])
    with pytest.raises(ValueError, match='no whole safetensors'):
        load_learner(tmp_path / 'half.safetensors')
    learn.dls.valid.item_tfms = [lambda x: x]
    with pytest.raises(TypeError, match='function of your own'): learn.export()


def test_a_failed_export_leaves_the_old_file_whole(learn, monkeypatch):
    path = learn.export()
    before = path.read_bytes()

    def full(*args, **kwargs): raise OSError(28, 'full')
    monkeypatch.setattr('safetensors.torch.save_file', full)
    with pytest.raises(OSError, match='full'): learn.export()
    assert path.read_bytes() == before and not list(path.parent.glob('.*tmp'))
