"""Who answers requests: whatever is being audited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from faithlens.errors import FaithlensError
from faithlens.records import Request, Response

Reply: TypeAlias = Response | FaithlensError
"""A response, or why this one request could not be answered. Other requests are not touched by it."""


class Subject(Protocol):
    """A checkpoint, or a checkpoint inside a planted behaviour."""

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order. A request's response depends on that request alone."""
        ...
