"""The clusters of a run: cards, members, and how far to trust them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from faithlens.clusters.failing import failing
from faithlens.clusters.features import blocks
from faithlens.clusters.grouping import grouped
from faithlens.clusters.telling import axis_of, enriched, exemplars, strata, terms
from faithlens.records import Case, ClusterCard, Finding, Member, Trace, Verdict
from faithlens.store import Run

FEWEST = 20
"""Failing replies below which no clusters are searched."""

ELSEWHERE = -2
"""Stands for replies that do not fail, wherever groups are compared with all others."""


@dataclass(frozen=True)
class Clustering:
    """Clusters of the failing replies of one run."""

    over: str
    """Which replies are called failing, and by whom."""
    replies: int
    """How many those are."""
    cards: tuple[ClusterCard, ...] = ()
    members: tuple[Member, ...] = ()
    bootstrap_ari: float = math.nan
    """Mean adjusted Rand index with the clusters of bootstraps by patient: 1 = they come back the same."""
    shuffled_ari: float = math.nan
    """Mean adjusted Rand index with the clusters found where every feature is shuffled among the replies; near 0."""
    cloud_ari: float = math.nan
    """As `bootstrap_ari`, in one Gaussian cloud of the same covariance: what the method gives where nothing is."""
    reason: str = ""
    """Why there are none; empty where there are."""

    @property
    def unclustered(self) -> int:
        return sum(member.cluster < 0 for member in self.members)

    @property
    def described(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "over": self.over,
            "replies": self.replies,
            "clusters": len(self.cards),
            "unclustered": self.unclustered,
            "bootstrap_ari": None if math.isnan(self.bootstrap_ari) else self.bootstrap_ari,
            "shuffled_ari": None if math.isnan(self.shuffled_ari) else self.shuffled_ari,
            "cloud_ari": None if math.isnan(self.cloud_ari) else self.cloud_ari,
            "reason": self.reason,
        }


def cluster(
    cases: Sequence[Case],
    traces: Sequence[Trace],
    findings: Sequence[Finding],
    verdicts: Sequence[Verdict],
    seed: int = 0,
) -> Clustering:
    """Group the failing replies by what the probes found and by what the thinks say; deterministic for a seed."""
    by_id = {case.id: case for case in cases}
    axes, over = failing(findings, verdicts)
    by_reply = {(trace.case_id, trace.rollout): trace for trace in traces}
    replies = [reply for reply in by_reply if reply in axes]
    if len(replies) < FEWEST:
        return Clustering(over, len(replies), reason=f"{len(replies)} failing replies; clusters need {FEWEST}")
    thinks = [by_reply[reply].think or "" for reply in replies]
    matrix = blocks(replies, findings, verdicts, thinks)
    if matrix.shape[1] < 2:
        return Clustering(over, len(replies), reason="the failing replies are all alike")
    units = [by_id[case_id].group or case_id for case_id, _ in replies]
    groups = grouped(matrix, units, seed)
    labels = dict(zip(replies, groups.labels.tolist(), strict=True))
    of_all = {reply: labels.get(reply, ELSEWHERE) for reply in by_reply}
    told = terms([trace.think or "" for trace in traces], list(of_all.values()))
    met = enriched(labels, {reply: strata(by_id[reply[0]], trace) for reply, trace in by_reply.items()})
    cards = tuple(
        ClusterCard(
            number,
            sum(label == number for label in labels.values()),
            axis_of(
                [axes[reply] for reply in replies if labels[reply] == number],
                [axes.get(reply, frozenset()) for reply in by_reply if labels.get(reply) != number],
            ),
            told[number],
            met[number],
            exemplars(groups.places, groups.labels, replies, number),
            stability,
        )
        for number, stability in enumerate(groups.stability)
    )
    places = groups.places[:, :2]
    members = tuple(
        Member(case_id, labels[case_id, rollout], float(x), float(y), rollout)
        for (case_id, rollout), (x, y) in zip(replies, places, strict=True)
    )
    reason = "" if cards else "no failing replies lie closer together than the others"
    return Clustering(over, len(replies), cards, members, groups.agreement, groups.shuffled, groups.cloud, reason)


def of_run(run: Run) -> Clustering:
    """The clusters that a run keeps; searched now where it was audited before they were kept."""
    kept = run.manifest.get("clusters")
    if kept is None:
        return cluster(run.rows(Case), run.rows(Trace), run.rows(Finding), run.rows(Verdict))
    return Clustering(
        kept["over"],
        kept["replies"],
        tuple(run.rows(ClusterCard)),
        tuple(run.rows(Member)),
        _number(kept["bootstrap_ari"]),
        _number(kept["shuffled_ari"]),
        _number(kept["cloud_ari"]),
        kept["reason"],
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value
