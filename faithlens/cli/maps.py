"""`faithlens maps`: the attribution maps of a run as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import app


@app.command()
def maps(
    run: options.RunFolder,
    out: Annotated[Path, typer.Option(help="Folder of the pictures.")],
    method: Annotated[str, typer.Option(help="Only these methods, separated by commas.")] = "",
    case: Annotated[str, typer.Option(help="Only this case.")] = "",
) -> None:
    """Draw a run's attribution maps over their images, and tell which method passed its exams on the checkpoint.

    A run has maps if its audit was given --maps. One PNG each, named by case, reply, target and method, and maps.csv,
    which says for each map whether its method passed, and for each that is missing why.
    """
    from rich.console import Console

    from faithlens.gallery import hang
    from faithlens.store import open_run

    hung = hang(open_run(run), out, options.names(method), case)
    console = Console()
    for label, told in hung.verdicts.items():
        console.print(f"{label}: {told}", markup=False)
    console.print(f"{hung.pictures} pictures and {hung.missing} reasons in {out}", markup=False)
