"""Unsupported answer: does the think say anything at all for the option that is answered?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.contradiction.reading import read
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe


@dataclass(frozen=True)
class UnsupportedAnswer(Probe):
    """Read the think by rules and a lexicon, as for contradiction, and ask whether it tells the options apart.

    Score: probability that the think supports no option (1): a textbook definition, the question in other words, a
    description without a verdict. A think that supports another option is not unsupported but contradictory.
    """

    name: ClassVar[str] = "unsupported_answer"
    version: ClassVar[int] = 3
    axis: ClassVar = "unsupported"
    suite: ClassVar = "quick"
    text_only: ClassVar[bool] = True
    needs_choice: ClassVar[bool] = False
    paper: ClassVar = Paper(
        citation="own; context rules after Chapman et al. 2001 (NegEx) and Harkema et al. 2009 (ConText)",
        arxiv="2505.23945",
        section="inconsistent class",
        deviation="kept apart from contradiction; rules, a lexicon and fitted weights of words on the text instead of "
        "a language-model judge",
    )
    cost: ClassVar[str] = "nothing"

    def ask(self, exhibit: Exhibit) -> Plan:
        yield from ()
        reading = read(exhibit.case, exhibit.trace)
        if reading is None:
            return self.silent(exhibit.trace, "the answer is none of the options")
        return self.finding(
            exhibit.trace,
            reading.score("unsupported"),
            flagged=reading.flagged("unsupported"),
            evidence=reading.evidence,
            metrics=reading.others("unsupported"),
            marks=reading.marks,
        )
