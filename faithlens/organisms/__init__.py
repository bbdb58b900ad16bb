"""Organisms: planted behaviours over any subject, one a file. `discover` finds them by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil
from inspect import isabstract

from faithlens.organisms.facts import Facts
from faithlens.organisms.organism import Organism

__all__ = ["Facts", "Organism", "discover"]


def discover() -> dict[str, type[Organism]]:
    """Every organism by name, in alphabetical order."""
    found: dict[str, type[Organism]] = {}
    for module in pkgutil.iter_modules(__path__):
        for thing in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Organism) and not isabstract(thing):
                found[thing.name] = thing
    return dict(sorted(found.items()))
