"""What answering requests has cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Cost:
    """Counts over one process; a resumed run adds those of each process."""

    requests: int = 0
    """As asked by probes and by the collection of traces."""
    unique_requests: int = 0
    """After equal requests were asked once."""
    forwards: int = 0
    tokens_run: int = 0
    """Tokens given to the language model, image tokens included, generated ones not."""
    replies: int = 0
    tokens_generated: int = 0
    vision_encodes: int = 0
    forward_seconds: float = 0.0
    speak_seconds: float = 0.0
