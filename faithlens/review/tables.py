"""What was found, as tables of text for the terminal, the report and the file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from faithlens.review.agree import Agreed
from faithlens.review.estimate import Estimate


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def tables(found: Agreed) -> list[Table]:
    """Every table that has a row."""
    agreement = [_agreement(found), _again(found), _caught(found)]
    verdicts = [_accuracy(found), _prevalence(found), _recalibration(found), _confusion(found)]
    return [table for table in (*agreement, *verdicts) if table.rows]


def introduction(found: Agreed) -> list[str]:
    """What came back, and what it cannot say, one sentence each."""
    items, done = _counts(found.items), _counts(found.progress)
    lines = [f"Review set {found.set}: {items}. Items with an answer: {done}."]
    if found.left_out:
        lines.append(f"{found.left_out} rows do not count; they are listed with their reasons.")
    return [*lines, *(note[:1].upper() + note[1:] + "." for note in found.notes)]


def as_json(found: Agreed) -> dict[str, Any]:
    """Plain values, with null for what there is not."""
    return _plain(asdict(found))


def shown(estimate: Estimate) -> str:
    """As in "0.71 (0.60 to 0.80)"; a dash where there is no number."""
    if math.isnan(estimate.value):
        return "-"
    if math.isnan(estimate.low):
        return f"{estimate.value:.2f} (no interval)"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _agreement(found: Agreed) -> Table:
    rows, notes = [], []
    for line in found.agreement:
        name = line.question if line.unit == "reply" else f"{line.question}, each"
        values = ", ".join(f"{value} {part:.0%}" for value, part in line.shares.items())
        numbers = (line.percent, line.kappa, line.fleiss, line.alpha, line.ac1)
        rows.append((name, str(line.ratings), str(line.cannot_tell), values, *(shown(one) for one in numbers)))
        if line.percent.reason:
            notes.append(f"{name}: {line.percent.reason}")
    notes.append(
        "agree: equal pairs of raters. kappa: Cohen's, over pairs, linearly weighted where the scale is ordinal. "
        "alpha: Krippendorff's. AC1: Gwet's, which one rare answer does not pull down. 95 % bootstrap intervals by "
        "patient or case."
    )
    coefficients = ("agree", "kappa", "Fleiss", "alpha", "AC1")
    columns = ("question", "ratings", "cannot tell", "values", *coefficients)
    return Table("Raters with each other", columns, tuple(rows), tuple(notes))


def _again(found: Agreed) -> Table:
    rows = []
    for line in found.agreement:
        if line.again.of or line.overlaid.of or line.shown.of:
            name = line.question if line.unit == "reply" else f"{line.question}, each"
            numbers = (line.again, line.again_kappa, line.overlaid, line.shown)
            rows.append((name, *(shown(one) for one in numbers)))
    note = (
        "Share of answers that are the same. repeated: on the same item later. overlaid: with a map drawn over the "
        "image. shown: with the audit's evidence, in round 2."
    )
    columns = ("question", "repeated", "kappa", "overlaid", "shown")
    return Table("Raters with themselves", columns, tuple(rows), (note,))


def _caught(found: Agreed) -> Table:
    rows = tuple((line.rater, f"{line.right} of {line.of}") for line in found.caught)
    return Table("Items whose answer is known", ("rater", "right"), rows)


def _accuracy(found: Agreed) -> Table:
    rows, notes = [], []
    for line in found.accuracy:
        corrected = (line.sensitivity_corrected, line.specificity_corrected)
        numbers = (line.sensitivity, line.specificity, line.auroc, *corrected)
        rows.append((line.axis, str(line.replies), f"{line.failing:.1f}", *(shown(one) for one in numbers)))
        reasons = dict.fromkeys(one.reason for one in (line.sensitivity, line.auroc, line.sensitivity_corrected))
        notes += [f"{line.axis}: {reason}" for reason in reasons if reason]
    for reason in dict.fromkeys(found.silent.values()):
        axes = ", ".join(axis for axis, why in found.silent.items() if why == reason)
        notes.append(f"No answer of the form speaks to {axes}: {reason}.")
    notes.append(
        "Weighted to the whole run, of the replies with a verdict. Corrected: clinicians taken to err as they do on "
        "items whose answer is known, independently of the audit. A wrong sentence is a sign of ungrounded, and not "
        "the axis itself."
    )
    columns = ("axis", "rated", "failing", "sensitivity", "specificity", "AUROC", "sens. corrected", "spec. corrected")
    return Table("Verdicts against clinicians", columns, tuple(rows), tuple(notes))


def _prevalence(found: Agreed) -> Table:
    rows = []
    for line in found.accuracy:
        clinicians = (line.prevalence, line.prevalence_predicted, line.prevalence_corrected)
        numbers = (line.told, line.prevalence_flagged, *clinicians, line.rater_sensitivity, line.rater_specificity)
        rows.append((line.axis, *(shown(one) for one in numbers)))
    shares = ("with a verdict", "flagged", "clinicians", "predicted", "corrected")
    note = (
        f"Shares of the run's {found.replies} replies. clinicians: from ratings and weights. predicted: helped by the "
        "verdicts on all replies (PPI++). corrected: predicted, with rater error undone (Rogan-Gladen)."
    )
    return Table("How often replies fail", ("axis", *shares, "rater sens.", "rater spec."), tuple(rows), (note,))


def _recalibration(found: Agreed) -> Table:
    rows, notes = [], []
    for line in found.recalibration:
        threshold = "-" if math.isnan(line.threshold) else f"{line.threshold:.3f}"
        numbers = (line.before, line.after, line.gain)
        rows.append((line.axis, f"{line.training} / {line.test}", threshold, *(shown(one) for one in numbers)))
        if line.reason:
            notes.append(f"{line.axis}: {line.reason}")
    notes.append(
        "Sensitivity + specificity - 1 on the test half; the threshold is from the other half, and only proposed."
    )
    columns = ("axis", "training / test", "threshold", "as it is", "with the threshold", "gain")
    return Table("Thresholds set anew on one half of the replies", columns, tuple(rows), tuple(notes))


def _confusion(found: Agreed) -> Table:
    rows = []
    for line in found.confusion:
        counts = (line.both, line.audit_alone, line.clinicians_alone, line.neither, line.split, line.cannot_tell)
        rows.append((line.axis, line.cluster, *(str(count) for count in counts)))
    columns = ("axis", "cluster", "both", "audit alone", "clinicians alone", "neither", "raters split", "no verdict")
    return Table("Verdict against the majority of raters, replies", columns, tuple(rows))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
