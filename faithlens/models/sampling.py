"""Which token comes next: greedy, or drawn by a reply's own random numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import LogitsProcessor


class Draw:
    """Chooses the tokens of one reply. Greedy at temperature 0; else from a generator seeded for this reply alone."""

    def __init__(self, temperature: float, seed: int) -> None:
        self.temperature = temperature
        self.seed = seed
        self._random = np.random.default_rng(seed)

    def __call__(self, row: Tensor) -> int:
        """Token id after logits (vocabulary,): the inverse of the cumulative distribution, in double precision."""
        if not self.temperature:
            return int(row.argmax())
        weights = torch.softmax(row.double() / self.temperature, dim=-1).cumsum(-1)
        point = float(self._random.random()) * float(weights[-1])
        return min(int(torch.searchsorted(weights, point)), len(row) - 1)


class Drawn(LogitsProcessor):
    """Makes `generate` take the tokens that each row's own `Draw` chooses, whatever else is in the batch."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self._draws = draws

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        chosen = torch.full_like(scores, -torch.inf)
        for row, draw in enumerate(self._draws):
            chosen[row, draw(scores[row].float())] = 0.0
        return chosen
