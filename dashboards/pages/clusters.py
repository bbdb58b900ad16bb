"""Clusters: replies that fail alike, a card for each group, and where they lie beside each other."""

from __future__ import annotations

import streamlit as st
from board import charts, runs
from board.filters import Filter
from board.ledger import Ledger
from board.show import clicked, open_case, open_cases, plain

from faithlens.records import ClusterCard
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME


def drawn(ledger: Ledger, cards: list[ClusterCard]) -> None:
    members = ledger.members()
    alone = ledger.count(Filter(cluster=-1))
    st.subheader(f"{len(cards)} clusters among {ledger.replies:,} replies")
    event = st.altair_chart(charts.clusters(members), on_select="rerun", key="map", alt="Map of clusters")
    st.caption(
        f"Replies that lie close read and fail alike; directions have no meaning of their own. {alone:,} belong to no "
        "cluster. Click a point to open its case; drag and scroll to look closer."
    )
    hit = clicked(event, charts.CLICKED)
    if hit:
        open_case(str(hit["id"]), int(hit["rollout"]), Filter())


def carded(ledger: Ledger, card: ClusterCard) -> None:
    with st.container(border=True):
        name = AXIS_NAME[card.axis] if card.axis else "No single failure"
        st.markdown(f"**Cluster {card.cluster}: {name}**", help=AXIS_MEANING[card.axis] if card.axis else None)
        st.caption(f"{card.size:,} replies · stability {card.stability:.2f} (1 = found again in every bootstrap)")
        plain("They write: " + ", ".join(card.terms), "")
        for found in card.enriched:
            plain(f"{found.stratum}: odds {found.odds_ratio:.1f} times those outside (q = {found.q:.2g})", "quiet")
        for exemplar in card.exemplars:
            case = ledger.dossier(exemplar)
            said = next((trace.think for trace in case.traces if trace.think), "") or ""
            plain(f"{case.case.question}\n{said[:220]}", "quote")
            if st.button(
                f"Open {exemplar}".replace("_", r"\_"),
                key=f"{card.cluster}-{exemplar}",
                type="tertiary",
                icon=":material/open_in_new:",
            ):
                open_case(exemplar, 0, Filter(cluster=card.cluster))
        if st.button(f"All {card.size:,} replies", key=f"all-{card.cluster}", icon=":material/table_rows:"):
            open_cases(Filter(cluster=card.cluster))


ledger = runs.ledger()
cards = sorted(ledger.run.rows(ClusterCard), key=lambda card: -card.size)
if not cards:
    st.info(
        "This run keeps no clusters. `faithlens clusters RUN` groups the replies that fail alike and keeps the groups."
        if not ledger.clusters()
        else "No two groups of replies stand apart: all of them are unclustered.",
        icon=":material/scatter_plot:",
    )
else:
    drawn(ledger, cards)
    for start in range(0, len(cards), 3):
        for cell, card in zip(st.columns(3), cards[start : start + 3], strict=False):
            with cell:
                carded(ledger, card)
