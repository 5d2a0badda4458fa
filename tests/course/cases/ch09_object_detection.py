"Answers to the exercises of chapter 09: right another way, wrong in a known way, wrong anyhow."

PLACES = "def n_windows(size, window, stride):\n    return {}"
CORNERS = "def to_corners(xywh): return {}"
MIRROR = "def mirrored_boxes(boxes, width):\n    x1, y1, x2, y2 = boxes.T\n    return {}"
NAMED = "def nms_by_name(boxes, scores, names):\n    kept = []\n    for n in {}:\n        {}\n" \
        "    return sorted(kept)"
AT = "at = (names == n).nonzero()[:, 0]\n        kept += "
POINTS = "def curve(hits, there):\n    so_far = np.cumsum(hits)\n    return {}"
AREA = "def area_of(recall, precision):\n    best = {}\n    return ({} * best).sum()"
BEST = "np.maximum.accumulate(precision[::-1])[::-1]"
STEPS = "np.diff(recall, prepend=0)"

CASES = {
    "09.1": dict(
        another=["overlap = 1 / 9", "overlap = box_iou(tensor([[10., 20, 50, 60]]), "
                 "tensor([[30., 40, 70, 100]]))"],
        mistakes={"sum": "overlap = .1", "of-one": "overlap = .25", "hull": "overlap = 400 / 4800",
                  "corners": "overlap = 1200 / 8800"},
        unforeseen=["overlap = .6"],
    ),
    "09.2": dict(
        another=[PLACES.format("len(range(0, size - window + 1, stride)) ** 2"),
                 PLACES.format("sum(1 for x in range(0, size, stride) for y in range(0, size, "
                               "stride) if max(x, y) + window <= size)")],
        mistakes={"no-start": PLACES.format("((size - window) // stride) ** 2"),
                  "one-row": PLACES.format("(size - window) // stride + 1"),
                  "sticks-out": PLACES.format("(size // stride) ** 2")},
        unforeseen=[PLACES.format("size * window * stride")],
    ),
    "09.3": dict(
        another=[CORNERS.format("torch.stack([xywh[:, 0], xywh[:, 1], xywh[:, 0] + xywh[:, 2], "
                                "xywh[:, 1] + xywh[:, 3]], 1)"),
                 CORNERS.format("xywh @ tensor([[1., 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0], "
                                "[0, 0, 0, 1]])")],
        mistakes={"as-it-was": CORNERS.format("xywh"),
                  "middle": CORNERS.format("torch.cat([xywh[:, :2] - xywh[:, 2:] / 2, "
                                           "xywh[:, :2] + xywh[:, 2:] / 2], 1)"),
                  "backwards": CORNERS.format("torch.cat([xywh[:, :2], "
                                              "xywh[:, 2:] - xywh[:, :2]], 1)")},
        unforeseen=[CORNERS.format("xywh * 2")],
    ),
    "09.4": dict(
        another=["def mirrored_boxes(boxes, width):\n    b = boxes.clone()\n"
                 "    b[:, [0, 2]] = width - boxes[:, [2, 0]]\n    return b",
                 MIRROR.format("torch.stack([width / 2 - (x2 - width / 2), y1, width - x1, y2], "
                               "1)")],
        mistakes={"inside-out": MIRROR.format("torch.stack([width - x1, y1, width - x2, y2], 1)"),
                  "upside-down": MIRROR.format("torch.stack([x1, width - y2, x2, width - y1], 1)"),
                  "one-off": MIRROR.format("torch.stack([width - 1 - x2, y1, width - 1 - x1, y2], "
                                           "1)"),
                  "as-it-was": MIRROR.format("boxes")},
        unforeseen=[MIRROR.format("boxes.flip(1)")],
    ),
    "09.5": dict(
        another=["def nms_by_name(boxes, scores, names):\n"
                 "    return nms(boxes + names[:, None] * 1000, scores)",
                 NAMED.format("names.unique()", AT + "at[nms(boxes[at], scores[at])].tolist()")],
        mistakes={"names-ignored": NAMED.format("[0]", "kept += nms(boxes, scores).tolist()"),
                  "local-numbers": NAMED.format("(0, 1)",
                                                AT + "nms(boxes[at], scores[at]).tolist()"),
                  "first-name": NAMED.format("[0]",
                                             AT + "at[nms(boxes[at], scores[at])].tolist()")},
        unforeseen=[NAMED.format("[0]", "kept += range(len(boxes))")],
    ),
    "09.6": dict(
        another=[POINTS.format("(so_far / there).tolist(), [k / (i + 1) for i, k in "
                               "enumerate(so_far)]"),
                 "def curve(hits, there):\n    h = tensor(hits).float()\n    n = "
                 "torch.arange(len(h)) + 1\n    return h.cumsum(0) / there, h.cumsum(0) / n"],
        mistakes={"swapped": POINTS.format("so_far / np.arange(1, len(hits) + 1), so_far / there"),
                  "found-only": POINTS.format("so_far / sum(hits), "
                                              "so_far / np.arange(1, len(hits) + 1)"),
                  "not-summed": POINTS.format("np.array(hits) / there, "
                                              "np.array(hits) / np.arange(1, len(hits) + 1)")},
        unforeseen=[POINTS.format("so_far, so_far")],
    ),
    "09.7": dict(
        another=[AREA.format("np.array([max(precision[i:]) for i in range(len(precision))])",
                             "np.diff(np.r_[0, recall])"),
                 "def area_of(recall, precision):\n    total, before = 0, 0\n"
                 "    for i, r in enumerate(recall):\n"
                 "        total += (r - before) * max(precision[i:])\n        before = r\n"
                 "    return total"],
        mistakes={"no-best": AREA.format("precision", STEPS),
                  "mean": "def area_of(recall, precision): return precision.mean()",
                  "first-step": AREA.format(BEST, "np.diff(recall, prepend=recall[0])"),
                  "best-before": AREA.format("np.maximum.accumulate(precision)", STEPS)},
        unforeseen=["def area_of(recall, precision): return .5"],
    ),
}
