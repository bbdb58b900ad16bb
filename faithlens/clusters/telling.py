"""What sets a group apart: its failure, its words, and the strata that are met in it oftener than elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from faithlens.clusters.failing import Reply
from faithlens.clusters.features import WORD, Matrix
from faithlens.clusters.grouping import MOST, Labels
from faithlens.records import AXES, Axis, Case, Enrichment, Trace
from faithlens.stats import benjamini_hochberg

TERMS = 8
ALPHA = 0.05
EXEMPLARS = 3


def axis_of(inside: Sequence[frozenset[Axis]], outside: Sequence[frozenset[Axis]]) -> Axis | None:
    """The failure of more than half inside whose share exceeds that outside by most, the first in `AXES` of equals.

    None where no failure is of more than half.
    """

    def share(axis: Axis, replies: Sequence[frozenset[Axis]]) -> float:
        return sum(axis in axes for axes in replies) / len(replies) if replies else 0.0

    common: list[Axis] = [axis for axis in AXES if share(axis, inside) > 0.5]
    if not common:
        return None
    return max(common, key=lambda axis: share(axis, inside) - share(axis, outside))


def terms(thinks: Sequence[str], groups: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Telling words and pairs of words by group, by class-based TF-IDF (Grootendorst 2022): tf · log(1 + A / f).

    tf is a term's share of the group's terms, f its count over all groups, A the mean number of terms a group. A term
    has at least one word that is no stop word; one inside a longer term that tells as much is left out.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    names = sorted(set(groups))
    joined = [" \n ".join(t for t, group in zip(thinks, groups, strict=True) if group == name) for name in names]
    counter: Any = CountVectorizer(ngram_range=(1, 2), token_pattern=WORD)
    try:
        counts = np.asarray(counter.fit_transform(joined).todense(), dtype=float)
    except ValueError:  # no words at all
        return dict.fromkeys(names, ())
    words = counter.get_feature_names_out()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    weights = shares * np.log(1 + counts.sum() / len(names) / counts.sum(axis=0))
    weights[:, [set(word.split()) <= ENGLISH_STOP_WORDS for word in words]] = 0.0
    found = {}
    for name, row in zip(names, weights, strict=True):
        best = [str(words[i]) for i in np.argsort(-row, kind="stable")[: 4 * TERMS] if row[i] > 0]
        found[name] = _distinct(best)
    return found


def _distinct(best: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for term in best:
        if not any(set(term.split()) & set(other.split()) for other in kept):
            kept.append(term)
    return tuple(kept[:TERMS])


def strata(case: Case, trace: Trace) -> list[tuple[str, str]]:
    """What a reply belongs to: kind of stratum and its value; unknown ones are left out."""
    named = {"modality": case.modality, "question type": case.question_type, "anatomy": case.anatomy}
    if case.key is not None:
        named["answer"] = "right" if trace.choice == case.key else "wrong"
    return [(kind, value) for kind, value in named.items() if value is not None]


def enriched(
    groups: Mapping[Reply, int], all_strata: Mapping[Reply, Sequence[tuple[str, str]]]
) -> dict[int, tuple[Enrichment, ...]]:
    """Strata that are met oftener in a group than among all other replies of the run, the surest first.

    Fisher's exact test, two-sided, over replies whose stratum of that kind is known; replies of one patient are taken
    as independent, which they are not, so q is a guide and no proof.
    """
    from scipy.stats import fisher_exact

    names = sorted(set(groups.values()) - {-1})
    totals = Counter(stratum for found in all_strata.values() for stratum in found)
    kinds = Counter(kind for found in all_strata.values() for kind, _ in found)
    rows = []
    for name in names:
        inside = [all_strata[reply] for reply, group in groups.items() if group == name]
        here = Counter(stratum for found in inside for stratum in found)
        of_here = Counter(kind for found in inside for kind, _ in found)
        for stratum, count in here.items():
            kind = stratum[0]
            a, b = count, of_here[kind] - count
            c, d = totals[stratum] - a, kinds[kind] - of_here[kind] - (totals[stratum] - a)
            if c + d:
                test: Any = fisher_exact([[a, b], [c, d]])
                rows.append((name, stratum, (a, b, c, d), float(test.pvalue)))
    found: dict[int, list[Enrichment]] = {name: [] for name in names}
    for (name, (kind, value), (a, b, c, d), _), q in zip(rows, benjamini_hochberg([p for *_, p in rows]), strict=True):
        ratio = (a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))
        if q <= ALPHA and ratio > 1:
            found[name].append(Enrichment(f"{kind}: {value}", ratio, q, a / (a + b), c / (c + d)))
    return {name: tuple(sorted(part, key=lambda e: (e.q, -e.odds_ratio, e.stratum))) for name, part in found.items()}


def exemplars(places: Matrix, labels: Labels, replies: Sequence[Reply], group: int) -> tuple[str, ...]:
    """Case ids nearest the medoid, the medoid first: the reply whose distances to the others of its group are least."""
    from sklearn.metrics import pairwise_distances

    rows = np.flatnonzero(labels == group)[:MOST]
    distances = pairwise_distances(places[rows])
    medoid = int(distances.sum(axis=1).argmin())
    order = np.argsort(distances[medoid], kind="stable")
    return tuple(dict.fromkeys(replies[int(rows[i])][0] for i in order.tolist()))[:EXEMPLARS]
