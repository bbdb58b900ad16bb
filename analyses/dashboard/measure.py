"""Time the dashboard on a run, in one process, as a reader would go through it; and the memory that it takes.

    python analyses/dashboard/synthetic.py faithlens/demo/example large --replies 100000
    python analyses/dashboard/measure.py large

Every step runs a whole page as the server would, without the browser. The first step reads the run; imports that every
start of the server pays once are done before it and told apart.
"""

from __future__ import annotations

import argparse
import logging
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from faithlens.shipped import folder


def timed(name: str, act: Callable[[], object]) -> None:
    """Print wall and processor seconds of a step, and the peak of memory until then."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if platform.system() == "Darwin" else 1024)
    print(f"{name:<44}{wall:8.2f} s{cpu:8.2f} s CPU{peak / 1e9:8.2f} GB peak", flush=True)


def measure(run: Path) -> None:
    from streamlit.testing.v1 import AppTest

    logging.disable(logging.WARNING)
    dashboards = folder("dashboards")
    sys.argv = ["main.py", str(run)]
    app = AppTest.from_file(dashboards / "app" / "main.py", default_timeout=600)

    def page(name: str, **parameters: str) -> Callable[[], None]:
        def opened() -> None:
            app.switch_page(str(dashboards / "pages" / f"{name}.py"))
            app.query_params.clear()
            for key, value in parameters.items():
                app.query_params[key] = value
            app.run()
            if app.exception:
                raise SystemExit(app.exception[0].message)

        return opened

    def imports() -> None:
        import altair  # noqa: F401
        import duckdb  # noqa: F401
        import scipy.stats  # noqa: F401
        import sklearn  # noqa: F401

        import faithlens.calibration
        import faithlens.clusters
        import faithlens.comparison  # noqa: F401

    timed("imports", imports)
    timed("first page: cases, unfiltered", page("cases"))
    first = str(app.dataframe[0].value["id"].iloc[20])
    timed("filter: text", page("cases", q="bright rim"))
    timed("filter: axis and modality, sorted", page("cases", fails="post_hoc", modality="CT", sort="post_hoc"))
    timed("page 1000", page("cases", page="1000"))
    timed("case", page("case", case=first))
    timed("the next case", page("case", case=first.replace("phantom", "phantom", 1), fails="unstable"))
    timed("overview, with the scores of all probes", page("overview"))
    timed("overview again, by modality", page("overview", split="modality"))
    timed("filter: quadrant and probe", page("cases", quadrant="ideal", flagged="necessity"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of a finished run")
    measure(parser.parse_args().run)
