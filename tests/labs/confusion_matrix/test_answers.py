"The answers that the lab keeps: trained once, stored whole, the reader's own taken over."
import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from utils import ClassificationInterpretation, DataBlock, Learner, companion_resnet
from utils.datasets.pets import draw_pets
from utils.files import RegexLabeller, get_image_files, using_attr
from utils.labs.confusion_matrix import answers as module
from utils.labs.confusion_matrix.answers import answers_of, stored_answers, train_answers


@pytest.fixture
def small(tmp_path, monkeypatch):
    "A small recipe in a folder of its own."
    monkeypatch.setenv('COMPANION_DATA', str(tmp_path))
    monkeypatch.setattr(module, 'RECIPE', dict(n=48, size=24, difficulty=.2))
    monkeypatch.setattr(module, 'EPOCHS', 2)
    return tmp_path


def test_training_tells_its_progress_and_stores_what_it_answers(small):
    assert stored_answers() is None
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    assert list(train_answers()) == [.5, 1.]
    assert torch.rand(1) == expected                         # the reader's dice are left alone
    a = stored_answers()
    assert a.images.shape == (19, 24, 24, 3) and a.images.dtype == np.uint8
    assert np.allclose(a.probs.sum(1), 1, atol=1e-5)
    assert a.names == sorted(a.names) and len(a.names) == 12
    assert np.array_equal(a.matrix, confusion_matrix(a.truth, a.said, labels=range(12)))
    assert not list(small.glob('*.part'))
    again = (list(train_answers()), stored_answers())[1]
    assert np.array_equal(again.probs, a.probs)


def test_a_broken_file_counts_as_none(small):
    (small / module.FILE).write_bytes(b'half a file')
    assert stored_answers() is None


def test_the_answers_of_an_interpretation_are_its_own(tmp_path):
    path = draw_pets(n=24, size=24, folder=tmp_path / 'pets')
    block = DataBlock(get_items=get_image_files,
                      get_y=using_attr(RegexLabeller(r'^(.+)_\d+.jpg$'), 'name'))
    learn = Learner(block.dataloaders(path, bs=8), companion_resnet(12))
    interp = ClassificationInterpretation.from_learner(learn, ds_idx=0)
    a = answers_of(interp)
    assert np.array_equal(a.matrix, interp.confusion_matrix())
    assert a.images.shape[1:] == (48, 48, 3)
    assert a.names == list(interp.vocab)
