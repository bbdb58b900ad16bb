"""What a method may look at: one target of one reply, the subject to ask, and the model's own image tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from faithlens.attribution.targets import Target, readout
from faithlens.edits.image import Fill, HideTiles
from faithlens.engine.subject import Subject
from faithlens.errors import FaithlensError
from faithlens.models.gradients import ImageTokens, Readout
from faithlens.records import ImageEdit, View


@dataclass(frozen=True)
class Scene:
    """One target of one reply."""

    target: Target
    subject: Subject
    tokens: ImageTokens

    @property
    def view(self) -> View:
        return self.target.request.view

    @cached_property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of merged image tokens."""
        return self.tokens.grid

    @cached_property
    def readout(self) -> Readout:
        return readout(self.target, self.tokens.checkpoint)

    def ask(self, views: Sequence[View]) -> NDArray[np.float64]:
        """(views,) the target in nats on each view. Raises the first error that a request ends in."""
        values: list[float] = []
        for reply in self.subject.respond([self.target.at(view) for view in views]):
            if isinstance(reply, FaithlensError):
                raise reply
            values.append(self.target.value(reply))
        return np.array(values)

    def hiding(self, hidden: NDArray[np.bool_], grid: tuple[int, int], fill: Fill) -> NDArray[np.float64]:
        """(n,) the target with those tiles of a grid hidden, for (n, tiles)."""
        return self.ask([self.without(row, grid, fill) for row in hidden])

    def without(self, hidden: NDArray[np.bool_], grid: tuple[int, int], fill: Fill) -> View:
        """The view with those tiles hidden, for (tiles,)."""
        tiles = tuple(int(tile) for tile in np.flatnonzero(hidden))
        return self.edited(HideTiles(*grid, tiles, fill)) if tiles else self.view

    def edited(self, edit: ImageEdit) -> View:
        return replace(self.view, edits=(*self.view.edits, edit))

    def on(self, view: View) -> Scene:
        """The same target of the same reply, read on another view as if it were the image."""
        target = replace(self.target, request=self.target.at(view))
        return Scene(target, self.subject, ImageTokens(self.tokens.checkpoint, view))
