"""Collected replies and the cases of another file, brought together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TypeAlias

from faithlens.collected.records import Collected, CollectedReply
from faithlens.records import BadRow, Case
from faithlens.replies.wording import fold

Content: TypeAlias = tuple[str, tuple[str, ...]]


def join(
    collected: Collected, cases: Sequence[Case]
) -> tuple[tuple[tuple[Case, CollectedReply], ...], tuple[BadRow, ...]]:
    """Each reply with its case: by id, else by question, options and image name; and the replies without one.

    Options must stand in the same order, since a reply answers with a letter.
    """
    by_id = {case.id: case for case in cases}
    by_content: dict[Content, list[Case]] = {}
    for case in cases:
        by_content.setdefault(_content(case), []).append(case)
    pairs: list[tuple[Case, CollectedReply]] = []
    bad: list[BadRow] = []
    for reply in collected.replies:
        found = _match(reply, by_id, by_content)
        if isinstance(found, Case):
            pairs.append((found, reply))
        else:
            file, _, row = reply.case.origin.rpartition(":")
            bad.append(BadRow(file, row, found))
    return tuple(pairs), tuple(bad)


def _content(case: Case) -> Content:
    return fold(case.question), tuple(fold(option) for option in case.options)


def _match(reply: CollectedReply, by_id: dict[str, Case], by_content: dict[Content, list[Case]]) -> Case | str:
    """The case of a reply, or why there is none."""
    named = by_id.get(reply.case.id) if reply.id_given else None
    if named is not None and _agree(reply.case, named):
        return named
    alike = by_content.get(_content(reply.case), []) if reply.case.question else []
    if reply.image_names:
        alike = [case for case in alike if _image_names(case) == reply.image_names]
    if len(alike) == 1:
        return alike[0]
    if alike:
        return f"{len(alike)} cases have this question, options and image; give the replies their case ids"
    if named is not None:
        return f"the case {named.id!r} has another question, or its options in another order"
    return "no case has this id, nor this question with these options and this image"


def _agree(ours: Case, theirs: Case) -> bool:
    """Whether what both know is the same; a file of replies may hold nothing but ids."""
    mine, other = _content(ours), _content(theirs)
    return all(a == b for a, b in zip(mine, other, strict=True) if a)


def _image_names(case: Case) -> tuple[str, ...]:
    return tuple(PurePath(image).name for image in case.images)
