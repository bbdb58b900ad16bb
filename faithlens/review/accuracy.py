"""Verdicts against clinicians: sensitivity, specificity, AUROC, and how often replies fail in the whole run.

A review set is no random sample, and raters err. Weights undo the first; what raters said of items whose truth is
known undoes the second, as far as raters and the audit do not err on the same replies.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faithlens.records import Axis
from faithlens.review.estimate import DRAWS, Estimate, Numbers, Share, codes, interval, none, share, summed
from faithlens.stats import auroc

FEWEST_ON_A_SIDE = 5
"""Ratings that say "fails", and as many that do not, below which the verdicts of an axis are not judged."""


@dataclass(frozen=True)
class Rated:
    """One reply of the run, what its raters said of one axis, and the verdict."""

    failing: float
    """Share of its ratings that say that it fails; 0 or 1 where it was adjudicated."""
    ratings: int
    weight: float
    """Replies of the run that it stands for."""
    group: Hashable
    """Patient, or the case itself."""
    probability: float
    """NaN: the audit could not tell."""
    flagged: bool | None
    cluster: int | None = None


@dataclass(frozen=True)
class Told:
    """The verdict on one reply of the run, rated or not."""

    probability: float
    flagged: bool | None
    group: Hashable


@dataclass(frozen=True)
class Raters:
    """How far single ratings can be trusted, from items whose truth is known."""

    sensitivity: Share
    specificity: Share

    @property
    def usable(self) -> bool:
        """Both sides were measured, and ratings say something about the truth."""
        known = self.sensitivity.cases > 0 and self.specificity.cases > 0
        return known and self.sensitivity.value + self.specificity.value > 1.1

    def true_share(self, said: Any, sensitivity: Any, specificity: Any) -> Any:
        """Rogan and Gladen 1978: the true share behind the share that ratings say, cut to [0, 1]."""
        informed = sensitivity + specificity - 1
        return np.clip((said + specificity - 1) / np.where(informed > 0.05, informed, np.nan), 0, 1)


@dataclass(frozen=True)
class Accuracy:
    """What the ratings say of one axis."""

    axis: Axis
    replies: int
    """Rated, and drawn from the run."""
    failing: float
    """Sum over them of the share of ratings that say "fails"."""
    told: Estimate
    """Share of the run's replies with a verdict."""
    sensitivity: Estimate
    """Share of the run's failing replies with a verdict that are flagged; clinicians taken as right."""
    specificity: Estimate
    auroc: Estimate
    sensitivity_corrected: Estimate
    """Clinicians taken to err as they do on items whose truth is known."""
    specificity_corrected: Estimate
    prevalence_flagged: Estimate
    """Share of the run's replies that the audit flags, of those with a verdict."""
    prevalence: Estimate
    """Share of the run's replies that clinicians would call failing; from the ratings and their weights alone."""
    prevalence_predicted: Estimate
    """The same, helped by the verdicts on all replies: PPI++, Angelopoulos, Duchi and Zrnic 2023."""
    prevalence_corrected: Estimate
    """The last one, corrected for rater error: the share that truly fails."""
    rater_sensitivity: Estimate
    rater_specificity: Estimate


