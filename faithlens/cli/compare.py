"""`faithlens compare`: two runs, paired by case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import app


@app.command()
def compare(
    first: options.RunFolder,
    second: Annotated[Path, typer.Argument(help="Folder of another one, over the same cases.")],
) -> None:
    """Compare two runs, paired by case: what differs, what is equivalent, what is undecided.

    Right answers and verdicts are the primary set (Holm); scores and flags of the probes are exploratory (BH).
    """
    from rich.console import Console

    from faithlens.comparison import compare as paired
    from faithlens.store import open_run
    from faithlens.terminal import show_comparison

    show_comparison(paired(open_run(first), open_run(second)), Console())
