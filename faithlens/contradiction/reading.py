"""A reply read for contradiction: its assessment, the words that decide, and a sentence that quotes them."""

from __future__ import annotations

from dataclasses import dataclass

from faithlens.contradiction.assess import Assessment, Words, assess
from faithlens.records import LETTERS, Case, Mark, Trace

_VERB = {"supports": "for", "denies": "against", "conclusion": "concluding"}


@dataclass(frozen=True)
class Reading:
    """What the think of one reply says of the answered option."""

    assessment: Assessment
    evidence: str
    marks: tuple[Mark, ...]
    """In the reply, in the order of the text."""


def read(case: Case, trace: Trace) -> Reading | None:
    """The think of a reply against its answer; None where the answer is none of the options."""
    if trace.choice is None or trace.choice not in case.letters:
        return None
    think, choice = trace.think or "", case.letters.index(trace.choice)
    found = assess(think, case.question, case.options, choice)
    offset = trace.think_span[0] if trace.think_span else 0
    marks = {Mark(offset + w.start, offset + w.end, w.role, w.option) for w in found.words}
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end, mark.option or 0, mark.role))
    return Reading(found, quoted(found, think, choice), tuple(ordered))


def quoted(assessment: Assessment, think: str, choice: int) -> str:
    """What the think says about the answered option and about the one that it leans to; at most four quotations."""
    lead = assessment.leaning
    about = {choice} if lead is None else {choice, lead}
    chosen: list[Words] = []
    for words in reversed(assessment.words):
        alike = any((other.option, other.role) == (words.option, words.role) for other in chosen)
        if words.option in about and not alike and len(chosen) < 4:
            chosen.append(words)
    if not chosen:
        return f"Nothing in the think tells the options apart; the answer is {LETTERS[choice]}."
    parts = [
        f"“{' '.join(think[words.start : words.end][:80].split())}” {_VERB[words.role]} {LETTERS[words.option or 0]}"
        for words in sorted(chosen, key=lambda words: words.start)
    ]
    return f"The think has {', '.join(parts)}; the answer is {LETTERS[choice]}."
