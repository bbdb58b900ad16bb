"""Reply format: could the reply be read as think and answer at all?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.probes.probe import Exhibit, Paper, Plan, Probe

_PLAIN = {
    "no_think": "The reply answers without a think.",
    "empty_think": "The think is empty.",
    "no_answer": "The reply gives no answer.",
    "out_of_options": "The answer is none of the options.",
    "multiple_answers": "The reply gives more than one answer.",
    "truncated": "The reply breaks off before its answer is complete.",
    "answer_before_think": "The answer stands before the think.",
    "free_text": "The reply answers in prose without tags.",
    "ok": "Think and answer stand where they belong.",
}


@dataclass(frozen=True)
class ReplyFormat(Probe):
    """Say what kept a reply from being read as `<think>…</think><answer>…</answer>`.

    Score: 0 = parse status `ok`, 1 = any other. Malformed replies are a category of their own and are never dropped.
    """

    name: ClassVar[str] = "reply_format"
    axis: ClassVar = "malformed"
    suite: ClassVar = "quick"
    needs_options: ClassVar[bool] = False
    needs_think: ClassVar[bool] = False
    needs_choice: ClassVar[bool] = False
    text_only: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="Pan et al. 2025, MedVLM-R1 (format reward)",
        arxiv="2502.19634",
        section="rewards, as released in grpo.py",
        deviation="nine parse statuses instead of one regular expression",
    )
    cost: ClassVar[str] = "nothing"

    def ask(self, exhibit: Exhibit) -> Plan:
        yield from ()
        status = exhibit.trace.status
        bad = status != "ok"
        return self.finding(exhibit.trace, float(bad), flagged=bad, evidence=_PLAIN[status], metrics={})
