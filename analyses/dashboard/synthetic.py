"""A synthetic run of any size: the replies of a finished run, repeated under new case ids, in parts as an audit writes.

    python analyses/dashboard/synthetic.py runs/demo large --replies 100000

Findings keep their arms and marks, so a case weighs what it weighs in a real run. Images are those of the first run.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from faithlens.records import AttributionMap, Case, Finding, ImageFile, Trace, Verdict
from faithlens.store import PLACES, open_run

WINDOW = 16


def make(source: Path, out: Path, replies: int) -> None:
    """Write a run of so many replies into `out`, which must not exist."""
    run = open_run(source)
    out.mkdir(parents=True)
    cases = _table(source, Case)
    ids = cases["id"].to_pylist()
    copies = [(ids[i % len(ids)], f"{ids[i % len(ids)]}-{i // len(ids):05d}") for i in range(replies)]
    where = {case_id: i for i, case_id in enumerate(ids)}
    index = pa.array([where[old] for old, _ in copies])
    named = cases.take(index).set_column(cases.schema.get_field_index("id"), "id", pa.array([new for _, new in copies]))
    pq.write_table(named, out / PLACES[Case], compression="zstd")
    for record in (Trace, Finding, AttributionMap):
        table = _table(source, record)
        if table.num_rows:
            folder = out / PLACES[record]
            folder.mkdir()
            for number, part in enumerate(_windows(table, copies)):
                pq.write_table(part, folder / f"part-{number:05d}.parquet", compression="zstd")
    verdicts = pa.concat_tables(_windows(_table(source, Verdict), copies))
    pq.write_table(verdicts, out / PLACES[Verdict], compression="zstd")
    for name in ("calibration.json", "plan.json", PLACES[ImageFile], "bad_rows.parquet"):
        if (source / name).exists():
            shutil.copy(source / name, out / name)
    counts = {"items": replies, "left_out": 0, "traces": replies}
    (out / "manifest.json").write_text(json.dumps(run.manifest | {"counts": counts}), encoding="utf-8")


def _table(source: Path, record: type) -> pa.Table:
    path = source / PLACES[record]
    files = sorted(path.glob("part-*.parquet")) if path.is_dir() else [path] if path.exists() else []
    return pa.concat_tables([pq.read_table(file) for file in files]) if files else pa.table({})


def _windows(table: pa.Table, copies: list[tuple[str, str]]) -> Iterator[pa.Table]:
    """The rows of each window of cases, under their new ids."""
    rows = {old: pc.indices_nonzero(pc.equal(table["case_id"], old)) for old in {old for old, _ in copies}}
    column = table.schema.get_field_index("case_id")
    for first in range(0, len(copies), WINDOW):
        window = copies[first : first + WINDOW]
        part = table.take(pa.concat_arrays([rows[old] for old, _ in window]))
        names = pa.array([new for old, new in window for _ in range(len(rows[old]))])
        yield part.set_column(column, "case_id", names)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder of a finished run")
    parser.add_argument("out", type=Path, help="folder to be written")
    parser.add_argument("--replies", type=int, default=100_000)
    given = parser.parse_args()
    make(given.source, given.out, given.replies)
