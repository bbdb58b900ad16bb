"""A threshold from one half of the replies, tried on the other."""

from __future__ import annotations

import math

import numpy as np

from faithlens.review.accuracy import Rated
from faithlens.review.recalibration import recalibrated


def rated(count: int, cut: float, seed: int = 0, error: float = 0.0) -> list[Rated]:
    """Replies that fail above `cut`, while the audit flags above .9."""
    random = np.random.default_rng(seed)
    probability = random.random(count)
    fails = (probability > cut) ^ (random.random(count) < error)
    both = enumerate(zip(fails, probability, strict=True))
    return [Rated(float(f), 1, 1.0, i, float(p), bool(p > 0.9)) for i, (f, p) in both]


def test_a_threshold_that_was_too_high_is_found_and_helps_on_the_other_half():
    found = recalibrated("contradictory", rated(200, 0.4, error=0.05))
    assert 0.35 < found.threshold < 0.47
    assert (found.training, found.test) == (100, 100)
    # a sixth of the failing replies lies above .9, and the threshold sees all but the errors
    assert found.before.value < 0.3 and found.after.value > 0.8
    assert found.gain.low > 0.4


def test_chance_gains_nothing_that_the_other_half_confirms():
    """Verdicts that know nothing: the training half still finds a best threshold; the test half is not fooled."""
    sure = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        guesses = [Rated(float(random.random() < 0.3), 1, 1.0, i, float(random.random()), False) for i in range(120)]
        found = recalibrated("contradictory", guesses, seed)
        sure += found.gain.low > 0
    # 2.5 % of 40 is 1; five or more would have p = .003
    assert sure < 5


def test_replies_of_one_patient_stay_in_one_half():
    pairs = [Rated(one.failing, 1, 1.0, i // 2, one.probability, one.flagged) for i, one in enumerate(rated(120, 0.5))]
    found = recalibrated("contradictory", pairs)
    assert found.training % 2 == 0 and found.training + found.test == 120 and found.gain.of == 30


def test_too_few_failing_replies_set_no_threshold():
    found = recalibrated("contradictory", rated(60, 0.93))
    assert math.isnan(found.threshold) and "it takes 5 that fail" in found.reason
