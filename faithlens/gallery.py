"""The attribution maps of a run as pictures, each marked by whether its method passed its exams."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faithlens.cases.images import open_image
from faithlens.errors import ImageError, RunError
from faithlens.overlay import overlay
from faithlens.records import AttributionMap, Case, MapExam
from faithlens.store import Run

VERDICT = "verdict"
"""The exam that says whether a method passes on this checkpoint; see `faithlens.attribution.exams`."""


@dataclass(frozen=True)
class Hung:
    """What was drawn."""

    pictures: int
    missing: int
    """Maps that there are not; maps.csv has the reasons."""
    verdicts: dict[str, str]
    """Method -> whether it passed."""


def marks(exams: Sequence[MapExam]) -> dict[str, str]:
    """Method -> what has to stand beside each of its maps."""
    return {
        exam.method: "passes on this checkpoint" if exam.passed else f"fails on this checkpoint ({exam.reason})"
        for exam in exams
        if exam.exam == VERDICT
    }


def hang(run: Run, out: Path, methods: Sequence[str] = (), case_id: str = "") -> Hung:
    """Write one PNG for each map of the run, and maps.csv. Raises RunError where there is no such map."""
    wanted = [
        found
        for found in run.rows(AttributionMap)
        if (not methods or found.method in methods) and case_id in ("", found.case_id)
    ]
    if not wanted:
        raise RunError(f"{run.path} has no such maps; audit with --maps METHOD,… to make some")
    cases = {case.id: case for case in run.rows(Case)}
    verdicts = marks(run.rows(MapExam))
    out.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    for number, found in enumerate(wanted):
        name, reason = _drawn(found, cases[found.case_id], out, number)
        rows.append(
            {
                "picture": name,
                "case_id": found.case_id,
                "rollout": found.rollout,
                "target": found.target,
                "method": found.method,
                "on_this_checkpoint": verdicts.get(found.method, "not examined"),
                "delta": found.delta,
                "evaluations": found.evaluations,
                "reason": reason,
            }
        )
    with (out / "maps.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    pictures = sum(bool(row["picture"]) for row in rows)
    used = {found.method: verdicts.get(found.method, "not examined") for found in wanted}
    return Hung(pictures, len(rows) - pictures, used)


def _drawn(found: AttributionMap, case: Case, out: Path, number: int) -> tuple[str, str]:
    """File name, or nothing and the reason."""
    if not found.values:
        return "", found.reason
    parts = (f"{number:05d}", found.case_id, str(found.rollout), found.target, found.method)
    name = "_".join(re.sub(r"[^A-Za-z0-9.-]+", "-", part)[:60] for part in parts) + ".png"
    try:
        with open_image(Path(case.images[0])) as image:
            overlay(image, found, case.boxes_xyxy_px).save(out / name)
    except ImageError as error:
        return "", str(error)
    return name, ""
