"""The same requests answered four ways in one process, interleaved, with agreement checked."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch

from faithlens.engine.packed import Packed
from faithlens.engine.reference import Reference
from faithlens.engine.sequence import read_out
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.vision import Vision
from faithlens.provenance import provenance
from faithlens.records import Answer, Answered

BATCH = 16


@dataclass(frozen=True)
class Way:
    """One way to answer the requests."""

    name: str
    seconds: tuple[float, ...]
    tokens_run: int
    vision_encodes: int
    deviation_nats: float
    """Largest difference from one forward per request; NaN for the bound, which answers nothing."""

    @property
    def median(self) -> float:
        return median(self.seconds)


def measure(
    loaded: Checkpoint, requests: Sequence[Answer], repeats: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """Seconds of each way, `repeats` times in turn after one warm-up of each."""
    sizes = _passes(loaded, requests)
    ways: dict[str, Callable[[], tuple[list[Answered] | None, int, int]]] = {
        "one forward per request": lambda: _one_by_one(loaded, requests),
        f"padded batches of {BATCH}": lambda: _padded(loaded, requests),
        "engine": lambda: _engine(loaded, requests),
        "lower bound": lambda: _bound(loaded, requests, sizes),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    last: dict[str, tuple[list[Answered] | None, int, int]] = {}
    total = len(ways) * (repeats + 1)
    for turn in range(repeats + 1):
        for place, (name, way) in enumerate(ways.items()):
            progress(name, turn * len(ways) + place, total)
            elapsed, last[name] = _timed(loaded, way)
            if turn:
                seconds[name].append(elapsed)
    first = last["one forward per request"][0] or []
    found = [
        Way(name, tuple(seconds[name]), last[name][1], last[name][2], _deviation(first, last[name][0])) for name in ways
    ]
    return _report(loaded, requests, found, repeats)


def _timed(loaded: Checkpoint, way: Callable[[], Any]) -> tuple[float, Any]:
    _settle(loaded)
    started = time.perf_counter()
    result = way()
    _settle(loaded)
    return time.perf_counter() - started, result


def _settle(loaded: Checkpoint) -> None:
    if loaded.model.device.type == "cuda":
        torch.cuda.synchronize()


def _one_by_one(loaded: Checkpoint, requests: Sequence[Answer]) -> tuple[list[Answered], int, int]:
    subject = Reference(loaded)
    answers = [reply for reply in subject.respond(requests) if isinstance(reply, Answered)]
    return answers, subject.cost.tokens_run, subject.cost.vision_encodes


def _padded(loaded: Checkpoint, requests: Sequence[Answer]) -> tuple[list[Answered], int, int]:
    """Rows of like length in padded batches, each row with its image: what a batched script would do."""
    rows = []
    for i, request in enumerate(requests):
        place = read_out(request, loaded)
        prompt = loaded.prompt_ids(request.prompt, request.view)
        rows.append((i, ([*prompt, *place.prefix], request.view), [tail[0] for tail in place.tails]))
    rows.sort(key=lambda row: len(row[1][0]))
    answers: dict[int, Answered] = {}
    tokens = 0
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        table = torch.log_softmax(loaded.next_logits([row for _, row, _ in batch]), dim=-1)
        tokens += len(batch) * max(len(ids) for _, (ids, _), _ in batch)
        for (i, _, letters), line in zip(batch, table, strict=True):
            answers[i] = Answered(tuple(float(line[letter]) for letter in letters))
    images = sum(len(request.view.images) for request in requests)
    return [answers[i] for i in range(len(requests))], tokens, images


def _engine(loaded: Checkpoint, requests: Sequence[Answer]) -> tuple[list[Answered], int, int]:
    """With an empty feature cache, as on cases never seen before."""
    subject = Packed(loaded, Vision(loaded))
    answers = [reply for reply in subject.respond(requests) if isinstance(reply, Answered)]
    return answers, subject.cost.tokens_run, subject.cost.vision_encodes


@torch.inference_mode()
def _bound(loaded: Checkpoint, requests: Sequence[Answer], sizes: Sequence[int]) -> tuple[None, int, int]:
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


def _passes(loaded: Checkpoint, requests: Sequence[Answer]) -> list[int]:
    """Tokens of each of the engine's passes: every distinct prefix once."""
    subject = Packed(loaded, Vision(loaded))
    return [sum(len(grove.tree) for grove in groves) for groves in subject.batches(list(enumerate(requests)), {})]


def _deviation(first: Sequence[Answered], other: Sequence[Answered] | None) -> float:
    if other is None:
        return float("nan")
    gaps = [
        abs(a - b)
        for one, two in zip(first, other, strict=True)
        for a, b in zip(one.logprobs_nats, two.logprobs_nats, strict=True)
    ]
    return max(gaps)


def _report(loaded: Checkpoint, requests: Sequence[Answer], ways: Sequence[Way], repeats: int) -> dict[str, Any]:
    requested = ways[0].tokens_run
    unique = ways[-1].tokens_run
    gpu = loaded.model.device.type == "cuda"
    machine = torch.cuda.get_device_name() if gpu else platform.processor() or platform.machine()
    about = loaded.described()
    return {
        # a folder's name without the machine's path
        "checkpoint": {key: about[key] for key in ("parameters", "dtype", "device")} | {"id": Path(about["id"]).name},
        "machine": machine,
        "threads": torch.get_num_threads(),
        "provenance": provenance(),
        "requests": len(requests),
        "views": len({request.view for request in requests}),
        "requested_tokens": requested,
        "unique_tokens": unique,
        "repeats": repeats,
        "ways": [asdict(way) | {"median_seconds": way.median} for way in ways],
    }
