"The training loop against nine lines of torch, against fastai's numbers, and under every fault."
import copy
import json
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from utils import (SGD, Adam, Callback, CancelBatchException, CancelEpochException,
                   CancelFitException, DataLoader, DataLoaders, Learner, MSELossFlat, accuracy,
                   combined_cos, error_rate, layer_lrs, set_seed)
from utils.callbacks import EVENTS

VECTORS = json.loads((Path(__file__).parent / 'parity' / 'learner.json').read_text())


def toy(n=70, n_out=3, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 4, generator=g)
    return list(zip(x, (x[:, 0] > 0).long() + (x[:, 1] > 0).long() * (n_out > 2)))


def toy_dls(bs=16):
    return DataLoaders(DataLoader(toy(), bs, shuffle=True), DataLoader(toy(30, seed=1), bs))


def toy_model(n_out=3):
    set_seed(3)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(.2),
                         nn.Linear(8, n_out))


def quiet(learn, *args, **kwargs):
    with learn.no_bar(): learn.fit(*args, **kwargs)
    return learn


def test_weights_after_fit_equal_those_of_a_plain_loop_bit_for_bit():
    set_seed(42)
    ours = Learner(toy_dls(), toy_model(), F.cross_entropy, opt_func=torch.optim.SGD, lr=.1)
    set_seed(42)
    dls, model = toy_dls(), toy_model()
    set_seed(7)
    quiet(ours, 3)
    set_seed(7)
    opt = torch.optim.SGD(model.parameters(), lr=.1)
    for epoch in range(3):
        model.train()
        for xb, yb in dls.train:
            F.cross_entropy(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
        model.eval()
    for a, b in zip(ours.model.state_dict().values(), model.state_dict().values()):
        assert torch.equal(a, b)


def test_a_planted_difference_in_the_plain_loop_is_seen():
    set_seed(42)
    a = quiet(Learner(toy_dls(), toy_model(), F.cross_entropy, lr=.1), 1)
    set_seed(42)
    b = quiet(Learner(toy_dls(), toy_model(), F.cross_entropy, lr=.1001), 1)
    assert not torch.equal(a.model[0].weight, b.model[0].weight)


class Diary(Callback):
    order = 100

    def __init__(self): self.seen = []


for _event in EVENTS: setattr(Diary, _event, lambda self, e=_event: self.seen.append(e))


def test_events_come_in_the_documented_order():
    diary = Diary()
    dls = DataLoaders(DataLoader(toy(2), 2), DataLoader(toy(2), 2))
    quiet(Learner(dls, nn.Linear(4, 3), F.cross_entropy, cbs=diary), 1)
    batch = ['before_batch', 'after_pred', 'after_loss']
    assert diary.seen == [
        'before_fit', 'before_epoch', 'before_train', *batch, 'before_step', 'after_step',
        'after_batch', 'after_train', 'before_validate', *batch, 'after_batch', 'after_validate',
        'after_epoch', 'after_fit', 'cleanup_fit']


@pytest.mark.parametrize('exception, event, tail', [
    (CancelBatchException, 'after_pred', ['after_pred', 'after_batch', 'before_batch']),
    (CancelEpochException, 'before_train', ['before_train', 'after_epoch', 'before_epoch']),
    (CancelFitException, 'after_loss', ['after_loss', 'after_fit', 'cleanup_fit'])])
def test_each_cancel_ends_its_own_level_and_is_announced(exception, event, tail):
    class Stop(Callback):
        order = 101

    setattr(Stop, event, lambda self: (_ for _ in ()).throw(exception()))
    diary = Diary()
    learn = Learner(toy_dls(), toy_model(), F.cross_entropy, cbs=[diary, Stop()])
    quiet(learn, 2)
    at = diary.seen.index(event)
    assert diary.seen[at:at + 3] == tail
    assert diary.seen[-2:] == ['after_fit', 'cleanup_fit']


@pytest.mark.parametrize('error', [RuntimeError('boom'), KeyboardInterrupt()])
def test_an_error_or_a_stop_inside_a_batch_leaves_the_learner_usable(error, capsys):
    class Once(Callback):
        done = False

        def after_loss(self):
            if not Once.done:
                Once.done = True
                raise error

    learn = Learner(toy_dls(), toy_model(), F.cross_entropy)
    n = len(learn.cbs)
    diary = Diary()
    with pytest.raises(type(error)): learn.fit(1, cbs=[Once(), diary])
    assert diary.seen[-1] == 'cleanup_fit', 'the table closes'
    assert len(learn.cbs) == n, 'temporary callbacks are gone'
    learn.fit(1)
    assert len(learn.recorder.values) == 1


def test_an_error_says_in_which_batch_and_which_targets_do_not_fit():
    learn = Learner(toy_dls(), toy_model(n_out=2), F.cross_entropy)
    with pytest.raises(Exception) as e: quiet(learn, 1)
    note = ' '.join(e.value.__notes__)
    assert 'In epoch 0, training batch 0: x (16, 4) float32; y (16,) int64, targets 0 to 2' in note
    assert '2 outputs can only score targets 0 to 1' in note


def test_a_misspelt_event_is_refused_when_the_class_is_written():
    with pytest.raises(TypeError, match='Did you mean after_batch'):
        class Wrong(Callback):
            def after_bach(self): pass
    with pytest.raises(TypeError, match='no event'):
        class Keras(Callback):
            def on_epoch_end(self): pass

    class Fine(Callback):
        def helper(self): pass


def test_a_callback_reads_through_and_may_not_hide_loop_state():
    class Reads(Callback):
        def after_pred(self): self.shape = tuple(self.pred.shape)

    cb = Reads()
    quiet(Learner(toy_dls(), toy_model(), F.cross_entropy, cbs=cb), 1)
    assert cb.shape == (14, 3)
    with pytest.raises(AttributeError, match='self.learn.pred = '): cb.pred = 1
    with pytest.raises(AttributeError, match='not part of a Learner yet'): Reads().pred
    with pytest.raises(AttributeError): cb.no_such_thing


def test_nothing_sees_a_stale_prediction_after_a_cancelled_batch():
    class Skip(Callback):
        def before_batch(self):
            if self.iter == 1: raise CancelBatchException

        def after_batch(self):
            if self.iter == 1: assert self.pred is None and self.loss is None

    quiet(Learner(toy_dls(), toy_model(), F.cross_entropy, cbs=Skip()), 1)


def test_valid_loss_and_metrics_weigh_batches_by_their_size():
    dls, model = toy_dls(), toy_model()
    learn = Learner(dls, model, F.cross_entropy, metrics=[accuracy, error_rate])
    loss, acc, err = learn.validate()
    model.eval()
    x, y = map(torch.stack, zip(*toy(30, seed=1)))
    assert loss == pytest.approx(F.cross_entropy(model(x), y).item(), rel=1e-5)
    assert acc == pytest.approx((model(x).argmax(1) == y).float().mean().item(), abs=1e-6)
    assert err == pytest.approx(1 - acc, abs=1e-6)
    shares = [F.cross_entropy(model(xb), yb).item() for xb, yb in dls.valid]
    assert loss != pytest.approx(np.mean(shares), rel=1e-4), 'a plain mean of batches would differ'


def test_looking_at_a_batch_or_one_more_dropout_does_not_change_later_batches():
    def batches(look):
        set_seed(1)
        dl = DataLoader(toy(), 16, shuffle=True)
        if look:
            dl.one_batch()
            torch.rand(100)
        return [xb.clone() for _ in range(2) for xb, _ in dl]
    for a, b in zip(batches(False), batches(True)): assert torch.equal(a, b)


class Rates(Callback):
    def __init__(self): self.rows = []

    def before_step(self):
        self.rows.append([[g['lr'], g['betas'][0]] for g in self.opt.param_groups])


def test_one_cycle_rates_and_momenta_equal_fastais():
    v, rates = VECTORS['fit_one_cycle'], Rates()
    data = toy(5)
    dls = DataLoaders(DataLoader(data, 1), DataLoader(data, 5))
    learn = Learner(dls, nn.Linear(4, 3, bias=False), F.cross_entropy, cbs=rates)
    with learn.no_bar(): learn.fit_one_cycle(2, lr_max=1e-2)
    rows = np.array(rates.rows)[:, 0]
    np.testing.assert_allclose(rows[:, 0], v['lrs'], rtol=1e-5)
    np.testing.assert_allclose(rows[:, 1], v['moms'], rtol=1e-5)
    np.testing.assert_allclose(learn.recorder.lrs, v['lrs'], rtol=1e-5)


def test_fine_tune_rates_equal_fastais_and_the_body_is_frozen_first():
    v, rates, frozen = VECTORS['fine_tune'], Rates(), []

    class Frozen(Callback):
        def before_step(self): frozen.append(self.model[0].weight.grad is None)

    model = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 3, bias=False))
    dls = DataLoaders(DataLoader(toy(4), 1), DataLoader(toy(4), 4))
    learn = Learner(dls, model, F.cross_entropy,
                    splitter=lambda m: [list(m[0].parameters()), list(m[1].parameters())],
                    cbs=[rates, Frozen()])
    with learn.no_bar(): learn.fine_tune(2, base_lr=2e-3, freeze_epochs=1)
    np.testing.assert_allclose(rates.rows[:4], v['frozen'], rtol=1e-5)
    np.testing.assert_allclose(rates.rows[4:], v['unfrozen'], rtol=1e-5)
    assert frozen == [True] * 4 + [False] * 8


