"""Attention relevancy: how far the image tokens reach the target through attention that matters to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from faithlens.attribution.method import Drawn, Method
from faithlens.attribution.scene import Scene
from faithlens.edits.image import Fill


@dataclass(frozen=True)
class AttentionRelevancy(Method):
    """R starts as the identity and grows by A R in every layer, A = mean over heads of max(0, gradient x attention).

    Of R the rows are read at which the target's tokens are decided, in the columns of the image tokens.
    """

    name: ClassVar[str] = "attention_relevancy"
    paper: ClassVar[str] = "Chefer et al. 2021, 2103.15679, eq. 5 and 6, for self-attention"
    fills: ClassVar[tuple[Fill, ...]] = ("mean",)
    signed: ClassVar[bool] = False

    def draw(self, scene: Scene) -> Drawn:
        layers = scene.tokens.attention(scene.readout)
        size = len(scene.readout.ids)
        relevancy = torch.eye(size, device=layers[0][0].device)
        for attention, gradient in layers:
            relevancy = relevancy + (attention * gradient).clamp(min=0).mean(0) @ relevancy
        rows = [term.after for term in scene.readout.terms]
        found = relevancy[rows][:, scene.tokens.places(scene.readout)].mean(0)
        return Drawn(found.double().cpu().numpy().reshape(scene.grid), 1)
