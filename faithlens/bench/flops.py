"""Floating-point operations: how many some work takes, and how many the machine does in a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from faithlens.models.checkpoint import Checkpoint

SIDE = {"cuda": 8192, "cpu": 1024}
"""Of the square matrices whose product tells the peak."""


def flops(work: Callable[[], object]) -> int:
    """Of matrix products, convolutions and attention in all that is run meanwhile; a multiply-add counts two."""
    cpu_attention: Any = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    with FlopCounterMode(display=False, custom_mapping={cpu_attention: _attention}) as counter:
        work()
    return counter.get_total_flops()


def _attention(query: torch.Size, key: torch.Size, value: torch.Size, *_: Any, **__: Any) -> int:
    """Of both products over (batch, heads, tokens, size); what a mask hides is computed all the same."""
    batch, heads, rows, size = query
    return 2 * batch * heads * rows * key[2] * (size + value[3])


@torch.inference_mode()
def peak(loaded: Checkpoint, repeats: int = 5) -> float:
    """FLOP a second of a large square matrix product in the checkpoint's precision, the best of some."""
    device, dtype = loaded.model.device, loaded.model.dtype
    side = SIDE["cuda" if device.type == "cuda" else "cpu"]
    one, other = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    best = 0.0
    for _ in range(repeats + 1):
        started = clock(loaded)
        torch.mm(one, other)
        best = max(best, 2 * side**3 / (clock(loaded) - started))
    return best


def clock(loaded: Checkpoint) -> float:
    """Seconds: on a GPU by the clock on the wall, once it has done all; else of the processor, for all threads."""
    if loaded.model.device.type != "cuda":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()
