"""Probes: one test a file, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from inspect import isabstract

from faithlens.errors import SettingsError
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, Suite

__all__ = ["SUITES", "Exhibit", "Paper", "Plan", "Probe", "Suite", "choose", "discover", "paper_index"]

SUITES: tuple[Suite, ...] = ("quick", "standard", "full")
"""Each contains the ones before it."""


def discover() -> dict[str, type[Probe]]:
    """Every probe by name, in alphabetical order."""
    found: dict[str, type[Probe]] = {}
    for module in pkgutil.iter_modules(__path__):
        for thing in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Probe) and not isabstract(thing):
                found[thing.name] = thing
    return dict(sorted(found.items()))


def choose(
    suite: str = "quick", names: Sequence[str] = (), text_only: bool = False, nli: bool = False
) -> tuple[Probe, ...]:
    """Probes of a suite, or exactly those named; with `nli` also those that read with an NLI model.

    Raises SettingsError for an unknown name, and for a probe that cannot run so.
    """
    known = discover()
    if suite not in SUITES:
        raise SettingsError(f"unknown suite {suite!r}; there are: {', '.join(SUITES)}")
    for name in names:
        if name not in known:
            raise SettingsError(f"unknown probe {name!r}; `faithlens probes` lists: {', '.join(known)}")
        if text_only and not known[name].text_only:
            raise SettingsError(f"probe {name!r} has to ask the model; give --checkpoint, or leave it out of --probes")
        if known[name].needs_nli and not nli:
            raise SettingsError(f"probe {name!r} reads with an NLI model; name one with `faithlens audit --nli`")
    wanted = set(SUITES[: SUITES.index(suite) + 1])
    chosen = [known[name] for name in names] if names else [probe for probe in known.values() if probe.suite in wanted]
    readers = [probe for probe in known.values() if probe.needs_nli] if nli else []
    chosen = [*(probe for probe in chosen if not probe.needs_nli), *readers]
    return tuple(probe() for probe in chosen if probe.text_only or not text_only)


def paper_index() -> str:
    """Every probe with its paper, section and deviation, as the Markdown page PAPERS.md."""
    rows = [
        f"| `{name}` | {probe.paper.citation} | {probe.paper.arxiv} | {probe.paper.section} | {probe.paper.deviation} |"
        for name, probe in discover().items()
    ]
    head = [
        "# Papers",
        "",
        "Which paper each probe comes from, and where it differs. Written by `faithlens probes --papers`.",
        "",
        "| probe | paper | arXiv | section | deviation |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"
