"""Calibrate a checkpoint: the battery on its organisms, the exams of its maps, kept where audits find them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from faithlens import cases as readers
from faithlens import demo, mapping, prompts
from faithlens.calibration import Calibration, Trial, keep
from faithlens.calibration.figure import draw
from faithlens.calibration.measuring import measure
from faithlens.cases.pool import Pool
from faithlens.engine.cost import Cost
from faithlens.errors import RunError, SettingsError
from faithlens.material import CALIBRATION_SEED, Item, Progress
from faithlens.models import find
from faithlens.pipeline import Settings, collect, exhibits, judge_of, key_of, subject_of
from faithlens.probes import choose
from faithlens.provenance import provenance
from faithlens.records import Case, MapExam
from faithlens.store import CALIBRATION, PLACES, read, write

FIGURE = "calibration.svg"

PHANTOMS = 90
"""Phantoms that are drawn where no cases are given: ten of each stratum."""


@dataclass(frozen=True)
class Calibrated:
    """A finished calibration: what was measured, and the folder that holds it."""

    calibration: Calibration
    path: Path
    """calibration.json and its figure, the scores in trials/, map_exams.parquet, manifest.json."""
    manifest: dict[str, Any]
    map_exams: tuple[MapExam, ...] = ()
    """Of each attribution method, its verdict last."""


def calibrate(
    checkpoint: str | None = None,
    cases: str | Path | None = None,
    *,
    images: str | Path | None = None,
    format: str | None = None,
    adapter: str | None = None,
    out: str | Path | None = None,
    progress: Progress = lambda stage, done, total: None,
    **settings: Any,
) -> Calibrated:
    """Measure what each probe can see on this checkpoint, and keep it for audits of it.

    Give cases that no audit will use: an audit passes over a calibration that shares an image or a patient with it.
    Without `cases` phantoms are drawn. An interrupted calibration goes on where it stopped. Attribution methods in
    `maps` (by default one of each kind) are examined on the checkpoint's own replies, and marked for audits of it.
    """
    chosen = Settings(**{"maps": mapping.EXAMINED, **settings})
    if chosen.maps:
        mapping.check(chosen.maps, chosen.map_targets, given=False)
    template, probes = prompts.template(chosen.prompt), choose(chosen.suite, chosen.probes)
    folder = find(checkpoint or str(demo.CHECKPOINT))
    name = "demo" if folder.path == demo.CHECKPOINT else Path(folder.id).name
    path = Path(out) if out is not None else Path("runs") / f"calibration-{name}"
    shown = _cases(cases, images, format, chosen.limit, path / "phantoms")
    if len(shown) < 2:
        raise SettingsError(f"{len(shown)} cases with options, key and image; a calibration needs at least 2")
    judge = judge_of(chosen, probes)
    subject, about = subject_of(folder, adapter, template, chosen, progress)
    key = key_of(folder, adapter, template, chosen, about["dtype"], judge)
    described = {
        "checkpoint": folder.id,
        "prompt": template.name,
        "cases": str(cases or "phantoms"),
        "judge": chosen.judge or "rules",
    }
    plan = {"subject": key, "cases": [asdict(case) for case in shown], "seed": chosen.seed, "probes": repr(probes)}
    parts, started, cost = _Parts(path, plan), time.time(), Cost()
    length, seed = chosen.max_new_tokens, chosen.seed
    calibration = measure(subject, shown, template, probes, key, described, length, seed, progress, parts, cost, judge)
    keep(calibration)
    keep(calibration, path / CALIBRATION)
    draw(calibration, path / FIGURE)
    items = [Item(case) for case in shown]
    exams: list[MapExam] = []
    if chosen.maps:
        replies, _ = collect(subject(cost), items, template, chosen, cost)
        read_out = exhibits(items, replies, template, Pool(shown, chosen.seed))
        exams = mapping.examine(read_out, subject, key, chosen.maps, chosen.map_targets, progress)
        write(path / PLACES[MapExam], MapExam, exams)
    manifest = {
        **provenance(),
        "subject": about,
        "settings": asdict(chosen),
        "cost_last_process": asdict(cost),
        "seconds_last_process": round(time.time() - started, 1),
    }
    (path / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return Calibrated(calibration, path, manifest, tuple(exams))


def _cases(
    cases: str | Path | None, images: str | Path | None, format: str | None, limit: int | None, phantoms: Path
) -> tuple[Case, ...]:
    """Good cases with options and key; phantoms where no cases are given."""
    if cases is None:
        return demo.demo_cases(phantoms, limit or PHANTOMS, CALIBRATION_SEED)
    file = readers.read(Path(cases), None if images is None else Path(images), format)
    told = tuple(case for case in file.cases if case.options and case.key and case.images)
    return readers.with_images(readers.CaseFile(told[:limit], (), file.format)).cases


class _Parts:
    """Trials of each window in a file of their own, whole or absent."""

    def __init__(self, path: Path, plan: dict[str, Any]) -> None:
        self._folder = path / "trials"
        digest = hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()
        file = path / "plan.sha256"
        if file.exists() and file.read_text() != digest:
            raise RunError(f"{path} holds another calibration; give another --out")
        if not file.exists() and path.exists() and any(p.name != "phantoms" for p in path.iterdir()):
            raise RunError(f"{path} is not empty and holds no calibration; give another --out")
        path.mkdir(parents=True, exist_ok=True)
        file.write_text(digest)

    def __call__(self, number: int, measured: Callable[[], list[Trial]]) -> list[Trial]:
        part = self._folder / f"part-{number:05d}.parquet"
        if not part.exists():
            write(part, Trial, measured())
        return read(part, Trial)
