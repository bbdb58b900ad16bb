"""The lexicon: groups of radiological words that exclude each other, by kind; and where a text uses them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KINDS = ("finding", "side", "appearance", "severity", "organ", "modality")


@dataclass(frozen=True)
class Term:
    """A word of the lexicon in a text, and the next one of its group."""

    kind: str
    start: int
    end: int
    other: str


@cache
def lexicon() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Groups by kind, from lexicon.toml beside this file."""
    listed = tomllib.loads(files("faithlens.edits").joinpath("lexicon.toml").read_text(encoding="utf-8"))
    return {kind: tuple(tuple(group) for group in listed[kind]) for kind in KINDS}


def terms(text: str, kinds: Sequence[str] = KINDS, extra: Sequence[tuple[str, ...]] = ()) -> list[Term]:
    """Words of the lexicon in a text, in order; of overlapping ones the longest. `extra` groups count as findings."""
    groups = [("finding", group) for group in extra]
    groups += [(kind, group) for kind in kinds for group in lexicon()[kind]]
    found: list[Term] = []
    for term in sorted(_all(text, groups), key=lambda term: term.start - term.end):
        if not any(term.start < other.end and other.start < term.end for other in found):
            found.append(term)
    return sorted(found, key=lambda term: term.start)


def _all(text: str, groups: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Term]:
    for kind, group in groups:
        for i, word in enumerate(group):
            # a plural is the same word
            for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?:e?s)?(?![\w-])", text, re.IGNORECASE):
                yield Term(kind, *match.span(), group[(i + 1) % len(group)])
