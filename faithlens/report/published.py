"""Accuracies that were published of a checkpoint, where they could be read in the source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """One published accuracy."""

    accuracy: float
    of: str
    source: str


_SOURCE = "Pan et al. 2025, MedVLM-R1, arXiv 2502.19634, abstract"
_OF = "average over the MRI, CT and X-ray questions of its evaluation"

PUBLISHED: dict[str, Published] = {
    "MedVLM-R1": Published(0.7822, _OF, _SOURCE),
    "Qwen2-VL-2B-Instruct": Published(0.5511, f"{_OF}, before the training that made MedVLM-R1", _SOURCE),
}
"""By the last part of a checkpoint's name. Figures by modality are not here: they could not be read at their source."""


def published(checkpoint: str) -> Published | None:
    return PUBLISHED.get(checkpoint.replace("\\", "/").rstrip("/").rpartition("/")[2])
