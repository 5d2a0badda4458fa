"""Boxes, windows and the grid detector, against naive ones, published values and planted faults."""
import numpy as np
import pytest
import torch
from torch import nn

from utils.augment import Flip, Normalize, Rotate, Zoom, aug_transforms
from utils.blocks import BBoxBlock, ImageBlock, block_from_spec
from utils.core import set_seed
from utils.data import DataBlock
from utils.datasets.scenes import draw_scenes, scene_labels
from utils.detection import (AveragePrecision, CentreLoss, GridDetector, average_precision, box_iou,
                             detector_learner, find_boxes, load_detector, nms, paired_iou,
                             precision_recall, slide_window)
from utils.files import IndexSplitter, get_image_files
from utils.models import companion_resnet, create_body

RNG = np.random.default_rng(0)


def some_boxes(n, rng=RNG, size=60):
    "n boxes of whole pixels, at least 2 a side."
    corner = rng.integers(0, size - 12, (n, 2))
    return torch.tensor(np.concatenate([corner, corner + rng.integers(2, 30, (n, 2))], 1)).float()


# overlap

def counted_iou(a, b, size=100):
    "Overlap by counting pixels."
    def filled(box):
        x1, y1, x2, y2 = (int(v) for v in box)
        mask = np.zeros((size, size), bool)
        mask[y1:y2, x1:x2] = True
        return mask
    a, b = filled(a), filled(b)
    return (a & b).sum() / (a | b).sum()


def test_overlap_is_what_counting_pixels_gives():
    a, b = some_boxes(12), some_boxes(9)
    naive = [[counted_iou(p, q) for q in b] for p in a]
    assert np.allclose(box_iou(a, b), naive, atol=1e-6)
    assert np.allclose(paired_iou(a[:9], b), np.diag(naive), atol=1e-6)


def test_overlap_of_the_same_of_neighbours_and_of_nothing():
    box = torch.tensor([[2., 2, 6, 5]])
    assert box_iou(box, box) == 1 and box_iou(box, box + torch.tensor([4., 0, 4, 0])) == 0
    assert box_iou(box, torch.tensor([[3., 3, 3, 3]])) == 0
    assert box_iou(box[:0], box).shape == (0, 1) and box_iou(box, box[:0]).shape == (1, 0)


# non-maximum suppression

def naive_nms(boxes, scores, iou):
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(counted_iou(boxes[i], boxes[j]) <= iou for j in kept): kept.append(i)
    return kept


@pytest.mark.parametrize('iou', [0., .3, .5, .8, 1.])
def test_nms_keeps_what_a_naive_one_keeps(iou):
    boxes, scores = some_boxes(40, size=40), torch.tensor(RNG.random(40))
    assert nms(boxes, scores, iou).tolist() == naive_nms(boxes, scores.tolist(), iou)


def test_nms_gives_the_published_example():
    "The example of the ONNX operator NonMaxSuppression, threshold 0.5: boxes 3, 0, 5 stay."
    boxes = torch.tensor([[0, 0, 1, 1], [0, .1, 1, 1.1], [0, -.1, 1, .9], [0, 10, 1, 11],
                          [0, 10.1, 1, 11.1], [0, 100, 1, 101]])
    scores = torch.tensor([.9, .75, .6, .95, .5, .3])
    assert nms(boxes, scores, .5).tolist() == [3, 0, 5]


def test_nms_of_nothing_is_nothing():
    assert nms(torch.zeros(0, 4), torch.zeros(0)).tolist() == []


# precision and recall

# Padilla et al., A Survey on Performance Metrics for Object-Detection Algorithms, 2020: seven
# pictures, 15 people, 24 boxes as (x, y, width, height), counted to the last
# pixel inclusive; the area under the curve at IoU 0.3 is 24.57 %.
PEOPLE = [
    '25 16 38 56, 129 123 41 62', '123 11 43 55, 38 132 59 45',
    '16 14 35 48, 123 30 49 44, 99 139 47 47', '53 42 40 52, 154 43 31 34',
    '59 31 44 51, 48 128 34 52', '36 89 52 76, 62 58 44 67', '28 31 55 63, 58 67 50 58']
