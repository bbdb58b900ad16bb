"""Input times gradient on the merged image tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.attribution.method import Drawn, Method
from faithlens.attribution.scene import Scene
from faithlens.attribution.smooth import Smooth
from faithlens.edits.image import Fill


@dataclass(frozen=True)
class InputXGradient(Method):
    """The target's gradient in each token, times the token."""

    name: ClassVar[str] = "input_x_gradient"
    paper: ClassVar[str] = "Shrikumar et al. 2016, 1605.01713; Captum InputXGradient"
    fills: ClassVar[tuple[Fill, ...]] = ("mean",)

    def draw(self, scene: Scene) -> Drawn:
        from captum.attr import InputXGradient as Captum

        smooth = Smooth(scene)
        return Drawn(smooth.map(Captum(smooth).attribute(smooth.input.requires_grad_())), 1)
