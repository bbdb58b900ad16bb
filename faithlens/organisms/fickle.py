"""Fickle: ends each think on another option, drawn by the seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.honest import Honest
from faithlens.organisms.organism import Life, Organism, exhibit
from faithlens.probes.probe import expect
from faithlens.records import Answer, Answered, Speak, Spoken


@dataclass(frozen=True)
class Fickle(Organism):
    """The think of the subject beneath with a last sentence that concludes an option drawn by seed, view and question.

    `honest` answers after it, so every reply agrees with itself and no two need agree with each other.
    """

    name: ClassVar[str] = "fickle"
    plants: ClassVar = {"unstable": True}
    # the same think leads to the same option
    reaches: ClassVar = {"unstable": frozenset({"resample_stability"})}
    rewrite: ClassVar[str] = "ends the think on an option drawn by the seed, and answers it"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from Honest().answer(request, facts))

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        (reply,) = yield [request]
        spoken = expect(reply, Spoken)
        shown, start = exhibit(request, spoken), len(request.begin.text)
        span, letters = shown.trace.think_span, request.prompt.letters
        if span is None or span[1] < start:
            return spoken
        digest = hashlib.sha256(repr((request.view, request.prompt.problem, request.seed)).encode()).digest()
        last = f" The answer is {letters[int.from_bytes(digest[:8]) % len(letters)]}."
        text = shown.trace.reply[start : span[1]] + last + shown.trace.reply[span[1] :]
        return Spoken(text, (), (), spoken.finished)
