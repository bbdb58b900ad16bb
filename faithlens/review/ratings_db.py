"""`reviews.sqlite`: every answer as it is given, never changed after; the last one of a kind counts.

events          set, item, rater, question, value, seconds, round, at    value "" withdraws, question "" commits
adjudications   set, item, question, value, by, at

Each call opens and closes the file, so that threads and processes may rate at the same time.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from faithlens.errors import ReviewError
from faithlens.review.rating import Rating

NAME = "reviews.sqlite"

_COMMIT = ""
_WAIT_SECONDS = 30

_TABLES = """
create table if not exists events (
    id integer primary key, set_id text not null, item text not null, rater text not null, question text not null,
    value text not null, seconds real, round integer not null, at text not null
);
create index if not exists events_by_rater on events (set_id, rater, round, item, question);
create table if not exists adjudications (
    id integer primary key, set_id text not null, item text not null, question text not null, value text not null,
    by text not null, at text not null
);
"""


@dataclass(frozen=True)
class Adjudicated:
    """What was settled where raters disagree."""

    item: str
    question: str
    value: str
    by: str
    at: str = ""
    """As ISO 8601; empty: now."""


def beside(set: Path) -> Path:
    """Where the answers to the set in this folder are kept."""
    return set.resolve().with_name(NAME)


class Reviews:
    """The answers in one file; it is made if it is not there. Raises ReviewError if it is something else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # two processes that switch a new file to WAL at once would not wait for each other
        with FileLock(path.with_name(f".{path.name}.lock")), self._open() as file:
            file.execute("pragma journal_mode = wal")
            file.executescript(_TABLES)

    # -------------------------------------------------------------------------------- raters

    def rate(self, set: str, rating: Rating) -> None:
        """Keep an answer; it is on the disk when this returns. An empty value withdraws an earlier one."""
        seconds = None if math.isnan(rating.seconds) else rating.seconds
        row = (set, rating.item, rating.rater, rating.question, rating.value, seconds, rating.round)
        with self._open() as file:
            file.execute(
                "insert into events (set_id, item, rater, question, value, seconds, round, at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, rating.at or _now()),
            )

    def commit(self, set: str, item: str, rater: str, seconds: float, round: int = 1) -> None:
        """Note that the rater is done with an item."""
        self.rate(set, Rating(item, rater, _COMMIT, "", seconds, round))

    def committed(self, set: str, rater: str, round: int = 1) -> frozenset[str]:
        """Items that the rater is done with."""
        with self._open() as file:
            rows = file.execute(
                "select distinct item from events where set_id = ? and rater = ? and round = ? and question = ?",
                (set, rater, round, _COMMIT),
            )
            return frozenset(item for (item,) in rows)

    def ratings(self, set: str, rater: str | None = None) -> list[Rating]:
        """The answers that count, committed or not, in the order in which they were given.

        `seconds` is the longest time that any event of the item tells.
        """
        with self._open() as file:
            rows = file.execute(
                """
                select item, rater, question, value, round, at, longest from (
                    select *,
                        row_number() over (partition by item, rater, question, round order by id desc) as back,
                        max(seconds) over (partition by item, rater, round) as longest
                    from events where set_id = ? and (? is null or rater = ?)
                ) where back = 1 and value != '' and question != ? order by id
                """,
                (set, rater, rater, _COMMIT),
            ).fetchall()
        return [
            Rating(item, who, question, value, math.nan if longest is None else longest, round, at)
            for item, who, question, value, round, at, longest in rows
        ]

    def sets(self) -> tuple[str, ...]:
        """Ids of the sets that answers are kept for."""
        with self._open() as file:
            return tuple(set for (set,) in file.execute("select distinct set_id from events order by set_id"))

    # --------------------------------------------------------------------------- adjudicators

    def adjudicate(self, set: str, settled: Adjudicated) -> None:
        """Keep what was settled; the raters' own answers stay."""
        row = (set, settled.item, settled.question, settled.value, settled.by, settled.at or _now())
        with self._open() as file:
            file.execute(
                "insert into adjudications (set_id, item, question, value, by, at) values (?, ?, ?, ?, ?, ?)", row
            )

    def adjudications(self, set: str) -> list[Adjudicated]:
        """The last of each item and question."""
        with self._open() as file:
            rows = file.execute(
                "select item, question, value, by, at from adjudications where id in "
                "(select max(id) from adjudications where set_id = ? group by item, question) order by id",
                (set,),
            ).fetchall()
        return [Adjudicated(*row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are on the disk when the block ends."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as file:
                file.execute("pragma synchronous = full")
                with file:
                    yield file
        except sqlite3.Error as error:
            raise ReviewError(f"{self.path} cannot be used as a file of ratings: {error}") from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
