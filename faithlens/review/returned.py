"""Ratings as they come back, from whatever tool: what can be used, and everything that cannot, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.form import Form
from faithlens.review.format import read_ratings
from faithlens.review.rating import Rating, check
from faithlens.review.ratings_db import Adjudicated, Reviews
from faithlens.review.reviewset import ReviewSet


@dataclass(frozen=True)
class Source:
    """What one file holds."""

    name: str
    ratings: tuple[Rating, ...]
    adjudicated: tuple[Adjudicated, ...] = ()
    bad: tuple[BadRow, ...] = ()
    """Rows that are no ratings at all."""


@dataclass(frozen=True)
class Returned:
    ratings: tuple[Rating, ...]
    """One a rater, item, question and round."""
    adjudicated: tuple[Adjudicated, ...]
    bad: tuple[BadRow, ...]
    """Everything else, row by row."""


def sources(paths: Sequence[Path], set: ReviewSet, format: str | None = None) -> list[Source]:
    """What the files and folders hold. Raises ReviewError for one that holds no ratings of any known kind."""
    return [_database(path, set) if path.suffix == ".sqlite" else _exported(path, format) for path in paths]


def _exported(path: Path, format: str | None) -> Source:
    if not path.exists():
        raise ReviewError(f"{path} does not exist; give files or folders of ratings")
    ratings, bad = read_ratings(path, format)
    return Source(str(path), tuple(ratings), (), tuple(bad))


def _database(path: Path, set: ReviewSet) -> Source:
    if not path.exists():
        raise ReviewError(f"{path} does not exist; the review page writes it beside the set")
    reviews = Reviews(path)
    if set.id not in reviews.sets():
        raise ReviewError(f"{path} has no answers to set {set.id}, but to {', '.join(reviews.sets()) or 'none'}")
    return Source(str(path), tuple(reviews.ratings(set.id)), tuple(reviews.adjudications(set.id)))


def checked(sources: Sequence[Source], set: ReviewSet, form: Form) -> Returned:
    """The ratings that can be used, and the others with the reason.

    An answer that is given twice counts once. Where the two differ the later one counts if both say when they were
    given, and neither if not; what does not count is listed.
    """
    kept: dict[tuple[str, str, str, int], tuple[Rating, str]] = {}
    settled: dict[tuple[str, str], Adjudicated] = {}
    undecided: dict[tuple[str, str, str, int], None] = {}
    bad = [row for source in sources for row in source.bad]

    def refuse(source: str, rating: Rating, reason: str) -> None:
        row = f"item {rating.item}, rater {rating.rater}, {rating.question} = {rating.value!r}, round {rating.round}"
        bad.append(BadRow(source, row, reason))

    for source in sources:
        for rating in source.ratings:
            reasons = check(rating, set, form)
            place = (rating.item, rating.rater, rating.question, rating.round)
            if reasons:
                refuse(source.name, rating, "; ".join(reasons))
            elif place not in kept:
                kept[place] = rating, source.name
            elif kept[place][0].value == rating.value:
                refuse(source.name, rating, f"the same answer is in {kept[place][1]} already; it counts once")
            elif kept[place][0].at and rating.at:
                (older, old_source), (newer, new_source) = sorted(
                    [kept[place], (rating, source.name)], key=lambda pair: pair[0].at
                )
                refuse(old_source, older, f"a later answer, {newer.value!r}, counts instead")
                kept[place] = newer, new_source
            else:
                undecided[place] = None
                refuse(source.name, rating, f"{kept[place][1]} has {kept[place][0].value!r}; neither counts")
        for one in source.adjudicated:
            reasons = check(Rating(one.item, set.raters[0], one.question, one.value), set, form)
            if reasons:
                bad.append(BadRow(source.name, f"item {one.item}, adjudicated by {one.by}", "; ".join(reasons)))
            else:
                settled[one.item, one.question] = one
    for place in undecided:
        rating, source_name = kept.pop(place)
        refuse(source_name, rating, "another answer to it differs, and which is later is not told; neither counts")
    return Returned(tuple(rating for rating, _ in kept.values()), tuple(settled.values()), tuple(bad))
