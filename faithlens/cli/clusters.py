"""`faithlens clusters`: kinds of failure in a run."""

from __future__ import annotations

from faithlens.cli import options
from faithlens.cli.app import app


@app.command()
def clusters(run: options.RunFolder) -> None:
    """Show the kinds of failure in a run: size, failure, telling terms, where they are met, examples, stability.

    Failing replies are grouped by what the probes found and by what the thinks say. The run keeps the groups.
    """
    from rich.console import Console

    from faithlens.clusters import of_run
    from faithlens.store import open_run
    from faithlens.terminal import show_clusters

    show_clusters(of_run(open_run(run)), Console())
