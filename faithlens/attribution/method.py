"""What an attribution method is: a scene in, a value for each merged image token out."""

from __future__ import annotations

import importlib
import math
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isabstract
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from faithlens.attribution.scene import Scene
from faithlens.edits.image import Fill
from faithlens.errors import SettingsError


@dataclass(frozen=True)
class Drawn:
    """What a method says of a scene."""

    values: NDArray[np.float64]
    """(rows, columns) of merged image tokens; positive speaks for the target."""
    evaluations: int
    """Forward passes of one sequence, with or without a backward pass."""
    delta: float = math.nan
    """|sum of values - change of the target| as a share of the change; NaN where the method knows of no such sum."""


@dataclass(frozen=True)
class Method(ABC):
    """One published method. A new method is one new file in `methods`; its fields are its settings."""

    name: ClassVar[str]
    paper: ClassVar[str]
    fills: ClassVar[tuple[Fill, ...]] = ("mean", "blur")
    """What can stand for an absent part of the image; one alone where the method needs none."""
    signed: ClassVar[bool] = True
    """False: values are never negative."""
    complete: ClassVar[bool] = False
    """True: its values sum to the target's change, and a map that does not is none."""
    asks: ClassVar[bool] = False
    """True: needs only requests, so it also works on an organism."""

    fill: Fill = "mean"
    seed: int = 0

    @property
    def label(self) -> str:
        """The name, and what stands for an absent part where that is not the mean: "occlusion:blur"."""
        return self.name if self.fill == "mean" else f"{self.name}:{self.fill}"

    @property
    def quick(self) -> Method:
        """The same method where a rough map will do: in exams that draw maps anew."""
        return self

    @abstractmethod
    def draw(self, scene: Scene) -> Drawn: ...


def discover() -> dict[str, type[Method]]:
    """Every method by name, in alphabetical order."""
    from faithlens.attribution import methods

    found: dict[str, type[Method]] = {}
    for module in pkgutil.iter_modules(methods.__path__):
        for thing in vars(importlib.import_module(f"{methods.__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Method) and not isabstract(thing):
                found[thing.name] = thing
    return dict(sorted(found.items()))


def choose(labels: Sequence[str]) -> tuple[Method, ...]:
    """Methods by label, such as "occlusion" or "occlusion:blur". Raises SettingsError for an unknown one."""
    known = discover()
    chosen: list[Method] = []
    for label in labels:
        name, _, wanted = label.partition(":")
        if name not in known:
            raise SettingsError(f"unknown attribution method {name!r}; there are: {', '.join(known)}")
        fills: dict[str, Fill] = {fill: fill for fill in known[name].fills}
        if (wanted or "mean") not in fills:
            raise SettingsError(f"unknown attribution method {label!r}; {name} can be had with {', '.join(fills)}")
        chosen.append(known[name](fills[wanted or "mean"]))
    return tuple(chosen)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Captum draws from the global generators of torch and numpy: seed them, and leave them as they were."""
    before = np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(before)


def share(total: float, change: float) -> float:
    """How much of a change a sum leaves unexplained, as a share of it."""
    return abs(total - change) / abs(change) if change else math.inf
