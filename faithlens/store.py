"""A run on disk: Parquet parts renamed into place, the manifest last. The only file that knows the format.

plan.json               what is audited, written first; a resumed audit must agree with it
cases.parquet           bad_rows.parquet        images.parquet
traces/part-00000.parquet   findings/part-00000.parquet   maps/part-00000.parquet   …
verdicts.parquet            calibration.json        map_exams.parquet
clusters.parquet            cluster_cards.parquet
manifest.json           written last: its presence means that the run is complete

Parts of the same number hold the same cases. Images inside the run's folder are named relative to it, so that a run
can be moved together with its own images.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from faithlens.errors import RunError
from faithlens.records import (
    AttributionMap,
    BadRow,
    Case,
    ClusterCard,
    Finding,
    ImageFile,
    MapExam,
    Member,
    Trace,
    Verdict,
)

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance

FORMAT = 2

CALIBRATION = "calibration.json"
"""What the verdicts of a run rest on; written by `faithlens.calibration`."""

_BESIDE = (".lock", "phantoms")
"""What may lie in a folder before its run begins."""

_R = TypeVar("_R", bound="DataclassInstance")

PLACES: dict[type, str] = {
    Case: "cases.parquet",
    Trace: "traces",
    Finding: "findings",
    Verdict: "verdicts.parquet",
    AttributionMap: "maps",
    MapExam: "map_exams.parquet",
    ClusterCard: "cluster_cards.parquet",
    Member: "clusters.parquet",
    BadRow: "bad_rows.parquet",
    ImageFile: "images.parquet",
}
"""Where a run keeps each record: one file, or a folder of parts."""

_SCALARS: dict[Any, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


# ----------------------------------------------------------------------------- records as tables


def _arrow(hint: Any) -> pa.DataType:
    """Arrow type of a record field's annotation."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return pa.struct(list(schema(hint)))
    if origin is Literal:
        return pa.string()
    if origin in (Union, UnionType):
        (inner,) = (arg for arg in args if arg is not NoneType)
        return _arrow(inner)
    if origin is tuple:
        return pa.list_(_arrow(args[0]))
    if origin is not None and issubclass(origin, Mapping):
        return pa.map_(_arrow(args[0]), _arrow(args[1]))
    raise TypeError(f"no column type for {hint}")


@cache
def schema(record: type) -> pa.Schema:
    """Columns of a record's table: exactly its fields, in order."""
    hints = get_type_hints(record)
    return pa.schema([(field.name, _arrow(hints[field.name])) for field in fields(record)])


def _frozen(hint: Any, value: Any) -> Any:
    """A column's value as the field's annotation has it: tuples for lists, records for structs, dicts for maps."""
    if value is None:
        return None
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _frozen(next(arg for arg in args if arg is not NoneType), value)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{name: _frozen(hints[name], inner) for name, inner in value.items()})
    if origin is tuple:
        return tuple(_frozen(args[0], item) for item in value)
    if isinstance(value, list):
        return dict(value)
    return value


