"""Clusters: planted kinds of failure come back, chance does not, and every state has its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from faithlens.clusters import Clustering, cluster
from faithlens.clusters.features import blocks, probed
from faithlens.clusters.grouping import agree, grouped
from faithlens.clusters.telling import axis_of, enriched, terms
from faithlens.records import AXES, Axis, Case, Finding, Trace, Verdict

KINDS: tuple[tuple[Axis, str, str], ...] = (
    ("post_hoc", "CT", "The liver shows a round cyst near its edge"),
    ("empty", "X-ray", "Looking closely we compare everything with care"),
    ("contradictory", "MR", "A bright ring in the brain speaks for metastasis"),
)
"""Failure, modality and think of each planted kind."""

CHATTER = [
    "dense",
    "pale",
    "small",
    "large",
    "upper",
    "lower",
    "inner",
    "outer",
    "deep",
    "near",
    "thin",
    "thick",
    "plain",
    "clear",
]


def planted(each: int, sound: int = 20) -> tuple[list[Case], list[Trace], list[Finding], list[Verdict]]:
    """So many failing replies of every kind, and sound ones that say what each kind says."""
    random = np.random.default_rng(0)
    cases, traces, findings, verdicts = [], [], [], []
    for i in range(3 * each + sound):
        fails, modality, words = KINDS[i % 3]
        name, failing = f"case-{i:03d}", i < 3 * each
        cases.append(Case(name, "What?", ("yes", "no"), "A", modality=modality, group=f"patient-{i // 2}"))
        think = " ".join([words, *random.choice(CHATTER, 4)])
        traces.append(Trace(name, f"{think}|B", "ok", "B" if failing else "A", (0, len(think))))
        for axis in ("post_hoc", "empty", "contradictory"):
            score = float(np.clip(random.normal(0.9 if failing and axis == fails else 0.1, 0.05), 0, 1))
            findings.append(Finding(name, f"probe_of_{axis}", axis, score, flagged=score > 0.5))
            verdicts.append(Verdict(name, axis, score, flagged=score > 0.5))
    return cases, traces, findings, verdicts


@pytest.fixture(scope="module")
def found() -> Clustering:
    return cluster(*planted(20))


def test_planted_kinds_come_back(found: Clustering):
    assert found.replies == len(found.members) == 60 and found.over == "replies that a verdict calls failing"
    truth = [int(member.case_id[-3:]) % 3 for member in found.members]
    pairs = {(kind, member.cluster) for kind, member in zip(truth, found.members, strict=True)}
    assert len(pairs) == 3 and found.unclustered == 0
    assert {card.axis for card in found.cards} == {axis for axis, _, _ in KINDS}
    assert found.bootstrap_ari > 0.9 and abs(found.shuffled_ari) < 0.1 and found.cloud_ari < 0.5


def test_a_card_tells_what_its_replies_share(found: Clustering):
    card = next(card for card in found.cards if card.axis == "empty")
    assert card.size == 20 and card.stability > 0.9
    assert any("compare" in term or "care" in term for term in card.terms)
    assert not any(word in term for term in card.terms for word in ("liver", "brain"))
    strata = {found.stratum: found for found in card.enriched}
    assert strata["modality: X-ray"].inside == 1 and strata["modality: X-ray"].q < 0.001
    assert len(card.exemplars) == 3 and {int(case[-3:]) % 3 for case in card.exemplars} == {1}


def test_the_same_run_gives_the_same_clusters(found: Clustering):
    assert cluster(*planted(20)) == found


def test_few_failing_replies_have_no_clusters():
    none = cluster(*planted(4))
    assert (none.replies, none.reason) == (12, "12 failing replies; clusters need 20")
    assert not none.cards and not none.members and none.described["bootstrap_ari"] is None


def test_without_calibration_the_published_cut_offs_say_what_fails():
    cases, traces, findings, verdicts = planted(20)
    silent = [replace(verdict, probability=math.nan, flagged=None) for verdict in verdicts]
    found = cluster(cases, traces, findings, silent)
    assert "published cut-off" in found.over and found.replies == 60 and len(found.cards) == 3


def test_replies_without_thinks_are_grouped_by_their_findings():
    cases, traces, findings, verdicts = planted(20)
    bare = [replace(trace, think_span=None) for trace in traces]
    found = cluster(cases, bare, findings, verdicts)
    assert len(found.cards) == 3 and all(card.terms == () for card in found.cards)


def test_replies_that_are_all_alike_are_not_split():
    cases, traces, findings, _ = planted(20)
    alike = [replace(trace, think_span=None) for trace in traces]
    same = [replace(finding, score=1.0, flagged=True) for finding in findings]
    found = cluster(cases, alike, same, [])
    assert found.reason == "the failing replies are all alike" and not found.cards


def test_who_cannot_tell_draws_nowhere():
    """Of 0, 1 and NaN the last stands at 1/2; a column known for one reply of three is left out."""
    replies = [("a", 0), ("b", 0), ("c", 0)]
    scores: Sequence[float] = (0.0, 1.0, math.nan)
    known = [Finding(case, "p", "post_hoc", score) for (case, _), score in zip(replies, scores, strict=True)]
    rare = [Finding("a", "q", "empty", 1.0)]
    assert probed(replies, known + rare, []).tolist() == [[0.0], [1.0], [0.5]]


def test_probes_of_one_axis_share_its_weight():
    """Two probes that say the same of an axis move two replies as far apart as one: 1 = sqrt(2 * (1/sqrt 2)^2)."""
    replies = [("a", 0), ("b", 0)]
    findings = [Finding(case, name, "post_hoc", float(case == "b")) for case, _ in replies for name in ("p", "q")]
    first, second = probed(replies, findings, [])
    assert np.linalg.norm(first - second) == pytest.approx(1.0)


def test_probes_weigh_twice_what_words_weigh():
    cases, traces, findings, verdicts = planted(20, sound=0)
    replies = [(case.id, 0) for case in cases]
    both = blocks(replies, findings, verdicts, [trace.think or "" for trace in traces])
    columns = probed(replies, findings, verdicts).shape[1]
    assert both[:, :columns].var(axis=0).sum() == pytest.approx(2)
    assert both[:, columns:].var(axis=0).sum() == pytest.approx(1)


def test_a_cloud_has_no_groups_that_come_back():
    cloud = np.random.default_rng(1).normal(size=(200, 6))
    groups = grouped(cloud, range(200))
    assert groups.agreement < 0.3 and abs(groups.shuffled) < 0.1


def test_many_replies_go_with_their_nearest_in_a_sample():
    random = np.random.default_rng(0)
    truth = np.arange(1500) % 3
    matrix = np.eye(3)[truth] * 10 + random.normal(size=(1500, 3))
    groups = grouped(matrix, range(1500))
    assert agree(groups.labels, truth) > 0.95 and len(groups.places) == 1500


def test_finding_no_groups_is_no_agreement():
    nothing, halves = np.full(4, -1), np.array([0, 0, 1, 1])
    assert agree(nothing, nothing) == 0 == agree(nothing, halves)
    assert agree(halves, np.array([1, 1, 0, 0])) == 1


def test_an_axis_sets_apart_what_fails_on_it_more_than_others_do():
    both, one = frozenset[Axis]({"post_hoc", "unstable"}), frozenset[Axis]({"unstable"})
    assert axis_of([both] * 3, [one] * 3) == "post_hoc"
    assert axis_of([both, one], [frozenset()]) == "unstable"
    assert axis_of([frozenset({axis}) for axis in AXES[:3]], []) is None


def test_terms_by_hand():
    """Groups "ring ring lung" and "lung cyst"; pairs "ring ring", "ring lung", "lung cyst" count as terms too.

    Group 0 has 5 terms (ring 2, lung 1, ring ring 1, ring lung 1), group 1 has 3, so A = 4. Weights in group 0:
    ring 2/5 log(1 + 4/2) = .44; "ring ring" and "ring lung" 1/5 log(1 + 4/1) = .32; lung 1/5 log(1 + 4/2) = .22.
    "lung cyst" and "cyst" lead in group 1 with 1/3 log 5 = .54; of those the one that comes first in the alphabet.
    """
    assert terms(["ring ring lung", "lung cyst"], [0, 1]) == {0: ("ring", "lung"), 1: ("cyst", "lung")}


def test_enrichment_by_hand():
    """8 of 8 inside and 0 of 8 outside: p = 2 / C(16, 8) = 2 / 12870; odds ratio 8.5 * 8.5 / (.5 * .5) = 289."""
    groups = {(f"{i}", 0): 0 for i in range(8)}
    strata = {(f"{i}", 0): [("modality", "CT" if i < 8 else "MR")] for i in range(16)}
    (line,) = enriched(groups, strata)[0]
    assert (line.stratum, line.inside, line.outside) == ("modality: CT", 1.0, 0.0)
    assert line.odds_ratio == pytest.approx(289) and line.q == pytest.approx(2 / 12870)
