"""Which code made a run: package version, commit, library versions, machine."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_LIBRARIES = ("torch", "transformers", "tokenizers", "numpy", "pandas", "pyarrow", "pillow", "pydicom", "safetensors")


def provenance() -> dict[str, Any]:
    """Versions for a manifest. `commit` is None for an installed package without its repository."""
    return {
        "faithlens": installed("faithlens"),
        "commit": _commit(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: installed(name) for name in _LIBRARIES},
    }


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Commit of the checkout that this file stands in, with "+changes" where the tree differs from it."""
    here = Path(__file__).parent
    try:
        if not (here.parent / ".git").exists():
            return None
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=True)
        dirty = subprocess.run(["git", "status", "--porcelain"], cwd=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + ("+changes" if dirty.stdout.strip() else "")
