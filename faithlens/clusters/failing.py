"""Which replies fail, and on which axes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from faithlens.records import Axis, Finding, Verdict

Reply: TypeAlias = tuple[str, int]
"""Case and rollout."""

BY_VERDICT = "replies that a verdict calls failing"
BY_CUT_OFF = "replies that a published cut-off calls failing (there are no calibrated verdicts)"


def failing(findings: Sequence[Finding], verdicts: Sequence[Verdict]) -> tuple[Mapping[Reply, frozenset[Axis]], str]:
    """The axes on which each failing reply fails, and who says so.

    Verdicts do, where any of them rests on a calibration; otherwise the published cut-offs, with what can be read off
    a reply.
    """
    calibrated = any(verdict.flagged is not None and verdict.axis != "malformed" for verdict in verdicts)
    axes: dict[Reply, set[Axis]] = defaultdict(set)
    for judged in verdicts if calibrated else [*findings, *verdicts]:
        if judged.flagged:
            axes[judged.case_id, judged.rollout].add(judged.axis)
    return {reply: frozenset(found) for reply, found in axes.items()}, BY_VERDICT if calibrated else BY_CUT_OFF
