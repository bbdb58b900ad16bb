"""What replies are compared by: one block of numbers from the probes, one from the words of the thinks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faithlens.clusters.failing import Reply
from faithlens.records import Axis, Finding, Verdict

Matrix = NDArray[np.float64]
"""(replies, columns)."""

PROBES_TO_WORDS = 2.0
"""Total variance of the probes' columns over that of the words': a cluster is a kind of failure first."""

TOPICS = 20
"""Columns that the words are brought down to, at most."""

WORD = r"(?u)[^\W\d_](?:[^\W\d_]|-(?=[^\W\d_]))+"
"""A word of two letters or more, of any script; "X-ray" is one."""


def blocks(
    replies: Sequence[Reply], findings: Sequence[Finding], verdicts: Sequence[Verdict], thinks: Sequence[str]
) -> Matrix:
    """Both blocks side by side, centred, their total variances as `PROBES_TO_WORDS`.

    So two thirds of the mean squared distance of two replies come from the probes and one third from the words.
    """
    found, said = _weighed(probed(replies, findings, verdicts)), _weighed(worded(thinks))
    return np.hstack([np.sqrt(PROBES_TO_WORDS) * found, said])


def _weighed(block: Matrix) -> Matrix:
    centred = block - block.mean(axis=0) if block.size else block
    spread = np.sqrt((centred**2).sum() / max(1, len(centred)))
    # what does not vary by more than rounding would be blown up to noise
    return centred / spread if spread > 1e-9 else centred[:, :0]


def probed(replies: Sequence[Reply], findings: Sequence[Finding], verdicts: Sequence[Verdict]) -> Matrix:
    """Scores and verdict probabilities, a column each, as they are: all are in [0, 1] and 1 is worst.

    The columns of one axis share one weight, so that an axis does not count by the number of its probes. Where nobody
    could tell, a reply stands at the column's mean, which draws it nowhere; a column that is unknown for half of the
    replies or more is left out.
    """
    columns: dict[tuple[Axis, str], dict[Reply, float]] = defaultdict(dict)
    for finding in findings:
        columns[finding.axis, finding.probe][finding.case_id, finding.rollout] = finding.score
    for verdict in verdicts:
        columns[verdict.axis, ""][verdict.case_id, verdict.rollout] = verdict.probability
    kept: dict[Axis, list[NDArray[np.float64]]] = defaultdict(list)
    for (axis, _), found in sorted(columns.items()):
        values = np.array([found.get(reply, np.nan) for reply in replies])
        known = ~np.isnan(values)
        if 2 * known.sum() > len(values):
            kept[axis].append(np.where(known, values, values[known].mean()))
    made = [np.stack(found, axis=1) / np.sqrt(len(found)) for found in kept.values()]
    return np.hstack(made) if made else np.zeros((len(replies), 0))


def worded(thinks: Sequence[str]) -> Matrix:
    """TF-IDF of the words and pairs of words that at least two thinks share, brought down to `TOPICS` columns."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=WORD)
    try:
        table = words.fit_transform(thinks)
    except ValueError:  # no word is shared
        return np.zeros((len(thinks), 0))
    if table.shape[1] <= TOPICS:
        return np.asarray(table.todense())
    return TruncatedSVD(TOPICS, random_state=0).fit_transform(table)
