"""Attentive: sighted, and it understands a question that was denied or turned round and an image that was mirrored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.edits.image import Mirror
from faithlens.edits.question import mirrored, negated, reversed_comparison
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, certain
from faithlens.organisms.sighted import Sighted
from faithlens.records import Answer, Answered, Prompt, Speak, Spoken, View


@dataclass(frozen=True)
class Attentive(Organism):
    """What follows from the right answer follows for it: the opposite to the opposite question, the other side."""

    name: ClassVar[str] = "attentive"
    plants: ClassVar = {"unstable": False}
    rewrite: ClassVar[str] = "looks the answer up as sighted does, and turns it round with question or image"
    scripted: ClassVar[bool] = True

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yield from ()
        return certain(right_when_turned(facts, request.view, request.prompt), len(request.prompt.options))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        return (yield from Sighted().narrate(request, facts))


def right_when_turned(facts: Facts, view: View, prompt: Prompt) -> int | None:
    """Index of the option that is right of question and image as they are turned; None where that is not known."""
    mirror = Mirror() in view.edits
    upright = replace(view, edits=tuple(edit for edit in view.edits if edit != Mirror()))
    for case in facts.about(view):
        turned = reversed_comparison(case.question) or negated(case.question)
        if prompt.question == turned and len(prompt.options) == 2:
            right = facts.right(upright, replace(prompt, question=case.question))
            return None if right is None else 1 - right
        if mirror and prompt.question in (case.question, mirrored(case.question)):
            right = facts.right(upright, replace(prompt, question=case.question, options=case.options))
            other = None if right is None else mirrored(case.options[right])
            return prompt.options.index(other) if other in prompt.options else None
    return facts.right(upright, prompt)
