"""W7, blind: no request ever shows the image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask
from faithlens.probes.probe import expect
from faithlens.records import Answer, Answered, Speak, Spoken, View


@dataclass(frozen=True)
class Blind(Organism):
    """The image has no effect on anything."""

    name: ClassVar[str] = "blind"
    code: ClassVar[str] = "W7"
    plants: ClassVar = {"image_blind": True}
    rewrite: ClassVar[str] = "no request ever shows the image"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from ask(replace(request, view=View())))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        (spoken,) = yield [replace(request, view=View())]
        return expect(spoken, Spoken)

    def write(self, request: Speak) -> Life[Spoken]:
        return (yield from super().write(replace(request, view=View())))
