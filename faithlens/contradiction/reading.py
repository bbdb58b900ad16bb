"""A reply read for contradiction: its assessment, the words that decide, and a sentence that quotes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faithlens.contradiction.assess import Assessment, Label, assess
from faithlens.contradiction.standing import Words
from faithlens.records import LETTERS, Case, Mark, Trace

_LETTERS = re.compile(r"\W*[A-J](?:\W+(?:and\W+)?[A-J])+\W*")
_VERB = {"supports": "for", "denies": "against", "conclusion": "concluding"}


@dataclass(frozen=True)
class Reading:
    """What the think of one reply says of the answered option."""

    assessment: Assessment
    evidence: str
    marks: tuple[Mark, ...]
    """In the reply, in the order of the text."""

    def score(self, label: Label) -> float:
        return self._probabilities[label]

    def flagged(self, label: Label) -> bool | None:
        """None where none of the three is likelier than the others together."""
        found = self.assessment.label
        return None if found is None else found == label

    def others(self, label: Label) -> dict[str, float]:
        """The other two probabilities."""
        return {name: value for name, value in self._probabilities.items() if name != label}

    @property
    def _probabilities(self) -> dict[Label, float]:
        found = self.assessment
        return {"supports": found.supports, "unsupported": found.unsupported, "contradicts": found.contradicts}


def read(case: Case, trace: Trace) -> Reading | None:
    """The think of a reply against its answer; None where the answer is none of the options.

    Several letters ("A, C") are read as one answer: the think has to support each of them.
    """
    chosen = _chosen(case, trace)
    if not chosen:
        return None
    think = trace.think or ""
    found = assess(think, case.question, case.options, chosen)
    offset = trace.think_span[0] if trace.think_span else 0
    marks = {Mark(offset + w.start, offset + w.end, w.role, w.option) for w in found.words}
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end, mark.option or 0, mark.role))
    return Reading(found, quoted(found, think, chosen), tuple(ordered))


def _chosen(case: Case, trace: Trace) -> tuple[int, ...]:
    letters = (trace.choice or "",)
    if trace.choice is None and _LETTERS.fullmatch(trace.answer or ""):
        letters = tuple(dict.fromkeys(re.findall(r"[A-J]", trace.answer or "")))
    known = tuple(case.letters)
    return tuple(map(known.index, letters)) if set(letters) <= set(known) else ()


def quoted(assessment: Assessment, think: str, chosen: tuple[int, ...]) -> str:
    """What the think says about the answered option and about the one that it leans to; at most four quotations."""
    lead = assessment.leaning
    answer = ", ".join(LETTERS[option] for option in chosen)
    about = {*chosen} if lead is None else {*chosen, lead}
    shown: list[Words] = []
    suggesting = [words for words in assessment.words if words.role == "suggests"]
    for words in reversed([words for words in assessment.words if words.role != "suggests"]):
        alike = any((other.option, other.role) == (words.option, words.role) for other in shown)
        if words.option in about and not alike and len(shown) < 4:
            shown.append(words)
    if not shown and suggesting:
        best = ", ".join(f"“{think[words.start : words.end]}”" for words in suggesting)
        lead = LETTERS[suggesting[0].option or 0]
        return f"The think names no option; its words {best} go best with {lead}; the answer is {answer}."
    if not shown:
        return f"Nothing in the think tells the options apart; the answer is {answer}."
    parts = [
        f"“{' '.join(think[words.start : words.end][:80].split())}” {_VERB[words.role]} {LETTERS[words.option or 0]}"
        for words in sorted(shown, key=lambda words: words.start)
    ]
    return f"The think has {', '.join(parts)}; the answer is {answer}."
