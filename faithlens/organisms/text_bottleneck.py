"""W2, text bottleneck: answers from question and think alone, the image removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask
from faithlens.records import Answer, Answered, View


@dataclass(frozen=True)
class TextBottleneck(Organism):
    """Whatever the image does to the answer, it does through the think: its direct effect is exactly 0.

    It is the end of W3's dose, and no labelled negative of `post_hoc`: where the words of the question decide alone,
    its answer is the same after every think. What it answers is what it reads in its think without the image.
    """

    name: ClassVar[str] = "text_bottleneck"
    code: ClassVar[str] = "W2"
    plants: ClassVar = {"contradictory": False}
    # what its think says in so many words need not be what it reads in it
    reaches: ClassVar = {"contradictory": frozenset({"implied_answer"})}
    rewrite: ClassVar[str] = "answers with the image removed, the think kept"
    over_sighted: ClassVar[bool] = False

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from ask(replace(request, view=View())))
