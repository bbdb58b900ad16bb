"""A verdict's threshold set anew on half of the rated replies, and what that does on the other half."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faithlens.records import Axis
from faithlens.review.accuracy import Rated
from faithlens.review.estimate import Estimate, Numbers, bootstrapped, none

FEWEST = 5
"""Failing replies, and as many sound ones, that each half must have."""


@dataclass(frozen=True)
class Recalibrated:
    """Youden's J, sensitivity + specificity - 1, on the test half, by the audit's flags and by the new threshold."""

    axis: Axis
    training: int
    test: int
    threshold: float
    """A verdict of at least this probability is flagged; NaN with a reason."""
    before: Estimate
    after: Estimate
    gain: Estimate
    """After less before, paired by reply."""
    reason: str = ""


def recalibrated(axis: Axis, rated: Sequence[Rated], seed: int = 0) -> Recalibrated:
    """The threshold of largest weighted J on the training half, tried on the test half.

    Halves are drawn by group, with failing replies spread evenly over both. Replies that raters are split over count
    by their share. The new threshold is not used anywhere: it is for whoever decides to.
    """
    told = [one for one in rated if not math.isnan(one.probability) and one.flagged is not None]
    if not told:
        why = "no reply that was rated has a verdict"
        return Recalibrated(axis, 0, 0, math.nan, none(why), none(why), none(why), why)
    training, test = _halves(told, seed)
    for half in (training, test):
        fails = sum(one.failing > 0.5 for one in half)
        if min(fails, len(half) - fails) < FEWEST:
            why = f"a half has {fails} failing of {len(half)} replies; it takes {FEWEST} that fail and {FEWEST} others"
            return Recalibrated(axis, len(training), len(test), math.nan, none(why), none(why), none(why), why)
    threshold = _best(training)
    rows = np.array([_row(one, threshold) for one in test])
    groups = [one.group for one in test]
    return Recalibrated(
        axis,
        len(training),
        len(test),
        threshold,
        bootstrapped(rows, lambda sums: _youden(sums, 2), groups, seed),
        bootstrapped(rows, lambda sums: _youden(sums, 4), groups, seed),
        bootstrapped(rows, lambda sums: _youden(sums, 4) - _youden(sums, 2), groups, seed),
    )


def _halves(rated: Sequence[Rated], seed: int) -> tuple[list[Rated], list[Rated]]:
    """Groups in random order, those with more failing replies first, dealt out in turn."""
    random = np.random.default_rng(seed)
    fails: dict[object, float] = {}
    for one in rated:
        fails[one.group] = fails.get(one.group, 0.0) + (one.failing > 0.5)
    order = [list(fails)[i] for i in random.permutation(len(fails))]
    order.sort(key=lambda group: -fails[group])
    training = set(order[::2])
    return [one for one in rated if one.group in training], [one for one in rated if one.group not in training]


def _best(rated: Sequence[Rated]) -> float:
    """Threshold with the largest weighted J: halfway to the next lower probability; the highest of equals."""
    levels = sorted({one.probability for one in rated}, reverse=True)
    between = [(upper + lower) / 2 for upper, lower in zip(levels, [*levels[1:], 0.0], strict=True)]
    sums = np.stack([np.array([_row(one, threshold) for one in rated]).sum(axis=0) for threshold in between])
    return between[int(np.argmax(_youden(sums, 4)))]


def _row(one: Rated, threshold: float) -> tuple[float, ...]:
    """Weight that fails and is sound; of them what is flagged: by the audit, and by the threshold."""
    up, down = one.weight * one.failing, one.weight * (1 - one.failing)
    return (
        up,
        down,
        up * bool(one.flagged),
        down * bool(one.flagged),
        *(part * (one.probability >= threshold) for part in (up, down)),
    )


def _youden(sums: Numbers, column: int) -> Numbers:
    return sums[:, column] / sums[:, 0] - sums[:, column + 1] / sums[:, 1]
