"""What is installed, what the device is, whether a checkpoint can be trusted, and whether the images are there."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

from faithlens import cases as readers
from faithlens import prompts
from faithlens.models import load
from faithlens.provenance import provenance

Rows = list[tuple[str, ...]]


def machine_report() -> Rows:
    """Versions, device and memory."""
    import torch

    about = provenance()
    rows: Rows = [
        ("faithlens", f"{about['faithlens']} ({about['commit'] or 'installed package'})"),
        ("python", f"{about['python']} on {about['platform']}"),
        *((name, found or "not installed") for name, found in about["libraries"].items()),
    ]
    for name, use in (("torchvision", "not needed"), ("peft", "for --adapter")):
        there = importlib.util.find_spec(name) is not None
        rows.append((name, "installed" if there else f"not installed ({use})"))
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        device = f"{torch.cuda.get_device_name()}, {free / 2**30:.0f} of {total / 2**30:.0f} GiB free"
    else:
        device = f"cpu, {torch.get_num_threads()} threads"
    return [*rows, ("device", device)]


def checkpoint_report(checkpoint: str, adapter: str | None, device: str, dtype: str, prompt: str) -> tuple[Rows, bool]:
    """Self-tests of a checkpoint, and whether it passes all. Raises CheckpointError if it cannot be loaded."""
    from faithlens.models.selftest import run_checks

    loaded = load(checkpoint, adapter, device, dtype)
    about = loaded.described()
    checks = run_checks(loaded, prompts.template(prompt))
    rows: Rows = [
        (
            "loads",
            "passed",
            f"{about['id']}: {about['model_type']}, {about['parameters']:,} parameters, {about['dtype']} on "
            f"{about['device']}, images of {about['min_pixels']:,} to {about['max_pixels']:,} pixels",
        ),
        *((check.name, "passed" if check.passed else "FAILED", check.detail) for check in checks),
    ]
    return rows, all(check.passed for check in checks)


def cases_report(cases: Path, images: Path | None, format: str | None) -> tuple[Rows, bool]:
    """What a file of cases holds, and whether every row and image is good."""
    found = readers.with_images(readers.read(cases, images, format))
    reasons = Counter(row.reason for row in found.bad)
    rows: Rows = [
        ("format", found.format),
        ("good cases", str(len(found.cases))),
        ("left out", str(len(found.bad))),
        *((f"  {count} x", reason) for reason, count in reasons.most_common(20)),
    ]
    return rows, not found.bad
