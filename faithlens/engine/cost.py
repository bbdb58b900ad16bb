"""What answering requests has cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass


@dataclass
class Cost:
    """Counts over one process; a resumed run adds those of each process."""

    requests: int = 0
    """As asked by probes and by the collection of traces."""
    unique_requests: int = 0
    """After equal requests were asked once."""
    forwards: int = 0
    tokens_requested: int = 0
    """What one forward pass for each distinct request would run, image tokens included."""
    tokens_unique: int = 0
    """Distinct (view, token prefix) among them; 0 where the reference engine ran, which does not look for them."""
    tokens_run: int = 0
    """Given to the language model in forward passes; generated ones do not count."""
    replies: int = 0
    tokens_generated: int = 0
    vision_encodes: int = 0
    vision_seconds: float = 0.0
    """Opening and preparing the images included."""
    forward_seconds: float = 0.0
    """All of answering and weighing, and the beginnings of replies, without the images."""
    speak_seconds: float = 0.0
    peak_bytes: int = 0
    """Most memory held: of the GPU on one, else of the process."""


def total(costs: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Costs of several parts or processes together: sums, and the highest peak."""
    together = list(costs)
    found = {name: sum(cost.get(name, 0) for cost in together) for name in asdict(Cost())}
    return found | {"peak_bytes": max((cost.get("peak_bytes", 0) for cost in together), default=0)}
