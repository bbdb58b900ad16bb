"""Maps as requests: a plan that asks for them becomes one that asks about the image without each of its tiles."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias, TypeVar

from faithlens.edits.image import Blank, HideTiles
from faithlens.records import Answer, Answered, Attribute, Attributed, ImageEdit, Request, Response, Weigh, Weighed

_T = TypeVar("_T")

Asking: TypeAlias = Generator[Sequence[Request | Attribute], Sequence[Response | Attributed], _T]
"""A plan that may ask for maps."""


def mapped(plan: Asking[_T]) -> Generator[Sequence[Request], Sequence[Response], _T]:
    """The same plan, asking a subject nothing but what subjects answer."""
    try:
        wanted = next(plan)
        while True:
            parts = [list(_asked(one)) for one in wanted]
            replies = iter((yield [request for part in parts for request in part]))
            found = [list(islice(replies, len(part))) for part in parts]
            wanted = plan.send([_answered(one, given) for one, given in zip(wanted, found, strict=True)])
    except StopIteration as end:
        return end.value
    finally:
        plan.close()


def _asked(wanted: Request | Attribute) -> Iterator[Request]:
    """The request itself; of a map: on the image as it is, on a blank one, and without each tile."""
    if not isinstance(wanted, Attribute):
        yield wanted
        return
    rows, cols = wanted.rows, wanted.cols
    yield wanted.of
    yield _edited(wanted.of, Blank())
    for tile in range(rows * cols):
        yield _edited(wanted.of, HideTiles(rows, cols, (tile,)))


def _edited(request: Answer | Weigh, edit: ImageEdit) -> Answer | Weigh:
    return replace(request, view=replace(request.view, edits=(*request.view.edits, edit)))


def _answered(wanted: Request | Attribute, found: Sequence[Response]) -> Response | Attributed:
    if not isinstance(wanted, Attribute):
        return found[0]
    whole, blank, *without = (_nats(wanted, one) for one in found)
    return Attributed(wanted.rows, wanted.cols, tuple(whole - value for value in without), whole - blank)


def _nats(wanted: Attribute, response: Response) -> float:
    if isinstance(response, Answered):
        return response.logprobs_nats[wanted.option]
    if isinstance(response, Weighed):
        return response.logprob_nats
    raise TypeError(f"a map is of an answer or of a text, received {type(response).__name__}")
