"""Runs compared case by case: a planted difference is found, sameness is shown, and little is said about few."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from faithlens.comparison import FEWEST, Comparison, Line, compare
from faithlens.errors import RunError
from faithlens.records import Case, Finding, Trace, Verdict
from faithlens.store import Run, RunFolder, open_run


def written(
    folder: Path,
    right: list[bool],
    scores: list[float],
    failing: list[bool | None],
    first: int = 0,
    patients: int | None = None,
    question: str = "What?",
) -> Run:
    """A finished run over as many cases as values are given."""
    run, numbers = RunFolder(folder), range(first, first + len(right))
    run.begin({})
    groups = {i: None if patients is None else f"p{i % patients}" for i in numbers}
    run.table(Case, [Case(f"c{i}", question, ("x", "y"), "A", group=groups[i]) for i in numbers])
    run.add(
        Trace,
        0,
        [Trace(f"c{i}", "", "ok", "A" if hit else "B") for i, hit in zip(numbers, right, strict=True)],
        {},
    )
    findings = [
        Finding(f"c{i}", "necessity", "post_hoc", score, flagged=score > 0.5)
        for i, score in zip(numbers, scores, strict=True)
    ]
    run.add(Finding, 0, findings, {})
    run.table(
        Verdict,
        [
            Verdict(f"c{i}", "post_hoc", float("nan") if f is None else float(f), flagged=f)
            for i, f in zip(numbers, failing, strict=True)
        ],
    )
    run.finish({})
    return open_run(folder)


def line(comparison: Comparison, what: str) -> Line:
    return next(found for found in comparison.lines if found.what == what)


def test_a_run_and_itself_are_equivalent(tmp_path: Path):
    values = random.Random(0)
    n = 60
    rows = ([values.random() < 0.5 for _ in range(n)], [values.random() for _ in range(n)], [True, False] * (n // 2))
    found = compare(*(written(tmp_path / name, *rows) for name in "ab"))
    assert (found.pairs, found.alone) == (n, 0)
    assert {one.says for one in found.lines} == {"equivalent"}
    assert [one.what for one in found.lines if one.primary] == ["right answers", "fails post_hoc"]


def test_a_planted_difference_is_found_by_mcnemar(tmp_path: Path):
    n = 60
    first = written(tmp_path / "a", [True] * n, [0.5] * n, [False] * n)
    second = written(tmp_path / "b", [False] * 10 + [True] * (n - 10), [0.5] * n, [False] * n)
    found = line(compare(first, second), "right answers")
    # ten lost, none gained: p = 2 / 2^10; of two primary lines Holm doubles the smaller
    assert found.p == pytest.approx(2 / 1024) and found.p_adjusted == pytest.approx(4 / 1024)
    assert found.says == "differs"
    assert (found.first, found.second) == (1.0, pytest.approx(50 / 60))


def test_noise_of_another_seed_is_no_difference(tmp_path: Path):
    """Over 40 pairs of runs that differ by chance alone, 1 in 20 may have any primary line that differs."""
    claims = 0
    for seed in range(40):
        values = random.Random(seed)
        runs = [
            written(
                tmp_path / f"{seed}-{name}",
                [values.random() < 0.7 for _ in range(40)],
                [values.random() for _ in range(40)],
                [values.random() < 0.3 for _ in range(40)],
            )
            for name in "ab"
        ]
        claims += any(one.says == "differs" for one in compare(*runs).lines if one.primary)
    assert claims <= 6


def test_the_absence_of_a_difference_is_not_called_equivalence(tmp_path: Path):
    values = random.Random(4)
    runs = [written(tmp_path / name, [True] * 40, [values.random() for _ in range(40)], [False] * 40) for name in "ab"]
    assert line(compare(*runs), "necessity: score").says == "undecided"


def test_many_replies_of_few_patients_are_little_evidence(tmp_path: Path):
    n = 60
    for name, patients, says in (("cases", None, "differs"), ("patients", 3, "undecided")):
        first = written(tmp_path / f"{name}-a", [True] * n, [0.4] * n, [False] * n, patients=patients)
        second = written(tmp_path / f"{name}-b", [i % 3 > 0 for i in range(n)], [0.4] * n, [False] * n, 0, patients)
        assert line(compare(first, second), "right answers").says == says


def test_about_few_pairs_nothing_is_said(tmp_path: Path):
    n = FEWEST - 1
    first = written(tmp_path / "a", [True] * n, [0.1] * n, [False] * n)
    second = written(tmp_path / "b", [False] * n, [0.9] * n, [True] * n)
    assert {one.says for one in compare(first, second).lines} == {"too few"}


def test_only_what_both_runs_tell_is_paired(tmp_path: Path):
    first = written(tmp_path / "a", [True] * 50, [0.5] * 50, [None] * 20 + [True] * 30)
    second = written(tmp_path / "b", [True] * 50, [0.5] * 50, [True] * 50, first=10)
    found = compare(first, second)
    assert (found.pairs, found.alone) == (40, 20)
    assert line(found, "fails post_hoc").pairs == 30


def test_runs_of_other_cases_cannot_be_compared(tmp_path: Path):
    first = written(tmp_path / "a", [True], [0.5], [None])
    with pytest.raises(RunError, match="no case in common"):
        compare(first, written(tmp_path / "b", [True], [0.5], [None], first=7))
    with pytest.raises(RunError, match="different questions by case 'c0'"):
        compare(first, written(tmp_path / "c", [True], [0.5], [None], question="Which?"))
