"""Numbers in running text, in digits and in words: "54", "5.5", "nine point two", "five and a half", "forty-two"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faithlens.replies.wording import vocabulary

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {
    **{word: value for value, word in enumerate(ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_PARTS = {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_ONE_WORD = "(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")"
_NUMBER = re.compile(
    rf"(?<![A-WYZa-wyz\d_.])(?:(?P<digits>\d+(?:\.\d+)?)|(?P<words>{_ONE_WORD}(?:[ -]{_ONE_WORD}|"
    rf"(?: a)? hundred(?: and)?)*)\b(?: point (?P<point>{_ONE_WORD}(?: {_ONE_WORD})*))?)(?P<half>(?: and)?(?: a|"
    r"-a)?[ -]half\b(?! of\b| the\b))?"
    rf"(?!\.?\d)",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    rf"\b(?:(?P<count>an?|{_ONE_WORD}|\d+)[ -])?(?P<part>half|halve|third|quarter|fifth|sixth|tenth)s?\b",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_ARTICLES = vocabulary("a an")


@dataclass(frozen=True)
class Numeral:
    """A number and the characters that say it."""

    start: int
    end: int
    value: float


def numerals(text: str) -> list[Numeral]:
    """Every number of a text, in order."""
    return [Numeral(*match.span(), _value(match)) for match in _NUMBER.finditer(text)]


def fractions(text: str) -> list[Numeral]:
    """Every fraction in words ("half", "two thirds", "a quarter") in percent."""
    found: list[Numeral] = []
    for match in _FRACTION.finditer(text):
        part, count = _PARTS[match["part"].lower()], (match["count"] or "").lower()
        if not count and part != 2:
            continue  # "the third" is an ordinal
        many = 1.0 if not count or count in _ARTICLES else float(whole(count) or 0)
        if 0 < many < part:
            found.append(Numeral(*match.span(), 100 * many / part))
    return found


def whole(word: str) -> int | None:
    """What one word says as a whole number, in digits, words or Roman numerals."""
    lower = word.lower()
    if lower.isdecimal():
        return int(lower)
    return _WORDS.get(lower, _ROMAN.get(lower))


def _value(match: re.Match[str]) -> float:
    half = 0.5 if match["half"] else 0.0
    if match["digits"]:
        return float(match["digits"]) + half
    total = 0
    for word in re.findall(r"[a-z]+", match["words"].lower()):
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _WORDS.get(word, 0)
    point = "".join(str(_WORDS[word]) for word in (match["point"] or "").lower().split())
    return float(f"{total}.{point}" if point else total) + half
