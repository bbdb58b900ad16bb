"""Token sequences about one view, merged: what they share from the beginning on stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faithlens.records import View

ROOT = -1
"""Parent of the first token."""

TEXT = -1
"""In place of an image feature: the token stands for none."""


@dataclass(eq=False)
class Tree:
    """A prefix tree in which every node is one token, each after its parent.

    Positions are M-RoPE's (time, row, column); in text all three are equal and count on from the parent.
    """

    view: View
    ids: list[int] = field(default_factory=list[int])
    parents: list[int] = field(default_factory=list[int])
    positions: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    features: list[int] = field(default_factory=list[int])
    """Which of the view's image features stands at each node; TEXT at all others."""
    _children: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])

    def __len__(self) -> int:
        return len(self.ids)

    def plant(self, ids: Sequence[int], positions: Sequence[tuple[int, int, int]], features: Sequence[int]) -> int:
        """Insert a prompt from the root on, at the given positions and with the given features; its last node."""
        node = ROOT
        for token, position, feature in zip(ids, positions, features, strict=True):
            node = self._child(node, token, position, feature)
        return node

    def grow(self, node: int, ids: Sequence[int], after: int) -> list[int]:
        """Insert text behind a node, the first token at position `after`; the node of each token."""
        nodes: list[int] = []
        for offset, token in enumerate(ids):
            place = after + offset
            node = self._child(node, token, (place, place, place), TEXT)
            nodes.append(node)
        return nodes

    def path(self, node: int) -> list[int]:
        """Nodes from the first token to this one."""
        nodes: list[int] = []
        while node != ROOT:
            nodes.append(node)
            node = self.parents[node]
        return nodes[::-1]

    def _child(self, node: int, token: int, position: tuple[int, int, int], feature: int) -> int:
        known = self._children.get((node, token))
        if known is not None:
            return known
        self.ids.append(token)
        self.parents.append(node)
        self.positions.append(position)
        self.features.append(feature)
        self._children[node, token] = len(self.ids) - 1
        return len(self.ids) - 1


def spans(parents: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(first, last) of every node: in depth-first order it stands at `first`, what comes after it up to `last`.

    So a node may look at those whose span its own place falls into: at itself and at what it comes after.
    """
    sizes = [1] * len(parents)
    for node in range(len(parents) - 1, -1, -1):
        if parents[node] != ROOT:
            sizes[parents[node]] += sizes[node]
    first, free, top = [0] * len(parents), [0] * len(parents), 0
    for node, parent in enumerate(parents):
        if parent == ROOT:
            first[node] = top
            top += sizes[node]
        else:
            first[node] = free[parent]
            free[parent] += sizes[node]
        free[node] = first[node] + 1
    return np.array(first), np.array(first) + np.array(sizes)


def packed(sizes: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of what shares a forward pass: as few passes as first-fit finds, none above the budget.

    What is larger than the budget has a pass of its own, which is then run in parts.
    """
    bins: list[list[int]] = []
    room: list[int] = []
    for i in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        place = next((b for b, left in enumerate(room) if sizes[i] <= left), None)
        if place is None:
            bins.append([])
            room.append(max(0, budget - sizes[i]))
            place = len(bins) - 1
        else:
            room[place] -= sizes[i]
        bins[place].append(i)
    return bins
