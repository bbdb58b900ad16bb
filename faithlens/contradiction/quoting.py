"""An assessment in one sentence, with the words of the think that decide."""

from __future__ import annotations

from faithlens.contradiction.assess import Assessment, Words
from faithlens.records import LETTERS

_VERB = {"supports": "for", "denies": "against", "concludes": "concluding"}


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
        f"“{' '.join(think[words.start : words.end][:80].split())}” {_VERB[words.role]} {LETTERS[words.option]}"
        for words in sorted(chosen, key=lambda words: words.start)
    ]
    return f"The think has {', '.join(parts)}; the answer is {LETTERS[choice]}."
