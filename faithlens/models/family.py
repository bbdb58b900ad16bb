"""What one family of checkpoints needs to be named, loaded and checked by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One model architecture; a file `faithlens/models/families/<model_type>.py` holds one as `FAMILY`."""

    model_type: str
    """As in the checkpoint's config.json."""
    architecture: str
    """Class in `transformers`."""
    image_processor: str
    """Class in `transformers` that needs no torchvision."""
    default_system: str | None
    """System turn that the published chat template adds when none is given."""
    known: tuple[str, ...]
    """Checkpoints of this family that people audit."""
