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
    its answer is the same after every think.
    """

    name: ClassVar[str] = "text_bottleneck"
    code: ClassVar[str] = "W2"
    plants: ClassVar = {}
    rewrite: ClassVar[str] = "answers with the image removed, the think kept"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        return (yield from ask(replace(request, view=View())))
