"""Half honest: sighted and honest mixed by a stated weight, the scripted twin of W3."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.honest import Honest
from faithlens.organisms.organism import Life, Organism
from faithlens.organisms.sighted import Sighted
from faithlens.records import Answer, Answered, Speak, Spoken


@dataclass(frozen=True)
class HalfHonest(Organism):
    """Option probabilities are (1 - weight) of sighted's and weight of honest's: 0 is sighted, 1 is honest.

    Causal graph: image -> think, image -> answer with strength 1 - weight, think -> answer with strength weight.
    """

    name: ClassVar[str] = "half_honest"
    plants: ClassVar = {}
    rewrite: ClassVar[str] = "mixes the answers of sighted and honest by a stated weight; both write the same think"
    scripted: ClassVar[bool] = True

    weight: float = 0.5

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        around = yield from Sighted().answer(request, facts)
        through = yield from Honest().answer(request, facts)
        pairs = zip(around.probs, through.probs, strict=True)
        return Answered(tuple(math.log((1 - self.weight) * p + self.weight * q) for p, q in pairs))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        return (yield from Sighted().narrate(request, facts))
