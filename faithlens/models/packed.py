"""Packed forward passes: prefix trees side by side in one sequence, each token looking at its own ancestors only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache

from faithlens.models.checkpoint import Checkpoint
from faithlens.models.tree import Tree, ancestors
from faithlens.models.vision import Features, Vision
from faithlens.records import Prompt, View


@dataclass(frozen=True)
class Passed:
    """What a packed forward pass leaves behind."""

    hidden: Tensor
    """(nodes, hidden): the last layer at every node, trees one after another."""
    starts: tuple[int, ...]
    """Index of each tree's first node."""
    layers: tuple[tuple[Tensor, Tensor], ...]
    """Keys and values of every node, (1, heads, nodes, head size) a layer; empty where they were not asked for."""
    tokens: int


def positions(checkpoint: Checkpoint, ids: Sequence[int], view: View) -> list[tuple[int, int, int]]:
    """M-RoPE positions of a prompt's tokens, as the family itself gives them."""
    pixels = checkpoint.pixels(view)
    if pixels is None:
        return [(i, i, i) for i in range(len(ids))]
    tokens = torch.tensor([list(ids)])
    places, _ = checkpoint.model.model.get_rope_index(
        tokens,
        mm_token_type_ids=(tokens == checkpoint.image_token_id).int(),
        image_grid_thw=pixels.grid_thw,
        attention_mask=torch.ones_like(tokens),
    )
    return [(int(t), int(h), int(w)) for t, h, w in places[:, 0].T]


def plant(checkpoint: Checkpoint, tree: Tree, prompt: Prompt) -> tuple[int, int]:
    """Insert a prompt into the tree of its view: its last node, and the position of what follows."""
    ids = checkpoint.prompt_ids(prompt, tree.view)
    places = positions(checkpoint, ids, tree.view)
    return tree.plant(ids, places), max(max(place) for place in places) + 1


@torch.inference_mode()
def run(checkpoint: Checkpoint, vision: Vision, trees: Sequence[Tree], budget: int, keep: bool = False) -> Passed:
    """Run trees in one pass; in parts of `budget` tokens where together they are larger.

    A later part continues from the keys and values of the earlier ones, so no token is run twice.
    """
    device = checkpoint.model.device
    starts = np.concatenate([[0], np.cumsum([len(tree) for tree in trees])]).tolist()
    ids = torch.tensor([token for tree in trees for token in tree.ids], device=device)
    places = torch.tensor([place for tree in trees for place in tree.positions], device=device).T
    seen = _mask(trees, starts)
    features = vision.features([tree.view for tree in trees])
    shown = [features[tree.view] for tree in trees if tree.view in features]
    embeds, visual = _embedded(checkpoint, ids, shown)
    parts = max(1, -(-len(ids) // budget))
    cache = DynamicCache() if keep or parts > 1 else None
    hidden: list[Tensor] = []
    for part in np.array_split(np.arange(len(ids)), parts):
        first, last = int(part[0]), int(part[-1]) + 1
        output = checkpoint.model.model.language_model(
            inputs_embeds=embeds[None, first:last],
            position_ids=places[:, None, first:last],
            attention_mask=additive(seen[first:last, :last], checkpoint.model.dtype, device),
            past_key_values=cache,
            use_cache=cache is not None,
            **_deepstack(shown, visual, first, last),
        )
        hidden.append(output.last_hidden_state[0])
    layers: list[Any] = cache.layers if cache is not None and keep else []
    kept = tuple((layer.keys, layer.values) for layer in layers)
    return Passed(torch.cat(hidden), tuple(starts[:-1]), kept, len(ids))


@torch.inference_mode()
def logits(checkpoint: Checkpoint, hidden: Tensor) -> Tensor:
    """(rows, vocabulary), float32, of what follows each of these last-layer states."""
    return checkpoint.model.lm_head(hidden).float()


def additive(seen: np.ndarray[Any, Any] | Tensor, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(1, 1, rows, columns): 0 where a row may look, the lowest number elsewhere."""
    allowed = torch.as_tensor(seen, device=device)
    mask = torch.zeros(allowed.shape, dtype=dtype, device=device)
    return mask.masked_fill_(~allowed, torch.finfo(dtype).min)[None, None]


def _mask(trees: Sequence[Tree], starts: Sequence[int]) -> np.ndarray[Any, Any]:
    """Who may look at whom, trees apart from each other."""
    mask = np.zeros((starts[-1], starts[-1]), dtype=bool)
    for tree, start in zip(trees, starts, strict=False):
        mask[start : start + len(tree), start : start + len(tree)] = ancestors(tree.parents)
    return mask


def _embedded(checkpoint: Checkpoint, ids: Tensor, shown: Sequence[Features]) -> tuple[Tensor, Tensor]:
    """(nodes, hidden) input embeddings with image features in their places, and which nodes those are."""
    embeds = checkpoint.model.get_input_embeddings()(ids)
    visual = ids == checkpoint.image_token_id
    if shown:
        merged = torch.cat([features.embeds for features in shown]).to(embeds)
        if len(merged) != int(visual.sum()):
            raise RuntimeError(f"{len(merged)} image features for {int(visual.sum())} image tokens")
        embeds[visual] = merged
    return embeds, visual


def _deepstack(shown: Sequence[Features], visual: Tensor, first: int, last: int) -> dict[str, Any]:
    """What Qwen3-VL adds at the image tokens between two nodes; nothing for other families."""
    if not any(features.deepstack for features in shown):
        return {}
    before, inside = int(visual[:first].sum()), int(visual[first:last].sum())
    layers = [torch.cat(layer)[before : before + inside] for layer in zip(*(f.deepstack for f in shown), strict=True)]
    return {"visual_pos_masks": visual[None, first:last], "deepstack_visual_embeds": layers}
