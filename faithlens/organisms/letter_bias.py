"""W8, letter bias: answers by letter position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, certain
from faithlens.records import Answer, Answered


@dataclass(frozen=True)
class LetterBias(Organism):
    """The first letter, whatever stands behind it: every other order of the options is another answer."""

    name: ClassVar[str] = "letter_bias"
    code: ClassVar[str] = "W8"
    plants: ClassVar = {"unstable": True}
    # in other words, and asked again, it answers the same
    reaches: ClassVar = {"unstable": frozenset({"option_permutation"})}
    rewrite: ClassVar[str] = "answers by letter position"

    position: int = 0

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yield from ()
        count = len(request.prompt.options)
        return certain(self.position % count, count)
