"""Overview: how often the checkpoint fails, on which axis, among which replies, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st
from board import address, charts, runs
from board.filters import MISSING, Filter
from board.ledger import Ledger
from board.show import clicked, open_cases, plain

from faithlens.probes import discover
from faithlens.records import AXES, Axis
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME, QUADRANT_MEANING, question
from faithlens.stats import Rate, rate_of

SPLITS = {
    "all": "all replies",
    "modality": "by modality",
    "question_type": "by question type",
    "answer": "by right and wrong",
}
"""Column of the table of replies -> words of the control."""


def about(ledger: Ledger) -> None:
    """What was audited, and the four numbers that a reader wants first."""
    manifest = ledger.run.manifest
    calibration = manifest.get("calibration", {})
    rests = f"calibrated on {calibration['cases']} cases" if calibration.get("cases") else "not calibrated: no verdicts"
    subject = "/".join(Path(manifest["subject"].get("id") or "replies collected elsewhere").parts[-2:])
    plain(f"{runs.name()}  ·  {subject}  ·  prompt {manifest['plan']['prompt']}  ·  {rests}", "quiet")
    right, failed = ledger.right().get("", rate_of({})), ledger.failed()
    cells = st.columns(4)
    cells[0].metric("Replies", f"{ledger.replies:,}", border=True, help="One row everywhere here is one reply.")
    for cell, name, found, meaning in (
        (cells[1], "Right answers", right, "Over cases with a known answer; an unreadable answer counts as wrong."),
        (cells[2], "Fail on some axis", failed, "Replies flagged on at least one axis, among those with any verdict."),
    ):
        interval = f"{found.low:.0%}–{found.high:.0%}, n = {found.of:,}" if found.of else None
        value = f"{found.value:.0%}" if found.of else "cannot tell"
        cell.metric(
            name, value, interval, delta_color="off", delta_arrow="off", border=True, help=f"{meaning} 95 % interval."
        )
    cells[3].metric(
        "Left out",
        f"{manifest['counts']['left_out']:,}",
        border=True,
        help="Rows and cases that could not be audited; bad_rows.parquet in the run's folder says why.",
    )


def failing(ledger: Ledger) -> None:
    """Rates by axis; a click opens the replies behind a bar."""
    st.subheader("How often the reasoning fails")
    column = address.one("Split", "split", list(SPLITS), SPLITS, buttons=True, label_visibility="collapsed")
    found: dict[Axis, dict[str, Rate]] = {
        axis: strata for axis in AXES if (strata := ledger.failing(axis, None if column == "all" else column))
    }
    if not found:
        st.info(
            "There is no verdict on any reply: this run has no calibration. The probes' own cut-offs are further down; "
            "`faithlens calibrate` measures what they are worth on this checkpoint.",
            icon=":material/straighten:",
        )
        return
    chart, words = st.columns([3, 2], gap="large")
    with chart:
        event = st.altair_chart(
            charts.rates(found, "all"), on_select="rerun", key=f"rates-{column}", alt="Failure rates by axis"
        )
        st.caption("Bars: share of replies that fail, with 95 % intervals. Click one to open its replies.")
        hit = clicked(event, charts.CLICKED)
    with words, st.container(border=True):
        st.markdown("**What does this mean?**")
        for axis in found:
            st.caption(f"**{AXIS_NAME[axis]}.** {AXIS_MEANING[axis]}" + untold(ledger, axis))
    if hit:
        chosen, stratum = Filter(fails=(hit["axis"],), sort=hit["axis"]), hit["stratum"] or MISSING
        if column == "modality":
            chosen = replace(chosen, modality=(stratum,))
        elif column == "question_type":
            chosen = replace(chosen, question_type=(stratum,))
        elif column == "answer":
            chosen = replace(chosen, answer=(stratum,))
        open_cases(chosen)


def untold(ledger: Ledger, axis: Axis) -> str:
    count = ledger.untold(axis)
    return f" Of {count:,} replies nobody can tell." if count else ""


def quadrants(ledger: Ledger) -> None:
    st.subheader("Does the answer use the image, and is it steady?")
    counted = ledger.quadrants()
    if not counted:
        st.info("The probe `four_quadrants` was not asked in this run, or could not score any reply.")
        return
    event = st.altair_chart(charts.quadrants(ledger.places()), on_select="rerun", key="quadrants", alt="Quadrants")
    total = sum(counted.values())
    for name, cell in zip(QUADRANT_MEANING, st.columns(4), strict=True):
        cell.metric(
            name,
            f"{counted.get(name, 0) / total:.0%}",
            help=f"{QUADRANT_MEANING[name]}; {counted.get(name, 0):,} of {total:,}.",
        )
    st.caption("After Sadanandan and Behzadan 2026. Click a point to open the replies of its quadrant.")
    hit = clicked(event, charts.CLICKED)
    if hit:
        open_cases(Filter(quadrant=hit["quadrant"]))


def flags(ledger: Ledger) -> None:
    """What published cut-offs flag, which follow no checkpoint."""
    st.subheader("What published cut-offs flag")
    found = ledger.probes()
    known = discover()
    found["asks"] = [question(probe) for probe in found["probe"]]
    found["axis"] = [AXIS_NAME[known[probe].axis] if probe in known else "" for probe in found["probe"]]
    found["share"] = (found["flagged"] / found["judged"]).where(found["judged"] > 0) * 100
    event = st.dataframe(
        found[["probe", "axis", "share", "scored", "silent", "asks"]],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="flags",
        column_config={
            "probe": st.column_config.TextColumn("Probe", width=150),
            "axis": st.column_config.TextColumn("Axis", width=120),
            "share": st.column_config.ProgressColumn("Flagged", format="%.0f %%", min_value=0, max_value=100),
            "scored": st.column_config.NumberColumn("Scored", help="Replies that the probe could score."),
            "silent": st.column_config.NumberColumn(
                "Silent", help="Replies that it could not score, each with a reason."
            ),
            "asks": st.column_config.TextColumn("Asks", width="large"),
        },
    )
    st.caption(
        "A cut-off from a paper says nothing about this checkpoint; verdicts do. Select a row to open its replies."
    )
    rows = event["selection"]["rows"]
    if rows:
        open_cases(Filter(flagged=str(found["probe"].iloc[rows[0]])))


ledger = runs.ledger()
about(ledger)
failing(ledger)
left, right = st.columns(2, gap="large")
with left:
    quadrants(ledger)
with right:
    flags(ledger)
