"""The replies that a suite asks for, written one at a time, in padded batches, and by the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any, TypeAlias

from faithlens.bench.measure import about, timed
from faithlens.bench.padded import BATCH
from faithlens.engine.cost import Cost
from faithlens.engine.packed import packed_subject
from faithlens.engine.reference import Reference
from faithlens.engine.subject import Reply
from faithlens.models.checkpoint import Checkpoint
from faithlens.records import Speak

_Done: TypeAlias = tuple[list[Reply], Cost]


def written(
    loaded: Checkpoint, requests: Sequence[Speak], repeats: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """Seconds of each way, in turn, and how many replies differ from those written one at a time.

    The engine writes equal ones once; the other ways write every one as it is asked for.
    """
    ways: dict[str, Callable[[Sequence[Speak]], _Done]] = {
        "one reply at a time": lambda asked: _as_asked(loaded, 1, asked),
        f"padded batches of {BATCH}": lambda asked: _as_asked(loaded, BATCH, asked),
        "engine": lambda asked: _once(loaded, asked),
    }
    found = timed(
        loaded,
        {name: partial(way, requests) for name, way in ways.items()},
        {name: partial(way, requests[:1]) for name, way in ways.items()},
        repeats,
        progress,
    )
    first = found["one reply at a time"][1][0]
    return {
        **about(loaded),
        "replies": len(requests),
        "distinct_replies": len(set(requests)),
        "views": len({request.view for request in requests}),
        "repeats": repeats,
        "ways": [
            {
                "name": name,
                "seconds": wall,
                "cpu_seconds": cpu,
                "median_seconds": median(wall),
                "median_cpu_seconds": median(cpu),
                "tokens_run": cost.tokens_run,
                "tokens_generated": cost.tokens_generated,
                "vision_encodes": cost.vision_encodes,
                "different_replies": sum(ours != theirs for ours, theirs in zip(replies, first, strict=True)),
            }
            for name, ((wall, cpu), (replies, cost)) in found.items()
        ],
    }


def _as_asked(loaded: Checkpoint, batch: int, requests: Sequence[Speak]) -> _Done:
    subject = Reference(loaded, batch)
    return subject.respond(requests), subject.cost


def _once(loaded: Checkpoint, requests: Sequence[Speak]) -> _Done:
    subject, unique = packed_subject(loaded), list(dict.fromkeys(requests))
    replies = dict(zip(unique, subject.respond(unique), strict=True))
    return [replies[request] for request in requests], subject.cost
