"""Deletion and insertion: does hiding what the map ranks first take more away than hiding anything else?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from faithlens.attribution.exams.exam import Candidate, Effort, Specimen, row
from faithlens.attribution.maps import Set
from faithlens.attribution.tiles import coarse, gathered
from faithlens.edits.image import Fill
from faithlens.records import MapExam

Way = Literal["deletion", "insertion"]
WAYS: tuple[Way, ...] = ("deletion", "insertion")

Order = NDArray[np.intp]
"""(tiles,) from the one that is hidden, or shown, first."""


def curves(candidate: Candidate, effort: Effort) -> Iterator[MapExam]:
    """Gain of the map's order of tiles over random orders and over one from the centre outwards. RISE, 1806.07421.

    A curve is the target while tiles are hidden (deletion) or shown on an empty image (insertion); its area is the mean
    over its points. A gain is the difference of two areas, in units of the widest range that the target had on that
    image, so it lies in [-1, 1]; above 0 the map knows more than the order that it is compared with. With the mean fill
    it decides: its interval has to lie above 0.
    """
    groups = [specimen.group for specimen in candidate.specimens]
    for fill in effort.fills:
        for way in WAYS:
            gains = [_gains(specimen, way, fill, effort) for specimen in candidate.specimens]
            for number, other in enumerate(("random", "centre")):
                bound = {"above": 0.0} if fill == "mean" else {}
                name = f"{way}_{fill}_over_{other}"
                yield row(candidate.label, name, [gain[number] for gain in gains], groups, **bound)


def _gains(specimen: Specimen, way: Way, fill: Fill, effort: Effort) -> tuple[float, float]:
    """Over random orders, and over the centre first."""
    given = specimen.given
    grid = coarse(given.scene.grid, effort.tiles)
    ranked = np.argsort(-gathered(specimen.values, grid).ravel(), kind="stable")
    own = _curve(given, ranked, grid, way, fill, effort.steps)
    random = [_curve(given, order, grid, way, fill, effort.steps) for order in _random(grid, effort.orders)]
    centre = _curve(given, from_centre(grid), grid, way, fill, effort.steps)
    everything = np.concatenate([own, centre, *random])
    span = float(everything.max() - everything.min()) or 1.0
    sign = 1 if way == "insertion" else -1
    reference = float(np.mean([area.mean() for area in random]))
    return sign * float(own.mean() - reference) / span, sign * float(own.mean() - centre.mean()) / span


def _curve(given: Set, order: Order, grid: tuple[int, int], way: Way, fill: Fill, steps: int) -> NDArray[np.float64]:
    """The target with 0, 1/steps, … all tiles hidden, or shown."""
    counts = np.unique(np.linspace(0, len(order), min(steps, len(order)) + 1).round().astype(int))
    hidden = np.zeros((len(counts), len(order)), dtype=bool)
    for i, count in enumerate(counts):
        hidden[i, order[:count]] = True
    return given.hiding(hidden if way == "deletion" else ~hidden, grid, fill)


def _random(grid: tuple[int, int], orders: int) -> list[Order]:
    return [np.random.default_rng(seed).permutation(grid[0] * grid[1]) for seed in range(orders)]


def from_centre(grid: tuple[int, int]) -> Order:
    """Tiles by their distance from the middle of the image."""
    rows, cols = np.mgrid[: grid[0], : grid[1]]
    return np.argsort(centre_distance(rows, cols, grid).ravel(), kind="stable")


def centre_distance(rows: NDArray[np.intp], cols: NDArray[np.intp], grid: Sequence[int]) -> NDArray[np.float64]:
    """Distance of cells from the middle, each side of the image 1 long."""
    return np.hypot((rows + 0.5) / grid[0] - 0.5, (cols + 0.5) / grid[1] - 0.5)
