"""Hiding tiles of the image, as Captum wants to be told of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from faithlens.attribution.scene import Scene
from faithlens.edits.image import Fill


@dataclass
class Tiled:
    """The target as a function of which tiles are shown: 1 shown, 0 hidden."""

    scene: Scene
    grid: tuple[int, int]
    fill: Fill
    evaluations: int = 0

    def __call__(self, shown: Tensor) -> Tensor:
        """(n,) float64 nats for (n, tiles) or (n, rows, columns)."""
        hidden = shown.detach().reshape(len(shown), -1).numpy() < 0.5
        self.evaluations += len(hidden)
        return torch.from_numpy(self.scene.hiding(hidden, self.grid, self.fill))

    @property
    def change(self) -> float:
        """What showing all tiles adds to the target, in nats."""
        rows, cols = self.grid
        shown, hidden = self(torch.tensor([[1.0], [0.0]]).expand(2, rows * cols))
        return float(shown - hidden)


def coarse(grid: tuple[int, int], limit: int) -> tuple[int, int]:
    """At most so many tiles, about as wide and high as the grid is; the grid itself where it is small enough."""
    rows, cols = grid
    if rows * cols <= limit:
        return grid
    shrink = (limit / (rows * cols)) ** 0.5
    return max(1, int(rows * shrink)), max(1, int(cols * shrink))


def spread(values: NDArray[np.float64], grid: tuple[int, int]) -> NDArray[np.float64]:
    """(rows, columns) of a finer grid: each tile's value shared evenly by what lies in it, so that sums are kept."""
    rows, cols = (np.arange(fine) * rough // fine for fine, rough in zip(grid, values.shape, strict=True))
    sizes = np.outer(np.bincount(rows, minlength=values.shape[0]), np.bincount(cols, minlength=values.shape[1]))
    return (values / sizes)[np.ix_(rows, cols)]


def gathered(values: NDArray[np.float64], grid: tuple[int, int]) -> NDArray[np.float64]:
    """(rows, columns) of a coarser grid: sums of what lies in each tile. Undoes `spread`."""
    rows, cols = (np.arange(fine) * rough // fine for fine, rough in zip(values.shape, grid, strict=True))
    found = np.zeros(grid)
    np.add.at(found, np.ix_(rows, cols), values)
    return found
