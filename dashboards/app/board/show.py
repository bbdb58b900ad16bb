"""Text of models and files on a page, and the ways from one page to another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

import streamlit as st

from board import runs
from board.filters import Filter
from faithlens.showing.highlight import escaped


def plain(text: str, style: str = "") -> None:
    """Text as it stands, never as Markdown or HTML. Styles are `quiet`, `loud` and `raw`."""
    st.html(f'<div class="faithlens {style}" dir="auto">{escaped(text)}</div>')


def cell(text: str) -> str:
    """Text for a cell of a table: controls that would reorder or hide it are written out."""
    return "".join(f"U+{ord(c):04X}" if unicodedata.category(c) in ("Cc", "Cf") and c != "\n" else c for c in text)


def label(text: str) -> str:
    """Text for the label of a control, where Streamlit reads Markdown: shown as it stands."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!~$:<>|])", r"\\\1", cell(text))


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
