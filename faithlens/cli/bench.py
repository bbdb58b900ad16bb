"""`faithlens bench`: the engine beside the ways that it replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import app


@app.command()
def bench(
    what: Annotated[str, typer.Argument(help="answers, replies, suites or occlusion.")] = "answers",
    preset: Annotated[str, typer.Option(help="bundled, mid (about 100 M parameters) or qwen2-vl-2b.")] = "bundled",
    cases: Annotated[int, typer.Option(help="Cases that are asked about.")] = 1,
    repeats: Annotated[int, typer.Option(help="Timed turns; medians are shown. suites: one, after a warm-up.")] = 5,
    side: Annotated[int | None, typer.Option(help="Side of the square pictures in pixels.")] = None,
    out: Annotated[Path | None, typer.Option(help="Also write the figures to this JSON file.")] = None,
    device: options.Device = "auto",
    dtype: options.DType = "auto",
) -> None:
    """Time the engine beside the ways that it replaces; all in one process, in turn, after a warm-up.

    answers: what the quick suite reads off log-probabilities, by one forward pass each, padded batches, the engine,
    and the lower bound, which runs every distinct (view, token prefix) once in plain causal passes and answers nothing.

    replies: what the quick suite lets the model write, one at a time, in padded batches, and by the engine.

    suites: seconds a case for collecting replies, for the quick and for the standard suite, and the share of the
    machine's peak.

    occlusion: maps of all options over all image tokens, by the engine and by Captum.
    """
    import json
    import tempfile

    from rich.console import Console

    from faithlens.bench.run import bench
    from faithlens.bench.table import show_bench
    from faithlens.terminal import progress_bar

    with tempfile.TemporaryDirectory() as folder, progress_bar(Console(stderr=True)) as progress:
        report = bench(what, preset, cases, repeats, side, device, dtype, Path(folder), progress)
    show_bench(report, Console())
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
