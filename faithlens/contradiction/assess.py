"""Does a think support the answer that follows it? Three probabilities, and the words that decide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from faithlens.contradiction.association import association
from faithlens.contradiction.clauses import sentences
from faithlens.contradiction.evidence import steps
from faithlens.contradiction.standing import Words, stand
from faithlens.contradiction.targets import targets
from faithlens.contradiction.telling import telling
from faithlens.contradiction.tokens import tokens
from faithlens.contradiction.weighing import Weighed, leaning, probabilities

Label = Literal["contradicts", "unsupported", "supports"]
LABELS: tuple[Label, ...] = ("contradicts", "unsupported", "supports")

ABSTAIN_BELOW = 0.5
"""No label where even the likeliest has a smaller probability."""


@dataclass(frozen=True)
class Assessment:
    """Probabilities that sum to one, and the words behind them."""

    contradicts: float
    unsupported: float
    supports: float
    words: tuple[Words, ...]
    leaning: int | None
    """Index of the option that the think speaks for most; None where it speaks for none."""

    @property
    def label(self) -> Label | None:
        """The likeliest of the three; None inside the abstain band."""
        values = (self.contradicts, self.unsupported, self.supports)
        best = max(values)
        return LABELS[values.index(best)] if best >= ABSTAIN_BELOW else None


def assess(think: str, question: str, options: tuple[str, ...], choice: int | tuple[int, ...]) -> Assessment:
    """Whether a think contradicts, supports or leaves unsupported the option (by index), or options, answered.

    It contradicts when it supports another option or denies an answered one; it is unsupported when it says nothing
    that tells the options apart, as a textbook definition does. Never raises, whatever the text.
    """
    found = weigh(think, question, options)
    chosen = (choice,) if isinstance(choice, int) else choice
    return Assessment(
        *probabilities(found, chosen),
        words=_deciding(found),
        leaning=leaning(found.standing),
    )


def _deciding(found: Weighed) -> tuple[Words, ...]:
    """The words of rules, and those that go with an option where no rule has used them."""
    ruled = [(words.start, words.end) for words in found.standing.words]
    free = [w for w in found.association.words if not any(w.start < end and start < w.end for start, end in ruled)]
    return found.standing.words + tuple(free)


@lru_cache(maxsize=64)
def weigh(think: str, question: str, options: tuple[str, ...]) -> Weighed:
    """What a think says of every option, before any is answered; kept for the next probe that reads the same."""
    known = targets(question, options)
    words = tokens(think)
    read = sentences(think, words)
    standing = stand(steps(think, words, read, known), known)
    return Weighed(standing, association(words, read, known), telling(words))
