"""A number with its interval, and the two ways in which this folder makes one."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

Numbers: TypeAlias = NDArray[np.float64]
DRAWS = 2000


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float
    """NaN where there is none, with a reason."""
    low: float = math.nan
    high: float = math.nan
    of: int = 0
    """Cases that it rests on."""
    reason: str = ""
    """Why there is no number, or no interval; empty where there are both."""


def none(reason: str) -> Estimate:
    return Estimate(math.nan, reason=reason)


def codes(groups: Sequence[Hashable]) -> NDArray[np.int64]:
    """Whole numbers from 0 for the groups, in order of appearance."""
    index = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    return np.array([index[group] for group in groups], dtype=np.int64)


def summed(rows: Numbers, groups: NDArray[np.int64]) -> Numbers:
    """Sums of the rows of each group: (items, columns) to (groups, columns)."""
    made = np.zeros((int(groups.max()) + 1, rows.shape[1]))
    np.add.at(made, groups, rows)
    return made


def bootstrapped(
    rows: Numbers, statistic: Callable[[Numbers], Numbers], groups: Sequence[Hashable], seed: int = 0
) -> Estimate:
    """A statistic of column sums, with the percentile interval when whole groups are drawn with replacement.

    `rows` is (items, columns); `statistic` maps (draws, columns) of sums to (draws,). NaN where the sums leave the
    statistic undefined. Draws that leave it undefined are passed over; where all draws are alike there is no interval.
    """
    if not len(rows):
        return none("nothing was rated twice")
    by_group = summed(rows, codes(groups))
    count = len(by_group)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(statistic(by_group.sum(axis=0, keepdims=True))[0])
        if math.isnan(value):
            return Estimate(math.nan, of=count, reason="all ratings are alike, so chance alone would agree always")
        drawn = statistic(np.random.default_rng(seed).multinomial(count, [1 / count] * count, DRAWS) @ by_group)
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn) or np.ptp(drawn) < 1e-12:
        return Estimate(value, of=count, reason="every draw of cases gives the same number, which bounds nothing")
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, float(low), float(high), count)


@dataclass(frozen=True)
class Share:
    """A weighted share of cases, and how many independent cases of equal weight would be as certain."""

    value: float
    """In [0, 1]; NaN over no cases."""
    effective: float
    cases: int

    @property
    def estimate(self) -> Estimate:
        """With Jeffreys' interval at the effective number of cases."""
        if not self.cases:
            return none("no such case was rated")
        low, high = beta.ppf([0.025, 0.975], *self._shape)
        # Jeffreys' interval of none or all is one-sided: Brown, Cai and DasGupta 2001, §4.1.2
        low, high = 0.0 if self.value == 0 else float(low), 1.0 if self.value == 1 else float(high)
        return Estimate(self.value, min(low, self.value), max(high, self.value), self.cases)

    def drawn(self, random: np.random.Generator, draws: int = DRAWS) -> Numbers:
        """Draws from the posterior under Jeffreys' prior; over no cases from the prior alone."""
        return random.beta(*self._shape, draws)

    @property
    def _shape(self) -> tuple[float, float]:
        hits = self.effective * self.value if self.cases else 0.0
        return hits + 0.5, max(0.0, self.effective - hits) + 0.5


def share(values: Numbers, weights: Numbers, groups: Sequence[Hashable], ratings: float | None = None) -> Share:
    """Weighted mean of values in [0, 1] over cases, clustered by group.

    The effective number is p (1 - p) over the linearised variance of the ratio, Korn and Graubard 1998, at most the
    number of `ratings` behind it (default: of cases); Kish's (sum w)² / sum w² where the values do not vary.
    """
    if not len(values) or weights.sum() <= 0:
        return Share(math.nan, 0.0, 0)
    total = float(weights.sum())
    value = float((weights * values).sum() / total)
    by_group = summed(np.stack([weights * (values - value), weights], axis=1) / total, codes(groups))
    count = len(by_group)
    kish = 1 / float((by_group[:, 1] ** 2).sum())
    variance = float((by_group[:, 0] ** 2).sum()) * count / (count - 1) if count > 1 else math.inf
    spread = value * (1 - value)
    most = float(ratings if ratings is not None else len(values))
    effective = kish if variance <= 1e-15 or spread <= 1e-15 else spread / variance
    return Share(value, min(effective, most), len(values))


def interval(value: float, drawn: Numbers, of: int) -> Estimate:
    """A value with the middle 95 % of draws; undefined draws are passed over."""
    kept = drawn[np.isfinite(drawn)]
    if math.isnan(value) or not len(kept):
        return none("the ratings leave it undefined")
    low, high = np.quantile(kept, [0.025, 0.975])
    return Estimate(value, min(float(low), value), max(float(high), value), of)
