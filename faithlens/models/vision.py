"""Image features of views, each computed once and kept within a bound."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from faithlens.models.checkpoint import Checkpoint
from faithlens.records import View

PATCHES_AT_ONCE = 16_384
"""Images are encoded together up to so many patches."""


@dataclass(frozen=True)
class Features:
    """What the vision tower says of one view, in the order of its image tokens."""

    embeds: Tensor
    """(image tokens, hidden)."""
    deepstack: tuple[Tensor, ...] = ()
    """Qwen3-VL adds these to the output of its first decoder layers: (image tokens, hidden) each."""

    def at(self, places: Sequence[int]) -> Features:
        """Those of some image tokens, in the given order."""
        if list(places) == list(range(len(self.embeds))):
            return self
        index = torch.tensor(list(places), device=self.embeds.device)
        return Features(self.embeds[index], tuple(layer[index] for layer in self.deepstack))

    @staticmethod
    def joined(parts: Sequence[Features]) -> Features:
        """One after another."""
        deepstack = zip(*(part.deepstack for part in parts), strict=True)
        return Features(torch.cat([part.embeds for part in parts]), tuple(torch.cat(layer) for layer in deepstack))

    @property
    def bytes(self) -> int:
        return sum(tensor.numel() * tensor.element_size() for tensor in (self.embeds, *self.deepstack))


@dataclass
class Vision:
    """A checkpoint's vision tower with the features of the views last asked for."""

    checkpoint: Checkpoint
    limit_bytes: int = 1 << 29
    encodes: int = 0
    """Images encoded so far."""
    seconds: float = 0.0
    """Spent on it, opening and preparing the images included."""
    _kept: OrderedDict[View, Features] = field(default_factory=lambda: OrderedDict[View, Features]())

    def features(self, views: Sequence[View]) -> dict[View, Features]:
        """Features of every view that shows an image."""
        wanted = list(dict.fromkeys(view for view in views if view.images))
        found = {view: self._kept[view] for view in wanted if view in self._kept}
        started = time.perf_counter()
        for batch in self._batches([view for view in wanted if view not in found]):
            found |= self._encode(batch)
        self.seconds += time.perf_counter() - started
        for view in wanted:
            self._kept[view] = found[view]
            self._kept.move_to_end(view)
        while len(self._kept) > 1 and sum(kept.bytes for kept in self._kept.values()) > self.limit_bytes:
            self._kept.popitem(last=False)
        return found

    def _batches(self, views: Sequence[View]) -> list[list[View]]:
        batches: list[list[View]] = []
        size = 0
        for view in views:
            pixels = self.checkpoint.pixels(view)
            patches = 0 if pixels is None else len(pixels.values)
            if not batches or size + patches > PATCHES_AT_ONCE:
                batches.append([])
                size = 0
            batches[-1].append(view)
            size += patches
        return batches

    @torch.inference_mode()
    def _encode(self, views: Sequence[View]) -> dict[View, Features]:
        model: Any = self.checkpoint.model
        shown = [pixels for view in views if (pixels := self.checkpoint.pixels(view)) is not None]
        values = torch.cat([pixels.values for pixels in shown]).to(model.device, model.dtype)
        grids = torch.cat([pixels.grid_thw for pixels in shown]).to(model.device)
        output = model.get_image_features(values, grids, return_dict=True)
        merged = torch.cat(list(output.pooler_output))
        # only Qwen3-VL has such an output; each layer comes whole or, in newer transformers, by image
        layers = [
            layer if isinstance(layer, Tensor) else torch.cat(list(layer))
            for layer in output.get("deepstack_features") or ()
        ]
        self.encodes += len(grids)
        sizes = [sum(self.checkpoint.tokens_per_image(view)) for view in views]
        parts = merged.split(sizes)
        deep = [layer.split(sizes) for layer in layers]
        return {
            view: Features(parts[i].clone(), tuple(layer[i].clone() for layer in deep)) for i, view in enumerate(views)
        }
