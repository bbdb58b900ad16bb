"""How much memory a process has needed at most."""

from __future__ import annotations

import sys

import torch


def peak_bytes(device: torch.device) -> int:
    """Most memory held so far: by torch's allocator on a GPU, else by the whole process; 0 where no one can tell."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    try:
        import resource
    except ImportError:
        return 0
    # in bytes on macOS, in KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
