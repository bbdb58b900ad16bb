"""Text of models and files on a page, and the ways from one page to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import streamlit as st

from board import runs
from board.filters import Filter
from faithlens.showing.highlight import escaped


def plain(text: str, style: str = "") -> None:
    """Text as it stands, never as Markdown or HTML. Styles are `quiet`, `loud` and `raw`."""
    st.html(f'<div class="faithlens {style}" dir="auto">{escaped(text)}</div>')


def open_cases(chosen: Filter) -> NoReturn:
    st.switch_page(runs.PAGES / "cases.py", query_params=runs.query() | chosen.query())


def open_case(case_id: str, rollout: int = 0, chosen: Filter | None = None) -> NoReturn:
    """The page of one case, as one of those that were chosen."""
    st.switch_page(runs.PAGES / "case.py", query_params=case_query(case_id, rollout, chosen))


def case_query(case_id: str, rollout: int = 0, chosen: Filter | None = None) -> dict[str, str | list[str]]:
    """Parameters of the link to a case."""
    at = {"case": case_id} | ({"rollout": str(rollout)} if rollout else {})
    return runs.query() | at | ({} if chosen is None else chosen.query())


def clicked(event: Mapping[str, Any], selection: str) -> dict[str, Any] | None:
    """What was clicked in a chart; None where nothing was."""
    found = event["selection"].get(selection) or []
    return dict(found[0]) if found else None