def accuracy(
    axis: Axis,
    rated: Sequence[Rated],
    run: Sequence[Told],
    raters: Raters,
    adjudicated: Sequence[Rated] | None = None,
    seed: int = 0,
) -> Accuracy:
    """Judge the verdicts on one axis.

    `rated` are blind ratings; `adjudicated` the same replies with adjudicated answers where there are such, and takes
    their place wherever clinicians are taken as right. Sensitivity and specificity are put together from the share that
    fails among flagged, cleared and unjudged replies and from how often the run has each: Begg and Greenes 1983. The
    intervals speak of replies like the run's, not of this run alone.
    """
    settled = rated if adjudicated is None else adjudicated
    random = np.random.default_rng(seed)
    if not rated:
        nothing = none("no reply was rated")
        empty = dict.fromkeys(_ESTIMATES, nothing)
        return Accuracy(axis, 0, 0.0, told=_told(run), prevalence_flagged=_flagged(run), **empty)
    predicted = predicted_prevalence(settled, run)
    blind = predicted if settled is rated else predicted_prevalence(rated, run)
    plain = _operating(settled, run, None, random)
    corrected = _operating(rated, run, raters, random)
    prevalence_corrected = none(_uncorrected(raters))
    if raters.usable:
        truth = raters.true_share(blind.value, raters.sensitivity.value, raters.specificity.value)
        drawn = raters.true_share(
            blind.drawn(random), raters.sensitivity.drawn(random), raters.specificity.drawn(random)
        )
        prevalence_corrected = interval(float(truth), drawn, len(rated))
    return Accuracy(
        axis,
        len(rated),
        float(sum(one.failing for one in settled)),
        _told(run),
        *plain,
        _auroc(settled),
        *corrected,
        _flagged(run),
        _share([one.failing for one in settled], settled).estimate,
        predicted.estimate,
        prevalence_corrected,
        raters.sensitivity.estimate,
        raters.specificity.estimate,
    )


_NO_VERDICT = "no reply that was rated has a verdict"

_ESTIMATES = (
    "sensitivity",
    "specificity",
    "auroc",
    "sensitivity_corrected",
    "specificity_corrected",
    "prevalence",
    "prevalence_predicted",
    "prevalence_corrected",
    "rater_sensitivity",
    "rater_specificity",
)


def _share(values: Sequence[float], rated: Sequence[Rated]) -> Share:
    weights = np.array([one.weight for one in rated], dtype=float)
    ratings = float(sum(one.ratings for one in rated))
    return share(np.array(values, dtype=float), weights, [one.group for one in rated], ratings)


def _told(run: Sequence[Told]) -> Estimate:
    told = np.array([one.flagged is not None for one in run], dtype=float)
    return share(told, np.ones(len(run)), [one.group for one in run]).estimate


def _flagged(run: Sequence[Told]) -> Estimate:
    told = [one for one in run if one.flagged is not None]
    flags = np.array([bool(one.flagged) for one in told], dtype=float)
    return share(flags, np.ones(len(told)), [one.group for one in told]).estimate


def _uncorrected(raters: Raters) -> str:
    if not raters.sensitivity.cases or not raters.specificity.cases:
        return "rater error is unknown: it takes rated catch items that fail on this axis and some that do not"
    return "on catch items the ratings hardly say more than chance"


def _operating(
    rated: Sequence[Rated], run: Sequence[Told], raters: Raters | None, random: np.random.Generator
) -> tuple[Estimate, Estimate]:
    """Sensitivity and specificity of the verdicts; raters are taken as right where `raters` is None."""
    if raters is not None and not raters.usable:
        return none(_uncorrected(raters)), none(_uncorrected(raters))
    parts = {flag: [one for one in rated if one.flagged is flag] for flag in (True, False)}
    told = [*parts[True], *parts[False]]
    if not told:
        return none(_NO_VERDICT), none(_NO_VERDICT)
    said = sum(one.failing * one.ratings for one in told)
    if min(said, sum(one.ratings for one in told) - said) < FEWEST_ON_A_SIDE:
        few = f"fewer than {FEWEST_ON_A_SIDE} ratings on one side: {said:.0f} say that a reply with a verdict fails"
        return none(few), none(few)
    counts = np.array([sum(one.flagged is flag for one in run) for flag in (True, False)], dtype=float)
    for flag, count in zip((True, False), counts, strict=True):
        if count and not parts[flag]:
            which = "flagged" if flag else "cleared"
            return none(f"no {which} reply was rated"), none(f"no {which} reply was rated")
    shares = [_share([one.failing for one in parts[flag]], parts[flag]) for flag in (True, False)]
    fails = np.array([0.0 if math.isnan(found.value) else found.value for found in shares])
    drawn = np.stack([found.drawn(random) for found in shares])
    if raters is not None:
        rates = raters.sensitivity.drawn(random), raters.specificity.drawn(random)
        fails = raters.true_share(fails, raters.sensitivity.value, raters.specificity.value)
        drawn = raters.true_share(drawn, *rates)
    judged = [one for one in run if one.flagged is not None]
    independent = len({one.group for one in judged}) / len(judged)
    # an end of the scale that the run never reached stays out of the draws as well
    often = random.dirichlet(np.where(counts > 0, counts * independent + 0.5, 1e-9), DRAWS).T
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [
            interval(float(_within(side, counts / counts.sum(), fails)), _within(side, often, drawn), len(told))
            for side in (0, 1)
        ]
    return found[0], found[1]


