"""Pure edits of a question: other words for the same, its negation, its reversal, its mirror image."""

from __future__ import annotations

import re

_SIDES = {"left": "right", "right": "left"}
_SIDED = re.compile(r"\b(left|right)(wards?|-sided)?\b", re.IGNORECASE)
# "the right answer", "all right" and "is that right?" name no side
_NO_SIDE = re.compile(
    r"\b(?:right (?:answer|option|choice|diagnosis)|(?:that|this|all|it) (?:is )?right)\b", re.IGNORECASE
)

_COMPARED = re.compile(
    r"^(?P<be>is|are|does|do) (?P<one>the .+?) (?P<how>(?:appear |look |be )?(?:\w+er|more \w+|less \w+)) than "
    r"(?P<other>the [^?]+?)(?P<end>\s*(?: in (?:this|the) [^?]+)?\?)$",
    re.IGNORECASE,
)

_NEGATIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), twin)
    for pattern, twin in (
        (
            r"^is there (?:an? |any )?(?:evidence of )?(?P<x>[^?]+?)(?P<end> (?:in|on) (?:this|the) [^?]+)?\?$",
            "Is {x} absent{end}?",
        ),
        (r"^are there (?:any )?(?P<x>[^?]+?)(?P<end> (?:in|on) (?:this|the) [^?]+)?\?$", "Are {x} absent{end}?"),
        (
            r"^does (?P<end>(?:this|the) [^?]+?) (?:show|demonstrate|contain|depict|reveal) "
            r"(?:an? |any )?(?P<x>[^?]+)\?$",
            "Is {x} absent from {end}?",
        ),
        (
            r"^can (?:an? |any )?(?P<x>[^?]+?) be (?:seen|observed|identified|found|detected)"
            r"(?P<end> (?:in|on|within|at) [^?]+)?\?$",
            "Is {x} absent{end}?",
        ),
        (
            r"^(?P<be>is|are) (?:an? |any )?(?P<x>[^?]+?) (?:present|visible|seen|evident)"
            r"(?P<end> (?:in|on) (?:this|the) (?:[^?]+ )?"
            r"(?:image|picture|scan|film|study|radiograph|ct|mri|x-?ray))?\?$",
            "{be} {x} absent{end}?",
        ),
    )
)

_ARTICLE = re.compile(r"^(?:an?|any) ", re.IGNORECASE)
_SEEN = re.compile(r" (?:present|seen|visible|noted|identified|evident|used|given)(?= (?:in|on|within|at|of)\b|$)")
"""Says once more that a thing is there; "contrast used" is absent as contrast."""


def reworded(question: str) -> tuple[str, str, str]:
    """Three ways of asking exactly the same: the question's own words, otherwise introduced."""
    return (
        f"Please answer this question about the image: {question}",
        f"Look at the image. {question}",
        f"{question} Base your answer on the image.",
    )


def negated(question: str) -> str | None:
    """The yes-no question whose answer is the opposite; None where no rule fits.

    "Is there a mass in this CT?" becomes "Is mass absent in this CT?"; what already denies gets no twin.
    """
    text = question.strip()
    if re.search(
        r"\b(?:no|not|absent|absence|without|free of|lack\w*|normal|or|least|most|only|all|both|anything)\b|[<>]",
        text,
        re.IGNORECASE,
    ):
        return None
    for pattern, twin in _NEGATIONS:
        found = pattern.match(text)
        if found:
            parts = {name: value or "" for name, value in found.groupdict().items()}
            parts["x"] = _SEEN.sub("", _ARTICLE.sub("", parts["x"]))
            said = twin.format(**parts)
            return said[0].upper() + said[1:]
    return None


def reversed_comparison(question: str) -> str | None:
    """The comparison asked the other way round; None for a question that compares nothing.

    "Is the left kidney larger than the right kidney?" becomes "Is the right kidney larger than the left kidney?"
    """
    found = _COMPARED.match(question.strip())
    if found is None:
        return None
    other, one = found["other"], found["one"]
    return f"{found['be']} {other} {found['how']} than {one}{found['end']}"


def names_a_side(text: str) -> bool:
    """Whether a text says left or right of something."""
    return _SIDED.search(_NO_SIDE.sub(" ", text)) is not None


def mirrored(text: str) -> str:
    """The text with left and right exchanged, in its own case: "Left lung" is "Right lung"."""
    kept = [found.span() for found in _NO_SIDE.finditer(text)]

    def other(found: re.Match[str]) -> str:
        if any(start <= found.start() < end for start, end in kept):
            return found[0]
        side = _SIDES[found[1].lower()]
        cased = side.upper() if found[1].isupper() else side.capitalize() if found[1][0].isupper() else side
        return cased + (found[2] or "")

    return _SIDED.sub(other, text)
