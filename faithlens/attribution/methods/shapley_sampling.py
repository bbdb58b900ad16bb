"""Shapley value sampling: hide tiles in random orders, and average what each hiding takes away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from faithlens.attribution.method import Drawn, Method, seeded, share
from faithlens.attribution.scene import Scene
from faithlens.attribution.tiles import Tiled, coarse, spread


@dataclass(frozen=True)
class ShapleySampling(Method):
    """Shapley values of tiles, estimated from orders in which they are shown. They sum to the target's change."""

    name: ClassVar[str] = "shapley_sampling"
    paper: ClassVar[str] = "Štrumbelj & Kononenko 2010; Captum ShapleyValueSampling"
    asks: ClassVar[bool] = True
    complete: ClassVar[bool] = True

    tiles: int = 36
    orders: int = 8

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import ShapleyValueSampling as Captum

        tiled = Tiled(scene, coarse(scene.grid, self.tiles), self.fill)
        shown = torch.ones(1, tiled.grid[0] * tiled.grid[1])
        with seeded(self.seed):
            found = Captum(tiled).attribute(shown, n_samples=self.orders, perturbations_per_eval=shown.numel())
        values = found[0].double().numpy().reshape(tiled.grid)
        return Drawn(spread(values, scene.grid), tiled.evaluations, share(values.sum(), tiled.change))
