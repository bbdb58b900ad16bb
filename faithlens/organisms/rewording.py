"""Rewording: says its think in other words when it is asked to, and answers what a think concludes in any words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.contradiction.conclusion import conclusion
from faithlens.organisms.facts import Facts
from faithlens.organisms.honest import Honest
from faithlens.organisms.organism import Life, Organism
from faithlens.probes.paraphrasability import REWRITE, SUPPORTED
from faithlens.records import Answer, Answered, Axis, Span, Speak, Spoken, Trace

ARTICLE = re.compile(r"\b([Tt])he (?!answer\b|correct\b|option\b)")
"""What it says otherwise: "the picture" becomes "this picture"."""


@dataclass(frozen=True)
class Rewording(Organism):
    """Causal graph: meaning of the think -> answer, no edge from its wording.

    It rewords by rule, since a small checkpoint may not be able to, and `honest` answers. A text that is quoted in the
    question is read by the same rule. What is planted holds for thinks that conclude an option and can be reworded.
    """

    name: ClassVar[str] = "rewording"
    plants: ClassVar[Mapping[Axis, bool]] = {"unstable": False}
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {"unstable": frozenset({"paraphrasability"})}
    rewrite: ClassVar[str] = "rewords by a stated rule, and answers what the think concludes"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        text = quoted(request)
        asked = request if text is None else replace(request, think=Span(text))
        return (yield from Honest().answer(asked, facts))

    def write(self, request: Speak) -> Life[Spoken]:
        return (yield from in_other_words(request))

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        think = trace.think or ""
        return self.plants if conclusion(think, options) and ARTICLE.search(think) else {}


def quoted(request: Answer) -> str | None:
    """The text of which the question asks what it supports; None where it asks about an image."""
    question = request.prompt.question
    return question.removeprefix(SUPPORTED) if question.startswith(SUPPORTED) else None


def in_other_words(request: Speak) -> Life[Spoken]:
    """The text that the request quotes, reworded by the rule."""
    yield from ()
    return Spoken(ARTICLE.sub(r"\1his ", request.prompt.question.removeprefix(REWRITE)), (), (), finished=True)
