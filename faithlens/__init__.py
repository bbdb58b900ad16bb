"""faithlens audits whether the reasoning that a medical vision-language model writes is the one it used.

import faithlens

run = faithlens.audit()                     # the bundled checkpoint on bundled phantoms
run.findings.groupby("probe")["score"].describe()
run.case(run.cases["id"][0])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faithlens.errors import FaithlensError

if TYPE_CHECKING:
    from pathlib import Path

    from faithlens.store import Run

__all__ = ["FaithlensError", "audit", "open_run"]


def audit(checkpoint: str | None = None, cases: str | Path | None = None, **options: Any) -> Run:
    """Audit a checkpoint and return the run: the call that `faithlens audit` makes. See `faithlens.pipeline.audit`."""
    from faithlens.pipeline import audit as run_pipeline

    return run_pipeline(checkpoint, cases, **options)


def open_run(path: str | Path) -> Run:
    """Open a finished run; needs no torch. See `faithlens.store.open_run`."""
    from faithlens.store import open_run as open_folder

    return open_folder(path)
