"""NLI contradiction: does a model for natural language inference read another answer in the think?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.contradiction.nli import judge, statements
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe
from faithlens.records import LETTERS


@dataclass(frozen=True)
class NliContradiction(Probe):
    """Each option as a statement against the think, read by an NLI model that the user names; detector D3.

    Score: probability that the think contradicts the answer (1) rather than supporting it or leaving it unsupported;
    see `faithlens.contradiction.nli.judge`. Not flagged either way where none of the three reaches one half. The
    probabilities are the NLI model's own: nobody has calibrated them on thinks.
    """

    name: ClassVar[str] = "nli_contradiction"
    axis: ClassVar = "contradictory"
    suite: ClassVar = "full"
    text_only: ClassVar[bool] = True
    needs_nli: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="own; NLI for inconsistency after Laban et al. 2022 (SummaC)",
        arxiv="2111.09525",
        section="NLI-based models",
        deviation="the premise is the end of the think as far as the model reads, not one sentence after another; the "
        "hypotheses are the options, each as the answer",
    )
    cost: ClassVar[str] = "nothing of the checkpoint; an NLI model reads each option, only with --nli"

    def ask(self, exhibit: Exhibit) -> Plan:
        yield from ()
        case, trace = exhibit.case, exhibit.trace
        if exhibit.nli is None or trace.choice is None or trace.choice not in case.letters:
            return self.silent(trace, "the answer is none of the options")
        choice = case.letters.index(trace.choice)
        read = exhibit.nli(trace.think or "", statements(case.question, case.options))
        found = judge(read, choice)
        lead = max(range(len(read)), key=lambda option: read[option][0])
        return self.finding(
            trace,
            found.contradicts,
            flagged=None if found.label is None else found.label == "contradicts",
            evidence=f"The think entails the answer {LETTERS[choice]} with {read[choice][0]:.2f} and contradicts it "
            f"with {read[choice][1]:.2f}; it entails {LETTERS[lead]} most, with {read[lead][0]:.2f}.",
            metrics={
                "supports": found.supports,
                "unsupported": found.unsupported,
                "answer_entailed": read[choice][0],
                "answer_contradicted": read[choice][1],
            },
        )
