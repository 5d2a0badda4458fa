"One training shared by several processes that `torchrun` started, and one that outlives them."
import atexit
import os
import sys
import traceback
from contextlib import contextmanager
from functools import cache, partial

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.distributed.elastic.multiprocessing.errors import get_error_handler
from torch.nn.parallel import DistributedDataParallel

from .callbacks import Callback
from .core import default_device, to_device
from .inference import atomic_write
from .loaders import DataLoader

__all__ = ['DistributedTraining', 'ResumeCallback', 'distrib_ctx']


class DistributedTraining(Callback):
    """Share each batch among the processes that `torchrun` started, so that they train as one.

    `bs` stays the size of the whole batch, and the weights become those of a single process. Batch
    norm sees the whole batch; predictions and targets are gathered in order before loss and
    metrics; each rank draws augmentation and dropout of its own; only the first rank prints and
    writes files. Source: Li and others, PyTorch Distributed, 2020.
    """
    order = -100    # before everybody else
    ddp = None

    def before_fit(self):
        "Meet the other processes, start from the first one's weights, add up gradients with them."
        if not self._meet(): return
        gpus = [self.device] if self.device.type == 'cuda' else None
        self.ddp = DistributedDataParallel(self.model, gpus)

    def _meet(self):
        "False where this process is alone; each process on a machine has a GPU of its own."
        if not _join(): return False
        gpu = self.device.type == 'cuda'
        if gpu: torch.cuda.set_device(int(os.environ.get('LOCAL_RANK', 0)))
        self.learn.device = default_device(gpu)
        self.model.to(self.device)
        return True

    def before_epoch(self):
        "Start torch's random numbers anew, the same on all ranks until the first batch."
        if not _running(): return
        self.seed = _from_first(torch.initial_seed) + 1
        torch.manual_seed(self.seed)

    def before_train(self):
        "Put the sharing model in the place of the plain one, for the training batches only."
        if not _running(): return
        self._share_loader()
        for m in self.model.modules():
            if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.affine:
                m.forward = partial(self._norm, m)
        self.learn.model = self.ddp

    def before_validate(self):
        "All ranks judge the same weights, each its part of the items."
        if not self._meet(): return
        for t in self.model.state_dict().values(): dist.broadcast(t, 0)
        self._share_loader()

    def _share_loader(self):
        "From now on the loader makes this rank's part of each batch, in the order of the first."
        dl = self.dl
        if not isinstance(dl, DataLoader): return
        dl.rng.set_state(_from_first(dl.rng.get_state))
        whole, dl.device = type(dl).make_batch, self.device

        def make_part(idxs, seed=None):
            return whole(dl, idxs[_part(len(idxs))[0]], seed and seed + dist.get_rank())
        dl.make_batch = make_part

    def before_batch(self):
        "Count this rank's items; a rank for which none is left computes with one that weighs 0."
        if not _running(): return
        dl = self.dl
        own = isinstance(dl, DataLoader)
        n = min(dl.bs, len(dl.dataset) - self.iter * dl.bs) if own else len(self.xb[0])
        part, self.n = _part(n)
        self.share = self.n / n
        if not own: self.learn.xb, self.learn.yb = _each(lambda t: t[part], (self.xb, self.yb))
        if self.training and not self.iter: torch.manual_seed(self.seed + 2**32 * dist.get_rank())

    def after_pred(self):
        "In validation, gather what all ranks predicted: from here on each has the whole batch."
        if self.training or not _running(): return
        rows = self.pred, self.yb, () if self.ddp else self.xb    # in a fit nobody asks for inputs
        parts = [None] * dist.get_world_size()
        dist.all_gather_object(parts, _each(lambda t: t[:self.n].cpu(), rows))
        pred, yb, xb = to_device(_each(lambda *ts: torch.cat(ts), *parts), self.device)
        self.learn.pred, self.learn.yb, self.learn.xb = pred, yb, xb or self.xb

    def after_loss(self):
        "The loss of the whole batch, with the gradient of this rank's part."
        if not self.training or not _running(): return
        mine = self.loss * self.share
        gradient = mine * dist.get_world_size()    # DistributedDataParallel is going to average
        self.learn.loss = _sum(mine.detach()) + (gradient - gradient.detach())

    def _norm(self, m, x):
        "Batch norm of `x` over the items of all ranks, as one process would compute it."
        if not m.training: return type(m).forward(m, x)
        with torch.no_grad():
            c, dims = x.shape[1], [0, *range(2, x.ndim)]
            mean = x.mean(dims, keepdim=True, dtype=m.running_mean.dtype)
            var = (x - mean).square_().mean(dims)
            rows = var.new_zeros(dist.get_world_size(), 2 * c + 1)
            if self.n: rows[dist.get_rank()] = torch.cat(
                [mean.view(-1), var, var.new_tensor([x.numel() // c])])
            means, variances, k = _sum(rows).split([c, c, 1], 1)      # a row for each rank
            n = k.sum()
            mean = (k * means).sum(0) / n
            var = (k * (variances + (means - mean) ** 2)).sum(0) / n
            m.num_batches_tracked += 1
            new = 1 / m.num_batches_tracked if m.momentum is None else m.momentum
            m.running_mean.lerp_(mean, new)
            m.running_var.lerp_(var * n / (n - 1), new)
        return _NormOverAll.apply(x, m.weight, m.bias, mean, var, m.eps, (self.n > 0) / n)

    def after_fit(self):
        "Wait for each other, so that a file that the first rank wrote can be read by all."
        if _running(): dist.barrier()

    def _unshare(self):
        "Put model and loader back as they were."
        if self.ddp and self.model is self.ddp: self.learn.model = self.ddp.module
        for m in self.model.modules(): vars(m).pop('forward', None)
        if isinstance(getattr(self.learn, 'dl', None), DataLoader):
            vars(self.dl).pop('make_batch', None)

    after_train = after_validate = after_epoch = _unshare

    def cleanup_fit(self):
        "The plain model again, also after an error."
        self._unshare()
        self.ddp = None


@contextmanager
def distrib_ctx(
    learn,  # a learner
):
    "`with distrib_ctx(learn): learn.fit(3)` shares the training among torchrun's processes."
    with learn.added_cbs(DistributedTraining()):
        yield learn
        if _running(): dist.barrier()


def _running(): return dist.is_available() and dist.is_initialized()


def _join():
    "Meet the processes that torchrun started; False where there are none."
    if _running(): return True
    if not {'RANK', 'WORLD_SIZE', 'MASTER_ADDR'} <= set(os.environ): return _alone()
    gpu = torch.cuda.is_available()
    store, rank, world = next(dist.rendezvous('env://'))
    if os.environ.get('LOCAL_WORLD_SIZE') == str(world):    # an earlier attempt wrote there, too
        store = dist.PrefixStore(os.environ.get('TORCHELASTIC_RESTART_COUNT', ''), store)
    dist.init_process_group('cpu:gloo,cuda:nccl' if gpu else 'gloo', store=store, rank=rank,
                            world_size=world)
    sys.excepthook = partial(_last_words, store)
    atexit.register(lambda: dist.is_initialized() and dist.destroy_process_group())
    if rank: sys.stdout = open(os.devnull, 'w')    # what all ranks print, the first one shows
    return True


@cache
def _alone():
    print('Not started by torchrun: this process trains alone.')
    return False


def _part(n):
    "Which of `n` items are this rank's, and how many; one that does not count where none is left."
    rank, world = dist.get_rank(), dist.get_world_size()
    start, stop = n * rank // world, n * (rank + 1) // world
    return (slice(start, stop) if stop > start else slice(0, 1)), stop - start


def _each(f, *os):
    "Tuples and lists of one shape → one, with `f` of the things at each place."
    if not isinstance(os[0], (tuple, list)): return f(*os)
    return type(os[0])(_each(f, *here) for here in zip(*os))


def _sum(t):
    "The sum of all ranks' tensors, in place."
    dist.all_reduce(t)
    return t


class _NormOverAll(torch.autograd.Function):
    "Batch norm with mean and variance over all ranks, and its gradient, to which all contribute."

    @staticmethod
    def forward(ctx, x, weight, bias, mean, var, eps, share):
        ctx.save_for_backward(x, weight, mean, var, share)
        ctx.eps = eps
        return F.batch_norm(x, mean, var, weight, bias, False, 0., eps)

    @staticmethod
    def backward(ctx, g):
        x, weight, mean, var, share = ctx.saved_tensors
        gx, gw, gb = torch.ops.aten.native_batch_norm_backward(    # as if mean and var were given
            g, x, weight, mean, var, None, None, False, ctx.eps, [True, True, True])
        std = (var + ctx.eps).sqrt()
        sum_g, sum_gx = _sum(torch.stack([gb, gw])) * share * weight / std
        slope = sum_gx / std                       # what x changes by way of mean and var
        shape = [1, -1] + [1] * (x.ndim - 2)
        gx.addcmul_(x, -slope.view(shape)).add_((slope * mean - sum_g).view(shape))
        return gx, gw, gb, None, None, None, None


def _from_first(make):
    "What `make()` gives on the first rank, on all of them."
    if not _running(): return make()
    box = [None if dist.get_rank() else make()]
    dist.broadcast_object_list(box, 0)
    return box[0]


def _last_words(store, kind, e, trace):
    "An error that nobody caught: every rank ends with the message of the rank that had the first."
    mine = (f'Rank {dist.get_rank()} of {dist.get_world_size()} failed: '
            + ''.join(traceback.format_exception_only(e)))
    try: first = store.compare_set('failed', '', mine).decode()
    except RuntimeError: first = mine              # the rank that kept the store is gone already
    if first == mine or not issubclass(kind, RuntimeError): sys.__excepthook__(kind, e, trace)
    try: raise e
    except kind:
        if first == mine: get_error_handler().record_exception(e)    # for torchrun's own report
    print(first, file=sys.stderr, end='', flush=True)


class ResumeCallback(Callback):
    """Write all there is to know after each epoch; the same script, started again, goes on there.

    Under `torchrun --max-restarts=3` a training survives the end of one of its processes.
    """
    order = 100     # when everybody else is ready for the training, or done with the epoch
    begun = {}      # trainings that this process began, of each file

    def __init__(
        self,
        fname='resume',  # name of the file below path/models
    ): self.fname = fname

    def before_fit(self):
        "Take up the work where it stopped, if it had begun."
        file = self.file = self.learn._weights_file(self.fname).absolute()
        self.fit = self.begun[file] = self.begun.get(file, 0) + 1
        kept = _from_first(lambda: torch.load(file, map_location='cpu', weights_only=True)
                           if file.is_file() else None)
        if kept is None or kept['fit'] < self.fit: return
        if kept['fit'] == self.fit and kept['n_epoch'] != self.n_epoch: raise ValueError(
            f"{file} is of a training of {kept['n_epoch']} epochs, this is one of {self.n_epoch}. "
            "Delete the file to start anew.")
        self._take_up(kept)
        print(f'{self.start_epoch} of {self.n_epoch} epochs were done before, says {file.name}.')

    def _take_up(self, kept):
        self.model.load_state_dict(kept['model'])
        self.opt.load_state_dict(kept['opt'])
        torch.set_rng_state(kept['rng'])
        if 'order' in kept: self.dls.train.rng.set_state(kept['order'])
        done = kept['fit'] == self.fit             # else this training ended, and a later one began
        self.learn.start_epoch = kept['done'] if done else self.n_epoch
        for name, o in self._others() if done else ():
            vars(o).update(kept['cbs'].get(name, {}))

    def _others(self):
        "Callbacks whose counters and curves are kept: the recorder, schedules, early stopping."
        return [(f'{i} {type(o).__name__}', o) for i, o in enumerate(self.learn.cbs)
                if not isinstance(o, (DistributedTraining, ResumeCallback))]

    def after_epoch(self):
        "Write it, whole or not at all."
        cbs = {name: {k: v for k, v in vars(o).items() if _plain(v)} for name, o in self._others()}
        state = dict(fit=self.fit, done=self.epoch + 1, n_epoch=self.n_epoch, cbs=cbs,
                     model=self.model.state_dict(), opt=self.opt.state_dict(),
                     rng=torch.get_rng_state())
        if hasattr(self.dls.train, 'rng'): state['order'] = self.dls.train.rng.get_state()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(self.file, lambda tmp: torch.save(state, tmp))


def _plain(o):
    "Is it made of numbers and words only?"
    if isinstance(o, (list, tuple)): return all(map(_plain, o))
    return o is None or type(o) in (bool, int, float, str)
