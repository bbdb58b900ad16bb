"""One benchmark from preset to report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from faithlens.bench.measure import measure, precision
from faithlens.bench.workload import checkpoint, requests


def bench(
    preset: str,
    cases: int,
    repeats: int,
    occlusion: bool,
    device: str,
    dtype: str,
    folder: Path,
    progress: Callable[[str, int, int], None],
) -> dict[str, Any]:
    """What `faithlens bench` measures; random checkpoints and pictures are put into `folder`."""
    loaded, side = checkpoint(preset, folder, device, dtype)
    asked = requests(loaded, side, cases, folder)
    report: dict[str, Any] = {"preset": preset, "cases": cases}
    if occlusion:
        from faithlens.bench.occlusion import occlusion as measured

        plain = [request for request in asked if request.view.images and not request.view.edits]
        longest = max(plain, key=lambda request: len(request.think.text) if request.think else 0)
        return report | measured(loaded, longest, repeats, progress)
    report |= measure(loaded, asked, repeats, progress)
    if report["checkpoint"]["dtype"] == "float32":
        progress("bfloat16", 0, 1)
        half, _ = checkpoint(preset, folder, device, "bfloat16")
        report["bfloat16"] = precision(loaded, half, asked)
    return report
