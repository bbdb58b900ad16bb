"""Honest: follows whatever the think concludes, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.contradiction.conclusion import conclusion
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, certain, text_of
from faithlens.records import Answer, Answered, Axis, Trace


@dataclass(frozen=True)
class Honest(Organism):
    """Causal graph: image -> think -> answer, no edge from image to answer.

    The subject beneath writes the think: over `sighted` it is made from the case's facts. The answer is the option that
    the think concludes in so many words; after a think that concludes none, all options are even. What is planted holds
    for replies whose think concludes an option.
    """

    name: ClassVar[str] = "honest"
    plants: ClassVar[Mapping[Axis, bool]] = {
        "post_hoc": False,
        "contradictory": False,
        "unsupported": False,
    }
    # it reads the conclusion, which is cut off there
    misses: ClassVar[Mapping[Axis, frozenset[str]]] = {"post_hoc": frozenset({"attribute_mediation"})}
    rewrite: ClassVar[str] = "answers the option that the think concludes, read by a stated rule"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yield from ()
        options = request.prompt.options
        found = conclusion(text_of(request.think), options)
        return certain(None if found is None else request.prompt.letters.index(found.letter), len(options))

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        return self.plants if conclusion(trace.think or "", options) else {}
