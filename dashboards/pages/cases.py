"""Cases: every reply of the run in a table that filters, sorts and pages; the URL says what is looked at."""

from __future__ import annotations

import math

import streamlit as st
from board import address, filters, runs
from board.filters import ANSWERS, MISSING, SORT_NAME, Filter
from board.ledger import PAGE, Ledger
from board.show import cell, open_case

from faithlens.probes.four_quadrants import QUADRANTS
from faithlens.records import AXES, LETTERS, PARSE_STATUSES
from faithlens.showing.words import AXIS_NAME, STATUS_MEANING


def chosen(ledger: Ledger) -> Filter:
    """What the controls say, which is what the address says."""
    top = st.columns([3, 2, 2, 2])
    with top[0]:
        address.text("Search in the replies", "q", type="search", placeholder="nodule")
    with top[1]:
        address.several("Fails on", "fails", AXES, AXIS_NAME, placeholder="any axis")
    with top[2]:
        address.several("Modality", "modality", [*ledger.values("modality"), MISSING], placeholder="any")
    with top[3]:
        address.one("Order", "sort", list(SORT_NAME), SORT_NAME)
    more = ("type", "answer", "status", "quadrant", "flagged", "cluster")
    with st.expander("More filters", expanded=any(name in st.query_params for name in more)):
        low = st.columns(6)
        with low[0]:
            address.several("Question type", "type", [*ledger.values("question_type"), MISSING], placeholder="any")
        with low[1]:
            address.several("Answer", "answer", ANSWERS, placeholder="any")
        with low[2]:
            address.several("Reply is", "status", PARSE_STATUSES, STATUS_MEANING, placeholder="any")
        with low[3]:
            address.one("Quadrant", "quadrant", ("", *QUADRANTS), {"": "any"})
        with low[4]:
            address.one("Flagged by", "flagged", ("", *ledger.asked()), {"": "any probe or none"})
        with low[5]:
            numbers = [str(number) for number in ledger.clusters()]
            address.one("Cluster", "cluster", ("", *numbers), {"": "any", "-1": "in none"}, disabled=not numbers)
    return filters.read(address.said())


def excerpt(think: str, text: str) -> str:
    """The beginning of a think, or the words around what was searched for."""
    at = think.lower().find(text.lower()) if text else -1
    start = max(0, at - 60)
    return ("…" if start else "") + think[start : start + 200].replace("\n", " ")


def named(letter: object, options: list[str]) -> str | None:
    """A letter with its option; None where a frame has none."""
    if not isinstance(letter, str):
        return None
    at = LETTERS.index(letter)
    return f"{letter} {options[at]}" if at < len(options) else letter


ledger = runs.ledger()
selected = chosen(ledger)
found = ledger.count(selected)
if not found:
    st.info("No reply matches all of these filters.", icon=":material/filter_alt_off:")
    st.stop()
bar = st.columns([3, 2], vertical_alignment="center")
pages = math.ceil(found / PAGE)
with bar[1].container(horizontal=True, horizontal_alignment="right"):
    number = address.page(pages)
first = (number - 1) * PAGE + 1
bar[0].write(
    f"**{found:,}** of {ledger.replies:,} replies"
    + (f", {first:,}–{min(found, first + PAGE - 1):,} shown" if pages > 1 else "")
)
rows = ledger.page(selected, number)
rows["said"] = [named(choice, list(options)) for choice, options in zip(rows["choice"], rows["options"], strict=True)]
rows["mark"] = rows["answer"].map({"right": "✓ right", "wrong": "✗ wrong", "unreadable": "? unreadable"})
rows["axes"] = [[AXIS_NAME[axis] for axis in axes] for axes in rows["fails"]]
rows["words"] = [cell(excerpt(think, selected.text)) for think in rows["think"]]
rows["question"] = [cell(question) for question in rows["question"]]
event = st.dataframe(
    rows[["id", "question", "said", "mark", "axes", "highest", "words", "modality", "question_type"]],
    hide_index=True,
    height=36 * (min(len(rows), 15) + 1) + 2,
    row_height=36,
    on_select="rerun",
    selection_mode=["single-row", "single-cell"],
    key="table",
    column_config={
        "id": st.column_config.TextColumn("Case", width=130),
        "question": st.column_config.TextColumn("Question", width="medium"),
        "said": st.column_config.TextColumn("Answered", width="small"),
        "mark": st.column_config.TextColumn("Answer is", width="small"),
        "axes": st.column_config.ListColumn("Fails on", width="medium"),
        "highest": st.column_config.ProgressColumn(
            "Highest",
            min_value=0.0,
            max_value=1.0,
            format="%.2f",
            width="small",
            help="Highest probability of failure on any axis.",
        ),
        "words": st.column_config.TextColumn("Reasoning", width="large"),
        "modality": st.column_config.TextColumn("Modality", width="small"),
        "question_type": st.column_config.TextColumn("Type", width="small"),
    },
)
st.caption("Click a row to open its case. The address of this page keeps every filter: copy it to share this view.")
picked = [*event["selection"]["rows"], *(cell[0] for cell in event["selection"].get("cells", []))]
if picked:
    row = rows.iloc[picked[0]]
    open_case(str(row["id"]), int(row["rollout"]), selected)
