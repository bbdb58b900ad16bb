"""The plain engine: one forward pass a request, batched replies. Slow, obviously right, and what others are held to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from faithlens.engine.cost import Cost
from faithlens.engine.sequence import read_out, split, whole
from faithlens.engine.subject import Reply
from faithlens.errors import FaithlensError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.memory import peak_bytes
from faithlens.models.sampling import Draw
from faithlens.records import Answer, Answered, Request, Speak, Spoken, Weigh, Weighed


@dataclass
class Reference:
    """A checkpoint as a subject."""

    checkpoint: Checkpoint
    batch_size: int = 16
    """Replies written at once."""
    cost: Cost = field(default_factory=Cost)

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        replies: dict[int, Reply] = {}
        for i, request in enumerate(requests):
            if not isinstance(request, Speak):
                replies[i] = self._guarded(request)
        replies |= self._speak({i: request for i, request in enumerate(requests) if isinstance(request, Speak)})
        self.cost.tokens_requested = self.cost.tokens_run
        self.cost.peak_bytes = peak_bytes(self.checkpoint.model.device)
        return [replies[i] for i in range(len(requests))]

    def _guarded(self, request: Answer | Weigh) -> Reply:
        started = time.perf_counter()
        try:
            return self._answer(request) if isinstance(request, Answer) else self._weigh(request)
        except FaithlensError as error:
            return error
        finally:
            self.cost.forward_seconds += time.perf_counter() - started

    # ------------------------------------------------------------------------------ likelihoods

    def _answer(self, request: Answer) -> Answered:
        place = read_out(request, self.checkpoint)
        before = [*self.checkpoint.prompt_ids(request.prompt, request.view), *place.prefix]
        if all(len(tail) == 1 for tail in place.tails):
            self._count(request, len(before))
            last = self.checkpoint.logprobs(before, request.view, len(before))[0]
            return Answered(tuple(float(last[tail[0]]) for tail in place.tails))
        return Answered(tuple(self._likelihood(request, before, tail) for tail in place.tails))

    def _weigh(self, request: Weigh) -> Weighed:
        prompt = self.checkpoint.prompt_ids(request.prompt, request.view)
        begin, tail = split(request, self.checkpoint)
        return Weighed(self._likelihood(request, [*prompt, *begin], tail), len(tail))

    def _likelihood(self, request: Answer | Weigh, before: Sequence[int], tail: Sequence[int]) -> float:
        """Log-probability of the tokens `tail` after `before`, in nats."""
        if not tail:
            return 0.0
        ids = [*before, *tail]
        self._count(request, len(ids))
        rows = self.checkpoint.logprobs(ids, request.view, len(before))
        return float(sum(rows[i, token] for i, token in enumerate(tail)))

    def _count(self, request: Request, tokens: int) -> None:
        self.cost.forwards += 1
        self.cost.tokens_run += tokens
        self.cost.vision_encodes += len(request.view.images)

    # ---------------------------------------------------------------------------------- replies

    def _speak(self, requests: dict[int, Speak]) -> dict[int, Reply]:
        """Replies of one length limit share batches, each choosing its tokens by its own temperature and seed."""
        replies: dict[int, Reply] = {}
        planned: dict[int, list[tuple[int, list[int]]]] = {}
        started = time.perf_counter()
        for i, request in requests.items():
            try:
                ids = [
                    *self.checkpoint.prompt_ids(request.prompt, request.view),
                    *whole([request.begin], self.checkpoint),
                ]
                planned.setdefault(request.max_new_tokens, []).append((i, ids))
            except FaithlensError as error:
                replies[i] = error
        for rows in planned.values():
            # rows of like length share a batch, so that little is padded
            rows.sort(key=lambda row: len(row[1]))
            for first in range(0, len(rows), self.batch_size):
                replies |= self._written(requests, rows[first : first + self.batch_size])
        self.cost.speak_seconds += time.perf_counter() - started
        return replies

    def _written(self, requests: dict[int, Speak], rows: Sequence[tuple[int, list[int]]]) -> dict[int, Reply]:
        asked = [requests[i] for i, _ in rows]
        written = self.checkpoint.generate(
            [(ids, request.view) for (_, ids), request in zip(rows, asked, strict=True)],
            asked[0].max_new_tokens,
            [Draw(request.temperature, request.seed) for request in asked],
        )
        replies: dict[int, Reply] = {}
        for (i, ids), request, (new, finished) in zip(rows, asked, written, strict=True):
            self.cost.replies += 1
            self.cost.tokens_run += len(ids)
            self.cost.tokens_generated += len(new)
            self.cost.vision_encodes += len(request.view.images)
            replies[i] = Spoken(self.checkpoint.decode(new), tuple(new), self.checkpoint.starts(new), finished)
        return replies
