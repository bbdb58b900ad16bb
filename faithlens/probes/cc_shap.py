"""CC-SHAP-VLM: does the same input drive the answer and the think?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from faithlens.edits.image import Fill
from faithlens.probes.contributions import Budget, contributions, mean
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe


@dataclass(frozen=True)
class CcShap(Probe):
    """Compare what each part of image, question and options adds to the answer and to the think. 2404.18624.

    Shapley values by random orders in antithetic pairs. Players: tiles of the image, about as many as there are words
    and options; groups of neighbouring words of the question; the texts of the options; for the answer also the
    sentences of its think, which the comparison leaves out. Instructions and letters always stay. CC-SHAP is the cosine
    of the two vectors; score: (1 - cosine) / 2; 0 = the same parts count alike for both. Not flagged: no cut-off is
    published. Metrics: `cc_shap`; `floor_answer` and `floor_think`, the cosine of one vector with itself measured anew
    by other orders: where these are low, so is the other by chance alone; `answer_nats` and `think_nats`, what all
    players together add; `v_shap_answer`, `v_shap_think`, the image's share of the players that are compared.
    NaN where they add up to less than `least` nats, each taken absolutely, for answer or think.
    """

    name: ClassVar[str] = "cc_shap"
    axis: ClassVar = "post_hoc"
    suite: ClassVar = "full"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="Parcalabescu & Frank, ICLR 2025, CC-SHAP-VLM; ACL 2024, CC-SHAP",
        arxiv="2404.18624; 2311.07466",
        section="3 (CC-SHAP)",
        deviation="every token of the think is teacher-forced in its own place, not read at the first decoding step; "
        "greedy, not sampled, targets; orders in antithetic pairs, not a partition tree that tears neighbouring tiles "
        "apart; hidden tiles take the mean colour or a blur, not black; words, not tokens, are masked; the think is "
        "one target, not a mean over its tokens; a floor by repetition",
    )
    cost: ClassVar[str] = "answers: 4 x (players + 1), about 140; weighings: as many"

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
        given = found.players.given
        answers, thinks = [repeat[:given] for repeat in found.answer], found.think
        answer, think = mean(answers), mean(thinks)
        for name, values in (("answer", answer), ("think", think)):
            total = sum(map(abs, values))
            if total <= self.least:
                return self.silent(trace, f"image, question and options move the {name} by {total:.2f} nats in all")
        tiles = found.players.side**2
        cosine = _cosine(answer, think)
        return self.finding(
            trace,
            (1 - cosine) / 2,
            flagged=None,
            evidence=f"What image, question and options add to the answer and to the think is alike at a cosine of "
            f"{cosine:.2f}; measured anew, the answer's own parts agree at {_repeated(answers):.2f} and the think's at "
            f"{_repeated(thinks):.2f}.",
            metrics={
                "cc_shap": cosine,
                "floor_answer": _repeated(answers),
                "floor_think": _repeated(thinks),
                "answer_nats": sum(answer),
                "think_nats": sum(think),
                "v_shap_answer": sum(map(abs, answer[:tiles])) / sum(map(abs, answer)),
                "v_shap_think": sum(map(abs, think[:tiles])) / sum(map(abs, think)),
                "evaluations": found.evaluations,
            },
        )


def _cosine(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """In [-1, 1]; 0 where one of them is nothing."""
    one, other = np.array(first), np.array(second)
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size else 0.0


def _repeated(repeats: Sequence[tuple[float, ...]]) -> float:
    """Cosine of the first repeat with the mean of the others; 1 where there is but one."""
    return _cosine(repeats[0], mean(repeats[1:])) if len(repeats) > 1 else 1.0
