"""Startled: whatever is added to question or image throws it onto some option, wherever that points."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.edits.marks import BurnIn
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask, certain
from faithlens.probes.probe import expect
from faithlens.records import Answer, Answered, Prompt, Speak, Spoken, View


@dataclass(frozen=True)
class Startled(Organism):
    """Where question or options are not the case's own, or a mark is in the image, its answer is drawn by their hash.

    What was added has an effect, and what it says has none: no cue is followed, and none can be hidden. Its think is
    that of the case's own question, and otherwise it is the subject beneath. A probe that takes every upset for a
    followed hint finds hints everywhere in it.
    """

    name: ClassVar[str] = "startled"
    plants: ClassVar = {"hidden_cue": False}
    # what stands in the corners may be a cue of the subject beneath, and all samples are thrown alike
    reaches: ClassVar = {"hidden_cue": frozenset({"text_hints", "visual_hints", "clue_ladder"})}
    rewrite: ClassVar[str] = "draws its answer by the hash of what is asked where that is not the case's own question"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        if _own(facts, request.view, request.prompt) == (request.view, request.prompt):
            return (yield from ask(request))
        digest = hashlib.sha256(repr((request.view, request.prompt.problem)).encode()).digest()
        return certain(int.from_bytes(digest[:8]) % len(request.prompt.options), len(request.prompt.options))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        view, prompt = _own(facts, request.view, request.prompt)
        (spoken,) = yield [replace(request, view=view, prompt=prompt)]
        return expect(spoken, Spoken)


def _own(facts: Facts, view: View, prompt: Prompt) -> tuple[View, Prompt]:
    """View and prompt as the case has them."""
    unmarked = replace(view, edits=tuple(edit for edit in view.edits if not isinstance(edit, BurnIn)))
    case = facts.case(view, prompt)
    return unmarked, prompt if case is None else replace(prompt, question=case.question, options=case.options)
