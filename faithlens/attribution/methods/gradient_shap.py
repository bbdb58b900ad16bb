"""Gradient SHAP: expected gradients over both baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from faithlens.attribution.method import Drawn, Method, seeded, share
from faithlens.attribution.scene import Scene
from faithlens.attribution.smooth import Smooth
from faithlens.edits.image import Fill


@dataclass(frozen=True)
class GradientShap(Method):
    """Gradients at random places between the image and a random one of both baselines, times the difference.

    Only in expectation do they sum to the target's change from the baselines' mean target; the delta says how near
    these samples came.
    """

    name: ClassVar[str] = "gradient_shap"
    paper: ClassVar[str] = "Erion et al. 2021, 1906.10670; Captum GradientShap"
    fills: ClassVar[tuple[Fill, ...]] = ("mean",)

    samples: int = 32

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import GradientShap as Captum

        smooth = Smooth(scene)
        starts = torch.stack([smooth.baseline("mean"), smooth.baseline("blur")])
        at_once = min(self.samples, smooth.batch)
        rounds = -(-self.samples // at_once)
        with seeded(self.seed):
            maps = [
                smooth.map(Captum(smooth).attribute(smooth.input, starts, n_samples=at_once)) for _ in range(rounds)
            ]
        values = np.mean(maps, axis=0)
        change = float(np.mean([smooth.change(start[None]) for start in starts]))
        return Drawn(values, rounds * at_once + 4, share(float(values.sum()), change))
