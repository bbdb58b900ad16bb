"""Quantities with units in a text, and options that are quantities: "3 cm", "50-69%", "T1 (<= 3 cm)"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.numbers.numerals import Numeral, fractions, numerals
from faithlens.contradiction.tokens import plain, tokens

_UNITS = (
    ("mm", 1.0, r"mm|millimet(?:er|re)s?|millis?"),
    ("mm", 10.0, r"cms?|centimet(?:er|re)s?"),
    ("mm", 25.4, r"inch(?:es)?"),
    ("%", 1.0, r"%|per ?cent|percentage"),
    ("HU", 1.0, r"HU|hounsfield(?: units?)?"),
    ("degrees", 1.0, r"°|degrees?|deg"),
    ("tesla", 1.0, r"T(?![\w-])|tesla"),
    ("ml", 1.0, r"ml|millilit(?:er|re)s?|cc|cm3|cubic centimet(?:er|re)s?"),
    ("ml", 1000.0, r"lit(?:er|re)s?"),
    ("cm/s", 1.0, r"cm/s(?:ec)?|centimet(?:er|re)s (?:per|a|each) second"),
    ("cm/s", 100.0, r"m/s(?:ec)?|met(?:er|re)s (?:per|a|each) second"),
    ("mmHg", 1.0, r"mm ?hg"),
    ("days", 1.0, r"days?"),
    ("days", 7.0, r"weeks?|wks?"),
    ("days", 30.4, r"months?"),
    ("days", 365.0, r"years?|yrs?"),
)
"""Dimension, its common unit in this unit, and the wordings of this unit."""
_UNIT = re.compile(
    r"[ -]?(?:" + "|".join(f"(?P<u{at}>{words})" for at, (_, _, words) in reversed(list(enumerate(_UNITS)))) + r")"
    r"(?![a-z/])",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:-|to|or|up to)\s?(?:even )?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\W+(?:about |roughly )?$", re.IGNORECASE)
_TIMES = re.compile(r"\s?(?:x|×|by|times)\s?$", re.IGNORECASE)
_LESS = re.compile(
    r"(?:(?P<most>≤|<\s?=|\b(?:up to|at most|no more than|not more than|not (?:even )?exceeding|maximum(?: of)?|"
    r"max))|<|\b(?:less|smaller|fewer|lower|thinner|shorter|narrower) than|\b(?:under|below|short of|beneath|nearly|"
    r"almost|(?:not|\w+n't) (?:quite|even)))\W*(?:the |a |about |roughly )*$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:≥|>\s?=?|\b(?:more|greater|larger|bigger|higher|wider|thicker|longer|farther|further) than|\b(?:over|above|"
    r"beyond|past|exceed(?:s|ed|ing)?|upwards? of|at least|not less than|no less than|minimum(?: of)?|from))"
    r"\W*(?:the |a |about |roughly )*$",
    re.IGNORECASE,
)
_MINUS = re.compile(r"(?:^|[\s(])(-|minus |negative )$", re.IGNORECASE)
_OR_MORE = re.compile(
    r"\s?(?:\+|(?:or|and) (?:more|larger|above|over|greater|higher|wider|up(?:wards)?|beyond)\b)", re.I
)
_OR_LESS = re.compile(r"\s?(?:or|and) (?:less|smaller|below|under|lower|fewer)\b", re.IGNORECASE)
_ASKS_DISTANCE = re.compile(
    r"\b(?:far|distance|deep|depth|long|length|position|tip|shift\w*|displace\w*)\b", re.IGNORECASE
)
_ASKS_TIME = re.compile(r"\b(?:age|aged|old|gestation\w*|weeks|how long|duration|interval|when)\b", re.IGNORECASE)
_STENOSIS = re.compile(r"\bcarotid|\bICA\b", re.IGNORECASE)
_FILLING = re.compile(
    r"\b(?:about|approximately|approx|around|roughly|less|more|than|under|over|below|above|between|and|to|or|up|at|"
    r"least|most|greater|larger|smaller|of|from|exactly|ca|circa)\b|[^\w]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Amount:
    """A quantity in a text, as an interval in the common unit of its dimension."""

    start: int
    end: int
    dimension: str
    low: float
    high: float

    @property
    def middle(self) -> float:
        """A value that it stands for; just beyond the bound where it has one only."""
        if math.isinf(self.low) or math.isinf(self.high):
            bound, sign = (self.high, -1) if math.isinf(self.low) else (self.low, 1)
            return bound + sign * max(abs(bound) * 0.02, 1e-6)
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Measures:
    """Options as intervals of one dimension; None for an option that is no quantity."""

    dimension: str
    intervals: tuple[tuple[float, float] | None, ...]
    pure: frozenset[int] = frozenset()
    """Options that say nothing else."""
    known: float = 1.0
    """How firmly a value stands for an option: less than 1 where only common knowledge links them."""
    distance: bool = False
    """The question asks how far or how deep."""
    speed: bool = False
    """A velocity stands for a narrowing."""
    asked: frozenset[str] = frozenset()
    """The question's words, as stems."""


