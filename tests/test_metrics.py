"Metrics and losses against scikit-learn and torch."
import pytest
import torch
import torch.nn.functional as F

from utils import (AvgMetric, CrossEntropyLossFlat, MSELossFlat, accuracy, activation_of,
                   decodes_of, error_rate, mae, rmse)


def test_accuracy_equals_scikit_learns_and_error_is_the_rest():
    from sklearn.metrics import accuracy_score
    g = torch.Generator().manual_seed(0)
    inp, targ = torch.randn(50, 4, generator=g), torch.randint(0, 4, (50,), generator=g)
    want = accuracy_score(targ, inp.argmax(1))
    assert accuracy(inp, targ).item() == pytest.approx(want)
    assert accuracy(inp, targ[:, None]).item() == pytest.approx(want)
    assert error_rate(inp, targ).item() == pytest.approx(1 - want)


def test_rmse_over_uneven_batches_is_exact_and_its_mean_of_batches_is_not():
    p, y = torch.arange(10.), torch.arange(10.) * 1.5 + 1
    rmse.reset()
    for s in (slice(0, 7), slice(7, 10)): rmse.accumulate(p[s, None], y[s])
    want = F.mse_loss(p, y).sqrt().item()
    assert rmse.value == pytest.approx(want)
    parts = [F.mse_loss(p[s], y[s]).sqrt().item() for s in (slice(0, 7), slice(7, 10))]
    assert sum(parts) / 2 != pytest.approx(want)
    assert mae(p, y).item() == pytest.approx((p - y).abs().mean().item())


def test_an_average_counts_by_batch_size_and_is_none_at_first():
    m = AvgMetric(lambda pred, y: pred.mean())
    assert m.value is None
    m.accumulate(torch.tensor([1., 1., 1.]), torch.zeros(3))
    m.accumulate(torch.tensor([5.]), torch.zeros(1))
    assert m.value == 2


@pytest.mark.parametrize('loss', [F.cross_entropy, CrossEntropyLossFlat(),
                                  torch.nn.CrossEntropyLoss()])
def test_a_class_loss_means_softmax_and_the_likeliest(loss):
    x = torch.tensor([[1., 2., 0.]])
    torch.testing.assert_close(activation_of(loss)(x), x.softmax(1))
    assert decodes_of(loss)(x).tolist() == [1]


def test_other_losses_have_their_own_reading():
    x = torch.tensor([-1., 2.])
    torch.testing.assert_close(activation_of(F.binary_cross_entropy_with_logits)(x), x.sigmoid())
    assert decodes_of(torch.nn.BCEWithLogitsLoss())(x.sigmoid()).tolist() == [False, True]
    assert activation_of(MSELossFlat())(x) is x and decodes_of(F.mse_loss)(x) is x


def test_flat_losses_take_any_shape_of_target():
    p, y = torch.randn(5, 1), torch.randn(5).double()
    assert MSELossFlat()(p, y).item() == pytest.approx(F.mse_loss(p[:, 0], y.float()).item())
