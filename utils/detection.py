"Object detection: boxes, windows, a small detector on a grid, and how it is judged."
import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .core import as_list
from .learner import Learner
from .loaders import DataLoaders
from .models import companion_resnet, create_body, num_features

__all__ = ['box_iou', 'paired_iou', 'nms', 'slide_window', 'GridDetector', 'CentreLoss',
           'detector_learner', 'load_detector', 'find_boxes', 'precision_recall',
           'average_precision', 'AveragePrecision']

SHIPPED = Path(__file__).parent / 'assets' / 'scene_detector.safetensors'


def box_iou(
    a: Tensor,  # boxes as (x1, y1, x2, y2) in pixels, (n, 4)
    b: Tensor,  # boxes, (m, 4)
) -> Tensor:    # overlap of each pair, 0 to 1, (n, m)
    """Intersection over union of every box in `a` with every box in `b`.

    >>> box_iou(torch.tensor([[0., 0, 2, 2]]), torch.tensor([[1., 0, 3, 2], [5, 5, 6, 6]]))
    tensor([[0.3333, 0.0000]])
    """
    return paired_iou(a[:, None], b[None])


def paired_iou(
    a: Tensor,  # boxes, (..., 4)
    b: Tensor,  # as many boxes
) -> Tensor:    # (...)
    "Intersection over union of each box in `a` with its partner in `b`."
    sides = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2]))
    both = sides.clamp(min=0).prod(-1)
    either = sum((x[..., 2:] - x[..., :2]).prod(-1) for x in (a, b)) - both
    return both / either.clamp(min=1e-9)


def nms(
    boxes: Tensor,          # (n, 4)
    scores: Tensor,         # (n,)
    iou: float = .5,        # boxes that overlap a better one by more are dropped
) -> Tensor:                # numbers of the boxes that are kept, the best first
    """Non-maximum suppression: of boxes that overlap much, keep only the one with the best score.

    >>> nms(torch.tensor([[0., 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12]]), torch.tensor([.8, .9, .1]))
    tensor([1, 2])
    """
    left, kept = scores.argsort(descending=True, stable=True), []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[box_iou(boxes[best][None], boxes[left])[0] <= iou]
    return torch.stack(kept) if kept else left


def slide_window(
    model,             # a recogniser: pictures (n, 3, size, size) → scores (n, c)
    picture: Tensor,   # (3, h, w), 0 to 1
    window: int,       # pixels a side that are looked at together
    stride: int,       # pixels from one window to the next
    size: int = 32,    # pixels a side that the recogniser is used to
) -> tuple:            # probabilities (rows, columns, c), boxes (rows, columns, 4)
    "Ask a recogniser about every window of a picture: probabilities, and where each window was."
    parts = picture.unfold(1, window, stride).unfold(2, window, stride)
    _, rows, columns = parts.shape[:3]
    parts = F.interpolate(parts.permute(1, 2, 0, 3, 4).reshape(-1, 3, window, window), size=size,
                          mode='area').contiguous(memory_format=torch.channels_last)  # quicker
    with torch.no_grad(): scores = torch.cat([model(p).softmax(1) for p in parts.split(64)])
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing='ij')
    corner = torch.stack([x, y], -1) * stride
    return scores.view(rows, columns, -1), torch.cat([corner, corner + window], -1).float()


class GridDetector(nn.Module):
    """A grid of cells over the picture; each says whose centre it is, and how far the edges are.

    Channels of the output: one score for each name, then the logs of the distances from the cell's
    middle to the left, top, right and bottom edge of the box, in cells.
    Source: Zhou et al., *Objects as Points*, 2019.
    """

    def __init__(
        self,
        n_names: int,      # how many kinds of things
        body=None,         # stages, layer3 and layer4 the last; a new companion_resnet's if None
        width: int = 64,   # channels of the head
    ):
        super().__init__()
        self.body = body or create_body(companion_resnet())
        coarse = num_features(self.body)
        self.fine, self.coarse = nn.Conv2d(coarse // 2, width, 1), nn.Conv2d(coarse, width, 1)
        self.head = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False),
                                  nn.BatchNorm2d(width), nn.ReLU(inplace=True),
                                  nn.Conv2d(width, n_names + 4, 3, padding=1))
        nn.init.constant_(self.head[-1].bias[:n_names], -3.)   # at first nothing is anywhere
        nn.init.constant_(self.head[-1].bias[n_names:], 1.)

    def forward(self, x: Tensor) -> Tensor:
        "Pictures (n, 3, h, w) → (n, names + 4, h/8, w/8)"
        for name, stage in self.body.named_children():
            x = stage(x)
            if name == 'layer3': fine = self.fine(x)           # (n, width, h/8, w/8)
        return self.head(F.relu(fine + F.interpolate(self.coarse(x), fine.shape[-2:])))


