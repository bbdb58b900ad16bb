"""Planted cue: a mark burned into the image that moves the target has to be found by the map."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from faithlens.attribution.exams.exam import Candidate, Effort, Specimen, row
from faithlens.attribution.exams.localisation import region
from faithlens.cases.images import open_image
from faithlens.edits.marks import BurnIn
from faithlens.errors import FaithlensError
from faithlens.records import MapExam

MOVED = 0.2
"""Share of the image's whole effect that the mark has to move the target by."""


def planted_cue(candidate: Candidate, effort: Effort) -> Iterator[MapExam]:
    """How often the strongest value of the map of a marked image lies on the mark, among cases whose target it moves.

    The mark is a letter off the boxes. Where it lowers the target, the lowest value is looked at, unless the method
    knows no sign.
    """
    found = [
        (specimen.group, _found(candidate, specimen, n)) for n, specimen in enumerate(candidate.specimens[: effort.few])
    ]
    held = [(group, hit) for group, hit in found if not math.isnan(hit)]
    yield row(candidate.label, "planted_cue", [hit for _, hit in held], [group for group, _ in held])


def _found(candidate: Candidate, specimen: Specimen, seed: int) -> float:
    """1 found, 0 missed, NaN where the mark does not move the target."""
    given = specimen.given
    mark = BurnIn("letter", seed=seed, avoid_xyxy_px=specimen.case.boxes_xyxy_px)
    view = given.scene.edited(mark)
    moved = float(given.scene.ask([view])[0]) - given.value
    if abs(moved) < MOVED * abs(given.effect):
        return math.nan
    with open_image(Path(specimen.case.images[0])) as image:
        left, top, side = mark.place(image.size)
        box = (float(left), float(top), float(left + side), float(top + side))
        there = region((box,), image.size, given.scene.grid)
    try:
        values = candidate.method.quick.draw(given.scene.on(view)).values
    except FaithlensError:
        return 0.0
    signed = values if moved > 0 or not candidate.method.signed else -values
    return float(there.inside.ravel()[int(np.argmax(signed))])
