"""Let the plans of all probes over many traces advance together, each equal request asked once."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

from faithlens.engine.cost import Cost
from faithlens.engine.subject import Reply, Subject
from faithlens.errors import FaithlensError
from faithlens.records import Request, Response

_T = TypeVar("_T")


def ask_all(
    subject: Subject, plans: Sequence[Generator[Sequence[Request], Sequence[Response], _T]], cost: Cost | None = None
) -> list[_T | FaithlensError]:
    """What each plan returns, in order; the error where one of its requests could not be answered.

    In each round every plan that is still going yields its requests; equal ones, of this round or earlier, are asked
    once.
    """
    results: dict[int, _T | FaithlensError] = {}
    waiting: dict[int, Sequence[Request]] = {}
    replies: dict[Request, Reply] = {}
    for i, plan in enumerate(plans):
        _advance(i, plan, None, waiting, results)
    while waiting:
        asked = dict.fromkeys(request for requests in waiting.values() for request in requests)
        unique = [request for request in asked if request not in replies]
        if cost is not None:
            cost.requests += sum(len(requests) for requests in waiting.values())
            cost.unique_requests += len(unique)
        replies |= zip(unique, subject.respond(unique), strict=True)
        for i, requests in list(waiting.items()):
            del waiting[i]
            _advance(i, plans[i], [replies[request] for request in requests], waiting, results)
    return [results[i] for i in range(len(plans))]


def _advance(
    i: int,
    plan: Generator[Sequence[Request], Sequence[Response], _T],
    replies: Sequence[Reply] | None,
    waiting: dict[int, Sequence[Request]],
    results: dict[int, _T | FaithlensError],
) -> None:
    """Send a plan its responses and note what it wants next, or what it ended in."""
    failed = next((reply for reply in replies or () if isinstance(reply, FaithlensError)), None)
    if failed is not None:
        plan.close()
        results[i] = failed
        return
    try:
        responses = [reply for reply in replies or () if not isinstance(reply, FaithlensError)]
        waiting[i] = next(plan) if replies is None else plan.send(responses)
    except StopIteration as end:
        results[i] = end.value
