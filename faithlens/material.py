"""What the user's files hold, ready to be audited: good cases, their replies where given, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faithlens import cases as readers
from faithlens import collected, demo, replies
from faithlens.cases.images import sha256
from faithlens.records import BadRow, Case, ImageFile, Spoken, Trace

SPARE = 36
"""Cases of a calibration that an audit measures by itself. `faithlens calibrate` takes more."""

CALIBRATION_SEED = 4
"""Phantoms of a calibration are drawn from it: training has seed 1, `demo.measure` 2, the demo's cases 3."""

Progress = Callable[[str, int, int], None]
"""Told of a stage, how many of its items are done, and how many there are."""


@dataclass(frozen=True)
class Sources:
    """Where cases and replies are read from. Without cases and replies: the bundled phantoms."""

    cases: Path | None = None
    images: Path | None = None
    traces: Path | None = None
    format: str | None = None
    """Overrides how the file of cases is read, or that of the replies where no cases are given."""


@dataclass(frozen=True)
class Item:
    """One reply to audit: to be written by the checkpoint, or given."""

    case: Case
    given: Trace | None = None


@dataclass(frozen=True)
class Material:
    """What the user's files hold."""

    items: tuple[Item, ...]
    bad: tuple[BadRow, ...]
    images: tuple[ImageFile, ...]
    sources: dict[str, str]
    """File -> the format that was found in it."""
    spare: Callable[[], tuple[Case, ...]] = tuple
    """Some cases that an audit of these does not use, to be calibrated on; read when they are asked for."""
    fresh_phantoms: bool = False
    """True: they are drawn, and there are always some."""


def gather(sources: Sources, limit: int | None, phantoms: Path, progress: Progress) -> Material:
    """Read cases and, where given, replies; set broken rows and missing images apart.

    Bundled phantoms are drawn into the folder `phantoms`. Raises CasesError for a file that cannot be read as cases.
    """
    if sources.traces is not None:
        return _given(sources.traces, sources, limit)
    if sources.cases is None:
        progress("drawing phantoms", 0, 1)
        file = readers.CaseFile(demo.demo_cases(phantoms), (), "phantoms")
    else:
        file = readers.read(sources.cases, sources.images, sources.format)
    shown = readers.with_images(readers.CaseFile(file.cases[:limit], file.bad, file.format))
    paths = list(dict.fromkeys(path for case in shown.cases for path in case.images))
    hashed = []
    for done, path in enumerate(paths):
        progress("hashing images", done, len(paths))
        hashed.append(ImageFile(path, sha256(Path(path))))
    named = {str(sources.cases or "bundled phantoms"): file.format}
    phantoms_shown = sources.cases is None

    def spare() -> tuple[Case, ...]:
        if phantoms_shown:
            return demo.demo_cases(phantoms, SPARE, CALIBRATION_SEED)
        left = [case for case in file.cases[limit or len(file.cases) :] if case.options and case.key]
        return readers.with_images(readers.CaseFile(tuple(left[:SPARE]), (), file.format)).cases

    items = tuple(Item(case) for case in shown.cases)
    return Material(items, shown.bad, tuple(hashed), named, spare, phantoms_shown)


def _given(traces: Path, sources: Sources, limit: int | None) -> Material:
    """Replies that another harness collected, with their cases from a file of cases or from the replies' own file."""
    found = collected.read(traces, None if sources.cases is not None else sources.format)
    bad, named = list(found.bad), {str(traces): found.format}
    pairs = tuple((reply.case, reply) for reply in found.replies)
    if sources.cases is not None:
        file = readers.read(sources.cases, sources.images, sources.format)
        named[str(sources.cases)] = file.format
        pairs, unmatched = collected.join(found, file.cases)
        bad += [*file.bad, *unmatched]
    rollouts: Counter[str] = Counter()
    items: list[Item] = []
    for case, reply in pairs[:limit]:
        spoken = Spoken(reply.reply, (), (), reply.finished)
        items.append(Item(case, replies.trace(case, spoken, rollout=rollouts[case.id])))
        rollouts[case.id] += 1
    return Material(tuple(items), tuple(bad), (), named)
