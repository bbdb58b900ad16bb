"""`faithlens agree`: ratings back, agreement measured, verdicts judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import LEFT_OUT, app

_HELP = """Read ratings back: do raters agree, and do the verdicts agree with them.

    faithlens agree runs/medvlm sets/first.reviews/*.csv --key sets/first.key.json

RATINGS are files or folders in any format that faithlens exports, and reviews.sqlite of the review page. The set lies
beside its key. Tables are printed, and agreement.json, agreement.svg and section.html written into RUN/agreement.

Per question: Cohen's, Fleiss' and Krippendorff's coefficients and Gwet's AC1, with bootstrap intervals by patient.
Per axis that a reader can see: sensitivity, specificity and AUROC of the verdicts, and how often replies fail in the
whole run, with sampling weights and rater error undone; thresholds set anew on one half and tried on the other.

Exit code: 0 = every row counts; 3 = some do not, as the list says; 2 = the command cannot be carried out."""


@app.command(help=_HELP)
def agree(
    run: options.RunFolder,
    ratings: Annotated[list[Path], typer.Argument(help="What came back: files, or folders of them.")],
    key: Annotated[Path, typer.Option(help="The sealed key of the set, SET.key.json.")],
    format: Annotated[str | None, typer.Option(help="How to read the files, if looking at them misleads.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; default: agreement in the run's.")] = None,
) -> None:
    """See _HELP."""
    from rich.console import Console
    from rich.text import Text

    from faithlens.review.agree import agree as agreed
    from faithlens.review.form import form
    from faithlens.review.returned import checked, sources
    from faithlens.review.reviewset import open_key, open_set, set_path
    from faithlens.review.tables import introduction, tables
    from faithlens.review.written import FOLDER, write
    from faithlens.store import open_run
    from faithlens.terminal import table

    opened, set = open_run(run), open_set(set_path(key))
    sealed = open_key(key, set)
    returned = checked(sources(ratings, set, format), set, form())
    found = agreed(opened, returned, set, sealed, form())
    console = Console()
    for line in introduction(found):
        console.print(Text(line))
    for one in tables(found):
        console.print(table(one.title, one.columns, one.rows))
        for note in one.notes:
            console.print(Text(note), style="dim")
    folder = out or run / FOLDER
    write(found, returned.bad, folder)
    if returned.bad:
        rows = [(row.file, row.row, row.reason) for row in returned.bad]
        console.print(table("Rows that do not count", ("file", "row", "reason"), rows))
    console.print(Text(f"written: {folder}"), soft_wrap=True)
    if returned.bad:
        raise typer.Exit(LEFT_OUT)
