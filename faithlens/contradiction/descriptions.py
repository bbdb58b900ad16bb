"""Signs whose words stand in any order near each other: "bread + slice" in "it looks like a slice of bread"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

_REACH = 9
"""How many words away from the first group the words of another may begin."""
MARKS = frozenset(",;.!?")
DENYING = vocabulary(
    "no not without nor never neither cannot can't isn't aren't doesn't don't lacks lacking absent instead rather"
    " none nothing nowhere"
)

Wording = tuple[str, ...]
Group = dict[str, tuple[Wording, ...]]
"""Wordings, as stems, any of which will do, by their first stem."""


@dataclass(frozen=True)
class Description:
    """One wording of each group, near each other; `against` says that it speaks against the concept."""

    groups: tuple[Group, ...]
    concept: str
    against: bool


def find(
    description: Description, words: Sequence[Token], stems: Sequence[str], runs: Sequence[int], at: int
) -> tuple[int, int] | None:
    """Places (not words) from and to which a description reaches whose first group has a wording at a place.

    None where another group has none near it.
    Only words of one run, without a comma or more between, and without a negation that is not part of it, are near.
    """
    spans: list[tuple[int, int]] = []
    for group in description.groups:
        near = sorted(_places(runs, at), key=lambda place: abs(place - at)) if spans else [at]
        span = next((span for place in near for span in _spans(group, stems, place) if _is_free(span, spans)), None)
        if span is None:
            return None
        spans.append(span)
    first, last = min(spans)[0], max(spans)[1]
    inside = {place for start, end in spans for place in range(start, end)}
    if any(words[place].lower in DENYING for place in range(first, last) if place not in inside):
        return None
    return first, last


def _places(runs: Sequence[int], at: int) -> Iterator[int]:
    for place in range(max(at - _REACH, 0), min(at + _REACH + 1, len(runs))):
        if runs[place] == runs[at]:
            yield place


def _spans(group: Group, stems: Sequence[str], place: int) -> Iterator[tuple[int, int]]:
    for wording in group.get(stems[place], ()):
        if tuple(stems[place : place + len(wording)]) == wording:
            yield place, place + len(wording)


def _is_free(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in others)
