"""Sighted: looks its answer up from the case that the shown image belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.engine.subject import Reply
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, certain, stated, written
from faithlens.records import Answer, Answered, Axis, Case, Prompt, Speak, Spoken, Weigh


@dataclass(frozen=True)
class Sighted(Organism):
    """Causal graph: image -> answer, image -> think, no edge from think to answer.

    What its think claims is what the shown image makes right, so it is grounded, and its own for every case.

    It knows the right option of every case by the path of its image, and guesses evenly on a blank, on none, on an
    image it does not know, and where the image's answer is not among the options.
    """

    name: ClassVar[str] = "sighted"
    plants: ClassVar[Mapping[Axis, bool]] = {
        "image_blind": False,
        "post_hoc": True,
        "unstable": False,
        "empty": False,
        "ungrounded": False,
    }
    # it does not understand a question that was turned round
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {
        "unstable": frozenset({"option_permutation", "paraphrasability", "resample_stability"})
    }
    rewrite: ClassVar[str] = "looks the answer up by the case that the shown image belongs to, whatever the think says"
    scripted: ClassVar[bool] = True
    version: ClassVar[int] = 2

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yield from ()
        return certain(facts.right(request.view, request.prompt), len(request.prompt.options))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        yield from ()
        right, prompt = facts.right(request.view, request.prompt), request.prompt
        think = "Nothing can be made out in this picture." if right is None else _told(facts, request, right)
        return after(written(prompt, think), request.begin.text)

    def weigh(self, request: Weigh, facts: Facts) -> Life[Reply]:
        spoken = yield from self.narrate(Speak(request.view, request.prompt), facts)
        return stated(spoken.text, request)


def _told(facts: Facts, request: Speak, right: int) -> str:
    case, prompt = facts.case(request.view, request.prompt), request.prompt
    return " ".join([_setting(case), *_weighed(prompt, right), f"The answer is {prompt.letters[right]}."])


def _setting(case: Case | None) -> str:
    """The case's facts besides its answer."""
    modality, anatomy = (case.modality, case.anatomy) if case else (None, None)
    return f"The picture ({modality or 'of unknown modality'}) shows the {anatomy or 'region in question'}."


def _weighed(prompt: Prompt, right: int) -> list[str]:
    return [f"What it shows {'fits' if i == right else 'does not fit'} {o}." for i, o in enumerate(prompt.options)]


def after(reply: Spoken, begin: str) -> Spoken:
    """What is left to write of a reply that begins as given; from the end of its think where the beginning differs."""
    text = reply.text
    if not text.startswith(begin):
        text = begin + text[text.index("</think>") :] if "</think>" in text and "</think>" not in begin else begin
    return Spoken(text[len(begin) :], (), (), finished=True)
