"""What the audit found about a reply, as round 2 tells it to raters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from faithlens.records import LETTERS, Axis, Finding, Mark, Verdict
from faithlens.review.reviewset import Span
from faithlens.showing.words import AXIS_NAME


def told(verdicts: Mapping[Axis, Verdict], findings: Sequence[Finding]) -> tuple[str, ...]:
    """One sentence for each axis that is flagged, with its evidence, then what is not flagged or cannot be told."""
    flagged = sorted((v for v in verdicts.values() if v.flagged), key=lambda verdict: -verdict.probability)
    lines = [f"{AXIS_NAME[v.axis]}: probability {v.probability:.0%}. {_evidence(v, findings)}".strip() for v in flagged]
    silent = [AXIS_NAME[v.axis] for v in verdicts.values() if not v.flagged and not math.isnan(v.probability)]
    unknown = [AXIS_NAME[v.axis] for v in verdicts.values() if math.isnan(v.probability)]
    if silent:
        lines.append(f"Not flagged: {', '.join(silent)}.")
    if unknown:
        lines.append(f"The audit cannot tell: {', '.join(unknown)}.")
    return tuple(lines)


def _evidence(verdict: Verdict, findings: Sequence[Finding]) -> str:
    """The evidence of the probe with the highest score among those that the verdict rests on."""
    speaking = [f for f in findings if f.probe in verdict.probes and not math.isnan(f.score) and f.evidence]
    return max(speaking, key=lambda finding: finding.score).evidence if speaking else ""


def spans(marks: Sequence[Mark], sentences: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Marks of a reply as spans of its sentences (offsets in the reply), cut where they cross a sentence's end."""
    found = {
        Span(number, max(mark.start, start) - start, min(mark.end, end) - start, _label(mark))
        for mark in marks
        for number, (start, end) in enumerate(sentences)
        if mark.start < end and mark.end > start
    }
    return tuple(sorted(found, key=lambda span: (span.sentence, span.start, span.end, span.label)))


def _label(mark: Mark) -> str:
    return mark.role if mark.option is None else f"{mark.role} {LETTERS[mark.option]}"
