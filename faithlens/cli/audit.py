"""`faithlens audit`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import LEFT_OUT, app

_AUDIT_HELP = """Collect a checkpoint's replies, probe them, and write a run.

Without options: the bundled checkpoint on bundled phantoms.

    faithlens audit --checkpoint JZPeterPan/MedVLM-R1 --cases MRI_CT_XRAY_300each_dataset.json --images DIR

audits a checkpoint from the Hub or a folder. The format of --cases is found by looking at the file.

    faithlens audit --traces results.json

reads replies that another harness collected, with the probes that need no model.

An interrupted audit goes on where it stopped when the same command is given again.

Exit code: 0 = every case was audited; 3 = audited, but some rows or cases were left out, as the summary lists;
2 = the command cannot be carried out; 130 = interrupted, the run can go on."""


@app.command(help=_AUDIT_HELP)
def audit(
    checkpoint: options.Checkpoint = None,
    cases: options.Cases = None,
    images: options.Images = None,
    traces: Annotated[Path | None, typer.Option(help="Replies collected elsewhere: text probes only.")] = None,
    format: options.Format = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run; default: under runs/.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew; default: resume what lies in --out.")] = False,
    adapter: options.Adapter = None,
    prompt: options.Prompt = "medvlm-r1",
    suite: options.Suite = "quick",
    probes: options.Probes = "",
    limit: options.Limit = None,
    device: options.Device = "auto",
    dtype: options.DType = "auto",
    min_pixels: options.MinPixels = None,
    max_pixels: options.MaxPixels = None,
    max_new_tokens: options.MaxNewTokens = 512,
    temperature: Annotated[float, typer.Option(help="0 is greedy.")] = 0.0,
    engine: Annotated[str, typer.Option(help="packed, or reference: one forward pass a request.")] = "packed",
    judge: options.Judge = "",
    batch_size: options.BatchSize = 64,
    seed: Annotated[int, typer.Option(help="For swaps of images, and for sampling.")] = 0,
    maps: Annotated[str, typer.Option(help="Attribution methods, separated by commas; default: none.")] = "",
    map_targets: options.MapTargets = "answer,sentences",
    nli: Annotated[str, typer.Option(help="NLI model (folder or Hub id) that reads thinks against the options.")] = "",
    calibrate: Annotated[
        bool | None,
        typer.Option(help="Calibrate on cases that --limit leaves over, if no calibration is kept; default: phantoms."),
    ] = None,
) -> None:
    """See _AUDIT_HELP."""
    from rich.console import Console

    from faithlens import pipeline
    from faithlens.terminal import progress_bar, show_summary

    console = Console()
    with progress_bar(Console(stderr=True)) as progress:
        run = pipeline.audit(
            checkpoint,
            cases,
            images=images,
            traces=traces,
            format=format,
            adapter=adapter,
            out=out,
            fresh=fresh,
            calibrate=calibrate,
            progress=progress,
            prompt=prompt,
            suite=suite,
            probes=options.names(probes),
            limit=limit,
            device=device,
            dtype=dtype,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            engine=engine,
            judge=judge,
            batch_size=batch_size,
            seed=seed,
            maps=options.names(maps),
            map_targets=options.names(map_targets),
            nli=nli,
        )
    show_summary(run, console)
    if run.manifest["counts"]["left_out"]:
        raise typer.Exit(LEFT_OUT)
