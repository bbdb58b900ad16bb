"""The maps of a run: drawn window by window, and every method examined on the checkpoint before it is believed."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faithlens.calibration import shelf
from faithlens.engine.cost import Cost
from faithlens.engine.subject import Subject
from faithlens.errors import SettingsError
from faithlens.material import Progress
from faithlens.probes import Exhibit
from faithlens.records import AttributionMap, MapExam
from faithlens.store import RunFolder, read, write

if TYPE_CHECKING:
    from faithlens.attribution.exams import Effort
    from faithlens.attribution.method import Method

EXAMINED = ("attention_relevancy", "integrated_gradients:blur", "occlusion")
"""What `faithlens calibrate` examines where nothing else is said: one of each kind. All of them take far longer."""


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
    key: str,
    labels: Sequence[str],
    targets: Sequence[str],
    progress: Progress,
) -> None:
    """Put the maps of every window into the run, and the exams of each method on this checkpoint."""
    from faithlens.attribution import stage

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
        exhibits = [exhibit for window in windows for exhibit in window]
        cost, started = Cost(), time.process_time()
        rows = examine(exhibits, subject, key, labels, targets, progress, run.rows(AttributionMap), cost)
        note = {"cost": asdict(cost), "exam_cpu_seconds": round(time.process_time() - started, 2)}
        run.table(MapExam, rows, note)


def examine(
    exhibits: Sequence[Exhibit],
    subject: Callable[[Cost], Subject],
    key: str,
    labels: Sequence[str],
    targets: Sequence[str],
    progress: Progress,
    drawn: Sequence[AttributionMap] = (),
    cost: Cost | None = None,
) -> list[MapExam]:
    """The exams of each method on the subject of that key: those kept from before, and the others held.

    They are kept where they decide anything, so that an audit need not repeat what a calibration has done, as
    $FAITHLENS_CACHE/map_exams/<subject>-<method, its settings, targets and effort>.parquet. Maps in `drawn` are not
    drawn again. What is asked is added to `cost`; nothing for exams that were kept.
    """
    from faithlens.attribution import stage
    from faithlens.attribution.exams import VERDICT, Effort

    methods, wanted = stage.checked(labels, targets)
    effort = Effort()
    files = {method: _file(key, method, wanted, effort) for method in methods}
    missing = [method for method, file in files.items() if not file.exists()]
    found = {method.label: read(file, MapExam) for method, file in files.items() if method not in missing}
    if missing:

        def told(done: int, total: int) -> None:
            progress("examining maps", done, total)

        held = stage.examined(subject(cost or Cost()), exhibits, drawn, missing, wanted, effort, told)
        for method in missing:
            found[method.label] = [row for row in held if row.method == method.label]
            if any(row.exam == VERDICT and not math.isnan(row.value) for row in found[method.label]):
                files[method].parent.mkdir(parents=True, exist_ok=True)
                write(files[method], MapExam, found[method.label])
    return [row for method in methods for row in found[method.label]]


def _file(key: str, method: Method, targets: Sequence[str], effort: Effort) -> Path:
    what = json.dumps([key, repr(method), list(targets), repr(effort)])
    return shelf().parent / "map_exams" / f"{key[:16]}-{hashlib.sha256(what.encode()).hexdigest()[:8]}.parquet"


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
        "exam_cpu_seconds": round(sum(note.get("exam_cpu_seconds", 0.0) for note in notes), 2),
    }
