"""Compare: two runs side by side, paired by case: what differs, what is equivalent, and which replies flipped."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from board import address, charts, runs
from board.ledger import Ledger
from board.show import open_case, plain

from faithlens.comparison import MARGIN, Comparison, compare
from faithlens.errors import FaithlensError
from faithlens.records import AXES
from faithlens.showing.words import AXIS_NAME

ANSWER = "answer"
MOST = 500
"""Flipped replies that are listed."""


@st.cache_data(show_spinner=False, max_entries=8)
def paired(first: str, second: str, _ours: Ledger, _theirs: Ledger) -> Comparison:
    return compare(_ours.run, _theirs.run)


def worded(what: str) -> str:
    """A line of the comparison in plain words."""
    kind, _, axis = what.partition(" ")
    return f"Fails: {AXIS_NAME[axis]}" if kind == "fails" and axis in AXES else what.capitalize()


def lines(found: Comparison) -> None:
    st.write(f"**{found.pairs:,}** replies are in both runs, {found.alone:,} in one only.")
    for title, primary in (("Right answers and verdicts", True), ("Every probe: scores and flags", False)):
        rows = [line for line in found.lines if line.primary == primary]
        if not rows:
            continue
        box = st.container() if primary else st.expander(title)
        with box:
            if primary:
                st.subheader(title)
                st.altair_chart(
                    charts.changes([(worded(r.what), r.first, r.second, r.says) for r in rows]),
                    key="changes",
                    alt="Changes",
                )
            st.dataframe(
                pd.DataFrame(
                    {
                        "What": worded(line.what),
                        "Pairs": line.pairs,
                        "First": line.first,
                        "Second": line.second,
                        "Change": line.second - line.first,
                        "p": line.p_adjusted,
                        "Says": line.says,
                    }
                    for line in rows
                ),
                hide_index=True,
                column_config={
                    name: st.column_config.NumberColumn(format="%.3f") for name in ("First", "Second", "Change", "p")
                },
            )
    st.caption(
        "p: exact McNemar, or sign flips by patient where patients repeat; Holm over verdicts, Benjamini-Hochberg over "
        f"probes. “Equivalent” means inside ±{MARGIN:.0%} (two one-sided tests); “undecided” that neither can be said."
    )


def flipped(ours: Ledger, theirs: Ledger, names: tuple[str, str]) -> None:
    st.subheader("Which replies flipped")
    axis = address.one("On", "on", [*AXES, ANSWER], {**AXIS_NAME, ANSWER: "the answer itself"}, width=320)
    column = ANSWER if axis == ANSWER else f"fails_{axis}"
    both = ours.column(column).merge(theirs.column(column), on=["id", "rollout"], suffixes=("_first", "_second"))
    changed = both[both["value_first"] != both["value_second"]].dropna(subset=["value_first", "value_second"])
    if changed.empty:
        st.info("No reply flipped on this.")
        return
    st.write(
        f"**{len(changed):,}** of {len(both):,} replies flipped"
        + (f"; the first {MOST} are listed." if len(changed) > MOST else ".")
    )
    listed = changed.head(MOST)
    words = {True: "fails", False: "does not"}
    shown = pd.DataFrame(
        {
            "Case": listed["id"],
            "Question": listed["question_first"],
            names[0]: [words.get(value, value) for value in listed["value_first"]],
            names[1]: [words.get(value, value) for value in listed["value_second"]],
        }
    )
    event = st.dataframe(
        shown, hide_index=True, on_select="rerun", selection_mode=["single-row", "single-cell"], key="flips"
    )
    selection = event["selection"]
    picked = [*selection["rows"], *(cell[0] for cell in selection.get("cells", []))]
    if picked:
        row = listed.iloc[picked[0]]
        open_case(str(row["id"]), int(row["rollout"]))


names = list(runs.given())
if len(names) < 2:
    st.info(
        "Compare needs two runs over the same cases: start the dashboard as `faithlens dashboard RUN RUN`.",
        icon=":material/compare_arrows:",
    )
    st.stop()
first = runs.name()
others = [name for name in names if name != first]
second = address.one("against", "against", others, width=360)
ours, theirs = runs.ledger(), runs.opened_or_told(runs.given()[second])
if theirs is not None:
    try:
        with st.spinner("Pairing the two runs …"):
            found = paired(*(str(runs.given()[name].resolve()) for name in (first, second)), ours, theirs)
    except FaithlensError as error:
        st.error("These two runs cannot be compared.", icon=":material/error:")
        plain(str(error))
        st.stop()
    lines(found)
    flipped(ours, theirs, (first, second))
