"""The explicit conclusion of a think: the option that its last concluding sentence names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faithlens.edits.text import sentence_ends

_CUE = re.compile(
    r"\b(?:therefore|thus|hence|conclu\w+|in summary|overall|so the|(?:the |my )?(?:correct |best |final |right |most "
    r"likely )?(?:answer|choice|option|diagnosis) (?:is|would be|must be|should be)|most (?:likely|consistent with)|"
    r"indicat\w+|confirm\w+|consistent with|this (?:is|must be|suggests))\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|cannot|can't|isn't|doesn't|don't|rul(?:e|es|ed|ing) out|rather than|instead of|excludes?|"
    r"excluding|unlikely|without|neither|nor|incorrect|wrong)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:]|\b(?:but|however|whereas|while|although|though)\b", re.IGNORECASE)
_NAMED_LETTER = re.compile(r"(?i:\b(?:answer|option|choice)(?: is| would be|:)?\s*)[(*]*([A-J])\b(?![’'])")


@dataclass(frozen=True)
class Conclusion:
    """Which option a think ends on, and the words that say so."""

    letter: str
    sentence: str
    start: int
    """Offset of the sentence in the think."""


def conclusion(think: str, options: tuple[str, ...]) -> Conclusion | None:
    """The option that the last concluding sentence asserts; None if there is none, or if it names several.

    A sentence concludes when it has a cue ("therefore", "the answer is", "consistent with" …). A mention counts unless
    its own clause denies it before the mention ("rather than B", "is not C"). The last such sentence wins, so that a
    self-correction overrides.
    """
    letters = "ABCDEFGHIJ"[: len(options)]
    start, found = 0, None
    for end in sentence_ends(think):
        sentence = think[start:end].strip()
        at, start = start + len(think[start:end]) - len(think[start:end].lstrip()), end
        if _CUE.search(sentence):
            named = {letters[i] for i in _asserted(sentence, options)}
            if len(named) == 1:
                found = Conclusion(named.pop(), sentence, at)
            elif named:
                found = None
    return found


def _asserted(sentence: str, options: tuple[str, ...]) -> set[int]:
    """Indices of the options that the sentence names without denying them."""
    spans = [(match.start(1), match.end(1), "ABCDEFGHIJ".index(match[1])) for match in _NAMED_LETTER.finditer(sentence)]
    for i, option in enumerate(options):
        words = re.escape(option.strip().rstrip(".")).replace(r"\ ", r"\s+")
        if words:
            spans += [(m.start(), m.end(), i) for m in re.finditer(rf"(?<!\w){words}(?!\w)", sentence, re.IGNORECASE)]
    # "small cell" inside "non-small cell" is no mention of its own: the longest of overlapping mentions stands
    spans.sort(key=lambda span: span[0] - span[1])
    kept: list[tuple[int, int, int]] = []
    for span in spans:
        if span[2] < len(options) and not any(span[0] < end and start < span[1] for start, end, _ in kept):
            kept.append(span)
    return {index for start, _, index in kept if not _denied(sentence[:start])}


def _denied(before: str) -> bool:
    """Whether the clause that leads to a mention denies it."""
    clause = _CLAUSE.split(before)[-1]
    return _DENIAL.search(clause) is not None
