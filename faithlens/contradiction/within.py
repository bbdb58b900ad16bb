"""Claims of one think that contradict each other: a finding that is affirmed, and denied elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from faithlens.contradiction.clauses import Clause, sentences
from faithlens.contradiction.context import meaning
from faithlens.contradiction.effects import is_place
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.tokens import Token, tokens

_FIRM = 0.8
"""A hedged mention contradicts nothing."""


@dataclass(frozen=True)
class Claim:
    """One firm mention of a finding in a clause about this image."""

    concept: str
    affirmed: bool
    places: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True)
class Clash:
    """Two claims that cannot both hold, in the order of the think."""

    first: Claim
    second: Claim


def clashes(think: str) -> list[Clash]:
    """Findings that the think affirms in one place and denies in another, without taking the first one back.

    Organs and sides must agree: "no fracture of the tibia, a fracture of the fibula" is no clash. A finding that is
    affirmed by a special name and denied by a general one clashes too ("a meningioma … no tumor"); the reverse does
    not.
    """
    known = lexicon()
    listed = _claims(think)
    found: list[Clash] = []
    for at, one in enumerate(listed):
        for two in listed[at + 1 :]:
            yes, no = (one, two) if one.affirmed else (two, one)
            if one.affirmed == two.affirmed:
                continue
            if known.distance(yes.concept, no.concept) is None or not _same_places(yes, no):
                continue
            if not any(yes.concept in (clash.first.concept, clash.second.concept) for clash in found):
                found.append(Clash(one, two))
    return found


def _claims(think: str) -> list[Claim]:
    words = tokens(think)
    known = lexicon()
    found: list[Claim] = []
    for sentence in sentences(think, words):
        hits = known.hits(words[sentence.first : sentence.last])
        for clause in sentence.clauses:
            if clause.corrects:
                found.clear()  # what stands before it may have been taken back
            if clause.mood not in ("claim", "conclusion"):
                continue
            inside = [
                Hit(hit.first + sentence.first, hit.last + sentence.first, hit.concept, hit.sense)
                for hit in hits
                if hit.sense == "name" and clause.first <= hit.first + sentence.first < clause.last
            ]
            found += _of_clause(think, words, clause, inside)
    return found


def _of_clause(think: str, words: list[Token], clause: Clause, hits: list[Hit]) -> list[Claim]:
    known = lexicon()
    places = frozenset(hit.concept for hit in hits if is_place(hit) or known.kind(hit.concept) == "side")
    found: list[Claim] = []
    for hit in hits:
        if known.kind(hit.concept) != "finding":
            continue
        meant = meaning(words, (clause.first, max(clause.last, hit.last)), (hit.first, hit.last), think)
        if meant.firmness >= _FIRM:
            span = words[hit.first].start, words[hit.last - 1].end
            found.append(Claim(hit.concept, meant.affirmed, places, *span))
    return found


def _same_places(one: Claim, two: Claim) -> bool:
    """Whether two claims are about one place; true where either names none."""
    if not one.places or not two.places:
        return True
    known = lexicon()
    return any(
        known.distance(a, b) is not None or known.distance(b, a) is not None for a in one.places for b in two.places
    )
