"""`faithlens doctor`: what is installed, and whether a checkpoint is fit to be audited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import ERROR, LEFT_OUT, app


@app.command()
def doctor(
    checkpoint: options.Checkpoint = None,
    adapter: options.Adapter = None,
    cases: Annotated[Path | None, typer.Option(help="File of cases whose images are to be opened.")] = None,
    images: options.Images = None,
    format: options.Format = None,
    device: options.Device = "auto",
    dtype: options.DType = "auto",
    prompt: Annotated[str, typer.Option(help="Template that the rendering is checked with.")] = "medvlm-r1",
) -> None:
    """Check what is installed, the device, whether a checkpoint passes its self-tests, and whether images open.

    Exit code: 0 = all is well; 2 = a checkpoint cannot be loaded or fails a self-test; 3 = some rows or images are bad.
    """
    from rich.console import Console

    from faithlens import demo
    from faithlens.doctor import cases_report, checkpoint_report, machine_report
    from faithlens.terminal import table

    console = Console()
    console.print(table("Machine", ("what", "found"), machine_report()))
    rows, healthy = checkpoint_report(checkpoint or str(demo.CHECKPOINT), adapter, device, dtype, prompt)
    console.print(table("Checkpoint", ("check", "result", "measured"), rows))
    complete = True
    if cases is not None:
        found, complete = cases_report(cases, images, format)
        console.print(table("Cases", ("what", "found"), found))
    if not healthy:
        raise typer.Exit(ERROR)
    if not complete:
        raise typer.Exit(LEFT_OUT)
