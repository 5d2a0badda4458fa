"The confusion matrix against scikit-learn, and fastai's order and labels."
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from utils import ClassificationInterpretation, ImageDataLoaders, Learner, set_seed, small_cnn

VECTORS = json.loads((Path(__file__).parent / 'parity' / 'learner.json').read_text())


@pytest.fixture(scope='module')
def interp():
    set_seed(1)
    g = torch.Generator().manual_seed(0)
    y = torch.randint(0, 3, (120,), generator=g)
    x = torch.rand(120, 8, 8, generator=g) + y[:, None, None] / 3
    learn = Learner(ImageDataLoaders.from_arrays(x, y, seed=1), small_cnn(1, 3, 4))
    with learn.no_bar(): learn.fit(1, 1e-2)
    return ClassificationInterpretation.from_learner(learn)


def test_the_matrix_equals_scikit_learns(interp):
    want = confusion_matrix(interp.targs, interp.decoded, labels=range(3))
    np.testing.assert_array_equal(interp.confusion_matrix(), want)


def test_most_confused_has_fastais_order():
    v = VECTORS['most_confused']

    class Fixed(ClassificationInterpretation):
        vocab = v['vocab']
        def __init__(self): pass
        def confusion_matrix(self): return np.array(v['matrix'])
    assert [list(p) for p in Fixed().most_confused()] == v['min_val_1']
    assert [list(p) for p in Fixed().most_confused(min_val=2)] == v['min_val_2']


def test_top_losses_are_the_largest_and_their_items(interp):
    losses, idxs = interp.top_losses(5)
    assert torch.equal(losses, interp.losses.sort(descending=True)[0][:5])
    assert torch.equal(interp.losses[idxs], losses)
    assert interp.top_losses(3, largest=False)[0].max() <= losses.min()
    assert len(interp.top_losses()[0]) == len(interp.targs)


def test_the_drawn_matrix_names_rows_actual_and_columns_predicted(interp):
    ax = interp.plot_confusion_matrix()
    assert (ax.get_ylabel(), ax.get_xlabel()) == ('Actual', 'Predicted')
    texts = [t.get_text() for t in ax.texts]
    assert texts == [str(v) for v in interp.confusion_matrix().ravel()]
    shares = interp.plot_confusion_matrix(normalize=True, norm_dec=1).texts
    assert all(len(t.get_text()) == 3 for t in shares)
    plt.close('all')


def test_the_worst_items_are_drawn_with_prediction_actual_loss_probability(interp):
    axs = interp.plot_top_losses(2, nrows=1)
    loss, i = (v[0] for v in interp.top_losses(1))
    want = f'{interp.decoded[i]}/{interp.targs[i]} / {loss:.2f} / {interp.preds[i].max():.2f}'
    assert axs[0].get_title(plt.rcParams['axes.titlelocation']) == want
    assert axs[0].figure.get_suptitle() == 'Prediction/Actual/Loss/Probability'
    plt.close('all')
