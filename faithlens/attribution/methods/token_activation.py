"""Token activation map: where the target's words already stand out among the image tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from faithlens.attribution.method import Drawn, Method
from faithlens.attribution.scene import Scene
from faithlens.edits.image import Fill


@dataclass(frozen=True)
class TokenActivation(Method):
    """Logits of each target token at the image tokens, less what earlier words explain, mean over the target's tokens.

    An earlier word's map interferes as much as the target's token is activated at that word; the weighted mean of such
    maps is taken off at its least-squares scale. A rank-Gaussian filter of 3 x 3 tokens follows. Deviations: every
    token of the target counts alike, and words of the prompt are those behind the image.
    """

    name: ClassVar[str] = "token_activation"
    paper: ClassVar[str] = "TAM, Li et al. ICCV 2025, 2506.23270"
    fills: ClassVar[tuple[Fill, ...]] = ("mean",)
    signed: ClassVar[bool] = False

    def draw(self, scene: Scene) -> Drawn:
        ids, places = scene.readout.ids, scene.tokens.places(scene.readout).numpy()
        words = np.arange(places.max() + 1, len(ids))
        terms = [term for term in scene.readout.terms if term.weight > 0]
        known = {token: i for i, token in enumerate(dict.fromkeys([*(t.token for t in terms), *ids[words[0] :]]))}
        logits = scene.tokens.logits(scene.readout, list(known)).double().cpu().numpy().clip(min=0)
        maps = []
        for term in terms:
            earlier = [at for at in words if at <= term.after and ids[at] != term.token]
            own = logits[places, known[term.token]]
            others = logits[places][:, [known[ids[at]] for at in earlier]]
            maps.append(_filtered(_freed(own, others, logits[earlier, known[term.token]]).reshape(scene.grid)))
        return Drawn(np.mean(maps, axis=0), 1)


def _freed(own: NDArray[np.float64], others: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(tokens,) a map without what the weighted mean of (tokens, words) explains of it."""
    if not weights.sum() > 0:
        return own
    interference = others @ weights / weights.sum()
    square = float(interference @ interference)
    scale = max(0.0, float(own @ interference) / square) if square else 0.0
    return (own - scale * interference).clip(min=0)


def _filtered(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value replaced by a mean of its sorted 3 x 3 neighbourhood, weighted by a Gaussian around the median's rank.

    The Gaussian is as wide, in ranks, as the neighbourhood's coefficient of variation: even neighbourhoods take their
    median, uneven ones come near their mean.
    """
    padded = np.pad(grid, 1, mode="edge")
    around = np.sort(np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).reshape(*grid.shape, 9), axis=-1)
    mean, deviation = around.mean(-1, keepdims=True), around.std(-1, keepdims=True)
    width = np.where(mean > 0, deviation / np.where(mean > 0, mean, 1), 0).clip(min=1e-3)
    weights = np.exp(-((np.arange(9) - 4) ** 2) / (2 * width**2))
    return (around * weights).sum(-1) / weights.sum(-1)
