"""How well the words of a think go with each option, where no name or sign decides: a soft match of bags of words.

The bag of an option has the words of all names and signs of its concepts and of their narrower ones, and those that
`associations/*.txt` lists ("meniscal tear: bow-tie locking cushion …"). A word that fewer concepts have counts for more
(inverse document frequency), and one that several options have tells them apart the less. Words of clauses that deny,
suppose, or call something healthy, count apart; questions, history and theory do not count.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from faithlens.contradiction.clauses import Clause, Sentence
from faithlens.contradiction.descriptions import DENYING
from faithlens.contradiction.lexicon import lexicon, words_of
from faithlens.contradiction.standing import Words
from faithlens.contradiction.target import Target, Targets
from faithlens.contradiction.targets import plain_target
from faithlens.contradiction.tokens import Token, stem, tokens
from faithlens.replies.wording import vocabulary

_SILENT = frozenset({"question", "past", "generic", "impression"})
_HEALTHY = vocabulary("normal fine intact clean clear ok smooth unremarkable healthy none nothing")
_FUNCTION = vocabulary(
    "of in on at to into onto from with by for as than that this these those it its is are was were be been being"
    " has have had do does did can could will would may might must shall should and or but if so then there here"
    " when where which who whose what how i you he she we they me him her us them my your his our their one some"
    " any each every all both not no only just very too also still yet more most less least such same other own"
    " off up down out over again"
)
_NARROWER = 0.6
"""What a word of a narrower concept weighs."""
_STEPS = 2
_MANY = 60
"""Narrower concepts beyond which a concept is too general for their words."""
_UNKNOWN = 1.5
"""What an option's own word weighs that no concept has."""
_RARE = 6.0
"""Inverse document frequency of a word that no concept has."""
_SHOWN = 5


@dataclass(frozen=True)
class Association:
    """How well the words of a think go with each option, at least 0: those of clauses that affirm, and that deny."""

    affirmed: tuple[float, ...]
    denied: tuple[float, ...]
    words: tuple[Words, ...] = ()
    """Those that go best with the option that the affirmed ones go with most."""


def association(words: Sequence[Token], read: Sequence[Sentence], known: Targets) -> Association:
    """Nothing goes with yes or no, and with an absence only what is listed for it.

    What is not there is described in the same words as what is.
    """
    if known.proposition:
        return Association((0.0,) * len(known.options), (0.0,) * len(known.options))
    told, denied = _told(words, read)
    affirming, denying = frozenset(word.stem for word in told), frozenset(word.stem for word in denied)
    bags = [_bag(target) for target in known.options]
    having = Counter(stem for bag in bags for stem in bag)

    def goes(stems: frozenset[str]) -> tuple[float, ...]:
        return tuple(_match(stems, bag, having, len(bags)) for bag in bags)

    affirmed = goes(affirming)
    lead = max(range(len(bags)), key=affirmed.__getitem__, default=None)
    shown = () if lead is None or affirmed[lead] <= 0 else _shown(told, lead, bags[lead], having, len(bags))
    return Association(affirmed, goes(denying), shown)


def _shown(
    told: Sequence[Token], lead: int, bag: Mapping[str, float], having: Mapping[str, int], options: int
) -> tuple[Words, ...]:
    first = {word.stem: word for word in reversed(told) if word.stem in bag and having[word.stem] < options}
    best = sorted(first, key=lambda stem: -_rarity().get(stem, _RARE) * bag[stem])[:_SHOWN]
    return tuple(Words(first[stem].start, first[stem].end, "suggests", lead) for stem in best)


def _match(stems: frozenset[str], bag: Mapping[str, float], having: Mapping[str, int], options: int) -> float:
    rarity = _rarity()
    common = sum(
        rarity.get(stem, _RARE) * bag[stem] * (1 - (having[stem] - 1) / options) for stem in stems if stem in bag
    )
    return common / (1 + 0.3 * math.sqrt(len(bag)))


def _told(words: Sequence[Token], read: Sequence[Sentence]) -> tuple[list[Token], list[Token]]:
    """Words of clauses that affirm, and of those that deny."""
    told: list[Token] = []
    denied: list[Token] = []
    for clause in (clause for sentence in read for clause in sentence.clauses if clause.mood not in _SILENT):
        (denied if _denies(words, clause) else told).extend(words[clause.first : clause.last])
    return told, denied


def _denies(words: Sequence[Token], clause: Clause) -> bool:
    return clause.mood == "supposed" or any(
        word.lower in DENYING | _HEALTHY for word in words[clause.first : clause.last]
    )


@lru_cache(maxsize=4096)
def _bag(target: Target) -> Mapping[str, float]:
    """Words that go with an option, each with its weight."""
    found: dict[str, float] = {}
    for unit in () if target.absent else target.units:
        share = min(1.0, unit.weight + 0.2)
        words = _of_concept(unit.concept) if unit.concept in lexicon().concepts else {unit.concept: _UNKNOWN}
        for word, weight in words.items():
            found[word] = max(found.get(word, 0.0), share * weight)
    for key in {target.stems, () if target.absent else tuple(sorted(target.concepts))}:
        found |= dict.fromkeys(_listed().get(key, ()), 1.0)
    return {word: weight for word, weight in found.items() if word not in _function()}


@cache
def _of_concept(concept: str) -> Mapping[str, float]:
    own, below = _wordings(), _narrower().get(concept, ())
    found = dict.fromkeys((stem for name in below if len(below) < _MANY for stem in own.get(name, ())), _NARROWER)
    return found | dict.fromkeys(own.get(concept, ()), 1.0)


@cache
def _wordings() -> dict[str, frozenset[str]]:
    """Stems of the names and signs of each concept, and of what is listed for it."""
    found = words_of()
    for key, stems in _listed().items():
        if len(key) == 1 and key[0] in found:
            found[key[0]] |= stems
    return {name: stems - _function() for name, stems in found.items()}


@cache
def _function() -> frozenset[str]:
    return frozenset(map(stem, _FUNCTION))


@cache
def _narrower() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, above in lexicon().above.items():
        for general, steps in above.items():
            if 0 < steps <= _STEPS:
                found.setdefault(general, []).append(name)
    return {general: tuple(names) for general, names in found.items()}


@cache
def _rarity() -> dict[str, float]:
    """Inverse document frequency of every stem, each concept being a document."""
    listed = _wordings()
    counts = Counter(stem for stems in listed.values() for stem in stems)
    return {stem: math.log(len(listed) / (1 + count)) for stem, count in counts.items()}


@cache
def _listed() -> dict[tuple[str, ...], frozenset[str]]:
    """What `associations/*.txt` lists, by an option's own stems and by the concepts that it has."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for names, stems in _lines():
        for name in names:
            target = plain_target(name)
            for key in {target.stems, tuple(sorted(target.concepts))}:
                found[key] = found.get(key, frozenset()) | stems
    return found


def _lines() -> Iterator[tuple[list[str], frozenset[str]]]:
    folder = resources.files("faithlens.contradiction").joinpath("associations")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        for line in file.read_text(encoding="utf-8").splitlines():
            names, _, words = line.partition(":")
            if words and not line.startswith("#"):
                yield names.split("="), frozenset(word.stem for word in tokens(words))
