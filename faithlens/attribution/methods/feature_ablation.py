"""Feature ablation: hide one tile at a time, and see what the target loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from faithlens.attribution.method import Drawn, Method
from faithlens.attribution.scene import Scene
from faithlens.attribution.tiles import Tiled, coarse, spread


@dataclass(frozen=True)
class FeatureAblation(Method):
    """The target on the image less the target without each tile; a tile is one merged token where those are few."""

    name: ClassVar[str] = "feature_ablation"
    paper: ClassVar[str] = "Zeiler & Fergus 2014, 1311.2901; Captum FeatureAblation"
    asks: ClassVar[bool] = True

    tiles: int = 256

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import FeatureAblation as Captum

        tiled = Tiled(scene, coarse(scene.grid, self.tiles), self.fill)
        shown = torch.ones(1, *tiled.grid)
        found = Captum(tiled).attribute(shown, perturbations_per_eval=shown.numel())
        return Drawn(spread(found[0].double().numpy(), scene.grid), tiled.evaluations)
