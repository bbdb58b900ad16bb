"""Do raters agree: chance-corrected coefficients, each with a bootstrap interval by case.

Ratings are (items, raters) of category numbers from 0, -1 where a rater gave none.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from faithlens.review.estimate import Estimate, Numbers, bootstrapped

Ratings: TypeAlias = NDArray[np.int64]
Scale = Literal["nominal", "ordinal"]
Weighting = Literal["none", "linear", "quadratic"]


def percent_agreement(ratings: Ratings, categories: int, groups: Sequence[Hashable] | None = None) -> Estimate:
    """Share of pairs of ratings of one item that are equal, averaged over items with two ratings or more."""
    counts, groups = _counts(ratings, categories, groups)
    return bootstrapped(_agreed(counts), lambda sums: sums[:, 0] / sums[:, 1], groups)


def cohen_kappa(
    first: Ratings,
    second: Ratings,
    categories: int,
    weighting: Weighting = "none",
    groups: Sequence[Hashable] | None = None,
) -> Estimate:
    """Cohen's kappa of two raters over the items that both rated. Cohen 1960; weighted 1968."""
    return light_kappa(np.stack([first, second], axis=1), categories, weighting, groups)


def light_kappa(
    ratings: Ratings, categories: int, weighting: Weighting = "none", groups: Sequence[Hashable] | None = None
) -> Estimate:
    """Cohen's kappa averaged over pairs of raters, each over the items that both rated. Light 1971.

    Pairs for whom it is undefined are passed over.
    """
    k = categories
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / max(1, k - 1)
    loss = {"none": (apart > 0).astype(float), "linear": apart, "quadratic": apart**2}[weighting]
    pairs = list(combinations(range(ratings.shape[1]), 2))
    tables = np.zeros((len(ratings), len(pairs), k * k))
    for number, (a, b) in enumerate(pairs):
        both = np.flatnonzero((ratings[:, a] >= 0) & (ratings[:, b] >= 0))
        tables[both, number, ratings[both, a] * k + ratings[both, b]] = 1

    def mean_kappa(sums: Numbers) -> Numbers:
        table = sums.reshape(-1, len(pairs), k, k)
        table = table / table.sum(axis=(2, 3), keepdims=True)
        chance = table.sum(axis=3)[..., :, None] * table.sum(axis=2)[..., None, :]
        kappas = 1 - (table * loss).sum(axis=(2, 3)) / (chance * loss).sum(axis=(2, 3))
        defined = np.isfinite(kappas)
        return np.where(defined, kappas, 0).sum(axis=1) / defined.sum(axis=1)

    rated = tables.sum(axis=(1, 2)) > 0
    kept = _of(groups, ratings, rated)
    return bootstrapped(tables[rated].reshape(int(rated.sum()), len(pairs) * k * k), mean_kappa, kept)


def fleiss_kappa(ratings: Ratings, categories: int, groups: Sequence[Hashable] | None = None) -> Estimate:
    """Fleiss' kappa, 1971. Where ratings are missing Gwet's 2014 form of it, §2.4: equal where none is."""
    counts, groups = _counts(ratings, categories, groups)

    def kappa(sums: Numbers) -> Numbers:
        agreed, used = sums[:, 0] / sums[:, 1], sums[:, 2:-1] / sums[:, -1:]
        chance = (used**2).sum(axis=1)
        return (agreed - chance) / (1 - chance)

    return bootstrapped(np.hstack([_agreed(counts), _used(counts)]), kappa, groups)


def gwet_ac1(ratings: Ratings, categories: int, groups: Sequence[Hashable] | None = None) -> Estimate:
    """Gwet's AC1, 2008, with any number of raters and missing ratings: stays near the agreement where one is rare."""
    counts, groups = _counts(ratings, categories, groups)

    def ac1(sums: Numbers) -> Numbers:
        agreed, used = sums[:, 0] / sums[:, 1], sums[:, 2:-1] / sums[:, -1:]
        chance = (used * (1 - used)).sum(axis=1) / (categories - 1)
        return (agreed - chance) / (1 - chance)

    return bootstrapped(np.hstack([_agreed(counts), _used(counts)]), ac1, groups)


def krippendorff_alpha(
    ratings: Ratings, categories: int, scale: Scale = "nominal", groups: Sequence[Hashable] | None = None
) -> Estimate:
    """Krippendorff's alpha from coincidences; items with one rating say nothing. Krippendorff 2011."""
    counts, groups = _counts(ratings, categories, groups)
    several = counts.sum(axis=1) >= 2
    counts, groups = counts[several], [group for group, kept in zip(groups, several, strict=True) if kept]
    k = categories
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(k)
    rows = (pairs / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(counts), k * k)

    def alpha(sums: Numbers) -> Numbers:
        coincidences = sums.reshape(-1, k, k)
        margins = coincidences.sum(axis=2)
        loss = _ordinal(margins) if scale == "ordinal" else 1 - np.eye(k)
        observed = (coincidences * loss).sum(axis=(1, 2))
        expected = (margins[:, :, None] * margins[:, None, :] * loss).sum(axis=(1, 2)) / (margins.sum(axis=1) - 1)
        return 1 - observed / expected

    return bootstrapped(rows, alpha, groups)


def _ordinal(margins: Numbers) -> Numbers:
    """Squared ordinal distances: (draws, k) of margins to (draws, k, k)."""
    below = np.cumsum(margins, axis=1) - margins / 2
    return (below[:, :, None] - below[:, None, :]) ** 2


def _counts(ratings: Ratings, categories: int, groups: Sequence[Hashable] | None) -> tuple[Numbers, Sequence[Hashable]]:
    """How many raters put each item into each category; items without a rating are left out."""
    counts = (ratings[:, :, None] == np.arange(categories)).sum(axis=1).astype(float)
    rated = counts.sum(axis=1) > 0
    return counts[rated], _of(groups, ratings, rated)


def _of(groups: Sequence[Hashable] | None, ratings: Ratings, kept: NDArray[np.bool_]) -> list[Hashable]:
    """The groups of the items that are kept; without groups each item is its own."""
    named = range(len(ratings)) if groups is None else groups
    return [group for group, keep in zip(named, kept, strict=True) if keep]


def _agreed(counts: Numbers) -> Numbers:
    """(items, 2): share of equal pairs, and 1, for items with two ratings or more; zeros elsewhere."""
    total = counts.sum(axis=1)
    several = (total >= 2).astype(float)
    equal = (counts * (counts - 1)).sum(axis=1) / np.maximum(total * (total - 1), 1)
    return np.stack([equal * several, several], axis=1)


def _used(counts: Numbers) -> Numbers:
    """(items, categories + 1): share of the item's ratings in each category, and 1."""
    return np.hstack([counts / counts.sum(axis=1, keepdims=True), np.ones((len(counts), 1))])
