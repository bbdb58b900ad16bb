"""One benchmark from preset to report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from faithlens.bench.measure import measure, precision
from faithlens.bench.occlusion import occlusion
from faithlens.bench.presets import checkpoint
from faithlens.bench.replies import written
from faithlens.bench.suites import suites
from faithlens.bench.workload import longest, read_for, requests, spoken_for
from faithlens.errors import SettingsError
from faithlens.models.checkpoint import Checkpoint

What: TypeAlias = Literal["answers", "replies", "suites", "occlusion"]


def bench(
    what: str,
    preset: str,
    cases: int,
    repeats: int,
    side: int | None,
    device: str,
    dtype: str,
    folder: Path,
    progress: Callable[[str, int, int], None],
) -> dict[str, Any]:
    """What `faithlens bench` measures; random checkpoints and pictures are put into `folder`."""
    if what not in get_args(What):
        raise SettingsError(f"unknown benchmark {what!r}; there are: {', '.join(get_args(What))}")
    loaded, usual = checkpoint(preset, folder, device, dtype)
    report = {"what": what, "preset": preset, "cases": cases}
    if what == "suites":
        return report | suites(loaded, side or usual, cases, folder, progress)
    asked = requests(loaded, side or usual, cases, folder)
    if what == "replies":
        return report | written(loaded, spoken_for(asked), repeats, progress)
    if what == "occlusion":
        return report | occlusion(loaded, longest(asked), repeats, progress)
    report |= measure(loaded, read_for(asked), repeats, progress)
    if report["checkpoint"]["dtype"] == "float32":
        progress("bfloat16", 0, 1)
        report["bfloat16"] = precision(loaded, _half(preset, folder, device), read_for(asked))
    return report


def _half(preset: str, folder: Path, device: str) -> Checkpoint:
    return checkpoint(preset, folder, device, "bfloat16")[0]
