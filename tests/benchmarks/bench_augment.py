"""How long `aug_transforms` takes for 64 colour pictures of 128 x 128, and one step at a time.

Measured as the processor's time on one thread, which other programs at work disturb least; on a
quiet machine that is the time on the clock.
"""
import statistics
import time

from utils import BatchTransforms, aug_transforms

import torch  # isort: skip  after utils, which sets the thread policy

BAR = .080   # seconds; one matrix and one sampling in another library took 64 to 68 ms


def median_seconds(f, times=15):
    "Median processor time of a call, after one to warm up."
    f()
    taken = []
    for _ in range(times):
        start = time.process_time()
        f()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def test_all_augmentations_of_a_batch_stay_below_the_bar():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    xb, tfms = torch.rand(64, 3, 128, 128), aug_transforms()

    def one_by_one():
        out = xb
        for t in tfms: out = t(out)
    together = median_seconds(lambda: BatchTransforms(tfms)(xb))
    apart = median_seconds(one_by_one)
    torch.set_num_threads(before)
    print(f"\naug_transforms on 64 x 3 x 128 x 128, one thread: {together * 1e3:.0f} ms; "
          f"one transform after the other: {apart * 1e3:.0f} ms")
    assert together < BAR
    assert together < .7 * apart
