"""Agreement coefficients against published worked examples, and against the libraries' own."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from faithlens.review.agreement import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    light_kappa,
    percent_agreement,
)


def pair(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Two raters' ratings whose cross table is given."""
    cells = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    return np.array([a for a, _ in cells]), np.array([b for _, b in cells])


def raters(counts: list[list[int]]) -> np.ndarray:
    """(items, raters) with the given number of ratings in each category."""
    return np.array([[k for k, count in enumerate(row) for _ in range(count)] for row in counts])


def drawn(seed: int, items: int = 60, count: int = 4, categories: int = 3, missing: float = 0.0) -> np.ndarray:
    """Raters who agree with a hidden truth in seven of ten items."""
    random = np.random.default_rng(seed)
    truth = random.integers(categories, size=(items, 1))
    guess = random.integers(categories, size=(items, count))
    ratings = np.where(random.random((items, count)) < 0.7, truth, guess)
    return np.where(random.random((items, count)) < missing, -1, ratings)


def test_cohens_kappa_of_a_textbook():
    # Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed., table 18.1: 100 patients, two
    # raters. Agreed .75 + .04 + .10 = .89; chance .80 * .80 + .10 * .05 + .10 * .15 = .66; (.89 - .66) / .34 = .676
    first, second = pair([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert cohen_kappa(first, second, 3).value == pytest.approx(0.676, abs=5e-4)


def test_weighted_kappa_by_hand():
    # 2 x (0, 0), (1, 2), (2, 1): linear loss .5 twice of four: .25. Margins of both raters .5, .25, .25: chance
    # losses 2 * (.5 * .25 * .5 + .5 * .25 * 1 + .25 * .25 * .5) = .4375; 1 - .25 / .4375 = 3 / 7.
    # Quadratic: .125; 2 * (.125 * .25 + .125 + .0625 * .25) = .34375; 1 - .125 / .34375 = 7 / 11
    first, second = np.array([0, 0, 1, 2]), np.array([0, 0, 2, 1])
    assert cohen_kappa(first, second, 3, "linear").value == pytest.approx(3 / 7)
    assert cohen_kappa(first, second, 3, "quadratic").value == pytest.approx(7 / 11)


@pytest.mark.parametrize("weighting", ["none", "linear", "quadratic"])
def test_cohens_kappa_is_that_of_scikit_learn(weighting):
    ratings = drawn(1, categories=4)
    expected = cohen_kappa_score(ratings[:, 0], ratings[:, 1], weights=None if weighting == "none" else weighting)
    assert cohen_kappa(ratings[:, 0], ratings[:, 1], 4, weighting).value == pytest.approx(expected)


def test_lights_kappa_is_the_mean_over_pairs_of_raters():
    ratings = drawn(2, count=3, missing=0.2)
    alone = []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        both = (ratings[:, a] >= 0) & (ratings[:, b] >= 0)
        alone.append(cohen_kappa_score(ratings[both, a], ratings[both, b]))
    assert light_kappa(ratings, 3).value == pytest.approx(np.mean(alone))


def test_fleiss_kappa_of_a_published_table():
    # Ten subjects, fourteen raters, five categories: the worked example of the encyclopaedia's article on Fleiss'
    # kappa, P̄ = .378, P̄e = .213, kappa = .210
    table = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    assert percent_agreement(raters(table), 5).value == pytest.approx(0.378, abs=5e-4)
    assert fleiss_kappa(raters(table), 5).value == pytest.approx(0.210, abs=5e-4)


def test_fleiss_kappa_is_that_of_statsmodels():
    ratings = drawn(3)
    assert fleiss_kappa(ratings, 3).value == pytest.approx(statsmodels_fleiss(aggregate_raters(ratings)[0]))


OBSERVERS = np.array(
    # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, example C: four observers, twelve units, seven
    # ratings missing
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
).T - 1  # fmt: skip


def test_krippendorffs_own_example():
    # there: nominal .743, ordinal .815
    assert krippendorff_alpha(OBSERVERS, 5).value == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(OBSERVERS, 5, "ordinal").value == pytest.approx(0.815, abs=5e-4)


@pytest.mark.parametrize("scale", ["nominal", "ordinal"])
def test_alpha_is_that_of_the_library(scale):
    ratings = drawn(4, missing=0.3, categories=4)
    data = np.where(ratings < 0, np.nan, ratings).T
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement=scale, value_domain=range(4))
    assert krippendorff_alpha(ratings, 4, scale).value == pytest.approx(expected)


def test_gwets_own_examples():
    # Gwet 2008, 125 subjects rated +/+ 118 times, +/- 5, -/+ 2: agreed .944, share of + .972, chance
    # 2 * .972 * .028 = .0544; (.944 - .0544) / .9456 = .941, where Cohen's kappa is -.023
    first, second = pair([[118, 5], [2, 0]])
    both = np.stack([first, second], axis=1)
    assert gwet_ac1(both, 2).value == pytest.approx(0.941, abs=5e-4)
    assert cohen_kappa(first, second, 2).value == pytest.approx(-0.023, abs=5e-4)
    # irrCAC, Gwet's own package, documents for Krippendorff's example AC1 .77544 and Fleiss' kappa .76117
    assert gwet_ac1(OBSERVERS, 5).value == pytest.approx(0.77544, abs=5e-6)
    assert fleiss_kappa(OBSERVERS, 5).value == pytest.approx(0.76117, abs=5e-6)


def test_the_intervals_cover_in_19_of_20_samples():
    """Two raters who each err in 10 % of even cases: they agree in .82, chance .5, so all tends to .32 / .5 = .64."""
    random = np.random.default_rng(5)
    inside = dict.fromkeys(("kappa", "alpha", "ac1"), 0)
    for _ in range(200):
        truth = random.integers(2, size=(150, 1))
        ratings = np.where(random.random((150, 2)) < 0.1, 1 - truth, truth)
        found = {
            "kappa": cohen_kappa(ratings[:, 0], ratings[:, 1], 2),
            "alpha": krippendorff_alpha(ratings, 2),
            "ac1": gwet_ac1(ratings, 2),
        }
        for name, estimate in found.items():
            inside[name] += estimate.low <= 0.64 <= estimate.high
    # .95 less three standard errors of 200 samples is .904
    assert min(inside.values()) / 200 > 0.90


def test_items_of_one_case_widen_the_interval():
    ratings = np.repeat(drawn(6, items=20), 5, axis=0)
    alone = krippendorff_alpha(ratings, 3)
    grouped = krippendorff_alpha(ratings, 3, groups=np.repeat(np.arange(20), 5).tolist())
    assert grouped.value == alone.value and grouped.of == 20
    assert grouped.high - grouped.low > 1.7 * (alone.high - alone.low)


def test_what_cannot_be_said_has_a_reason():
    alike = np.zeros((10, 2), dtype=int)
    assert np.isnan(krippendorff_alpha(alike, 2).value) and "alike" in krippendorff_alpha(alike, 2).reason
    single = np.array([[0, -1], [1, -1]])
    assert "twice" in krippendorff_alpha(single, 2).reason
    perfect = gwet_ac1(np.array([[0, 0], [1, 1]] * 10), 2)
    assert perfect.value == 1 and np.isnan(perfect.low) and perfect.reason
