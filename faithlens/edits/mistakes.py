"""Mistakes made by rule: a sentence with a finding, a side, a negation or a number changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faithlens.edits.lexicon import Term, terms
from faithlens.edits.question import mirrored, names_a_side

_DENIALS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"\bdoes not (fit|show|lie|appear|suggest|indicate|enhance)\b", r"does \1"),
        (r"\b(is|are|was|were) not\b", r"\1"),
        (r"\b([Tt]here (?:is|are)) no\b", r"\1 a"),
        (r"\bno (evidence|sign|focal|mass|lesion|abnormalit\w+)\b", r"clear \1"),
        (r"\b([Ww])ithout\b", r"\1ith"),
        (r"\b([Tt]here is) (?:an?|the)\b", r"\1 no"),
        (r"\bfits\b", "does not fit"),
        (r"\bshows\b", "does not show"),
        (r"\blies\b", "does not lie"),
        (r"\bsuggests\b", "does not suggest"),
        (r"\bindicates\b", "does not indicate"),
        (r"\b(is|are|was|were)\b", r"\1 not"),
    )
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")


@dataclass(frozen=True)
class Mistake:
    """A sentence that says something else than it did."""

    kind: str
    text: str


def mistakes(sentence: str, options: Sequence[str] = ()) -> list[Mistake]:
    """Every kind of mistake that a rule can make in a sentence, one each; none leaves it as it was.

    Findings are swapped within the case's own options first, then within the lexicon.
    """
    made = list(_made(sentence, tuple(option for option in options if len(option) > 1)))
    return [mistake for mistake in made if mistake.text != sentence]


def _made(sentence: str, options: tuple[str, ...]) -> Iterator[Mistake]:
    verdicts = {option.casefold() for option in options} <= {"yes", "no", "true", "false"}
    sides = {option.casefold() for option in options} <= {"left", "right"}
    found = terms(sentence, ("finding",), () if verdicts or sides else (options,))
    if found:
        yield Mistake("finding", swapped(sentence, found[0]))
    if names_a_side(sentence):
        yield Mistake("side", mirrored(sentence))
    else:
        yield from (Mistake("side", swapped(sentence, term)) for term in terms(sentence, ("side",))[:1])
    for kind in ("appearance", "severity", "organ", "modality"):
        yield from (Mistake(kind, swapped(sentence, term)) for term in terms(sentence, (kind,))[:1])
    denied = flipped(sentence)
    if denied is not None:
        yield Mistake("negation", denied)
    number = _NUMBER.search(sentence)
    if number is not None:
        said = f"{float(number[0]) * 2 + 1:g}"
        yield Mistake("number", sentence[: number.start()] + said + sentence[number.end() :])


def swapped(sentence: str, term: Term) -> str:
    """The sentence with that word replaced by the next one of its group, beginning with a capital where it did."""
    before = sentence[term.start : term.end]
    other = term.other[0].upper() + term.other[1:] if before[0].isupper() and not before.isupper() else term.other
    # "an infarct" becomes "a haemorrhage"
    head = re.sub(
        r"\b([Aa])n?(\s+)$",
        lambda match: f"{match[1]}{'n' if other[0].lower() in 'aeiou' else ''}{match[2]}",
        sentence[: term.start],
    )
    return head + other + sentence[term.end :]


def flipped(sentence: str) -> str | None:
    """The sentence denied, or no longer denied; None where no rule fits."""
    for pattern, other in _DENIALS:
        if pattern.search(sentence):
            return pattern.sub(other, sentence, count=1)
    return None
