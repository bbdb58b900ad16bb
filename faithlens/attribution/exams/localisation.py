"""Localisation: does the map lie where experts drew their boxes? That is plausibility, not faithfulness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faithlens.attribution.exams.curves import centre_distance
from faithlens.attribution.exams.exam import Candidate, Effort, Specimen, row
from faithlens.cases.images import open_image
from faithlens.edits.tiles import covered as covered_by
from faithlens.records import Box, MapExam

QUARTER = 0.25
ROUNDING = 1e-9


@dataclass(frozen=True)
class Region:
    """Boxes on the grid of merged tokens."""

    covered: NDArray[np.float64]
    """(rows, columns): share of each cell that lies in a box."""
    inside: NDArray[np.bool_]
    """(rows, columns): cells that a box fills to a quarter at least, or that hold a quarter of a box."""


def region(boxes: tuple[Box, ...], size: tuple[int, int], grid: tuple[int, int]) -> Region:
    """The boxes of an image of that (width, height) in pixels."""
    covered, inside = np.zeros(grid), np.zeros(grid, dtype=bool)
    for box in boxes:
        cells = covered_by(box, size, grid)
        covered = np.maximum(covered, cells)
        inside |= (cells > QUARTER - ROUNDING) | (cells > QUARTER * cells.sum() - ROUNDING)
    return Region(covered, inside & (covered > 0))


def localisation(candidate: Candidate, effort: Effort) -> Iterator[MapExam]:
    """Pointing game (Zhang et al. 2018), RMA and RRA (Arras et al. 2022) over positive values, on cases with boxes.

    `pointing_game`: the largest value lies in a box. `rma`: share of the positive values' mass in the boxes, spread
    evenly in each cell. `rra`: share of the K largest that lie in a box, K = cells in boxes. Each also as its gain over
    the centre prior, a map that falls off evenly from the middle.
    """
    boxed = [specimen for specimen in candidate.specimens if specimen.case.boxes_xyxy_px]
    groups = [specimen.group for specimen in boxed]
    scores = [_scores(specimen) for specimen in boxed]
    for number, name in enumerate(("pointing_game", "rma", "rra")):
        yield row(candidate.label, name, [own[number] for own, _ in scores], groups)
        gains = [own[number] - centre[number] for own, centre in scores]
        yield row(candidate.label, f"{name}_over_centre", gains, groups)


def _scores(specimen: Specimen) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Of the map, and of the centre prior."""
    grid = specimen.values.shape
    with open_image(Path(specimen.case.images[0])) as image:
        there = region(specimen.case.boxes_xyxy_px, image.size, (grid[0], grid[1]))
    rows, cols = np.mgrid[: grid[0], : grid[1]]
    centre = 1 - centre_distance(rows, cols, grid)
    return measured(specimen.values, there), measured(centre, there)


def measured(values: NDArray[np.float64], there: Region) -> tuple[float, float, float]:
    """Pointing game, RMA and RRA of one map; equal values share their places."""
    positive = values.clip(min=0)
    top = np.isclose(values, values.max())
    mass = float((positive * there.covered).sum() / positive.sum()) if positive.any() else 0.0
    count = int(there.inside.sum())
    cut = np.sort(values, axis=None)[-count]
    sure, tied = values > cut, values == cut
    places = count - int(sure.sum())
    found = float(there.inside[sure].sum()) + places * float(there.inside[tied].mean())
    return float(there.inside[top].mean()), mass, found / count
