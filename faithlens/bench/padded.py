"""Requests in padded batches, each row with its image: what a batched script would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch

from faithlens.engine.sequence import read_out, split
from faithlens.models.checkpoint import Checkpoint
from faithlens.records import Answer, View, Weigh

BATCH = 16

Asked: TypeAlias = Answer | Weigh

Values: TypeAlias = tuple[float, ...]
"""Log-probabilities of a request's options, or that of its one text a token, in nats."""


@dataclass(frozen=True)
class _Row:
    """One sequence of a batch, and what is read at its end."""

    request: int
    option: int
    """The first that is read."""
    ids: list[int]
    view: View
    tails: tuple[tuple[int, ...], ...]
    """Texts of equal length; the last token of each is read but not run, the others are the row's last."""


def padded(loaded: Checkpoint, requests: Sequence[Asked]) -> tuple[list[Values], int, int]:
    """Answers, tokens run with padding, and images encoded. Rows of like length share a batch."""
    rows = [row for i, request in enumerate(requests) for row in _rows(loaded, i, request)]
    rows.sort(key=lambda row: (len(row.tails[0]), len(row.ids)))
    answers: dict[tuple[int, int], Values] = {}
    tokens = 0
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        tokens += len(batch) * max(len(row.ids) for row in batch)
        for row, table in zip(batch, _tables(loaded, batch), strict=True):
            read = tuple(sum(float(table[i, token]) for i, token in enumerate(tail, -len(tail))) for tail in row.tails)
            if isinstance(requests[row.request], Weigh):
                read = (read[0] / len(row.tails[0]),)
            answers[row.request, row.option] = read
    joined: dict[int, Values] = {}
    for number, option in sorted(answers):
        joined[number] = joined.get(number, ()) + answers[number, option]
    return [joined[i] for i in range(len(requests))], tokens, sum(len(row.view.images) for row in rows)


def _rows(loaded: Checkpoint, number: int, request: Asked) -> list[_Row]:
    prompt = loaded.prompt_ids(request.prompt, request.view)
    if isinstance(request, Weigh):
        begin, tail = split(request, loaded)
        return [_Row(number, 0, [*prompt, *begin, *tail[:-1]], request.view, (tuple(tail),))]
    place = read_out(request, loaded)
    before = [*prompt, *place.prefix]
    if all(len(tail) == 1 for tail in place.tails):
        return [_Row(number, 0, before, request.view, place.tails)]
    return [_Row(number, i, [*before, *tail[:-1]], request.view, (tail,)) for i, tail in enumerate(place.tails)]


@torch.inference_mode()
def _tables(loaded: Checkpoint, rows: Sequence[_Row]) -> torch.Tensor:
    """(rows, tokens of the longest tail, vocabulary) log-probabilities at the end of each row."""
    loaded.model.model.rope_deltas = None
    inputs = loaded.inputs([(row.ids, row.view) for row in rows])
    logits = loaded.model(**inputs, logits_to_keep=max(len(row.tails[0]) for row in rows), use_cache=False).logits
    return torch.log_softmax(logits.float(), dim=-1).cpu()
