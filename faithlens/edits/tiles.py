"""Where boxes and halves of a picture lie on a grid of tiles."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from faithlens.records import Box


def covered(box_xyxy_px: Box, size_px: tuple[int, int], grid: tuple[int, int]) -> NDArray[np.float64]:
    """(rows, columns): share of each tile that a box covers, on a picture of that width and height."""
    left, top, right, bottom = box_xyxy_px
    wide, high = size_px
    rows, cols = grid
    return np.outer(
        _overlap(top / high * rows, bottom / high * rows, rows),
        _overlap(left / wide * cols, right / wide * cols, cols),
    )


def half(side: Literal["left", "right"], grid: tuple[int, int]) -> NDArray[np.float64]:
    """(rows, columns): share of each tile that lies in that half of the picture, as it is looked at."""
    return covered((0, 0, 1, 1) if side == "left" else (1, 0, 2, 1), (2, 1), grid)


def _overlap(start: float, end: float, tiles: int) -> NDArray[np.float64]:
    """How much of each tile [i, i + 1] lies between start and end."""
    edges = np.arange(tiles)
    return (np.minimum(edges + 1, end) - np.maximum(edges, start)).clip(min=0)
