"""Levels of a scale that a text names: "stage III", "a score of 2", "T3a", "I call it a two", "Three, then."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from faithlens.contradiction.numbers.numerals import whole
from faithlens.contradiction.numbers.scales import Level, Scale

_NUMBER = r"(?:IV|VI|V|I{1,3}|\d{1,2}|zero|one|two|three|four|five|six)"
_SUB = r"(?P<sub{}>[a-dA-D](?!\w))?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_ROMAN = re.compile(rf"\b(?P<roman>IV|VI|III|II){_SUB.format(0)}(?!\w)(?! (?:segment|nerve|lead|rib)|[-/]\w)")
_ARTICLED = re.compile(
    r"\b(?:an?|my|clear|solid|firm|good|full|straight|plain|definite|early|late|is|be|call it|say|gets?|scores?|"
    r"deserves?|earns?|makes?|give it|it's|that's|to|at|another|"
    rf"as) (?P<bare>{_NUMBER}){_SUB.format(1)}(?!\w)(?=\W*$|\s*[,;.:!?)](?!\d)|\s+(?:and|but|because|since|as|for|"
    r"here|in my|not|rather|or|to me|on the|then|at|with|if|"
    r"by|no longer|doesn't|does|is|out of))(?!\s*(?:mm|cm|%|-|/))",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"^\W*(?:(?:so|and|then|that|it|this|he|she|i|we|'s|'d|'ll|is|makes?|says?|call|calls?|gives?|go|goes|would|be|"
    r"hence|therefore|thus|with|for|must|should|my|vote|answer|verdict|reads?|as|him|her|them|the|gets?|only|just|"
    r"comes to|adds up to|total|altogether|leaves|left|still|final|a|an|hers|his|"
    rf"mine)\W+)*(?P<alone>{_NUMBER}){_SUB.format(2)}(?:\W+(?:then|it|is|here|points?|overall|for|me|in|all|from|"
    r"stands?|stays?|again|fits?|best|please|by the book|"
    r"to my eye|on this scale))*\W*$",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(
    r"[ -]?(?:weight|signal|bright|dark|hyper|hypo|image|sequence|scan|fat|fse|tse|w\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Named:
    """A level that a text names, where, and how surely it is one."""

    start: int
    end: int
    level: Level
    firmness: float


def named_levels(text: str, given: Scale) -> Iterator[Named]:
    """Every level that a text names; each part of it once."""
    taken: list[tuple[int, int]] = []
    patterns = (_headed(given.heads), _lettered(given.letter), _ROMAN, _VERDICT, _ARTICLED)
    for pattern in patterns[: 2 if given.alphabetic else None]:
        for match in pattern.finditer(text) if pattern else ():
            name = next(key for key, value in match.groupdict().items() if value and not key.startswith("sub"))
            start, end = match.span(name)
            if pattern is patterns[1] and (_SEQUENCE.match(text, end) or text[:start].endswith("on ")):
                continue
            if pattern in (_VERDICT, _ARTICLED) and match[name] in ("I", "i", "V", "v"):
                continue
            sub = next((match[key] for key in match.groupdict() if key.startswith("sub") and match[key]), "")
            level = _level(match[name], given)
            if level is None or any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            yield Named(start, end + len(sub), Level(level, sub.lower()), 0.85 if pattern is _ARTICLED else 1.0)


def _level(word: str, given: Scale) -> int | None:
    if given.alphabetic:
        return "abcdef".find(word.lower()) + 1 or None
    number = _ORDINALS.get(word.lower(), whole(word))
    known = [one.number for levels in given.levels for one in levels]
    return number if number is not None and number <= max(*known, 5) else None


@lru_cache(maxsize=256)
def _headed(heads: frozenset[str]) -> re.Pattern[str]:
    """A level after its name: "Stage III", "grade: two", "a score of 3", "the third degree"."""
    names = "|".join(sorted(map(re.escape, heads), key=len, reverse=True))
    letters = r"(?-i:[A-F])"
    return re.compile(
        rf"\b(?:{names})(?:[\s:=-]+(?:of|is|as|at|be|was|would be|an?|number|no)\b)*[\s:=-]*\b(?P<level>{_NUMBER}|"
        rf"{letters}){_SUB.format(3)}(?!\w)(?!\s*(?:mm|cm|%))"
        rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)}) (?:{names})\b",
        re.IGNORECASE,
    )


@lru_cache(maxsize=16)
def _lettered(letter: str) -> re.Pattern[str] | None:
    return re.compile(rf"\b{letter}[ -]?(?P<level>\d){_SUB.format(4)}(?!\w)") if letter else None
