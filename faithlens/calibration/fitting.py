"""From trials to a calibration: operating characteristics, the score's map to a probability, doses, agreement.

The map is logistic, not isotonic: a calibration of some dozen cases leaves an isotonic fit as steps of a few replies,
and scores at the ends of [0, 1], where organisms sit, would be called certain. Both truths weigh alike, whatever their
numbers, so a probability is one at even prior.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import TypeAlias

import numpy as np
from scipy.stats import rankdata

from faithlens.calibration.battery import Trial
from faithlens.calibration.measured import (
    THRESHOLDS,
    Agreement,
    AxisMeasured,
    Calibration,
    ProbeMeasured,
    settings_of,
    sigmoid,
    strongest,
)
from faithlens.probes import Probe
from faithlens.records import AXES, Axis
from faithlens.stats import Auroc, auroc, calibration_error, kappa, tpr_at_fpr

FOLDS = 5

Reply: TypeAlias = tuple[str, str]
"""Case and specimen."""


@dataclass(frozen=True)
class _Line:
    """log-odds = offset + slope * value"""

    offset: float
    slope: float

    def __call__(self, value: float) -> float:
        return self.offset + self.slope * value


def fit(
    trials: Sequence[Trial],
    probes: Sequence[Probe],
    subject: str,
    cases: int,
    fingerprints: Iterable[str],
    about: Mapping[str, str],
) -> Calibration:
    """What the trials say about each probe and axis. `malformed` is read off a reply and not calibrated."""
    by_probe: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_probe[trial.probe].append(trial)
    measured = tuple(_probe(probe, by_probe[probe.name]) for probe in probes if probe.axis != "malformed")
    axes: list[Axis] = [axis for axis in AXES if any(m.axis == axis for m in measured)]
    return Calibration(
        subject,
        cases,
        tuple(sorted(fingerprints)),
        measured,
        tuple(_axis(axis, [m for m in measured if m.axis == axis], by_probe) for axis in axes),
        tuple(line for axis in axes for line in _agreement(axis, measured, by_probe)),
        dict(about),
    )


# ------------------------------------------------------------------------------------ one probe


def _probe(probe: Probe, every: Sequence[Trial]) -> ProbeMeasured:
    trials = [trial for trial in every if trial.reached]
    labelled = _labelled(trials)
    scores, truths = [trial.score for trial in labelled], [bool(trial.failing) for trial in labelled]
    groups = [trial.group for trial in labelled]
    line = _logistic(scores, truths)
    tpr, threshold = tpr_at_fpr(*_split(scores, truths))
    stated = _held_out(scores, truths, groups)
    slope, spearman = _dose(trials, "mixture")
    names = list(dict.fromkeys(trial.specimen for trial in trials))
    of = {name: [trial.score for trial in trials if trial.specimen == name] for name in names}
    scored = {name: [score for score in found if not math.isnan(score)] for name, found in of.items()}
    return ProbeMeasured(
        probe.name,
        probe.axis,
        probe.version,
        settings_of(probe),
        _auroc(scores, truths, groups),
        tpr,
        threshold,
        line.offset,
        line.slope,
        calibration_error([p for p in stated if p is not None], _known(truths, stated)),
        slope,
        spearman,
        _dose(trials, "half_honest")[1],
        sum(trial.own for trial in labelled),
        {name: fmean(found) for name, found in scored.items() if found},
        {name: len(of[name]) - len(scored[name]) for name in names if len(of[name]) > len(scored[name])},
        _curve(scores, truths),
        probe.cause,
    )


def _labelled(trials: Iterable[Trial]) -> list[Trial]:
    """Scored replies of known truth that the probe has something to say about."""
    return [trial for trial in trials if trial.reached and trial.failing is not None and not math.isnan(trial.score)]


def _split(values: Sequence[float], truths: Sequence[bool]) -> tuple[list[float], list[float]]:
    """Those of failing and those of sound replies."""
    pairs = list(zip(values, truths, strict=True))
    return [value for value, truth in pairs if truth], [value for value, truth in pairs if not truth]


def _curve(values: Sequence[float], truths: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """False and true positives above each threshold; nothing where one of the truths is missing."""
    failing, sound = _split(values, truths)
    if not failing or not sound:
        return ()
    return tuple(
        (sum(value > t for value in sound) / len(sound), sum(value > t for value in failing) / len(failing))
        for t in THRESHOLDS
    )


def _auroc(values: Sequence[float], truths: Sequence[bool], groups: Sequence[str]) -> Auroc:
    at = [(group, truth) for group, truth in zip(groups, truths, strict=True)]
    ours, theirs = [group for group, truth in at if truth], [group for group, truth in at if not truth]
    return auroc(*_split(values, truths), ours, theirs)


def _logistic(values: Sequence[float], truths: Sequence[bool]) -> _Line:
    """Logistic regression on one value, both truths weighing alike; says nothing where one of them is missing."""
    if len(set(truths)) < 2:
        return _Line(0.0, 0.0)
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(class_weight="balanced").fit(np.asarray(values)[:, None], np.asarray(truths))
    return _Line(float(model.intercept_[0]), float(model.coef_[0, 0]))


def _folds(groups: Sequence[str]) -> dict[str, int]:
    """Fold of each patient, going round in the order of their names."""
    return {group: i % FOLDS for i, group in enumerate(sorted(set(groups)))}


def _held_out(values: Sequence[float], truths: Sequence[bool], groups: Sequence[str]) -> list[float | None]:
    """Probabilities from maps that were fitted without the patient; None where too few patients are left to fit."""
    fold, stated = _folds(groups), list[float | None]([None] * len(values))
    for held in range(FOLDS):
        train = [i for i, group in enumerate(groups) if fold[group] != held]
        if len({truths[i] for i in train}) < 2:
            continue
        line = _logistic([values[i] for i in train], [truths[i] for i in train])
        for i, group in enumerate(groups):
            if fold[group] == held:
                stated[i] = sigmoid(line(values[i]))
    return stated


def _known(truths: Sequence[bool], stated: Sequence[float | None]) -> list[bool]:
    return [truth for truth, p in zip(truths, stated, strict=True) if p is not None]


def _dose(trials: Sequence[Trial], mixture: str) -> tuple[float, float]:
    """Slope of the mean score over the dose, and Spearman's rank correlation; NaN without a dose."""
    by_dose: dict[float, list[float]] = defaultdict(list)
    for trial in trials:
        if trial.dose is not None and trial.specimen.startswith(f"{mixture}@") and not math.isnan(trial.score):
            by_dose[trial.dose].append(trial.score)
    doses = sorted(by_dose)
    if len(doses) < 3:
        return math.nan, math.nan
    means = [fmean(by_dose[dose]) for dose in doses]
    slope = float(np.polyfit(doses, means, 1)[0])
    # ranks of means that differ by rounding alone would be an accident
    rounded = [round(mean, 9) for mean in means]
    return slope, math.nan if len(set(rounded)) < 2 else float(np.corrcoef(rankdata(doses), rankdata(rounded))[0, 1])


