"""What an exam of maps is: a method with its maps in, rows of `MapExam` out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faithlens.attribution.maps import Set
from faithlens.attribution.method import Method
from faithlens.edits.image import Fill
from faithlens.engine.cost import Cost
from faithlens.models.checkpoint import Checkpoint
from faithlens.records import AttributionMap, Case, MapExam
from faithlens.stats import mean_interval

LEAST = 8
"""Fewer cases decide nothing."""


@dataclass(frozen=True)
class Specimen:
    """One map with the scene that it is of."""

    case: Case
    given: Set
    map: AttributionMap

    @property
    def values(self) -> NDArray[np.float64]:
        """(rows, columns)."""
        return np.array(self.map.values).reshape(self.map.rows, self.map.cols)

    @property
    def group(self) -> str:
        return self.case.group or self.case.id


@dataclass(frozen=True)
class Candidate:
    """A method on this checkpoint, with its maps of the cases that it is examined on."""

    method: Method
    checkpoint: Checkpoint
    specimens: tuple[Specimen, ...]
    cost: Cost = field(default_factory=Cost, compare=False)
    """What maps drawn anew ask is added to it."""

    @property
    def label(self) -> str:
        return self.method.label


@dataclass(frozen=True)
class Effort:
    """How thorough the exams are; the defaults are those of an audit."""

    cases: int = 12
    steps: int = 8
    """Points of a deletion or insertion curve after its first."""
    orders: int = 2
    """Random orders of tiles."""
    tiles: int = 64
    """Most tiles in which curves are taken."""
    fills: tuple[Fill, ...] = ("mean",)
    """What hides tiles in curves; "blur" informs beside the mean."""
    few: int = 8
    """Cases of exams that draw maps anew."""


def row(
    label: str,
    exam: str,
    values: Sequence[float],
    groups: Sequence[str],
    *,
    above: float = math.nan,
    below: float = math.nan,
) -> MapExam:
    """Mean over cases with its interval, by bootstrap of groups. It decides where a bound is given, to be cleared."""
    if not values:
        return MapExam(label, exam, 0, math.nan, reason="no case that it could be held on")
    low, high = mean_interval(values, groups)
    decides = not (math.isnan(above) and math.isnan(below))
    few = len(set(groups)) < LEAST
    passed = None if not decides or few else (low > above if math.isnan(below) else high < below)
    reason = f"fewer than {LEAST} independent cases" if decides and few else ""
    return MapExam(label, exam, len(values), float(np.mean(values)), low, high, passed, reason)
