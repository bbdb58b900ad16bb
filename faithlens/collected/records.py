"""What a file of collected replies holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from faithlens.records import BadRow, Case


@dataclass(frozen=True)
class CollectedReply:
    """One reply, and whatever its file says about the case."""

    case: Case
    """Question, options and key may be empty; without images, since harnesses do not write them out."""
    reply: str
    rollout: int = 0
    """Counts the replies to one case."""
    finished: bool = True
    """False: the file itself cut the reply off."""
    image_names: tuple[str, ...] = ()
    """File names without folders."""
    id_given: bool = True
    """False: the file has no ids, the case's is made of its place in the file."""


@dataclass(frozen=True)
class Collected:
    replies: tuple[CollectedReply, ...]
    bad: tuple[BadRow, ...]
    format: str


Container = Literal["object", "list", "lines", "table"]
"""A JSON object with `results`, a JSON list, JSON lines, or a table (CSV, TSV, XLSX, Parquet)."""


@dataclass(frozen=True)
class Row:
    file: str
    name: str
    """Where it stands in the file."""
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Rows:
    """A file, or a folder of shards, as rows of named fields."""

    path: Path
    container: Container
    rows: tuple[Row, ...]
    bad: tuple[BadRow, ...]

    def have(self, *names: str) -> bool:
        """Whether one of the first rows has all of these fields."""
        return any(all(name in row.fields for name in names) for row in self.rows[:20])


class RowError(ValueError):
    """Why one row cannot be used."""


class Format(Protocol):
    """One harness: a module of `faithlens.collected.formats`."""

    NAME: str

    def recognises(self, rows: Rows) -> bool: ...

    def replies(self, row: Row) -> Iterable[CollectedReply]:
        """The replies of one row; raises RowError for a row that has none."""
        ...