FOUND = [
    '5 67 31 48 .88, 119 111 40 67 .70, 124 9 49 67 .80',
    '64 111 64 58 .71, 26 140 60 47 .54, 19 18 43 35 .74',
    '109 15 77 39 .18, 86 63 46 45 .67, 160 62 36 53 .38, 105 131 47 47 .91, 18 148 40 44 .44',
    '83 28 28 26 .35, 28 68 42 67 .78, 87 89 25 39 .45, 10 155 60 26 .14',
    '50 38 28 46 .62, 95 11 53 28 .44, 29 131 72 29 .95, 29 163 72 29 .23',
    '43 48 74 38 .45, 17 155 29 35 .84, 95 110 25 42 .43', '16 20 101 88 .48, 33 116 37 49 .95']


def table(pictures, columns):
    "Padded rows x1, y1, x2, y2, name 0 and what else there is."
    res = torch.full((len(pictures), 6, columns), -1.)
    for i, words in enumerate(pictures):
        for j, row in enumerate(words.split(',')):
            x, y, w, h, *score = map(float, row.split())
            res[i, j] = torch.tensor([x, y, x + w + 1, y + h + 1, 0., *score])
    return res


def test_average_precision_gives_the_published_example():
    found, truth = table(FOUND, 6), table(PEOPLE, 5)
    recall, precision = precision_recall(found, truth, 0, .3)
    assert len(recall) == 24 and recall[-1] == pytest.approx(7 / 15)
    assert precision[:4].tolist() == pytest.approx([1, .5, 2 / 3, .5])
    assert average_precision(found, truth, .3) == pytest.approx(.2457, abs=1e-4)


def naive_ap(found, truth, iou):
    "Slow, and written from the definition: cut at every score, match, count, add up the steps."
    areas = []
    for name in {int(t[4]) for rows in truth for t in rows if t[4] >= 0}:
        real = [[t.tolist() for t in rows if t[4] == name] for rows in truth]
        said = [(f[5].item(), i, f[:4].tolist()) for i, rows in enumerate(found) for f in rows
                if f[4] == name]
        said.sort(key=lambda s: -s[0])
        points = []
        for n in range(1, len(said) + 1):
            taken, right = set(), 0
            for _, i, box in said[:n]:
                best, at = 0, None
                for j, t in enumerate(real[i]):
                    overlap = counted_iou(box, t[:4])
                    if (i, j) not in taken and overlap > best: best, at = overlap, (i, j)
                if best >= iou:
                    taken.add(at)
                    right += 1
            points.append((right / sum(map(len, real)), right / n))
        area, before = 0, 0
        for k, (recall, _) in enumerate(points):
            area += (recall - before) * max(p for _, p in points[k:])
            before = recall
        areas.append(area)
    return sum(areas) / len(areas)


def shaken(seed, names=2, pictures=5):
    "True boxes, and found ones: shaken, twice, wrongly named, invented."
    rng = np.random.default_rng(seed)
    truth, found = torch.full((pictures, 6, 5), -1.), torch.full((pictures, 12, 6), -1.)
    for i in range(pictures):
        n = rng.integers(1, 6)
        truth[i, :n, :4], truth[i, :n, 4] = some_boxes(n, rng), torch.tensor(
            rng.integers(0, names, n)).float()
        both = torch.cat([truth[i, :n], truth[i, :n]])[:, :4].round()
        both[:, 2:] += torch.tensor(rng.integers(0, 6, (2 * n, 2)))
        k = min(2 * n, 11)
        found[i, :k, :4] = both[:k]
        found[i, :k, 4] = torch.cat([truth[i, :n, 4]] * 2)[:k]
        found[i, 0, 4] = rng.integers(0, names)
        found[i, k, :4], found[i, k, 4] = some_boxes(1, rng)[0], 0
        found[i, :k + 1, 5] = torch.tensor(rng.random(k + 1)).float()
    return found, truth


@pytest.mark.parametrize('seed', range(6))
@pytest.mark.parametrize('iou', [.3, .5, .75])
def test_average_precision_is_what_a_naive_one_gives(seed, iou):
    found, truth = shaken(seed)
    naive = naive_ap(found, truth, iou)
    assert average_precision(found, truth, iou) == pytest.approx(naive, abs=1e-5)


def test_average_precision_over_several_overlaps_is_their_mean():
    found, truth = shaken(9)
    ious = [.5, .6, .7]
    each = [average_precision(found, truth, iou) for iou in ious]
    assert average_precision(found, truth, ious) == pytest.approx(np.mean(each))
    assert each[0] > each[2]


