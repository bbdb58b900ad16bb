"""The shipped example opens, and its ratings walk every path; the command that made it makes it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from faithlens.cli import app
from faithlens.cli.app import LEFT_OUT
from faithlens.demo import EXAMPLE
from faithlens.errors import ReviewError
from faithlens.review.example import RATERS, write
from faithlens.review.form import form
from faithlens.review.format import read_ratings
from faithlens.review.rating import check
from faithlens.review.reviewset import key_path, open_key, open_set
from faithlens.shipped import folder
from tests.review import hospital


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("example")
    write(hospital.run(root), root / "examples")
    return root / "examples"


def opened(example: Path) -> None:
    first, second = open_set(example / "set"), open_set(example / "set-round2")
    key = open_key(example / "set", first)
    assert open_key(key_path(first.path), second).sha256 == key.sha256
    assert first.form_sha256 == form().sha256, (
        "the form has changed: make annotations/examples again, as its README says"
    )
    assert {entry.kind for entry in key.entries} >= {"sample", "repeat", "catch"}
    found, problems = read_ratings(example / "ratings")
    reasons = [reason for r in found for reason in check(r, first if r.round == 1 else second, form())]
    assert [word for word in ("item-unknwn", "dora", "rather") if word not in " ".join(reasons)] == []
    assert len(reasons) == 3 and [bad.row for bad in problems] == ["row 7"]
    assert {(r.rater, r.round) for r in found if r.rater in RATERS} == {*((r, 1) for r in RATERS), ("anna", 2)}


def test_an_example_is_whole(made: Path):
    opened(made)


def test_an_example_is_not_written_over(made: Path, tmp_path: Path):
    with pytest.raises(ReviewError, match="already"):
        write(hospital.run(tmp_path), made)


def test_the_shipped_example_is_whole_and_small():
    example = folder("annotations") / "examples"
    opened(example)
    assert sum(file.stat().st_size for file in example.rglob("*") if file.is_file()) < 600_000


def test_the_shipped_ratings_are_of_the_shipped_run(tmp_path: Path):
    example = folder("annotations") / "examples"
    given = [str(EXAMPLE), str(example / "ratings"), "--key", str(example / "set.key.json"), "--out", str(tmp_path)]
    assert CliRunner().invoke(app, ["agree", *given]).exit_code == LEFT_OUT
    assert (tmp_path / "agreement.json").exists()
