"""Which runs are given, which one is looked at, and what is said where one cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

from board import address
from board.ledger import Ledger
from faithlens.demo import EXAMPLE
from faithlens.errors import FaithlensError
from faithlens.store import Run, open_run

# not beside main.py: there Streamlit would run a page by itself when its address is opened first
PAGES = Path(__file__).parents[2] / "pages"
"""Folder of the pages."""

PARAMETER = "run"
"""Name in the URL of the run that is looked at, where several are given."""


def given() -> dict[str, Path]:
    """Folders of the runs on the command line by a short name; the bundled example where there are none."""
    named: dict[str, Path] = {}
    for path in [Path(argument) for argument in sys.argv[1:]] or [EXAMPLE]:
        name, number = path.resolve().name, 2
        while name in named:
            name, number = f"{path.resolve().name} ({number})", number + 1
        named[name] = path
    return named


def choose() -> None:
    """The control that picks a run, where several are given."""
    if len(given()) < 2:
        return
    # links between pages leave the run out; it stays the one that was chosen
    if PARAMETER not in st.query_params and st.session_state.get(PARAMETER) in given():
        st.query_params[PARAMETER] = st.session_state[PARAMETER]
    st.session_state[PARAMETER] = address.one("Run", PARAMETER, list(given()), width=360, label_visibility="collapsed")


def name() -> str:
    """Short name of the run that is looked at."""
    asked = st.session_state.get(PARAMETER)
    return asked if asked in given() else next(iter(given()))


def ledger() -> Ledger:
    """The table of the run that is looked at. Says why and ends the page where there is none."""
    opened = opened_or_told(given()[name()])
    if opened is None:
        st.stop()
    return opened


def opened_or_told(path: Path) -> Ledger | None:
    """The table of a run; None, with the reason shown, where it cannot be opened."""
    unfinished = path / "plan.json"
    if unfinished.exists() and not (path / "manifest.json").exists():
        done = len(list((path / "findings").glob("part-*.parquet")))
        st.info(
            f"This run is not finished: {done} windows of cases are done. Give the audit command that began it again "
            "and it goes on; reload this page when it is through.",
            icon=":material/hourglass_top:",
        )
        return None
    try:
        run = open_run(path)
    except FaithlensError as error:
        st.error("This run cannot be opened.", icon=":material/error:")
        st.text(str(error))
        return None
    if not run.manifest["counts"]["traces"]:
        st.info("This run holds no replies: every row of its cases was left out.", icon=":material/inbox:")
        return None
    with st.spinner("Reading the run …"):
        return _ledger(str(path), (path / "manifest.json").stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ledger(path: str, finished_ns: int) -> Ledger:
    return Ledger(Run(Path(path)))


def query(**values: str | None) -> dict[str, str]:
    """Parameters of a link to another page: the run that is looked at, and the given ones."""
    chosen = {PARAMETER: name()} if len(given()) > 1 else {}
    return chosen | {key: value for key, value in values.items() if value}
