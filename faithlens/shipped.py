"""Folders that stand beside the package in a checkout and inside it once installed."""

from __future__ import annotations

from pathlib import Path

from faithlens.errors import FaithlensError


def folder(name: str) -> Path:
    """Path of `dashboards` or `annotations`. Raises FaithlensError where this installation lacks it."""
    package = Path(__file__).parent
    for path in (package / name, package.parent / name):
        if path.is_dir():
            return path
    raise FaithlensError(f"this installation of faithlens lacks its folder {name}; install it again")
