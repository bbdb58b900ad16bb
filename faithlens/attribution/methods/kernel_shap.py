"""KernelSHAP: Shapley values by a weighted regression on which tiles are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from faithlens.attribution.method import Drawn, Method, seeded, share
from faithlens.attribution.scene import Scene
from faithlens.attribution.tiles import Tiled, coarse, spread


@dataclass(frozen=True)
class KernelShap(Method):
    """Shapley values of tiles from a regression over random sets of them. They sum to the target's change."""

    name: ClassVar[str] = "kernel_shap"
    paper: ClassVar[str] = "Lundberg & Lee 2017, 1705.07874; Captum KernelShap"
    asks: ClassVar[bool] = True
    complete: ClassVar[bool] = True

    tiles: int = 36
    sets_per_tile: int = 8

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import KernelShap as Captum

        tiled = Tiled(scene, coarse(scene.grid, self.tiles), self.fill)
        shown = torch.ones(1, tiled.grid[0] * tiled.grid[1])
        with seeded(self.seed):
            found = Captum(tiled).attribute(
                shown,
                n_samples=self.sets_per_tile * shown.numel(),
                perturbations_per_eval=2 * shown.numel(),
            )
        values = found[0].double().numpy().reshape(tiled.grid)
        return Drawn(spread(values, scene.grid), tiled.evaluations, share(values.sum(), tiled.change))
