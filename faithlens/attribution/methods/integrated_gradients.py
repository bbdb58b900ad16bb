"""Integrated gradients on the merged image tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.attribution.method import Drawn, Method, share
from faithlens.attribution.scene import Scene
from faithlens.attribution.smooth import Smooth


@dataclass(frozen=True)
class IntegratedGradients(Method):
    """Gradients along the straight way from a baseline, times the way; Gauss-Legendre steps.

    Steps are doubled until the map's sum is the target's change within `tolerance` of it, or `most` is reached; the
    delta says where it ended.
    """

    name: ClassVar[str] = "integrated_gradients"
    paper: ClassVar[str] = "Sundararajan et al. 2017, 1703.01365; Captum IntegratedGradients"
    complete: ClassVar[bool] = True

    steps: int = 32
    most: int = 512
    tolerance: float = 0.01

    @property
    def quick(self) -> IntegratedGradients:
        """Without further steps: over scrambled weights no number of them may do."""
        return replace(self, most=self.steps)

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import IntegratedGradients as Captum

        smooth = Smooth(scene)
        start = smooth.baseline(self.fill)[None]
        change = smooth.change(start)
        steps, evaluations = self.steps, 2
        while True:
            found = Captum(smooth).attribute(smooth.input, start, n_steps=steps, internal_batch_size=smooth.batch)
            evaluations += steps
            values = smooth.map(found)
            delta = share(float(values.sum()), change)
            if delta <= self.tolerance or 2 * steps > self.most:
                return Drawn(values, evaluations, delta)
            steps *= 2
