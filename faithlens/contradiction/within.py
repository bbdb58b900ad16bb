"""Claims of one think that contradict each other: a finding that is affirmed, and denied elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from faithlens.contradiction.clauses import Clause, sentences
from faithlens.contradiction.context import meaning
from faithlens.contradiction.effects import is_place
from faithlens.contradiction.idle import is_idle
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.tokens import Token, tokens
from faithlens.replies.wording import vocabulary

_FIRM = 0.8
"""A hedged mention contradicts nothing."""
_DEFINITE = vocabulary("the this that its same said")
_MORE = vocabulary("another other second third also both each additional further too")


@dataclass(frozen=True)
class Claim:
    """One firm mention of a finding in a clause about this image."""

    concept: str
    affirmed: bool
    places: frozenset[str]
    side: str
    """Left or right; empty where the clause names neither, or both."""
    known: bool
    """It goes on about one lesion: "the nodule", "this mass"; not a second one, nor several."""
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
    not. One lesion that lies on the left and later on the right clashes with itself.
    """
    listed = _distinct(_claims(think))
    found: list[Clash] = []
    for at, one in enumerate(listed):
        for two in listed[at + 1 :]:
            yes, no = (one, two) if one.affirmed else (two, one)
            if not (_moves(one, two) if one.affirmed and two.affirmed else _denies(yes, no)):
                continue
            if not any(yes.concept in (clash.first.concept, clash.second.concept) for clash in found):
                found.append(Clash(one, two))
    return found


def _distinct(claims: list[Claim]) -> list[Claim]:
    """Without claims that only repeat an earlier one."""
    first: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        first.setdefault((claim.concept, claim.affirmed, claim.places, claim.side, claim.known), claim)
    return list(first.values())


def _denies(yes: Claim, no: Claim) -> bool:
    if yes.affirmed == no.affirmed:
        return False
    return lexicon().distance(yes.concept, no.concept) is not None and _same_places(yes, no)


def _moves(one: Claim, two: Claim) -> bool:
    """Whether one lesion changes its side."""
    if not two.known or {one.side, two.side} != {"left", "right"}:
        return False
    known = lexicon()
    return known.distance(one.concept, two.concept) is not None or known.distance(two.concept, one.concept) is not None


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
    sides = [hit.concept for hit in hits if known.kind(hit.concept) == "side" and not is_idle(words, hit)]
    side = sides[0] if len(set(sides)) == 1 and sides[0] in ("left", "right") else ""
    more = any(words[at].lower in _MORE for at in range(clause.first, clause.last))
    for hit in hits:
        if known.kind(hit.concept) != "finding":
            continue
        meant = meaning(words, (clause.first, max(clause.last, hit.last)), (hit.first, hit.last), think)
        if meant.firmness >= _FIRM:
            span = words[hit.first].start, words[hit.last - 1].end
            resumed = hit.first > 0 and words[hit.first - 1].lower in _DEFINITE and not more
            found.append(Claim(hit.concept, meant.affirmed, places, side, resumed, *span))
    return found


def _same_places(one: Claim, two: Claim) -> bool:
    """Whether two claims are about one place; true where either names none."""
    if not one.places or not two.places:
        return True
    known = lexicon()
    return any(
        known.distance(a, b) is not None or known.distance(b, a) is not None for a in one.places for b in two.places
    )
