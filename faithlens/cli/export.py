"""`faithlens export`: a blinded review set for clinicians."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import LEFT_OUT, app

_HELP = """Draw replies of a run for clinicians to rate, blinded, in the formats of their tools.

    faithlens export runs/demo --n 40 --raters anna,ben --format xlsx,booklet --out reviews/demo

writes what raters may have into reviews/demo, one folder a format and one file a rater, and what they must not have
into reviews/demo.key.json: which case an item shows, how many replies it stands for, what the audit says of it. The
questions and their codebook are in annotations/.

Strata (--by) get equal shares; weights in the key give the rates of the whole run back. What is no stratum is spread
evenly. Formats: argilla, booklet, csv, labelstudio, redcap, xlsx.

Exit code: 0 = every reply could be drawn; 3 = some could not be shown, as listed; 2 = nothing was written."""


@app.command(help=_HELP)
def export(
    run: options.RunFolder,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the set, which must not exist; default: RUN-review.")
    ] = None,
    format: Annotated[str, typer.Option(help="Formats, separated by commas.")] = "csv,booklet",
    n: Annotated[int | None, typer.Option(help="Replies to sample in all; default: 60.")] = None,
    per_stratum: Annotated[int | None, typer.Option(help="Or in each stratum.")] = None,
    by: Annotated[str, typer.Option(help="Strata: some of axis, band, cluster, modality, correct.")] = "axis,band",
    axis: Annotated[
        str | None, typer.Option(help="Strata of this failure axis alone; default: of the highest.")
    ] = None,
    raters: Annotated[str, typer.Option(help="Names of the raters; files are named after them.")] = "rater-1,rater-2",
    repeats: Annotated[float, typer.Option(help="Share that comes twice, for agreement with oneself.")] = 0.1,
    catches: Annotated[int, typer.Option(help="Planted items with a known answer.")] = 4,
    overlay: Annotated[bool, typer.Option("--overlay", help="Each reply also with map or regions drawn in.")] = False,
    round2: Annotated[bool, typer.Option("--round2", help="A second set that shows what the audit found.")] = False,
    seed: Annotated[int, typer.Option(help="For the draw, the ids and the orders.")] = 0,
) -> None:
    """See _HELP."""
    from faithlens.review.design import Design
    from faithlens.review.exporting import export as drawn
    from faithlens.review.format import chosen
    from faithlens.review.reviewset import key_path
    from faithlens.store import open_run

    formats = chosen(options.names(format))
    design = Design(
        n=n,
        per_stratum=per_stratum,
        by=options.names(by),
        about=axis,  # pyright: ignore[reportArgumentType]
        raters=options.names(raters),
        repeats=repeats,
        catches=catches,
        overlay=overlay,
        second_round=round2,
        seed=seed,
    )
    made = drawn(open_run(run), out or run.with_name(f"{run.resolve().name}-review"), design)
    for one in (made.set, made.second):
        if one is not None:
            for each in formats:
                each.write(one, one.path / each.NAME)
            print(f"round {one.round}: {len(one.items)} items for {', '.join(one.raters)}: {one.path}")
    print(f"key, not for raters: {key_path(made.set.path)}")
    print(*made.notes, sep="\n")
    if made.left_out:
        print(
            f"{len(made.left_out)} replies left out:",
            *(f"  {bad.row}: {bad.reason}" for bad in made.left_out),
            sep="\n",
        )
        raise typer.Exit(LEFT_OUT)
