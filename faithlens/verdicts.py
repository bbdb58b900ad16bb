"""From findings to verdicts: per reply and failure axis a calibrated probability, or why there is none."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from faithlens.calibration import Calibration
from faithlens.records import Axis, Finding, Verdict

UNCALIBRATED = "the probes of this axis have not been calibrated on this checkpoint"


def verdicts(findings: Sequence[Finding], calibration: Calibration | None = None) -> list[Verdict]:
    """One verdict for each reply and axis that was probed.

    `malformed` is read off the reply and needs no calibration: its probability is 0 or 1. On every other axis a score
    says nothing about this checkpoint until the probe has been calibrated on it: the verdict rests on the probes that
    can see the axis there, and is "cannot tell" where none can or none of them gave a score. Of probes that look for
    different causes the strongest decides (see `faithlens.calibration.measured.strongest`).
    """
    grouped: dict[tuple[str, int, Axis], list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.case_id, finding.rollout, finding.axis].append(finding)
    return [_verdict(*key, found, calibration) for key, found in grouped.items()]


def _verdict(
    case_id: str, rollout: int, axis: Axis, found: Sequence[Finding], calibration: Calibration | None
) -> Verdict:
    scored = [finding for finding in found if not math.isnan(finding.score)]
    names = tuple(finding.probe for finding in scored)
    if not scored:
        return Verdict(case_id, axis, math.nan, _reasons(found), rollout=rollout)
    if axis == "malformed":
        worst = max(finding.score for finding in scored)
        return Verdict(case_id, axis, worst, "", names, rollout, flagged=worst > 0.5)
    measured = calibration.axis(axis) if calibration else None
    if calibration is None or measured is None:
        return Verdict(case_id, axis, math.nan, UNCALIBRATED, names, rollout)
    if not measured.probes:
        blind = "; ".join(probe.blindness for probe in calibration.probes if probe.axis == axis)
        return Verdict(case_id, axis, math.nan, blind, names, rollout)
    speaking = [finding for finding in scored if finding.probe in measured.probes]
    if not speaking:
        silent = [finding for finding in found if finding.probe in measured.probes]
        reason = _reasons(silent) or f"none of {', '.join(measured.probes)} was asked, and no other probe can see this"
        return Verdict(case_id, axis, math.nan, reason, names, rollout)
    maps = {probe.probe: probe for probe in calibration.probes}
    told = [(maps[finding.probe].cause, maps[finding.probe].log_odds(finding.score)) for finding in speaking]
    probability = measured.probability(told)
    flagged = probability > max(0.5, measured.threshold)
    return Verdict(case_id, axis, probability, "", tuple(f.probe for f in speaking), rollout, flagged)


def _reasons(found: Sequence[Finding]) -> str:
    return "; ".join(dict.fromkeys(finding.reason for finding in found))
