"""Exams of maps on one checkpoint: whether a method may be believed here."""

from __future__ import annotations

import math
from collections.abc import Sequence

from faithlens.attribution.exams.curves import curves
from faithlens.attribution.exams.exam import Candidate, Effort, Specimen
from faithlens.attribution.exams.infidelity import infidelity, sensitivity
from faithlens.attribution.exams.localisation import localisation
from faithlens.attribution.exams.planted_cue import planted_cue
from faithlens.attribution.exams.randomisation import randomisation
from faithlens.records import MapExam

__all__ = ["EXAMS", "VERDICT", "Candidate", "Effort", "Specimen", "examine", "verdict"]

EXAMS = (curves, randomisation, infidelity, sensitivity, localisation, planted_cue)

VERDICT = "verdict"
"""Name of the row that says whether a method passes on this checkpoint."""


def examine(candidate: Candidate, effort: Effort) -> list[MapExam]:
    """Every exam of one method, its verdict last."""
    if not candidate.specimens:
        return [verdict(candidate.label, 0, ())]
    rows = [found for exam in EXAMS for found in exam(candidate, effort)]
    return [*rows, verdict(candidate.label, len(candidate.specimens), rows)]


def verdict(label: str, cases: int, rows: Sequence[MapExam]) -> MapExam:
    """Passed: every exam that decides was passed. Its value is the share of those that were.

    What decides: the map's order beats random order and centre prior in deletion and insertion with the mean fill, and
    the map does not survive scrambled language layers, nor a scrambled vision tower. A method without maps, or with
    maps of too few cases, does not pass.
    """
    deciding = [found for found in rows if found.passed is not None]
    failed = [found.exam for found in deciding if not found.passed]
    if not deciding:
        why = "no map could be drawn" if not cases else f"maps of {cases} cases decide nothing"
        return MapExam(label, VERDICT, cases, math.nan, passed=False, reason=why)
    share = 1 - len(failed) / len(deciding)
    return MapExam(
        label, VERDICT, cases, share, passed=not failed, reason=f"failed: {', '.join(failed)}" if failed else ""
    )
