"""From a matrix to groups: HDBSCAN on principal components, how well the groups come back, and what chance gives."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faithlens.clusters.features import Matrix

Labels = NDArray[np.int64]
"""Group of each row, numbered from the largest; -1 = in none."""

SMALLEST = 5
SHARES = (0.1, 0.05, 0.025)
"""A group has at least so many rows, and at least one of these shares of all: whichever comes back best."""

KEPT = 0.9
"""Share of the variance that the principal components keep."""

MOST = 1000
"""Rows among which groups are searched, since the search takes the square of their number."""

DRAWS = 20


@dataclass(frozen=True)
class Groups:
    """What was found, and how far it can be trusted."""

    labels: Labels
    places: Matrix
    """(replies, components) the space in which groups were searched."""
    stability: tuple[float, ...]
    """By group: mean over bootstraps of the best Jaccard overlap (Hennig 2007)."""
    agreement: float
    """Mean over bootstraps of the adjusted Rand index with the groups found there."""
    shuffled: float
    """Mean adjusted Rand index with the groups found where every feature is shuffled among the replies; near 0."""
    cloud: float
    """As `agreement`, in one Gaussian cloud of the same covariance, where there are no groups to be found."""


def grouped(matrix: Matrix, units: Sequence[Hashable], seed: int = 0) -> Groups:
    """Groups of the rows. `units` are what the bootstrap draws: rows of one patient go together.

    How large the smallest group is decides how fine the groups are. Of the `SHARES` that one is taken whose groups
    agree best with those of bootstraps (Ben-Hur et al. 2002; the coarser of equals); the agreement that is told is
    that with other bootstraps. Above `MOST` rows, groups are searched among a sample, and every other row goes with
    its nearest in the sample.
    """
    places = components(matrix)
    random = np.random.default_rng(seed)
    large = len(places) > MOST
    sample = np.sort(random.choice(len(places), MOST, replace=False)) if large else np.arange(len(places))
    searched, of_unit = matrix[sample], _numbered([units[i] for i in sample.tolist()])
    share = _steadiest(searched, of_unit, random)
    found = _found(components(searched), share)
    agreement, overlaps = _again(searched, found, share, of_unit, random)
    mixed = [random.permuted(searched, axis=0) for _ in range(DRAWS)]
    shuffled = float(np.mean([agree(found, _found(components(one), share)) for one in mixed]))
    cloud = random.normal(size=(len(sample), places.shape[1])) * places.std(axis=0)
    finest = _steadiest(cloud, of_unit, random)
    nothing, _ = _again(cloud, _found(components(cloud), finest), finest, of_unit, random)
    labels = found[_nearest(places, places[sample])] if large else found
    return Groups(labels, places, overlaps, agreement, shuffled, nothing)


def _steadiest(matrix: Matrix, of_unit: Labels, random: np.random.Generator) -> float:
    """The share whose groups agree best with those of bootstraps; the first of equals."""
    places = components(matrix)
    return max(SHARES, key=lambda share: _again(matrix, _found(places, share), share, of_unit, random)[0])


def _numbered(units: Sequence[Hashable]) -> Labels:
    order = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    return np.array([order[unit] for unit in units], dtype=np.int64)


def components(matrix: Matrix) -> Matrix:
    """Principal components that keep `KEPT` of the variance, the strongest first, their signs settled; at least two."""
    centred = matrix - matrix.mean(axis=0)
    left, singular, right = np.linalg.svd(centred, full_matrices=False)
    shares = np.cumsum(singular**2) / (np.sum(singular**2) or 1.0)
    count = min(len(singular), max(2, int(np.searchsorted(shares, KEPT) + 1)))
    # a component's sign is arbitrary: the largest loading is made positive
    peak = np.abs(right).argmax(axis=1)
    signs = np.where(right[np.arange(len(right)), peak] < 0, -1.0, 1.0)
    return (left * singular * signs)[:, :count]


def _found(places: Matrix, share: float, of: int | None = None) -> Labels:
    """HDBSCAN's groups, numbered from the largest; `of` is the number of rows that these were drawn from."""
    from sklearn.cluster import HDBSCAN

    whole = of or len(places)
    least = max(2, round(max(SMALLEST, share * whole) * len(places) / whole))
    if len(places) < 2 * least:
        return np.full(len(places), -1)
    model: Any = HDBSCAN  # its stub takes `copy` for a string
    raw = model(min_cluster_size=least, copy=True).fit_predict(places)
    order = sorted(set(raw.tolist()) - {-1}, key=lambda label: (-int((raw == label).sum()), label))
    return np.array([order.index(label) if label >= 0 else -1 for label in raw.tolist()], dtype=np.int64)


def _nearest(rows: Matrix, sample: Matrix) -> NDArray[np.int64]:
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=1).fit(sample).kneighbors(rows, return_distance=False)[:, 0]


def _again(
    matrix: Matrix, labels: Labels, share: float, of_unit: Labels, random: np.random.Generator
) -> tuple[float, tuple[float, ...]]:
    """Mean adjusted Rand index over bootstraps, and mean best Jaccard overlap by group.

    Units are drawn with replacement and counted once, since copies of a row would be a group of their own; the
    smallest group shrinks with the share of rows that were drawn.
    """
    count, groups = int(of_unit.max()) + 1, int(labels.max()) + 1
    rands, overlaps = [], []
    for _ in range(DRAWS):
        rows = np.flatnonzero(np.isin(of_unit, random.integers(count, size=count)))
        found, known = _found(components(matrix[rows]), share, len(labels)), labels[rows]
        rands.append(agree(known, found))
        overlaps.append([_overlap(known == group, found) for group in range(groups)])
    # a group of which a bootstrap drew nothing says nothing there
    return float(np.mean(rands)), tuple(_mean(column) for column in zip(*overlaps, strict=True))


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else float("nan")


def _overlap(group: NDArray[np.bool_], found: Labels) -> float | None:
    if not group.any():
        return None
    others = [found == label for label in range(int(found.max()) + 1)]
    return max((float((group & other).sum() / (group | other).sum()) for other in others), default=0.0)


def agree(first: Labels, second: Labels) -> float:
    """Adjusted Rand index of two groupings, rows in no group taken as one more group.

    0 where either has no group: that both leave everything alone is no agreement about groups.
    """
    from sklearn.metrics import adjusted_rand_score

    if first.max(initial=-1) < 0 or second.max(initial=-1) < 0:
        return 0.0
    return float(adjusted_rand_score(first, second))
