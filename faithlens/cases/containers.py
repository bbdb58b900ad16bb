"""The bytes on disk as rows: JSON, JSON lines, CSV, Parquet. Knows nothing of what a row means."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from faithlens.cases.fields import RowError
from faithlens.errors import CasesError

if TYPE_CHECKING:
    import pyarrow.parquet

_LINES = (".jsonl", ".ndjson")

Kind = Literal["json", "jsonl", "csv", "parquet"]

Row: TypeAlias = tuple[int, object]
"""Number of the row, from 1, and its record; a RowError where this row alone cannot be read.

Rows of JSON lines are numbered by their line, all others are counted without a header.
"""


@dataclass(frozen=True)
class Container:
    """An opened file; `rows()` walks over it anew."""

    path: Path
    kind: Kind
    rows: Callable[[], Iterator[Row]]


def open_container(path: Path) -> Container:
    """The rows of a file whose kind is found by its content, not by its name.

    Raises CasesError, with the position, if the file as a whole cannot be parsed.
    """
    try:
        data = path.read_bytes() if not _is_parquet(path) else None
    except OSError as error:
        raise CasesError(f"{path}: cannot be read ({error.strerror}); give a file of cases") from error
    if data is None:
        table = _parquet(path)
        return Container(path, "parquet", lambda: _parquet_rows(table, path))
    content = _decode(data, path)
    start = content.lstrip()[:1]
    if not start:
        raise CasesError(f"{path}: the file is empty; expected JSON, JSON lines, CSV or Parquet with one case a row")
    if start == "[" or (path.suffix == ".json" and start != "{"):
        rows = _json(content, path)
        return Container(path, "json", lambda: enumerate(rows, start=1))
    if start == "{" or path.suffix in _LINES:
        _refuse_single_object(content, path)
        return Container(path, "jsonl", lambda: _json_lines(content))
    table_rows = _csv(content, path)
    return Container(path, "csv", lambda: iter(table_rows))


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _decode(data: bytes, path: Path) -> str:
    try:
        # utf-8-sig: spreadsheets write a byte order mark that would otherwise belong to the first column's name
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CasesError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8 text or Parquet") from error


def _json(content: str, path: Path) -> list[object]:
    try:
        rows = json.loads(content)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise CasesError(f"{path}: broken JSON at {where}: {error.msg}; repair the file there") from error
    except (ValueError, RecursionError) as error:
        raise CasesError(f"{path}: JSON that cannot be read: {error}; expected a list of flat records") from error
    if not isinstance(rows, list):
        raise CasesError(f"{path}: expected a JSON list of records, one a case")
    return rows


def _refuse_single_object(content: str, path: Path) -> None:
    """JSON lines begin with an object on one line; anything else that begins with `{` is one object, or broken."""
    if not isinstance(_or_none(content.lstrip().partition("\n")[0]), dict) and path.suffix not in _LINES:
        _json(content, path)


def _or_none(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _json_lines(content: str) -> Iterator[Row]:
    # not splitlines(): it also breaks at U+2028 and others, which JSON allows inside a string
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except json.JSONDecodeError as error:
            yield number, RowError(f"broken JSON at column {error.colno}: {error.msg}")
        except (ValueError, RecursionError) as error:
            yield number, RowError(f"JSON that cannot be read: {error}")


def _csv(content: str, path: Path) -> list[Row]:
    first = content.lstrip("\n\r").partition("\n")[0]
    # tab and semicolon: what spreadsheets write where the comma is the decimal sign
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [line for line in reader if any(field.strip() for field in line)]
    except csv.Error as error:
        raise CasesError(f"{path}: broken CSV at line {reader.line_num}: {error}; repair the file there") from error
    if not lines:
        raise CasesError(f"{path}: a CSV without a single name or value; expected a header and one case a row")
    header = [name.strip() for name in lines[0]]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise CasesError(f"{path}: the column {twice[0]!r} stands twice in the header; rename one of them")
    return [(number, _csv_record(header, line)) for number, line in enumerate(lines[1:], start=1)]


def _csv_record(header: list[str], line: list[str]) -> object:
    if len(line) != len(header):
        return RowError(f"has {len(line)} fields, the header has {len(header)}; quote fields that hold the delimiter")
    return dict(zip(header, line, strict=True))


def _parquet(path: Path) -> pyarrow.parquet.ParquetFile:
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise CasesError(f"{path}: broken Parquet: {error}; copy or download the file again") from error


def _parquet_rows(table: pyarrow.parquet.ParquetFile, path: Path) -> Iterator[Row]:
    import pyarrow

    number = 0
    try:
        # small batches: rows of the Hub carry whole images
        for batch in table.iter_batches(batch_size=64):
            for record in batch.to_pylist():
                number += 1
                yield number, record
    except (pyarrow.ArrowException, OSError) as error:
        raise CasesError(f"{path}: broken Parquet after row {number}: {error}; download the file again") from error
