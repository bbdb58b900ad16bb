"""Calibration: what each probe can and cannot see on this checkpoint, and what a threshold would cost."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st
from board import address, charts, runs
from board.ledger import Ledger
from board.show import plain

from faithlens.calibration import THRESHOLDS, Calibration, ProbeMeasured, load
from faithlens.errors import FaithlensError
from faithlens.records import AXES
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME, question
from faithlens.stats import wilson
from faithlens.store import CALIBRATION


def kept(ledger: Ledger) -> Calibration | None:
    file = ledger.run.path / CALIBRATION
    if not file.exists():
        st.info(
            "This run has no calibration, so it gives no verdicts. `faithlens calibrate` measures what each probe can "
            "see on a checkpoint; an audit that follows finds it.",
            icon=":material/straighten:",
        )
        return None
    try:
        return load(file)
    except FaithlensError as error:
        st.error("The calibration of this run cannot be read.", icon=":material/error:")
        plain(str(error))
        return None


def seen(calibration: Calibration) -> None:
    """AUROC by probe, and what verdicts rest on."""
    st.subheader("What each probe can see")
    st.write(
        f"The checkpoint was wrapped in behaviours whose failures are known exactly, over {calibration.cases} cases "
        "that the audit did not use. A probe that cannot tell planted failures from sound replies there gives no "
        "verdict here."
    )
    ranked = sorted(calibration.probes, key=lambda measured: (AXES.index(measured.axis), measured.probe))
    rows = [
        {
            "probe": measured.probe,
            "axis": AXIS_NAME[measured.axis],
            "auroc": measured.auroc.value,
            "low": measured.auroc.low,
            "high": measured.auroc.high,
            "sees": "cannot see" if measured.blindness else "can see",
            "why": measured.blindness,
        }
        for measured in ranked
        if not math.isnan(measured.auroc.value)
    ]
    chart, table = st.columns([1, 1], gap="large")
    with chart:
        if rows:
            st.altair_chart(charts.seen(rows), key="seen", alt="AUROC of each probe")
    with table:
        st.dataframe(
            pd.DataFrame(
                {
                    "Axis": AXIS_NAME[axis.axis],
                    "Verdict rests on": ", ".join(axis.probes) or "nothing: cannot tell",
                    "AUROC": axis.auroc.value,
                    "TPR": axis.tpr,
                    "ECE": axis.ece,
                }
                for axis in calibration.axes
            ),
            hide_index=True,
            column_config={
                "Axis": st.column_config.TextColumn(width=130),
                "Verdict rests on": st.column_config.TextColumn(width="medium"),
                "AUROC": st.column_config.NumberColumn(format="%.2f", help="0.5 = chance, 1 = told apart always."),
                "TPR": st.column_config.NumberColumn(
                    format="%.2f", help="Failing replies that are found where at most 5 % of sound ones are flagged."
                ),
                "ECE": st.column_config.NumberColumn(
                    format="%.2f", help="How far stated probabilities are from what happens, cross-validated."
                ),
            },
        )
        blind = [measured.blindness for measured in ranked if measured.blindness]
        if blind:
            with st.expander(f"{len(blind)} probes cannot be trusted here, and why"):
                plain("\n".join(blind), "quiet")


def picked(ledger: Ledger, calibration: Calibration) -> None:
    """One probe at a threshold of the reader's choice."""
    st.subheader("Pick a threshold")
    names = [measured.probe for measured in calibration.probes if measured.curve]
    if not names:
        st.info("This calibration was kept without its curves; `faithlens calibrate` again keeps them.")
        return
    choice, cut = st.columns(2, gap="large")
    with choice:
        name = address.one("Probe", "probe", names)
    measured = calibration.probe(name)
    assert measured is not None
    own = min(THRESHOLDS, key=lambda at: abs(at - measured.threshold))
    threshold = cut.slider("Flag a score above", 0.0, 1.0, own, 0.02, key=f"above-{name}")
    st.caption(f"{question(name)} {AXIS_NAME[measured.axis]}: {AXIS_MEANING[measured.axis]}")
    fpr, tpr = measured.curve[round(threshold * (len(THRESHOLDS) - 1))]
    told(ledger, measured, threshold, fpr, tpr)
    left, right = st.columns(2, gap="large")
    with left:
        st.altair_chart(charts.roc(measured.curve, (fpr, tpr)), key="roc", alt="ROC curve")
    with right:
        counts = ledger.histogram(name)
        if len(counts):
            st.altair_chart(charts.histogram(counts, threshold), key="histogram", alt="Scores in this run")
        else:
            st.info("This run did not ask this probe, or it could not score any reply.")


def told(ledger: Ledger, measured: ProbeMeasured, threshold: float, fpr: float, tpr: float) -> None:
    above, scored = ledger.above(measured.probe, threshold)
    cells = st.columns(3)
    for cell, name, share, of in (
        (cells[0], "Failing replies found (TPR)", tpr, measured.auroc.positives),
        (cells[1], "Sound replies flagged (FPR)", fpr, measured.auroc.negatives),
        (cells[2], "Flagged in this run", above / scored if scored else math.nan, scored),
    ):
        if of and not math.isnan(share):
            low, high = wilson(round(share * of), of)
            interval = f"{low:.0%}–{high:.0%}, n = {of:,}"
            cell.metric(name, f"{share:.0%}", interval, delta_color="off", delta_arrow="off", border=True)
        else:
            cell.metric(name, "none scored", border=True)


ledger = runs.ledger()
calibration = kept(ledger)
if calibration is not None:
    seen(calibration)
    picked(ledger, calibration)
