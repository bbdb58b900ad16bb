"""Replies that another harness already collected, and the cases that they answer."""

from __future__ import annotations

from faithlens.collected.joining import join
from faithlens.collected.reading import known_formats, read
from faithlens.collected.records import Collected, CollectedReply

__all__ = ["Collected", "CollectedReply", "join", "known_formats", "read"]