def measures(question: str, options: Sequence[str]) -> Measures | None:
    """The options as quantities, where at least half are of one dimension and they differ."""
    found = [amounts(plain(option)) for option in options]
    dimensions = [given[0].dimension for given in found if given]
    dimension = max(set(dimensions), key=dimensions.count, default="")
    intervals = tuple(_interval([amount for amount in given if amount.dimension == dimension]) for given in found)
    told = [interval for interval in intervals if interval]
    if 2 * len(told) < len(options) or len(set(told)) < max(2, len(told) - 1):
        return None
    if dimension == "days" and not _ASKS_TIME.search(question):
        return None
    pure = frozenset(at for at, given in enumerate(found) if given and not _remainder(plain(options[at]), given))
    speed = dimension == "%" and _STENOSIS.search(question) is not None
    distance = _ASKS_DISTANCE.search(question) is not None
    return Measures(dimension, intervals, pure, 1.0, distance, speed, stems_of(question))


def stems_of(question: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokens(question[:2000]))


def _interval(given: Sequence[Amount]) -> tuple[float, float] | None:
    return (given[0].low, given[0].high) if len(given) == 1 else None


def _remainder(option: str, given: Sequence[Amount]) -> str:
    for amount in reversed(given):
        option = option[: amount.start] + " " + option[amount.end :]
    return _FILLING.sub("", option)


def amounts(text: str, dimension: str = "") -> list[Amount]:
    """The quantities of a text, with fractions where the dimension is percent."""
    found: list[Amount] = []
    numbers = numerals(text)
    at = 0
    while at < len(numbers):
        last = at
        while last + 1 < len(numbers) and not _UNIT.match(text, numbers[last].end) and _linked(text, numbers, last):
            last += 1
        unit = _UNIT.match(text, numbers[last].end)
        if unit and last == at and at + 1 < len(numbers):
            # "3 cm to 5 cm"
            between = text[unit.end() : numbers[at + 1].start]
            second = _UNIT.match(text, numbers[at + 1].end)
            spanned = _RANGE.fullmatch(between) or (between == " and " and _BETWEEN.search(text[: numbers[at].start]))
            if second and second.lastgroup == unit.lastgroup and spanned:
                last, unit = at + 1, second
        if unit:
            found.append(_amount(text, numbers[at : last + 1], unit))
        at = last + 1
    if dimension == "%":
        said = [amount.start for amount in found]
        parts = [part for part in fractions(text) if part.start not in said]
        found += [_bounded(text, part.start, part.end, "%", part.value, part.value) for part in parts]
    return sorted(found, key=lambda amount: amount.start)


def _linked(text: str, numbers: Sequence[Numeral], at: int) -> bool:
    between = text[numbers[at].end : numbers[at + 1].start]
    ranged = between == " and " and _BETWEEN.search(text[: numbers[at].start])
    return bool(_RANGE.fullmatch(between) or _TIMES.fullmatch(between) or ranged)


def _amount(text: str, group: Sequence[Numeral], unit: re.Match[str]) -> Amount:
    dimension, factor, _ = _UNITS[int((unit.lastgroup or "u0")[1:])]
    values = [number.value * factor for number in group]
    start = group[0].start
    between = text[group[0].end : group[-1].start]
    if len(group) > 1 and _TIMES.search(between):
        values = [max(values)]
    if len(values) == 1 and (minus := _MINUS.search(text[:start])):
        values, start = [-values[0]], minus.start(1)
    return _bounded(text, start, unit.end(), dimension, min(values), max(values))


def _bounded(text: str, start: int, end: int, dimension: str, low: float, high: float) -> Amount:
    before = text[:start]
    less, more = _LESS.search(before), _MORE.search(before)
    after_less, after_more = _OR_LESS.match(text, end), _OR_MORE.match(text, end)
    if low == high and (less or after_less):
        strict = less is not None and not less["most"]
        end = after_less.end() if after_less else end
        return Amount(less.start() if less else start, end, dimension, -math.inf, high - (1e-6 if strict else 0))
    if low == high and (more or after_more):
        end = after_more.end() if after_more else end
        return Amount(more.start() if more else start, end, dimension, low, math.inf)
    return Amount(start, end, dimension, low, high)
