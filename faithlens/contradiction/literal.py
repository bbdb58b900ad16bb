"""Where a sentence has an option's own words, to the letter."""

from __future__ import annotations

from typing import TypeAlias

from faithlens.contradiction.clauses import Sentence
from faithlens.contradiction.effects import Read
from faithlens.contradiction.lexicon import Hit
from faithlens.contradiction.target import Target, Targets
from faithlens.contradiction.tokens import Token

Literal: TypeAlias = list[tuple[int, int, int]]
"""Words from, words to, option."""


def literal_mentions(words: list[Token], sentence: Sentence, known: Targets) -> Literal:
    """Where the sentence has an option's own words: from, to, and the option."""
    stems = [word.stem for word in words[sentence.first : sentence.last]]
    found: Literal = []
    for option, target in enumerate(known.options):
        size = len(target.stems)
        if target.stems:
            starts = [at for at, stem in enumerate(stems) if stem == target.stems[0]]
            found += [
                (sentence.first + at, sentence.first + at + size, option)
                for at in starts
                if tuple(stems[at : at + size]) == target.stems
            ]
    return found


def elsewhere_named(literal: Literal, hit: Hit, option: int, affirmed: bool, target: Target) -> bool:
    """Whether a mention is another option in its own words, and therefore says nothing of this one.

    What is denied in general is denied of every option ("no lesion"), but "no ring lesion" denies only ring lesions.
    """
    around = [(first, last, named) for first, last, named in literal if first <= hit.first and hit.last <= last]
    if not around or target.absent or any(named == option for _, _, named in around):
        return False
    only_part = all(last - first > hit.last - hit.first for first, last, _ in around)
    return affirmed or only_part or hit.concept in target.concepts


def absence(words: list[Token], literal: Literal, read: Read, option: int) -> float:
    """Effect of the own words of an option that claims an absence: "No tumor", "COVID-19 negative"; 0 elsewhere."""
    for first, last, named in literal:
        if option == named and first <= read.hit.first and read.hit.last <= last:
            led = any(words[at].lower in ("no", "not", "without", "non") for at in range(first, read.hit.first))
            closed = any(words[at].lower in ("negative", "absent") for at in range(read.hit.last, last))
            return 1.0 if (read.affirmed != led) != closed else -1.0
    return 0.0
