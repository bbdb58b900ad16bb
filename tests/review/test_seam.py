"""Form, codebook, ratings, and the two halves of a review set."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from faithlens.errors import ReviewError
from faithlens.review.codebook import codebook
from faithlens.review.form import form, read_form
from faithlens.review.rating import Rating, check
from faithlens.review.reviewset import Item, Key, KeyEntry, ReviewSet, Span, key_path, open_key, open_set
from faithlens.shipped import folder


def small(path: Path) -> tuple[ReviewSet, Key]:
    """Two items and their key, not yet sealed."""
    items = (
        Item(
            "i-one",
            "Where is the lesion?",
            ("left", "right", "none"),
            ("A lesion is on the left.", "So it is left."),
            "B",
            "B) right",
            ("images/i-one-1.png",),
            boxes_xyxy_px=((1.0, 2.0, 3.5, 4.0),),
            spans=(Span(0, 2, 8, "supports A"),),
            told=("The sentences lead to A.",),
        ),
        Item("i-two", "Is there a lesion?", ("yes", "no"), (), None, "perhaps"),
    )
    orders = {"anna": ("i-one", "i-two"), "ben": ("i-two", "i-one")}
    made = ReviewSet("s1", path, form().sha256, 7, ("anna", "ben"), orders, items)
    entries = (
        KeyEntry("i-one", "case/1", 0, "sample", "band: high", 2.5, {"contradictory": 0.9, "empty": math.nan}),
        KeyEntry("i-two", "case/2", 1, "catch", "", math.nan, expected={"support": "none"}),
    )
    return made, Key("s1", (made.sha256,), "some/checkpoint", "f00", entries, {"band: high": 5})


def sealed(path: Path) -> tuple[ReviewSet, Key]:
    made, key = small(path)
    made = replace(made, key_sha256=key.sha256)
    made.write()
    key_path(path).write_text(key.text(), encoding="utf-8")
    return made, key


def test_a_set_and_its_key_come_back_as_written(tmp_path: Path):
    made, key = sealed(tmp_path / "set")
    assert open_set(tmp_path / "set") == made
    found = open_key(tmp_path / "set", open_set(tmp_path / "set"))
    assert found.text() == key.text()
    assert math.isnan(found.entries_by_item["i-one"].verdicts["empty"])
    assert math.isnan(found.entries_by_item["i-two"].weight)


@pytest.mark.parametrize(("half", "old", "new"), [("set", "on the left", "on the right"), ("key", "2.5", "2.6")])
def test_a_change_after_export_is_noticed(tmp_path: Path, half: str, old: str, new: str):
    sealed(tmp_path / "set")
    file = {"set": tmp_path / "set" / "items.json", "key": key_path(tmp_path / "set")}[half]
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ReviewError, match="hashes differ"):
        open_key(tmp_path / "set", open_set(tmp_path / "set"))


def test_a_set_cannot_name_files_outside_its_folder(tmp_path: Path):
    made, _ = small(tmp_path / "set")
    replace(made, items=(replace(made.items[0], images=("../secret.png",)),)).write()
    with pytest.raises(ReviewError, match="leads out of the set"):
        open_set(tmp_path / "set")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99}', '{"format": 1}'])
def test_what_is_no_set_is_refused_by_name(tmp_path: Path, text: str):
    (tmp_path / "items.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError, match=r"items\.json"):
        open_set(tmp_path)


def test_the_order_is_the_raters_own(tmp_path: Path):
    made, _ = small(tmp_path)
    assert [item.id for item in made.ordered("ben")] == ["i-two", "i-one"]
    with pytest.raises(ReviewError, match="anna, ben"):
        made.ordered("carla")


@pytest.mark.parametrize(
    ("question", "value", "reason"),
    [
        ("support", "supports", ""),
        ("support", "maybe", "out of scale"),
        ("support", "", "out of scale"),
        ("supported_option", "C", ""),
        ("supported_option", "D", "out of scale"),
        ("own_answer", "cannot_tell", ""),
        ("wrong_sentences", "1;2", ""),
        ("wrong_sentences", "none", ""),
        ("wrong_sentences", "3", "out of scale"),
        ("wrong_sentences", "1;1", "twice"),
        ("wrong_sentences", "1;none", "exclude each other"),
        ("comment", "=anything; at all", ""),
        ("mood", "good", "not on the form"),
    ],
)
def test_a_rating_is_held_to_its_questions_scale(tmp_path: Path, question: str, value: str, reason: str):
    made, _ = small(tmp_path)
    found = check(Rating("i-one", "anna", question, value), made, form())
    assert (reason in " ".join(found)) if reason else found == ()


def test_a_stray_rating_says_all_that_is_wrong(tmp_path: Path):
    made, _ = small(tmp_path)
    found = check(Rating("i-nine", "carla", "support", "supports", round=3), made, form())
    assert [word for word in ("i-nine", "carla", "round 3") if word in " ".join(found)] == [
        "i-nine",
        "carla",
        "round 3",
    ]


def test_the_form_asks_what_clinicians_can_rate():
    ids = [question.id for question in form().questions]
    wanted = "support supported_option wrong_sentences cue_not_said harm own_answer comment"
    assert sorted(ids) == sorted(wanted.split())
    assert all(q.definition and q.positive and q.negative and q.grounds for q in form().questions)
    assert "supported_option" not in [q.id for q in form().asked({"support": "supports"})]
    assert "supported_option" in [q.id for q in form().asked({"support": "supports_other"})]
    assert not form().question("harm").judged("unsure")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id = "harm"', 'id = "support"', "another of this id"),
        ('scale = "multi"', 'scale = "slider"', "slider"),
        ('question = "support", value', 'question = "harm", value', "earlier question"),
        ('label = "No harm"', 'lable = "No harm"', "lable"),
        ('value = "unsure"', 'value = "a;b"', "letters, digits"),
    ],
)
def test_a_form_with_a_slip_names_it(tmp_path: Path, old: str, new: str, reason: str):
    text = (folder("annotations") / "form.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "form.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ReviewError, match=reason):
        read_form(tmp_path / "form.toml")


def test_the_codebook_is_the_forms_own():
    shipped = (folder("annotations") / "codebook.md").read_text(encoding="utf-8")
    assert shipped == codebook(form()), "run: python -m faithlens.review.codebook > annotations/codebook.md"
