"""Infidelity and sensitivity: does the map foretell what hiding does, and does slight noise change it?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from faithlens.attribution.exams.exam import Candidate, Effort, Specimen, row
from faithlens.attribution.tiles import coarse, gathered
from faithlens.edits.image import Grain
from faithlens.errors import FaithlensError
from faithlens.records import MapExam

REMOVALS = 12
NOISES = 2


def infidelity(candidate: Candidate, effort: Effort) -> Iterator[MapExam]:
    """Share of what hiding rectangles does to the target that the map, best scaled, fails to foretell. 1901.09392.

    E[(I·map - (f(x) - f(x - I)))²] / E[(f(x) - f(x - I))²] over random rectangles of tiles, by `captum.metrics`; 0 is
    perfect, 1 is as good as a map of zeros.
    """
    specimens = candidate.specimens
    values = [_infidelity(specimen, effort, number) for number, specimen in enumerate(specimens)]
    yield row(candidate.label, "infidelity", values, [specimen.group for specimen in specimens])


def _infidelity(specimen: Specimen, effort: Effort, seed: int) -> float:
    from captum.metrics import infidelity as captum_infidelity

    grid = coarse(specimen.given.scene.grid, effort.tiles)
    random = np.random.default_rng(seed)
    gathered_map = torch.from_numpy(gathered(specimen.values, grid).ravel())[None]
    changes: list[float] = []

    def target(shown: Tensor) -> Tensor:
        return torch.from_numpy(specimen.given.hiding(shown.numpy() < 0.5, grid, "mean"))

    def remove(shown: Tensor) -> tuple[Tensor, Tensor]:
        hidden = torch.stack([_rectangle(grid, random) for _ in range(len(shown))]).to(shown)
        changes.extend((target(shown) - target(shown - hidden)).tolist())
        return hidden, shown - hidden

    shown = torch.ones(1, grid[0] * grid[1], dtype=torch.float64)
    missed = captum_infidelity(target, remove, shown, gathered_map, n_perturb_samples=REMOVALS, normalize=True)
    square = float(np.mean(np.square(changes)))
    return float(missed[0]) / square if square else 1.0


def _rectangle(grid: tuple[int, int], random: np.random.Generator) -> Tensor:
    """(tiles,) 1 in a rectangle of at most half the image in each direction."""
    inside = np.zeros(grid)
    high, wide = (int(random.integers(1, max(2, side // 2 + 1))) for side in grid)
    top, left = int(random.integers(grid[0] - high + 1)), int(random.integers(grid[1] - wide + 1))
    inside[top : top + high, left : left + wide] = 1
    return torch.from_numpy(inside.ravel())


def sensitivity(candidate: Candidate, effort: Effort) -> Iterator[MapExam]:
    """Largest relative change of the map under slight noise on the image: max |map' - map| / |map|. 1901.09392, §3.

    Noise of 2 % of the grey scale goes onto the image itself, not onto what a method takes as its input, so that all
    methods are shaken alike.
    """
    some = candidate.specimens[: effort.few]
    values = [_change(candidate, specimen) for specimen in some]
    yield row(candidate.label, "sensitivity", values, [specimen.group for specimen in some])


def _change(candidate: Candidate, specimen: Specimen) -> float:
    scene, size = specimen.given.scene, float(np.linalg.norm(specimen.values))
    changes: list[float] = []
    for seed in range(NOISES):
        try:
            found = candidate.method.quick.draw(scene.on(scene.edited(Grain(seed=seed)))).values
        except FaithlensError:
            continue
        changes.append(float(np.linalg.norm(found - specimen.values)) / size)
    return max(changes, default=1.0)
