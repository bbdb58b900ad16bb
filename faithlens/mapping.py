"""The maps of a run: drawn window by window, and every method examined on the checkpoint before it is believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from faithlens.engine.cost import Cost
from faithlens.engine.subject import Subject
from faithlens.errors import SettingsError
from faithlens.material import Progress
from faithlens.probes import Exhibit
from faithlens.records import AttributionMap, MapExam
from faithlens.store import RunFolder


def check(methods: Sequence[str], targets: Sequence[str], *, given: bool) -> None:
    """Raises SettingsError now for what would fail after hours; `given` says that there is no model to ask."""
    if given:
        raise SettingsError("maps need the model itself; with --traces leave --maps out")
    from faithlens.attribution.stage import checked

    checked(methods, targets)


def draw(
    run: RunFolder,
    windows: Sequence[Sequence[Exhibit]],
    subject: Callable[[Cost], Subject],
    labels: Sequence[str],
    targets: Sequence[str],
    progress: Progress,
) -> None:
    """Put the maps of every window into the run, and the exams of each method on this checkpoint."""
    from faithlens.attribution import stage
    from faithlens.attribution.exams import Effort

    methods, wanted = stage.checked(labels, targets)
    for number, window in enumerate(windows):
        progress("drawing maps", number, len(windows))
        if not run.has(AttributionMap, number):
            cost, started = Cost(), time.process_time()
            found = stage.drawn(subject(cost), window, methods, wanted)
            note = {"cost": asdict(cost), "map_cpu_seconds": round(time.process_time() - started, 2)}
            run.add(AttributionMap, number, found, note)
    progress("drawing maps", len(windows), len(windows))
    if not run.rows(MapExam):
        rows = stage.examined(
            subject(Cost()),
            [exhibit for window in windows for exhibit in window],
            run.rows(AttributionMap),
            methods,
            wanted,
            Effort(),
            lambda done, total: progress("examining maps", done, total),
        )
        run.table(MapExam, rows)


def described(
    run: RunFolder, notes: Sequence[dict[str, Any]], labels: Sequence[str], targets: Sequence[str]
) -> dict[str, Any]:
    """What a manifest says about maps; empty where none were asked for."""
    if not labels:
        return {}
    found = run.rows(AttributionMap)
    return {
        "methods": list(labels),
        "targets": list(targets),
        "drawn": sum(bool(one.values) for one in found),
        "without": sum(not one.values for one in found),
        "evaluations": sum(one.evaluations for one in found),
        "cpu_seconds": round(sum(note.get("map_cpu_seconds", 0.0) for note in notes), 2),
    }
