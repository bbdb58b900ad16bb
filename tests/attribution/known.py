"""A subject whose target is a sum over image tokens: what every method must say of it is known by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from faithlens.attribution.maps import Set
from faithlens.attribution.scene import Scene
from faithlens.attribution.targets import Target
from faithlens.edits.image import Blank, HideTiles
from faithlens.models.gradients import Readout
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Answered, Prompt, Request, View

GRID = (3, 4)
TOKENS = 12
PROMPT = Prompt(PUBLISHED["medvlm-r1"], "Is there a nodule?", ("Yes", "No"))
VIEW = View(("/one.png",))


@dataclass
class Counting:
    """Says log p(A) = sum of the weights of the tiles that are shown; 0 on a blank image."""

    weights: np.ndarray
    asked: list[View] = field(default_factory=list)

    def respond(self, requests: Sequence[Request]) -> list[Any]:
        return [Answered((self._sum(request.view), -9.0)) for request in requests if isinstance(request, Answer)]

    def _sum(self, view: View) -> float:
        self.asked.append(view)
        shown = np.ones(GRID)
        for edit in view.edits:
            if isinstance(edit, Blank):
                shown[:] = 0
            if isinstance(edit, HideTiles):
                assert (edit.rows, edit.cols) in (GRID, (1, 1))
                tiles = np.zeros(edit.rows * edit.cols, dtype=bool)
                tiles[list(edit.hidden)] = True
                shown[np.broadcast_to(tiles.reshape(edit.rows, edit.cols), GRID)] = 0
        return float((shown * self.weights).sum())


@dataclass(frozen=True)
class Linear:
    """Image tokens of two numbers each, of which the target is a weighted sum."""

    weights: Tensor
    """(tokens, 2)."""
    batches: list[int] = field(default_factory=list)
    checkpoint: Any = None

    grid = GRID

    @cached_property
    def values(self) -> Tensor:
        return torch.randn(TOKENS, 2, generator=torch.Generator().manual_seed(1))

    def encoded(self, view: View) -> Tensor:
        return self.values * 0.5

    def batch(self, readout: Readout) -> int:
        return 8

    def score(self, tokens: Tensor, readout: Readout) -> Tensor:
        self.batches.append(len(tokens))
        return (tokens * self.weights).sum((1, 2))


def scene(weights: np.ndarray | None = None) -> Scene:
    """A scene in which tiles count `weights`, (3, 4), and tokens count by a fixed random weight."""
    tiles = np.arange(12.0).reshape(GRID) if weights is None else weights
    linear = Linear(torch.randn(TOKENS, 2, generator=torch.Generator().manual_seed(2)))
    made = Scene(Target("answer", Answer(VIEW, PROMPT), 0), Counting(tiles), linear)  # type: ignore[arg-type]
    object.__setattr__(made, "readout", Readout((), ()))
    return made


def given(weights: np.ndarray | None = None, effect: float = 66.0) -> Set:
    checkpoint = type("Checkpoint", (), {"model": type("Model", (), {"dtype": torch.float32})})
    made = scene(weights)
    return Set(replace(made, tokens=replace(made.tokens, checkpoint=checkpoint)), effect, 0.0)  # type: ignore[type-var]
