"""The table behind the pages says what the run and its summary say."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from board.filters import ANSWERS, SORT_NAME, Filter, read
from board.ledger import Ledger
from board.show import label
from board.viewer import named, verdict_on
from hypothesis import given
from hypothesis import strategies as st

from faithlens.records import AXES, PARSE_STATUSES, Case, MapExam
from faithlens.shipped import folder
from faithlens.store import RunFolder, open_run
from faithlens.summary import summarise
from tests.dashboards import made

NAMES = st.lists(st.text(min_size=1, max_size=5), max_size=3, unique=True).map(tuple)


def some(of: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), max_size=3, unique=True).map(tuple)


@given(
    st.builds(
        Filter,
        text=st.text(max_size=8),
        modality=NAMES,
        question_type=NAMES,
        fails=some(AXES),
        answer=some(ANSWERS),
        status=some(PARSE_STATUSES),
        quadrant=st.sampled_from(["", "ideal"]),
        flagged=st.sampled_from(["", "necessity"]),
        cluster=st.none() | st.integers(-1, 5),
        sort=st.sampled_from(sorted(SORT_NAME)),
    )
)
def test_an_address_says_the_whole_filter(chosen: Filter):
    said = {name: [value] if isinstance(value, str) else value for name, value in chosen.query().items()}
    assert read(said) == chosen


def test_what_no_filter_can_mean_is_passed_over():
    assert (
        read({"fails": ["nonsense"], "answer": ["'; drop table replies"], "sort": ["n"], "cluster": ["x"]}) == Filter()
    )


@pytest.fixture(scope="module")
def ledger(run: Path) -> Ledger:
    return Ledger(open_run(run))


def test_rates_are_those_of_the_summary(ledger: Ledger):
    summary = summarise(ledger.run)
    for line in summary.verdicts:
        found = ledger.failing(line.axis).get("")
        assert (found or line.failing) == line.failing
        assert ledger.untold(line.axis) >= line.cannot_tell
    assert ledger.right()[""] == summary.accuracy["all"]
    assert ledger.right("modality") == {name: rate for name, rate in summary.accuracy.items() if name != "all"}
    flagged = {line.probe: line.flagged.hits for line in summary.probes}
    assert dict(zip(*(ledger.probes()[column] for column in ("probe", "flagged")), strict=True)) == flagged


def test_patients_who_come_again_widen_the_interval(run: Path, tmp_path: Path):
    again = made.write(tmp_path / "again")
    RunFolder(again).table(Case, [replace(c, group=f"{i % 4}") for i, c in enumerate(open_run(again).rows(Case))])
    found = Ledger(open_run(again))
    # the three failing replies are all of one patient
    assert found.failing("post_hoc")[""] == summarise(found.run).verdicts[0].failing
    assert found.failing("post_hoc")[""].method == "cluster bootstrap by group"


def test_neighbours_stand_in_the_order_that_was_chosen(ledger: Ledger):
    worst = Filter(sort="post_hoc")
    assert ledger.first(worst) == ("case-2", 0)
    assert ledger.neighbours(worst, "case-6", 0) == (2, 12, ["case-2", "0"], ["case-10", "0"])
    assert ledger.neighbours(Filter(fails=("post_hoc",)), "case-0", 0) == (0, 3, [], [])


def test_a_case_is_read_from_the_part_that_holds_it(ledger: Ledger):
    assert repr(ledger.dossier("case-9")) == repr(ledger.run.case("case-9"))
    with pytest.raises(KeyError):
        ledger.dossier("case-99")


def test_a_map_bears_the_mark_of_its_exams():
    held = [
        MapExam("a", "deletion", 9, 0.1, passed=False),
        MapExam("a", "verdict", 9, 1.0, passed=True),
        MapExam("b", "verdict", 9, 0.5, passed=False, reason="failed: weights"),
        MapExam("c", "pointing", 9, math.nan),
    ]
    assert [verdict_on(method, held)[0] for method in "abcd"] == ["passes", "fails", "unexamined", "unexamined"]
    assert "weights" in verdict_on("b", held)[1]
    assert [named(target) for target in ("sentence:0", "answer", "claim:2")] == ["sentence 1", "the answer", "claim 3"]


def test_a_label_is_no_markdown():
    assert label("a_b *c* [d](e) $x$ <b>") == r"a\_b \*c\* \[d\]\(e\) \$x\$ \<b\>"


def test_every_page_opens_on_whole_runs_and_loads_no_torch(run: Path):
    script = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
dashboards, run = Path(sys.argv[1]), sys.argv[2]
sys.argv = ["main.py", run, run]
for file in sorted((dashboards / "pages").glob("*.py")):
    app = AppTest.from_file(dashboards / "app" / "main.py", default_timeout=120)
    app.switch_page(str(file))
    assert not app.run().exception, app.exception
loaded = {"torch", "transformers"} & set(sys.modules)
assert not loaded, loaded
"""
    arguments = [sys.executable, "-c", script, str(folder("dashboards")), str(run)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