# ------------------------------------------------------------------------------------- one axis


def _axis(axis: Axis, measured: Sequence[ProbeMeasured], by_probe: Mapping[str, Sequence[Trial]]) -> AxisMeasured:
    """The strongest cause by the probes that can see the axis (see `strongest`), recalibrated.

    Its replies are those that fail or are sound on the axis, whether or not every probe looks for what they fail by.
    The threshold is set on the map that verdicts use, since maps of other folds would break its ties; only the
    calibration error, which fitting flatters, is held out by patient.
    """
    seeing = {m.probe: m.cause for m in measured if not m.blindness}
    replies, truths, scores = _table(seeing, by_probe)
    groups = [group for _, group in replies]
    maps, whole = _combined(seeing, scores, truths, by_probe, {*groups})
    values = [sigmoid(whole(_heard(seeing, maps, found))) for found in scores]
    tpr, threshold = tpr_at_fpr(*_split(values, truths))
    fold, stated = _folds(groups), list[float | None]([None] * len(replies))
    for held in range(FOLDS):
        train = [i for i, group in enumerate(groups) if fold[group] != held]
        if len({truths[i] for i in train}) == 2:
            part = {patient for patient in groups if fold[patient] != held}
            maps, combined = _combined(seeing, [scores[i] for i in train], [truths[i] for i in train], by_probe, part)
            for i, group in enumerate(groups):
                if fold[group] == held:
                    stated[i] = sigmoid(combined(_heard(seeing, maps, scores[i])))
    return AxisMeasured(
        axis,
        tuple(seeing),
        whole.offset,
        whole.slope,
        _auroc(values, truths, groups),
        tpr,
        threshold,
        calibration_error([p for p in stated if p is not None], _known(truths, stated)),
        _curve(values, truths),
    )


def _table(
    seeing: Iterable[str], by_probe: Mapping[str, Sequence[Trial]]
) -> tuple[list[tuple[Reply, str]], list[bool], list[dict[str, float]]]:
    """Replies with their patient, what is planted in each, and its scores by probe."""
    rows: dict[tuple[Reply, str], tuple[bool, dict[str, float]]] = {}
    for name in seeing:
        for trial in by_probe[name]:
            if trial.failing is not None and not math.isnan(trial.score):
                at = ((trial.case_id, trial.specimen), trial.group)
                rows.setdefault(at, (trial.failing, {}))[1][name] = trial.score
    return list(rows), [truth for truth, _ in rows.values()], [scores for _, scores in rows.values()]


def _combined(
    causes: Mapping[str, str],
    scores: Sequence[Mapping[str, float]],
    truths: Sequence[bool],
    by_probe: Mapping[str, Sequence[Trial]],
    patients: Collection[str],
) -> tuple[dict[str, _Line], _Line]:
    """Each probe's map, from those patients' replies that it has something to say about; and the map of them all."""
    maps: dict[str, _Line] = {}
    for name in causes:
        told = [trial for trial in _labelled(by_probe[name]) if trial.group in patients]
        maps[name] = _logistic([trial.score for trial in told], [bool(trial.failing) for trial in told])
    return maps, _logistic([_heard(causes, maps, found) for found in scores], truths)


def _heard(causes: Mapping[str, str], maps: Mapping[str, _Line], scores: Mapping[str, float]) -> float:
    return strongest((causes[name], maps[name](score)) for name, score in scores.items())


def _agreement(
    axis: Axis, measured: Sequence[ProbeMeasured], by_probe: Mapping[str, Sequence[Trial]]
) -> list[Agreement]:
    judged: dict[str, dict[Reply, bool]] = {
        m.probe: {
            (trial.case_id, trial.specimen): trial.score > m.threshold
            for trial in by_probe[m.probe]
            if trial.reached and not math.isnan(trial.score)
        }
        for m in measured
        if m.axis == axis
    }
    lines = []
    for first, second in combinations(judged, 2):
        both = [reply for reply in judged[first] if reply in judged[second]]
        agreed = kappa([judged[first][r] for r in both], [judged[second][r] for r in both])
        lines.append(Agreement(axis, first, second, agreed, len(both)))
    return lines
