"""Cases: every reply of the run in a table that filters, sorts and pages; the URL says what is looked at."""

from __future__ import annotations

import math

import streamlit as st
from board import runs
from board.filters import ANSWERS, MISSING, SORT_NAME, Filter
from board.ledger import PAGE, Ledger
from board.show import open_case

from faithlens.probes.four_quadrants import QUADRANTS
from faithlens.records import AXES, LETTERS, PARSE_STATUSES
from faithlens.showing.words import AXIS_NAME, STATUS_MEANING


def chosen(ledger: Ledger) -> Filter:
    """What the controls say. Each is bound to the parameter of its name in the URL."""
    modalities = [*ledger.values("modality"), MISSING]
    types = [*ledger.values("question_type"), MISSING]
    top = st.columns([3, 2, 2, 2])
    text = top[0].text_input("Search in the replies", type="search", key="q", bind="query-params", placeholder="nodule")
    fails = top[1].multiselect(
        "Fails on", AXES, format_func=AXIS_NAME.__getitem__, key="fails", bind="query-params", placeholder="any axis"
    )
    modality = top[2].multiselect("Modality", modalities, key="modality", bind="query-params", placeholder="any")
    sort = top[3].selectbox(
        "Order", list(SORT_NAME), format_func=SORT_NAME.__getitem__, key="sort", bind="query-params"
    )
    with st.expander(
        "More filters",
        expanded=any(
            name in st.query_params for name in ("type", "answer", "status", "quadrant", "flagged", "cluster")
        ),
    ):
        low = st.columns(6)
        kinds = low[0].multiselect("Question type", types, key="type", bind="query-params", placeholder="any")
        answers = low[1].multiselect("Answer", ANSWERS, key="answer", bind="query-params", placeholder="any")
        statuses = low[2].multiselect(
            "Reply is",
            PARSE_STATUSES,
            format_func=STATUS_MEANING.__getitem__,
            key="status",
            bind="query-params",
            placeholder="any",
        )
        quadrant = low[3].selectbox(
            "Quadrant", ("", *QUADRANTS), key="quadrant", bind="query-params", format_func=lambda name: name or "any"
        )
        flagged = low[4].selectbox(
            "Flagged by",
            ("", *ledger.asked()),
            key="flagged",
            bind="query-params",
            format_func=lambda name: name or "any probe or none",
        )
        cluster = low[5].selectbox(
            "Cluster",
            ("", *map(str, ledger.clusters())),
            key="cluster",
            bind="query-params",
            format_func=lambda name: {"": "any", "-1": "in none"}.get(name, name),
            disabled=not ledger.clusters(),
        )
    return Filter(
        text,
        tuple(modality),
        tuple(kinds),
        tuple(fails),
        tuple(answers),
        tuple(statuses),
        quadrant,
        flagged,
        int(cluster) if cluster else None,
        sort,
    )


def excerpt(think: str, text: str) -> str:
    """The beginning of a think, or the words around what was searched for."""
    at = think.lower().find(text.lower()) if text else -1
    start = max(0, at - 60)
    return ("…" if start else "") + think[start : start + 200].replace("\n", " ")


def named(letter: str | None, options: list[str]) -> str:
    return (
        letter
        if letter is None or LETTERS.index(letter) >= len(options)
        else f"{letter} {options[LETTERS.index(letter)]}"
    )


ledger = runs.ledger()
selected = chosen(ledger)
found = ledger.count(selected)
if not found:
    st.info("No reply matches all of these filters.", icon=":material/filter_alt_off:")
    st.stop()
bar = st.columns([3, 2], vertical_alignment="center")
pages = math.ceil(found / PAGE)
with bar[1].container(horizontal=True, horizontal_alignment="right"):
    number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
first = (number - 1) * PAGE + 1
bar[0].write(
    f"**{found:,}** of {ledger.replies:,} replies"
    + (f", {first:,}–{min(found, first + PAGE - 1):,} shown" if pages > 1 else "")
)
rows = ledger.page(selected, number)
rows["said"] = [named(choice, list(options)) for choice, options in zip(rows["choice"], rows["options"], strict=True)]
rows["mark"] = rows["answer"].map({"right": "✓ right", "wrong": "✗ wrong", "unreadable": "? unreadable"})
rows["axes"] = [[AXIS_NAME[axis] for axis in axes] for axes in rows["fails"]]
rows["words"] = [excerpt(think, selected.text) for think in rows["think"]]
event = st.dataframe(
    rows[["id", "question", "said", "mark", "axes", "highest", "words", "modality", "question_type"]],
    hide_index=True,
    height=36 * (min(len(rows), 15) + 1) + 2,
    row_height=36,
    on_select="rerun",
    selection_mode=["single-row", "single-cell"],
    key="table",
    column_config={
        "id": st.column_config.TextColumn("Case", width="small"),
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
