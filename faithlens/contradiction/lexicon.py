"""Concepts of radiology with their names, signs and more general concepts, read from `lexicon.txt`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from faithlens.contradiction.tokens import Token, tokens

Sense = Literal["name", "sign", "against"]

EXCLUSIVE = frozenset({"modality", "view", "side", "severity", "time", "number", "weighting"})
"""Kinds of which one thing has one: who says left does not say right."""

_GAP_WORDS = 3


@dataclass(frozen=True)
class Concept:
    id: str
    kind: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Phrase:
    """Words that name a concept or speak for or against it; `tail` may follow `head` at a distance."""

    head: tuple[str, ...]
    tail: tuple[str, ...]
    concept: str
    sense: Sense


@dataclass(frozen=True, slots=True)
class Hit:
    """One concept in a text: words `first` up to and without `last`; `gap` are those that only stand between."""

    first: int
    last: int
    concept: str
    sense: Sense
    gap: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Lexicon:
    concepts: dict[str, Concept]
    by_first: dict[str, tuple[Phrase, ...]]
    above: dict[str, dict[str, int]]
    """Every more general concept, with the number of steps to it; a concept is above itself by 0."""

    def kind(self, concept: str) -> str:
        known = self.concepts.get(concept)
        return known.kind if known else "word"

    def distance(self, special: str, general: str) -> int | None:
        """Steps from a concept up to a more general one; None where it is not one of its kind."""
        if special == general:
            return 0
        return self.above.get(special, {}).get(general)

    def hits(self, words: Sequence[Token]) -> list[Hit]:
        """Every concept that words name or show; a name inside a longer name of the same group is none of its own."""
        found: list[Hit] = []
        stems = [word.stem for word in words]
        for first, start in enumerate(stems):
            for phrase in self.by_first.get(start, ()):
                last = _match(phrase, stems, first)
                if last:
                    gap = (first + len(phrase.head), last - len(phrase.tail)) if phrase.tail else (0, 0)
                    found.append(Hit(first, last, phrase.concept, phrase.sense, gap))
        longer = [hit for hit in found if hit.sense == "name" or hit.last - hit.first > 1]
        return [hit for hit in found if not any(self._swallows(other, hit) for other in longer)]

    def _swallows(self, name: Hit, hit: Hit) -> bool:
        longer = name.last - name.first > hit.last - hit.first
        if not longer or hit.first < name.first or hit.last > name.last:
            return False
        if name.sense != "name":
            # "marrow signal is normal" leaves nothing of the sign "marrow signal"
            return name.sense == "against" and name.concept == hit.concept
        return _group(self.kind(name.concept)) == _group(self.kind(hit.concept))


def _group(kind: str) -> str:
    if kind in ("finding", "generic", "state", "nature"):
        return "finding"
    return "organ" if kind in ("organ", "bone", "joint", "place") else kind


def _match(phrase: Phrase, stems: Sequence[str], first: int) -> int:
    """Where a phrase that begins at a word ends; 0 where it does not."""
    end = first + len(phrase.head)
    if tuple(stems[first:end]) != phrase.head:
        return 0
    if not phrase.tail:
        return end
    for at in range(end, end + _GAP_WORDS + 1):
        if tuple(stems[at : at + len(phrase.tail)]) == phrase.tail:
            return at + len(phrase.tail)
    return 0


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon; read once."""
    text = resources.files("faithlens.contradiction").joinpath("lexicon.txt").read_text(encoding="utf-8")
    concepts: dict[str, Concept] = {}
    phrases: dict[str, list[Phrase]] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("|")]
        name, kind, parents, names, signs = (columns + [""] * 5)[:5]
        concepts[name] = Concept(name, kind, tuple(parents.split()))
        wordings: list[tuple[str, Sense]] = [(name.replace("_", " "), "name")]
        wordings.extend((wording, "name") for wording in names.split(";"))
        wordings.extend((sign.lstrip(" !"), _sense(sign)) for sign in signs.split(";"))
        for wording, sense in wordings:
            before, _, after = wording.partition("..")
            head, tail = _stems(before), _stems(after)
            phrase = Phrase(head, tail, name, sense)
            if head and phrase not in phrases.setdefault(head[0], []):
                phrases[head[0]].append(phrase)
    above = {name: _above(name, concepts) for name in concepts}
    return Lexicon(concepts, {first: tuple(listed) for first, listed in phrases.items()}, above)


def _sense(sign: str) -> Sense:
    return "against" if sign.lstrip().startswith("!") else "sign"


def _stems(wording: str) -> tuple[str, ...]:
    return tuple(word.stem for word in tokens(wording))


def _above(name: str, concepts: dict[str, Concept]) -> dict[str, int]:
    found = {name: 0}
    queue = [name]
    for special in queue:
        known = concepts.get(special)
        for general in known.parents if known else ():
            if general not in found:
                found[general] = found[special] + 1
                queue.append(general)
    return found