def _thawed(value: Any) -> Any:
    """What Arrow takes: mappings as lists of pairs, records as dicts."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, tuple):
        return [_thawed(item) for item in value]
    if is_dataclass(value):
        return {field.name: _thawed(getattr(value, field.name)) for field in fields(value)}
    return value


def write(path: Path, record: type[_R], rows: Sequence[_R], metadata: Mapping[str, str] | None = None) -> None:
    """Write records to a temporary name beside `path`, flush it to the disk, and rename it into place."""
    names = [field.name for field in fields(record)]
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    table = pa.table(
        {
            name: pa.array([_thawed(value) for value in values], schema(record).field(name).type)
            for name, values in columns.items()
        },
        schema=schema(record).with_metadata(dict(metadata or {})),
    )
    with _placed(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read(path: Path, record: type[_R], where: list[tuple[str, str, Any]] | None = None) -> list[_R]:
    """The records of one table or of all parts in a folder, those that match `where` if it is given."""
    hints = get_type_hints(record)
    files = _parts(path) if path.is_dir() else [path] if path.exists() else []
    rows: list[dict[str, Any]] = [row for file in files for row in pq.read_table(file, filters=where).to_pylist()]
    return [record(**{name: _frozen(hints[name], value) for name, value in row.items()}) for row in rows]


# ------------------------------------------------------------------------------ images of a run


def _rehung(row: _R, place: Callable[[str], str]) -> _R:
    """A record with the paths of its images as `place` has them."""
    if isinstance(row, Case):
        return replace(row, images=tuple(map(place, row.images)))
    if isinstance(row, ImageFile):
        return replace(row, path=place(row.path))
    if isinstance(row, Finding) and row.arms:
        return replace(row, arms=tuple(replace(arm, images=tuple(map(place, arm.images))) for arm in row.arms))
    return row


def _inside(folder: Path) -> Callable[[str], str]:
    """Paths as a run in that folder keeps them."""
    root = folder.resolve()
    return lambda path: Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path


def _outside(folder: Path) -> Callable[[str], str]:
    """Paths as a reader of the run in that folder needs them: absolute."""
    root = folder.resolve()
    return lambda path: str(root / path)


@contextmanager
def _placed(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of `path` when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.unfinished")
    yield temporary
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    with _placed(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.parquet"))


# -------------------------------------------------------------------------------- writing a run


class RunFolder:
    """A run that is being written: parts by window, each whole or absent."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, plan: Mapping[str, Any]) -> bool:
        """Start the run, or find it started. True if parts of it are there already.

        Raises RunError if the folder holds a run of something else, naming what differs.
        """
        file = self.path / "plan.json"
        if not file.exists():
            if self.path.exists() and any(p.name not in _BESIDE for p in self.path.iterdir()):
                raise RunError(f"{self.path} is not empty and holds no run; give another --out")
            _write_json(file, plan)
            return False
        found = _json(file)
        ours = json.loads(json.dumps(plan))
        differs = [key for key in sorted({*found, *ours}) if found.get(key) != ours.get(key)]
        if differs:
            told = "; ".join(f"{key}: {_short(found.get(key))} there, {_short(ours.get(key))} now" for key in differs)
            raise RunError(f"{self.path} holds a run of something else ({told}); give another --out or --fresh")
        return True

    def has(self, record: type[_R], window: int) -> bool:
        return self._part(record, window).exists()

    def add(self, record: type[_R], window: int, rows: Sequence[_R], note: Mapping[str, Any]) -> None:
        """Write the part of one window, with a note of what it cost and what failed."""
        inside = _inside(self.path)
        kept = [_rehung(row, inside) for row in rows]
        write(self._part(record, window), record, kept, {"note": json.dumps(note)})

    def part(self, record: type[_R], window: int) -> list[_R]:
        outside = _outside(self.path)
        return [_rehung(row, outside) for row in read(self._part(record, window), record)]

    def table(self, record: type[_R], rows: Sequence[_R], note: Mapping[str, Any] | None = None) -> None:
        """Write a table that is one file, with a note of what it cost."""
        inside = _inside(self.path)
        kept = [_rehung(row, inside) for row in rows]
        write(self.path / PLACES[record], record, kept, {"note": json.dumps(note or {})})

    def rows(self, record: type[_R]) -> list[_R]:
        """All rows of a record, in order."""
        outside = _outside(self.path)
        return [_rehung(row, outside) for row in read(self.path / PLACES[record], record)]

    def notes(self, *records: type) -> list[dict[str, Any]]:
        """The notes of all parts of these records, or of all that cost something, whichever process wrote them."""
        places = [self.path / PLACES[record] for record in records or (Trace, Finding, AttributionMap, MapExam)]
        files = [file for place in places for file in (_parts(place) if place.is_dir() else [place])]
        kept = [(pq.read_schema(file).metadata or {}) for file in files if file.exists()]
        return [json.loads(metadata.get(b"note", b"{}")) for metadata in kept]

    def clear(self) -> None:
        """Delete the run in this folder, and nothing that is not part of a run."""
        if (self.path / "plan.json").exists():
            for place in ("manifest.json", CALIBRATION, *PLACES.values(), "plan.json"):
                path = self.path / place
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process. Raises RunError if another audit holds it."""
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path / ".lock", timeout=0):
                yield
        except Timeout as error:
            raise RunError(f"another audit is writing into {self.path}; wait for it, or give another --out") from error

    def finish(self, manifest: Mapping[str, Any]) -> None:
        _write_json(self.path / "manifest.json", {"format": FORMAT, **manifest})

    @property
    def finished(self) -> bool:
        return (self.path / "manifest.json").exists()

    def _part(self, record: type, window: int) -> Path:
        return self.path / PLACES[record] / f"part-{window:05d}.parquet"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"cannot read {file}: {error}") from error
    if not isinstance(content, dict):
        raise RunError(f"{file} is not a JSON object")
    return content


# -------------------------------------------------------------------------------- reading a run


@dataclass(frozen=True)
class Dossier:
    """Everything that a run holds about one case."""

    case: Case
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    maps: tuple[AttributionMap, ...] = ()


class Run:
    """A finished run. Needs neither torch nor the checkpoint."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest: dict[str, Any] = _json(path / "manifest.json")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row a case that was audited."""
        return self._frame(Case)

    @cached_property
    def traces(self) -> pd.DataFrame:
        """One row a reply."""
        return self._frame(Trace)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """One row a probe and reply; `score` is NaN where `reason` says why. Arms name images as the run keeps them."""
        return self._frame(Finding)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """One row a reply and failure axis."""
        return self._frame(Verdict)

    @cached_property
    def bad_rows(self) -> pd.DataFrame:
        """One row for each row of the user's files that was left out."""
        return self._frame(BadRow)

    def columns(self, record: type, names: Sequence[str]) -> pd.DataFrame:
        """Some columns of a record, one row each: much faster than all of them where findings keep their arms."""
        path = self.path / PLACES[record]
        files = _parts(path) if path.is_dir() else [path]
        wanted = pa.schema([schema(record).field(name) for name in names])
        tables = [pq.read_table(file, columns=list(names)).cast(wanted) for file in files if file.exists()]
        return (pa.concat_tables(tables) if tables else wanted.empty_table()).to_pandas()

    def rows(self, record: type[_R]) -> list[_R]:
        """All rows of a record, as records."""
        outside = _outside(self.path)
        return [_rehung(row, outside) for row in read(self.path / PLACES[record], record)]

    def case(self, case_id: str, parts: Sequence[str] | None = None) -> Dossier:
        """Everything about one case. Raises KeyError if there is no such case.

        `parts` names the part files that hold it, where a caller knows; otherwise the parts are looked through once.
        """
        outside = _outside(self.path)
        cases = read(self.path / PLACES[Case], Case, [("id", "=", case_id)])
        if not cases:
            raise KeyError(case_id)
        held = self._holding.get(case_id, ()) if parts is None else parts

        def of(record: type[_R]) -> tuple[_R, ...]:
            place = self.path / PLACES[record]
            files = [place / part for part in held] if place.is_dir() else [place]
            found = [row for file in files for row in read(file, record, [("case_id", "=", case_id)])]
            return tuple(_rehung(row, outside) for row in found)

        return Dossier(_rehung(cases[0], outside), of(Trace), of(Finding), of(Verdict), of(AttributionMap))

    @cached_property
    def _holding(self) -> dict[str, list[str]]:
        """Case id -> names of the parts that hold it."""
        held: dict[str, list[str]] = {}
        for file in _parts(self.path / PLACES[Trace]):
            for case_id in set(pq.read_table(file, columns=["case_id"])["case_id"].to_pylist()):
                held.setdefault(case_id, []).append(file.name)
        return held

    def _frame(self, record: type) -> pd.DataFrame:
        path = self.path / PLACES[record]
        files = _parts(path) if path.is_dir() else [path]
        tables = [pq.read_table(file, schema=schema(record)) for file in files if file.exists()]
        frame = (pa.concat_tables(tables) if tables else schema(record).empty_table()).to_pandas()
        for field in schema(record):
            if pa.types.is_map(field.type):
                frame[field.name] = [dict(value or []) for value in frame[field.name]]
        if record is Case:
            outside = _outside(self.path)
            frame["images"] = [[outside(path) for path in paths] for paths in frame["images"]]
        return frame


def open_run(path: str | Path) -> Run:
    """Open a finished run. Raises RunError if there is none, if it is unfinished or of an unknown format."""
    folder = Path(path)
    if not (folder / "manifest.json").exists():
        if (folder / "plan.json").exists():
            raise RunError(f"{folder} is an unfinished run; repeat the audit command that began it and it goes on")
        raise RunError(f"{folder} is not a run: it has no manifest.json")
    run = Run(folder)
    if run.manifest.get("format") != FORMAT:
        raise RunError(
            f"{folder} has run format {run.manifest.get('format')}, this faithlens reads {FORMAT}; "
            "open it with the version named in its manifest"
        )
    return run
