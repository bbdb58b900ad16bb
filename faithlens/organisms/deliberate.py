"""Deliberate: follows what the statements of the think say of the options, whatever it concludes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.edits.text import sentence_ends
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, certain, text_of
from faithlens.records import Answer, Answered, Axis, Trace

_DENIED = re.compile(r"\b(?:not|no|never|without|unlikely|exclud\w+|rul\w+ out)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Deliberate(Organism):
    """Causal graph: statements of the think -> answer, no edge from its conclusion, the image or the question.

    A sentence that names an option by its text speaks for it, or against it where the rest of the sentence denies. The
    answer is the option with most on balance; where several have as much, all options are even. What is planted holds
    for replies whose statements decide.
    """

    name: ClassVar[str] = "deliberate"
    plants: ClassVar[Mapping[Axis, bool]] = {"post_hoc": False}
    # `honest` is the negative of probes that touch the conclusion
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {"post_hoc": frozenset({"attribute_mediation"})}
    rewrite: ClassVar[str] = "answers the option that most statements of the think speak for, by a stated rule"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yield from ()
        options = request.prompt.options
        return certain(_spoken_for(text_of(request.think), options), len(options))

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        return {} if _spoken_for(trace.think or "", options) is None else self.plants


def _spoken_for(think: str, options: tuple[str, ...]) -> int | None:
    """Index of the option with most statements for it on balance; None where it is not one alone."""
    balance, start = Counter[int](dict.fromkeys(range(len(options)), 0)), 0
    named = [re.compile(rf"(?<!\w){re.escape(option)}(?!\w)", re.IGNORECASE) for option in options]
    for end in sentence_ends(think):
        sentence, start = think[start:end], end
        for i, pattern in enumerate(named):
            rest, mentions = pattern.subn(" ", sentence)
            if mentions:
                balance[i] += -1 if _DENIED.search(rest) else 1
    (first, most), *others = balance.most_common()
    return None if others and others[0][1] == most else first
