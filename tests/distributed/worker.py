"What two ranks run in test_distributed.py: `torchrun … worker.py <what> <folder>`."
import os
import signal
import sys
from pathlib import Path

from utils import (Callback, DistributedTraining, Flip, Learner, ResumeCallback, distrib_ctx, nn,
                   set_seed, torch)

# isort: split
import torch.distributed as dist
from trainings import TRAININGS, Draws, flat, pictures, twice

what, folder = sys.argv[1], Path(sys.argv[2])
rank = int(os.environ['RANK'])


def same():
    "Every training with the callback; what both ranks then hold."
    for f in TRAININGS:
        own = folder / f'{f.__name__}-{rank}'
        own.mkdir()
        res = f([DistributedTraining()], folder)
        torch.save(res, own / 'result.pth')
    unseeded()
    drawn()
    written()
    dist.barrier()
    error()


def unseeded():
    "Ranks with other weights and another order at the start: the first one's count."
    set_seed(rank + 5)
    learn = flat(None)
    if rank: nn.init.ones_(learn.model[0].weight)
    learn.dls.train.rng.manual_seed(rank)
    with distrib_ctx(learn):
        before = learn.validate()
        learn.fit(2, .2)
    torch.save([before, learn.recorder.values, learn.model.state_dict()],
               folder / f'unseeded-{rank}.pth')


def drawn():
    dls = pictures()
    dls.train.batch_tfms = [Flip(.5)]
    first = dls.train.dataset.tensors
    first[0][:] = first[0][:1]
    learn = Learner(dls, nn.Sequential(nn.Flatten(), nn.Dropout(.5), nn.Linear(432, 3)), cbs=Draws)
    with distrib_ctx(learn): learn.fit(2)
    torch.save(learn.seen, folder / f'drawn-{rank}.pth')


def written():
    "Each rank has a folder of its own: the second one's must hold no file."
    learn = flat(None)
    learn.path = folder / f'written-{rank}'
    with distrib_ctx(learn):
        print('The only line.')
        learn.fit(1, .1, cbs=ResumeCallback())
        learn.save('kept')
    torch.save([type(c).__name__ for c in learn.cbs], folder / f'cbs-{rank}.pth')


def error():
    "The last item, in the second rank's part, has a class that no output can score."
    learn = flat(None)
    bad = [(x, y) for x, y in learn.dls.train.dataset]
    bad[7] = bad[7][0], torch.tensor(9)
    learn.dls.train.dataset, learn.dls.train.shuffle = bad, False
    with distrib_ctx(learn): learn.fit(1)


class Killed(Callback):
    "The second rank is killed in the third epoch of the second training, in the first attempt."

    def before_batch(self):
        if os.environ['TORCHELASTIC_RESTART_COUNT'] != '0' or not rank: return
        if self.n_epoch == 4 and self.training and (self.epoch, self.iter) == (2, 2):
            os.kill(os.getpid(), signal.SIGKILL)


def killed():
    learn = flat(Killed())
    learn.path = folder
    with distrib_ctx(learn):
        twice(learn, ResumeCallback())
        print('attempt', os.environ['TORCHELASTIC_RESTART_COUNT'], 'ended')
    rec = learn.recorder
    torch.save([rec.losses, rec.lrs, rec.values, learn.model.state_dict()],
               folder / f'killed-{rank}.pth')


assert not dist.is_initialized()
{'same': same, 'killed': killed}[what]()
