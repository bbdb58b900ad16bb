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
from faithlens.models.sampling import Draw
from faithlens.models.tree import Tree
from faithlens.models.tree import packed as bins
from faithlens.models.vision import Vision
from faithlens.records import Answer, Answered, Prompt, Request, Speak, Spoken, View, Weigh, Weighed

_T = TypeVar("_T")


@dataclass(frozen=True)
class Reading:
    """Log-probabilities to read: of each token, given the path that ends in its node."""

    nodes: tuple[int, ...]
    tokens: tuple[int, ...]


@dataclass
class Grove:
    """The tree of one view, and where each request reads in it."""

    tree: Tree
    prompts: dict[Prompt, tuple[int, int]] = field(default_factory=dict[Prompt, tuple[int, int]])
    readings: dict[int, tuple[Reading, ...]] = field(default_factory=dict[int, tuple[Reading, ...]])
    """By number of the request: one reading an option, or one for a weighed text."""
    voices: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    """By number of the request: node and position that a reply continues from."""


@dataclass
class Packed:
    """A checkpoint as a subject. Equals `Reference` within rounding, at the cost of each distinct prefix once."""

    checkpoint: Checkpoint
    vision: Vision
    budget: int = 512
    """Tokens of one forward pass; halved when memory runs out. Masked attention costs the square of it: on a CPU small
    passes are faster, on a GPU larger ones should be."""
    voices: int = 64
    """Replies written at once; halved when memory runs out."""
    cost: Cost = field(default_factory=Cost)

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request. Answers and weighings share passes, replies share others."""
        replies: dict[int, Reply] = {}
        for grove in self.batches([(i, r) for i, r in enumerate(requests) if not isinstance(r, Speak)], replies):
            replies |= self._read(grove, requests)
        waiting: list[tuple[int, speaking.Voice]] = []
        for grove in self.batches([(i, r) for i, r in enumerate(requests) if isinstance(r, Speak)], replies):
            waiting += self._voices(grove, requests)
            while len(waiting) >= self.voices:
                replies |= self._speak(waiting)
        while waiting:
            replies |= self._speak(waiting)
        return [replies[i] for i in range(len(requests))]

    # --------------------------------------------------------------------------------- the plan

    def batches(self, requests: Sequence[tuple[int, Request]], replies: dict[int, Reply]) -> Iterator[list[Grove]]:
        """Groves that share a pass. A request that cannot be planted gets its error as its reply."""
        groves: dict[View, Grove] = {}
        for i, request in requests:
            try:
                self._plant(groves.setdefault(request.view, Grove(Tree(request.view))), i, request)
            except FaithlensError as error:
                replies[i] = error
        planted = [grove for grove in groves.values() if len(grove.tree)]
        for batch in bins([grove.tree for grove in planted], self.budget):
            yield [planted[i] for i in batch]

    def _plant(self, grove: Grove, i: int, request: Request) -> None:
        if request.prompt not in grove.prompts:
            grove.prompts[request.prompt] = packed.plant(self.checkpoint, grove.tree, request.prompt)
        node, position = grove.prompts[request.prompt]
        if isinstance(request, Answer):
            place = read_out(request, self.checkpoint)
            path = grove.tree.grow(node, place.prefix, position)
            after = path[-1] if path else node
            grove.readings[i] = tuple(self._tail(grove.tree, after, position + len(path), tail) for tail in place.tails)
        elif isinstance(request, Weigh):
            begin, tail = split(request, self.checkpoint)
            path = grove.tree.grow(node, begin, position)
            grove.readings[i] = (self._tail(grove.tree, path[-1] if path else node, position + len(path), tail),)
        else:
            path = grove.tree.grow(node, whole([request.begin], self.checkpoint), position)
            grove.voices[i] = (path[-1] if path else node, position + len(path))

    def _tail(self, tree: Tree, node: int, position: int, tail: Sequence[int]) -> Reading:
        """Read a continuation token by token; its last token is read and need not be run."""
        path = tree.grow(node, tail[:-1], position)
        return Reading((node, *path)[: len(tail)], tuple(tail))

    # ------------------------------------------------------------------------------- likelihoods

    def _read(self, groves: Sequence[Grove], requests: Sequence[Request]) -> dict[int, Reply]:
        started = time.perf_counter()
        passed = self._run(groves, keep=False)
        wanted: dict[int, int] = {}
        for start, grove in zip(passed.starts, groves, strict=True):
            for reading in (r for readings in grove.readings.values() for r in readings):
                for node in reading.nodes:
                    wanted.setdefault(start + node, len(wanted))
        rows = torch.tensor(list(wanted), dtype=torch.long, device=passed.hidden.device)
        table = torch.log_softmax(packed.logits(self.checkpoint, passed.hidden[rows]), dim=-1).cpu()
        replies: dict[int, Reply] = {}
        for start, grove in zip(passed.starts, groves, strict=True):
            for i, readings in grove.readings.items():
                sums = tuple(
                    sum(
                        float(table[wanted[start + node], token])
                        for node, token in zip(reading.nodes, reading.tokens, strict=True)
                    )
                    for reading in readings
                )
                answer = isinstance(requests[i], Answer)
                replies[i] = Answered(sums) if answer else Weighed(sums[0], len(readings[0].tokens))
        self.cost.forward_seconds += time.perf_counter() - started
        return replies

    def _run(self, groves: Sequence[Grove], keep: bool) -> packed.Passed:
        """One pass, in smaller parts if memory runs out."""
        before = self.vision.encodes
        trees = [grove.tree for grove in groves]
        passed = self._patiently(lambda: packed.run(self.checkpoint, self.vision, trees, self.budget, keep))
        self.cost.forwards += 1
        self.cost.tokens_run += passed.tokens
        self.cost.vision_encodes += self.vision.encodes - before
        return passed

    def _patiently(self, work: Callable[[], _T]) -> _T:
        """Do it; where memory runs out, halve the budget and do it again. Nothing of it has been kept by then."""
        while True:
            try:
                return work()
            except torch.OutOfMemoryError:
                if self.budget < 64 and self.voices < 2:
                    raise
                self.budget = max(32, self.budget // 2)
                self.voices = max(1, self.voices // 2)
                torch.cuda.empty_cache()

    # ----------------------------------------------------------------------------------- replies

    def _voices(self, groves: Sequence[Grove], requests: Sequence[Request]) -> list[tuple[int, speaking.Voice]]:
        """Run what replies continue from."""
        started = time.perf_counter()
        passed = self._run(groves, keep=True)
        voices: list[tuple[int, speaking.Voice]] = []
        for start, grove in zip(passed.starts, groves, strict=True):
            for i, (node, position) in grove.voices.items():
                request = requests[i]
                assert isinstance(request, Speak)
                path = [start + step for step in grove.tree.path(node)]
                draw = Draw(request.temperature, request.seed)
                voices.append((i, speaking.Voice(passed, path, position, draw, request.max_new_tokens)))
        self.cost.speak_seconds += time.perf_counter() - started
        return voices

    def _speak(self, waiting: list[tuple[int, speaking.Voice]]) -> dict[int, Reply]:
        """Let the first of those that wait speak, and take them off the list."""
        started = time.perf_counter()
        batch = self._patiently(lambda: self._spoken(waiting[: self.voices]))
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
