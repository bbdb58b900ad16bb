"""Vertebrae, ribs, segments and teeth that a think goes through one by one, and which of them it finds affected."""

from __future__ import annotations

import re
from collections.abc import Mapping

from faithlens.contradiction.numbers.numerals import ONES

_ORDINALS = {
    word: at
    for at, word in enumerate(
        (
            *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
            *("eleventh", "twelfth"),
        ),
        start=1,
    )
}
_CARDINALS = {word: at for at, word in enumerate(ONES[:13]) if at}
_ROMANS = {word: at for at, word in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII"), start=1)}
_RIB = (
    rf"(?:{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))\b(?! (?:look|glance|sight|one|pass|time|thought|try|view|"
    r"impression|of all|reading))|(?:(?<=, )|(?<=and )|(?<=to ))(?<!\.)(?:[1-9]|1[0-2])\b(?=,| and| to| are| is|"
    rf" show| look| have|\W*$)|(?<=ribs )(?:\d{{1,2}}|{'|'.join(_CARDINALS)})\b|"
    rf"\b(?:{'|'.join(_CARDINALS)})(?=(?:, (?:{'|'.join(_CARDINALS)}))*,? (?:and|to) (?:{'|'.join(_CARDINALS)})\b)|"
    rf"(?<=and )(?:{'|'.join(list(_CARDINALS)[2:])})(?= (?:stay|count|remain|are|it is|then)\b)"
)
_LABELS = {
    "vertebra": re.compile(r"\b[CTDL]\d{1,2}\b(?![-/]\w)"),
    "disc": re.compile(r"\b[CTL]\d{1,2}\s?[/-]\s?[CTLS]?\d{1,2}\b"),
    "rib": re.compile(rf"\b(?:{_RIB})", re.IGNORECASE),
    "segment": re.compile(r"\b(?:VIII|VII|VI|IV|V|III|II)(?:[ab])?\b|(?<=segment )(?:I|\d)(?:[ab])?\b"),
    "tooth": re.compile(r"\b[1-4]\.?[1-8]\b(?! ?(?:mm|cm|%|year|-))"),
}
_NOUNS = {"body": "vertebra", "level": "vertebra", "teeth": "tooth", "molar": "tooth"}
_AFFECTED = (
    r"wedg\w+|collaps\w+|compress\w+|loss|lost|lower(?! (?:half|part|pole|lobe|edge|ribs?|third|end))|dent\w*|steps?|"
    r"stepp\w+|fractur\w*|snapped|splinter\w*|shatter\w*|flat|extru\w+|herniat\w+|protru\w+|prolaps\w+|sequest\w+|"
    r"break|breaks|broken|interrupt\w*|cracks?|cracked|gap|squashed|flatten\w*|biconcave|crush\w*|deform\w*|lesions?|"
    r"spots?|deposits?|mass|nodules?|counts?|stays?|remain\w*|affected|involved|impacted|displaced|pushed|buckl\w+|"
    r"angulat\w+|discontinu\w+|burst|cyst|tally|ones?|another|last|reduced|short\w*|diminished|sunk\w*|caved|slanted|"
    r"both"
)
_SOUND = (
    r"normal\w*|intact|fine|rectangular|untouched|unaffected|spared|regular|preserved|kept|same as|square|healthy|"
    r"unremarkable|clear|in order|good|full height|vessel|artefact|artifact|unharmed|smooth|continu\w+|clean|whole|"
    r"ok|okay|uninvolved|schmorl|bulg\w+|erupted"
)
_STATUS = re.compile(rf"\b(?:(?P<sound>{_SOUND})|(?P<affected>{_AFFECTED}))\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|without|never|nor|n't|isn't|wasn't|aren't)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE)
_JOINED = re.compile(
    r"\W*(?:(?:and|or|as well as|plus|the|at|in|both|rib|ribs|to|through|even|upper|lower|half|part|of|[a-d])\W*)*",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:to|through|-)\s?(?:the )?$", re.IGNORECASE)
_SUMS_UP = re.compile(
    r"\b(?:tally|i count|counted|leaves|stays?|in all|altogether|in total|that (?:is|makes)|so (?:it|that|we|i)|"
    r"affected|"
    r"are the ones|nothing else|only)\b",
    re.IGNORECASE,
)


def label_kind(noun: str, question: str) -> str:
    """What kind of named thing is counted: vertebra, rib, segment or tooth; empty for anything else."""
    kind = _NOUNS.get(noun, noun)
    if noun == "fractur":
        words = question.lower()
        return "rib" if "rib" in words else "vertebra" if "vertebra" in words or "compression" in words else ""
    return kind if kind in _LABELS else ""


def affected(kind: str, sentence: str, before: Mapping[str, bool]) -> dict[str, bool]:
    """Which of the things a sentence names are affected; only those are sure that it sums up, where it does."""
    named = list(_LABELS[kind].finditer(sentence))
    status: dict[str, bool] = {}
    pending: list[str] = []
    previous: bool | None = None
    for at, match in enumerate(named):
        end = named[at + 1].start() if at + 1 < len(named) else len(sentence)
        rest = sentence[match.end() : end]
        label = _same(kind, match[0])
        if at and pending and _RANGE.fullmatch(sentence[named[at - 1].end() : match.start()]):
            pending += _between(kind, pending[-1], label)
        pending.append(label)
        if at + 1 < len(named) and _JOINED.fullmatch(rest):
            continue
        found = _status(rest)
        if found is None and re.match(
            r"\W*(?:the same|too|also|as well|likewise|ditto|similarly)\b", rest, re.IGNORECASE
        ):
            found = previous
        if found is None and len(pending) == len(named):
            found = _status(sentence[: named[0].start()])
        for one in pending:
            if found is not None:
                status[one] = found
        previous, pending = found, []
    listed = [label for label, holds in status.items() if holds]
    if len(listed) > 1 and before and _SUMS_UP.search(sentence):
        status |= {label: False for label in before if label not in status}
    return status


def _status(text: str) -> bool | None:
    """Whether the last word that tells says affected; None where none tells."""
    told: bool | None = None
    for match in _STATUS.finditer(text):
        denied = _DENIED.search(text[: match.start()]) is not None
        told = (match["affected"] is not None) != (denied and match["affected"] is not None)
    return told


def _same(kind: str, word: str) -> str:
    """One name for each: "fifth" and "five" are one rib, D12 and T12 one vertebra; IVa is half of a segment."""
    if kind in ("vertebra", "disc"):
        return word.upper().replace("D", "T")
    half = word[-1] if kind == "segment" and word[-1] in "ab" else ""
    bare = re.sub(r"(?<=\d)(?:st|nd|rd|th)$|\.", "", word.removesuffix(half))
    if bare.isdecimal():
        return bare + half
    return f"{_ROMANS.get(bare, 0) if kind == 'segment' else (_ORDINALS | _CARDINALS).get(bare.lower(), 0)}{half}"


def how_many(status: Mapping[str, bool]) -> int:
    """How many things are affected; two halves of a segment are one."""
    return len({label.rstrip("ab") for label, holds in status.items() if holds})


def _between(kind: str, first: str, last: str) -> list[str]:
    if not (first.isdecimal() and last.isdecimal()):
        return []
    return [str(number) for number in range(int(first) + 1, int(last))]