def test_average_precision_knows_right_from_wrong():
    truth = shaken(3)[1]
    perfect = torch.cat([truth, (truth[..., 4:] >= 0).float() * .9], 2)
    assert average_precision(perfect, truth) == pytest.approx(1.)
    assert average_precision(perfect[:, :0], truth) == 0
    twice = torch.cat([perfect, perfect], 1)
    twice[:, 6:, 5] -= .5        # found again, less surely: no loss
    assert average_precision(twice, truth) == pytest.approx(1.)
    twice[0, 6:, 5] = .95                     # found again, more surely than others once
    assert average_precision(twice, truth) < .9
    other = perfect.clone()
    other[..., 4] = torch.where(other[..., 4] >= 0, 1 - other[..., 4], -1.)
    assert average_precision(other, truth) < .3


# a window that slides

class Brightness(nn.Module):
    "Says 1 where a window is bright."

    def forward(self, x):
        assert x.shape[1:] == (3, 16, 16)
        light = x.mean((1, 2, 3)) * 40 - 20
        return torch.stack([-light, light], 1)


def test_the_window_finds_the_bright_spot_where_it_is():
    picture = torch.zeros(3, 64, 80)
    picture[:, 16:32, 40:56] = 1
    probs, boxes = slide_window(Brightness(), picture, window=16, stride=8, size=16)
    assert probs.shape == (7, 9, 2) and boxes.shape == (7, 9, 4)
    at = probs[..., 1].flatten().argmax()
    assert boxes.flatten(0, 1)[at].tolist() == [40, 16, 56, 32]
    for row, column in (0, 0), (3, 5), (6, 8):
        x1, y1, x2, y2 = boxes[row, column].int().tolist()
        bright = picture[:, y1:y2, x1:x2].mean()
        assert torch.logit(probs[row, column, 1], eps=1e-9) == pytest.approx(
            float(bright * 80 - 40), abs=.2) or probs[row, column, 1] < 1e-8


# blocks

@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return draw_scenes(n=12, size=64, folder=tmp_path_factory.mktemp('scenes') / 'a')


def loaders(folder, tfms=(), bs=4, **kwargs):
    labels = scene_labels(folder)
    block = DataBlock((ImageBlock, BBoxBlock), get_image_files, IndexSplitter(range(8, 12)),
                      get_y=lambda o: labels[o.name], batch_tfms=list(tfms), **kwargs)
    return block.dataloaders(folder, bs=bs), labels


def test_boxes_and_names_come_out_as_they_went_in(folder):
    dls, labels = loaders(folder)
    assert dls.vocab == ['cat', 'dog'] and dls.c == 2
    x, y = dls.valid.one_batch()
    assert y.shape == (4, 20, 5)
    for rows, item in zip(y, dls.valid_ds.items):
        boxes, names = dls.valid.blocks[1].decode(rows)
        assert boxes == labels[item.name][0] and names == labels[item.name][1]


def test_a_block_says_how_many_of_each():
    block = BBoxBlock(['cat', 'dog'])
    rows = block.encode(([[0, 0, 2, 2], [1, 1, 4, 4], [5, 5, 6, 6]], ['dog', 'cat', 'dog']))
    assert block.words(rows) == '1 cat, 2 dog' and block.words(rows[3:]) == 'nothing'
    assert block_from_spec(block.spec()).encode(([], [])).min() == -1


@pytest.mark.parametrize('label, says', [
    (([[0, 0, 1, 1]], ['cow']), 'cow not known'), (([[0, 0, 1, 1]], []), '1 boxes with 0 names'),
    (([[0, 0, 1, 1]] * 3, ['cat'] * 3), 'at most 2')])
def test_a_label_that_does_not_fit_is_refused(label, says):
    with pytest.raises(ValueError, match=says): BBoxBlock(['cat'], most=2).encode(label)


def test_item_transforms_that_would_leave_boxes_behind_are_refused(folder):
    from utils.resize import Resize
    with pytest.raises(ValueError, match='boxes would stay behind'):
        loaders(folder, item_tfms=Resize(32))


def one_box_batch(tfms, picture, box):
    "One picture with one box through a training loader."
    from utils.loaders import ArraySet, DataLoader
    from utils.blocks import TensorImageBlock
    y = torch.full((1, 3, 5), -1.)
    y[0, 0] = torch.tensor([*box, 0.])
    ds = ArraySet(picture[None], y, (TensorImageBlock(), BBoxBlock(['cat'])))
    x, y = DataLoader(ds, 1, shuffle=True, batch_tfms=tfms).one_batch()
    return x[0], y[0]


@pytest.mark.parametrize('tfms', [
    [Flip(1.)], [Zoom(draw=1.3, p=1., pad_mode='zeros')], [Zoom(draw=.7, p=1., pad_mode='zeros')],
    [Flip(1., size=48), Zoom(draw=1.2, draw_x=.2, p=1.)]])
