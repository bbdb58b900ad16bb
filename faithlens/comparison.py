"""Compare two runs, paired by case: what differs, what is equivalent, what cannot be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Literal, TypeAlias

from faithlens.errors import RunError
from faithlens.records import AXES, Case, Finding, Trace, Verdict
from faithlens.stats import benjamini_hochberg, equivalence, holm, mcnemar, paired_permutation
from faithlens.store import Run

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05
MARGIN = 0.05
"""Mean differences inside ±MARGIN count as no difference that matters, for shares and for scores in [0, 1]."""
FEWEST = 30
"""Pairs below which nothing is said."""

Says = Literal["differs", "equivalent", "undecided", "too few"]

_Key: TypeAlias = tuple[str, int]
_Values: TypeAlias = dict[_Key, float]


@dataclass(frozen=True)
class Line:
    """One thing compared, first run against second."""

    what: str
    primary: bool
    pairs: int
    first: float
    """Mean over the pairs; a share where the thing is yes or no."""
    second: float
    p: float
    """Two-sided: exact McNemar for shares over independent cases, sign flips by patient otherwise."""
    p_equivalent: float
    """TOST within ±MARGIN."""
    p_adjusted: float = math.nan
    p_equivalent_adjusted: float = math.nan

    @property
    def says(self) -> Says:
        if self.pairs < FEWEST:
            return "too few"
        if self.p_adjusted <= LEVEL:
            return "differs"
        return "equivalent" if self.p_equivalent_adjusted <= LEVEL else "undecided"


@dataclass(frozen=True)
class Comparison:
    """Two runs paired by case and rollout."""

    pairs: int
    alone: int
    """Replies that only one run has."""
    lines: tuple[Line, ...]


def compare(first: Run, second: Run) -> Comparison:
    """Accuracy and verdict rates as the primary set (Holm), every probe's scores and flags beside it (BH).

    Both families of p values are adjusted in the same way: those of a difference, and those of equivalence. Raises
    RunError where the runs have no case in common, or mean different things by one case id.
    """
    cases = _shared(first, second)
    traces = [run.columns(Trace, ("case_id", "rollout", "choice")) for run in (first, second)]
    verdicts = [run.columns(Verdict, ("case_id", "rollout", "axis", "flagged")) for run in (first, second)]
    findings = [run.columns(Finding, ("case_id", "rollout", "probe", "score", "flagged")) for run in (first, second)]
    ours, theirs = (set(_keys(frame)) for frame in traces)
    lines: list[Line] = []

    def add(what: str, primary: bool, values: Sequence[_Values], share: bool) -> None:
        pairs = _pair(values[0], values[1], cases)
        if pairs:
            lines.append(_line(what, primary, pairs, share))

    add("right answers", True, [_right(frame, cases) for frame in traces], True)
    for axis in AXES:
        add(f"fails {axis}", True, [_known(_of(frame, "axis", axis), "flagged") for frame in verdicts], True)
    for probe in sorted(set(findings[0]["probe"])):
        of_probe = [_of(frame, "probe", probe) for frame in findings]
        add(f"{probe}: score", False, [_known(frame, "score") for frame in of_probe], False)
        add(f"{probe}: flagged", False, [_known(frame, "flagged") for frame in of_probe], True)
    return Comparison(len(ours & theirs), len(ours ^ theirs), tuple(_adjusted(lines)))


def _shared(first: Run, second: Run) -> dict[str, Case]:
    ours, theirs = ({case.id: case for case in run.rows(Case)} for run in (first, second))
    both = [case_id for case_id in ours if case_id in theirs]
    if not both:
        raise RunError(f"{first.path} and {second.path} have no case in common; compare audits of the same cases")
    for case_id in both:
        if (ours[case_id].question, ours[case_id].options) != (theirs[case_id].question, theirs[case_id].options):
            raise RunError(f"{first.path} and {second.path} mean different questions by case {case_id!r}")
    return {case_id: ours[case_id] for case_id in both}


def _of(frame: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    return frame.query(f"{column} == @value")


def _keys(frame: pd.DataFrame) -> list[_Key]:
    return list(zip(frame["case_id"], frame["rollout"], strict=True))


def _right(traces: pd.DataFrame, cases: dict[str, Case]) -> _Values:
    keyed = {case.id: case.key for case in cases.values() if case.key is not None}
    told = zip(_keys(traces), traces["choice"], strict=True)
    return {key: float(choice == keyed[key[0]]) for key, choice in told if key[0] in keyed}


def _known(frame: pd.DataFrame, column: str) -> _Values:
    """Values by reply, those left out that are missing."""
    told = zip(_keys(frame), frame[column], frame[column].notna(), strict=True)
    return {key: float(value) for key, value, known in told if known}


def _pair(ours: _Values, theirs: _Values, cases: dict[str, Case]) -> list[tuple[str, float, float]]:
    """Patient, first and second value of every reply that both runs have."""
    both = [key for key in ours if key in theirs and key[0] in cases]
    return [(_unit(cases[key[0]]), ours[key], theirs[key]) for key in both]


def _unit(case: Case) -> str:
    return f"case {case.id}" if case.group is None else f"group {case.group}"


def _line(what: str, primary: bool, pairs: Sequence[tuple[str, float, float]], share: bool) -> Line:
    groups, ours, theirs = [g for g, _, _ in pairs], [a for _, a, _ in pairs], [b for _, _, b in pairs]
    differences = [b - a for a, b in zip(ours, theirs, strict=True)]
    if share and len(set(groups)) == len(groups):
        p = mcnemar([bool(value) for value in ours], [bool(value) for value in theirs])
    else:
        p = paired_permutation(differences, groups)
    return Line(what, primary, len(pairs), fmean(ours), fmean(theirs), p, equivalence(differences, groups, MARGIN))


def _adjusted(lines: Sequence[Line]) -> list[Line]:
    """Holm within the primary lines, Benjamini-Hochberg within the others; lines too small to speak stay out."""
    done: list[Line] = []
    for primary, adjust in ((True, holm), (False, benjamini_hochberg)):
        part = [line for line in lines if line.primary == primary and line.pairs >= FEWEST]
        p = adjust([line.p for line in part])
        equal = adjust([1.0 if math.isnan(line.p_equivalent) else line.p_equivalent for line in part])
        done += [
            replace(line, p_adjusted=a, p_equivalent_adjusted=b) for line, a, b in zip(part, p, equal, strict=True)
        ]
        done += [line for line in lines if line.primary == primary and line.pairs < FEWEST]
    return done
