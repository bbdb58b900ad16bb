"""Attention of packed trees, block by block: no token is compared with tokens that no one of its block may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import AttentionInterface

from faithlens.models.checkpoint import Checkpoint

NAME = "faithlens_blocks"

ROWS = 128
"""Tokens of a block. Fewer see less that is not theirs, more are faster each."""


@dataclass(frozen=True)
class Block:
    """Neighbouring tokens of a pass, and what at least one of them may see."""

    rows: slice
    columns: Tensor
    """Places among the keys."""
    mask: Tensor
    """(1, 1, rows, columns): 0 where a row may look, the lowest number elsewhere."""


def blocks(
    rows: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64], dtype: torch.dtype, device: torch.device
) -> list[Block]:
    """Blocks of a pass. A row at depth-first place r may see the columns with first <= r < last."""
    found: list[Block] = []
    for start in range(0, len(rows), ROWS):
        place = rows[start : start + ROWS, None]
        seen = (first <= place) & (place < last)
        columns = np.flatnonzero(seen.any(axis=0))
        mask = additive(seen[:, columns], dtype, device)
        found.append(Block(slice(start, start + len(place)), torch.as_tensor(columns, device=device), mask))
    return found


def additive(seen: NDArray[np.bool_] | Tensor, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(1, 1, rows, columns): 0 where a row may look, the lowest number elsewhere."""
    allowed = torch.as_tensor(seen, device=device)
    mask = torch.zeros(allowed.shape, dtype=dtype, device=device)
    return mask.masked_fill_(~allowed, torch.finfo(dtype).min)[None, None]


@contextmanager
def in_blocks(checkpoint: Checkpoint) -> Iterator[None]:
    """Let the language model attend by blocks, which each call hands over as `blocks`."""
    config: Any = checkpoint.model.model.language_model.config
    usual = config._attn_implementation
    config._attn_implementation = NAME
    try:
        yield
    finally:
        config._attn_implementation = usual


def _attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: None,
    *,
    blocks: Sequence[Block],
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    """(1, tokens, heads, size) from (1, heads, tokens, size), as transformers asks of an attention function."""
    groups = module.num_key_value_groups
    parts = [
        torch.nn.functional.scaled_dot_product_attention(
            query[:, :, block.rows],
            key[:, :, block.columns].repeat_interleave(groups, dim=1),
            value[:, :, block.columns].repeat_interleave(groups, dim=1),
            attn_mask=block.mask,
            scale=scaling,
        )
        for block in blocks
    ]
    return torch.cat(parts, dim=2).transpose(1, 2), None


AttentionInterface.register(NAME, _attend)
