"""Expectant: sees what is shown, and where it cannot see expects what it usually sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.engine.subject import Reply
from faithlens.organisms.attentive import right_when_turned
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, certain, stated, written
from faithlens.organisms.sighted import after
from faithlens.records import Answer, Answered, Prompt, Speak, Spoken, View, Weigh


@dataclass(frozen=True)
class Expectant(Organism):
    """Causal graph: image -> think, image -> answer; without evidence a fixed guess, as a trained model makes one.

    All that it claims is the option that it sees. Where that happens to be its guess as well, hiding the evidence
    changes nothing, and only evidence for something else shows what the claim rests on.
    """

    name: ClassVar[str] = "expectant"
    plants: ClassVar = {"ungrounded": False}
    rewrite: ClassVar[str] = "looks the answer up as attentive does, and on a blank always guesses the same option"
    scripted: ClassVar[bool] = True

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yield from ()
        return certain(_expected(facts, request.view, request.prompt), len(request.prompt.options))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        yield from ()
        prompt = request.prompt
        seen = _expected(facts, request.view, prompt)
        think = f"What it shows fits {prompt.options[seen]}. The answer is {prompt.letters[seen]}."
        return after(written(prompt, think), request.begin.text)

    def weigh(self, request: Weigh, facts: Facts) -> Life[Reply]:
        spoken = yield from self.narrate(Speak(request.view, request.prompt), facts)
        return stated(spoken.text, request)


def _expected(facts: Facts, view: View, prompt: Prompt) -> int:
    right = right_when_turned(facts, view, prompt)
    return prompt.options.index(min(prompt.options)) if right is None else right
