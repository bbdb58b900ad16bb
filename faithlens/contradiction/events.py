"""What a clause says for or against an option: the values that evidence is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One clause for (> 0) or against (< 0) one option."""

    option: int
    amount: float
    start: int
    end: int
    concludes: bool
    lettered: bool = False
    """The option is named by its letter, or by yes or no, and by nothing else."""


@dataclass(frozen=True)
class Step:
    """What one clause does."""

    events: tuple[Event, ...]
    corrects: bool
    elsewhere: float = 0.0
    """How firmly it concludes a finding that is no option's."""
    span: tuple[int, int] = (0, 0)
    forced: bool = False
    """It, or the clause before it, says that an answer has to be given."""
    withholds: bool = False
    """It declines to say which option holds."""
    hedges: tuple[tuple[int, int], ...] = ()
    """Where it hedges, in characters of the think."""
    tells: bool = False
    """It says something that can be seen in this image, for whichever option."""
    concludes: bool = False
    """It concludes something that can be seen in this image."""