def test_adam_with_weight_decay_trains_as_fastais_does():
    v = VECTORS['learner_adam']
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
    model.load_state_dict({**{k: torch.tensor(w) for k, w in v['init'].items()},
                           '1.num_batches_tracked': torch.tensor(0)})
    batches = [(torch.tensor(x), torch.tensor(y)) for x, y in v['batches']]
    learn = Learner(DataLoaders(batches, batches[:1]), model, MSELossFlat())
    quiet(learn, 1, 1e-2)
    for k, w in v['final'].items():
        if k == '0.bias': continue    # batch norm cancels it: its gradient is rounding noise
        np.testing.assert_allclose(model.state_dict()[k], w, rtol=2e-4, atol=2e-6)
    still = {id(p) for g in learn.opt.param_groups if not g['weight_decay'] for p in g['params']}
    assert [k for k, p in model.named_parameters() if id(p) in still] == v['no_decay']


@pytest.mark.parametrize('name, opt', [
    ('adam', lambda p: Adam(p, lr=1e-2)), ('adam_wd0', lambda p: Adam(p, lr=1e-2, wd=0)),
    ('sgd', lambda p: SGD(p, lr=.1, mom=.9)), ('sgd_plain', lambda p: SGD(p, lr=.1))])
def test_steps_of_an_optimiser_equal_fastais(name, opt):
    v = VECTORS['optimisers'][name]
    layer = nn.Linear(3, 2)
    layer.load_state_dict(dict(weight=torch.tensor(v['weight0']), bias=torch.tensor(v['bias0'])))
    o, x, y = opt(layer.parameters()), torch.tensor(v['x']), torch.tensor(v['y'])
    for step in v['steps']:
        F.mse_loss(layer(x), y).backward()
        o.step()
        o.zero_grad()
        np.testing.assert_allclose(layer.weight.detach(), step['weight'], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(layer.bias.detach(), step['bias'], rtol=1e-4, atol=1e-6)


def test_the_shown_train_loss_is_fastais_debiased_average():
    v = VECTORS['smooth_loss']
    losses = iter(v['losses'])
    data = toy(len(v['losses']))

    class Fake(Callback):
        def after_loss(self):
            if self.training: self.learn.loss = self.loss * 0 + next(losses)

    learn = Learner(DataLoaders(DataLoader(data, 1), DataLoader(data, 4)), nn.Linear(4, 3),
                    F.cross_entropy, cbs=Fake())
    quiet(learn, 1)
    np.testing.assert_allclose(learn.recorder.losses, v['values'], rtol=1e-5)


def test_discriminative_rates_equal_fastais():
    v = VECTORS['discriminative_lrs']
    np.testing.assert_allclose(layer_lrs(slice(1e-4, 1e-2), 3), v['slice(1e-4, 1e-2)'])
    np.testing.assert_allclose(layer_lrs(slice(1e-2), 3), v['slice(1e-2)'])
    np.testing.assert_allclose(layer_lrs(1e-2, 3), v['1e-2'])
    c = VECTORS['combined_cos']
    curve = combined_cos(.25, .1, 1., .01)
    np.testing.assert_allclose([curve(p) for p in c['positions']], c['values'], rtol=1e-5)


def test_frozen_batch_norm_stays_trainable():
    learn = Learner(toy_dls(), toy_model(), F.cross_entropy,
                    splitter=lambda m: [list(m[:4].parameters()), list(m[4:].parameters())])
    learn.freeze()
    assert [p.requires_grad for p in learn.model.parameters()] == [False] * 2 + [True] * 4
    before = copy.deepcopy(learn.model.state_dict())
    quiet(learn, 1, 1e-2)
    assert torch.equal(before['0.weight'], learn.model[0].weight)
    assert not torch.equal(before['1.weight'], learn.model[1].weight)
    learn.unfreeze()
    assert all(p.requires_grad for p in learn.model.parameters())


def test_lr_find_puts_everything_back_and_suggests_as_fastai():
    from utils.tracker import valley
    v = VECTORS['lr_find']
    assert valley(v['lrs'][10:-5], v['losses'][10:-5]) == pytest.approx(v['valley'])
    learn = quiet(Learner(toy_dls(), toy_model(), F.cross_entropy), 1)
    before, rows = copy.deepcopy(learn.model.state_dict()), learn.recorder.values
    found = learn.lr_find(show_plot=False)
    assert found._fields == ('valley',) and 1e-7 < found.valley < 10
    for k, w in learn.model.state_dict().items(): assert torch.equal(w, before[k])
    assert learn.recorder.values is rows and learn.cbs.count(learn.recorder) == 1


def test_get_preds_gives_probabilities_in_the_order_of_the_set():
    learn = Learner(toy_dls(), toy_model(), F.cross_entropy)
    got = learn.get_preds(with_input=True, with_decoded=True, with_loss=True)
    x, probs, targs, decoded, losses = got
    want = torch.stack([a for a, _ in toy(30, seed=1)])
    assert torch.equal(x, want) and probs.shape == (30, 3)
    torch.testing.assert_close(probs.sum(1), torch.ones(30))
    torch.testing.assert_close(losses, F.cross_entropy(learn.model(want), targs, reduction='none'))
    assert torch.equal(decoded, probs.argmax(1))
    assert len(learn.get_preds(ds_idx=0)[0]) == 70, 'nothing of the training set is left out'


def test_save_and_load_bring_back_weights_and_optimiser(tmp_path):
    learn = quiet(Learner(toy_dls(), toy_model(), F.cross_entropy), 1)
    learn.path = tmp_path
    learn.save('one')
    before = copy.deepcopy(learn.model.state_dict())
    quiet(learn, 1)
    learn.load('one')
    for k, w in learn.model.state_dict().items(): assert torch.equal(w, before[k])
    with pytest.raises(FileNotFoundError, match="learn.save\\('two'\\)"): learn.load('two')
    assert [f.name for f in (tmp_path / 'models').iterdir()] == ['one.pth']


def test_without_a_loss_or_parameters_the_error_says_what_to_type():
    with pytest.raises(ValueError, match='loss_func=F.cross_entropy'):
        Learner(toy_dls(), toy_model())
    with pytest.raises(ValueError, match='no parameters'):
        quiet(Learner(toy_dls(), nn.ReLU(), F.cross_entropy), 1)
    with pytest.raises(TypeError, match='no Callback'):
        Learner(toy_dls(), toy_model(), F.cross_entropy, cbs=[print])


def test_the_learner_takes_anything_with_train_and_valid():
    from types import SimpleNamespace
    batches = [(torch.randn(8, 4), torch.randint(0, 3, (8,))) for _ in range(3)]
    learn = Learner(SimpleNamespace(train=batches, valid=batches[:1]), toy_model(), F.cross_entropy)
    quiet(learn, 1)
    assert len(learn.recorder.losses) == 3


def test_the_printed_table_has_fastais_columns(capsys):
    learn = Learner(toy_dls(), toy_model(), F.cross_entropy, metrics=error_rate)
    learn.fit(2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ['epoch', 'train_loss', 'valid_loss', 'error_rate', 'time']
    assert [line.split()[0] for line in lines[1:]] == ['0', '1']
    assert lines[1].split()[-1].count(':') == 1


@pytest.mark.skipif(not (torch.cuda.is_available() or torch.backends.mps.is_available()),
                    reason='no GPU on this machine')
@pytest.mark.gpu
def test_training_runs_on_the_gpu():
    learn = quiet(Learner(toy_dls(), toy_model(), F.cross_entropy, metrics=error_rate), 1)
    assert next(learn.model.parameters()).device.type in ('cuda', 'mps')


@pytest.mark.slow
def test_the_loop_costs_little_over_a_plain_one():
    "A loose guard; the exact figure is measured by tests/benchmarks/bench_learner.py."
    data = list(zip(torch.randn(6400, 64), torch.randint(0, 3, (6400,))))
    batches = list(DataLoader(data, 32))
    model = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 3))
    learn = Learner(DataLoaders(batches, batches[:1]), model, F.cross_entropy, metrics=accuracy)

    def plain():
        opt = Adam(model.parameters())
        for xb, yb in batches:
            F.cross_entropy(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()

    def timed(f):
        start = time.perf_counter()
        f()
        return time.perf_counter() - start
    quiet(learn, 1), plain()
    ours = min(timed(lambda: quiet(learn, 1)) for _ in range(3))
    assert ours < 2 * min(timed(plain) for _ in range(3))


def test_results_are_drawn_with_wrong_answers_in_red():
    import matplotlib.pyplot as plt

    from utils import ImageDataLoaders, small_cnn, use_course_style
    with plt.style.context('default'):
        use_course_style()
        set_seed(0)
        dls = ImageDataLoaders.from_arrays(torch.rand(60, 8, 8), torch.arange(60) % 5, seed=1)
        learn = Learner(dls, small_cnn(1, 5))
        learn.show_results(max_n=9)    # 12 items of 5 kinds, untrained: some are wrong
        for ax in plt.gcf().axes[:9]:
            title = ax._left_title
            true, said = title.get_text().split('\n')
            assert (title.get_color() == '#D55E00') == (true != said)
        plt.close('all')
