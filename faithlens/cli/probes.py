"""`faithlens probes`: what each probe asks."""

from __future__ import annotations

from typing import Annotated

import typer

from faithlens.cli.app import app


@app.command()
def probes(
    papers: Annotated[bool, typer.Option("--papers", help="Print the paper index, PAPERS.md, instead.")] = False,
) -> None:
    """List the probes: what each asks, of which axis, from which paper, at what cost per case."""
    from rich.console import Console

    from faithlens.probes import paper_index
    from faithlens.terminal import show_probes

    if papers:
        print(paper_index(), end="")
    else:
        show_probes(Console())
