"""The engine: all requests about a view merged into one prefix tree, and trees answered in packed forward passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch

from faithlens.engine.cost import Cost
from faithlens.engine.sequence import read_out, split, whole
from faithlens.engine.subject import Reply
from faithlens.errors import FaithlensError
from faithlens.models import packed, speaking
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.memory import give_back, peak_bytes
from faithlens.models.packed import Grown
from faithlens.models.sampling import Draw
from faithlens.models.tree import Tree
from faithlens.models.tree import packed as bins
from faithlens.models.vision import Vision
from faithlens.records import Answer, Answered, Prompt, Request, Speak, Spoken, View, Weigh, Weighed

_T = TypeVar("_T")

VIEWS_AT_ONCE = 32
"""Views whose requests are planted before any of them is run; a checkpoint keeps the pixels of 64."""


@dataclass(frozen=True)
class Reading:
    """Log-probabilities to read: of each token, given the path that ends in its node."""

    nodes: tuple[int, ...]
    tokens: tuple[int, ...]


@dataclass
class Grove:
    """What is asked about one view: its tree, and where each request reads in it."""

    grown: Grown
    prompts: dict[Prompt, tuple[int, int, int]] = field(default_factory=dict[Prompt, tuple[int, int, int]])
    """Last node, length, and position of what follows."""
    readings: dict[int, tuple[Reading, ...]] = field(default_factory=dict[int, tuple[Reading, ...]])
    """By number of the request: one reading an option, or one for a weighed text."""
    voices: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    """By number of the request: node and position that a reply continues from."""

    def missing(self) -> list[int]:
        """Nodes that have to be run before the requests can be read or spoken."""
        read = [node for readings in self.readings.values() for reading in readings for node in reading.nodes]
        return self.grown.missing([*read, *(node for node, _ in self.voices.values())])


Work = Sequence[tuple[Grove, Sequence[int]]]
"""Groves that share a pass, with the nodes that it runs."""


@dataclass
class Packed:
    """A checkpoint as a subject. Equals `Reference` within rounding, at the cost of each distinct prefix once.

    What was run is kept from call to call, up to a limit, so a plan that asks again about a view goes on from there.
    Use one for a few cases at a time, and a fresh one for the next.
    """

    checkpoint: Checkpoint
    vision: Vision
    budget: int = 1024
    """Tokens of one forward pass; halved when memory runs out."""
    voices: int = 64
    """Replies written at once; halved when memory runs out."""
    cost: Cost = field(default_factory=Cost)
    limit_bytes: int = 2 << 30
    """Keys and values kept for later calls; halved when memory runs out."""
    _groves: dict[View, Grove] = field(default_factory=dict[View, Grove], repr=False)

    def __post_init__(self) -> None:
        # what the last one held lies in pieces
        give_back()

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request."""
        replies: dict[int, Reply] = {}
        waiting: list[tuple[int, speaking.Voice]] = []
        asked = {request.view for request in requests}
        for work in self.passes(requests, replies):
            replies |= self._read(work, requests)
            waiting += self._voices(work, requests)
            self._tidy(work, asked)
            while len(waiting) >= self.voices:
                replies |= self._speak(waiting)
        while waiting:
            replies |= self._speak(waiting)
        self.cost.peak_bytes = peak_bytes(self.checkpoint.model.device)
        return [replies[i] for i in range(len(requests))]

    # --------------------------------------------------------------------------------- the plan

    def passes(self, requests: Sequence[Request], replies: dict[int, Reply]) -> Iterator[Work]:
        """What shares a pass. A request that cannot be planted gets its error as its reply."""
        views: dict[View, list[int]] = {}
        for i, request in enumerate(requests):
            views.setdefault(request.view, []).append(i)
        order = list(views)
        for first in range(0, len(order), VIEWS_AT_ONCE):
            groves: list[Grove] = []
            for view in order[first : first + VIEWS_AT_ONCE]:
                groves.append(self._groves.setdefault(view, Grove(Grown(Tree(view)))))
                before = len(groves[-1].grown.tree)
                for i in views[view]:
                    try:
                        self._plant(groves[-1], i, requests[i])
                    except FaithlensError as error:
                        replies[i] = error
                self.cost.tokens_unique += len(groves[-1].grown.tree) - before
            for batch in bins([len(grove.missing()) for grove in groves], self.budget):
                # asked for anew, since memory may have been given back meanwhile
                yield [(groves[i], groves[i].missing()) for i in batch]

    def _plant(self, grove: Grove, i: int, request: Request) -> None:
        tree = grove.grown.tree
        if request.prompt not in grove.prompts:
            grove.prompts[request.prompt] = packed.plant(self.checkpoint, tree, request.prompt)
        node, length, position = grove.prompts[request.prompt]
        if isinstance(request, Answer):
            place = read_out(request, self.checkpoint)
            path = tree.grow(node, place.prefix, position)
            after, position, length = path[-1] if path else node, position + len(path), length + len(path)
            grove.readings[i] = tuple(self._tail(tree, after, position, tail) for tail in place.tails)
            single = all(len(tail) == 1 for tail in place.tails)
            self.cost.tokens_requested += length if single else sum(length + len(tail) for tail in place.tails)
        elif isinstance(request, Weigh):
            begin, tail = split(request, self.checkpoint)
            path = tree.grow(node, begin, position)
            grove.readings[i] = (self._tail(tree, path[-1] if path else node, position + len(path), tail),)
            self.cost.tokens_requested += length + len(begin) + len(tail)
        else:
            path = tree.grow(node, whole([request.begin], self.checkpoint), position)
            grove.voices[i] = (path[-1] if path else node, position + len(path))
            self.cost.tokens_requested += length + len(path)

    def _tail(self, tree: Tree, node: int, position: int, tail: Sequence[int]) -> Reading:
        """Read a continuation token by token; its last token is read and need not be run."""
        path = tree.grow(node, tail[:-1], position)
        return Reading((node, *path)[: len(tail)], tuple(tail))

    # ------------------------------------------------------------------------------- likelihoods

    def _read(self, work: Work, requests: Sequence[Request]) -> dict[int, Reply]:
        """Run a pass, and read in it."""
        started, seeing = time.perf_counter(), self.vision.seconds
        self._run(work)
        replies: dict[int, Reply] = {}
        for grove, _ in work:
            nodes = {node for readings in grove.readings.values() for reading in readings for node in reading.nodes}
            table, rows = self._table(grove.grown, sorted(nodes))
            for i, readings in grove.readings.items():
                sums = tuple(
                    sum(
                        float(table[rows[node], token])
                        for node, token in zip(reading.nodes, reading.tokens, strict=True)
                    )
                    for reading in readings
                )
                answer = isinstance(requests[i], Answer)
                replies[i] = Answered(sums) if answer else Weighed(sums[0], len(readings[0].tokens))
        self.cost.forward_seconds += time.perf_counter() - started - (self.vision.seconds - seeing)
        return replies

    def _table(self, grown: Grown, nodes: Sequence[int]) -> tuple[torch.Tensor, dict[int, int]]:
        """(nodes, vocabulary) log-probabilities of what comes after each node, and each node's row."""
        rows = {node: row for row, node in enumerate(nodes)}
        if grown.hidden is None or not rows:
            return torch.empty(0, 0), rows
        hidden = grown.hidden[torch.tensor([grown.places[node] for node in nodes], device=grown.hidden.device)]
        return torch.log_softmax(packed.logits(self.checkpoint, hidden), dim=-1).cpu(), rows

    def _run(self, work: Work) -> None:
        """One pass, in smaller parts if memory runs out."""
        grown = [(grove.grown, nodes) for grove, nodes in work if nodes]
        if not grown:
            return
        before, seconds = self.vision.encodes, self.vision.seconds
        self._patiently(lambda: packed.run(self.checkpoint, self.vision, grown, self.budget), work)
        self.cost.forwards += 1
        self.cost.tokens_run += sum(len(nodes) for _, nodes in grown)
        self.cost.vision_encodes += self.vision.encodes - before
        self.cost.vision_seconds += self.vision.seconds - seconds

    def _patiently(self, work: Callable[[], _T], needed: Work) -> _T:
        """Do it; where memory runs out, give back what is not needed, halve what is taken, and do it again."""
        while True:
            try:
                return work()
            except torch.OutOfMemoryError:
                if self.budget < 64 and self.voices < 2:
                    raise
                self.budget = max(32, self.budget // 2)
                self.voices = max(1, self.voices // 2)
                self.limit_bytes //= 2
                self._forget([grove for grove in self._groves.values() if all(grove is not own for own, _ in needed)])
                torch.cuda.empty_cache()

    def _tidy(self, work: Work, asked: set[View]) -> None:
        """Drop what was answered. Beyond the limit forget what this call does not ask about, then what was last run.

        What comes round again and again is best served by keeping the first of it.
        """
        for grove, _ in work:
            grove.readings.clear()
            grove.voices.clear()
        if self._held > self.limit_bytes:
            self._forget([grove for view, grove in self._groves.items() if view not in asked])
        if self._held > self.limit_bytes:
            self._forget([grove for grove, _ in work])

    @property
    def _held(self) -> int:
        return sum(grove.grown.bytes for grove in self._groves.values())

    def _forget(self, groves: Sequence[Grove]) -> None:
        for grove in groves:
            grove.grown.forget()

    # ----------------------------------------------------------------------------------- replies

    def _voices(self, work: Work, requests: Sequence[Request]) -> list[tuple[int, speaking.Voice]]:
        """The replies that continue from what was run."""
        found: list[tuple[int, speaking.Voice]] = []
        for grove, _ in work:
            for i, (node, position) in grove.voices.items():
                request = requests[i]
                assert isinstance(request, Speak)
                draw = Draw(request.temperature, request.seed)
                found.append((i, speaking.voice(grove.grown, node, position, draw, request.max_new_tokens)))
        return found

    def _speak(self, waiting: list[tuple[int, speaking.Voice]]) -> dict[int, Reply]:
        """Let the first of those that wait speak, and take them off the list."""
        started = time.perf_counter()
        batch = self._patiently(lambda: self._spoken(waiting[: self.voices]), ())
        del waiting[: len(batch)]
        self.cost.replies += len(batch)
        self.cost.tokens_generated += sum(len(voice.ids) for _, voice in batch)
        self.cost.speak_seconds += time.perf_counter() - started
        return {
            i: Spoken(
                self.checkpoint.decode(voice.ids), tuple(voice.ids), self.checkpoint.starts(voice.ids), voice.finished
            )
            for i, voice in batch
        }

    def _spoken(self, waiting: Sequence[tuple[int, speaking.Voice]]) -> list[tuple[int, speaking.Voice]]:
        """Fresh voices, so that a batch that ran out of memory can be spoken again from its beginning."""
        batch = [(i, voice.anew()) for i, voice in waiting]
        speaking.speak(self.checkpoint, [voice for _, voice in batch])
        return batch


def packed_subject(checkpoint: Checkpoint, cost: Cost | None = None) -> Packed:
    """The engine over a checkpoint, with a vision cache of its own."""
    return Packed(checkpoint, Vision(checkpoint), cost=cost or Cost())
