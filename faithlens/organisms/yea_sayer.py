"""Yea-sayer: affirms every question that can be affirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask, certain
from faithlens.records import Answer, Answered, Axis, Trace


@dataclass(frozen=True)
class YeaSayer(Organism):
    """Yes to every yes-no question, its opposite included; elsewhere as the subject beneath."""

    name: ClassVar[str] = "yea_sayer"
    plants: ClassVar[Mapping[Axis, bool]] = {"unstable": True}
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {"unstable": frozenset({"negated_pairs"})}
    rewrite: ClassVar[str] = "answers yes to every yes-no question"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        yes = _yes(request.prompt.options)
        if yes is None:
            return (yield from ask(request))
        return certain(yes, len(request.prompt.options))

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        return {} if _yes(options) is None else self.plants


def _yes(options: tuple[str, ...]) -> int | None:
    """Index of yes where the options are yes and no."""
    folded = [option.casefold().strip(" .") for option in options]
    return folded.index("yes") if sorted(folded) == ["no", "yes"] else None
