"""`faithlens calibrate`: what each probe can see on a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import app

_CALIBRATE_HELP = """Measure what each probe can see on a checkpoint, so that audits of it give verdicts.

The checkpoint is wrapped in behaviours whose failures are known exactly, the battery is run on them, and each probe's
AUROC, TPR at 5 % FPR, dose-response, agreement and map from score to probability are kept where audits find them.
Attribution methods are examined on the checkpoint's own replies, and those that pass and fail are kept likewise.

    faithlens calibrate --checkpoint JZPeterPan/MedVLM-R1 --cases held_out.json --images DIR --limit 60

Give cases that no audit will use. Without --checkpoint and --cases: the bundled checkpoint on fresh phantoms. An
interrupted calibration goes on where it stopped when the same command is given again.

Exit code: 0 = done; 2 = the command cannot be carried out; 130 = interrupted."""


@app.command(help=_CALIBRATE_HELP)
def calibrate(
    checkpoint: options.Checkpoint = None,
    cases: Annotated[Path | None, typer.Option(help="File of cases with options and key.")] = None,
    images: options.Images = None,
    format: options.Format = None,
    out: Annotated[Path | None, typer.Option(help="Folder for every score; default: under runs/.")] = None,
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
    judge: options.Judge = "",
    batch_size: options.BatchSize = 16,
    seed: Annotated[int, typer.Option(help="For swaps of images.")] = 0,
    maps: Annotated[
        str,
        typer.Option(
            help="Attribution methods to examine, separated by commas, or none; default: one each by attention, "
            "by gradients and by occlusion."
        ),
    ] = "",
    map_targets: options.MapTargets = "answer,sentences",
) -> None:
    """See _CALIBRATE_HELP."""
    from rich.console import Console

    from faithlens.calibrate import calibrate as measure
    from faithlens.terminal import progress_bar, show_calibration

    with progress_bar(Console(stderr=True)) as progress:
        found = measure(
            checkpoint,
            cases,
            images=images,
            format=format,
            adapter=adapter,
            out=out,
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
            judge=judge,
            batch_size=batch_size,
            seed=seed,
            map_targets=options.names(map_targets),
            **({"maps": () if maps == "none" else options.names(maps)} if maps else {}),
        )
    show_calibration(found, Console())
