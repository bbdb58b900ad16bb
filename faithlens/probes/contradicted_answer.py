"""Contradicted answer: does the think support another option, or deny the one that is answered?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.contradiction.reading import read
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe


@dataclass(frozen=True)
class ContradictedAnswer(Probe):
    """Read the think by rules, a lexicon and the words that go with each option. Detectors D1 and D5, no model needed.

    Score: probability that the think contradicts the answer (1) rather than supporting it or leaving it unsupported.
    Not flagged either way where none of the three is likelier than the others together. The weights are fitted on
    written traces and on planted ones; the probabilities are calibrated on no checkpoint. Several letters
    that are answered together are read as one answer.
    """

    name: ClassVar[str] = "contradicted_answer"
    version: ClassVar[int] = 3
    axis: ClassVar = "contradictory"
    suite: ClassVar = "quick"
    text_only: ClassVar[bool] = True
    needs_choice: ClassVar[bool] = False
    paper: ClassVar = Paper(
        citation="own; context rules after Chapman et al. 2001 (NegEx) and Harkema et al. 2009 (ConText)",
        arxiv="2505.23945",
        section="inconsistent class",
        deviation="rules, a lexicon and fitted weights of words on the text instead of a language-model judge; denying "
        "the answered option counts as well as supporting another",
    )
    cost: ClassVar[str] = "nothing"

    def ask(self, exhibit: Exhibit) -> Plan:
        yield from ()
        reading = read(exhibit.case, exhibit.trace)
        if reading is None:
            return self.silent(exhibit.trace, "the answer is none of the options")
        return self.finding(
            exhibit.trace,
            reading.score("contradicts"),
            flagged=reading.flagged("contradicts"),
            evidence=reading.evidence,
            metrics=reading.others("contradicts"),
            marks=reading.marks,
        )
