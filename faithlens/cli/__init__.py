"""Flags in, one call, exit code out: one command a file."""

from __future__ import annotations

import sys
from importlib import import_module

from faithlens.cli.app import ERROR, INTERRUPTED, app
from faithlens.errors import FaithlensError

COMMANDS = (
    "audit",
    "calibrate",
    "compare",
    "clusters",
    "report",
    "export",
    "dashboard",
    "agree",
    "doctor",
    "probes",
    "bench",
    "maps",
)
"""A module of this folder each, in the order in which `--help` lists them."""

for _name in COMMANDS:
    import_module(f"faithlens.cli.{_name}")

__all__ = ["app", "main"]


def main() -> None:
    """Entry point: what the user can fix is one line and exit code 2; everything else keeps its traceback."""
    try:
        app()
    except FaithlensError as error:
        # what libraries say may run over several lines
        print(f"faithlens: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(ERROR)
    except KeyboardInterrupt:
        print("faithlens: interrupted; give the same command again and the audit goes on", file=sys.stderr)
        sys.exit(INTERRUPTED)
