"""Verdicts against clinicians: published and hand-made values, and recovery of what was put into simulations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from faithlens.records import AXES
from faithlens.review.accuracy import Rated, Raters, Told, accuracy, predicted_prevalence
from faithlens.review.axes import SILENT, SPEAKS, failing
from faithlens.review.estimate import Share, share
from faithlens.review.form import form

UNKNOWN = Raters(Share(math.nan, 0, 0), Share(math.nan, 0, 0))


def test_every_axis_is_spoken_to_or_has_a_reason_why_not():
    assert {*SPEAKS} | {*SILENT} == {*AXES} and not {*SPEAKS} & {*SILENT}
    for question in SPEAKS.values():
        assert form().question(question)


@pytest.mark.parametrize(
    ("axis", "value", "says"),
    [
        ("contradictory", "supports_other", True),
        ("contradictory", "none", False),
        ("unsupported", "none", True),
        ("unsupported", "supports", False),
        ("hidden_cue", "yes", True),
        ("hidden_cue", "unsure", None),
        ("ungrounded", "2;3", True),
        ("ungrounded", "none", False),
        ("ungrounded", "cannot_tell", None),
    ],
)
def test_what_an_answer_says_of_an_axis(axis, value, says):
    assert failing(axis, value, form()) is says


def many(count: int, failing: float, flagged: bool | None, start: int) -> list[Rated]:
    probability = math.nan if flagged is None else float(flagged)
    return [Rated(failing, 1, 1.0, start + i, probability, flagged) for i in range(count)]


def test_verification_bias_is_undone_as_begg_and_greenes_did():
    # Begg and Greenes 1983, liver scans (Drum and Christacopoulos 1972): of 429 abnormal scans 231 of the 263 that
    # were verified were diseased, of 221 normal ones 27 of 81. Verified alone .90 and .63; undone: share of disease
    # 231/263 = .878 and 27/81 = .333; sensitivity 429 * .878 / (429 * .878 + 221 * .333) = .84, specificity
    # 221 * .667 / (221 * .667 + 429 * .122) = .74
    rated = [*many(231, 1, True, 0), *many(32, 0, True, 300), *many(27, 1, False, 400), *many(54, 0, False, 500)]
    run = [Told(1, True, i) for i in range(429)] + [Told(0, False, 1000 + i) for i in range(221)]
    found = accuracy("contradictory", rated, run, UNKNOWN)
    assert found.sensitivity.value == pytest.approx(0.84, abs=5e-3)
    assert found.specificity.value == pytest.approx(0.74, abs=5e-3)
    assert found.sensitivity.low < 0.80 < 0.84 < 0.87 < found.sensitivity.high
    assert "catch" in found.sensitivity_corrected.reason


def test_rogan_and_gladen_by_hand():
    # apparent .23, sensitivity .9, specificity .95: (.23 - .05) / .85 = .2118; below the false positives alone: 0
    raters = Raters(Share(0.9, 50, 50), Share(0.95, 50, 50))
    assert raters.true_share(0.23, 0.9, 0.95) == pytest.approx(0.2118, abs=1e-4)
    assert raters.true_share(0.03, 0.9, 0.95) == 0


def test_a_weighted_share_by_hand():
    # (3 * 1 + 1 * 0) / 4 = .75; linearised: (3 * .25)² + (1 * .75)² over 16 = .0703, * 2 / 1 = .1406;
    # .1875 / .1406 = 1.333 effective cases
    found = share(np.array([1.0, 0.0]), np.array([3.0, 1.0]), [0, 1])
    assert (found.value, found.effective) == pytest.approx((0.75, 4 / 3))
    # none of ten, all alike: Kish, and Jeffreys' upper end beta.ppf(.975, .5, 10.5) = .2172
    nothing = share(np.zeros(10), np.ones(10), range(10))
    assert nothing.effective == pytest.approx(10)
    assert (nothing.estimate.low, nothing.estimate.high) == pytest.approx((0.0, 0.2172), abs=1e-4)


def test_verdicts_that_are_right_make_prevalence_certain_and_empty_ones_do_no_harm():
    random = np.random.default_rng(0)
    truth = random.random(2000) < 0.3
    drawn = random.choice(2000, 100, replace=False)

    def found(probability):
        run = [Told(float(p), bool(p > 0.5), i) for i, p in enumerate(probability)]
        rated = [Rated(float(truth[i]), 1, 20.0, int(i), run[i].probability, run[i].flagged) for i in drawn]
        return predicted_prevalence(rated, run), rated

    exact, rated = found(truth.astype(float))
    blind, _ = found(random.random(2000))
    plain = share(np.array([one.failing for one in rated]), np.full(100, 20.0), drawn.tolist())
    # the audit's verdicts are the truth, so the only doubt left is that of 2000 replies
    assert exact.value == pytest.approx(truth.mean(), abs=0.005) and exact.effective > 1500
    assert blind.value == pytest.approx(plain.value, abs=0.02) and 80 < blind.effective < 125


def simulated(seed: int, prevalence=0.25, replies=1500, catches=20, raters=3, errs=(0.88, 0.93)):
    """A run whose truth is known, a set drawn by band of probability, and raters who err as told."""
    random = np.random.default_rng(seed)
    truth = random.random(replies) < prevalence
    probability = 1 / (1 + np.exp(-random.normal(np.where(truth, 1.0, -1.2), 1.2)))
    probability[random.random(replies) < 0.1] = np.nan
    flags = [None if math.isnan(p) else bool(p > 0.6) for p in probability]
    run = [Told(float(p), flag, i) for i, (p, flag) in enumerate(zip(probability, flags, strict=True))]

    def said(fails):
        chance = errs[0] if fails else 1 - errs[1]
        return float((random.random(raters) < chance).mean())

    rated = []
    for flag, size in ((True, 70), (False, 70), (None, 20)):
        band = [i for i in range(replies) if flags[i] is flag]
        rated += [
            Rated(said(truth[i]), raters, len(band) / size, int(i), run[i].probability, flags[i])
            for i in random.choice(band, size, replace=False)
        ]
    caught = {fails: np.array([said(fails) for _ in range(catches)]) for fails in (True, False)}
    ones = np.ones(catches)
    measured = Raters(
        share(caught[True], ones, range(catches), catches * raters),
        share(1 - caught[False], ones, range(catches), catches * raters),
    )
    return rated, run, measured


def covered(count: int, truth: Mapping[str, float], **setting: Any) -> dict[str, float]:
    """Share of simulations whose interval holds what was put in."""
    inside = dict.fromkeys(truth, 0)
    for seed in range(count):
        found = accuracy("contradictory", *simulated(seed, **setting))
        for name, value in truth.items():
            estimate = getattr(found, name)
            inside[name] += estimate.low <= value <= estimate.high
    return {name: hits / count for name, hits in inside.items()}


# the verdict passes .6 at log odds .405: sensitivity P(N(1, 1.2) > .405) = .690, specificity P(N(-1.2, 1.2) < .405)
# = .910
SENSITIVITY, SPECIFICITY = 0.690, 0.910


def put_in(prevalence: float = 0.25, errs: tuple[float, float] = (0.88, 0.93)) -> dict[str, float]:
    return {
        "sensitivity_corrected": SENSITIVITY,
        "specificity_corrected": SPECIFICITY,
        "prevalence_predicted": prevalence * errs[0] + (1 - prevalence) * (1 - errs[1]),
        "prevalence_corrected": prevalence,
        "rater_sensitivity": errs[0],
        "rater_specificity": errs[1],
    }


def test_simulated_raters_with_known_error_give_back_what_was_put_in():
    inside = covered(100, put_in())
    assert min(inside.values()) >= 0.9, inside
    # and the correction is needed: taken as right, the same raters miss either more often
    careless = covered(100, {"sensitivity": SENSITIVITY, "specificity": SPECIFICITY})
    assert max(careless.values()) < 0.8, careless


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting",
    [{"prevalence": 0.1}, {"errs": (0.75, 0.85)}, {"raters": 2, "errs": (0.95, 0.97)}, {"catches": 8}],
    ids=["rare", "careless raters", "careful raters", "few catch items"],
)
def test_they_do_so_in_other_settings(setting: dict[str, Any]):
    truth = put_in(**{name: value for name, value in setting.items() if name in ("prevalence", "errs")})
    # .95 less three standard errors of 300 simulations
    assert min(covered(300, truth, **setting).values()) > 0.912


def test_too_few_failing_replies_give_a_reason_and_no_number():
    rated = [*many(2, 1, True, 0), *many(40, 0, False, 10)]
    run = [Told(one.probability, one.flagged, one.group) for one in rated]
    found = accuracy("contradictory", rated, run, UNKNOWN)
    assert math.isnan(found.sensitivity.value) and "fewer than 5" in found.sensitivity.reason
    assert found.prevalence.value == pytest.approx(2 / 42)


def test_raters_who_guess_on_catch_items_correct_nothing():
    rated = [*many(20, 1, True, 0), *many(40, 0, False, 100)]
    run = [Told(one.probability, one.flagged, one.group) for one in rated]
    guess = Raters(Share(0.5, 20, 20), Share(0.5, 20, 20))
    assert "chance" in accuracy("contradictory", rated, run, guess).prevalence_corrected.reason
