"""Intervals, operating characteristics and paired tests against values known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from faithlens.stats import (
    auroc,
    benjamini_hochberg,
    calibration_error,
    cluster_bootstrap,
    equivalence,
    holm,
    kappa,
    mcnemar,
    mean_interval,
    paired_permutation,
    rate,
    tpr_at_fpr,
    wilson,
)


def test_wilson_by_hand():
    # 8 of 10, z = 1.959964: centre (.8 + z²/20) / (1 + z²/10) = .99207 / 1.38415 = .71674;
    # half width z sqrt(.8 * .2 / 10 + z²/400) / 1.38415 = 1.959964 * .160016 / 1.38415 = .22658
    assert wilson(8, 10) == pytest.approx((0.49016, 0.94332), abs=1e-4)


def test_a_rate_over_independent_cases_is_wilsons():
    found = rate([True] * 8 + [False] * 2)
    assert (found.hits, found.of, found.value, found.method) == (8, 10, 0.8, "Wilson")
    assert (found.low, found.high) == wilson(8, 10)
    assert rate([True] * 8 + [False] * 2, list(range(10))) == found


def test_a_rate_over_nothing_is_nan_and_as_wide_as_can_be():
    found = rate([])
    assert math.isnan(found.value) and (found.low, found.high) == (0.0, 1.0)


def test_cases_of_one_patient_widen_the_interval():
    hits = [True] * 50 + [False] * 50
    alone = rate(hits)
    grouped = rate(hits, [i // 10 for i in range(100)])
    assert grouped.method == "cluster bootstrap by group"
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_no_variation_between_groups_still_has_an_interval():
    found = rate([True] * 20, [i // 10 for i in range(20)])
    # two groups, both hits: Wilson's interval of 2 of 2
    assert (found.low, found.high) == wilson(2, 2)


def test_groups_that_are_all_alike_do_not_make_a_rate_certain():
    # two of three right in each of four groups: every draw of groups has the same share
    hits = [True, True, False] * 4
    groups = [i // 3 for i in range(12)]
    assert cluster_bootstrap(hits, groups) == pytest.approx((2 / 3, 2 / 3))
    assert (rate(hits, groups).low, rate(hits, groups).high) == wilson(8, 12)


def test_the_bootstrap_covers_in_19_of_20_draws():
    """300 samples of 40 groups of 5 at a true rate of .3: the interval covers it in .95 -+ 3 standard errors."""
    random = np.random.default_rng(0)
    groups = [i // 5 for i in range(200)]
    covered = 0
    for _ in range(300):
        patient = random.random(40) < 0.3
        low, high = cluster_bootstrap([bool(patient[group]) for group in groups], groups)
        covered += low <= 0.3 <= high
    assert covered / 300 > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 300)


# -------------------------------------------------------------------------- what a probe can see


def test_auroc_and_delong_by_hand():
    # positives 1, 3, 4 against negatives 0, 2: wins 1, 0 / 1, 1 / 1, 1 -> 5 of 6.
    # V10 = .5, 1, 1 (variance 1/12), V01 = 1, 2/3 (variance 1/18): error² = 1/12/3 + 1/18/2 = 1/36 + 1/36 = 1/18;
    # half width 1.959964 * .235702 = .461968
    found = auroc([1, 3, 4], [0, 2])
    assert found.value == pytest.approx(5 / 6)
    assert found.low == pytest.approx(5 / 6 - 0.461968, abs=1e-5)
    assert found.high == 1.0
    assert (found.positives, found.negatives) == (3, 2)


def test_auroc_is_that_of_scikit_learn():
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(1)
    high, low = random.integers(0, 8, 40) + 1, random.integers(0, 8, 60)
    expected = roc_auc_score([1] * 40 + [0] * 60, [*high, *low])
    assert auroc(list(high), list(low)).value == pytest.approx(expected)
    assert auroc(list(low), list(high)).value == pytest.approx(1 - expected)


def test_delongs_interval_covers_in_19_of_20_draws():
    """Normal scores one standard deviation apart: true AUROC = Phi(1 / sqrt 2) = .76025."""
    random = np.random.default_rng(2)
    draws = [auroc(list(random.normal(1, 1, 50)), list(random.normal(0, 1, 50))) for _ in range(400)]
    covered = sum(found.low <= 0.76025 <= found.high for found in draws) / 400
    assert abs(covered - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 400)


def test_a_case_counted_twice_is_no_more_evidence():
    high, low = [0.2, 0.9, 0.7, 0.8], [0.1, 0.3, 0.75]
    once = auroc(high, low)
    twice = auroc(high * 2, low * 2, [f"p{i}" for i in range(4)] * 2, [f"n{i}" for i in range(3)] * 2)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    careless = auroc(high * 2, low * 2)
    assert careless.low > once.low


def test_scores_paired_by_patient_narrow_the_interval():
    """Each patient's own failing reply scores higher: the covariance of the two sides is taken off."""
    base = [i / 10 for i in range(10)]
    high = [value + 0.15 for value in base]
    paired, apart = auroc(high, base, range(10), range(10)), auroc(high, base)
    assert paired.value == apart.value and paired.low > apart.low


