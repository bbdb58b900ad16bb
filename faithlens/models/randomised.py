"""A checkpoint with part of its weights scrambled, for as long as that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor

from faithlens.models.checkpoint import Checkpoint

Part = Literal["language", "vision"]


@contextmanager
def randomised(checkpoint: Checkpoint, part: Part, share: float, seed: int = 0) -> Iterator[None]:
    """The last `share` of the layers of one part, from its output backwards, with the entries of every tensor permuted.

    Permuting keeps each tensor's own distribution, so that activations stay in range. The vision tower's mergers go
    with its last block, its patch embedding with its first; word embeddings are left alone. Features that were computed
    before are of the other weights: encode anew inside.
    """
    chosen = _parameters(checkpoint, part, share)
    kept = [parameter.detach().clone() for parameter in chosen]
    generator = torch.Generator().manual_seed(seed)
    try:
        with torch.no_grad():
            for parameter in chosen:
                order = torch.randperm(parameter.numel(), generator=generator).to(parameter.device)
                parameter.copy_(parameter.flatten()[order].view_as(parameter))
        yield
    finally:
        with torch.no_grad():
            for parameter, before in zip(chosen, kept, strict=True):
                parameter.copy_(before)


def _parameters(checkpoint: Checkpoint, part: Part, share: float) -> list[Tensor]:
    inner: Any = checkpoint.model.model
    layers = list(inner.language_model.layers if part == "language" else inner.visual.blocks)
    last = layers[len(layers) - max(1, round(share * len(layers))) :]
    chosen = [parameter for layer in last for parameter in layer.parameters()]
    if part == "language":
        return [*chosen, *inner.language_model.norm.parameters()]
    of_blocks = {id(parameter) for parameter in inner.visual.blocks.parameters()}
    others = [(name, p) for name, p in inner.visual.named_parameters() if id(p) not in of_blocks]
    return chosen + [p for name, p in others if "merger" in name or share == 1]
