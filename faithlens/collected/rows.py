"""Files of any of the known containers as rows of named fields; a broken row loses nothing but itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

from faithlens.collected.records import Container, Row, Rows
from faithlens.errors import CasesError
from faithlens.records import BadRow

_CELL_CHARS = 1 << 27
"""A VLMEvalKit table may hold whole images as base64; the csv module stops at 128 kB by itself."""


def load(path: Path) -> Rows:
    """The rows of a file, or of the `dp_*.jsonl` shards of a folder. Raises CasesError where it is neither."""
    if path.is_dir():
        shards = sorted(path.glob("dp_*.jsonl"))
        if not shards:
            raise CasesError(f"folder {path} holds no dp_*.jsonl shards; give the file with the replies instead")
        loaded = [load(shard) for shard in shards]
        merged = tuple(row for part in loaded for row in part.rows)
        return Rows(path, "lines", merged, tuple(bad for part in loaded for bad in part.bad))
    if not path.is_file():
        raise CasesError(f"no such file of replies: {path}")
    container, items = _items(path)
    rows: list[Row] = []
    bad: list[BadRow] = []
    for name, item in items:
        if isinstance(item, Mapping):
            rows.append(Row(path.name, name, cast(Mapping[str, object], item)))
        else:
            reason = str(item) if isinstance(item, ValueError) else f"not an object but {type(item).__name__}"
            bad.append(BadRow(path.name, name, reason))
    return Rows(path, container, tuple(rows), tuple(bad))


def _items(path: Path) -> tuple[Container, list[tuple[str, object]]]:
    """Rows by name: a mapping, or whatever stands in its place; a ValueError says why it cannot be read."""
    suffix = path.suffix.lower()
    try:
        match suffix:
            case ".json":
                return _json(path)
            case ".jsonl":
                return "lines", list(_lines(path))
            case ".csv" | ".tsv":
                return "table", list(_delimited(path, "\t" if suffix == ".tsv" else ","))
            case ".xlsx":
                return "table", list(_sheet(path))
            case ".parquet":
                return "table", list(_parquet(path))
            case _:
                known = ".json .jsonl .csv .tsv .xlsx .parquet"
                raise CasesError(f"{path} has the suffix {suffix!r}; replies are read from {known}")
    except UnicodeDecodeError as error:
        raise CasesError(f"{path} is not UTF-8 text: {error}") from error


def _json(path: Path) -> tuple[Container, list[tuple[str, object]]]:
    try:
        data: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise CasesError(f"{path} is not JSON: {error}") from error
    container: Container = "list"
    if isinstance(data, dict):
        container, data = "object", cast(dict[str, object], data).get("results")
    if not isinstance(data, list):
        raise CasesError(f"{path} holds neither a list of replies nor an object with a list of `results`")
    return container, [(str(i), item) for i, item in enumerate(cast(list[object], data))]


def _lines(path: Path) -> Iterator[tuple[str, object]]:
    with path.open(encoding="utf-8-sig", newline="\n") as lines:
        for i, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield f"line {i}", json.loads(line)
                except (json.JSONDecodeError, RecursionError) as error:
                    yield f"line {i}", ValueError(f"not JSON: {error}")


def _delimited(path: Path, delimiter: str) -> Iterator[tuple[str, object]]:
    limit = csv.field_size_limit(_CELL_CHARS)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _table(csv.reader(file, delimiter=delimiter))
    except csv.Error as error:
        yield "rest of the file", ValueError(f"not a table: {error}")
    finally:
        csv.field_size_limit(limit)


def _sheet(path: Path) -> Iterator[tuple[str, object]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise CasesError(f"{path} is not an Excel workbook: {error}") from error
    try:
        yield from _table(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()


def _parquet(path: Path) -> Iterator[tuple[str, object]]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise CasesError(f"{path} is not a Parquet file: {error}") from error
    for i, fields in enumerate(table.to_pylist()):
        yield str(i), fields


def _table(lines: Iterable[Iterable[object]]) -> Iterator[tuple[str, object]]:
    """Rows under a header; an empty cell is an empty text."""
    header: list[str] | None = None
    for i, line in enumerate(lines, start=1):
        cells = list(line)
        if header is None:
            header = ["" if cell is None else str(cell).strip() for cell in cells]
        elif len(cells) != len(header):
            if cells:
                yield f"row {i}", ValueError(f"{len(cells)} cells under {len(header)} columns")
        elif any(cell not in (None, "") for cell in cells):
            yield f"row {i}", {name: "" if cell is None else cell for name, cell in zip(header, cells, strict=True)}
