"""A file of collected replies in whichever harness's format it is."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from pathlib import Path
from typing import cast

from faithlens.collected import formats
from faithlens.collected.records import Collected, CollectedReply, Format, RowError, Rows
from faithlens.collected.rows import load
from faithlens.errors import CasesError
from faithlens.records import BadRow


def known_formats() -> dict[str, Format]:
    """Every known format by name: the modules of `faithlens.collected.formats`."""
    names = sorted(module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = [cast(Format, importlib.import_module(f"{formats.__name__}.{name}")) for name in names]
    return {module.NAME: module for module in modules}


def read(path: Path | str, format: str | None = None) -> Collected:
    """The replies of a file or a folder of shards; rows that cannot be used are listed with the reason.

    Raises CasesError for a file that cannot be read at all, and for one in no known format.
    """
    known = known_formats()
    if format is not None and format not in known:
        raise CasesError(f"no format of replies is called {format!r}; known: {', '.join(known)}")
    rows = load(Path(path))
    if format is None:
        format = next((name for name, candidate in known.items() if candidate.recognises(rows)), None)
    if format is None:
        fields = ", ".join(sorted(rows.rows[0].fields)) if rows.rows else "no readable row"
        raise CasesError(f"{path} is in none of the known formats of replies ({', '.join(known)}); it has {fields}")
    return _collect(rows, known[format])


def _collect(rows: Rows, form: Format) -> Collected:
    replies: list[CollectedReply] = []
    bad = list(rows.bad)
    first: dict[str, CollectedReply] = {}
    counts: dict[str, int] = {}
    for row in rows.rows:
        try:
            found = list(form.replies(row))
        except RowError as error:
            bad.append(BadRow(row.file, row.name, str(error)))
            continue
        for reply in found:
            case = first.setdefault(reply.case.id, reply).case
            if (case.question, case.options) != (reply.case.question, reply.case.options):
                reason = f"the id {case.id!r} already belongs to another question, at {case.origin}"
                bad.append(BadRow(row.file, row.name, reason))
                continue
            rollout = counts.get(case.id, 0)
            counts[case.id] = rollout + 1
            replies.append(replace(reply, rollout=rollout))
    return Collected(tuple(replies), tuple(bad), form.NAME)
