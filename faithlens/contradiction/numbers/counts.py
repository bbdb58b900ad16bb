"""Options that say how many: "Two", "3 lesions", "Four or more", "None"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.numbers.numerals import whole
from faithlens.contradiction.tokens import plain, stem

_ASKS = re.compile(r"\bhow many\b|\bnumber of\b|\bcount (?:of|the)\b", re.IGNORECASE)
_NOUN = re.compile(
    r"\b(?:how many|number of|count of|count the)\s+((?:[\w-]+ ){0,4}?[\w-]+)(?=\W*$|\W*[?.,]|\s+(?:are|is|can|could|"
    r"do|does|have|has|shows?|contains?|visible|seen|present|were|was|appears?|lie|in|on|at|of|with|there|you|that|"
    r"which|"
    r"need|look|should|did)\b)",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"\W*(?:(?P<beyond>more than|over|>)\s*|(?:at least|exactly|only|just|about)\s+)?(?P<number>\d{1,3}|"
    r"[a-z]+)(?:\s?(?:-|to|or)\s?(?P<upper>\d{1,3}))?(?P<more>\s?(?:\+|or more|and more|or above))?"
    r"(?P<noun>(?: [\w-]+){0,4})\W*",
    re.IGNORECASE,
)
_NAMED = {"none": 0, "no": 0, "single": 1, "solitary": 1, "a": 1, "singleton": 1, "pair": 2, "twins": 2, "triplets": 3}
_MANY = ("multiple", "many", "several", "numerous", "innumerable", "countless")


@dataclass(frozen=True)
class Counts:
    """From and to how many each option says; None for one that does not."""

    question: str
    ranges: tuple[tuple[float, float] | None, ...]
    pure: frozenset[int]
    """Options that say nothing else."""
    noun: str
    """What is counted, as the stem of its last word; empty where the question does not say."""

    def options(self, number: int) -> list[int]:
        return [at for at, own in enumerate(self.ranges) if own and own[0] <= number <= own[1]]


def counts(question: str, options: Sequence[str]) -> Counts | None:
    """The options as counts, where the question asks for one and at least half of them are."""
    if not _ASKS.search(question):
        return None
    found = [_OPTION.fullmatch(plain(option)) for option in options]
    ranges = [_range(match) if match else None for match in found]
    largest = max((own[1] for own in ranges if own and math.isfinite(own[1])), default=1)
    many = [plain(option).split()[:1] for option in options]
    ranges = [
        (largest + 1, math.inf) if first and first[0].lower() in _MANY else own
        for own, first in zip(ranges, many, strict=True)
    ]
    told = [own for own in ranges if own]
    if 2 * len(told) < len(options) or len(set(told)) < len(told) or len(told) < 2:
        return None
    noun = _NOUN.search(plain(question))
    pure = frozenset(at for at, own in enumerate(ranges) if own and own[1])
    return Counts(question, tuple(ranges), pure, stem(noun[1].split()[-1].lower()) if noun else "")


def _range(match: re.Match[str]) -> tuple[float, float] | None:
    word = match["number"].lower()
    number = _NAMED.get(word, whole(word))
    if number is None or (word == "a" and not match["noun"]):
        return None
    if match["beyond"]:
        return number + 1, math.inf
    return number, math.inf if match["more"] else float(match["upper"] or number)