def test_boxes_follow_their_pictures(tfms):
    picture = torch.zeros(3, 64, 64)
    picture[:, 20:40, 24:36] = 1
    x, y = one_box_batch(tfms, picture, (24, 20, 36, 40))
    row, column = torch.nonzero(x.mean(0) > .5, as_tuple=True)
    seen = [column.min(), row.min(), column.max() + 1, row.max() + 1]
    assert torch.tensor([float(v) for v in seen]).allclose(y[0, :4], atol=1.6)
    assert y[0, 4] == 0 and (y[1:] == -1).all()


def test_a_box_that_leaves_the_picture_is_cut_or_dropped():
    picture = torch.rand(3, 64, 64)
    zoom = Zoom(draw=2., draw_x=0., draw_y=0., p=1.)
    cut = one_box_batch([zoom], picture, (20, 10, 40, 30))[1][0]
    assert cut[2] == 64 and cut[4] == 0 and cut[0] == pytest.approx(40, abs=1)
    assert (one_box_batch([zoom], picture, (40, 40, 60, 60))[1] == -1).all()


def test_a_turned_box_holds_what_it_held():
    picture = torch.zeros(3, 64, 64)
    picture[:, 20:40, 24:36] = 1
    x, y = one_box_batch([Rotate(draw=20., p=1.)], picture, (24, 20, 36, 40))
    row, column = torch.nonzero(x.mean(0) > .5, as_tuple=True)
    x1, y1, x2, y2 = y[0, :4].tolist()
    assert x1 <= column.min() and column.max() < x2 and y1 <= row.min() and row.max() < y2


def test_validation_boxes_stay(folder):
    still, _ = loaders(folder)
    dls, _ = loaders(folder, [*aug_transforms(), Normalize.from_stats([.5] * 3, [.5] * 3)])
    assert dls.valid.one_batch()[1].equal(still.valid.one_batch()[1])
    assert not dls.train.one_batch()[1].equal(still.train.one_batch()[1])


# the grid

def test_the_grid_has_a_cell_for_eight_pixels():
    for size, cells in ((64, 8), (128, 16), (96, 12)):
        assert GridDetector(2)(torch.rand(2, 3, size, size)).shape == (2, 6, cells, cells)
    body = create_body(companion_resnet())
    assert GridDetector(3, body).body is body


def perfect_grid(y, n_names=2, cells=16, stride=8):
    "The scores that a grid should give for the boxes `y`, written with loops."
    pred = torch.full((len(y), n_names + 4, cells, cells), -8.)
    pred[:, n_names:] = 0.
    for i, rows in enumerate(y):
        for x1, y1, x2, y2, name in rows.tolist():
            if name < 0: continue
            column, row = int((x1 + x2) / 2 / stride), int((y1 + y2) / 2 / stride)
            x, yy = (column + .5) * stride, (row + .5) * stride
            pred[i, int(name), row, column] = 8.
            away = [x - x1, yy - y1, x2 - x, y2 - yy]
            pred[i, n_names:, row, column] = torch.tensor(away).div(stride).log()
    return pred


def spread_boxes():
    y = torch.full((2, 4, 5), -1.)
    y[0, 0], y[0, 1] = torch.tensor([8., 10, 50, 70, 0]), torch.tensor([60., 70, 120, 118, 1])
    y[1, 0] = torch.tensor([30., 40, 90, 100, 1])
    return y


def test_a_grid_that_is_right_has_its_boxes_read_off_and_a_small_loss():
    y, loss = spread_boxes(), CentreLoss()
    pred = perfect_grid(y)
    found = find_boxes(loss.activation(pred))
    assert found.shape == (2, 20, 6)
    for rows, true in zip(found, y):
        rows, true = rows[rows[:, 4] >= 0], true[true[:, 4] >= 0]
        assert len(rows) == len(true) and (rows[:, 5] > .99).all()
        for t in true: assert (rows[:, :5] - t).abs().amax(1).min() < 1e-3
    assert average_precision(found, y) == pytest.approx(1.)
    right = loss(pred, y)
    for wrong in (pred.flip(1), pred.flip(-1), -pred, torch.zeros_like(pred)):
        assert loss(wrong, y) > 3 * right


