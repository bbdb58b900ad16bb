"""What an option claims, and what all options of a question are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from faithlens.contradiction.numbers.counts import Counts
from faithlens.contradiction.numbers.quantities import Measures
from faithlens.contradiction.numbers.scales import Scale
from faithlens.replies.wording import vocabulary

PLACES = vocabulary("organ bone joint place")
"""Kinds of concepts that are where something lies."""


@dataclass(frozen=True)
class Unit:
    """One thing that an option claims: a concept of the lexicon, or a word (by its stem) that the lexicon lacks."""

    concept: str
    weight: float


@dataclass(frozen=True)
class Part:
    """What a composed name is made of: "renal cyst" is a cyst, and of the kidney."""

    organs: frozenset[str]
    findings: frozenset[str]


@dataclass(frozen=True)
class Target:
    """What speaks for an option: all of its units, or, where it claims an absence, their denial."""

    units: tuple[Unit, ...]
    absent: bool
    stems: tuple[str, ...]
    """The option's own words, for a mention to the letter."""
    said: tuple[str, ...] = ()
    """Yes or no in so many words."""
    part: Part = Part(frozenset(), frozenset())
    sums_up: Literal["", "none", "all"] = ""
    """It stands for none, or for all, of the other options."""
    undecided: bool = False
    """It leaves open what the others say, whichever way it leans."""

    @property
    def concepts(self) -> frozenset[str]:
        return frozenset(unit.concept for unit in self.units)


@dataclass(frozen=True)
class Targets:
    options: tuple[Target, ...]
    plain_words: frozenset[str]
    """Stems that are units without being in the lexicon."""
    proposition: bool
    """Yes or no to what the question says."""
    localises: bool
    """The options are places, and the question asks which of them is abnormal."""
    missed: bool = False
    """The question asks which of the options is not there."""
    measured: Measures | None = None
    """The options are quantities."""
    scale: Scale | None = None
    """The options are levels of one scale."""
    counted: Counts | None = None
    """The options say how many."""
    planned: bool = False
    """The question asks what to do next."""
