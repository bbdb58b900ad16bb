"""The same requests answered four ways in one process, interleaved, with agreement checked."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import torch

from faithlens.engine.packed import Packed, packed_subject
from faithlens.engine.reference import Reference
from faithlens.engine.sequence import read_out
from faithlens.engine.subject import Subject
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.memory import peak_bytes
from faithlens.models.vision import Vision
from faithlens.provenance import provenance
from faithlens.records import Answer, Answered

_T = TypeVar("_T")

BATCH = 16


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


Done = tuple[list[Answered] | None, int, int]
"""Answers (None: it gives none), tokens run, images encoded."""


def measure(
    loaded: Checkpoint, requests: Sequence[Answer], repeats: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """Seconds of each way, `repeats` times in turn after a warm-up of each on the first requests.

    The first two ways answer every request as it is asked; the engine asks equal ones once.
    """
    sizes = _passes(loaded, requests)
    found = timed(loaded, _ways(loaded, requests, sizes), _ways(loaded, requests[:BATCH], sizes[:1]), repeats, progress)
    first = found["one forward per request"][1][0] or []
    ways = [
        Way(name, *seconds, tokens, images, _deviation(first, answers))
        for name, (seconds, (answers, tokens, images)) in found.items()
    ]
    return _report(loaded, requests, ways, repeats)


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
            _settle(loaded)
            wall, cpu = time.perf_counter(), time.process_time()
            last[name] = way()
            _settle(loaded)
            clocks[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    progress("timing", repeats * len(ways), repeats * len(ways))
    return {
        name: ((tuple(wall for wall, _ in clocks[name]), tuple(cpu for _, cpu in clocks[name])), last[name])
        for name in ways
    }


def _ways(loaded: Checkpoint, requests: Sequence[Answer], sizes: Sequence[int]) -> dict[str, Callable[[], Done]]:
    return {
        "one forward per request": lambda: _one_by_one(loaded, requests),
        f"padded batches of {BATCH}": lambda: _padded(loaded, requests),
        "engine": lambda: _engine(loaded, requests),
        "lower bound": lambda: _bound(loaded, requests, sizes),
    }


def _settle(loaded: Checkpoint) -> None:
    if loaded.model.device.type == "cuda":
        torch.cuda.synchronize()


def _one_by_one(loaded: Checkpoint, requests: Sequence[Answer]) -> Done:
    subject = Reference(loaded)
    answers = _answers(subject, requests)
    return answers, subject.cost.tokens_run, subject.cost.vision_encodes


def _padded(loaded: Checkpoint, requests: Sequence[Answer]) -> Done:
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


def _engine(loaded: Checkpoint, requests: Sequence[Answer]) -> Done:
    """With an empty feature cache, as on cases never seen before."""
    subject = packed_subject(loaded)
    answers = _answers(subject, requests)
    return answers, subject.cost.tokens_run, subject.cost.vision_encodes


@torch.inference_mode()
def _bound(loaded: Checkpoint, requests: Sequence[Answer], sizes: Sequence[int]) -> Done:
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
    return [sum(len(nodes) for _, nodes in work) for work in subject.passes(requests, {})]


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


def precision(loaded: Checkpoint, half: Checkpoint, requests: Sequence[Answer]) -> dict[str, Any]:
    """What bfloat16 changes of the first distinct requests' log-probabilities, in nats, and of their choices."""
    some = list(dict.fromkeys(requests))[:BATCH]
    single, plain, packed = (_answers(way, some) for way in (Reference(loaded), Reference(half), packed_subject(half)))
    return {
        "requests": len(some),
        "float32_to_bfloat16_nats": _deviation(single, plain),
        "bfloat16_engine_to_one_forward_nats": _deviation(plain, packed),
        "choices_changed_by_bfloat16": sum(a.choice != b.choice for a, b in zip(single, plain, strict=True)),
        "choices_changed_by_engine": sum(a.choice != b.choice for a, b in zip(plain, packed, strict=True)),
    }


def _answers(subject: Subject, requests: Sequence[Answer]) -> list[Answered]:
    return [reply for reply in subject.respond(requests) if isinstance(reply, Answered)]
