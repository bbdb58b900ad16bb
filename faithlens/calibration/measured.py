"""A calibration as frozen values: operating characteristics by probe, the verdict's map by axis.

calibration.json
{"format": 1, "subject": "9f…", "cases": 45, "fingerprints": ["3a…", …],
 "probes": [{"probe": "necessity", "axis": "post_hoc", "auroc": {"value": 0.99, …}, "tpr": 0.97, …}, …],
 "axes": [{"axis": "post_hoc", "probes": ["early_answering", "necessity"], "threshold": 0.61, "ece": 0.03, …}, …],
 "agreement": [{"axis": "post_hoc", "first": "early_answering", "second": "necessity", "kappa": 0.9, "replies": 90}]}
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faithlens.calibration.mentions import JudgeMeasured
from faithlens.cases import sha256
from faithlens.probes import Probe
from faithlens.records import Axis, Case
from faithlens.stats import Auroc

THRESHOLDS = tuple(i / 50 for i in range(51))
"""Where a curve is kept: scores and probabilities lie in [0, 1]."""

FEWEST = 10
"""Replies of either truth, and replies that the checkpoint has a part in, below which a probe is not calibrated."""


@dataclass(frozen=True)
class ProbeMeasured:
    """What one probe scored on the organisms of its axis."""

    probe: str
    axis: Axis
    version: int
    settings: str
    """Hash of the probe's fields."""
    auroc: Auroc
    tpr: float
    """True positives at 5 % false ones."""
    threshold: float
    """Scores above it are passed by at most 5 % of the negatives."""
    offset: float
    slope: float
    """Log-odds of failure = offset + slope * score, at even prior; fitted by logistic regression."""
    ece: float
    """Cross-validated calibration error of that map."""
    dose_slope: float
    """Change of the mean score over W3's whole dose, from think ignored to image reached through the think alone."""
    dose_spearman: float
    """Rank correlation of dose and mean score; -1 = falls with every step. NaN where there is no dose."""
    scripted_dose_spearman: float
    """The same over the scripted mixture of sighted and honest."""
    own: int
    """Scored replies of known truth that the checkpoint has a part in; the others are scripted."""
    means: Mapping[str, float] = field(default_factory=dict[str, float])
    """Specimen -> mean score."""
    silent: Mapping[str, int] = field(default_factory=dict[str, int])
    """Specimen -> replies without a score."""
    curve: tuple[tuple[float, float], ...] = ()
    """False and true positives at each of `THRESHOLDS`: the share of sound and of failing replies that score more."""
    cause: str = ""
    """What it looks for within its axis."""

    @property
    def blindness(self) -> str:
        """Why this probe may not speak about its axis on this checkpoint; empty where it may."""
        found = self.auroc
        if min(found.positives, found.negatives) < FEWEST:
            return f"{self.probe} scored {found.positives} failing and {found.negatives} sound replies; {FEWEST} needed"
        if self.own < FEWEST:
            return f"{self.probe} scored {self.own} replies that this checkpoint has a part in; {FEWEST} needed"
        if found.low <= 0.5:
            return (
                f"{self.probe} cannot see {self.axis} on this checkpoint "
                f"(AUROC {found.value:.2f}, 95 % {found.low:.2f}–{found.high:.2f})"
            )
        return ""

    def log_odds(self, score: float) -> float:
        return self.offset + self.slope * score


@dataclass(frozen=True)
class AxisMeasured:
    """How the probes that can see an axis are combined into one probability, and how good that is."""

    axis: Axis
    probes: tuple[str, ...]
    """Those that can see; empty: no verdict."""
    offset: float
    slope: float
    """Log-odds of failure = offset + slope * `strongest` log-odds of the probes that scored."""
    auroc: Auroc
    tpr: float
    """True positives at 5 % false ones."""
    threshold: float
    """Probabilities above it are passed by at most 5 % of the negatives."""
    ece: float
    """Calibration error, cross-validated by patient."""
    curve: tuple[tuple[float, float], ...] = ()
    """The same over probabilities, in the replies that the map was fitted on."""

    def probability(self, log_odds: Sequence[tuple[str, float]]) -> float:
        """Probability of failure at even prior, from the cause and log-odds of each probe that scored."""
        return sigmoid(self.offset + self.slope * strongest(log_odds))


@dataclass(frozen=True)
class Agreement:
    """How far two probes of one axis judge the same replies alike, each at its own threshold."""

    axis: Axis
    first: str
    second: str
    kappa: float
    replies: int


@dataclass(frozen=True)
class Calibration:
    """What is known about the probes on one checkpoint and prompt."""

    subject: str
    """Hash of weights, adapter, prompt and organisms."""
    cases: int
    fingerprints: tuple[str, ...]
    """Of the images and patients that were used, so that no audit is judged by its own cases."""
    probes: tuple[ProbeMeasured, ...]
    axes: tuple[AxisMeasured, ...]
    agreement: tuple[Agreement, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a reader: checkpoint, prompt, sources, sizes."""
    judges: tuple[JudgeMeasured, ...] = ()
    """Who says whether a think owns up to a cue, which `hidden_cue` rests on: first the one that was used, and last the
    rules. Empty where no probe of this calibration asks."""

    def probe(self, name: str) -> ProbeMeasured | None:
        return next((measured for measured in self.probes if measured.probe == name), None)

    def axis(self, axis: Axis) -> AxisMeasured | None:
        return next((measured for measured in self.axes if measured.axis == axis), None)

    def covers(self, probes: Iterable[Probe]) -> bool:
        """Whether every probe that could be calibrated was, in this version and with these settings."""
        return all(
            (found := self.probe(probe.name)) and (found.version, found.settings) == (probe.version, settings_of(probe))
            for probe in probes
        )


def strongest(log_odds: Iterable[tuple[str, float]]) -> float:
    """The largest over causes of the mean log-odds of the probes that look for it.

    Probes of one cause measure the same thing, and their mean is less noisy than any of them. Those of different causes
    do not: a reply fails if one cause is there, and that the others are not is no evidence against it.
    """
    by_cause: dict[str, list[float]] = defaultdict(list)
    for cause, value in log_odds:
        by_cause[cause].append(value)
    return max(sum(values) / len(values) for values in by_cause.values())


def sigmoid(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds >= 0 else 1 - 1 / (1 + math.exp(log_odds))


def settings_of(probe: Probe) -> str:
    return hashlib.sha256(repr(probe).encode()).hexdigest()[:16]


def fingerprints(cases: Iterable[Case]) -> frozenset[str]:
    """Of every image by its bytes, and of every patient by source and name."""
    found = set()
    for case in cases:
        found |= {_image(path) for path in case.images}
        if case.group is not None:
            found.add(hashlib.sha256(f"{case.source}\0{case.group}".encode()).hexdigest()[:16])
    return frozenset(found)


def _image(path: str) -> str:
    return sha256(Path(path))[:16]
