"Small trainings whose results a single process and two ranks must share."
import torch
import torch.nn.functional as F
from torch import nn

from utils import (SGD, Callback, DataLoader, DataLoaders, ImageDataLoaders, Learner, MSELossFlat,
                   SaveModelCallback, accuracy, companion_resnet, error_rate, rmse, set_seed,
                   small_cnn)


def points(n, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 4, generator=g)
    return list(zip(x, (x[:, 0] > 0).long() + (x[:, 1] > 0).long()))


def pictures(n=45, size=12, bs=8):
    g = torch.Generator().manual_seed(1)
    x, y = torch.rand(n, 3, size, size, generator=g), torch.arange(n) % 3
    x[torch.arange(n), y] += .3
    return ImageDataLoaders.from_arrays(x, y, valid_pct=.3, seed=0, bs=bs)


def flat(cbs, n=37, bs=8, cls=Learner):
    "Batches of 8, 8, 8, 8 and 5, or, of 33 items, a last one of a single item."
    set_seed(5)
    dls = DataLoaders(DataLoader(points(n), bs, shuffle=True), DataLoader(points(21, 1), 10))
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    return cls(dls, model, F.cross_entropy, opt_func=SGD, metrics=[accuracy, error_rate], cbs=cbs)


def result(learn):
    "All that must be the same."
    preds, targs = learn.get_preds()
    first = learn.get_preds(0, with_input=True, with_loss=True)
    rec = learn.recorder
    return dict(weights=learn.model.state_dict(), losses=torch.tensor(rec.losses),
                values=torch.tensor(rec.values), again=torch.tensor(learn.validate()), preds=preds,
                targs=targs, first=list(first), plain=type(learn.model).__name__,
                patched=[n for n, m in learn.model.named_modules() if 'forward' in vars(m)]
                + [k for dl in (learn.dls.train, learn.dls.valid) for k in getattr(
                    dl, '__dict__', {}) if k == 'make_batch'])


def uneven(cbs, folder):
    learn = flat(cbs)
    learn.fit(2, .2)
    return result(learn)


def one_left(cbs, folder):
    learn = flat(cbs, n=33)
    learn.fit(2, .2)
    return result(learn)


def batch_norm(cbs, folder):
    set_seed(6)
    learn = Learner(pictures(), small_cnn(3, 3, 4), metrics=accuracy, cbs=cbs)
    learn.fit_one_cycle(2, 1e-2)
    return result(learn)


def in_64_bits(cbs, folder):
    "With twice the digits, nothing is left of the rounding."
    set_seed(6)
    dls = pictures()
    for dl in dls.loaders: dl.dataset.tensors = tuple(
        t.double() if t.is_floating_point() else t for t in dl.dataset.tensors)
    learn = Learner(dls, small_cnn(3, 3, 4).double(), metrics=accuracy, opt_func=SGD, cbs=cbs)
    learn.fit(3, .1)
    return result(learn)


def resnet_in_two_parts(cbs, folder):
    set_seed(7)
    learn = Learner(pictures(40, 16, 13), companion_resnet(num_classes=3), opt_func=SGD, cbs=cbs,
                    metrics=accuracy, splitter=lambda m: [[*m.parameters()][:-2],
                                                          [*m.parameters()][-2:]])
    learn.fine_tune(1, 1e-2)
    return result(learn)


def batches_in_a_list(cbs, folder):
    "A loader that is not ours, amounts instead of classes, and a metric with a root."
    set_seed(8)
    g = torch.Generator().manual_seed(2)
    made = [(torch.randn(n, 5, generator=g), torch.randn(n, generator=g)) for n in (7, 7, 1, 4)]
    learn = Learner(DataLoaders(made, made[1:]), nn.Linear(5, 1), MSELossFlat(), opt_func=SGD,
                    metrics=rmse, cbs=cbs)
    learn.fit(2, .05)
    return result(learn)


def best_epoch(cbs, folder):
    "Saved in each better epoch, loaded at the end; a finder before."
    learn = flat(cbs)
    learn.path = folder
    found = learn.lr_find(num_it=12, show_plot=False)
    learn.fit(4, 2., cbs=SaveModelCallback('accuracy'))
    return result(learn) | dict(found=torch.tensor(list(found)))


def twice(learn, resume=None):
    "Two trainings one after the other, which one file must not mistake for each other."
    for n in (2, 4): learn.fit_one_cycle(n, .1, cbs=resume)


TRAININGS = (uneven, one_left, batch_norm, in_64_bits, resnet_in_two_parts, batches_in_a_list,
             best_epoch)


class Draws(Callback):
    "Keeps what dropout and augmentation made of the first batch."
    order = 10

    def after_pred(self):
        if self.training and not self.iter:
            self.learn.seen = [*getattr(self.learn, 'seen', []), self.xb[0], self.pred.detach()]
