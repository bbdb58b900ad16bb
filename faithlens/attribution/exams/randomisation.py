"""Parameter randomisation: does the map change when the model forgets what it has learned?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
from scipy.stats import spearmanr

from faithlens.attribution.exams.exam import Candidate, Effort, Specimen, row
from faithlens.attribution.scene import Scene
from faithlens.engine.packed import packed_subject
from faithlens.errors import FaithlensError
from faithlens.models.gradients import ImageTokens
from faithlens.models.randomised import Part, randomised
from faithlens.records import MapExam

STAGES = (1 / 3, 2 / 3, 1.0)
SAME = 0.5
"""A rank correlation that a map of scrambled weights may not reach with the map of the real ones."""


def randomisation(candidate: Candidate, effort: Effort) -> Iterator[MapExam]:
    """Rank correlation of a map with that of scrambled weights. Adebayo et al. 2018, 1810.03292, cascading, §3.1.

    Language layers and vision tower apart, each from its output backwards: a third, two thirds, all of it. With all of
    it scrambled the correlation's interval has to lie below `SAME`, or the map does not tell of the model. A map that
    cannot be drawn any more, or is even, correlates 0.
    """
    some = candidate.specimens[: effort.few]
    for part in get_args(Part):
        for number, share in enumerate(STAGES, 1):
            with randomised(candidate.checkpoint, part, share):
                values = [_correlation(candidate, specimen) for specimen in some]
            bound = {"below": SAME} if share == 1 else {}
            name = f"randomisation_{part}_{number}_of_{len(STAGES)}"
            yield row(candidate.label, name, values, [specimen.group for specimen in some], **bound)


def _correlation(candidate: Candidate, specimen: Specimen) -> float:
    before = specimen.given.scene
    tokens = ImageTokens(candidate.checkpoint, before.view)
    scene = Scene(before.target, packed_subject(candidate.checkpoint, candidate.cost), tokens)
    try:
        found = candidate.method.quick.draw(scene).values
    except FaithlensError:
        return 0.0
    if np.ptp(found) == 0 or not np.isfinite(found).all() or np.ptp(specimen.values) == 0:
        return 0.0
    correlation: Any = spearmanr(specimen.values.ravel(), found.ravel())
    return float(correlation.statistic)
