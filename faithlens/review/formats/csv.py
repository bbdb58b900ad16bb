"""CSV, one file a rater: any spreadsheet opens it, and the questions are columns to be filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from faithlens.errors import ReviewError
from faithlens.review.format import Returned
from faithlens.review.rating import Rating
from faithlens.review.reviewset import ReviewSet
from faithlens.review.sheet import columns, ratings_of, rows

NAME = "csv"
ABOUT = "a CSV table for each rater"
TIMED = True


def write(set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
    """RATER.csv for each rater; images are named relative to it."""
    folder.mkdir(parents=True, exist_ok=True)
    for rater in set.raters:
        # without the mark of UTF-8, Excel reads an umlaut as two other characters
        with (folder / f"{rater}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, columns())
            table.writeheader()
            table.writerows(rows(set, rater, "../", ratings))


def recognises(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv") and {"item", "rater", "place"} <= {*_header(text(path))}


def read(path: Path) -> Returned:
    content = text(path)
    if not {"item", "rater"} <= {*_header(content)}:
        raise ReviewError(f"{path} has no columns item and rater in its first line; is it a file of ratings?")
    ratings, problems = [], []
    # a cell may hold line breaks: rows are counted as a spreadsheet numbers them
    for number, row in enumerate(csv.DictReader(io.StringIO(content), delimiter=_delimiter(content)), 2):
        row.pop(None, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
        found, bad = ratings_of(row, str(path), number)
        ratings += found
        problems += bad
    return ratings, problems


def text(path: Path) -> str:
    """A table's text; spreadsheets save it in UTF-8 or, on older Windows, in its Western code page."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReviewError(f"{path} cannot be read: {error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(content: str) -> str:
    """Comma, or the semicolon or tab with which spreadsheets in other languages save."""
    first = content.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _header(content: str) -> list[str]:
    first = next(csv.reader(io.StringIO(content), delimiter=_delimiter(content)), [])
    return [name.strip() for name in first]
