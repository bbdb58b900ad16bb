"""A run on disk: what is written is read back the same, and nothing half-written is ever read."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faithlens import store
from faithlens.errors import RunError
from faithlens.records import (
    AXES,
    PARSE_STATUSES,
    ROLES,
    Arm,
    AttributionMap,
    BadRow,
    Case,
    ClusterCard,
    Enrichment,
    Finding,
    ImageFile,
    MapExam,
    Mark,
    Member,
    Trace,
    Verdict,
)

RECORDS = tuple(store.PLACES)

# Parquet holds UTF-8: lone surrogates are no text
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe = st.none() | text
number = st.floats(allow_nan=False, allow_infinity=False, width=64)
count = st.integers(0, 9)
MARK = st.builds(Mark, count, count, st.sampled_from(ROLES), st.none() | count)
ARM = st.builds(
    Arm,
    text,
    st.lists(text, max_size=2).map(tuple),
    st.lists(text, max_size=2).map(tuple),
    st.lists(number, max_size=3).map(tuple),
    number,
)
ROWS = {
    Case: st.builds(
        Case,
        text,
        text,
        st.lists(text, max_size=3).map(tuple),
        maybe,
        maybe,
        st.lists(text, max_size=2).map(tuple),
        maybe,
        maybe,
        maybe,
        st.lists(st.tuples(number, number, number, number), max_size=2).map(tuple),
        maybe,
        text,
        text,
    ),
    Trace: st.builds(
        Trace,
        text,
        text,
        st.sampled_from(PARSE_STATUSES),
        maybe,
        st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9)),
        st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9)),
        st.lists(st.integers(0, 200_000), max_size=5).map(tuple),
        st.lists(st.integers(0, 9), max_size=5).map(tuple),
        st.booleans(),
        st.none() | st.integers(1, 512),
        st.none() | number,
        st.none() | st.integers(0, 9),
        st.integers(0, 3),
    ),
    Finding: st.builds(
        Finding,
        text,
        text,
        st.sampled_from(AXES),
        number,
        text,
        st.none() | st.booleans(),
        text,
        st.dictionaries(text, number, max_size=3),
        st.integers(1, 9),
        st.integers(0, 3),
        st.lists(MARK, max_size=2).map(tuple),
        st.lists(ARM, max_size=2).map(tuple),
    ),
    AttributionMap: st.builds(
        AttributionMap,
        text,
        text,
        text,
        count,
        count,
        st.lists(number, max_size=4).map(tuple),
        text,
        st.none() | count,
        st.none() | count,
        number,
        count,
        count,
    ),
    MapExam: st.builds(MapExam, text, text, count, number, number, number, st.none() | st.booleans(), text),
    ClusterCard: st.builds(
        ClusterCard,
        count,
        count,
        st.none() | st.sampled_from(AXES),
        st.lists(text, max_size=2).map(tuple),
        st.lists(st.builds(Enrichment, text, number, number, number, number), max_size=2).map(tuple),
        st.lists(text, max_size=2).map(tuple),
        number,
    ),
    Member: st.builds(Member, text, st.integers(-1, 9), number, number, count),
    Verdict: st.builds(
        Verdict, text, st.sampled_from(AXES), number, text, st.lists(text, max_size=2).map(tuple), st.integers(0, 3)
    ),
    BadRow: st.builds(BadRow, text, text, text),
    ImageFile: st.builds(ImageFile, text, text),
}


@pytest.mark.parametrize("record", RECORDS)
def test_columns_equal_fields(record: type, tmp_path: Path):
    names = [field.name for field in fields(record)]
    assert store.schema(record).names == names
    store.write(tmp_path / "t.parquet", record, [])
    assert pq.read_schema(tmp_path / "t.parquet").names == names


@pytest.mark.parametrize("record", RECORDS)
@given(data=st.data())
def test_what_is_written_is_read_back(record: type, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory):
    rows = data.draw(st.lists(ROWS[record], max_size=4))
    path = tmp_path_factory.mktemp("rows") / "t.parquet"
    store.write(path, record, rows)
    assert store.read(path, record) == rows


def test_a_missing_score_stays_nan(tmp_path: Path):
    finding = Finding("a", "p", "empty", math.nan, "why")
    store.write(tmp_path / "t.parquet", Finding, [finding])
    (back,) = store.read(tmp_path / "t.parquet", Finding)
    assert math.isnan(back.score) and back.reason == "why" and back.flagged is None


def finished(folder: Path) -> store.RunFolder:
    run = store.RunFolder(folder)
    run.begin({"seed": 0})
    run.table(Case, [Case("a", "?", ("x", "y")), Case("b", "?")])
    for window, name in enumerate("ab"):
        run.add(Trace, window, [Trace(name, "r", "ok")], {"cost": {"forwards": 1}})
        run.add(Finding, window, [Finding(name, "p", "empty", 0.5, metrics={"m": 1.0})], {})
    run.table(Verdict, [Verdict("a", "empty", math.nan, "?")])
    run.table(BadRow, [BadRow("f", "1", "bad")])
    run.finish({"counts": {}})
    return run


def test_frames_and_cases_of_a_run(tmp_path: Path):
    finished(tmp_path / "run")
    run = store.open_run(tmp_path / "run")
    assert list(run.cases["id"]) == ["a", "b"]
    assert list(run.traces["case_id"]) == ["a", "b"]
    assert run.findings["metrics"][0] == {"m": 1.0}
    assert run.bad_rows["reason"][0] == "bad"
    dossier = run.case("a")
    assert dossier.case.options == ("x", "y")
    assert [t.case_id for t in dossier.traces] == ["a"] and len(dossier.findings) == len(dossier.verdicts) == 1
    with pytest.raises(KeyError):
        run.case("nobody")


def test_a_run_opens_without_torch(tmp_path: Path):
    finished(tmp_path / "run")
    code = (
        "import sys, faithlens; run = faithlens.open_run(sys.argv[1]); run.findings; run.case('a');"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=True)


def test_an_unfinished_run_is_not_opened(tmp_path: Path):
    run = finished(tmp_path / "run")
    (run.path / "manifest.json").unlink()
    with pytest.raises(RunError, match="unfinished"):
        store.open_run(run.path)
    with pytest.raises(RunError, match="not a run"):
        store.open_run(tmp_path)


def test_a_run_of_another_format_is_not_opened(tmp_path: Path):
    run = finished(tmp_path / "run")
    (run.path / "manifest.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(RunError, match="format 99"):
        store.open_run(run.path)


def test_a_half_written_part_is_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = store.RunFolder(tmp_path / "run")
    run.begin({})

    def dies(table, where, **options):
        Path(where).write_bytes(b"PAR1 half of a file")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store.pq, "write_table", dies)
        with pytest.raises(KeyboardInterrupt):
            run.add(Trace, 0, [Trace("a", "r", "ok")], {})
    assert not run.has(Trace, 0) and run.rows(Trace) == []
    run.add(Trace, 0, [Trace("a", "r", "ok")], {})
    assert len(run.rows(Trace)) == 1
    assert [p.name for p in (run.path / "traces").iterdir()] == ["part-00000.parquet"]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path):
    run = finished(tmp_path / "run")
    assert run.begin({"seed": 0}) is True
    with pytest.raises(RunError, match="seed: 0 there, 1 now"):
        run.begin({"seed": 1})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("")
    with pytest.raises(RunError, match="holds no run"):
        store.RunFolder(tmp_path / "other").begin({})


def test_beginning_anew_deletes_a_run_and_nothing_else(tmp_path: Path):
    run = finished(tmp_path / "run")
    (run.path / "notes.txt").write_text("mine")
    run.clear()
    assert [p.name for p in run.path.iterdir()] == ["notes.txt"]


def test_two_audits_do_not_share_a_folder(tmp_path: Path):
    run = store.RunFolder(tmp_path / "run")
    with run.locked(), pytest.raises(RunError, match="another audit"), store.RunFolder(run.path).locked():
        pass


def test_records_are_frozen():
    for record in RECORDS:
        assert record.__dataclass_params__.frozen
    assert replace(BadRow("f", "1", "x"), row="2").row == "2"


# --------------------------------------------------------------------------------- a run that moves


def test_a_run_that_is_moved_keeps_its_own_images_and_those_elsewhere(tmp_path: Path):
    first, elsewhere = tmp_path / "first", str(tmp_path / "elsewhere.png")
    own = str(first / "phantoms" / "1.png")
    run = store.RunFolder(first)
    run.table(Case, [Case("1", "?", images=(own, elsewhere))])
    run.table(ImageFile, [ImageFile(own, "0")])
    run.add(Trace, 0, [Trace("1", "", "no_answer")], {})
    run.add(Finding, 0, [Finding("1", "p", "post_hoc", 0.5, arms=(Arm("a", (own, elsewhere), (), ()),))], {})
    assert run.rows(Case)[0].images == (own, elsewhere)
    run.finish({})
    moved = store.open_run(first.rename(tmp_path / "second"))
    there = (str(tmp_path / "second" / "phantoms" / "1.png"), elsewhere)
    dossier = moved.case("1")
    assert dossier.case.images == dossier.findings[0].arms[0].images == there
    assert tuple(moved.cases["images"][0]) == there and moved.rows(ImageFile)[0].path == there[0]


def test_a_case_is_found_in_whichever_parts_hold_it(tmp_path: Path):
    run = store.RunFolder(tmp_path)
    run.table(Case, [Case("1", "?"), Case("2", "?")])
    for window, (case_id, rollout) in enumerate([("1", 0), ("2", 0), ("1", 1)]):
        run.add(Trace, window, [Trace(case_id, "", "no_answer", rollout=rollout)], {})
    run.finish({})
    found = store.open_run(tmp_path)
    assert [trace.rollout for trace in found.case("1").traces] == [0, 1]
    assert found.case("2", ["part-00001.parquet"]).traces == found.case("2").traces
    assert found.columns(Trace, ("rollout", "case_id")).to_numpy().tolist() == [[0, "1"], [0, "2"], [1, "1"]]
