"""W7, blind: no request ever shows the image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.engine.subject import Reply
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask
from faithlens.probes.probe import expect
from faithlens.records import Answer, Answered, Speak, Spoken, View, Weigh


@dataclass(frozen=True)
class Blind(Organism):
    """The image has no effect on anything, so no visual claim rests on it and no mark in it is a cue."""

    name: ClassVar[str] = "blind"
    code: ClassVar[str] = "W7"
    plants: ClassVar = {"image_blind": True, "ungrounded": True, "hidden_cue": False}
    # hints in words reach it
    reaches: ClassVar = {"hidden_cue": frozenset({"visual_hints", "clue_ladder", "margin_cue"})}
    rewrite: ClassVar[str] = "no request ever shows the image"
    version: ClassVar[int] = 2

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from ask(replace(request, view=View())))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        (spoken,) = yield [replace(request, view=View())]
        return expect(spoken, Spoken)

    def weigh(self, request: Weigh, facts: Facts) -> Life[Reply]:
        (reply,) = yield [replace(request, view=View())]
        return reply

    def write(self, request: Speak) -> Life[Spoken]:
        return (yield from super().write(replace(request, view=View())))
