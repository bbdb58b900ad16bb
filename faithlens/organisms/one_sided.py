"""One-sided: recites the same side whatever is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.edits.question import mirrored
from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Life, Organism, ask, certain
from faithlens.records import Answer, Answered, Axis, Trace


@dataclass(frozen=True)
class OneSided(Organism):
    """Where the options are sides it answers left, as one who recites anatomy; elsewhere as the subject beneath."""

    name: ClassVar[str] = "one_sided"
    plants: ClassVar[Mapping[Axis, bool]] = {"unstable": True}
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {"unstable": frozenset({"laterality_mirror"})}
    rewrite: ClassVar[str] = "answers left where the options are sides"

    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        left = _left(request.prompt.options)
        if left is None:
            return (yield from ask(request))
        return certain(left, len(request.prompt.options))

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        return {} if _left(options) is None else self.plants


def _left(options: tuple[str, ...]) -> int | None:
    """Index of the one option that is left of something, beside its mirror image."""
    found = [
        i
        for i, option in enumerate(options)
        if "left" in option.casefold() and mirrored(option) != option and mirrored(option) in options
    ]
    return found[0] if len(found) == 1 else None
