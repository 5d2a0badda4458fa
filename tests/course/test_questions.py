"Guesses, checkpoints and quizzes: what is shown, what is kept, what is compared."
import pytest

from utils.course import (checkpoint, guess, is_quick, my_progress, pick, questions_view, quiz,
                          reveal, session, setup)

pytestmark = pytest.mark.usefixtures("toy_shelf")
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def widgets(monkeypatch):
    "The widgets made, so that a test can answer in the reader's place."
    made, make = [], questions_view.questions_widget

    def remember(*args):
        made.append(make(*args))
        return made[-1]
    monkeypatch.setattr(questions_view, "questions_widget", remember)
    return made


def answer(widget, id, value):
    "What the page sends when the button is pressed."
    widget._handle_custom_msg(dict(id=id, value=value), [])


def test_checkpoint_is_live_and_readable_without_a_kernel(shown, progress, widgets):
    checkpoint("98.c1")
    checkpoint("98.c1")
    assert VIEW in shown[0]
    assert {m: shown[0][m] for m in ("text/html", "text/plain")} == \
        {m: shown[1][m] for m in ("text/html", "text/plain")}
    page = shown[0]["text/html"]
    assert page.count("<details") == 3 and page.count("Not this one.") == 2
    assert "parameters &lt; 1 move &amp; settle" in page and "see <code>step</code>" in page
    assert shown[0]["text/plain"].splitlines()[2] == "  b) The parameters"
    assert "It stays" not in shown[0]["text/plain"]


def test_first_choice_counts_and_later_ones_are_kept(shown, progress, widgets):
    checkpoint("98.c1")
    for value in (0, 1): answer(widgets[0], "98.c1", value)
    assert progress.read()["questions"]["98.c1"] == dict(first_right=False, right=True, tries=2)


@pytest.mark.parametrize("value", [-1, 3, True, None, "1", 1.5, [1], {}, float("nan")])
def test_senseless_messages_are_ignored(shown, progress, widgets, value):
    checkpoint("98.c1")
    guess("98.g2")
    for w, id in zip(widgets, ("98.c1", "98.g2")): answer(w, id, value)
    answer(widgets[0], "98.zz", 1)
    widgets[0]._handle_custom_msg("nonsense", [])
    assert progress.read()["questions"] == progress.read()["guesses"] == {}


def test_quiz_shows_all_its_questions_and_gives_a_score(shown, progress, widgets):
    quiz("98")
    assert [i["id"] for i in widgets[0].spec["items"]] == [f"98.q{n}" for n in range(1, 6)]
    for n in (1, 2): answer(widgets[0], f"98.q{n}", 0)
    answer(widgets[0], "98.q3", 0)
    assert my_progress().rows[-1]["quiz"] == (2, 5)


@pytest.mark.parametrize("show", [
    lambda: checkpoint("98.c9"), lambda: quiz("97"), lambda: quiz("98.q1"),
    lambda: guess("98.g9"), lambda: reveal("98.g9", 3)])
def test_unknown_question_is_named_not_raised(shown, progress, show):
    show()
    assert shown[-1]["text/plain"].startswith("– No such")


REVEALED = [
    (None, 1, "It is 1 points. No guess was kept above; make one and run this again."),
    (1, 1, "It is 1 points, exactly as you guessed."),
    (5, 1, "It is 1 points, close to your 5."),
    (40, 1, "It is 1 points, 39 below your 40. What did the guess leave out?"),
]


@pytest.mark.parametrize("guessed, actual, words", REVEALED)
def test_number_is_compared_with_the_guess(shown, progress, widgets, guessed, actual, words):
    guess("98.g1")
    if guessed is not None: answer(widgets[0], "98.g1", guessed)
    reveal("98.g1", actual)
    assert shown[-1]["text/plain"] == f"What came out. {words}"


@pytest.mark.parametrize("actual, words", [
    ("yes", "It is Yes, as you guessed."),
    (1, "It is No; your guess was “Yes”. Where do the two part?")])
def test_option_is_compared_with_the_guess(shown, progress, widgets, actual, words):
    guess("98.g2")
    answer(widgets[0], "98.g2", 0)
    reveal("98.g2", actual)
    assert shown[-1]["text/plain"] == f"What came out. {words} It was made to fall."


@pytest.mark.parametrize("actual", [None, "nothing", [1, 2], object(), 7, -3, float("nan")])
@pytest.mark.parametrize("id", ["98.g1", "98.g2"])
def test_reveal_never_raises(shown, progress, widgets, id, actual):
    reveal(id, actual)
    guess(id)
    answer(widgets[0], id, 1)
    reveal(id, actual)
    assert "What came out." in shown[-1]["text/plain"]


def test_guess_made_before_is_shown_again(shown, progress, widgets):
    guess("98.g1")
    answer(widgets[0], "98.g1", 12.5)
    guess("98.g1")
    assert [w.picked for w in widgets] == [{}, {"98.g1": 12.5}]
    assert shown[0]["text/html"] == shown[1]["text/html"]


def test_setup_seeds_and_says_the_mode(capsys, monkeypatch):
    import torch
    monkeypatch.setattr(session, "MODE", dict(quick=None))
    monkeypatch.delenv("COMPANION_FULL", raising=False)
    setup(seed=3)
    first = torch.rand(2)
    setup(seed=3)
    assert first.equal(torch.rand(2)) and is_quick() and pick(quick=1, full=9) == 1
    setup(quick=False)
    assert pick(quick=1, full=9) == 9
    assert capsys.readouterr().out == \
        "Ready: seed 3, quick mode.\n" * 2 + "Ready: seed 42, full mode.\n"


def test_environment_chooses_full_mode_unless_setup_says_otherwise(monkeypatch):
    monkeypatch.setattr(session, "MODE", dict(quick=None))
    monkeypatch.setenv("COMPANION_FULL", "1")
    assert not is_quick()
    setup(quick=True)
    assert is_quick()
