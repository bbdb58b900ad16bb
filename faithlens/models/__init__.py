"""Checkpoints: one file a family, and `load()`. Only the loaded checkpoint knows torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faithlens.models.folder import Folder, find

if TYPE_CHECKING:
    from faithlens.models.checkpoint import Checkpoint

__all__ = ["Folder", "find", "load"]


def load(
    checkpoint: str,
    adapter: str | None = None,
    device: str = "auto",
    dtype: str = "auto",
    min_pixels: int | None = None,
    max_pixels: int | None = None,
) -> Checkpoint:
    """Load a checkpoint from a folder or the Hub, with a LoRA adapter merged in if one is given.

    `device` "auto" takes a GPU if there is one; `dtype` "auto" is bfloat16 on a GPU and float32 elsewhere. Pixel limits
    are the checkpoint's own unless given. Never runs code from the checkpoint, and reads safetensors only.

    Raises CheckpointError for anything that cannot be loaded, SettingsError for an unknown device or dtype.
    """
    from faithlens.models.loading import load_folder

    return load_folder(find(checkpoint), adapter, device, dtype, min_pixels, max_pixels)
