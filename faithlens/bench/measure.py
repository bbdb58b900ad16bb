"""The same requests read four ways in one process, interleaved, with agreement checked."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias, TypeVar

import torch

from faithlens.bench.padded import BATCH, Asked, Values, padded
from faithlens.engine.packed import Packed, packed_subject
from faithlens.engine.reference import Reference
from faithlens.engine.subject import Reply, Subject
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.memory import peak_bytes
from faithlens.models.vision import Vision
from faithlens.provenance import provenance
from faithlens.records import Answer, Answered, Weighed

_T = TypeVar("_T")


@dataclass(frozen=True)
class Way:
    """One way to answer the requests."""

    name: str
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]
    """Of all threads. Where these stay and `seconds` grow, other work shared the machine."""
    tokens_run: int
    vision_encodes: int
    deviation_nats: float
    """Largest difference from one forward per request; NaN for the bound, which answers nothing."""


Done: TypeAlias = tuple[list[Values] | None, int, int]
"""Answers (None: it gives none), tokens run, images encoded."""


def measure(
    loaded: Checkpoint, requests: Sequence[Asked], repeats: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """Seconds of each way, `repeats` times in turn after a warm-up of each on the first requests.

    The first two ways answer every request as it is asked; the engine asks equal ones once.
    """
    found = timed(loaded, ways(loaded, requests), ways(loaded, requests[:BATCH]), repeats, progress)
    first = found["one forward per request"][1][0] or []
    known = [
        Way(name, *seconds, tokens, images, _deviation(first, answers))
        for name, (seconds, (answers, tokens, images)) in found.items()
    ]
    return _report(loaded, requests, known, repeats)


def timed(
    loaded: Checkpoint,
    ways: Mapping[str, Callable[[], _T]],
    warm_up: Mapping[str, Callable[[], object]],
    repeats: int,
    progress: Callable[[str, int, int], None],
) -> dict[str, tuple[tuple[tuple[float, ...], tuple[float, ...]], _T]]:
    """By way: wall seconds and CPU seconds of each turn, and what it gave last. The ways take turns."""
    clocks: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    last: dict[str, _T] = {}
    for name, way in warm_up.items():
        progress(f"warm-up: {name}", 0, 1)
        way()
    for turn in range(repeats):
        for place, (name, way) in enumerate(ways.items()):
            progress("timing", turn * len(ways) + place, repeats * len(ways))
            settle(loaded)
            wall, cpu = time.perf_counter(), time.process_time()
            last[name] = way()
            settle(loaded)
            clocks[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    progress("timing", repeats * len(ways), repeats * len(ways))
    return {
        name: ((tuple(wall for wall, _ in clocks[name]), tuple(cpu for _, cpu in clocks[name])), last[name])
        for name in ways
    }


def ways(loaded: Checkpoint, requests: Sequence[Asked]) -> dict[str, Callable[[], Done]]:
    """By name, how to answer these requests."""
    sizes = _passes(loaded, requests)
    return {
        "one forward per request": lambda: _one_by_one(loaded, requests),
        f"padded batches of {BATCH}": lambda: padded(loaded, requests),
        "engine": lambda: _engine(loaded, requests),
        "lower bound": lambda: _bound(loaded, requests, sizes),
    }


def settle(loaded: Checkpoint) -> None:
    if loaded.model.device.type == "cuda":
        torch.cuda.synchronize()


def _one_by_one(loaded: Checkpoint, requests: Sequence[Asked]) -> Done:
    subject = Reference(loaded)
    answers = _answers(subject, requests)
    return answers, subject.cost.tokens_run, subject.cost.vision_encodes


def _engine(loaded: Checkpoint, requests: Sequence[Asked]) -> Done:
    """With an empty feature cache, as on cases never seen before."""
    subject = packed_subject(loaded)
    answers = _answers(subject, requests)
    return answers, subject.cost.tokens_run, subject.cost.vision_encodes


@torch.inference_mode()
def _bound(loaded: Checkpoint, requests: Sequence[Asked], sizes: Sequence[int]) -> Done:
    """As many tokens as there are distinct prefixes, in plain causal passes of the engine's size; each view once."""
    vision = Vision(loaded)
    vision.features([request.view for request in requests])
    width = loaded.model.config.get_text_config().hidden_size
    for size in sizes:
        loaded.model.model.language_model(
            inputs_embeds=torch.zeros(1, size, width, dtype=loaded.model.dtype, device=loaded.model.device),
            use_cache=False,
        )
    return None, sum(sizes), vision.encodes


def _passes(loaded: Checkpoint, requests: Sequence[Asked]) -> list[int]:
    """Tokens of each of the engine's passes: every distinct prefix once."""
    subject = Packed(loaded, Vision(loaded))
    return [sum(len(nodes) for _, nodes in work) for work in subject.passes(requests, {})]


def _deviation(first: Sequence[Values], other: Sequence[Values] | None) -> float:
    if other is None:
        return float("nan")
    pairs = zip(first, other, strict=True)
    return max(abs(a - b) for one, two in pairs for a, b in zip(one, two, strict=True))


def _report(loaded: Checkpoint, requests: Sequence[Asked], ways: Sequence[Way], repeats: int) -> dict[str, Any]:
    return {
        **about(loaded),
        "requests": len(requests),
        "distinct_requests": len(set(requests)),
        "views": len({request.view for request in requests}),
        "requested_tokens": ways[0].tokens_run,
        "unique_tokens": ways[-1].tokens_run,
        "repeats": repeats,
        "ways": [described(way) for way in ways],
    }


def described(way: Way) -> dict[str, Any]:
    return asdict(way) | {
        "median_seconds": median(way.seconds),
        "median_cpu_seconds": median(way.cpu_seconds),
    }


def about(loaded: Checkpoint) -> dict[str, Any]:
    """What was measured, and on what; no paths of the machine."""
    gpu = loaded.model.device.type == "cuda"
    told = loaded.described()
    return {
        "checkpoint": {key: told[key] for key in ("parameters", "dtype", "device")} | {"id": Path(told["id"]).name},
        "machine": torch.cuda.get_device_name() if gpu else platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "peak_bytes": peak_bytes(loaded.model.device),
        "provenance": provenance(),
    }


def precision(loaded: Checkpoint, half: Checkpoint, requests: Sequence[Asked]) -> dict[str, Any]:
    """What bfloat16 changes of the first distinct requests' log-probabilities, in nats, and of their choices."""
    some = [request for request in dict.fromkeys(requests) if isinstance(request, Answer)][:BATCH]
    single, plain, packed = (_answers(way, some) for way in (Reference(loaded), Reference(half), packed_subject(half)))
    return {
        "requests": len(some),
        "float32_to_bfloat16_nats": _deviation(single, plain),
        "bfloat16_engine_to_one_forward_nats": _deviation(plain, packed),
        "choices_changed_by_bfloat16": _changed(single, plain),
        "choices_changed_by_engine": _changed(plain, packed),
    }


def _changed(one: Sequence[Values], other: Sequence[Values]) -> int:
    return sum(a.index(max(a)) != b.index(max(b)) for a, b in zip(one, other, strict=True))


def _answers(subject: Subject, requests: Sequence[Asked]) -> list[Values]:
    return [_values(reply) for reply in subject.respond(requests)]


def _values(reply: Reply) -> Values:
    if isinstance(reply, Answered):
        return reply.logprobs_nats
    assert isinstance(reply, Weighed), reply
    return (reply.logprob_nats / max(1, reply.tokens),)