def _within(side: int, often: Numbers, fails: Numbers) -> Numbers:
    """Side 0: share of what fails that is flagged. Side 1: share of what is sound that is cleared."""
    mass = often * (fails if side == 0 else 1 - fails)
    return mass[side] / mass.sum(axis=0)


def _auroc(rated: Sequence[Rated]) -> Estimate:
    told = [one for one in rated if not math.isnan(one.probability)]
    if not told:
        return none(_NO_VERDICT)
    scores, groups = [one.probability for one in told], [one.group for one in told]
    up = [one.weight * one.failing for one in told]
    down = [one.weight * (1 - one.failing) for one in told]
    high = [i for i, weight in enumerate(up) if weight > 0]
    low = [i for i, weight in enumerate(down) if weight > 0]
    if min(len(high), len(low)) < FEWEST_ON_A_SIDE:
        return none(f"fewer than {FEWEST_ON_A_SIDE} replies on one side")
    found = auroc(
        [scores[i] for i in high],
        [scores[i] for i in low],
        [groups[i] for i in high],
        [groups[i] for i in low],
        [up[i] for i in high],
        [down[i] for i in low],
    )
    return Estimate(found.value, found.low, found.high, len(told))


def predicted_prevalence(rated: Sequence[Rated], run: Sequence[Told]) -> Share:
    """Share of replies that ratings call failing, from the weighted ratings and the probabilities of all replies.

    mean_run(l f) + mean_rated(y - l f) with l in [0, 1] of least variance. A reply without a verdict counts with the
    mean probability of the others, which leaves the estimate unbiased whatever the verdicts are worth.
    """
    plain = _share([one.failing for one in rated], rated)
    known = [one.probability for one in run if not math.isnan(one.probability)]
    if not known:
        return plain
    middle = float(np.mean(known))
    f_run = np.array([middle if math.isnan(one.probability) else one.probability for one in run])
    f = np.array([middle if math.isnan(one.probability) else one.probability for one in rated])
    y = np.array([one.failing for one in rated])
    w = np.array([one.weight for one in rated])
    ours, theirs = codes([one.group for one in rated]), codes([one.group for one in run])
    n, m = ours.max() + 1, theirs.max() + 1
    if n < 2 or m < 2:
        return plain

    def scatter(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
        return float(((a - a.sum() / n) * (b - b.sum() / n)).sum()) * n / (n - 1)

    def residuals(values: Numbers) -> Numbers:
        total = w.sum()
        return summed((w * (values - (w * values).sum() / total) / total)[:, None], ours)[:, 0]

    y_by, f_by = residuals(y), residuals(f)
    run_by = summed(((f_run - f_run.mean()) / len(f_run))[:, None], theirs)[:, 0]
    spread = float((run_by**2).sum()) * m / (m - 1)
    scale = scatter(f_by, f_by) + spread
    weight = float(np.clip(scatter(y_by, f_by) / scale, 0, 1)) if scale > 0 else 0.0
    error = y_by - weight * f_by
    variance = scatter(error, error) + weight**2 * spread
    value = float(weight * f_run.mean() + (w * (y - weight * f)).sum() / w.sum())
    value = min(1.0, max(0.0, value))
    width = value * (1 - value)
    effective = plain.effective if variance <= 1e-15 or width <= 1e-15 else width / variance
    return Share(value, min(effective, float(len(run))), len(rated))
