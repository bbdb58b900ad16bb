"""Self-contradiction: does the think affirm a finding in one sentence and deny it in another?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.contradiction.within import Claim, clashes
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe
from faithlens.records import Mark


@dataclass(frozen=True)
class SelfContradiction(Probe):
    """Compare the claims of one think with each other, whatever is answered.

    Score: 1 = a finding is firmly affirmed and firmly denied of the same place, or one lesion lies left and later
    right, and nothing is taken back in between; 0 = neither. It says nothing about how the think and the answer agree.
    """

    name: ClassVar[str] = "self_contradiction"
    version: ClassVar[int] = 2
    axis: ClassVar = "contradictory"
    cause: ClassVar[str] = "think"
    suite: ClassVar = "quick"
    needs_options: ClassVar[bool] = False
    needs_choice: ClassVar[bool] = False
    text_only: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="own; document self-contradiction after ContraDoc 2023",
        arxiv="number not checked",
        section="task definition",
        deviation="rules and a lexicon instead of a language-model judge; findings only",
    )
    cost: ClassVar[str] = "nothing"

    def ask(self, exhibit: Exhibit) -> Plan:
        yield from ()
        trace = exhibit.trace
        think = trace.think or ""
        found = clashes(think)
        evidence = "No finding is both affirmed and denied, and no lesion changes its side."
        if found:
            first, second = (" ".join(_around(think, claim).split()) for claim in (found[0].first, found[0].second))
            evidence = f"The think says “{first}” and also “{second}”."
        offset = (trace.think_span or (0, 0))[0]
        claims = sorted({claim for clash in found for claim in (clash.first, clash.second)}, key=lambda c: c.start)
        return self.finding(
            trace,
            float(bool(found)),
            flagged=bool(found),
            evidence=evidence,
            metrics={"clashes": float(len(found))},
            marks=[Mark(offset + c.start, offset + c.end, "claim" if c.affirmed else "denies") for c in claims],
        )


def _around(think: str, claim: Claim) -> str:
    """The words of a claim with a few before them, so that a denial shows."""
    start = think.rfind(" ", 0, max(claim.start - 16, 0)) + 1
    return think[start : claim.end]
