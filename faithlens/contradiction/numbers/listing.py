"""Things that a think tells of one by one: "one at the dome, another near the hilum, and a third in the tail"."""

from __future__ import annotations

import re

from faithlens.contradiction.numbers.numerals import whole
from faithlens.contradiction.numbers.sums import MEASURE, NOUNS, NUMBER, is_counted
from faithlens.replies.wording import vocabulary

_MORE = re.compile(
    rf"\b(?:(?P<many>{NUMBER}) (?:more|others|further|additional)|(?P<ordinal>an? (?:second|third|fourth|"
    r"fifth)(?! (?:look|time|opinion|trimester|glance|and |rib|ventricle|pass|reading|thought|part|half))|"
    rf"the (?:second|third|fourth|fifth)(?= (?:\w+ ){{0,3}}(?:{NOUNS}|is|lies|sits|in|at)\b))|(?P<another>another|"
    r"one more|a further|an additional|an extra|(?<!the )(?<!each )other one|the other (?:one )?(?:(?:is|lies|sits|"
    r"ends|goes|runs|lying) )?(?:in|at|on|near|by|to|behind|below|above)\b))",
    re.IGNORECASE,
)
_POINTED = re.compile(r"\b(?:the|this|that|each|which|every) (?:\w+ )?$", re.IGNORECASE)
_ALOUD = re.compile(rf"^(?:\W*[\w' -]+,)? ?(?P<next>{NUMBER})\W*$", re.IGNORECASE)
_ONE = re.compile(
    r"(?<!no )(?<!this )(?<!that )(?<!which )(?<!any )(?<!other )(?<!each )(?<!every )(?<!the )(?<!second )(?<!third )"
    rf"(?<!only )\b(?P<one>one|{NUMBER})\b(?! (?:of |can|could|might|may|must|should|would|more|has to|does|says|knows|"
    rf"other|another|third|half|side|ends? of|look|further|additional)){MEASURE}",
    re.IGNORECASE,
)
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5}
_DENIED = re.compile(
    r"\b(?:not|no|isn't|nothing|none|never|wasn't|without|vessel|vein|artefact|artifact|shadow|search\w*|looked|"
    r"swept|"
    r"look(?:ing)? for|doubtful|excluded|out)\b",
    re.IGNORECASE,
)
_PLACED = vocabulary(
    "in at on by near above below is lies sits to over under beside behind along within next high low close up down"
)
_TAKEN_BACK = re.compile(
    r"\b(?:(?:is|was|are|were|do|does|did)(?:n't| not)\b|(?:'s|turns out|turned out|proved?|only|is|was) (?:to be |"
    r"just |only |really )*(?:a |an |the |part of |not )*(?:\w+ )?(?:not|no\b|vessel|vein|artery|artefact|artifact|"
    r"fold|nipple|shadow|"
    r"rib|bowel|bladder|overlap|pseudo\w+|cartilage|nothing|blood vessel|volume)|continu\w+ (?:as|into|with))",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"^\W*(?:no\b|nope|wait|but|however|sorry)?\W*(?:no\W+)?(?:that|this|it|which|the (?:third|second|latter|"
    r"last))\b",
    re.I,
)


def goes_on(text: str, rest: str, noun: str, listed: int, grouped: int) -> tuple[int, int]:
    """How many have been told of one by one, and how many at once, after a clause that goes on after so many.

    `rest` is its sentence from there on, which may take the clause back: "a third … is only a vessel".
    """
    if _TAKEN_BACK.search(rest) or _DENIED.search(text):
        return listed, grouped
    after = listed
    for match in _MORE.finditer(text):
        if match["ordinal"]:
            after = max(after, _ORDINALS[match["ordinal"].split()[-1].lower()])
        else:
            after = (after or grouped or 1) + (whole(match["many"]) or 0 if match["many"] else 1)
    return (after, grouped) if after > listed else _ones(text, noun, listed, grouped)


def _ones(text: str, noun: str, listed: int, grouped: int) -> tuple[int, int]:
    """The same for numbers, each in a place of its own or of what is asked for: "two in the left lobe"."""
    for match in _ONE.finditer(text):
        number, after = whole(match["one"]) or 0, text[match.end() :]
        following = [word.lower() for word in re.findall(r"[\w'-]+", after)[:2]]
        placed = not _PLACED.isdisjoint(following) or not following
        if _POINTED.search(text[: match.start()]) or not (placed or is_counted(after, noun)):
            continue
        if number > 1 and not listed:
            grouped = number
        elif number == 1 or listed:
            listed += number
    return listed, grouped


def counts_aloud(text: str, listed: int) -> bool:
    """Whether a clause ends on the next number: "Frontal right, two."."""
    aloud = _ALOUD.search(text)
    return aloud is not None and whole(aloud["next"]) == listed + 1


def takes_back(sentence: str) -> bool:
    """Whether a sentence says that the last one is none: "No, that's a vessel."."""
    return _REFERS.search(sentence) is not None and _TAKEN_BACK.search(sentence) is not None