def test_perfect_separation_still_has_an_interval():
    found = auroc([1.0] * 10, [0.0] * 20)
    assert (found.value, found.low, found.high) == (1.0, *wilson(10, 10))
    assert math.isnan(auroc([], [0.0]).value)


def test_tpr_at_fpr_by_hand():
    # 20 negatives 0 … 19: one may pass, so the threshold is 18, and 19, 20 of the positives pass it
    assert tpr_at_fpr([17, 18, 19, 20], list(range(20))) == (0.5, 18)
    # three of sixty may pass
    assert tpr_at_fpr([57], list(range(60)))[1] == 56
    # fewer than twenty negatives: none may pass
    assert tpr_at_fpr([3.0, 4.0], [1.0, 3.0]) == (0.5, 3.0)


def test_kappa_by_hand():
    # 8 of 10 agree; chance .5 * .5 + .5 * .5 = .5: (.8 - .5) / .5 = .6
    assert kappa([True] * 5 + [False] * 5, [True] * 4 + [False] * 5 + [True]) == pytest.approx(0.6)
    assert math.isnan(kappa([True], [True]))


def test_calibration_error_by_hand():
    # bin .2-.3: stated .25 twice, happened once of two: gap |.5 - 1| = .5; bin .9-1: stated .95, happened: .05
    assert calibration_error([0.25, 0.25, 0.95], [True, False, True]) == pytest.approx((0.5 + 0.05) / 3)
    assert calibration_error([1.0, 0.0], [True, False]) == 0.0


# ------------------------------------------------------------------------------- paired by case


def test_mcnemar_by_hand():
    # 1 gained, 5 lost: two-sided 2 * (C(6,0) + C(6,1)) / 64 = 14 / 64
    first = [False] + [True] * 5 + [True] * 3
    second = [True] + [False] * 5 + [True] * 3
    assert mcnemar(first, second) == pytest.approx(14 / 64)
    assert mcnemar([True], [True]) == 1.0


def test_the_interval_of_a_mean_counts_groups_and_not_cases():
    # two groups of opposite values, however many cases each: a draw of two groups is both, or one of them twice
    values = [1.0] * 50 + [0.0] * 50
    assert mean_interval(values, ["a"] * 50 + ["b"] * 50) == (0.0, 1.0)
    low, high = mean_interval(values, range(100))
    # standard error of 100 cases is .05
    assert (low, high) == pytest.approx((0.4, 0.6), abs=0.02)


def test_paired_permutation_by_hand():
    # three cases, all 1 higher: of 8 sign patterns two are as far from 0 as +3
    assert paired_permutation([1, 1, 1], "abc") == pytest.approx(2 / 8)
    # of one patient they are one observation, and one coin says nothing
    assert paired_permutation([1, 1, 1], "aaa") == 1.0
    assert paired_permutation([0, 0], "ab") == 1.0


def test_paired_permutation_is_level_under_no_difference():
    random = np.random.default_rng(3)
    p = [paired_permutation(list(random.normal(0, 1, 20)), range(20), seed) for seed in range(200)]
    assert abs(np.mean(np.array(p) <= 0.1) - 0.1) < 3 * math.sqrt(0.1 * 0.9 / 200)


def test_equivalence_is_not_the_absence_of_a_difference():
    # mean 0, sd 1, n = 4: error .57735 (ddof 1 of ±1); inside ±.1 cannot be shown, inside ±10 can
    few = [1.0, -1.0, 1.0, -1.0]
    assert paired_permutation(few, range(4)) == 1.0
    assert equivalence(few, range(4), 0.1) > 0.4
    assert equivalence(few, range(4), 10.0) < 0.001
    # by hand: t = (0 + 2) / .57735 = 3.4641 on 3 degrees of freedom, one-sided p = .02027
    assert equivalence(few, range(4), 2.0) == pytest.approx(0.02027, abs=1e-4)
    assert equivalence([0.0, 0.0], range(2), 0.05) == 0.0 and math.isnan(equivalence([0.0], [0], 0.05))


def test_holm_and_benjamini_hochberg_by_hand():
    # Holm: .01 * 3, max(.03, .02 * 2) = .04, max(.04, .04 * 1)
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    # BH from the largest down: .04, min(.04, .02 * 3/2), min(.03, .01 * 3)
    assert benjamini_hochberg([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.03])
    assert holm([]) == benjamini_hochberg([]) == []


def test_a_case_that_stands_for_two_counts_as_two():
    high, low = [0.2, 0.9, 0.7], [0.1, 0.3, 0.75]
    weighted = auroc(high, low, positive_weights=[2, 1, 1], negative_weights=[1, 1, 3])
    repeated = auroc([0.2, *high], [*low, 0.75, 0.75], ["a", "a", "b", "c"], ["x", "y", "z", "z", "z"])
    assert weighted.value == pytest.approx(repeated.value)
    assert (weighted.low, weighted.high) == pytest.approx((repeated.low, repeated.high))
