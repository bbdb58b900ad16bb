"""Contradiction as a reader would judge it: values known by hand, traces with labels, and any text at all."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faithlens.contradiction.assess import LABELS, assess
from faithlens.contradiction.lexicon import lexicon
from faithlens.contradiction.reading import quoted
from faithlens.contradiction.targets import targets
from faithlens.contradiction.tokens import READ_CHARS, stem, tokens
from faithlens.contradiction.within import clashes

HERE = Path(__file__).parent
OPTIONS = ("Glioma", "Meningioma", "Pituitary tumor", "No tumor")
QUESTION = "What is seen in this image?"
PIECES = "A|B|)|(|:|;|.|,|?|no|not|mass|glioma|the|is|cannot|exclude|yes|than|over|or|and|1|♥|é|left|of|normal|三|\n"
NESTED = "<think>|</think>|<answer>|</answer>"


def label(
    think: str, choice: int | tuple[int, ...], options: tuple[str, ...] = OPTIONS, question: str = QUESTION
) -> str | None:
    found = assess(think, question, options, choice)
    values = (found.contradicts, found.unsupported, found.supports)
    return LABELS[values.index(max(values))]


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# ------------------------------------------------------------------------------ known by hand


@pytest.mark.parametrize(
    ("think", "choice", "expected"),
    [
        ("A mass with a dural tail: a meningioma.", 1, "supports"),
        ("A mass with a dural tail: a meningioma.", 0, "contradicts"),
        ("I see no mass.", 3, "supports"),
        ("I see no mass.", 0, "contradicts"),
        ("There is a mass.", 3, "contradicts"),
        ("It is a glioma rather than a meningioma.", 0, "supports"),
        ("It is a glioma rather than a meningioma.", 1, "contradicts"),
        ("It is a glioma. No, wait, it is a meningioma.", 1, "supports"),
        ("A glioma cannot be excluded, but this is a meningioma.", 1, "supports"),
        ("A meningioma is a tumour of the meninges.", 1, "unsupported"),
        ("Is it a glioma or a meningioma?", 0, "unsupported"),
        ("One cannot say that there is no meningioma.", 1, "supports"),
        ("Neither a glioma nor a meningioma nor a pituitary tumor is seen, and there is a mass.", 0, "contradicts"),
        ("", 0, "unsupported"),
    ],
)
def test_by_hand(think: str, choice: int, expected: str):
    assert label(think, choice) == expected


@pytest.mark.parametrize(("said", "other"), [("left", "right"), ("right", "left")])
def test_sides(said: str, other: str):
    options = (f"{said} lung", f"{other} lung")
    assert label(f"The nodule is in the {said} lung.", 0, options) == "supports"
    assert label(f"The nodule is in the {said} lung.", 1, options) == "contradicts"


def test_permuting_the_options_permutes_what_is_said_of_them():
    think = "No mass at the sella. A dural tail, so a meningioma."
    moved = (OPTIONS[2], OPTIONS[3], OPTIONS[0], OPTIONS[1])
    for choice, option in enumerate(OPTIONS):
        one, two = assess(think, QUESTION, OPTIONS, choice), assess(think, QUESTION, moved, moved.index(option))
        assert one.contradicts == pytest.approx(two.contradicts)
        assert one.supports == pytest.approx(two.supports)


def test_to_deny_one_kind_is_not_to_deny_the_others():
    question, options = "Which kind of lesion is it?", ("solid mass", "ring lesion", "infarct")
    assert assess("B) ring lesion does not fit.", question, options, 2).label != "contradicts"
    assert assess("There is no ring lesion. An infarct fits.", question, options, 2).label == "supports"
    assert assess("There is no lesion at all.", question, options, 2).label == "contradicts"


def test_to_look_at_both_sides_is_to_say_nothing_of_either():
    found = assess("I compare both of its halves with each other.", "On which side is it?", ("left", "right"), 1)
    assert found.label == "unsupported" and found.words == ()


def test_yes_and_no_follow_the_question():
    negative = "Is the liver normal?"
    assert label("There is a large cyst in the liver.", 1, ("Yes", "No"), negative) == "supports"
    assert label("There is a large cyst in the liver.", 0, ("Yes", "No"), "Is there a cyst?") == "supports"
    assert targets(negative, ("Yes", "No")).proposition


def test_several_letters_are_one_answer():
    question, options = "Select all that apply.", ("Effusion", "Nodule", "Cardiomegaly", "Fracture")
    think = "The heart is enlarged and there is a left effusion. No nodule, no fracture."
    assert label(think, (0, 2), options, question) == "supports"
    assert label(think, (0, 1), options, question) == "contradicts"


def test_a_question_for_what_is_not_there_turns_the_evidence_round():
    question, options = "Which finding is NOT present?", ("Pneumothorax", "Effusion", "Nodule")
    think = "There is a pneumothorax and an effusion. No nodule."
    assert label(think, 2, options, question) == "supports"
    assert label(think, 0, options, question) == "contradicts"


def test_what_is_known_in_general_says_nothing_of_this_image():
    think = "Meningiomas typically appear as extra-axial masses with a dural tail. They are more common in women."
    assert label(think, 1) == "unsupported"


def test_what_a_rival_would_show_speaks_against_it():
    think = "A meningioma would be bright and broad on the dura; this one grows inside the white matter."
    assert label(think, 1) == "contradicts"


def test_anatomy_in_view_is_no_finding_of_it():
    options = ("Meniscal abnormality", "ACL pathology", "Patella pathology", "Bursitis")
    think = "The patella, the anterior cruciate ligament and the bursa are in view."
    for choice in range(len(options)):
        assert label(think, choice, options, "What is seen in this knee MRI?") != "contradicts"


def test_the_side_of_another_organ_is_not_the_side_that_is_asked_for():
    think = "The liver is on the patient's right, as it should be."
    assert label(think, 1, ("Right", "Left"), "On which side is the kidney stone?") != "contradicts"


def test_a_denial_ends_where_a_comma_begins_anew():
    think = "No fluid at the bases, the heart is enlarged."
    assert label(think, 0, ("Cardiomegaly", "Pleural effusion"), QUESTION) == "supports"
    assert label("No mass, fluid or stone is seen.", 0, ("Kidney stone", "Normal"), QUESTION) == "contradicts"


def test_what_is_not_the_case_is_denied_and_twice_denied_affirmed():
    options = ("Glioma", "No tumor")
    assert label("It isn't the case that there is a glioma.", 0, options) == "contradicts"
    assert label("It isn't the case that there is no glioma.", 0, options) == "supports"


def test_a_longer_name_leaves_nothing_of_the_words_in_it():
    def named(text: str) -> set[str]:
        return {hit.concept for hit in lexicon().hits(tokens(text))}

    assert not named("a fine needle aspiration") & {"normal", "aspiration"}
    assert not named("the growth plate") & {"mass", "tumor"}
    assert "hemorrhage" not in named("the blood tests") and "dwi" not in named("diffuse uptake")


# --------------------------------------------------------------------------- labelled by people


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("traces.tsv", 0.95),
        ("traces_later.tsv", 0.9),
        ("traces_third.tsv", 0.9),
        ("traces_fourth.tsv", 0.9),
        ("traces_fifth.tsv", 0.9),
        ("traces_sixth.tsv", 0.9),
        ("traces_seventh.tsv", 0.95),
        ("traces_eighth.tsv", 0.9),
        ("traces_a.tsv", 0.84),
        ("traces_b.tsv", 0.8),
        ("traces_c.tsv", 0.89),
        ("traces_d.tsv", 0.8),
        ("traces_e.tsv", 0.78),
        ("traces_h.tsv", 0.82),
        ("held_out_f.tsv", 0.75),
        ("held_out_g.tsv", 0.8),
        ("held_out_k.tsv", 0.77),
    ],
)
def test_written_traces(name: str, least: float):
    listed = rows(name)
    right = 0
    for row in listed:
        options, chosen = tuple(row["options"].split("|")), tuple(map("ABCDEFGHIJ".index, row["answer"].split(",")))
        right += label(row["think"], chosen, options, row["question"]) == row["label"]
    assert right / len(listed) >= least


# -------------------------------------------------------------------------------- what holds for any text


@settings(max_examples=150, deadline=None)
@given(
    think=st.text(max_size=400) | st.lists(st.sampled_from(f"{PIECES}|{NESTED}".split("|")), max_size=60).map(" ".join),
    options=st.lists(st.text(max_size=20), min_size=1, max_size=10).map(tuple),
    question=st.text(max_size=60),
)
def test_any_text_gives_probabilities_and_spans_inside_it(think: str, options: tuple[str, ...], question: str):
    for known in (options, OPTIONS, ("Yes", "No")):
        found = assess(think, question, known, 0)
        assert math.isclose(found.contradicts + found.unsupported + found.supports, 1.0, abs_tol=1e-9)
        assert all(0 <= words.start < words.end <= len(think) for words in found.words)
        assert all(words.option is None or 0 <= words.option < len(known) for words in found.words)
        assert "\n" not in quoted(found, think, (0,))
    assert all(0 <= clash.first.start < clash.second.end <= len(think) for clash in clashes(think))


@pytest.mark.parametrize("piece", ["no ", "A) ", "mass, ", "<think>", "é́", "glioma or ", "\n", "is not ", "cannot "])
def test_very_long_texts_are_read_in_time(piece: str):
    think = piece * (100_000 // len(piece))
    begun = time.process_time()
    assess(think, QUESTION, OPTIONS, 1)
    clashes(think)
    assert time.process_time() - begun < 8


def test_the_end_of_a_very_long_think_counts():
    think = "The image is shown. " * (READ_CHARS // 10) + "This is a meningioma."
    found = assess(think, QUESTION, OPTIONS, 1)
    assert found.supports > 0.5
    assert any(think[words.start : words.end] == "meningioma" for words in found.words)


# -------------------------------------------------------------------------------- words and concepts


def test_spellings_and_endings_are_read_alike():
    assert stem("oedema") == stem("edema") and stem("haemorrhages") == stem("hemorrhage")
    assert stem("menisci") == stem("meniscus") and stem("enlarged") == stem("enlargement")
    assert [token.raw for token in tokens("non–small-cell")] == ["non", "small", "cell"]


def test_the_lexicon_is_sound():
    known = lexicon()
    assert len(known.concepts) >= 600
    for concept in known.concepts.values():
        assert set(concept.parents) <= set(known.concepts), concept.id
        assert concept.kind, concept.id


def test_a_name_inside_a_longer_name_is_none_of_its_own():
    found = {hit.concept for hit in lexicon().hits(tokens("a non-small cell carcinoma")) if hit.sense == "name"}
    assert "non_small_cell" in found and "small_cell" not in found
