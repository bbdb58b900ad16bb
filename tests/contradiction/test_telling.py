"""Whether a think is worded as what is seen in one image, or as talk in general."""

import math

import pytest

from faithlens.contradiction.telling import telling, terms, weighed
from faithlens.contradiction.tokens import tokens


def value(text: str) -> float:
    return telling(tokens(text))


def test_what_is_seen_is_told_from_talk_in_general():
    seen = (
        "The left lower lobe is white and the heart border behind it is gone. There is no fluid at the base, and the "
        "other side is clear."
    )
    theory = (
        "Pneumonia is an infection of the lung which is common in older patients. Treatment depends on the organism, "
        "and imaging is often used to follow it."
    )
    plan = "I should first look at the bones, then at the soft tissues, and compare both before I decide on an answer."
    assert value(seen) > 0.2
    assert value(theory) < -0.2
    assert value(plan) < -0.2


def test_nothing_is_neither():
    assert value("") == 0
    assert value("…") == 0
    assert value("Zqxj wvkk ppfft.") == 0


def test_a_few_words_say_little():
    assert abs(value("often")) < abs(value("often " * 15))


@pytest.mark.parametrize("text", ["0 1 2 3", "liver " * 5000, "Ω" * 300, "often usually may patients treatment " * 50])
def test_it_stays_in_its_range(text: str):
    assert -1 <= value(text) <= 1


def test_by_hand():
    """Fifteen terms, "dark" four times, "often" once, ten unknown: 1 + ln 4 = 2.386 and 1 on idf 1 and 2.

    Length sqrt(2.386² + 2²) = 3.114; odds 0.5 + (2.386 · 3 - 2 · 4) / 3.114 = 0.5 - 0.270 = 0.230; over 4: 0.057.
    """
    weights = {"": (0.0, 0.5), "dark": (1.0, 3.0), "often": (2.0, -4.0)}
    tf = 1 + math.log(4)
    expected = (0.5 + (tf * 3 - 2 * 4) / math.hypot(tf, 2)) / 4
    found = weighed(["dark"] * 4 + ["often", *"pqrstuvxyz"], weights)
    assert found == pytest.approx(expected) == pytest.approx(0.057, abs=0.001)


def test_numbers_are_one_term():
    assert terms(tokens("3 of 17 at 2.5 cm")) == ["0", "of", "0", "at", "0", "cm"]
