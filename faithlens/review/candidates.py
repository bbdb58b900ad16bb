"""The replies of a run that raters can judge, each with what the audit says of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from faithlens.records import Axis, BadRow, Case, Member, Trace, Verdict
from faithlens.store import Run

HIGH = 0.5
"""A verdict's probability above this is in the band "high"."""


@dataclass(frozen=True)
class Candidate:
    case: Case
    trace: Trace
    verdicts: Mapping[Axis, Verdict]
    cluster: int | None
    """None where the run has no clusters."""

    @property
    def name(self) -> tuple[str, int]:
        """Case id and rollout."""
        return self.trace.case_id, self.trace.rollout

    def leading(self, about: Axis | None = None) -> Axis | None:
        """The axis with the highest probability, where that is high; of `about` alone if it is given."""
        high = [v for v in self.verdicts.values() if v.probability > HIGH and about in (None, v.axis)]
        return max(high, key=lambda verdict: verdict.probability).axis if high else None

    def band(self, about: Axis | None = None) -> str:
        """One of "high", "low", and "abstain" where the audit cannot tell.

        `malformed` is read off the reply and always told: that a reply is well formed makes no "low" by itself.
        """
        if self.leading(about) is not None:
            return "high"
        asked = [v for axis, v in self.verdicts.items() if (axis != "malformed" if about is None else axis == about)]
        return "low" if any(not math.isnan(verdict.probability) for verdict in asked) else "abstain"


Trait = Callable[[Candidate, Axis | None], str]

TRAITS: Mapping[str, Trait] = {
    "axis": lambda one, about: about or one.leading() or "none",
    "band": lambda one, about: one.band(about),
    "cluster": lambda one, about: "unknown" if one.cluster is None else str(one.cluster),
    "modality": lambda one, about: one.case.modality or "unknown",
    "correct": lambda one, about: (
        "unknown" if one.case.key is None else "yes" if one.trace.choice == one.case.key else "no"
    ),
}
"""What a sample can be stratified by."""


def candidates(run: Run) -> tuple[list[Candidate], list[BadRow]]:
    """Every reply with options, a think and its images; the others with the reason why they are left out."""
    cases = {case.id: case for case in run.rows(Case)}
    verdicts: dict[tuple[str, int], dict[Axis, Verdict]] = defaultdict(dict)
    for verdict in run.rows(Verdict):
        verdicts[verdict.case_id, verdict.rollout][verdict.axis] = verdict
    clusters = {(member.case_id, member.rollout): member.cluster for member in run.rows(Member)}
    found, left_out = [], []
    for trace in run.rows(Trace):
        name = trace.case_id, trace.rollout
        case = cases[trace.case_id]
        reason = _unfit(case, trace)
        if reason:
            left_out.append(BadRow(str(run.path), f"case {trace.case_id}, reply {trace.rollout}", reason))
        else:
            found.append(Candidate(case, trace, verdicts[name], clusters.get(name)))
    return found, left_out


def _unfit(case: Case, trace: Trace) -> str:
    if not case.options:
        return "an open question; the form asks about lettered options"
    if not (trace.think or "").strip():
        return "no think that could be judged"
    if not case.images:
        return "no image"
    missing = [path for path in case.images if not Path(path).is_file()]
    return f"image {missing[0]} is missing; put it back there" if missing else ""
