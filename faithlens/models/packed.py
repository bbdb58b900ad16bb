"""Packed forward passes: prefix trees side by side in one sequence, each token looking at its own ancestors only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import DynamicCache

from faithlens.models.attention import blocks, in_blocks
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.tree import ROOT, TEXT, Tree, spans
from faithlens.models.vision import Features, Vision
from faithlens.records import Prompt

Layer = tuple[Tensor, Tensor]
"""Keys and values of some tokens in one layer, (heads, tokens, head size) each."""


@dataclass(eq=False)
class Grown:
    """A tree, and what the model has made of its nodes so far. A node that was run is not run again.

    With a node all its ancestors have been run too.
    """

    tree: Tree
    places: dict[int, int] = field(default_factory=dict[int, int])
    """By node that was run: its place in `hidden` and in `layers`, counted from 0 in the order of the keys."""
    hidden: Tensor | None = None
    """(places, hidden): the last layer."""
    layers: tuple[Layer, ...] = ()

    def missing(self, nodes: Iterable[int]) -> list[int]:
        """Those of these nodes and of their ancestors that were not run, depth first, so that neighbours see alike."""
        found: set[int] = set()
        for node in nodes:
            while node != ROOT and node not in found and node not in self.places:
                found.add(node)
                node = self.tree.parents[node]
        first, _ = spans(self.tree.parents)
        return sorted(found, key=lambda node: first[node])

    def keep(self, nodes: Sequence[int], hidden: Tensor, layers: Sequence[Layer]) -> None:
        """Add what a pass has made of nodes that were missing."""
        if self.hidden is not None:
            hidden = torch.cat([self.hidden, hidden])
            layers = [_joined(pair) for pair in zip(self.layers, layers, strict=True)]
        self.hidden, self.layers = hidden, tuple(layers)
        self.places |= {node: len(self.places) + i for i, node in enumerate(nodes)}

    def forget(self) -> None:
        """Give the memory back. The tree stays, its nodes have to be run again."""
        self.places, self.hidden, self.layers = {}, None, ()

    @property
    def bytes(self) -> int:
        if self.hidden is None:
            return 0
        values = self.hidden.numel() + 2 * len(self.layers) * self.layers[0][0].numel()
        return values * self.hidden.element_size()


def plant(checkpoint: Checkpoint, tree: Tree, prompt: Prompt) -> tuple[int, int, int]:
    """Insert a prompt into the tree of its view: its last node, its length, and the position of what follows."""
    ids = checkpoint.prompt_ids(prompt, tree.view)
    shown = np.array(ids) == checkpoint.image_token_id
    features = np.where(shown, np.cumsum(shown) - 1, TEXT).tolist()
    places = checkpoint.positions(ids, tree.view)
    return tree.plant(ids, places, features), len(ids), max(max(place) for place in places) + 1


@torch.inference_mode()
def run(checkpoint: Checkpoint, vision: Vision, work: Sequence[tuple[Grown, Sequence[int]]], budget: int) -> None:
    """Run missing nodes of several trees in one pass; in parts of `budget` tokens where together they are more.

    Each tree goes on from the keys and values of what was run of it before, and a later part from the earlier ones.
    Nodes come after their parents, and none that was run is named again.
    """
    device = checkpoint.model.device
    nodes = [(grown.tree, node) for grown, missing in work for node in missing]
    ids = torch.tensor([tree.ids[node] for tree, node in nodes], device=device)
    positions = torch.tensor([tree.positions[node] for tree, node in nodes], device=device).T
    opens, closes = _spans(work)
    before = len(opens) - len(ids)
    visual = ids == checkpoint.image_token_id
    shown = _shown(vision, work)
    embeds = checkpoint.model.get_input_embeddings()(ids)
    if shown is not None:
        embeds[visual] = shown.embeds.to(embeds)
    cache = DynamicCache()
    for number, layer in enumerate(_together([grown for grown, _ in work])):
        cache.update(layer[0][None], layer[1][None], number)
    hidden: list[Tensor] = []
    for part in np.array_split(np.arange(len(ids)), -(-len(ids) // budget)):
        first, last = int(part[0]), int(part[-1]) + 1
        end = before + last
        rows = opens[before + first : end]
        with in_blocks(checkpoint):
            output = checkpoint.model.model.language_model(
                inputs_embeds=embeds[None, first:last],
                position_ids=positions[:, None, first:last],
                past_key_values=cache,
                use_cache=True,
                blocks=blocks(rows, opens[:end], closes[:end], checkpoint.model.dtype, device),
                **_deepstack(shown, visual, first, last),
            )
        hidden.append(output.last_hidden_state[0])
    _keep(work, torch.cat(hidden), cache, before)


@torch.inference_mode()
def logits(checkpoint: Checkpoint, hidden: Tensor) -> Tensor:
    """(rows, vocabulary), float32, of what follows each of these last-layer states."""
    return checkpoint.model.lm_head(hidden).float()


def _spans(work: Sequence[tuple[Grown, Sequence[int]]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(first, last) of all known nodes of the trees and then of all missing ones, trees apart."""
    known: list[NDArray[np.int64]] = []
    new: list[NDArray[np.int64]] = []
    offset = 0
    for grown, nodes in work:
        both = np.stack(spans(grown.tree.parents)) + offset
        known.append(both[:, list(grown.places)])
        new.append(both[:, list(nodes)])
        offset += len(grown.tree)
    first, last = np.concatenate([*known, *new], axis=1)
    return first, last


def _shown(vision: Vision, work: Sequence[tuple[Grown, Sequence[int]]]) -> Features | None:
    """Image features of the missing nodes that stand for some, in their order; None where none does."""
    wanted = [
        (grown.tree.view, places)
        for grown, nodes in work
        if (places := [grown.tree.features[node] for node in nodes if grown.tree.features[node] != TEXT])
    ]
    if not wanted:
        return None
    found = vision.features([view for view, _ in wanted])
    return Features.joined([found[view].at(places) for view, places in wanted])


def _together(grown: Sequence[Grown]) -> list[Layer]:
    """Keys and values of all that was run of these trees, one tree after another."""
    known = [tree.layers for tree in grown if tree.layers]
    return [_joined(layers) for layers in zip(*known, strict=True)]


def _joined(layers: Sequence[Layer]) -> Layer:
    if len(layers) == 1:
        return layers[0]
    return torch.cat([keys for keys, _ in layers], dim=1), torch.cat([values for _, values in layers], dim=1)


def _keep(work: Sequence[tuple[Grown, Sequence[int]]], hidden: Tensor, cache: DynamicCache, before: int) -> None:
    """Hand each tree what the pass has made of its nodes, copied so that no tree holds on to another's."""
    layers: list[Any] = list(cache.layers)
    start = 0
    for grown, nodes in work:
        part = slice(start, start + len(nodes))
        kept = slice(before + start, before + start + len(nodes))
        own = [(layer.keys[0, :, kept].clone(), layer.values[0, :, kept].clone()) for layer in layers]
        grown.keep(nodes, hidden[part].clone(), own)
        start += len(nodes)


def _deepstack(shown: Features | None, visual: Tensor, first: int, last: int) -> dict[str, Any]:
    """What Qwen3-VL adds at the image tokens between two nodes; nothing for other families."""
    if shown is None or not shown.deepstack:
        return {}
    before, inside = int(visual[:first].sum()), int(visual[first:last].sum())
    layers = [layer[before : before + inside] for layer in shown.deepstack]
    return {"visual_pos_masks": visual[None, first:last], "deepstack_visual_embeds": layers}
