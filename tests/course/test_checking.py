"`check` never raises, says one of three things, and hints climb a ladder."
import numpy as np
import pytest
import torch

from tests.course.variants import FOREIGN
from utils.course import check, hint, shelf
from utils.course.page import bare, rich
from utils.course.hints import ladder
from utils.course.taking import TAKES, Refused, is_blank, take

pytestmark = pytest.mark.usefixtures("toy_shelf", "progress", "shown")


@pytest.mark.parametrize("answer", [.25, 1 / 4, "0.25", "0,25", np.float32(.25), torch.tensor(.25),
                                    torch.tensor([.25], requires_grad=True), np.array([[.25]])])
def test_right_number_passes_in_any_dress(answer): assert check("98.1", answer).state == "right"


@pytest.mark.parametrize("answer, hint", [
    (.75, "accuracy"), (25, "percent"), (3, None), ("25 %", "kind"), (True, "kind"),
    ([.1, .2], "kind"), (abs, "kind")])
def test_wrong_number_gets_the_hint_that_fits(answer, hint):
    result = check("98.1", answer)
    assert (result.state, result.hint, result.crash) == ("not yet", hint, False)


@pytest.mark.parametrize("answer", [None, ..., "", "  ", [...], (None, None), {"a": ...}])
def test_nothing_yet_is_not_answered(answer): assert check("98.1", answer).state == "not answered"


def test_missing_answer_is_not_answered(): assert check("98.3", ["cat"]).state == "not answered"


def unfinished_1(p, t): ...
def unfinished_2(p, t): "Share of wrong ones."
def unfinished_3(p, t): raise NotImplementedError
def unfinished_4(p, t):
    p.append(3)
    return ...
def unfinished_5(p, t): return len(p) / ...


UNFINISHED = [unfinished_1, unfinished_2, unfinished_3, unfinished_4, unfinished_5]


@pytest.mark.parametrize("f", UNFINISHED)
def test_unfinished_function_is_not_answered(f): assert check("98.2", f).state == "not answered"


def test_error_of_the_readers_function_is_told(shown):
    def divide(p, t): return p / t
    result = check("98.2", divide)
    assert (result.state, result.hint) == ("not yet", "error")
    assert "unsupported operand" in shown[-1]["text/plain"]


def test_function_that_leaves_the_kernel_is_reported():
    assert "SystemExit" in check("98.2", lambda p, t: exit(3)).text


def test_cases_are_not_changed_by_the_readers_function():
    def greedy(p, t): return (p.clear(), 9)[1]
    assert check("98.2", greedy).state == "not yet"
    assert check("98.2", lambda p, t: sum(a != b for a, b in zip(p, t)) / len(p)).state == "right"


class LiesAboutItself:
    @property
    def __class__(self): raise RuntimeError("no kind")


ANSWERS = FOREIGN | {"a liar": LiesAboutItself(), "a class of liars": LiesAboutItself}


@pytest.mark.parametrize("id", ["98.1", "98.2", "98.3", "98.4"])
@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_makes_check_raise(id, name):
    answer = ANSWERS[name]
    assert check(id, answer, answer, answer).state in ("not yet", "not answered")


def test_failing_judge_is_a_fault_of_the_course(monkeypatch):
    def judge(answer): raise ZeroDivisionError("by the author")
    monkeypatch.setattr(shelf.find("98.1", "exercises"), "judge", judge)
    result = check("98.1", 3)
    assert (result.state, result.crash) == ("not yet", True)


@pytest.mark.parametrize("id", ["98.77", "97.1", "nonsense", 3, None])
def test_unknown_exercise_is_named_not_raised(id, shown):
    assert check(id, 3).state == "unknown"
    assert shown[-1]["text/plain"].startswith("– No such exercise.")


def test_verdict_is_shown_in_words_and_the_same_twice(shown):
    for _ in range(2): check("98.1", .75)
    assert shown[0] == shown[1]
    assert shown[0]["text/plain"] == "○ Not yet. This is the share that is right."
    assert 'role="status"' in shown[0]["text/html"]


def test_verdict_as_last_line_is_not_shown_twice():
    from IPython.core.formatters import DisplayFormatter
    assert DisplayFormatter().format(check("98.1", 3)) == ({}, {})


def test_a_handout_has_no_solutions_to_point_to(monkeypatch, tmp_path):
    monkeypatch.setattr('utils.course.hints.NOTEBOOKS', tmp_path)
    assert 'Your teacher has the solution' in ladder("98.1")[2]


def test_hints_climb_one_step_a_call_and_stay_on_the_last(shown):
    for _ in range(4): hint("98.1")
    words = [b["text/plain"] for b in shown]
    assert words[0] == "Hint 1 of 3. Count what went wrong."
    assert words[1].startswith("Hint 2 of 3.")
    assert "solutions/98_toy_chapter.ipynb" in words[2]
    assert words[3] == words[2]
    hint("98.1", 1)
    assert shown[-1]["text/plain"] == words[0]
    hint("98.9")
    assert shown[-1]["text/plain"].startswith("– No such exercise.")


TAKEN = [
    ("number", np.int64(3), 3.), ("yes or no", torch.tensor(True), True),
    ("yes or no", "No", False),
    ("text", "  Abyssinian\n Cat ", "abyssinian cat"), ("list", torch.tensor([1, 2]), [1, 2]),
    ("list", {"b", "a"}, ["a", "b"]), ("list", {"x": 1}.keys(), ["x"]),
    ("list", (torch.tensor(1), np.float64(2)), [1, 2.]),
]


@pytest.mark.parametrize("kind, answer, value", TAKEN)
def test_answers_are_turned_into_one_form(kind, answer, value): assert take(answer, kind) == value


def test_array_takes_nested_lists_and_tensors():
    assert take([[1, 2], torch.tensor([3, 4])], "array").tolist() == [[1, 2], [3, 4]]


REFUSED = [("number", "three"), ("yes or no", 1), ("text", 3), ("list", "abc"), ("list", 3),
           ("array", [[1], [2, 3]]), ("array", ["a"]), ("function", 3), ("function", int),
           ("class", 3), ("class", lambda: 0)]


@pytest.mark.parametrize("kind, answer", REFUSED)
def test_other_kinds_are_refused_in_words(kind, answer):
    with pytest.raises(Refused, match="This asks for .*; what came is "): take(answer, kind)
    assert kind in TAKES


def test_stubs_of_classes_are_blank():
    def cls(**body): return type("Own", (), {"__module__": "__main__", **body})
    assert is_blank(cls()) and is_blank(cls()()) and is_blank(cls(after_loss=unfinished_1))
    assert not is_blank(cls(n=0)) and not is_blank(cls(after_loss=lambda self: self.n))
    assert not is_blank(torch.nn.Linear(1, 1)) and not is_blank([]) and not is_blank(0)


def test_three_marks_become_html_and_nothing_else_does():
    assert rich("`a<b` **no** *it* 2 * 3 * 4 x_y <i>") == \
        "<code>a&lt;b</code> <b>no</b> <i>it</i> 2 * 3 * 4 x_y &lt;i&gt;"
    assert bare("`a*b*c` **no** *it*") == "`a*b*c` no it"
