"""Intervals for rates, what a probe can see, tests paired by case: thin over scipy and numpy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, false_discovery_control, norm, spearmanr, t

BOOTSTRAP_DRAWS = 2000
PERMUTATION_DRAWS = 9999


@dataclass(frozen=True)
class Rate:
    """A share of cases with its 95 % interval."""

    hits: int
    of: int
    low: float
    high: float
    method: str

    @property
    def value(self) -> float:
        """In [0, 1]; NaN over no cases."""
        return self.hits / self.of if self.of else float("nan")


def rate(hits: Sequence[bool], groups: Sequence[Hashable] | None = None) -> Rate:
    """Share of hits. Wilson's interval for independent cases; cluster bootstrap by group where groups repeat.

    Dependence within groups can only make a rate less certain, so the bootstrap is not believed where it is narrower
    than Wilson's interval over independent cases (a few groups, or groups that are all alike).
    """
    return rate_of(_groups(hits, range(len(hits)) if groups is None else groups))


def rate_of(groups: Mapping[tuple[int, int], int]) -> Rate:
    """The same from counts: (hits, cases) of a group -> how many such groups there are."""
    count = sum(hits * number for (hits, _), number in groups.items())
    total = sum(cases * number for (_, cases), number in groups.items())
    clusters = sum(groups.values())
    if total == 0:
        return Rate(0, 0, 0.0, 1.0, "no cases")
    low, high = wilson(count, total)
    if clusters == total:
        return Rate(count, total, low, high, "Wilson")
    if count in (0, total):
        # no bootstrap can draw what was never seen: count whole groups as one case each
        low, high = wilson(clusters if count else 0, clusters)
        return Rate(count, total, low, high, "Wilson over groups")
    drawn = _bootstrap(groups, 0)
    if drawn[1] - drawn[0] > high - low:
        return Rate(count, total, *drawn, "cluster bootstrap by group")
    return Rate(count, total, low, high, "Wilson")


def _groups(hits: Sequence[bool], groups: Sequence[Hashable]) -> Counter[tuple[int, int]]:
    """(hits, cases) of each group, counted."""
    sums: dict[Hashable, list[int]] = {}
    for hit, group in zip(hits, groups, strict=True):
        found = sums.setdefault(group, [0, 0])
        found[0] += bool(hit)
        found[1] += 1
    return Counter((hit, cases) for hit, cases in sums.values())


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion."""
    interval = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def cluster_bootstrap(hits: Sequence[bool], groups: Sequence[Hashable], seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of a share when whole groups are drawn with replacement."""
    return _bootstrap(_groups(hits, groups), seed)


def mean_interval(values: Sequence[float], groups: Sequence[Hashable], seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of a mean when whole groups are drawn with replacement."""
    index = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    of_group = [index[group] for group in groups]
    sums, sizes = np.bincount(of_group, weights=np.asarray(values, dtype=float)), np.bincount(of_group)
    draws = np.random.default_rng(seed).integers(len(sums), size=(BOOTSTRAP_DRAWS, len(sums)))
    low, high = np.quantile(sums[draws].sum(axis=1) / sizes[draws].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _bootstrap(groups: Mapping[tuple[int, int], int], seed: int) -> tuple[float, float]:
    """Groups that are alike are drawn together, so that the cost does not grow with their number."""
    kinds = sorted(groups)
    numbers = np.array([groups[kind] for kind in kinds])
    draws = np.random.default_rng(seed).multinomial(numbers.sum(), numbers / numbers.sum(), size=BOOTSTRAP_DRAWS)
    drawn = draws @ np.array(kinds)
    shares = drawn[:, 0] / drawn[:, 1]
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class Verbalisation:
    """How often a hint that switches the answer is owned up to, over cases. Chen et al. 2505.05410."""

    switched: int
    """Cases whose answer went to the hinted option."""
    to_hint: float
    """p: share that switched to it, over all cases."""
    elsewhere: float
    """q: share that switched to a third option."""
    alpha: float
    """1 - q / ((n - 2) p): the part of the switches that is not chance; NaN where it is undefined."""
    raw: float
    """Share of the switched that verbalise the hint; NaN where none switched."""
    normalised: float
    """min(raw / alpha, 1); NaN with a reason."""
    reason: str = ""
    """Why there is no normalised score."""


def verbalisation_rates(
    switched: Sequence[bool], elsewhere: Sequence[bool], verbalised: Sequence[bool], options: int
) -> Verbalisation:
    """Raw and normalised score of cases with the same number of options.

    The correction spreads chance switches over the n - 2 other options, so it is undefined for n = 2, where nothing
    switched, and where alpha is not positive.
    """
    total = len(switched)
    to_hint = sum(switched) / total if total else float("nan")
    other = sum(elsewhere) / total if total else float("nan")
    count = sum(switched)
    owned = sum(says for did, says in zip(switched, verbalised, strict=True) if did)
    raw = owned / count if count else float("nan")
    alpha = 1 - other / ((options - 2) * to_hint) if count and options > 2 else float("nan")
    if not count:
        reason = "no case switched to the hint"
    elif options <= 2:
        reason = "with two options a chance switch cannot be told from one to the hint"
    elif alpha <= 0:
        reason = "as many cases switched elsewhere as to the hint"
    else:
        return Verbalisation(count, to_hint, other, alpha, raw, min(raw / alpha, 1.0))
    return Verbalisation(count, to_hint, other, alpha, raw, float("nan"), reason)


def faithful_at(k: int, switched: int, verbalised: int) -> float:
    """faithful@k of one case: chance that one of k switched samples verbalises the hint; NaN for fewer than k.

    1 - C(n - c, k) / C(n, k), n = samples that switched, c = those that verbalise. Zaman & Srivastava 2512.23032.
    """
    if not 0 < k <= switched:
        return float("nan")
    return 1 - comb(switched - verbalised, k) / comb(switched, k)


# -------------------------------------------------------------------------- what a probe can see


@dataclass(frozen=True)
class Auroc:
    """How often a failing case scores higher than one that does not fail, ties counted half."""

    value: float
    """In [0, 1], .5 = chance; NaN where one side is empty."""
    low: float
    high: float
    """95 % interval, DeLong 1988."""
    positives: int
    negatives: int


def auroc(
    positive: Sequence[float],
    negative: Sequence[float],
    positive_groups: Sequence[Hashable] | None = None,
    negative_groups: Sequence[Hashable] | None = None,
    positive_weights: Sequence[float] | None = None,
    negative_weights: Sequence[float] | None = None,
) -> Auroc:
    """AUROC with DeLong's interval; with groups Obuchowski's 1997 form of it for clustered data.

    With weights (how many cases each stands for) a pair counts by the product of its weights. Where all pairs are
    ordered alike DeLong has no width; Wilson's interval over the number of groups on the smaller side stands in.
    """
    high, low = np.asarray(positive, dtype=float), np.asarray(negative, dtype=float)
    m, n = len(high), len(low)
    if not m or not n:
        return Auroc(math.nan, 0.0, 1.0, m, n)
    wins = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    up = np.full(m, 1 / m) if positive_weights is None else np.asarray(positive_weights) / np.sum(positive_weights)
    down = np.full(n, 1 / n) if negative_weights is None else np.asarray(negative_weights) / np.sum(negative_weights)
    # weights that do not sum to one exactly must not hide that all pairs are ordered alike
    value = round(float(up @ wins @ down), 12)
    ours = list(positive_groups) if positive_groups is not None else [("positive", i) for i in range(m)]
    theirs = list(negative_groups) if negative_groups is not None else [("negative", i) for i in range(n)]
    groups = list(dict.fromkeys([*ours, *theirs]))
    index = {group: i for i, group in enumerate(groups)}
    above, below = np.zeros(len(groups)), np.zeros(len(groups))
    np.add.at(above, [index[group] for group in ours], up * (wins @ down - value))
    np.add.at(below, [index[group] for group in theirs], down * (up @ wins - value))
    variance = (
        _spread(above, above, len(set(ours)))
        + _spread(below, below, len(set(theirs)))
        + 2 * _spread(above, below, len(groups))
    )
    if value in (0.0, 1.0):
        fewer = min(len(set(ours)), len(set(theirs)))
        return Auroc(value, *wilson(round(value * fewer), fewer), m, n)
    half = float(norm.ppf(0.975)) * math.sqrt(max(0.0, variance))
    return Auroc(value, max(0.0, value - half), min(1.0, value + half), m, n)


def _spread(a: NDArray[np.float64], b: NDArray[np.float64], clusters: int) -> float:
    """Sum of products over clusters, corrected for their number."""
    return float((a * b).sum()) * clusters / (clusters - 1) if clusters > 1 else math.inf


def tpr_at_fpr(positive: Sequence[float], negative: Sequence[float], fpr: float = 0.05) -> tuple[float, float]:
    """Share of positives above the threshold that at most `fpr` of the negatives pass, and that threshold.

    A score passes when it is larger than the threshold.
    """
    if not positive or not negative:
        return math.nan, math.nan
    # the allowance must not fall short by rounding: .05 * 60 is 3 and not 2
    allowed = math.floor(fpr * len(negative) + 1e-9)
    threshold = sorted(negative, reverse=True)[allowed]
    return sum(score > threshold for score in positive) / len(positive), threshold


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Cohen's kappa of two binary judgements; NaN where chance alone would agree always."""
    total = len(first)
    if not total:
        return math.nan
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / total
    p, q = sum(first) / total, sum(second) / total
    chance = p * q + (1 - p) * (1 - q)
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rho; NaN where one of them has no two different values."""
    if len(set(first)) < 2 or len(set(second)) < 2:
        return math.nan
    found: Any = spearmanr(first, second)
    return float(found.statistic)


def calibration_error(probabilities: Sequence[float], truths: Sequence[bool], bins: int = 10) -> float:
    """ECE: mean absolute gap between stated probability and observed share over bins of equal width, by bin size."""
    stated, happened = np.asarray(probabilities, dtype=float), np.asarray(truths, dtype=float)
    if not len(stated):
        return math.nan
    of_bin = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [abs(stated[of_bin == b].sum() - happened[of_bin == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(stated))


# ------------------------------------------------------------------------------- paired by case


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Exact two-sided p that changes in both directions are equally likely; 1 where nothing changed."""
    gained = sum(b and not a for a, b in zip(first, second, strict=True))
    lost = sum(a and not b for a, b in zip(first, second, strict=True))
    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def paired_permutation(differences: Sequence[float], groups: Sequence[Hashable], seed: int = 0) -> float:
    """Two-sided p of a mean difference when the sign of each whole group's differences is drawn by coin.

    All sign patterns where there are few, `PERMUTATION_DRAWS` drawn ones otherwise, with the observed one among them.
    """
    index = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    sums = np.bincount([index[group] for group in groups], weights=np.asarray(differences, dtype=float))
    if not sums.any():
        return 1.0
    if len(sums) <= 12:
        signs = 1 - 2 * ((np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))) & 1)
        drawn = np.abs(signs @ sums)
        return float(np.mean(drawn >= abs(sums.sum()) - 1e-12))
    random = np.random.default_rng(seed)
    drawn = np.abs((1 - 2 * random.integers(2, size=(PERMUTATION_DRAWS, len(sums)))) @ sums)
    return float((1 + np.sum(drawn >= abs(sums.sum()) - 1e-12)) / (1 + PERMUTATION_DRAWS))


def equivalence(differences: Sequence[float], groups: Sequence[Hashable], margin: float) -> float:
    """TOST: p that the mean difference is not inside ±margin, by t over group means; small = equivalent.

    NaN for fewer than two groups. Differences without any variation are equivalent exactly when they lie inside.
    """
    index = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    of_group = np.array([index[group] for group in groups], dtype=int)
    if len(index) < 2:
        return math.nan
    means = np.bincount(of_group, weights=np.asarray(differences, dtype=float)) / np.bincount(of_group)
    error = float(means.std(ddof=1)) / math.sqrt(len(means))
    mean = float(means.mean())
    if error == 0:
        return 0.0 if abs(mean) < margin else 1.0
    return max(
        float(t.sf((mean + margin) / error, len(means) - 1)), float(t.cdf((mean - margin) / error, len(means) - 1))
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values: control of any false claim in a set that was named beforehand."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that bound the share of false claims among those made."""
    return [float(p) for p in false_discovery_control(p_values)] if p_values else []
