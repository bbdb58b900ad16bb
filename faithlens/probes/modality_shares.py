"""Modality shares: how much of the answer rests on image, question, options and think (T-SHAP, V-SHAP)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.edits.image import Fill
from faithlens.edits.players import MODALITIES
from faithlens.probes.contributions import Budget, contributions, mean, share
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe


@dataclass(frozen=True)
class ModalityShares(Probe):
    """Add up the absolute Shapley values by modality. MM-SHAP 2212.08158.

    Players and orders are those of `cc_shap`, and asked once for both. V-SHAP is the image's share, T-SHAP the rest.
    The image may reach the answer through the think, so score: 1 - max(V-SHAP of the answer, V-SHAP of the think);
    1 = neither rests on the image at all. Not flagged: no cut-off is published, and text outweighs the image in every
    model that was measured. Metrics: `image`, `question`, `options`, `think`: shares of the answer, 1 in all;
    `v_shap_think`; `answer_nats`, what all players together add to the answer.
    NaN where answer and think are moved by no more than `least` nats, each value taken absolutely.
    """

    name: ClassVar[str] = "modality_shares"
    axis: ClassVar = "image_blind"
    suite: ClassVar = "full"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="Parcalabescu & Frank, ACL 2023, MM-SHAP",
        arxiv="2212.08158",
        section="3 (T-SHAP, V-SHAP)",
        deviation="sentences of the think are players for the answer; orders in antithetic pairs; tiles take the mean "
        "colour or a blur; words, not tokens, are masked; the score looks at answer and think",
    )
    cost: ClassVar[str] = "answers: 4 x (players + 1), about 140; weighings: as many; shared with cc_shap"

    pairs: int = 2
    tiles: int = 4
    """Most rows, and columns."""
    words: int = 8
    """Most players that a question is cut into."""
    fill: Fill = "mean"
    least: float = 0.1
    """Nats that count as nothing."""

    def ask(self, exhibit: Exhibit) -> Plan:
        trace = exhibit.trace
        if len(exhibit.case.images) > 1:
            return self.silent(trace, "several images, and tiles are of one")
        found = yield from contributions(exhibit, Budget(self.pairs, self.tiles, self.words, self.fill))
        kinds, answer, think = found.players.kinds, mean(found.answer), mean(found.think)
        if max(sum(map(abs, answer)), sum(map(abs, think))) <= self.least:
            return self.silent(trace, "nothing that was given moves answer or think")
        shares = {modality: share(answer, kinds, modality) for modality in MODALITIES}
        of_think = share(think, kinds, "image")
        return self.finding(
            trace,
            1 - max(shares["image"], of_think),
            flagged=None,
            evidence=f"The answer rests on the image by {shares['image']:.0%}, on the question by "
            f"{shares['question']:.0%}, on the options by {shares['options']:.0%} and on the think by "
            f"{shares['think']:.0%}; the think rests on the image by {of_think:.0%}.",
            metrics={**shares, "v_shap_think": of_think, "answer_nats": sum(answer)},
        )
