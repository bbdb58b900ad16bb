"""Token sequences about one view, merged: what they share from the beginning on stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faithlens.records import View

ROOT = -1
"""Parent of the first token."""


@dataclass(eq=False)
class Tree:
    """A prefix tree in which every node is one token, each after its parent.

    Positions are M-RoPE's (time, row, column); in text all three are equal and count on from the parent.
    """

    view: View
    ids: list[int] = field(default_factory=list[int])
    parents: list[int] = field(default_factory=list[int])
    positions: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    _children: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])

    def __len__(self) -> int:
        return len(self.ids)

    def plant(self, ids: Sequence[int], positions: Sequence[tuple[int, int, int]]) -> int:
        """Insert a prompt from the root on, at the given positions; its last node."""
        node = ROOT
        for token, position in zip(ids, positions, strict=True):
            node = self._child(node, token, position)
        return node

    def grow(self, node: int, ids: Sequence[int], after: int) -> list[int]:
        """Insert text behind a node, the first token at position `after`; the node of each token."""
        nodes: list[int] = []
        for offset, token in enumerate(ids):
            place = after + offset
            node = self._child(node, token, (place, place, place))
            nodes.append(node)
        return nodes

    def path(self, node: int) -> list[int]:
        """Nodes from the first token to this one."""
        nodes: list[int] = []
        while node != ROOT:
            nodes.append(node)
            node = self.parents[node]
        return nodes[::-1]

    def _child(self, node: int, token: int, position: tuple[int, int, int]) -> int:
        known = self._children.get((node, token))
        if known is not None:
            return known
        self.ids.append(token)
        self.parents.append(node)
        self.positions.append(position)
        self._children[node, token] = len(self.ids) - 1
        return len(self.ids) - 1


def ancestors(parents: Sequence[int]) -> NDArray[np.bool_]:
    """(nodes, nodes): whether row may look at column, that is, whether column is the row itself or stands before it."""
    mask = np.eye(len(parents), dtype=bool)
    for node, parent in enumerate(parents):
        if parent != ROOT:
            mask[node, :node] |= mask[parent, :node]
    return mask


def packed(trees: Sequence[Tree], budget: int) -> list[list[int]]:
    """Indices of trees that share a forward pass: as few passes as first-fit finds, none above the budget.

    A tree larger than the budget has a pass of its own, which is then run in parts.
    """
    order = sorted(range(len(trees)), key=lambda i: -len(trees[i]))
    bins: list[list[int]] = []
    room: list[int] = []
    for i in order:
        size = len(trees[i])
        place = next((b for b, left in enumerate(room) if size <= left), None)
        if place is None:
            bins.append([])
            room.append(max(0, budget - size))
            place = len(bins) - 1
        else:
            room[place] -= size
        bins[place].append(i)
    return bins
