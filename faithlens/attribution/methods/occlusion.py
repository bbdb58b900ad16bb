"""Occlusion: slide a window over the tiles, and see what the target loses under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from faithlens.attribution.method import Drawn, Method
from faithlens.attribution.scene import Scene
from faithlens.attribution.tiles import Tiled, coarse, spread


@dataclass(frozen=True)
class Occlusion(Method):
    """Mean loss of the target over all windows that cover a tile, windows moved on by one tile."""

    name: ClassVar[str] = "occlusion"
    paper: ClassVar[str] = "Zeiler & Fergus 2014, 1311.2901; Captum Occlusion"
    asks: ClassVar[bool] = True

    tiles: int = 256
    window: int = 2
    """Edge in tiles; less where the grid is smaller."""

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import Occlusion as Captum

        tiled = Tiled(scene, coarse(scene.grid, self.tiles), self.fill)
        shown = torch.ones(1, *tiled.grid)
        window = (min(self.window, tiled.grid[0]), min(self.window, tiled.grid[1]))
        found = Captum(tiled).attribute(shown, window, strides=1, perturbations_per_eval=shown.numel())
        return Drawn(spread(found[0].double().numpy(), scene.grid), tiled.evaluations)
