"""`faithlens dashboard`: look at runs in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faithlens.cli.app import app


@app.command()
def dashboard(
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Folders of runs; default: the bundled example.", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option(help="Where the page is served.")] = 8501,
    address: Annotated[str, typer.Option(help="Who may look: localhost, or an address of this machine.")] = "localhost",
    review: Annotated[
        Path | None, typer.Option(help="Rate this review set instead; no run is shown, so that raters stay blind.")
    ] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Open no browser.")] = False,
) -> None:
    """Look at runs in a browser: rates, cases, one case with its image and evidence, clusters, two runs compared.

    With --review the page on which raters answer, by keyboard, several at a time. Every answer is kept at once in
    reviews.sqlite beside the set, for faithlens agree; a second page settles what raters disagree on.

    Needs `pip install "faithlens[dashboard]"`. Nothing is sent anywhere; stop it with Ctrl-C.
    """
    from faithlens.serving import serve

    raise typer.Exit(serve(runs or [], port, address, headless, review))
