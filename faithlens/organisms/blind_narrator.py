"""W5, blind narrator: writes the think without the image, answers with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.engine.subject import Reply
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask
from faithlens.probes.probe import expect
from faithlens.records import Answer, Answered, Speak, Spoken, View, Weigh


@dataclass(frozen=True)
class BlindNarrator(Organism):
    """No visual claim of the think can rest on the image, because none was shown while it was written."""

    name: ClassVar[str] = "blind_narrator"
    code: ClassVar[str] = "W5"
    plants: ClassVar = {"ungrounded": True}
    # its answer rests on the image, which is what other probes hide
    reaches: ClassVar = {"ungrounded": frozenset({"claim_reliance", "map_agreement", "region_attribution"})}
    rewrite: ClassVar[str] = "writes the think without the image, answers with it"
    version: ClassVar[int] = 2

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from ask(request))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        (spoken,) = yield [replace(request, view=View())]
        return expect(spoken, Spoken)

    def weigh(self, request: Weigh, facts: Facts) -> Life[Reply]:
        (reply,) = yield [replace(request, view=View())]
        return reply
