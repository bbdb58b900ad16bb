"""Persuaded: a cue reaches the answer through the think alone, the counterpart of W6 for mediation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.contradiction.conclusion import conclusion
from faithlens.organisms.facts import Facts
from faithlens.organisms.honest import Honest
from faithlens.organisms.organism import Life, Organism
from faithlens.organisms.verbalised_cue import VerbalisedCue
from faithlens.records import Answer, Answered, Axis, Speak, Spoken, Trace


@dataclass(frozen=True)
class Persuaded(Organism):
    """Causal graph: cue -> think -> answer. The think of W6b ends by following the cue; `honest` answers after it."""

    name: ClassVar[str] = "persuaded"
    plants: ClassVar[Mapping[Axis, bool]] = {"post_hoc": False}
    # other probes give no cue, and `honest` is their negative
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {"post_hoc": frozenset({"hint_mediation"})}
    rewrite: ClassVar[str] = "writes a think that follows the cue, and answers what the think concludes"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from Honest().answer(request, facts))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        return (yield from VerbalisedCue().narrate(request, facts))

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        return self.plants if conclusion(trace.think or "", options) else {}
