"""`faithlens bench`: the engine beside the ways that it replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import app


@app.command()
def bench(
    preset: Annotated[str, typer.Option(help="bundled, mid (about 100 M parameters) or qwen2-vl-2b.")] = "bundled",
    cases: Annotated[int, typer.Option(help="Cases whose quick suite is answered.")] = 1,
    repeats: Annotated[int, typer.Option(help="Timed turns; medians are shown.")] = 5,
    occlusion: Annotated[
        bool, typer.Option("--occlusion", help="Instead: maps by occlusion, beside Captum's LLMAttribution.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the figures to this JSON file.")] = None,
    device: options.Device = "auto",
    dtype: options.DType = "auto",
) -> None:
    """Time the quick suite's requests: one forward each, padded batches, the engine, and the lower bound.

    All ways run in one process, in turn, after a warm-up; their answers are compared. The lower bound runs every
    distinct (view, token prefix) once in plain causal passes, and answers nothing.

    With --occlusion: maps of all options over all image tokens, by the engine and by Captum.
    """
    import json
    import tempfile

    from rich.console import Console

    from faithlens.bench.run import bench
    from faithlens.bench.table import show_bench
    from faithlens.terminal import progress_bar

    with tempfile.TemporaryDirectory() as folder, progress_bar(Console(stderr=True)) as progress:
        report = bench(preset, cases, repeats, occlusion, device, dtype, Path(folder), progress)
    show_bench(report, Console())
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
