"""Start the dashboard: Streamlit in a process of its own, on this machine only unless told otherwise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from faithlens.errors import RunError, SettingsError
from faithlens.review.reviewset import open_set
from faithlens.shipped import folder


def command(
    runs: Sequence[Path],
    port: int = 8501,
    address: str = "localhost",
    headless: bool = False,
    review: Path | None = None,
) -> list[str]:
    """How the dashboard is started, or with `review` the pages on which a set is rated, which show no run.

    Raises SettingsError without Streamlit, RunError for a folder that is not there, ReviewError for one that is no set.
    """
    if find_spec("streamlit") is None:
        raise SettingsError('the dashboard needs Streamlit; install it with: pip install "faithlens[dashboard]"')
    for run in runs:
        if not run.is_dir():
            raise RunError(f"{run} is no folder; give the folder of a run, as `faithlens audit` ends with")
    if review is not None:
        open_set(review)
    script, shown = ("main.py", runs) if review is None else ("reviewing.py", [review])
    options = {
        "server.port": str(port),
        "server.address": address,
        "server.headless": str(headless).lower(),
        "browser.gatherUsageStats": "false",
    }
    return [
        *(sys.executable, "-m", "streamlit", "run", str(folder("dashboards") / "app" / script)),
        *(f"--{name}={value}" for name, value in options.items()),
        *("--", *(str(path.resolve()) for path in shown)),
    ]


def serve(runs: Sequence[Path], port: int, address: str, headless: bool, review: Path | None = None) -> int:
    """Serve until it is stopped, and give its exit code. Ctrl-C is the ordinary end."""
    try:
        return subprocess.run(command(runs, port, address, headless, review), check=False).returncode
    except KeyboardInterrupt:
        return 0
