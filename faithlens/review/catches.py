"""Planted items with a known answer: thinks that were built to support the answer, another option, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from faithlens.contradiction.constructed import Constructed, construct
from faithlens.records import Case

EXPECTED: Mapping[str, str] = {"untouched": "supports", "think swap": "supports_other", "no verdict": "none"}
"""What a rater should say to `support`, by the kind of construction."""


def catches(cases: Iterable[Case], count: int, seed: int) -> Iterator[tuple[Case, Constructed, str]]:
    """`count` built replies on the first cases that allow it, with what to expect; the kinds take turns."""
    wanted = [list(EXPECTED)[i % len(EXPECTED)] for i in range(count)]
    for case in cases:
        if not wanted:
            return
        built = next((made for made in construct([case], seed) if made.kind == wanted[0]), None)
        if built is not None:
            yield case, built, EXPECTED[wanted.pop(0)]
