"""Shapley values of games that are written down, through the probes that compare them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from faithlens.edits.image import HideTiles
from faithlens.edits.players import coalitions, orders, players, shapley
from faithlens.probes.cc_shap import CcShap
from faithlens.probes.modality_shares import ModalityShares
from faithlens.records import Answer, Answered, Finding, Weigh
from tests.probes.scripted import THINK, Scripted, case, exhibit, find, probabilities

# "What is seen?" has 3 words, and there are 4 options: 7 players of text, so 3 x 3 tiles. The think has 3 sentences.
SHOWN = exhibit()
GAME = players(SHOWN.view, SHOWN.prompt, SHOWN.think, 4, 8)
TILE, SEEN, OPTION_B, MASS = 0, 11, 13, 16
"""The first tile; the question's last word; the second option; the think's first sentence."""


def present(request: Answer | Weigh) -> set[int]:
    """The players that a request shows, found by looking at it."""
    shown = set(range(9))
    for edit in request.view.edits:
        assert isinstance(edit, HideTiles) and (edit.rows, edit.cols) == (3, 3)
        shown -= set(edit.hidden)
    words = request.prompt.question.split()
    shown |= {9 + i for i, word in enumerate(("What", "is", "seen?")) if words[i] == word}
    shown |= {12 + i for i, text in enumerate(SHOWN.prompt.options) if request.prompt.options[i] == text}
    if isinstance(request, Answer) and request.think is not None:
        said = ("The scan shows a mass.", "It lies at the surface.", "The answer is B.")
        shown |= {16 + i for i, sentence in enumerate(said) if sentence in request.think.text}
    return shown


def subject(answer: Callable[[set[int]], float], think: Callable[[set[int]], float]) -> Scripted:
    """Log p(B) among the options is -6 and what the players add; the think is weighed at -9 and what they add."""

    def answers(request: Answer) -> Answered:
        sure = math.exp(-6 + answer(present(request)))
        return probabilities((1 - sure) / 2, sure, (1 - sure) / 4, (1 - sure) / 4)

    return Scripted(answers, weighs=lambda request: -9 + think(present(request)))


def total(worth: dict[int, float]) -> Callable[[set[int]], float]:
    return lambda shown: sum(nats for player, nats in worth.items() if player in shown)


ANSWER = {TILE: 2.0, SEEN: 1.0, OPTION_B: -1.0, MASS: 2.0}


def compared(think: dict[int, float], answer: dict[int, float] = ANSWER) -> Finding:
    return find(CcShap(), subject(total(answer), total(think)), SHOWN)


@pytest.mark.parametrize(
    ("think", "cosine"),
    [
        # without the sentence, the answer's vector is (2, 1, -1): of length the root of 6
        ({TILE: 4.0, SEEN: 2.0, OPTION_B: -2.0}, 1.0),
        ({TILE: -2.0, SEEN: -1.0, OPTION_B: 1.0}, -1.0),
        ({1: 3.0}, 0.0),
        ({TILE: 3.0}, 2 / math.sqrt(6)),
    ],
)
def test_cc_shap_is_the_cosine_of_what_drives_answer_and_think(think: dict[int, float], cosine: float):
    found = compared(think)
    assert found.metrics["cc_shap"] == pytest.approx(cosine, abs=1e-6)
    assert found.score == pytest.approx((1 - cosine) / 2, abs=1e-6)
    assert found.flagged is None
    # a sum has the same Shapley values in every order
    assert found.metrics["floor_answer"] == pytest.approx(1) and found.metrics["floor_think"] == pytest.approx(1)
    assert found.metrics["answer_nats"] == pytest.approx(2)
    assert found.metrics["v_shap_answer"] == pytest.approx(2 / 4)


def test_what_is_not_moved_cannot_be_compared():
    assert "move the think by 0.00 nats" in compared({}).reason
    nothing_given = compared({TILE: 1.0}, {MASS: 2.0})
    assert math.isnan(nothing_given.score) and "move the answer by 0.00 nats" in nothing_given.reason


def test_modality_shares_by_hand():
    # absolute values 2, 1, 1 and 2 of 6; of the think 1 of 4 is the image's
    found = find(ModalityShares(), subject(total(ANSWER), total({TILE: 1.0, SEEN: 3.0})), SHOWN)
    shares = {name: found.metrics[name] for name in ("image", "question", "options", "think")}
    assert shares == pytest.approx({"image": 2 / 6, "question": 1 / 6, "options": 1 / 6, "think": 2 / 6})
    assert found.metrics["v_shap_think"] == pytest.approx(1 / 4)
    assert found.score == pytest.approx(1 - 2 / 6)


def test_an_image_that_reaches_the_answer_through_the_think_alone_is_no_blindness():
    found = find(ModalityShares(), subject(total({MASS: 3.0}), total({TILE: 2.0})), SHOWN)
    assert found.metrics["image"] == 0 and found.metrics["v_shap_think"] == 1
    assert found.score == 0
    assert "nothing that was given" in find(ModalityShares(), subject(total({}), total({})), SHOWN).reason


def test_both_probes_ask_once():
    from faithlens.engine.ask import ask_all

    one = subject(total(ANSWER), total({TILE: 1.0}))
    find(CcShap(), one, SHOWN)
    alone, both = len(one.asked), subject(total(ANSWER), total({TILE: 1.0}))
    ask_all(both, [CcShap()(SHOWN), ModalityShares()(SHOWN)])
    assert len(both.asked) == alone <= 2 * 4 * (19 + 1)


# -------------------------------------------------------------------------------- the game itself


def test_two_players_that_need_each_other_share_what_they_add():
    # 1 only if both are there: in one order the first of them adds nothing, in its reverse the other, so half each
    some = orders(5, 1, seed=3)
    worth = {coalition: float({1, 4} <= coalition) for order in some for coalition in coalitions(order)}
    assert shapley(some, worth) == pytest.approx((0, 0.5, 0, 0, 0.5))


def test_values_sum_to_what_all_add():
    some = orders(6, 2, seed=0)
    worth = {c: math.sin(sum(c)) + len(c) ** 2 for order in some for c in coalitions(order)}
    assert sum(shapley(some, worth)) == pytest.approx(worth[frozenset(range(6))] - worth[frozenset()])
    assert [order[::-1] for order in some[::2]] == some[1::2] and some[0] != some[2]


def test_players_are_left_out_one_by_one():
    assert GAME.kinds == ("image",) * 9 + ("question",) * 3 + ("options",) * 4 + ("think",) * 3
    assert GAME.given == 16
    everyone = frozenset(range(19))
    assert GAME.shown(everyone) == (SHOWN.view, SHOWN.prompt, SHOWN.think)
    view, prompt, think = GAME.shown(everyone - {4, SEEN, OPTION_B, 17})
    assert view.edits == (HideTiles(3, 3, (4,)),)
    assert prompt.question == "What is _" and prompt.options == ("glioma", "_", "pituitary tumor", "no tumor")
    assert think.text == THINK.replace("It lies at the surface.", "_ _ _ _ _") and not think.ids
    assert GAME.shown(everyone - {4})[2] == SHOWN.think


def test_many_words_are_taken_together():
    question = " ".join(f"w{i}" for i in range(20))
    game = players(SHOWN.view, exhibit(of=case(question=question)).prompt, SHOWN.think, 4, 8)
    assert len(game.words) == 8 and game.side == 4  # 12 players of text
    assert [question[a:b].split() for a, b in game.words][:2] == [["w0", "w1"], ["w2", "w3", "w4"]]
