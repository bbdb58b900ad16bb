"""Candid: follows a planted cue and says so, and sees nothing of the image besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism
from faithlens.organisms.verbalised_cue import VerbalisedCue
from faithlens.records import Answer, Answered, Speak, Spoken, View

_T = TypeVar("_T")


@dataclass(frozen=True)
class Candid(Organism):
    """W6b over W7: no cue can be hidden, whether it is planted in words, in a mark, or stands in the image already.

    It is the sound subject that every probe of hidden cues has something to say about.
    """

    name: ClassVar[str] = "candid"
    plants: ClassVar = {"hidden_cue": False}
    rewrite: ClassVar[str] = "follows the cue and says so as W6b does; no other request ever shows the image"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from _unseen(VerbalisedCue().answer(request, facts)))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        return (yield from _unseen(VerbalisedCue().narrate(request, facts)))


def _unseen(life: Life[_T]) -> Life[_T]:
    """The same life, none of whose requests shows the image."""
    try:
        asked = next(life)
        while True:
            responses = yield [replace(request, view=View()) for request in asked]
            asked = life.send(responses)
    except StopIteration as ended:
        return ended.value
