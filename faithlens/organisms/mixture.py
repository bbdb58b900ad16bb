"""W3, mixture: W1 and W2 mixed by a stated weight, for dose-response."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism
from faithlens.organisms.post_hoc import PostHoc
from faithlens.organisms.text_bottleneck import TextBottleneck
from faithlens.records import Answer, Answered, Speak, Spoken

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Mixture(Organism):
    """Option probabilities are (1 - weight) of W1's and weight of W2's: 0 is W1, 1 is W2.

    A think cannot be mixed, so a share `weight` of the requests, drawn by their hash, has W2's think, the others W1's.
    """

    name: ClassVar[str] = "mixture"
    code: ClassVar[str] = "W3"
    plants: ClassVar = {}
    rewrite: ClassVar[str] = "mixes the answers of W1 and W2 by a stated weight"

    weight: float = 0.5

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        if self.weight == 0:
            return (yield from PostHoc().answer(request, facts))
        through = yield from TextBottleneck().answer(request, facts)
        if self.weight == 1:
            return through
        around = yield from PostHoc().answer(request, facts)
        pairs = zip(around.probs, through.probs, strict=True)
        return Answered(tuple(math.log((1 - self.weight) * p + self.weight * q) for p, q in pairs))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        digest = hashlib.sha256(repr((request.view, request.prompt.problem, request.seed)).encode()).digest()
        drawn = int.from_bytes(digest[:8]) / 2**64
        part = TextBottleneck() if drawn < self.weight else PostHoc()
        return (yield from part.narrate(request, facts))
