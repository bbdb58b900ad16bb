"""Questions that ask how many, and thinks that count."""

from __future__ import annotations

import math

import pytest

from faithlens.contradiction.assess import assess
from faithlens.contradiction.numbers.counts import counts
from faithlens.contradiction.numbers.labels import affected, how_many

NODULES = ("How many lung nodules are visible?", ("One", "Two", "Three", "Four"))
RIBS = ("How many ribs are fractured?", ("None", "One", "Two", "Three or more"))
VERTEBRAE = ("How many vertebrae have lost height?", ("1", "2", "3", "4"))
FETUSES = ("How many fetuses are there?", ("One", "Two", "Three"))
STONES = ("What is the number of gallstones?", ("None", "One", "Two", "Multiple"))
SEGMENTS = ("How many liver segments are involved?", ("One", "Two", "Three", "Four"))
TEETH = ("How many teeth are impacted?", ("None", "One", "Two", "Four"))
ANEURYSMS = ("How many aneurysms does this angiogram show?", ("1", "2", "3", "More than 3"))

SUPPORTS, CONTRADICTS, UNSUPPORTED = "supports", "contradicts", "unsupported"


@pytest.mark.parametrize(
    ("asked", "think", "choice", "expected"),
    [
        (NODULES, "One lies in the right apex, another behind the heart, and a third at the left base.", 2, SUPPORTS),
        (
            NODULES,
            "One lies in the right apex, another behind the heart, and a third at the left base.",
            0,
            CONTRADICTS,
        ),
        (NODULES, "There is a nodule in the lingula and one more in the right lower lobe. Nothing else.", 1, SUPPORTS),
        (
            NODULES,
            "There is a nodule in the lingula and one more in the right lower lobe. Nothing else.",
            3,
            CONTRADICTS,
        ),
        (NODULES, "I see four of them, all in the lower lobes.", 3, SUPPORTS),
        (NODULES, "Two in the right lung and one in the left, which makes three.", 2, SUPPORTS),
        (NODULES, "Two in the right lung and one in the left, which makes three.", 1, CONTRADICTS),
        (NODULES, "A single round shadow of 8 mm, and I have looked twice for a second one.", 0, SUPPORTS),
        (NODULES, "Two nodules. The third shadow is the nipple.", 1, SUPPORTS),
        (NODULES, "Two nodules. The third shadow is the nipple.", 2, CONTRADICTS),
        (
            NODULES,
            "A lobe can hold one, two, three or four of them, and counting is hard on one slice.",
            1,
            UNSUPPORTED,
        ),
        (RIBS, "The fourth rib has a step and the fifth is snapped. The sixth is intact.", 2, SUPPORTS),
        (RIBS, "The fourth rib has a step and the fifth is snapped. The sixth is intact.", 1, CONTRADICTS),
        (RIBS, "Ribs 5, 6 and 7 are broken at the side.", 3, SUPPORTS),
        (RIBS, "Ribs 5, 6 and 7 are broken at the side.", 1, CONTRADICTS),
        (RIBS, "The seventh to the ninth rib are all displaced.", 3, SUPPORTS),
        (RIBS, "Every rib is smooth from end to end, no fracture.", 0, SUPPORTS),
        (RIBS, "Twelve pairs of ribs protect the chest.", 2, UNSUPPORTED),
        (VERTEBRAE, "T8 is wedged, L1 is flat as a pancake, L2 is normal.", 1, SUPPORTS),
        (VERTEBRAE, "T8 is wedged, L1 is crushed, L2 is normal.", 2, CONTRADICTS),
        (VERTEBRAE, "T11, T12 and L1 are all collapsed.", 2, SUPPORTS),
        (VERTEBRAE, "Only L3 is compressed. The others keep their height.", 0, SUPPORTS),
        (VERTEBRAE, "T12 looks flattened, and so does L4, so two in all.", 1, SUPPORTS),
        (VERTEBRAE, "T12 looks flattened, and so does L4, so two in all.", 3, CONTRADICTS),
        (FETUSES, "Two heads, two spines, and a membrane between them: twins.", 1, SUPPORTS),
        (FETUSES, "Two heads, two spines, and a membrane between them: twins.", 0, CONTRADICTS),
        (FETUSES, "A singleton with a regular heartbeat.", 0, SUPPORTS),
        (FETUSES, "Pregnancies with more than one child are riskier.", 1, UNSUPPORTED),
        (STONES, "Not a single stone, the gallbladder is empty.", 0, SUPPORTS),
        (STONES, "I count two stones that roll when she turns.", 2, SUPPORTS),
        (STONES, "I count two stones that roll when she turns.", 1, CONTRADICTS),
        (STONES, "There is only one, stuck in the neck.", 1, SUPPORTS),
        (SEGMENTS, "There are deposits in IVa, V and VIII. II and III are clean.", 2, SUPPORTS),
        (SEGMENTS, "There are deposits in IVa, V and VIII. II and III are clean.", 0, CONTRADICTS),
        (TEETH, "38 and 48 lie impacted under the second molars. 18 and 28 are erupted.", 2, SUPPORTS),
        (TEETH, "38 and 48 lie impacted under the second molars. 18 and 28 are erupted.", 1, CONTRADICTS),
        (
            ANEURYSMS,
            "One sits on the anterior communicating artery, a second one on the left middle cerebral.",
            1,
            SUPPORTS,
        ),
        (ANEURYSMS, "Three of them: basilar tip, right MCA, left MCA.", 2, SUPPORTS),
        (ANEURYSMS, "Three of them: basilar tip, right MCA, left MCA.", 0, CONTRADICTS),
    ],
)
def test_what_is_counted_speaks_for_its_number(
    asked: tuple[str, tuple[str, ...]], think: str, choice: int, expected: str
):
    # what the think leans to, whatever the weights make of it
    leaning = assess(think, *asked, choice).leaning
    assert expected == (UNSUPPORTED if leaning is None else SUPPORTS if leaning == choice else CONTRADICTS)


def test_options_are_numbers_where_the_question_asks_for_one():
    given = counts(*RIBS)
    assert given is not None
    assert given.ranges == ((0, 0), (1, 1), (2, 2), (3, math.inf))
    assert given.options(5) == [3]
    assert counts("Which tooth is impacted?", ("18", "28", "38", "48")) is None


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("rib", "The fourth and the fifth rib are broken, the sixth is intact.", 2),
        ("vertebra", "T12 is wedged, L1 too, L2 keeps a normal height.", 2),
        ("segment", "There are deposits in IVa, IVb and VI.", 2),
        ("rib", "The third to the fifth rib are broken.", 3),
    ],
)
def test_what_is_affected_is_counted_once(kind: str, text: str, number: int):
    assert how_many(affected(kind, text, {})) == number
