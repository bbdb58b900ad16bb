"""The target as a differentiable function of the image tokens, as Captum wants to be told of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from faithlens.attribution.scene import Scene
from faithlens.edits.image import Fill, HideTiles


@dataclass(frozen=True)
class Smooth:
    """(n,) nats for (n, tokens, width)."""

    scene: Scene

    def __call__(self, tokens: Tensor) -> Tensor:
        return self.scene.tokens.score(tokens, self.scene.readout)

    @property
    def input(self) -> Tensor:
        """(1, tokens, width) of the image as it is."""
        return self.scene.tokens.values[None]

    @property
    def batch(self) -> int:
        return self.scene.tokens.batch(self.scene.readout)

    def baseline(self, fill: Fill) -> Tensor:
        """(tokens, width): every token the mean one, or the tokens of the blurred image."""
        values = self.scene.tokens.values
        if fill == "mean":
            return values.mean(0, keepdim=True).expand_as(values)
        return self.scene.tokens.encoded(self.scene.edited(HideTiles(1, 1, (0,), "blur")))

    @torch.no_grad()
    def change(self, start: Tensor) -> float:
        """What the target gains from there to the image, in nats."""
        return float(self(self.input)[0] - self(start)[0])

    def map(self, found: Tensor) -> NDArray[np.float64]:
        """(rows, columns): the sum over each token's width."""
        return found[0].detach().double().sum(-1).cpu().numpy().reshape(self.scene.grid)
