"""Maps of replies: for each target and method one, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from faithlens.attribution.method import Method
from faithlens.attribution.scene import Scene
from faithlens.attribution.targets import Kind, Target, targets
from faithlens.edits.image import Blank, Fill
from faithlens.engine.subject import Subject
from faithlens.errors import FaithlensError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.gradients import ImageTokens
from faithlens.probes import Exhibit
from faithlens.records import Answered, AttributionMap

NOTHING_NATS = {torch.float32: 0.01, torch.bfloat16: 0.1, torch.float16: 0.02}
"""A change of a target that is nothing, by the model's number format: 1 % of a probability, or what rounding does."""

INCOMPLETE = 0.1
"""A map that promises to sum to the target's change and misses it by more than this share of it is not shown."""


@dataclass(frozen=True)
class Set:
    """A target's scene, and what the image does to it."""

    scene: Scene
    value: float
    """The target on the image, nats."""
    blank: float
    """And on a blank one."""
    _hidden: dict[tuple[tuple[int, int], Fill, bytes], float] = field(
        default_factory=dict[tuple[tuple[int, int], Fill, bytes], float], repr=False, compare=False
    )

    def hiding(self, hidden: NDArray[np.bool_], grid: tuple[int, int], fill: Fill) -> NDArray[np.float64]:
        """(n,) the target with those tiles of a grid hidden, for (n, tiles); each set of tiles is asked about once."""
        keys: list[tuple[tuple[int, int], Fill, bytes]] = [(grid, fill, one.tobytes()) for one in hidden]
        fresh = {key: one for key, one in zip(keys, hidden, strict=True) if key not in self._hidden}
        if fresh:
            values = self.scene.hiding(np.array(list(fresh.values())), grid, fill)
            self._hidden.update(zip(fresh, values.tolist(), strict=True))
        return np.array([self._hidden[key] for key in keys])

    @property
    def effect(self) -> float:
        return self.value - self.blank

    @property
    def reason(self) -> str:
        """Why no map can be had, whatever the method; empty where one can."""
        least = NOTHING_NATS[self.scene.tokens.checkpoint.model.dtype]
        if abs(self.effect) <= least:
            return (
                f"blanking the image changes the target by {abs(self.effect):.1g} nats: there is nothing to attribute"
            )
        return ""


def scenes(exhibit: Exhibit, wanted: Sequence[Kind], subject: Subject, checkpoint: Checkpoint) -> list[Set]:
    """Every target of a reply with what the image does to it. Raises FaithlensError where nothing can be asked."""
    tokens = ImageTokens(checkpoint, exhibit.view)
    _ = tokens.grid
    full: Answered | None = None
    if exhibit.case.options and exhibit.trace.choice is not None and {"answer", "margin"} & set(wanted):
        think = exhibit.think if exhibit.trace.think_span else None
        (reply,) = subject.respond([exhibit.answer(think)])
        if isinstance(reply, FaithlensError):
            raise reply
        full = reply if isinstance(reply, Answered) else None
    found = [Scene(target, subject, tokens) for target in targets(exhibit, wanted, full)]
    views = [exhibit.view, replace(exhibit.view, edits=(Blank(),))]
    replies = subject.respond([scene.target.at(view) for scene in found for view in views])
    sets: list[Set] = []
    for scene, shown, hidden in zip(found, replies[::2], replies[1::2], strict=True):
        for reply in (shown, hidden):
            if isinstance(reply, FaithlensError):
                raise reply
        sets.append(Set(scene, *(scene.target.value(reply) for reply in (shown, hidden))))  # type: ignore[arg-type]
    return sets


def attribute(given: Set, method: Method, case_id: str = "", rollout: int = 0) -> AttributionMap:
    """The map of one target by one method, or the reason why there is none."""
    target, grid = given.scene.target, given.scene.grid
    empty = _none(target, method, case_id, rollout, *grid)
    if given.reason:
        return replace(empty, reason=given.reason)
    try:
        drawn = method.draw(given.scene)
    except FaithlensError as error:
        return replace(empty, reason=str(error))
    empty = replace(empty, delta=drawn.delta, evaluations=drawn.evaluations)
    if not np.isfinite(drawn.values).all():
        return replace(empty, reason="the method gives values that are no finite numbers")
    if not drawn.values.any():
        return replace(empty, reason="the method gives zero everywhere, although the image changes the target")
    if method.complete and drawn.delta > INCOMPLETE:
        return replace(
            empty,
            reason=f"the map leaves {drawn.delta:.0%} of the target's change unexplained after "
            f"{drawn.evaluations} evaluations",
        )
    return replace(empty, values=tuple(float(value) for value in drawn.values.flat))


def maps(
    exhibit: Exhibit, methods: Sequence[Method], wanted: Sequence[Kind], subject: Subject, checkpoint: Checkpoint
) -> list[AttributionMap]:
    """Maps of one reply, target by target; one without values for each method where the reply has no target at all."""
    trace = exhibit.trace
    try:
        found = scenes(exhibit, wanted, subject, checkpoint) if exhibit.case.images else []
        reason = f"the reply has no target to explain: it was parsed as {trace.status}"
    except FaithlensError as error:
        found, reason = [], str(error)
    if not found:
        why = reason if exhibit.case.images else "no image"
        return [AttributionMap(trace.case_id, m.label, "answer", 0, 0, (), why, rollout=trace.rollout) for m in methods]
    return [attribute(one, method, trace.case_id, trace.rollout) for one in found for method in methods]


def _none(target: Target, method: Method, case_id: str, rollout: int, rows: int, cols: int) -> AttributionMap:
    return AttributionMap(
        case_id, method.label, target.name, rows, cols, (), start=target.start, end=target.end, rollout=rollout
    )
