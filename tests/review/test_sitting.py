"""One rater at one set, without a page around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from faithlens.errors import ReviewError
from faithlens.review.form import form
from faithlens.review.ratings_db import Adjudicated, Reviews
from faithlens.review.sitting import Sitting, disputes, shortcuts, toggled
from tests.review import reviewed


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    run = reviewed.run(tmp_path / "run", replies=20)
    made, _ = reviewed.review_set(run, tmp_path / "set", sampled=4, catches=0, repeats=0)
    return Sitting(made, "anna", Reviews(tmp_path / "reviews.sqlite"), form())


def answer_all(sitting: Sitting, place: int, **answers: str) -> None:
    item = sitting.items[place]
    given = {"own_answer": "A", "support": "supports", "wrong_sentences": "none", "cue_not_said": "no", "harm": "none"}
    for question, value in {**given, **answers}.items():
        sitting.answer(item, sitting.form.question(question), value, 1.0)
    sitting.commit(item, 2.0)


def test_a_sitting_goes_on_where_it_stopped(sitting: Sitting):
    assert sitting.first_open() == 0
    answer_all(sitting, 0)
    answer_all(sitting, 2)
    again = Sitting(sitting.set, "anna", Reviews(sitting.reviews.path), form())
    assert again.first_open() == 1 and len(again.committed()) == 2
    assert Sitting(sitting.set, "ben", sitting.reviews, form()).first_open() == 0
    assert [item.id for item in Sitting(sitting.set, "ben", sitting.reviews, form()).items] == [
        item.id for item in reversed(sitting.items)
    ]


def test_an_answer_that_makes_another_needless_withdraws_it(sitting: Sitting):
    item = sitting.items[0]
    sitting.answer(item, form().question("support"), "supports_other", 1.0)
    sitting.answer(item, form().question("supported_option"), "A", 2.0)
    assert sitting.answers(item) == {"support": "supports_other", "supported_option": "A"}
    sitting.answer(item, form().question("support"), "none", 3.0)
    assert sitting.answers(item) == {"support": "none"}


def test_an_item_is_committed_whole_and_stays(sitting: Sitting):
    item = sitting.items[0]
    with pytest.raises(ReviewError, match="open questions: own_answer"):
        sitting.commit(item, 1.0)
    answer_all(sitting, 0)
    with pytest.raises(ReviewError, match="stays"):
        sitting.answer(item, form().question("support"), "none", 3.0)


def test_an_unknown_rater_gets_no_items(sitting: Sitting):
    with pytest.raises(ReviewError, match="its raters are anna, ben"):
        _ = Sitting(sitting.set, "zoe", sitting.reviews, form()).items


def test_sentences_are_added_and_taken_off_and_none_excludes_them():
    question = form().question("wrong_sentences")
    allowed = question.allowed("AB", 3)
    chosen = ""
    for value, after in [("2", "2"), ("1", "1;2"), ("2", "1"), ("none", "none"), ("3", "3"), ("3", "")]:
        chosen = toggled(question, chosen, value, allowed)
        assert chosen == after
    assert toggled(question, "none", "none", allowed) == ""
    assert toggled(question, "none", "cannot_tell", allowed) == "cannot_tell"


def test_every_value_has_its_own_key():
    for question in form().questions:
        allowed = question.allowed("ABCDE", 4)
        keys = shortcuts(question, allowed)
        assert {*keys} == {*allowed} and len({*keys.values()}) == len(allowed)
    # the mouse is left for what lies beyond nine sentences
    assert len(shortcuts(form().question("wrong_sentences"), form().question("wrong_sentences").allowed("", 12))) == 11


def test_disputes_wait_for_every_rater_and_name_none(sitting: Sitting):
    other = Sitting(sitting.set, "ben", sitting.reviews, form())
    answer_all(sitting, 0, support="none", harm="some")
    assert disputes(sitting.set, sitting.reviews, form()) == []
    answer_all(other, 3, harm="unsure")
    (dispute,) = disputes(sitting.set, sitting.reviews, form())
    # "cannot tell" disputes nothing
    assert (dispute.item, dispute.question.id) == (sitting.items[0], "support")
    assert sorted(dispute.values) == ["none", "supports"] and dispute.settled is None
    sitting.reviews.adjudicate(sitting.set.id, Adjudicated(dispute.item.id, "support", "none", "carla"))
    (dispute,) = disputes(sitting.set, sitting.reviews, form())
    assert dispute.settled is not None and dispute.settled.by == "carla"
