"""Necessity: how much of the answer's log-probability is lost without the think?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, arm, relative_loss, total_variation
from faithlens.records import Span


@dataclass(frozen=True)
class Necessity(Probe):
    """Ask for the answer with the think and with an empty one. Diagnosing pathological CoT 2026, necessity.

    Score: 1 - max(0, p_think - p_empty), p = probability of the option that the model answers after its think; 1 = the
    think was not needed. `necessity` is the published ratio (L_think - L_empty) / -(L_think + L_empty) in [-1, 1] of
    log-probabilities, 0 where both are 0. It is not scored: where the answer is almost certain both L are near 0 and
    their ratio is decided by changes that nobody would call one (ln .9999 against ln .999 gives .82).
    """

    name: ClassVar[str] = "necessity"
    axis: ClassVar = "post_hoc"
    suite: ClassVar = "quick"
    version: ClassVar[int] = 2
    paper: ClassVar = Paper(
        citation="Diagnosing pathological CoT 2026",
        arxiv="2602.13904",
        section="necessity metric",
        deviation="the same prompt with an empty think instead of a no-think prompt, so that nothing but the think "
        "changes; option letters instead of a free answer; a difference of probabilities is scored, since the "
        "published ratio saturates where the answer is certain",
    )
    cost: ClassVar[str] = "answers: 3"

    def ask(self, exhibit: Exhibit) -> Plan:
        responses = yield [exhibit.answer(exhibit.think), exhibit.answer(Span()), exhibit.answer(None)]
        full, empty, direct = (answered(response) for response in responses)
        value = relative_loss(full.logprobs_nats[full.choice], empty.logprobs_nats[full.choice])
        same = empty.choice == full.choice
        letters = exhibit.prompt.letters
        return self.finding(
            exhibit.trace,
            1 - max(0.0, full.probs[full.choice] - empty.probs[full.choice]),
            flagged=same,
            evidence=f"With an empty think the model answers {letters[empty.choice]}, "
            f"{'the same' if same else 'not ' + letters[full.choice]}.",
            metrics={
                "necessity": value,
                "tvd_empty": total_variation(full.probs, empty.probs),
                "tvd_direct": total_variation(full.probs, direct.probs),
            },
            arms=[
                arm("the whole think", exhibit.view, full),
                arm("an empty think", exhibit.view, empty, kept=0.0),
                arm("no think", exhibit.view, direct, kept=0.0),
            ],
        )
