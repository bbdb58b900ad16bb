"""`faithlens report`: a run as one HTML page, or as a section of a model card."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli import options
from faithlens.cli.app import app


@app.command()
def report(
    run: options.RunFolder,
    card: Annotated[bool, typer.Option("--card", help="Write a section for a model card on the Hub instead.")] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; default: report.html or card.md in the run.")] = None,
) -> None:
    """Write what a run found as one HTML file that needs nothing else: to read, to send, to print.

    With --card: YAML `model-index` and Markdown for a model card.
    """
    from faithlens import report as written
    from faithlens.store import open_run

    opened = open_run(run)
    text = written.card(opened) if card else written.page(opened)
    file = out or opened.path / ("card.md" if card else "report.html")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(file)
