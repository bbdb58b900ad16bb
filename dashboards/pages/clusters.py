"""Clusters: replies that fail alike, a card for each group, and where they lie beside each other."""

from __future__ import annotations

import streamlit as st
from board import charts, runs
from board.filters import Filter
from board.ledger import Ledger
from board.show import clicked, label, open_case, open_cases, plain

from faithlens.clusters import Clustering, of_run
from faithlens.records import ClusterCard
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME


def drawn(ledger: Ledger, found: Clustering) -> None:
    st.subheader(f"{len(found.cards)} kinds of failure among {found.replies:,} {found.over}")
    event = st.altair_chart(charts.clusters(ledger.members()), on_select="rerun", key="map", alt="Map of clusters")
    st.caption(
        f"Replies that lie close fail and read alike; directions have no meaning. {found.unclustered:,} are in no "
        "cluster. Click a point to open its case; drag and scroll to look closer."
    )
    agreement = charts.number(found.bootstrap_ari)
    chance = f"{charts.number(found.shuffled_ari)} with shuffled features, {charts.number(found.cloud_ari)} in a cloud"
    st.caption(
        f"How far to trust them: clusters of bootstraps by patient agree with these at adjusted Rand {agreement} "
        f"(1 = the same groups); where there is nothing to find it is {chance} without clusters."
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
            plain(
                f"{found.stratum}: {found.inside:.0%} here, {found.outside:.0%} elsewhere (q = {found.q:.2g})", "quiet"
            )
        for exemplar in card.exemplars:
            case = ledger.dossier(exemplar)
            said = next((trace.think for trace in case.traces if trace.think), "") or ""
            plain(f"{case.case.question}\n{said[:220]}", "quote")
            if st.button(
                f"Open {label(exemplar)}",
                key=f"{card.cluster}-{exemplar}",
                type="tertiary",
                icon=":material/open_in_new:",
            ):
                open_case(exemplar, 0, Filter(cluster=card.cluster))
        if st.button(f"All {card.size:,} replies", key=f"all-{card.cluster}", icon=":material/table_rows:"):
            open_cases(Filter(cluster=card.cluster))


ledger = runs.ledger()
if "clusters" not in ledger.run.manifest:
    st.info(
        "This run was audited before runs kept clusters. `faithlens clusters RUN` searches them now.",
        icon=":material/scatter_plot:",
    )
    st.stop()
found = of_run(ledger.run)
if not found.cards:
    st.info("No kinds of failure stand apart in this run.", icon=":material/scatter_plot:")
    plain(found.reason)
    st.stop()
drawn(ledger, found)
for start in range(0, len(found.cards), 3):
    for cell, card in zip(st.columns(3), found.cards[start : start + 3], strict=False):
        with cell:
            carded(ledger, card)