def naive_loss(pred, y, stride=8, spread=.12):
    "The same sum, cell by cell."
    n_names, focal, miss, weights, n = pred.shape[1] - 4, 0, 0, 0, 0
    for i, rows in enumerate(y):
        rows = [r for r in rows.tolist() if r[4] >= 0]
        n += len(rows)
        for row in range(pred.shape[2]):
            for col in range(pred.shape[3]):
                at, spots = ((col + .5) * stride, (row + .5) * stride), []
                for x1, y1, x2, y2, _ in rows:
                    cx = (np.floor((x1 + x2) / 2 / stride) + .5) * stride
                    cy = (np.floor((y1 + y2) / 2 / stride) + .5) * stride
                    spots.append(np.exp(-.5 * (((at[0] - cx) / spread / (x2 - x1)) ** 2
                                               + ((at[1] - cy) / spread / (y2 - y1)) ** 2)))
                for name in range(n_names):
                    heat = max([s for s, r in zip(spots, rows) if r[4] == name], default=0)
                    p = min(max(torch.sigmoid(pred[i, name, row, col]).item(), 1e-4), 1 - 1e-4)
                    focal -= (1 - p) ** 2 * np.log(p) if heat > .999 else \
                        (1 - heat) ** 4 * p ** 2 * np.log(1 - p)
                if not rows or max(spots) <= .2: continue
                left, top, right, bottom = np.exp(pred[i, -4:, row, col].numpy()) * stride
                box = torch.tensor([at[0] - left, at[1] - top, at[0] + right, at[1] + bottom])
                target = torch.tensor(rows[int(np.argmax(spots))][:4])
                weights += max(spots)
                miss += max(spots) * (1 - paired_iou(box, target).item())
    return focal / n + 2 * miss / max(weights, 1)


def test_the_loss_is_what_loops_over_cells_give():
    pred = torch.randn(2, 6, 16, 16, generator=torch.Generator().manual_seed(0))
    y = spread_boxes()
    assert CentreLoss()(pred, y).item() == pytest.approx(naive_loss(pred, y), rel=1e-4)


def test_a_picture_without_boxes_has_a_loss_too():
    pred = torch.randn(1, 6, 8, 8, requires_grad=True)
    loss = CentreLoss()(pred, torch.full((1, 3, 5), -1.))
    loss.backward()
    assert loss > 0 and pred.grad.isfinite().all() and (pred.grad[:, -4:] == 0).all()


def test_of_two_boxes_of_one_thing_the_better_stays_and_names_are_kept_apart():
    acts = torch.zeros(1, 6, 4, 4)
    acts[0, 2:] = torch.tensor([0., 0, 30, 30])[:, None, None]     # every cell draws the same box
    acts[0, 0, 0, 0], acts[0, 0, 3, 3], acts[0, 1, 2, 0] = .9, .8, .5
    found = find_boxes(acts)[0]
    assert found[:3, 4].tolist() == [0, 1, -1] and found[:2, 5].tolist() == pytest.approx([.9, .5])
    assert (find_boxes(acts, threshold=.6)[0, :, 4] >= 0).sum() == 1
    assert (find_boxes(acts, iou=1.)[0, :, 4] >= 0).sum() == 3
    assert find_boxes(acts, most=1).shape == (1, 1, 6)


# the learner

def test_a_detector_learns_shows_predicts_and_comes_back_from_its_file(folder, tmp_path):
    set_seed(0)
    dls, labels = loaders(folder, [Normalize.from_stats([.5] * 3, [.25] * 3)])
    learn = detector_learner(dls, lr=3e-3)
    with learn.no_bar(): learn.fit(6)
    losses = [v[1] for v in learn.recorder.values]
    assert losses[-1] < losses[0]
    assert learn.recorder.metric_names[3] == 'ap50'
    acts, y, found = learn.get_preds(with_decoded=True)
    assert acts.shape == (4, 6, 8, 8) and found.shape == (4, 20, 6) and y.shape == (4, 20, 5)
    metric = AveragePrecision(learn.loss_func)
    assert metric.value is None
    axes = dls.show_batch(max_n=2)
    assert len(axes[0].patches) == (dls.train.one_batch()[1][0, :, 4] >= 0).sum() or axes[0].patches
    learn.show_results(max_n=2)
    learn.path = tmp_path
    with torch.no_grad(): learn.model.head[-1].bias[:2] += 2      # so that it is sure of something
    learn.model.half()
    again = load_detector(learn.export('d.safetensors'))
    learn.model.float()
    assert again.dls.vocab == ['cat', 'dog']
    item = dls.valid_ds.items[0]
    (a, rows, _), (b, others, _) = learn.predict(item), again.predict(item)
    assert a == b and torch.allclose(rows, others, atol=2e-2)
