"""Numbers that a clause says as a sum of what a question asks for: "I count three", "two of them", "twins"."""

from __future__ import annotations

import re

from faithlens.contradiction.numbers.numerals import whole
from faithlens.contradiction.tokens import stem

NUMBER = r"(?:\d{1,2}|zero|one|two|three|four|five|six|seven|eight|nine|ten)"
MEASURE = (
    r"(?!\s*(?:\.\d|mm|cm|%|percent|x\b|×|-|/|years?|weeks?|months?|days?|hours?|millimet|centimet|degrees|o'clock))"
)
"""What follows no number of things."""
_SUM = re.compile(
    r"\b(?:in all|altogether|in total|totals?(?: of| is)?|all told|(?:my )?tally(?: is| of)?|sum(?: is| of)?|"
    r"adds? up to|comes? to|count(?:ed)?(?: is| of)?|i (?:make it|get|say|would say|go for)|makes?(?: it| that)?|"
    r"that(?:'s| is)|it(?:'s| is)|so|hence|therefore|thus|only|just|exactly|precisely|answer(?: is)?|there (?:are|"
    r"is|must be|have to be)|stays?(?: at)?|leaves(?: us with| me with)?|left with|"
    rf"call it)\W+(?:\w+ly )?(?P<after>{NUMBER})\b{MEASURE}|\b(?P<before>{NUMBER})\W+(?:of (?:them|these|those)|"
    r"in (?:all|total|number)|altogether|all told|overall|it is|then\b"
    r"(?!\W+\w))",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^\W*(?:(?:so|and|then|hence|therefore|thus|that|it|is|makes|'s|still|just|only)\W+)*(?P<alone>{NUMBER})"
    r"(?:\W+(?:then|it|is|in|all|altogether|overall|total|here|only))*\W*$",
    re.IGNORECASE,
)
_WORDED = (
    (re.compile(r"\b(?:twins?|(?:di|mono)chorionic|(?:di|mono)amniotic|a pair|a couple|a duo)\b", re.IGNORECASE), 2),
    (re.compile(r"\b(?:triplets?|trichorionic|a trio)\b", re.IGNORECASE), 3),
    (
        re.compile(
            r"\b(?:singleton|solitary|(?:a|the|just one|only one) single|a lone|the only one|just the one|"
            r"only one)\b",
            re.I,
        ),
        1,
    ),
    (
        re.compile(
            r"\b(?:not (?:a single )?one\b|not a single|none(?! of the (?:other|rest))|nothing at all|zero)\b", re.I
        ),
        0,
    ),
)
_ABSENT = re.compile(
    r"\b(?:no|without any|without|not any|n't any|never a|n't a single)(?! (?:other|more|further|second|"
    r"third))\b",
    re.I,
)
NOUNS = (
    "lesion|nodule|mass|focus|spot|deposit|node|metastasis|fracture|fetus|sac|heartbeat|abscess|cyst|stone|polyp|"
    "aneurysm|one|tumor|tumour|foci|embryo|baby|babies|break"
)
"""What is counted, whatever a question calls it."""
_THINGS = frozenset(stem(word) for noun in NOUNS.split("|") for word in (noun, f"{noun}s"))


def sums(text: str, noun: str) -> list[tuple[int, int, int]]:
    """Numbers that a clause says as a sum, with their characters."""
    found: list[tuple[int, int, int]] = []
    for match in (*_SUM.finditer(text), *_ALONE.finditer(text)):
        name = next(key for key, value in match.groupdict().items() if value)
        number = whole(match[name])
        if number is not None and (name == "before" or is_counted(text[match.end(name) :], noun)):
            found.append((number, *match.span(name)))
    for pattern, number in _WORDED:
        match = pattern.search(text)
        if match:
            found.append((number, *match.span()))
    return found


def denies_any(text: str, noun: str) -> bool:
    """Whether a clause says that there is none of what the question asks for."""
    absent = _ABSENT.search(text)
    return absent is not None and is_counted(text[absent.end() :], noun)


def is_counted(after: str, noun: str) -> bool:
    """Whether a number is followed by nothing, by what the question asks for, or by what stands for it."""
    following = re.match(r"((?:\s+[\w'-]+){0,4})", after)
    stems = [stem(word.lower()) for word in following[1].split()] if following else []
    return (
        not stems
        or noun in stems
        or not _THINGS.isdisjoint(stems)
        or stems[0] in ("of", "in", "then", "it", "all", "that", "which", "without", "with", "here")
    )
