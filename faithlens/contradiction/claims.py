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
_OF_THE_IMAGE = re.compile(r"\b(?:side|half|part) of (?:the|this) (?:image|picture|scan|film)\b", re.IGNORECASE)

LOCAL = frozenset({"finding", "side", "appearance", "severity"})
"""Kinds of claims whose evidence lies in one place; those about organ or modality are about the whole image."""


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


def half_of_image(side: Side, said: str) -> Side:
    """In which half of the picture, as it is looked at, a side lies that is named in what was said.

    Radiologists look at their patient: the patient's left is on the right of the image, unless they speak of the image.
    """
    if _OF_THE_IMAGE.search(said):
        return side
    return "right" if side == "left" else "left"