def _middles(pred, stride):
    "The middle of every cell in pixels, x and y, (2, h, w)."
    y, x = [(torch.arange(k, device=pred.device) + .5) * stride for k in pred.shape[-2:]]
    return torch.stack(torch.meshgrid(x, y, indexing='xy'))


def _edges(pred, stride):
    "The box that every cell would draw, (n, h, w, 4)."
    away = pred[:, -4:].clamp(max=4).exp() * stride
    middle = _middles(pred, stride)
    return torch.cat([middle - away[:, :2], middle + away[:, 2:]], 1).permute(0, 2, 3, 1)


class CentreLoss:
    """How wrong a grid is: a focal loss for whose centre each cell is, 1 - IoU for the boxes.

    Source: Lin et al., *Focal Loss for Dense Object Detection*, 2017.
    """

    def __init__(
        self,
        stride: int = 8,     # pixels from one cell of the grid to the next
        spread: float = .12,  # of the soft spot around a centre, as a share of the box
    ): self.stride, self.spread = stride, spread

    def spots(self, pred, y):
        "A soft spot at the centre of each box, 1 in the middle, (n, boxes, h, w)."
        middle, there = _middles(pred, self.stride), (y[..., 4] >= 0)[..., None, None]
        centre = (y[..., :2] + y[..., 2:4]) / 2
        centre = ((centre / self.stride).floor() + .5) * self.stride    # of the cell it is in
        width = (y[..., 2:4] - y[..., :2]).clamp(min=1.) * self.spread
        away = (middle - centre[..., None, None]) / width[..., None, None]
        return torch.exp(-.5 * (away ** 2).sum(2)) * there

    def __call__(self, pred, y):
        "The loss of one batch: `pred` (n, names + 4, h, w), `y` (n, boxes, 5)."
        spots, n_names = self.spots(pred, y), pred.shape[1] - 4
        heat = torch.stack([(spots * (y[..., 4] == i)[..., None, None]).amax(1)
                            for i in range(n_names)], 1)
        n = (y[..., 4] >= 0).sum().clamp(min=1)
        p, centre = pred[:, :n_names].sigmoid().clamp(1e-4, 1 - 1e-4), heat > .999
        focal = torch.where(centre, (1 - p) ** 2 * p.log(),
                            (1 - heat) ** 4 * p ** 2 * (1 - p).log())
        weight, owner = spots.max(1)                                      # (n, h, w)
        weight = weight * (weight > .2)
        target = torch.gather(y[..., :4], 1, owner.flatten(1)[..., None].expand(-1, -1, 4))
        miss = 1 - paired_iou(_edges(pred, self.stride), target.view(*owner.shape, 4))
        return -focal.sum() / n + 2 * (weight * miss).sum() / weight.sum().clamp(min=1)

    def activation(self, pred):
        "Scores of each cell from 0 to 1, and the box it would draw, (n, names + 4, h, w)."
        return torch.cat([pred[:, :-4].sigmoid(), _edges(pred, self.stride).permute(0, 3, 1, 2)], 1)

    def decodes(self, acts): return find_boxes(acts)


def find_boxes(
    acts: Tensor,           # scores and boxes of cells, (n, names + 4, h, w)
    threshold: float = .3,  # boxes with a lower score are left out
    iou: float = .5,        # boxes of one name that overlap a better one by more are dropped
    most: int = 20,         # boxes of one picture at most
) -> Tensor:                # x1, y1, x2, y2, number of the name (-1: no box), score: (n, most, 6)
    "The boxes at the peaks of a grid: cells with a higher score than their eight neighbours."
    scores = acts[:, :-4]
    peaks = scores * (F.max_pool2d(scores, 3, 1, 1) == scores)
    res = torch.full((len(acts), most, 6), -1.)
    for i, (peak, boxes) in enumerate(zip(peaks, acts[:, -4:])):
        name, row, column = (peak >= threshold).nonzero(as_tuple=True)
        score = peak[name, row, column]
        found = torch.cat([boxes[:, row, column].T, name[:, None], score[:, None]], 1)
        kept = nms(found[:, :4] + name[:, None] * 1e4, found[:, 5], iou)[:most]   # names apart
        res[i, :len(kept)] = found[kept].cpu()
    return res


