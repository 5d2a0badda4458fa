"Both judges against the package's own metric and torch's loss."
import numpy as np
import torch
import torch.nn.functional as F

from tests.labs.ranges import over_all_ranges
from utils import accuracy
from utils.labs.training_loop.two_judges import CAT, START, judge, two_judges_lab, verdict_finding


LABELS = torch.tensor(CAT).long()


def test_loss_and_accuracy_are_those_of_torch_over_all_ranges():
    for s in over_all_ranges(two_judges_lab()):
        v = judge(**s)
        p = torch.tensor(list(s.values()), dtype=torch.float64)
        scores = torch.stack([1 - p, p], 1)
        np.testing.assert_allclose(v.loss, F.nll_loss(scores.log(), LABELS))
        if not (p == .5).any(): assert abs(v.accuracy - accuracy(scores, LABELS)) < 1e-6
        assert verdict_finding(v)


def test_slopes_are_those_of_torch():
    p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    F.binary_cross_entropy(p, LABELS.double()).backward()
    np.testing.assert_allclose(judge(*START).slopes, p.grad)


def test_a_nudge_lowers_the_loss_and_leaves_accuracy_until_an_answer_crosses():
    lab = two_judges_lab()
    losses, accuracies = [lab.result.loss], [lab.result.accuracy]
    for _ in range(8):
        lab.act('Nudge all towards their labels')
        losses.append(lab.result.loss)
        accuracies.append(lab.result.accuracy)
    assert (np.diff(losses) < 0).all()
    assert accuracies[1] == accuracies[0] and accuracies[-1] == 1.
    assert len(set(accuracies)) == 3                 # two jumps in eight steps


def test_the_sentence_tells_standing_still_from_a_jump():
    lab = two_judges_lab()
    assert 'Accuracy 0.667 (4 of 6), error rate 0.333' in lab.text
    before = lab.result.loss
    text = lab.set(p1=.6).text
    assert f'risen by {lab.result.loss - before:.3f}; the accuracy stands where it stood' in text
    assert '1 answer has crossed 0.5 to the right side' in lab.reset().set(p3=.6).text
    assert '1 answer has crossed 0.5 to the wrong side' in lab.reset().set(p1=.4).text


def test_a_click_sets_a_prediction_and_the_line_rebuilds_it():
    lab = two_judges_lab().click(0, 3.1, .77)
    assert lab.settings['p4'] == .77
    assert lab.click(1, 3, .2).settings['p4'] == .77
    assert eval(lab.line, dict(two_judges_lab=two_judges_lab)).settings == lab.settings
