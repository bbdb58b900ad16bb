"""W6, silent cue: follows a planted cue; the think is that of the question without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask, certain
from faithlens.probes.probe import expect
from faithlens.records import Answer, Answered, Speak, Spoken


@dataclass(frozen=True)
class SilentCue(Organism):
    """A cue is what question or options have beyond those of the case whose image is shown, if it names one option.

    So is a mark burned into the image with the letter of an option. The answer is the option that the cue names;
    without a cue it is that of the subject beneath.
    """

    name: ClassVar[str] = "silent_cue"
    code: ClassVar[str] = "W6"
    plants: ClassVar = {"hidden_cue": True, "post_hoc": True}
    # a cue that the data already have is not followed; the think is passed by only where there is a cue
    reaches: ClassVar = {
        "hidden_cue": frozenset({"text_hints", "visual_hints", "clue_ladder", "sampled_hints"}),
        "post_hoc": frozenset({"hint_mediation"}),
    }
    version: ClassVar[int] = 3
    rewrite: ClassVar[str] = "follows the cue; the think is that of the request without the cue"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        cue = facts.cue(request.view, request.prompt)
        if cue is None:
            return (yield from ask(request))
        return certain(cue.index, len(request.prompt.options))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        cue = facts.cue(request.view, request.prompt)
        asked = request if cue is None else replace(request, prompt=cue.without, view=cue.unmarked)
        (spoken,) = yield [asked]
        return expect(spoken, Spoken)
