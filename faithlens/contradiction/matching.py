"""What the concepts of one clause say for and against each option."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.effects import CONFLICT, Read, effect, is_finding, is_place
from faithlens.contradiction.events import Event
from faithlens.contradiction.idle import WHOLE, is_bare_place, is_landmark, is_of_a_kind, is_side
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.literal import Literal, absence, elsewhere_named
from faithlens.contradiction.target import PLACES, Target, Targets
from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

_CALM = vocabulary("nothing spared separate uninvolved untouched unaffected merely innocent innocuous")
_OUTSIDE = re.compile(
    r"\b(?:outside|beyond|(?:separate|separated|distinct|away|apart) from)(?: of)?\s+(?:the|its|his|"
    r"her)?\s*(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_AT_REST = re.compile(
    r"\b(?:is|are|looks?|remains?|appears?|stays?|seems?)\s+(?:(?:\w+ly|both|all|quite|perfectly)\s+)?"
    r"(?:clear|sharp|free|crisp|clean|dry|quiet|empty|alright|all right|fine|ok|okay|good|untouched|unharmed)\b",
    re.IGNORECASE,
)
"""What is said of an organ, or of a side, that is as it should be."""


@dataclass
class Tally:
    """Units of one option that a sentence has affirmed so far."""

    units: dict[str, float] = field(default_factory=dict[str, float])
    hits: set[Hit] = field(default_factory=set[Hit])


@dataclass(frozen=True)
class Said:
    """One clause and how it means what it names."""

    think: str
    words: list[Token]
    clause: Clause
    reads: list[Read]
    literal: Literal
    organs: frozenset[str]
    """Those that it speaks of."""
    aside: frozenset[Hit]
    """Organs that only say where something else lies."""
    outside: frozenset[Hit]
    """Of them those that it does not lie in."""
    calm: bool
    """It says that something is as it should be."""

    @property
    def concludes(self) -> bool:
        return self.clause.mood == "conclusion"


def by_concepts(
    think: str,
    words: list[Token],
    clause: Clause,
    reads: list[Read],
    known: Targets,
    tallies: list[Tally],
    topic: frozenset[str],
    literal: Literal,
) -> list[Event]:
    """Events of one clause; `topic` is the organ of a heading before it, `tallies` go on through the sentence."""
    said = _said(think, words, clause, reads, known, topic, literal)
    gained: dict[int, float] = {}
    events: list[Event] = []
    for option in range(len(known.options)):
        strength, conflict, denial = _one(said, option, known, tallies[option])
        if denial is not None:
            events.append(denial)
        if conflict and strength:
            # "of the right hilum" denies the option that says the same of the left one
            events.append(Event(option, -0.8 * strength, clause.start, clause.end, said.concludes))
        elif strength:
            gained[option] = strength * _share(said, known.options[option], known, tallies[option])
    return events + _shared_out(said, gained, known, tallies)


def _said(
    think: str,
    words: list[Token],
    clause: Clause,
    reads: list[Read],
    known: Targets,
    topic: frozenset[str],
    literal: Literal,
) -> Said:
    normal = [read for read in reads if read.hit.concept == "normal"]
    found = any(is_finding(read.hit) and read.affirmed and not is_bare_place(read.hit, reads) for read in reads)
    denied = any(is_finding(read.hit) and not read.affirmed and read.hit.sense != "against" for read in reads)
    healthy = any(read.affirmed for read in normal)
    aside = frozenset(read.hit for read in reads if is_place(read.hit) and is_landmark(think, words, clause, read.hit))
    outside = frozenset(hit for hit in aside if _OUTSIDE.search(think[clause.start : words[hit.first].start]))
    organs = topic | {read.hit.concept for read in reads if is_place(read.hit) and read.hit not in aside}
    calm = ((healthy or denied) and not found) or _is_calm(words, clause)
    if known.localises and any(not read.affirmed for read in normal):
        # "I find no normal cruciate" speaks for the cruciate, where a place is asked for
        reads = [replace(read, affirmed=True) if is_place(read.hit) else read for read in reads]
    if healthy or not found:
        # "the anterior talofibular is thin and continuous" shows no injury of it, nor does "the falx is in view"
        reads = [read for read in reads if not (is_finding(read.hit) and is_bare_place(read.hit, reads))]
    if calm:
        # "the left lung is clear" speaks against the left
        reads = [replace(read, affirmed=False) if is_side(read.hit) else read for read in reads]
    return Said(think, words, clause, reads, literal, organs, aside, outside, calm)


def _is_calm(words: list[Token], clause: Clause) -> bool:
    if _AT_REST.search(clause.text):
        return True
    calm = [at for at in range(clause.first, clause.last) if words[at].lower in _CALM]
    return any(at + 1 == len(words) or words[at + 1].lower not in ("but", "other") for at in calm)


def _one(said: Said, option: int, known: Targets, tally: Tally) -> tuple[float, bool, Event | None]:
    """How firmly a clause affirms a unit of one option, whether it names another value, and its denial."""
    target = known.options[option]
    total = sum(unit.weight for unit in target.units) or 1.0
    strength, against, blame, conflict = 0.0, 0.0, 0.0, False
    reason: Read | None = None
    for read in said.reads:
        for unit in target.units:
            if read.hit in said.outside and unit.concept == read.hit.concept:
                against, reason = max(against, 0.8 * read.strength), reason or read
            does = _does(said, read, unit.concept, option, known)
            if does == CONFLICT:
                conflict = conflict or not _affirms(said.reads, unit.concept)
            if does > 0:
                tally.units[unit.concept] = max(tally.units.get(unit.concept, 0.0), does)
                tally.hits.add(read.hit)
                strength = max(strength, read.strength)
            elif does < 0 and unit.weight / total >= 0.25:
                amount = -does * (1.0 if unit.weight / total >= 0.45 else 0.6) * read.strength
                if reason is None or amount > blame:
                    blame, reason = amount, read
                apart = reason.hit.last <= read.hit.first or read.hit.last <= reason.hit.first
                both = blame + 0.5 * amount * (1 - blame) if apart and reason is not read else 0.0
                against = max(against, amount, both)
    if not against or reason is None:
        return strength, conflict, None
    span = said.words[reason.hit.first].start, said.words[reason.hit.last - 1].end
    return strength, conflict, Event(option, -min(against, 0.95) * 0.9, *span, said.concludes)


def _does(said: Said, read: Read, unit: str, option: int, known: Targets) -> float:
    """What one concept does to one unit of an option in this clause, in [-1, 1]."""
    target = known.options[option]
    if read.hit in said.aside and lexicon().kind(unit) in PLACES:
        return 0.0
    does = effect(read, unit, target, said.clause, said.organs)
    if target.absent and unit == read.hit.concept:
        does = absence(said.words, said.literal, read, option) or does
    if elsewhere_named(said.literal, read.hit, option, read.affirmed, target) and does != CONFLICT:
        return 0.0
    if said.calm and known.localises and does > 0 and is_place(read.hit):
        return -0.9
    if not read.affirmed and read.hit.concept != unit and is_of_a_kind(said.words, read.hit):
        does *= 0.3
    return does


def _affirms(reads: Sequence[Read], concept: str) -> bool:
    return any(read.hit.concept == concept and read.affirmed for read in reads)


def _share(said: Said, target: Target, known: Targets, tally: Tally) -> float:
    """How much of an option the sentence has named so far, in [0, 1]; half a name is less than half a mention."""
    total = sum(unit.weight for unit in target.units) or 1.0
    matched = sum(unit.weight * tally.units.get(unit.concept, 0.0) for unit in target.units)
    covered = sum(unit.weight for unit in target.units if unit.concept in tally.units)
    share = matched / total * (covered / total) ** 0.5
    if _only_loosely(target, tally):
        return 0.1 * share
    begins = said.words[said.clause.first].lower
    abnormal = any(is_finding(read.hit) and read.affirmed for read in said.reads)
    return 0.6 * share if known.localises and begins not in WHOLE and not abnormal else share


def _only_loosely(target: Target, tally: Tally) -> bool:
    """Whether of an option that claims more only the organ, or "lesion", has so far been named."""
    lex = lexicon()
    claims = any(lex.kind(unit.concept) in ("finding", "change", "nature") for unit in target.units)
    return claims and all(lex.kind(concept) in PLACES | {"distribution", "generic"} for concept in tally.units)


def _shared_out(said: Said, gained: dict[int, float], known: Targets, tallies: list[Tally]) -> list[Event]:
    """Support for options that no other dominates; a list of most of them, or "A or B", commits to little."""
    used = {option: tallies[option].hits for option in gained}
    positive = {
        option: amount
        for option, amount in gained.items()
        # "small cell" in "non-small cell": its every word speaks more for another
        if not any(gained[other] > amount + 1e-9 and used[option] <= used[other] for other in gained)
    }
    first, last = said.clause.first, said.clause.last
    either = len(positive) > 1 and any(word.lower == "or" for word in said.words[first:last])
    most = len(positive) >= 3 and len(positive) > len(known.options) / 2
    events: list[Event] = []
    for option, amount in positive.items():
        own = [hit for hit in used[option] if first <= hit.first < last]
        span = min(said.words[hit.first].start for hit in own), max(said.words[hit.last - 1].end for hit in own)
        amount *= 0.3 if most else 0.45 if either else 1.0
        events.append(Event(option, min(amount, 0.95), *span, said.concludes))
    return events