def precision_recall(
    found: Tensor,    # what a detector found in each picture, (n, k, 6) as from `find_boxes`
    truth: Tensor,    # what is there, (n, m, 5): x1, y1, x2, y2, number of the name (-1: no box)
    name: int = 0,    # number of the name that is judged
    iou: float = .5,  # a box counts as right if it overlaps a true one at least so much
) -> tuple:           # recall and precision after each box, all boxes sorted by score
    "Recall and precision, as more and more boxes count, the surest first."
    hits, scores = [], []
    for f, t in zip(found, truth):
        f, t = f[f[:, 4] == name], t[t[:, 4] == name]
        f = f[f[:, 5].argsort(descending=True, stable=True)]
        hits.append(_hits(f, t, iou))
        scores.append(f[:, 5])
    right = torch.cat(hits)[torch.cat(scores).argsort(descending=True, stable=True)].cumsum(0)
    there = (truth[..., 4] == name).sum().clamp(min=1)
    return right / there, right / torch.arange(1, len(right) + 1)


def _hits(found, truth, iou):
    "For each box, the best first: 1 where it meets a true one that no better box has met."
    overlap, hits = box_iou(found[:, :4], truth[:, :4]), torch.zeros(len(found))
    for i in range(len(found) if len(truth) else 0):
        best = overlap[i].argmax()
        hits[i] = overlap[i, best] >= iou
        if hits[i]: overlap[:, best] = -1.           # each true box can be found once
    return hits


def average_precision(
    found: Tensor,    # as for `precision_recall`
    truth: Tensor,    # likewise
    iou=.5,           # the overlap that counts as right; the mean for several: a list
) -> float:           # 0 to 1
    """The area under the precision-recall curve, averaged over the names that occur.

    At each recall the best precision from there on counts. With `iou=.5` it is called AP50; with
    .5, .55 … .95 it is the AP of the COCO contest.
    """
    areas = []
    for name in truth[..., 4].unique().tolist():
        if name < 0: continue
        for least in as_list(iou):
            recall, precision = precision_recall(found, truth, name, least)
            best = precision.flip(0).cummax(0)[0].flip(0) if len(precision) else precision
            areas.append((recall.diff(prepend=recall.new_zeros(1)) * best).sum().item())
    return sum(areas) / max(len(areas), 1)


class AveragePrecision:
    "AP50 as a metric: it keeps what is found and true in each batch, and judges at the end."

    def __init__(
        self,
        loss,             # a `CentreLoss`, which makes boxes of predictions
        iou=.5,           # as for `average_precision`
        name='ap50',      # heading of its column
    ):
        self.loss, self.iou, self.name = loss, iou, name
        self.reset()

    def reset(self):
        "Forget everything."
        self.found, self.truth = [], []

    def accumulate(self, pred, y):
        "Keep one batch."
        self.found.append(find_boxes(self.loss.activation(pred).cpu(), threshold=.05))
        self.truth.append(y.cpu())

    @property
    def value(self):
        "The average precision so far; None before any batch."
        if not self.found: return None
        return average_precision(torch.cat(self.found), torch.cat(self.truth), self.iou)


def detector_learner(
    dls,              # loaders of pictures with boxes, of a DataBlock((ImageBlock, BBoxBlock), …)
    body=None,        # a trained body, `create_body(net)`; a new one of companion_resnet if None
    metrics=None,     # functions for people to read; AP50 if None
    **kwargs,         # passed to `Learner`: lr, opt_func, cbs
) -> Learner:
    "A `Learner` that finds and names things in pictures. Source: Zhou et al., 2019."
    loss = CentreLoss()
    model = GridDetector(len(dls.vocab), body).to(memory_format=torch.channels_last)
    return Learner(dls, model, loss, metrics=metrics or AveragePrecision(loss), **kwargs)


def load_detector(
    fname=SHIPPED,  # a file that `learn.export()` of a detector wrote; the course's own if none
) -> Learner:
    "Open a trained detector, ready for `predict`; the course's own finds drawn cats and dogs."
    from safetensors import safe_open
    with safe_open(fname, 'pt') as f:
        about = json.loads(f.metadata()['companion'])
        weights = {k: f.get_tensor(k) for k in f.keys()}
    learn = detector_learner(DataLoaders.from_spec(about['dls']))
    learn.model.load_state_dict(weights)
    learn.model.eval()
    return learn
