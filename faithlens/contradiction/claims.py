"""Which sentences of a think claim something that can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from faithlens.contradiction.conclusion import conclusion
from faithlens.edits.lexicon import terms
from faithlens.edits.text import sentence_ends

Side: TypeAlias = Literal["left", "right"]

_LISTING = re.compile(r"\s*\(?[A-J][).:]\s")
_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)


@dataclass(frozen=True)
class VisualClaim:
    """One sentence of a think with what it speaks of."""

    start: int
    end: int
    kinds: tuple[str, ...]
    """Of the lexicon, and "side"; never empty."""
    side: Side | None
    """The first that it names."""


def visual_claims(think: str, options: tuple[str, ...]) -> Iterator[VisualClaim]:
    """Every sentence with a term of the lexicon or the options, or a side, unless it lists options or concludes."""
    extra = tuple((option, option) for option in options if len(option) > 2)
    start = 0
    for end in sentence_ends(think):
        sentence, at, start = think[start:end], start, end
        if _LISTING.match(sentence) or conclusion(sentence, options) is not None:
            continue
        kinds = tuple(dict.fromkeys(term.kind for term in terms(sentence, extra=extra)))
        found = _SIDE.search(sentence)
        side: Side | None = None
        if found is not None:
            side = "left" if found[1].lower() == "left" else "right"
            kinds = (*kinds, "side")
        if kinds:
            yield VisualClaim(at, end, kinds, side)
